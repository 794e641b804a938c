import gzip
from pathlib import Path

import pytest

from read.values import everything
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.pieces import Piece, parse_piece, pieces, read_piece
from tagpress.read.sources.apart import expand
from tagpress.read.sources.source import Source

DIALECT = Columns(sentence_start="<s>", sentence_end="</s>")
TEXT = b"\xef\xbb\xbf" + b"".join(b"<s>\nword%d\tO\n</s>\n" % i for i in range(1000))


def source(path: Path, data: bytes) -> Source:
    path.write_bytes(data)
    (found,) = expand((path.name,), path.parent)
    return found


@pytest.mark.parametrize("target", [1, 100, 7777, 10**6])
def test_pieces_hold_all_of_a_file(tmp_path: Path, target: int) -> None:
    cut = list(pieces(source(tmp_path / "a.txt", TEXT), DIALECT, target))
    assert b"".join(map(read_piece, cut)) == TEXT
    assert max(piece.stop - piece.start for piece in cut if piece.stop) <= target + 30
    assert everything([(piece.start, parse_piece(piece, DIALECT)) for piece in cut]) == everything(
        [(0, DIALECT.parse(TEXT))]
    )


def test_a_compressed_file_is_one_piece(tmp_path: Path) -> None:
    packed = source(tmp_path / "a.txt.gz", gzip.compress(TEXT))
    (piece,) = pieces(packed, DIALECT, 100)
    assert piece == Piece(packed)
    assert len(parse_piece(piece, DIALECT)) == 1000


def test_an_empty_file_is_a_piece_without_sentences(tmp_path: Path) -> None:
    (piece,) = pieces(source(tmp_path / "a.txt", b""), DIALECT)
    assert len(parse_piece(piece, DIALECT)) == 0


def test_a_file_that_shrinks_under_the_reader(tmp_path: Path) -> None:
    cut = list(pieces(source(tmp_path / "a.txt", TEXT), DIALECT, 1000))
    (tmp_path / "a.txt").write_bytes(TEXT[:5000])
    with pytest.raises(SourceError, match=r"a\.txt ends at byte 5,000, it was longer when the run began"):
        [read_piece(piece) for piece in cut]


def test_a_file_that_goes_away(tmp_path: Path) -> None:
    gone = source(tmp_path / "a.txt", TEXT)
    cut = list(pieces(gone, DIALECT, 1000))
    (tmp_path / "a.txt").unlink()
    for act in (lambda: read_piece(cut[0]), lambda: list(pieces(gone, DIALECT)), lambda: read_piece(Piece(gone))):
        with pytest.raises(SourceError, match=r"a\.txt cannot be read: .*No such file"):
            act()
