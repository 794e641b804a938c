"""
What is known of single rows of spilled pieces, by (piece, row): mappings that are kept as columns.

A row takes 16 bytes, where a dictionary with a tuple for each key takes some 250: of a sentence that stands in a corpus a
million times each copy has a row here.
"""

from collections.abc import ItemsView, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final

import numpy as np

from tagpress.columnar.types import Array, Bools, Integers, Ints

Row = tuple[int, int]

REASONS: Final = ("split-leakage", "duplicate", "conflicting-duplicate", "near-duplicate")
"""Why settling leaves a sentence behind."""
_BITS: Final = 40  # of a row's number in its piece; that of the piece stands before them, so places sort as rows do
_ROW: Final = (1 << _BITS) - 1
_AT_ONCE: Final = 65_536  # rows that are objects at a time


def places(piece: Integers, row: Integers) -> Ints:
    """Return a number for each row of a piece."""
    return (np.asarray(piece, dtype=np.int64) << _BITS) | np.asarray(row, dtype=np.int64)


class RowNumbers(Mapping[Row, int]):
    """A number for some rows. They come in runs, and are put in order when they are first looked up."""

    def __init__(self) -> None:
        self._runs: list[tuple[Ints, Ints]] = []
        self._single: dict[Row, int] = {}

    def add(self, at: Ints, numbers: Array) -> None:
        """Note the numbers of rows, by their places, that have none yet."""
        if len(at):
            self._runs.append((at, numbers.astype(np.int64, copy=False)))

    def __setitem__(self, row: Row, number: int) -> None:
        """Note the number of one row that has none yet."""
        self._single[row] = number

    def extend(self, other: "RowNumbers") -> None:
        """Take over the numbers of other rows."""
        self.add(*other.columns())

    def columns(self) -> tuple[Ints, Ints]:
        """Return the places of all rows, ascending, and their numbers."""
        if self._single:
            self.add(places(*np.array([*self._single]).T), np.array([*self._single.values()]))
            self._single = {}
        return self._in_order()

    def has(self, at: Ints) -> Bools:
        """Return for each place whether its row has a number."""
        return _found(self.columns()[0], at)

    def of(self, at: Ints) -> Ints:
        """Return the numbers of rows that have one, by their places."""
        own, numbers = self.columns()
        return numbers[np.searchsorted(own, at)]

    def _in_order(self) -> tuple[Ints, Ints]:
        if not self._runs:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        at, numbers = (np.concatenate(runs) for runs in zip(*self._runs, strict=True))
        if len(self._runs) > 1 or np.any(at[1:] < at[:-1]):
            order = np.argsort(at)
            self._runs = [(at[order], numbers[order])]
        return self._runs[0]

    def __getitem__(self, row: Row) -> int:
        if row in self._single:
            return self._single[row]
        own, numbers = self._in_order()
        at = places(*np.array(row).reshape(2, 1))
        if not _found(own, at)[0]:
            raise KeyError(row)
        return int(numbers[np.searchsorted(own, at[0])])

    def __iter__(self) -> Iterator[Row]:
        return map(itemgetter(0), self.pairs())

    def __len__(self) -> int:
        return len(self.columns()[0])

    def pairs(self) -> Iterator[tuple[Row, int]]:
        """Yield rows and their numbers, in the order of rows; not as many objects at once."""
        at, numbers = self.columns()
        for first in range(0, len(at), _AT_ONCE):
            some = at[first : first + _AT_ONCE]
            rows = zip((some >> _BITS).tolist(), (some & _ROW).tolist(), strict=True)
            yield from zip(rows, numbers[first : first + _AT_ONCE].tolist(), strict=True)

    def items(self) -> ItemsView[Row, int]:
        """Return rows and numbers."""
        return _Items(self)


class RowReasons(Mapping[Row, str]):
    """One of `REASONS` for some rows."""

    def __init__(self) -> None:
        self.numbers = RowNumbers()

    def __setitem__(self, row: Row, reason: str) -> None:
        """Note the reason of one row that has none yet."""
        self.numbers[row] = REASONS.index(reason)

    def __getitem__(self, row: Row) -> str:
        return REASONS[self.numbers[row]]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def pairs(self) -> Iterator[tuple[Row, str]]:
        """Yield rows and their reasons, in the order of rows."""
        return ((row, REASONS[number]) for row, number in self.numbers.pairs())

    def items(self) -> ItemsView[Row, str]:
        """Return rows and reasons."""
        return _Items(self)


class _Items(ItemsView[Row, Any]):
    """The items of a mapping that can tell them faster than by looking up each key."""

    _mapping: RowNumbers | RowReasons

    def __iter__(self) -> Iterator[tuple[Row, Any]]:
        return iter(self._mapping.pairs())


def _found(own: Ints, at: Ints) -> Bools:
    """Return which places are among others, which ascend."""
    nearest = np.minimum(np.searchsorted(own, at), len(own) - 1)
    return own[nearest] == at if len(own) else np.zeros(len(at), dtype=np.bool_)
