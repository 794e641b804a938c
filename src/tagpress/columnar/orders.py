"""In which order do rows stand that are sorted by numbers of which hardly two are the same, such as hashes?"""

import numpy as np

from tagpress.columnar.types import Bools, Hashes, Ints


def order_of(hashes: Hashes, *then: Ints) -> Ints:
    """
    Return the order of rows by hash, then by other numbers, then as they stand: that of a stable sort, in a fifth of its time.

    >>> order_of(np.array([3, 1, 3, 2], dtype=np.uint64)).tolist()
    [1, 3, 0, 2]
    >>> order_of(np.array([3, 1, 3, 2], dtype=np.uint64), np.array([9, 0, 8, 0])).tolist()
    [1, 3, 2, 0]

    """
    order = np.argsort(hashes)  # in any order where they are the same
    tied = tied_at(hashes[order[1:]] == hashes[order[:-1]])
    rows = np.sort(order[tied])
    order[tied] = rows[np.lexsort([*(one[rows] for one in reversed(then)), hashes[rows]])]
    return order


def tied_at(same: Bools) -> Ints:
    """
    Return the places of what is the same as the one before it or behind it; `same` says of each but the first whether it is as the one before.

    >>> tied_at(np.array([False, True, True, False])).tolist()
    [1, 2, 3]

    """
    return np.flatnonzero(np.append(same, False) | np.append(False, same))
