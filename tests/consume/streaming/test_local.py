"""A stream over a build, in plain Python: every row once, in the order that it says, in batches of the size asked for."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tagpress
from tagpress.consume.streaming.order import Stretch
from tagpress.consume.streaming.reader import Reader
from tagpress.consume.streaming.token_stream import TokenStream
from tagpress.errors import ManifestError, UsageError, VerifyError


def ids(batches: Iterable[pa.RecordBatch]) -> list[str]:
    return [one for batch in batches for one in batch.column("id").to_pylist()]


def taken(stream: TokenStream, batches: int) -> Iterator[pa.RecordBatch]:
    reading = iter(stream)
    return (next(reading) for _ in range(batches))


def opened(build: Path, split: str = "train", **options: Any) -> TokenStream:
    return tagpress.stream(build, None, split, **{"batch_size": 64, **options})


def test_the_rows_are_those_of_the_files_in_their_order(build: Path, expected: dict[str, list[str]]) -> None:
    for split, rows in expected.items():
        stream = opened(build, split)
        batches = list(stream)
        assert {len(batch) for batch in batches[:-1]} == {64}
        assert 0 < len(batches[-1]) <= 64
        paths = sorted((build / "data").glob(f"{split}-*.parquet"))
        table = pa.Table.from_batches(batches)
        assert table.equals(pa.concat_tables([pq.ParquetFile(path).read() for path in paths]))
        assert ids(batches) == rows
        assert batches[0].schema.equals(stream.schema, check_metadata=True)
        features = datasets.Features.from_arrow_schema(batches[0].schema)
        assert tuple(features["ner_tags"].feature.names) == stream.label_names


@pytest.mark.parametrize("mixed", [True, 1, 400])
@pytest.mark.parametrize("world_size", [1, 3, 60])
def test_shuffled_rows_are_the_same_rows(build: Path, mixed: int, world_size: int, expected: Any) -> None:
    table = pa.concat_tables([pq.ParquetFile(path).read() for path in sorted((build / "data").glob("train-*"))])
    batches = [
        batch
        for rank in range(world_size)
        for batch in opened(build, rank=rank, world_size=world_size, shuffle=mixed, seed=3)
    ]
    found = pa.Table.from_batches(batches)
    assert found.column("id").to_pylist() != expected["train"]
    assert found.sort_by("id").equals(table.sort_by("id"))


def test_the_order_is_that_of_the_seed_and_the_epoch(build: Path) -> None:
    stream = opened(build, shuffle=True, seed=1)
    first = ids(stream)
    assert ids(stream) == first
    stream.set_epoch(1)
    second = ids(stream)
    assert second != first == ids(opened(build, shuffle=True, seed=1))
    assert ids(opened(build, shuffle=True, seed=1, epoch=1)) == second
    assert ids(opened(build, shuffle=True, seed=2)) not in (first, second)


def test_the_rest_of_an_interrupted_epoch_is_what_would_have_come(build: Path) -> None:
    stream = opened(build, shuffle=700, seed=1, epoch=2)
    whole = ids(stream)
    reading = iter(stream)
    seen = ids(next(reading) for _ in range(21))
    state = json.loads(json.dumps(stream.state_dict()))
    again = opened(build, shuffle=700, seed=1)
    again.load_state_dict(state)
    assert again.epoch == 2
    assert again.state_dict() == state
    assert seen + ids(again) == whole
    assert ids(again) == whole  # the next iteration is a whole one
    again.load_state_dict(state)
    again.set_epoch(3)
    assert ids(again) == ids(opened(build, shuffle=700, seed=1, epoch=3))


@pytest.mark.parametrize("equal", [None, "drop", "pad"])
@pytest.mark.parametrize("world_size", [1, 5, 7])
def test_parts_are_equal_and_counted_before(build: Path, equal: Any, world_size: int, expected: Any) -> None:
    rows, counts = [], set()
    for rank in range(world_size):
        stream = opened(build, rank=rank, world_size=world_size, equal=equal, shuffle=True, batch_size=10)
        share, batches = stream.share(), list(stream)
        assert (share.rows, share.batches) == (sum(map(len, batches)), len(batches))
        assert (
            opened(build, rank=0, world_size=world_size, equal=equal, shuffle=True, batch_size=10).share(rank) == share
        )
        counts.add(share.rows)
        rows += ids(batches)
    missing, more = len(set(expected["train"]) - set(rows)), len(rows) - len(set(rows))
    odd = len(expected["train"]) % world_size
    assert (missing, more) == {
        None: (0, 0),
        "drop": (odd, 0),
        "pad": (0, (world_size - odd) % world_size),
    }[equal]
    assert len(counts) == 1 if equal else max(counts) - min(counts) <= 1


def test_a_padded_reader_that_stops_before_its_last_row_goes_on_to_it(build: Path, expected: Any) -> None:
    rows = len(expected["validation"])
    world_size = next(n for n in range(2, 20) if rows % n)
    options = {"rank": 0, "world_size": world_size, "equal": "pad", "batch_size": rows // world_size}
    stream = opened(build, "validation", **options)
    assert [len(batch) for batch in stream] == [rows // world_size, 1]
    assert [len(batch) for batch in taken(stream, 1)] == [rows // world_size]
    again = opened(build, "validation", **options)
    again.load_state_dict(stream.state_dict())
    assert [len(batch) for batch in again] == [1]


def test_a_column_that_is_not_asked_for_is_not_read(build: Path) -> None:
    every, two = opened(build), opened(build, columns=["ner_tags", "tokens"])
    assert two.schema.names == ["tokens", "ner_tags"]
    assert datasets.Features.from_arrow_schema(two.schema).keys() == {"tokens", "ner_tags"}
    assert two.share().bytes < every.share().bytes
    assert pa.Table.from_batches(two).equals(pa.Table.from_batches(every).select(["tokens", "ner_tags"]))


@pytest.mark.parametrize("shuffle", [False, 1])
def test_what_comes_behind_the_first_row_group_is_read_beside_it(
    build: Path, monkeypatch: pytest.MonkeyPatch, shuffle: int
) -> None:
    fetch, begun, others = Reader.fetch, [], Event()

    def fetched(self: Reader, piece: Stretch) -> Any:
        begun.append(piece)
        if len(begun) > 1:
            others.set()
        assert others.wait(60)
        return fetch(self, piece)

    monkeypatch.setattr(Reader, "fetch", fetched)
    assert len(next(iter(opened(build, shuffle=shuffle)))) == 64


def test_a_file_that_changes_is_an_error(build: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(build, copy)
    path = copy / "data" / "train-00000-of-00012.parquet"
    stream = opened(copy)
    os.utime(path, ns=(1, 1))
    with pytest.raises(VerifyError, match=r"train-00000.* changed while it was read"):
        list(stream)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(VerifyError, match=r"train-00000.* bytes, released were"):
        opened(copy)
    path.write_bytes(bytes(path.stat().st_size - 1))
    with pytest.raises(VerifyError, match="is not Parquet"):
        opened(copy)
    path.unlink()
    with pytest.raises(VerifyError, match="cannot be read: No such file"):
        opened(copy)


def test_bytes_that_are_not_the_row_group_are_an_error(build: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(build, copy)
    path = copy / "data" / "train-00000-of-00012.parquet"
    data = bytearray(path.read_bytes())
    data[4:200] = bytes(196)
    path.write_bytes(data)
    with pytest.raises(VerifyError, match=r"row group 0|is not what its release promises"):
        list(opened(copy))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rank": 0}, "rank and world_size belong together"),
        ({"rank": 4, "world_size": 4}, "no rank 4 in a world of 4"),
        ({"worker": 1}, "worker and num_workers belong together"),
        ({"worker": 2, "num_workers": 2}, "no worker 2 of 2"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"shuffle": -1}, "shuffle is -1"),
        ({"epoch": -1}, "epoch is -1"),
        ({"equal": "even"}, "equal is 'even'"),
        ({"columns": ["pos"]}, "Expected some of the columns id, doc_id, tokens, ner_tags"),
        ({"columns": "tokens"}, "found 'tokens'"),
    ],
)
def test_a_wrong_argument_is_named(build: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        opened(build, **options)


def test_a_wrong_split_version_or_folder_is_named(build: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no split 'dev'"):
        opened(build, "dev")
    with pytest.raises(UsageError, match=r"holds 1\.0\.0, not 1\.0\.1"):
        tagpress.stream(build, "1.0.1", "train")
    with pytest.raises(ManifestError, match="is not a build"):
        tagpress.stream(tmp_path, None, "train")
    with pytest.raises(UsageError, match="a release has a version"):
        tagpress.stream("me/toy", None, "train")


def test_the_rank_is_that_of_the_job(build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "2")
    monkeypatch.setenv("WORLD_SIZE", "3")
    assert ids(opened(build)) == ids(opened(build, rank=2, world_size=3))
    monkeypatch.setenv("RANK", "two")
    with pytest.raises(UsageError, match="RANK and WORLD_SIZE are 'two' and '3'"):
        opened(build)


def test_a_state_of_other_rows_is_refused(build: Path) -> None:
    state = opened(build, shuffle=True, seed=1).state_dict()
    for stream, message in (
        (opened(build, "test", shuffle=True, seed=1), "split 'train' and not 'test'"),
        (opened(build, shuffle=True, seed=2), "seed 1 and not 2"),
        (opened(build, seed=1), "shuffle 50000 and not 0"),
    ):
        with pytest.raises(UsageError, match=message):
            stream.load_state_dict(state)
    with pytest.raises(UsageError, match="Expected the state of a stream"):
        opened(build).load_state_dict({"step": 3})
    stream = opened(build, rank=1, world_size=2, shuffle=True, seed=1)
    stream.load_state_dict(opened(build, rank=0, world_size=3, shuffle=True, seed=1).state_dict())
    with pytest.raises(UsageError, match="A state of 1 of 3 readers cannot be shared out among 2"):
        iter(stream)


def test_it_works_without_torch(build: Path, expected: dict[str, list[str]]) -> None:
    code = """
import json, sys
sys.modules["torch"] = None  # as if it were not installed
import tagpress
stream = tagpress.stream(sys.argv[1], "1.0.0", "test", rank=0, world_size=1, shuffle=True)
ids = [one for batch in stream for one in batch.column("id").to_pylist()]
print(json.dumps([type(stream).__name__, sorted(ids), stream.state_dict()["read"]]))
"""
    done = subprocess.run([sys.executable, "-c", code, str(build)], capture_output=True, text=True, check=True)
    rows = expected["test"]
    assert json.loads(done.stdout) == ["TokenStream", sorted(rows), [[0, len(rows)]]]
