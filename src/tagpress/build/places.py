"""Where in its file is a fault, and what does its line say? However many faults there are, each byte is looked at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tagpress.columnar.loops import lines_before
from tagpress.columnar.types import Integers
from tagpress.corpus.problems import quoted
from tagpress.read.parsed import Parsed


def places_of(parsed: Parsed, at: Integers) -> Iterator[tuple[int, int]]:
    """Yield line and column of byte offsets, as `Parsed.locate` does of one."""
    if not len(at):
        return
    places, which = np.unique(np.clip(at, 0, len(parsed.data)), return_inverse=True)
    lines = lines_before(np.frombuffer(parsed.data, dtype=np.uint8), places)
    columns = np.array(_columns(parsed.data, places.tolist(), parsed.text_at))
    yield from zip((lines[which] + 1).tolist(), columns[which].tolist(), strict=True)


def _columns(data: bytes, places: list[int], text_at: int) -> list[int]:
    """Return the columns of ascending places, from 1; the text of the first line begins at `text_at`."""
    columns, column, last = [], 1, text_at
    for place in places:
        if begin := data.rfind(b"\n", last, place) + 1:
            column, last = 1, begin
        column += _characters(data[last:place])
        columns.append(column)
        last = max(last, place)
    return columns


def _characters(text: bytes) -> int:
    """Return how many characters of UTF-8 begin in a text, which may be broken."""
    if text.isascii():
        return len(text)
    return int(np.count_nonzero((np.frombuffer(text, dtype=np.uint8) & 0xC0) != 0x80))  # noqa: PLR2004 - what goes on in a character


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
