"""Where in its file is a fault, and what does its line say? However many faults there are, each byte is looked at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.loops import lines_before
from tagpress.columnar.types import Integers, Ints
from tagpress.corpus.problems import quoted
from tagpress.read.parsed import Parsed


def places_of(parsed: Parsed, at: Integers) -> Iterator[tuple[int, int]]:
    """Yield line and column of byte offsets, as `Parsed.locate` does of one."""
    if not len(at):
        return
    data = np.frombuffer(parsed.data, dtype=np.uint8)
    places, which = np.unique(np.clip(at, 0, len(data)), return_inverse=True)
    lines = lines_before(data, places)
    ends = np.flatnonzero(data == ord("\n"))
    begins = np.append(0, ends + 1)[lines]
    columns = _characters(data, np.maximum(begins, parsed.text_at), places)
    yield from zip((lines[which] + 1).tolist(), (columns[which] + 1).tolist(), strict=True)


def _characters(data: np.typing.NDArray[np.uint8], begin: Integers, stop: Integers) -> Ints:
    """Return how many characters of UTF-8 begin in each of some ranges."""
    points = np.unique(np.concatenate([begin, stop]))
    inside = points[points < len(data)]
    starts = (data & 0xC0) != 0x80  # noqa: PLR2004 - what goes on in a character
    counts = np.add.reduceat(starts, inside, dtype=np.int64) if len(inside) else np.zeros(0, np.int64)
    before = bounds_of(counts)
    return before[np.searchsorted(points, stop)] - before[np.searchsorted(points, begin)]


@dataclass(slots=True)
class Lines:
    """The lines of a piece as messages show them; faults come in order, so only the last line is kept."""

    parsed: Parsed
    begin: int = 0
    stop: int = -1
    shown: str = ""

    def __call__(self, at: int) -> str:
        """Return the line around a byte offset."""
        if not self.begin <= at <= self.stop:
            self.begin, end = self.parsed.data.rfind(b"\n", 0, at) + 1, self.parsed.data.find(b"\n", at)
            self.stop = end if end >= 0 else len(self.parsed.data)
            self.shown = quoted(self.parsed.line_text(at))
        return self.shown
