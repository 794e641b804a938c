"""Both ways of moving rows give the same build: read from the spills, or pushed by an engine that shuffles."""

import random
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from cluster.corpora import messy
from corpus import declare, shas, words, write_document
from tagpress.engine.remote import RESULTS, Versions, batch_of_items, push_items, reduce_parts, results_of, run_items
from tagpress.errors import UsageError
from tagpress.press import build_corpus
from tagpress.push import _lows
from tagpress.read.columns import Columns
from tagpress.rules import Policies
from tagpress.split import HashSplits

HERE = Versions.here()


class Shuffler:
    """An engine that shuffles, in this process: everything is done twice, and rows come in any order within a place."""

    cores = 3

    def map(self, function, items, _progress, *, size):  # noqa: ARG002 - the engine's own words
        for _ in range(2):
            done = run_items(HERE, function, [batch_of_items(list(enumerate(items)))]) if items else ()
            found = results_of(pa.Table.from_batches(done, RESULTS))
        yield from (found[number] for number in range(len(items)))

    def shuffle(self, push, items, reduce, parts, *, schema, progress):  # noqa: ARG002 - the engine's own words
        for _ in range(2):
            pushed = list(push_items(HERE, push, schema, [batch_of_items(list(enumerate(items)))]))
        random.Random(1).shuffle(pushed)
        table = pa.Table.from_batches(pushed, schema).sort_by([("part", "ascending"), ("place", "ascending")])
        found = {}
        for partition in range(self.cores):  # part n is in partition n modulo their number
            own = table.filter(pa.array(table["part"].to_numpy() % self.cores == partition)).combine_chunks()
            for size in (3, 2):
                done = reduce_parts(HERE, reduce, parts, own.to_batches(max_chunksize=size))
                found |= results_of(pa.Table.from_batches(done, RESULTS))
        for number, part in enumerate(parts):
            yield found[number] if number in found else reduce(part, iter(()))


@pytest.mark.parametrize("group", ["sentence", "document"])
@pytest.mark.parametrize("rows", [16, 25_000])
def test_a_shuffle_leaves_no_trace(tmp_path, group, rows, monkeypatch):
    monkeypatch.setattr("tagpress.shard.ROW_GROUP_ROWS", rows)
    _lows.cache_clear()
    monkeypatch.setattr("tagpress.moves.SENT_ROWS", 300)
    monkeypatch.setattr("tagpress.push._TOGETHER", 7)
    monkeypatch.setattr("tagpress.split.ONE_SHARD_BELOW", 1000)
    monkeypatch.setattr("tagpress.split.GROUPS_PER_SHARD", 1)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (1000,))
    declaration = messy(tmp_path / "corpus", 30, 60, splits=HashSplits(group=group))
    one = build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert one.manifest.rejected.keys() >= {"conflicting-duplicate", "duplicate", "near-duplicate", "ragged-line"}
    assert one.manifest.shards["train"] == 12
    assert shas(tmp_path / "one") == shas(tmp_path / "other")
    for beside in ("problems", "rejected"):
        assert (tmp_path / f"one.{beside}.jsonl").read_bytes() == (tmp_path / f"other.{beside}.jsonl").read_bytes()
    assert not list(tmp_path.glob(".*"))


def test_copies_that_are_kept_are_numbered_alike(tmp_path):
    write_document(
        tmp_path / "corpus" / "a.txt", [words("again", "Rust")] * 3 + [words(f"x{'y' * n}") for n in range(40)]
    )
    declaration = declare(tmp_path / "corpus", policies=Policies({"duplicate": "warn"}))
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "other")


def test_extra_columns_and_empty_shards(tmp_path):
    (tmp_path / "corpus").mkdir()
    lines = [f"{'ab'[n % 2] * (n + 1)}\tO\tp{n}\n\n" for n in range(60)]
    (tmp_path / "corpus" / "a.txt").write_text("".join(lines))
    declaration = declare(tmp_path / "corpus", dialect=Columns(extra={"pos": 2}))
    previous: Any = SimpleNamespace(shards={"train": 48, "validation": 24, "test": 24})  # a much larger last release
    build_corpus(declaration, tmp_path / "one", workers=1, previous=previous)
    build_corpus(declaration, tmp_path / "other", engine=Shuffler(), previous=previous)
    assert shas(tmp_path / "one") == shas(tmp_path / "other")
    assert len(list((tmp_path / "other" / "data").iterdir())) == 96


class Elsewhere(Shuffler):
    """Such an engine where one thing that this process can do fails."""

    def __init__(self, monkeypatch, name):
        self._patch, self._name = monkeypatch, name

    def map(self, function, items, progress, *, size):
        with self._patch.context() as patch:
            patch.setattr(self._name, self._gone)
            yield from list(super().map(function, items, progress, size=size))

    @staticmethod
    def _gone(*_args, **_more):
        raise FileNotFoundError


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("pathlib.Path.touch", "does not share .* with the driver"),
        ("tagpress.shared.open_source", r"cannot read a\.txt, which the driver can"),
    ],
)
def test_what_only_the_driver_sees_is_a_clear_error(tmp_path, monkeypatch, name, message):
    write_document(tmp_path / "corpus" / "a.txt", [[("a", "O")]])
    with pytest.raises(UsageError, match=message):
        build_corpus(declare(tmp_path / "corpus"), tmp_path / "out", engine=Elsewhere(monkeypatch, name))
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]
