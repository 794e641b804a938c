from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tagpress.corpus.splits import (
    CELLS,
    LINE,
    MOST_SHARDS,
    GivenSplits,
    HashSplits,
    cell_of,
    cells_of_shard,
    cut,
    interval_of,
    parts_of,
    readers_of,
    shard_count,
    streaming_plan,
)
from tagpress.errors import ScriptError

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


@given(RULES, st.sampled_from([1, 12, 24, 48]))
def test_the_shards_of_a_split_cut_its_interval(rule, shards):
    for number, name in enumerate(rule.names):
        own = [interval_of(rule, cells_of_shard(number, shard, shards)) for shard in range(shards)]
        assert (own[0][0], own[-1][1]) == rule.interval(name)
        assert all(before[1] == after[0] for before, after in pairwise(own))


@given(HASHES, st.integers(1, 20))
def test_cuts_cover_all_and_no_part_is_empty_or_too_large(hashes, most):
    inner = parts_of((0, LINE), len(hashes), most)[1:-1]
    bounds = cut(points(sorted(hashes)), inner, most)
    assert (bounds[0], bounds[-1]) == (0, len(hashes))
    assert all(0 < stop - start <= 2 * most for start, stop in pairwise(bounds))


@given(st.sets(st.integers(0, LINE - 1), min_size=9, max_size=31), st.integers(0, LINE - 1))
def test_one_more_hash_changes_one_part(hashes, new):
    def parts(own: set[int]) -> set[tuple[int, ...]]:
        ordered = sorted(own)
        cuts = cut(
            points(ordered), parts_of((0, LINE), len(ordered), 16)[1:-1], 16
        )  # two parts, none of them too large
        return {tuple(ordered[start:stop]) for start, stop in pairwise(cuts)}

    assume(len(hashes) != 16)  # where the number of parts doubles
    assert len(parts({*hashes, new}) - parts(hashes)) <= 1


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
    assert shard_count(3_000, 3_000, "train", previous=12) == 12
    assert shard_count(2_999, 2_999, "train", previous=12) == 1
    assert shard_count(300_000, 9_999, "train", previous=24) == 24
    assert shard_count(299_999, 9_999, "train", previous=24) == 12
    assert shard_count(500, 500, "train", previous=48) == 1
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


@pytest.mark.parametrize("names", [(), ("train", "test-2020"), ("all",), ("a", "A"), ("train", "train"), ("",)])
def test_names_that_no_given_splits_can_have(names):
    with pytest.raises(ScriptError):
        GivenSplits(names=names)


def test_every_number_of_shards_serves_the_usual_numbers_of_readers():
    assert [readers_of(shards) for shards in (1, 12)] == [(1,), (1, 2, 3, 4, 6, 12)]
    for shards in (12, 24, 48):
        assert {1, 2, 3, 4, 6, 8, 12} - {8 if shards == 12 else 0} <= set(readers_of(shards))
    assert streaming_plan({"train": 24, "validation": 1, "test": 1}) == (
        "`split_dataset_by_node` gives files of their own to 1, 2, 3, 4, 6, 8, 12 or 24 ranks (train),"
        " 1 rank (validation, test); `tagpress.stream` serves any number of ranks."
    )
