from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.errors import ScriptError
from tagpress.split import (
    CELLS,
    LINE,
    MOST_SHARDS,
    GivenSplits,
    HashSplits,
    cell_of,
    cells_of_shard,
    shard_count,
)

HASHES = st.lists(st.integers(0, LINE - 1), min_size=1, max_size=50)
RULES = st.builds(HashSplits, train=st.integers(1, 99), validation=st.integers(0, 99), test=st.integers(0, 99))


def points(hashes: list[int]) -> np.ndarray:
    return np.array(hashes, dtype=np.uint64)


@given(RULES)
def test_the_intervals_cover_the_line_once(rule):
    bounds = [rule.interval(name) for name in rule.names]
    assert bounds[0][0] == 0
    assert bounds[-1][1] == LINE
    assert all(before[1] == after[0] for before, after in pairwise(bounds))


@given(RULES, HASHES)
def test_a_point_is_in_the_interval_of_its_split(rule, hashes):
    for point, cell in zip(hashes, cell_of(points(hashes), rule).tolist(), strict=True):
        low, high = rule.interval(rule.names[cell // CELLS])
        assert low <= point < high


@given(RULES, HASHES, st.sampled_from([1, 12, 24]))
def test_doubling_cuts_each_shard_in_two(rule, hashes, shards):
    for cell in cell_of(points(hashes), rule).tolist():
        split = cell // CELLS
        once = next(shard for shard in range(shards) if cell in cells_of_shard(split, shard, shards))
        twice = next(shard for shard in range(2 * shards) if cell in cells_of_shard(split, shard, 2 * shards))
        assert twice // 2 == once


@given(HASHES)
def test_shards_follow_the_line(hashes):
    rule = GivenSplits(names=("validation", "test"))
    cells = cell_of(points(sorted(hashes)), rule, "test")
    assert (np.diff(cells) >= 0).all()
    assert cells.min() >= CELLS
    assert cells.max() < 2 * CELLS


def test_every_number_of_shards_divides_the_cells():
    assert all(CELLS % (12 * 2**k) == 0 for k in range(3))
    assert max(MOST_SHARDS.values()) <= CELLS


def test_a_count_is_kept_until_it_is_outgrown():
    assert shard_count(20, 20, "train") == 1
    assert shard_count(23_999, 23_999, "train") == 1
    assert shard_count(24_000, 24_000, "train") == 12
    assert shard_count(20, 20, "train", previous=12) == 12
    assert shard_count(2_400_001, 9_999, "train", previous=12) == 24
    assert shard_count(10**9, 10**9, "train") == 48
    assert shard_count(10**9, 10**9, "validation") == 24


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"train": -1}, "weights"),
        ({"train": 0, "validation": 0, "test": 0}, "weights"),
        ({"group": "line"}, "grouping 'line'"),
    ],
)
def test_a_wrong_rule_is_refused(wrong, message):
    with pytest.raises(ScriptError, match=message):
        HashSplits(**wrong)


def test_an_unknown_given_split_is_refused():
    with pytest.raises(ScriptError, match="dev"):
        GivenSplits(names=("train", "dev"))
