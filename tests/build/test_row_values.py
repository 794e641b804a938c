"""Mappings of rows that are columns: they say what a dictionary says."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.row_values import REASONS, RowNumbers, RowReasons, places

ROWS = st.tuples(st.integers(0, 3), st.integers(0, 5) | st.integers((1 << 40) - 2, (1 << 40) - 1))
KNOWN = st.dictionaries(ROWS, st.integers(0, len(REASONS) - 1))


def columns(rows: dict[tuple[int, int], int]) -> tuple[np.ndarray, np.ndarray]:
    piece, row = np.array([*rows], dtype=np.int64).reshape(-1, 2).T
    return places(piece, row), np.array([*rows.values()], dtype=np.int64)


@given(known=KNOWN, cuts=st.lists(st.integers(0, 20), max_size=3), singles=st.integers(0, 3), asked=st.lists(ROWS))
def test_rows_that_come_in_runs_and_one_by_one_are_a_dictionary(known, cuts, singles, asked):
    found = RowNumbers()
    items = [*known.items()]
    bounds = sorted({0, *(min(cut, len(items)) for cut in cuts), len(items)})
    for first, last in pairwise(bounds):
        part = dict(items[first:last])
        if len(part) <= singles:
            for row, number in part.items():
                found[row] = number
        else:
            other = RowNumbers()
            other.add(*columns(part))
            found.extend(other)
    for row in asked:
        assert found.get(row, -1) == known.get(row, -1)
    assert found == known
    assert [*found.items()] == sorted(items)
    assert len(found) == len(known)
    at, _ = columns(dict.fromkeys(asked, 0))
    assert found.has(at).tolist() == [row in known for row in dict.fromkeys(asked)]
    own, numbers = columns(known)
    assert found.of(own).tolist() == numbers.tolist()
    assert pickle.loads(pickle.dumps(found)) == known


def test_reasons_are_words():
    found = RowReasons()
    found[1, 2] = "duplicate"
    found.numbers.add(*columns({(0, 7): REASONS.index("split-leakage")}))
    assert found == {(0, 7): "split-leakage", (1, 2): "duplicate"}
    assert (1, 3) not in found
    with pytest.raises(ValueError, match="not in tuple"):
        found[1, 3] = "no reason"


def test_a_million_rows_take_little():
    found = RowReasons()
    at = places(np.zeros(1_000_000, dtype=np.int64), np.arange(1_000_000)[::-1])
    found.numbers.add(at, np.ones(1_000_000))
    assert len(found) == 1_000_000
    assert len(pickle.dumps(found)) < 17_000_000
