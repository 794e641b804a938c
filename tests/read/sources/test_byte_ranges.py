"""A source on a URL is cut and read like a file: the same pieces, and no more bytes than it takes."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.scanner.test_boundary import DIALECTS
from read.servers import Counting, web
from read.strategies import dirty
from read.values import everything
from tagpress.errors import SourceError
from tagpress.read import pieces as cutting
from tagpress.read.columns import Columns
from tagpress.read.dialect import Dialect
from tagpress.read.pieces import Piece, parse_piece, pieces, read_piece
from tagpress.read.sources import archives
from tagpress.read.sources.apart import expand
from tagpress.read.sources.source import Source, companion, sha256
from tagpress.read.standoff import Standoff

DIALECT = Columns(sentence_start="<s>", sentence_end="</s>")
TEXT = b"".join(b"<s>\nword%d\tO\n</s>\n" % i for i in range(20_000))
WINDOW = cutting._WINDOW


@pytest.fixture(autouse=True)
def files():
    """Keep files in memory, for a test."""
    yield fsspec.filesystem("counting")
    Counting.store.clear()
    Counting.pseudo_dirs[:] = [""]
    Counting.fetched.clear()


def local(path: Path, data: bytes) -> Source:
    path.write_bytes(data)
    (found,) = expand((path.name,), path.parent)
    return found


def at(url: str) -> Source:
    (found,) = expand((url,), Path())
    return found


def ends(cut: list[Piece]) -> list[tuple[int, int | None]]:
    return [(piece.start, piece.stop) for piece in cut]


@pytest.mark.parametrize("dialect", DIALECTS, ids=range(len(DIALECTS)))
@settings(max_examples=30)
@given(data=dirty, target=st.integers(1, 60), window=st.integers(2, 40), together=st.integers(1, 5))
def test_the_pieces_of_a_url_are_those_of_the_file(  # noqa: PLR0917 - drawn
    tmp_path_factory, dialect: Dialect, data: bytes, target: int, window: int, together: int
) -> None:
    here = local(tmp_path_factory.mktemp("file") / "a.txt", data)
    Counting().pipe("/corpus/a.txt", data)
    there = at("counting://corpus/a.txt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cutting, "_WINDOW", window)
        patch.setattr(cutting, "_TOGETHER", together)
        cut, read = (list(pieces(source, dialect, target)) for source in (here, there))
    if there.size > target:
        assert ends(cut) == ends(read)
    assert b"".join(map(read_piece, read)) == data
    assert everything([(one.start, parse_piece(one, dialect)) for one in read]) == everything(
        [(0, dialect.parse(data))]
    )


def test_what_it_takes_to_cut_is_a_window_for_each_cut(files) -> None:
    files.pipe("/corpus/a.txt", TEXT)
    cut = list(pieces(at("counting://corpus/a.txt"), DIALECT, len(TEXT) // 5))
    assert len(cut) == 5
    assert files.fetched == [0] + 4 * [WINDOW]


def test_a_window_moves_on_only_where_no_cut_is_in_sight(files) -> None:
    long = b"<s>\n" + b"word\tO\n" * 20_000 + b"</s>\n"
    files.pipe("/corpus/a.txt", TEXT + long + TEXT)
    cut = list(pieces(at("counting://corpus/a.txt"), DIALECT, len(TEXT + long)))
    assert ends(cut) == [(0, len(TEXT + long)), (len(TEXT + long), len(TEXT + long + TEXT))]
    assert files.fetched == [0, WINDOW, WINDOW, 2 * WINDOW]


def test_a_file_that_cannot_be_cut_is_hardly_looked_at(files) -> None:
    files.pipe("/corpus/a.txt", TEXT)
    assert ends(list(pieces(at("counting://corpus/a.txt"), Standoff(), 1000))) == [(0, len(TEXT))]
    assert sum(files.fetched) <= cutting._TOGETHER * WINDOW


def test_of_many_small_files_nothing_is_asked_but_their_bytes(files) -> None:
    files.pipe({f"/corpus/{number}.txt": TEXT for number in range(9)})
    for source in expand(("counting://corpus/*.txt",), Path()):
        (piece,) = pieces(source, DIALECT)
        assert read_piece(piece) == TEXT
    assert files.fetched == 9 * [len(TEXT)]


def packed(name: str) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(TEXT)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") if name.endswith(".zip") else tarfile.open(fileobj=file, mode="w") as archive:
        if isinstance(archive, zipfile.ZipFile):
            archive.writestr("a.txt", TEXT)
        else:
            info = tarfile.TarInfo("a.txt")
            info.size = len(TEXT)
            archive.addfile(info, io.BytesIO(TEXT))
    return file.getvalue()


@pytest.mark.parametrize(
    ("stored", "url"),
    [
        ("a.txt.gz", "counting://corpus/a.txt.gz"),
        ("a.zip", "counting://corpus/a.zip"),
        ("a.zip", "zip://a.txt::counting://corpus/a.zip"),
        ("a.tar", "tar://a.txt::counting://corpus/a.tar"),
    ],
)
def test_what_is_packed_is_one_piece(files, stored, url) -> None:
    files.pipe(f"/corpus/{stored}", packed(stored))
    source = at(url)
    assert list(pieces(source, DIALECT, 1000)) == [Piece(source)]
    assert read_piece(Piece(source)) == TEXT


def test_a_server_that_sends_ranges_is_asked_for_them() -> None:
    with web(ranges=True) as server:
        server.files["a.txt"] = TEXT
        source = at(f"{server.url}/a.txt")
        cut = list(pieces(source, DIALECT, len(TEXT) // 5))
        asked = [sent for method, _, sent in server.heard if method == "GET"]
        assert asked == [archives.MAGIC, 1, *4 * [WINDOW]]
        server.heard.clear()
        assert b"".join(map(read_piece, cut)) == TEXT
        assert [method for method, *_ in server.heard] == 5 * ["GET"]
        assert sha256(source) == sha256_of(TEXT)


def test_a_server_that_sends_all_or_nothing_is_read_at_once(tmp_path) -> None:
    text = TEXT * 40  # more than fits into the buffers of a connection
    with web(ranges=False) as server:
        server.files["a.txt"] = text
        source = at(f"{server.url}/a.txt")
        (piece,) = pieces(source, DIALECT, 1000)
        assert piece == Piece(source)
        assert read_piece(piece) == text
        assert sha256(source) == sha256_of(text)


def sha256_of(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("left", [5000, 300_000])
@pytest.mark.parametrize("scheme", ["http", "counting"])
def test_a_file_on_a_url_that_shrinks_under_the_reader(files, scheme, left) -> None:
    with web(ranges=True) as server:
        server.files["a.txt"] = TEXT
        files.pipe("/corpus/a.txt", TEXT)
        source = at(f"{server.url}/a.txt" if scheme == "http" else "counting://corpus/a.txt")
        cut = list(pieces(source, DIALECT, 100_000))
        server.files["a.txt"] = TEXT[:left]
        files.pipe("/corpus/a.txt", TEXT[:left])
        for act in (lambda: list(map(read_piece, cut)), lambda: read_piece(cut[-1]), lambda: read_piece(Piece(source))):
            with pytest.raises(SourceError, match=rf"a\.txt ends at byte {left:,}, it was longer when the run began"):
                act()


def test_a_file_on_a_url_that_goes_away(files) -> None:
    files.pipe("/corpus/a.txt", TEXT)
    source = at("counting://corpus/a.txt")
    cut = list(pieces(source, DIALECT, 100_000))
    files.rm("/corpus/a.txt")
    for act in (lambda: read_piece(cut[0]), lambda: list(pieces(source, DIALECT, 1000)), lambda: sha256(source)):
        with pytest.raises(SourceError, match=r"counting://.*a\.txt cannot be read"):
            act()


def test_a_server_that_fails_is_a_source_that_cannot_be_read() -> None:
    with web(ranges=True) as server:
        server.files["a.txt"] = TEXT
        source = at(f"{server.url}/a.txt")
        cut = list(pieces(source, DIALECT, 100_000))
        server.broken = True
        for act in (lambda: read_piece(cut[0]), lambda: list(pieces(source, DIALECT, 1000)), lambda: sha256(source)):
            with pytest.raises(SourceError, match=r"a\.txt cannot be read: "):
                act()


@pytest.mark.parametrize("chain", ["", "simplecache::"])
def test_the_file_beside_a_url(files, chain) -> None:
    files.pipe({"/corpus/a.txt": b"Rust is fast.", "/corpus/a.ann": b"T1\tLanguage 0 4\tRust\n"})
    source = at(f"{chain}counting://corpus/a.txt")
    beside = companion(source, ".ann")
    assert (beside.path, beside.size) == (f"{chain}counting://corpus/a.ann", 21)
    (piece,) = pieces(source, Standoff())
    parsed = parse_piece(piece, Standoff())
    assert [parsed.tag_names[tag] for tag in parsed.tags] == ["B-Language", "O", "O", "O"]
    files.rm("/corpus/a.ann")
    if not chain:
        with pytest.raises(SourceError, match=r"a\.ann cannot be read"):
            companion(source, ".ann")
