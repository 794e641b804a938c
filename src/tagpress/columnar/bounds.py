"""
Where do the rows of a flat array begin and end, and in which of them is a place?

Bounds are ascending numbers, one more than there are rows: row `i` is what stands from `bounds[i]` to `bounds[i + 1]`.
"""

from collections.abc import Sequence

import numpy as np

from tagpress.columnar.types import Bools, Integers, Ints


def bounds_of(sizes: Integers | Bools | Sequence[int]) -> Ints:
    """
    Return the bounds of rows of these sizes, from 0.

    >>> bounds_of([2, 0, 3]).tolist()
    [0, 2, 2, 5]

    """
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(sizes, dtype=np.int64)])


def rows_at(bounds: Integers, places: Integers) -> Ints:
    """
    Return the row in which each place is: the last that begins there or before, -1 before the first.

    >>> rows_at(np.array([0, 2, 2, 5]), np.array([0, 1, 2, 4])).tolist()
    [0, 0, 2, 2]

    """
    return np.searchsorted(bounds, places, side="right") - 1
