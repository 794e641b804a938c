"""How often does each of many rows occur, in one piece and in several?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.columnar.name_loops import tally
from tagpress.columnar.types import Bools, Hashes, Integers, Ints

_CODE_BITS: Final = 32  # more than a code has


@dataclass(frozen=True, slots=True)
class Counted:
    """Different rows of a key and a code, and how often each occurs: the columns are parallel."""

    keys: Hashes
    codes: Ints
    counts: Ints


def counted(keys: Hashes, codes: Integers, weights: Ints | None = None) -> Counted:
    """Count rows, in the order in which they come first."""
    codes = codes.astype(np.int64)
    first, counts = tally(keys, codes, np.ones(len(keys), dtype=np.int64) if weights is None else weights)
    return Counted(keys[first], codes[first], counts)


def added(some: Sequence[Counted]) -> Counted:
    """Add up what several pieces counted; the rows ascend, so that the order of the pieces leaves no trace."""
    found = counted(*(np.concatenate([getattr(one, name) for one in some]) for name in Counted.__slots__))
    by_key = np.argsort(found.keys)
    rank = np.cumsum(_new(found.keys[by_key]))
    order = by_key[np.argsort(rank << _CODE_BITS | found.codes[by_key])]  # half the time of a sort by two columns
    return Counted(found.keys[order], found.codes[order], found.counts[order])


def different(keys: Hashes) -> Hashes:
    """Return the keys that there are, in the order in which they come first."""
    return counted(keys, np.zeros(len(keys), dtype=np.int64)).keys


def together(some: Sequence[Hashes]) -> Hashes:
    """Return the keys that any of several pieces has, different and sorted."""
    every = np.sort(np.concatenate(some))
    return every[_new(every)]


def _new(values: Integers) -> Bools:
    """Tell which values are not as the one before."""
    found = np.ones(len(values), dtype=np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
