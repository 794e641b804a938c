"""The laws of a store, the same for all."""

import pickle
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tagpress.build import spill
from tagpress.build.spill import Spill
from tagpress.store import UNFINISHED, Folder


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """The place for temporary files, where nothing stays."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    yield place
    assert list(place.iterdir()) == []


def filled(store, *names):
    for name in names:
        store.write(name, name.encode())
    return store


def half_written(file):
    file.write_bytes(b"12")
    raise ZeroDivisionError


def test_what_is_written_is_there(store):
    assert store.names() == store.entries() == []
    filled(store, "b", "a/y.bin", "a/x.bin", "a/deep/z")
    assert store.names() == ["a/deep/z", "a/x.bin", "a/y.bin", "b"]
    assert store.names("a") == ["a/deep/z", "a/x.bin", "a/y.bin"]
    assert store.names("nothing") == []
    assert store.entries() == ["a", "b"]
    assert store.below("a").entries() == ["deep", "x.bin", "y.bin"]
    assert store.below("a").read("deep/z") == b"a/deep/z"
    assert [store.exists(name) for name in ("b", "a/x.bin", "a", "x")] == [True, True, False, False]
    store.write("b", b"another")
    assert store.read("b") == b"another"


def test_a_file_is_fetched_for_a_block(store):
    filled(store, "data/x.parquet")
    with store.fetch("data/x.parquet") as file:
        assert file.suffix == ".parquet"
        assert file.read_bytes() == b"data/x.parquet"
    assert file.exists() == isinstance(store, Folder)  # the file itself, or a copy that has gone
    with pytest.raises(ZeroDivisionError), store.fetch("data/x.parquet") as file:
        raise ZeroDivisionError
    assert store.read("data/x.parquet") == b"data/x.parquet"


def test_a_file_is_whole_or_not_there(store):
    filled(store, "other")
    with store.create("a/x") as file, file.open("wb") as out:
        out.write(b"12")
        assert store.names("a") == [] or isinstance(store, Folder)
        assert not store.exists("a/x")
        out.write(b"34")
    assert store.read("a/x") == b"1234"
    for name in ("a/x", "a/y"):
        with pytest.raises(ZeroDivisionError), store.create(name) as file:
            half_written(file)
        assert not file.exists()
    assert store.names() == ["a/x", "other"]
    assert store.read("a/x") == b"1234"


def test_what_is_not_there_is_an_os_error(store):
    filled(store, "other")
    with pytest.raises(OSError, match=r"."):
        store.read("x")
    with pytest.raises(OSError, match=r"."):
        store.move("x", "y")
    store.remove("x")
    assert store.names() == ["other"]


def test_a_file_is_moved(store):
    filled(store, "a/x", "b/y", "b/z")
    store.move("a/x", "c/new")
    store.move("b/y", "b/z")
    assert {name: store.read(name) for name in store.names()} == {"b/z": b"b/y", "c/new": b"a/x"}


def test_what_begins_alike_is_something_else(store):
    filled(store, "out/x", "out/deep/y", "out.jsonl", "out-2/x")
    assert store.names("out") == ["out/deep/y", "out/x"]
    store.remove("out")
    assert store.names() == ["out-2/x", "out.jsonl"]
    store.remove("out.jsonl")
    assert store.names() == ["out-2/x"]


def test_a_store_travels(store):
    filled(store, "x")
    there = pickle.loads(pickle.dumps(store.below("deep")))
    there.write("y", b"from there")
    assert store.read("deep/y") == b"from there"
    assert len(pickle.dumps(store)) < 1000


def test_a_folder_is_replaced(store):
    filled(store, "out/last", "out/data/old-1", "out/data/old-2", "out.jsonl", "work/1", "work/deep/2", "work/3")
    files = {"data/new": "work/1", "last": "work/deep/2", "top": "work/3"}
    store.replace_folder("out", files, last="last", aside="work/aside")
    assert {name: store.read(name) for name in store.names("out")} == {
        "out/data/new": b"work/1",
        "out/last": b"work/deep/2",
        "out/top": b"work/3",
    }
    assert store.names("work") == []
    assert store.exists("out.jsonl")


def test_who_finds_the_last_file_finds_all(store):
    filled(store, "out/last", "out/old", "work/1", "work/2")
    files = {"new": "work/1", "last": "work/2", "lost": "work/lost"}
    with pytest.raises(OSError, match=r"."):
        store.replace_folder("out", files, last="last", aside="work/aside")
    if store.below("out").exists("last"):
        assert store.names("out") == ["out/last", "out/old"]
    else:
        assert UNFINISHED in store.below("out").entries()
    filled(store, "work/1", "work/2")
    store.replace_folder("out", {"new": "work/1", "last": "work/2"}, last="last", aside="work/other")
    assert store.names("out") == ["out/last", "out/new"]


@pytest.mark.parametrize("store", ["local", "memory", "s3"], indirect=True)  # a folder that has gone takes nothing
def test_what_comes_after_the_end_does_not_stay(store):
    leased = replace(store, lease=f"{store}/lease")
    store.write("lease", b"")
    leased.below("deep").write("x", b"")
    store.remove("lease")
    with pytest.raises(FileNotFoundError, match="deep/y was not wanted any more"):
        leased.below("deep").write("y", b"")
    assert store.names() == ["deep/x"]


def test_a_spill_is_mapped_from_any_store(store, temporary):
    one = Spill(store, "spills/0")
    columns = [
        pa.array([1, 2], pa.uint64()),
        pa.array([0, 0], pa.int32()),
        pa.array([0, 1]),
        pa.array([1, 4]),
        spill.key_column(np.arange(32, dtype=np.uint8).reshape(2, 16)),
        pa.array([["a"], ["b", "c"]]),
        pa.array([[0], [1, 2]], pa.list_(pa.int16())),
    ]
    one = one.write_sentences(columns)
    batch = one.map_sentences()
    assert list(temporary.iterdir()) == []  # what is mapped is readable for all that
    assert batch.columns == pa.record_batch(columns, schema=spill.SENTENCES).columns
    assert one.read_sentences(2, 3, range(2))[1]["tokens"].to_pylist() == [["b", "c"]]
    assert all(Path(name).suffix == ".arrow" for name in store.names())
