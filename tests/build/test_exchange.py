"""What is pushed by pieces and taken up by parts is what would have been read from the spills."""

import numpy as np
import pyarrow as pa
import pytest

from made_spills import reading_of, small_corpus, surveyed
from tagpress.build.exchange import Range, push_keys, push_rows, pushed_windows, rows_schema, settle_pushed
from tagpress.build.read_all import _spilled
from tagpress.build.repeated import SettleTask
from tagpress.build.settle import settle
from tagpress.build.shard import read_windows, row_groups, shard_task
from tagpress.build.shard_plan import shard_plans
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import LINE, HashSplits
from tagpress.store import Folder


def parts_of(pushed, count):
    """Return what comes to each part, in the order of its places, as an engine that shuffles hands it on."""
    table = pa.Table.from_batches(pushed).sort_by([("part", "ascending"), ("place", "ascending")])
    return [table.filter(pa.array(table["part"].to_numpy() == part)).to_batches() for part in range(count)]


@pytest.mark.parametrize("ranges", [1, 3])
def test_a_range_of_keys_is_settled_the_same(tmp_path, ranges):
    declaration = small_corpus(tmp_path / "corpus")
    pieces = _spilled(surveyed(declaration, Folder(tmp_path), target=60))
    known = Range(rule=declaration.splits, policies=declaration.policies, files=[piece.files for piece in pieces])
    pushed = [push_keys(ranges, numbered) for numbered in enumerate(pieces)]
    assert sum(len(piece.spill.read_keys(0, LINE)) for piece in pieces) * 16 == sum(
        len(value) for batch in pushed for value in batch["key"].to_pylist()
    )
    for number, batches in enumerate(parts_of(pushed, ranges)):
        low, high = LINE * number // ranges, LINE * (number + 1) // ranges
        task = SettleTask(pieces=pieces, rule=known.rule, policies=known.policies, low=low, high=high)
        assert settle_pushed(known, iter(batches)) == settle(task)


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("together", [1, 1000])
@pytest.mark.parametrize("group", ["sentence", "document"])
@pytest.mark.parametrize("turn", [1, -1])
def test_the_rows_of_a_shard_are_the_same_in_the_same_order(tmp_path, monkeypatch, *, count, together, group, turn):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (60,))
    monkeypatch.setattr("tagpress.build.exchange._TOGETHER", together)
    policies = Policies({"ragged-line": "drop", "duplicate": "warn"})
    declaration = small_corpus(tmp_path / "corpus", policies=policies, splits=HashSplits(group=group))
    pieces = reading_of(declaration, Folder(tmp_path)).rows()
    plans = shard_plans(dict.fromkeys(declaration.splits.names, count), declaration, pieces)
    pushed = [push_rows(plans, piece) for piece in pieces][::turn]
    assert {batch.schema for batch in pushed} == {rows_schema(())}
    for plan, batches in zip(plans, parts_of(pushed, len(plans)), strict=True):
        task = shard_task(plan, pieces, Folder(tmp_path), "shard")
        read = [one.table for one in row_groups(plan, read_windows(task))]
        sent = [one.table for one in row_groups(plan, pushed_windows(plan, batches))]
        assert read == sent
        assert sum(map(len, read)) == plan.rows


def test_a_piece_of_which_nothing_is_published_pushes_nothing(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    pieces = reading_of(declaration, Folder(tmp_path)).rows()
    plans = shard_plans(dict.fromkeys(declaration.splits.names, 1), declaration, pieces)
    [one] = pieces
    gone = type(one)(piece=one.piece, rows=one.rows, rejected=np.array(one.rows), copies={})
    assert len(push_rows(plans, gone)) == 0
