"""A place in a folder for a build in the making: nothing outlives it, and nothing living is taken away."""

import pytest

from tagpress.build.workplace import scratch_beside, spill_store, writing
from tagpress.errors import UsageError, WriteError
from tagpress.store import Folder


def test_what_is_finished_is_moved_and_nothing_else_stays(tmp_path):
    with scratch_beside(Folder(tmp_path), "out") as scratch:
        for name in ("shards/0", "build/last", "notes", "left-over"):
            scratch.store.write(name, name.encode())
        scratch.finish({"data/0": "shards/0", "last": "build/last"}, ["notes"], last="last")
        assert len(list(tmp_path.glob(".out.*"))) == 1
    found = {path.relative_to(tmp_path).as_posix(): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"out/data/0": "shards/0", "out/last": "build/last", "out.notes": "notes"}


def test_a_failure_leaves_nothing_and_the_older_build_as_it_was(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "old").write_text("old")

    def fail():
        with scratch_beside(Folder(tmp_path), "out") as scratch:
            scratch.store.write("new", b"new")
            raise KeyError("a fault")

    with pytest.raises(KeyError):
        fail()
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "old"]


def test_the_dead_are_removed_and_the_living_and_others_stay(tmp_path):
    for name in (".out.dead.partial", ".other.dead.partial", ".o[u]t.dead.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    with scratch_beside(Folder(tmp_path), "out") as one:
        one.store.write("a", b"a")
        with scratch_beside(Folder(tmp_path), "out") as other:
            assert (one.store.exists("a"), other.store.exists("a")) == (True, False)
            assert not (tmp_path / ".out.dead.partial").exists()
            assert len(list(tmp_path.glob(".out.*"))) == 2
    assert {path.name for path in tmp_path.iterdir()} == {".other.dead.partial", ".o[u]t.dead.partial"}


def test_a_name_with_signs_of_a_pattern_is_a_name(tmp_path):
    for name in (".o[u]t.dead.partial", ".out.dead.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lock").touch()
    with scratch_beside(Folder(tmp_path), "o[u]t"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == [".out.dead.partial"]


def test_what_cannot_be_written_is_said_with_its_place(tmp_path):
    def fill():
        with writing(Folder(tmp_path), "out"):
            raise OSError(28, "No space left on device", "a/file")

    with pytest.raises(WriteError, match="the build cannot be written: a/file: No space left on device") as refused:
        fill()
    assert "make room" in refused.value.hint


def test_spills_wait_where_they_are_told_and_nothing_stays(tmp_path):
    with spill_store(tmp_path) as store:
        store.write("spills/0", b"x")
        assert store.path.is_relative_to(tmp_path)
        assert store.read("spills/0") == b"x"
    assert list(tmp_path.iterdir()) == []
    with spill_store() as store:
        kept = store.path
        assert kept.is_dir()
    assert not kept.exists()
    with pytest.raises(UsageError, match="none is no folder"), spill_store(tmp_path / "none"):
        pass
