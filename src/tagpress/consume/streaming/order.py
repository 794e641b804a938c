"""
In which order are the rows of an epoch read, and who reads which of them? Pure functions of numbers.

    unit       a row group: what a reader fetches at once
    piece      rows [start, stop) of a unit, counted in the order in which this epoch reads the unit
    section    the pieces of one reader: an equal part of what is left to read
    window     pieces that a reader holds at the same time, and mixes

An epoch is a list of pieces, and readers cut it into sections whose rows differ by one at most. A reader takes the rows
of a piece in their order, so whatever all readers have left is a list of pieces again, which any other number of
readers can cut: that is the whole secret of resuming elsewhere.

Everything random is a hash of the seed and of what is ordered (BLAKE2b for keys, SplitMix64 behind them), not a
library's generator: a saved state must mean the same rows under every later version.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from tagpress.columnar.mixing import split_mix
from tagpress.columnar.types import Ints

Rows = Ints


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """Rows [start, stop) of the unit at `place` in the epoch's order of units."""

    place: int
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    The order of one epoch; `mixed` is how many rows a window aims at, 0 for the order of the files.

    Shuffled, an epoch reads the units in an order of its own, each unit's rows in an order of their own, and windows of
    about `mixed` rows in a uniformly random interleaving: within a window, every order of its rows is as likely.
    """

    seed: int
    epoch: int
    mixed: int

    def units(self, count: int) -> list[int]:
        """Return the units in the order in which this epoch reads them."""
        return permutation(count, self._key("units")).tolist() if self.mixed else list(range(count))

    def rows(self, unit: int, count: int) -> Rows:
        """Return the rows of a unit in the order in which this epoch reads them."""
        return permutation(count, self._key("rows", unit)) if self.mixed else np.arange(count)

    def turns(self, window: Sequence[Stretch]) -> Rows:
        """Return, for each row that a window gives in turn, which of its pieces gives it."""
        pieces = np.repeat(np.arange(len(window)), [len(piece) for piece in window])
        if not self.mixed or len(window) == 1:
            return pieces
        key = self._key("window", *(number for piece in window for number in (piece.place, piece.start, piece.stop)))
        return pieces[permutation(len(pieces), key)]

    def windows(self, section: Sequence[Stretch]) -> list[list[Stretch]]:
        """Return a reader's pieces in windows of about equal rows; unmixed, each piece is its own."""
        if not self.mixed:
            return [[piece] for piece in section]
        total = sum(map(len, section))
        count = max(1, round(total / self.mixed))
        windows: list[list[Stretch]] = [[] for _ in range(count)]
        before = 0
        for piece in section:
            windows[(2 * before + len(piece)) * count // (2 * total)].append(piece)  # where its middle lies
            before += len(piece)
        return [window for window in windows if window]

    def _key(self, what: str, *numbers: int) -> int:
        text = " ".join(map(str, (what, self.seed, self.epoch, *numbers)))
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def permutation(count: int, key: int) -> Rows:
    """
    Return the numbers below `count` in the order of their hashes under a 64-bit key.

    >>> permutation(5, 1).tolist()
    [4, 3, 0, 1, 2]

    """
    with np.errstate(over="ignore"):  # modulo 2^64 is meant
        mixed = split_mix(np.arange(1, count + 1, dtype=np.uint64), key)
    return np.argsort(mixed)  # SplitMix64 makes different numbers of different ones, so any sort gives the same order


def whole(unit_rows: Sequence[int], units: Iterable[int]) -> list[Stretch]:
    """Return an epoch from its beginning: every unit, in the order given."""
    return [Stretch(place, 0, unit_rows[unit]) for place, unit in enumerate(units)]


def section(pieces: Sequence[Stretch], reader: int, readers: int) -> list[Stretch]:
    """
    Return what one of `readers` reads of `pieces`: the reader's equal part, one row more or less.

    >>> [section([Stretch(0, 0, 5), Stretch(1, 0, 4)], reader, 2) for reader in (0, 1)]
    [[Stretch(place=0, start=0, stop=4)], [Stretch(place=0, start=4, stop=5), Stretch(place=1, start=0, stop=4)]]

    """
    total = sum(map(len, pieces))
    low, high = total * reader // readers, total * (reader + 1) // readers
    return list(_between(pieces, low, high))


def _between(pieces: Sequence[Stretch], low: int, high: int) -> Iterator[Stretch]:
    bounds = accumulate(map(len, pieces), initial=0)
    for piece, (start, stop) in zip(pieces, pairwise(bounds), strict=True):
        first, last = max(start, low), min(stop, high)
        if first < last:
            yield Stretch(piece.place, piece.start + first - start, piece.start + last - start)


def left_over(order: Order, pieces: Sequence[Stretch], taken: int) -> list[Stretch]:
    """Return what a reader has left of its section after `taken` rows."""
    left: list[Stretch] = []
    for window in order.windows(pieces):
        rows = sum(map(len, window))
        if 0 < taken < rows:
            given = np.bincount(order.turns(window)[:taken], minlength=len(window)).tolist()
            begun = (Stretch(p.place, p.start + count, p.stop) for p, count in zip(window, given, strict=True))
            left += [piece for piece in begun if len(piece)]
        elif not taken:
            left += window
        taken = max(0, taken - rows)
    return left


def rest(order: Order, pieces: Sequence[Stretch], taken: Sequence[int]) -> list[Stretch]:
    """Return what is left of `pieces` after each of `len(taken)` readers took so many rows of its section."""
    readers = len(taken)
    left = [
        piece for reader, rows in enumerate(taken) for piece in left_over(order, section(pieces, reader, readers), rows)
    ]
    return joined(sorted(left))


def joined(pieces: Iterable[Stretch]) -> list[Stretch]:
    """Return ascending pieces with those that touch made one."""
    found: list[Stretch] = []
    for piece in pieces:
        if found and found[-1].place == piece.place and found[-1].stop == piece.start:
            piece = Stretch(piece.place, found.pop().start, piece.stop)  # noqa: PLW2901 - the two are one from here on
        found.append(piece)
    return found
