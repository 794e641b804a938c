"""Which part of a sentence's subwords a row of the answer holds: the part that fits, or one window of several."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from tagpress.columnar.types import Bools, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Windows:
    """
    One entry for each row of the answer, in reading order.

    A row holds the subwords `start` to `stop` of the sentence `row`. Where windows overlap, a subword's label stands
    in one of them only: the row has the labels of `first` to `last`.
    """

    row: Ints
    start: Ints
    stop: Ints
    first: Ints
    last: Ints

    @property
    def sizes(self) -> Ints:
        """Return how many subwords each row holds."""
        return self.stop - self.start

    @property
    def owned(self) -> Bools:
        """Say of each subword of the rows, end to end, whether its label stands there."""
        place = ranges(self.start, self.sizes)
        return (place >= np.repeat(self.first, self.sizes)) & (place < np.repeat(self.last, self.sizes))

    @property
    def leads(self) -> Ints:
        """Return the row of each sentence's first window."""
        return np.flatnonzero(np.diff(self.row, prepend=-1))

    @classmethod
    def whole(cls, sizes: Ints) -> Self:
        """Return one row for each sentence, with all its subwords."""
        return cls.cut(sizes, int(sizes.max(initial=0)), from_left=False)

    @classmethod
    def cut(cls, sizes: Ints, room: int, *, from_left: bool) -> Self:
        """Return one row for each sentence, with the first `room` subwords, or the last if it is cut from the left."""
        excess = np.maximum(sizes - room, 0)
        start, stop = (excess, sizes) if from_left else (np.zeros_like(sizes), sizes - excess)
        return cls(row=np.arange(sizes.size), start=start, stop=stop, first=start, last=stop)

    @classmethod
    def slide(cls, sizes: Ints, room: int, stride: int) -> Self:
        """
        Return rows of at most `room` subwords, each after the first beginning with `stride` of the one before it.

        A window has the labels from the middle of the overlap before it to the middle of the one behind it, so that
        each subword is labelled where it has more context.
        """
        step = room - stride
        more = -(-np.maximum(sizes - room, 0) // step)
        row = np.repeat(np.arange(sizes.size), more + 1)
        place = ranges(np.zeros_like(sizes), more + 1)
        start = place * step
        stop = np.minimum(start + room, sizes[row])
        first = np.where(place == 0, 0, start + stride // 2)
        last = np.where(place == more[row], sizes[row], start + step + stride // 2)
        return cls(row=row, start=start, stop=stop, first=first, last=last)


def ranges(starts: Ints, sizes: Ints) -> Ints:
    """
    Return the numbers from each start on, as many as its size, end to end.

    >>> ranges(np.array([5, 0]), np.array([3, 2])).tolist()
    [5, 6, 7, 0, 1]

    """
    ends = np.cumsum(sizes)
    found: Ints = np.arange(ends[-1] if ends.size else 0) + np.repeat(starts - (ends - sizes), sizes)
    return found
