"""Which readings of which names are asked for: those in doubt, and those that speak against them?"""

from dataclasses import dataclass

import numpy as np

from tagpress.build.doubts.judge import Doubts, Kind
from tagpress.columnar.edge_loops import INSIDE, OUTSIDE
from tagpress.columnar.types import Bools, Integers, Ints


@dataclass(frozen=True, slots=True)
class AskedReadings:
    """
    Readings of names, each of which has a number; words at edges are names too, whose readings are `INSIDE` and `OUTSIDE`.

    `doubts` has by that number the doubt about it, or -1, and `speaks` whether it speaks against another; `usual` has by doubt the
    number of what speaks against it. `rows` has by name a row of `table`, which has the numbers by reading. The first row is that of all names that
    nobody asks for, the last column that of all such readings.
    """

    doubts: Ints
    speaks: Bools
    usual: Ints
    rows: Integers
    table: Integers

    @classmethod
    def of(cls, doubts: Doubts, names: int) -> "AskedReadings":
        """Return what is asked for of so many names."""
        edge = doubts.kind == Kind.EDGE
        here, there = np.where(edge, INSIDE, doubts.reading), np.where(edge, OUTSIDE, doubts.usual)
        width = int(max(here.max(initial=0), there.max(initial=0))) + 2
        known = np.unique(doubts.name)
        rows = np.zeros(names, dtype=np.int32)
        rows[known] = np.arange(1, len(known) + 1)
        here, there = (rows[doubts.name] * width + readings for readings in (here, there))
        every = np.union1d(here, there)
        table = np.full((len(known) + 1) * width, -1, dtype=np.int32)
        table[every] = np.arange(len(every))
        in_doubt, speaks = np.full(len(every), -1, dtype=np.int64), np.zeros(len(every), dtype=np.bool_)
        in_doubt[table[here]] = np.arange(len(doubts))
        speaks[table[there]] = True
        return cls(in_doubt, speaks, table[there].astype(np.int64), rows, table)

    def numbers(self, names: Integers, readings: Integers) -> Integers:
        """Return the numbers of some readings of names, -1 for those that nobody asks for."""
        width = len(self.table) // (int(self.rows.max(initial=0)) + 1)
        found: Integers = self.table[self.rows[names] * width + np.minimum(readings, width - 1)]
        return found
