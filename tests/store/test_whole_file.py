"""A file is there whole, or not at all."""

from pathlib import Path

import pytest

from tagpress.errors import WriteError
from tagpress.export.files import write_all
from tagpress.store.whole_file import write_file, written_beside


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_file_takes_its_place_at_the_end(tmp_path):
    path = tmp_path / "new/folder/file"
    with written_beside(path) as beside:
        beside.write_bytes(b"1")
        assert not path.exists()
        assert beside.parent == path.parent
    assert path.read_bytes() == b"1"
    assert names(path.parent) == ["file"]


def test_what_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def failing():
        with written_beside(path) as beside:
            beside.write_bytes(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_two_may_write_the_same_file(tmp_path):
    path = tmp_path / "file"
    with written_beside(path) as one, written_beside(path) as other:
        one.write_bytes(b"one")
        other.write_bytes(b"other")
    assert path.read_bytes() == b"one"
    assert names(tmp_path) == ["file"]


def test_a_name_as_long_as_the_system_takes(tmp_path):
    path = tmp_path / ("n" * 255)
    write_file(path, b"1")
    assert names(tmp_path) == [path.name]


def test_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteError, match="file/below cannot be written: "):
        write_file(tmp_path / "file/below", b"1")


def test_of_several_files_none_comes_if_one_fails(tmp_path):
    def failing():
        yield b"half"
        raise OSError(28, "No space left on device")

    (tmp_path / "one").write_bytes(b"old")
    with pytest.raises(WriteError, match="No space left"):
        write_all({tmp_path / "one": [b"new"], tmp_path / "other": failing()})
    assert (tmp_path / "one").read_bytes() == b"old"
    assert names(tmp_path) == ["one"]
