"""Bounds, as plain Python counts them."""

from itertools import accumulate

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.bounds import bounds_of, rows_at


@given(st.lists(st.integers(0, 4)))
def test_a_place_is_in_the_row_that_holds_it(sizes):
    bounds = bounds_of(sizes)
    assert bounds.dtype == np.int64
    assert bounds.tolist() == list(accumulate(sizes, initial=0))
    rows = [row for row, size in enumerate(sizes) for _ in range(size)]
    assert rows_at(bounds, np.arange(len(rows))).tolist() == rows


def test_what_is_before_the_first_row_is_in_none():
    assert rows_at(np.array([3, 5], dtype=np.int32), np.array([0, 2, 3, 4, 5])).tolist() == [-1, -1, 0, 0, 1]
