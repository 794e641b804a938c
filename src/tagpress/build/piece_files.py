"""
In which file does a line of a piece stand, and where there?

A piece is a part of a file, or several small files, one after the other: its lines are counted through all of them, from 1.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tagpress.columnar.gather import by_source
from tagpress.columnar.types import Ints


@dataclass(frozen=True, slots=True)
class PieceFiles:
    """
    The files of a piece, by their `paths`, and how many lines of the piece come before each.

    >>> PieceFiles(("a.txt", "empty.txt", "b.txt"), (0, 10, 10)).place(11)
    ('b.txt', 1)

    """

    paths: tuple[str, ...]
    before: tuple[int, ...] = (0,)

    def place(self, line: int) -> tuple[str, int]:
        """Return the file of a line, and its number there."""
        number = bisect_right(self.before, line - 1) - 1
        return self.paths[number], line - self.before[number]


def places(files: Sequence[PieceFiles], piece: Ints, line: Ints) -> tuple[list[str], Ints, Ints]:
    """Return the paths of all files of pieces, which of them each line of a piece is in, and its number there."""
    paths = [path for one in files for path in one.paths]
    first = np.cumsum([0, *(len(one.paths) for one in files)])
    which, own = np.zeros(len(line), dtype=np.int64), np.array(line)
    for number, mine in by_source(piece):
        before = np.array(files[number].before)
        found = np.searchsorted(before, line[mine] - 1, side="right") - 1
        which[mine], own[mine] = first[number] + found, line[mine] - before[found]
    return paths, which, own
