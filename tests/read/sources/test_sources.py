import os
import zipfile
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest

from tagpress.errors import SourceError
from tagpress.read.sources import source as sources
from tagpress.read.sources.apart import expand, without_companions
from tagpress.read.sources.finding import find

FILES = (
    "data/b.txt",
    "data/a.txt",
    "data/deep/c.conll",
    "data/deep/d.tsv.gz",
    "data/St._Louis",
    "x.txt",
    "other/a.txt",
    "other/a.tsv",
)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


PATTERNS = {
    # patterns: (name, id) of each source
    ("data/*.txt",): [("data/a.txt", "a"), ("data/b.txt", "b")],
    ("data/**/*.*",): [
        *(("data/St._Louis", "St._Louis"), ("data/a.txt", "a"), ("data/b.txt", "b")),
        *(("data/deep/c.conll", "deep/c"), ("data/deep/d.tsv.gz", "deep/d")),
    ],
    ("data/deep/c.conll",): [("data/deep/c.conll", "c")],
    ("x.txt", "data/*/*.conll"): [("data/deep/c.conll", "deep/c"), ("x.txt", "x")],
    ("./x.txt", "data/../x.txt", "*.txt"): [("x.txt", "x")],
    # Documents of one name are named by their paths, strangers are not.
    ("data/a.txt", "other/a.txt", "data/b.txt"): [
        *(("data/b.txt", "b"), ("data/a.txt", "data/a"), ("other/a.txt", "other/a")),
    ],
    ("data/a.txt", "other/a.txt", "other/a.tsv"): [
        *(("data/a.txt", "data/a.txt"), ("other/a.tsv", "other/a.tsv"), ("other/a.txt", "other/a.txt")),
    ],
}


@pytest.mark.parametrize("patterns", PATTERNS)
def test_names_and_ids(base: Path, patterns: tuple[str, ...]) -> None:
    assert [(source.name, source.doc_id) for source in expand(patterns, base)] == PATTERNS[patterns]


def test_an_absolute_pattern(base: Path) -> None:
    found = expand((f"{base}/data/*.txt",), Path("/"))
    assert [source.doc_id for source in found] == ["a", "b"]
    assert found[0].name == f"{base}/data/a.txt"


def test_brackets_in_a_name_that_exists(base: Path) -> None:
    (base / "a[1].txt").write_bytes(b"x")
    assert [source.doc_id for source in expand(("a[1].txt",), base)] == ["a[1]"]


def test_content(base: Path) -> None:
    (source,) = expand(("x.txt",), base)
    assert sources.read(source) == b"x.txt"
    assert (source.size, sources.sha256(source)) == (5, sha256(b"x.txt").hexdigest())


ERRORS = {
    "no file is called 'nothing.txt'": ("nothing.txt",),
    "no file matches '*.nothing' in {base}": ("*.nothing",),
    "data is a folder": ("data",),
}


@pytest.mark.parametrize("message", ERRORS)
def test_error(base: Path, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        expand(ERRORS[message], base)
    assert caught.value.message == message.format(base=base)
    assert caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(base: Path) -> None:
    (base / "x.txt").chmod(0)
    with pytest.raises(SourceError, match="permission denied"):
        expand(("x.txt",), base)


def test_a_link_to_nothing(base: Path) -> None:
    (base / "link.txt").symlink_to(base / "gone")
    with pytest.raises(SourceError, match=r"^link\.txt is a link to nothing$"):
        expand(("l*.txt",), base)


def test_a_link_to_itself(base: Path) -> None:
    (base / "link.txt").symlink_to("link.txt")
    with pytest.raises(SourceError, match=r"^link\.txt is a link to itself$"):
        expand(("l*.txt",), base)


def test_members_of_a_zip_archive(base: Path) -> None:
    with zipfile.ZipFile(base / "all.zip", "w") as archive:
        for name in ("dev/b.txt", "a.txt", "__MACOSX/a.txt", "dev/.DS_Store"):
            archive.writestr(name, name)
    found = expand(("*.zip",), base)
    assert [(source.name, source.doc_id) for source in found] == [
        ("all.zip::a.txt", "all/a"),
        ("all.zip::dev/b.txt", "all/dev/b"),
    ]
    assert [sources.read(source) for source in found] == [b"a.txt", b"dev/b.txt"]


def test_urls() -> None:
    system = fsspec.filesystem("memory")
    system.pipe({"/corpus/b.txt": b"b", "/corpus/deep/a.txt.gz": b"a"})
    found = expand(("memory://corpus/**",), Path())
    assert [(source.path, source.doc_id) for source in found] == [
        ("memory:///corpus/b.txt", "b"),
        ("memory:///corpus/deep/a.txt.gz", "deep/a"),
    ]
    assert sources.stored(found[0]) == b"b"
    assert expand(("memory://corpus/b.txt",), Path())[0].doc_id == "b"
    for url in ("memory://corpus/*.nothing", "memory://corpus/nothing.txt", "nothing://x"):
        with pytest.raises(SourceError):
            expand((url,), Path())


def test_a_new_file_renames_no_stranger_and_a_name_that_is_taken_all_the_same_is_an_error(base: Path) -> None:
    (base / "data" / "other").mkdir()
    (base / "data" / "other" / "a.txt").write_bytes(b"")
    with pytest.raises(SourceError, match="are both the document 'other/a'"):
        expand(("data/**/a.txt", "other/a.txt"), base)


def test_what_is_read_beside_another_file_is_no_source_of_its_own(base: Path) -> None:
    (base / "data" / "a.ann").write_bytes(b"")
    (base / "data" / "alone.ann").write_bytes(b"")
    found = find(("data/*.*",), base)
    assert {one.name for one in without_companions(found, ".ann")} == {
        *("data/St._Louis", "data/a.txt", "data/b.txt", "data/alone.ann"),
    }
    assert without_companions(found, "") == found


@pytest.mark.parametrize("of", ["pipe", "device"])
def test_only_regular_files_are_sources(tmp_path: Path, of: str) -> None:
    """A pipe would be waited for, a device would be read for ever."""
    name = "/dev/zero"
    if of == "pipe":
        name = "pipe.txt"
        os.mkfifo(tmp_path / name)
    with pytest.raises(SourceError, match="is a pipe or a device"):
        find([name], tmp_path)


def test_an_archive_of_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(SourceError, match=r"there is no file in empty\.zip"):
        find(["empty.zip"], tmp_path)
