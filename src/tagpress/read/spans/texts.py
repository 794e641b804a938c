"""How are the characters of many texts counted together, in the units that a tool counts in?"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Integers, Ints

UNITS: Final = {
    "codepoints": (),
    "utf16": (0x10000,),
    "bytes": (0x80, 0x800, 0x10000),
    "codepoints-lf": (),
    "utf16-lf": (0x10000,),
}
"""How offsets are counted, with the code points from which on a character takes one unit more."""
LF: Final = "-lf"
"""Ends the name of units in which CRLF counts as one: a tool had read the text with line ends of its own."""
HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Texts:
    """
    The texts of a piece as one run of code points.

    `bounds` are those of each text; `units` (None where they are code points) and `bytes` count what stands before each code
    point, and before the end;
    `halves` are the texts that had half a surrogate pair, which is shown as U+FFFD: JSON can spell it, and UTF-8 cannot.
    What is counted for each character is counted when it is first asked for: most texts need none of it.
    """

    each: tuple[str, ...]
    bounds: Ints
    unit: str
    halves: tuple[int, ...]

    @cached_property
    def joined(self) -> str:
        """Return all texts, one behind the other."""
        return "".join(self.each)

    @cached_property
    def encoded(self) -> bytes:
        """Return them as UTF-8."""
        return self.joined.encode()

    @cached_property
    def points(self) -> Integers:
        """Return their code points."""
        return np.frombuffer(self.joined.encode("utf-32-le"), "<u4")

    @cached_property
    def units(self) -> Ints | None:
        """Return how many units stand before each code point, and before the end; None where code points are units."""
        return None if self.unit == "codepoints" else _counted(self.points, self.unit)

    @cached_property
    def bytes(self) -> Ints:
        """Return how many bytes stand before each code point, and before the end."""
        return _counted(self.points, "bytes")

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
    each = tuple(given)
    bounds = bounds_of(np.fromiter(map(len, each), np.int64, len(each)))
    try:
        "".join(each).encode()  # says in one go that there is no half, which UTF-8 has not
    except UnicodeEncodeError:
        halves = tuple(i for i, text in enumerate(each) if not text.isascii() and HALF.search(text))
        whole = tuple(HALF.sub("\ufffd", text) for text in each)
        return Texts(each=whole, bounds=bounds, unit=units, halves=halves)
    return Texts(each=each, bounds=bounds, unit=units, halves=())


def size_of(text: str, units: str) -> int:
    r"""
    Return how many units a text has.

    >>> [size_of("Zoë 🚀\r\n", one) for one in UNITS]
    [7, 8, 11, 6, 7]

    """
    if text.isascii():
        return len(text) - (text.count("\r\n") if units.endswith(LF) else 0)
    return int(_counted(np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4"), units)[-1])


def _counted(points: Integers, units: str) -> Ints:
    """Return how many units stand before each code point, and before the end."""
    if not units.endswith(LF) and (not len(points) or points.max() < min(UNITS[units], default=0)):
        return np.arange(len(points) + 1)
    sizes = np.ones(len(points), np.int64)
    if units.endswith(LF):
        sizes[:-1] -= (points[:-1] == ord("\r")) & (points[1:] == ord("\n"))
    for first in UNITS[units]:
        sizes += points >= first
    return bounds_of(sizes)
