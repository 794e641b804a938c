"""How are the characters of many texts counted together, in the units that a tool counts in?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Integers, Ints

UNITS: Final = {"codepoints": (), "utf16": (0x10000,), "bytes": (0x80, 0x800, 0x10000)}
"""How offsets are counted, with the code points from which on a character takes one unit more."""
HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """
    The texts of a piece as one run of code points.

    `bounds` are those of each text; `units` (None where they are code points) and `bytes` count what stands before each code
    point, and before the end;
    `halves` are the texts that had half a surrogate pair, which is shown as U+FFFD: JSON can spell it, and UTF-8 cannot.
    """

    each: tuple[str, ...]
    points: Integers
    bounds: Ints
    units: Ints | None
    bytes: Ints
    halves: tuple[int, ...]

    def points_at(self, record: Ints, places: Ints) -> Ints:
        """Return the code point at each place in the units of a text, or -1 where there is none."""
        if self.units is None:
            found = self.bounds[record] + places
            return np.where((places >= 0) & (found <= self.bounds[record + 1]), found, -1)
        first, last = self.units[self.bounds[record]], self.units[self.bounds[record + 1]]
        wanted = first + places
        found = np.searchsorted(self.units, wanted)
        sound = (places >= 0) & (wanted <= last)
        return np.where(sound & (self.units[np.minimum(found, len(self.points))] == wanted), found, -1)


def texts_of(given: Sequence[str], units: str) -> Texts:
    """Return texts, with their characters counted."""
    halves = tuple(i for i, text in enumerate(given) if not text.isascii() and HALF.search(text))
    each = tuple(HALF.sub("\ufffd", text) for text in given) if halves else tuple(given)
    points = np.frombuffer("".join(each).encode("utf-32-le"), "<u4")
    return Texts(
        each=each,
        points=points,
        bounds=bounds_of(list(map(len, each))),
        units=None if units == "codepoints" else _counted(points, units),
        bytes=_counted(points, "bytes"),
        halves=halves,
    )


def _counted(points: Integers, units: str) -> Ints:
    """Return how many units stand before each code point, and before the end."""
    if not len(points) or points.max() < min(UNITS[units], default=0):
        return np.arange(len(points) + 1)
    sizes = np.ones(len(points), np.int64)
    for first in UNITS[units]:
        sizes += points >= first
    return bounds_of(sizes)
