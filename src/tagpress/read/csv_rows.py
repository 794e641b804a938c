"""
Cut a CSV file into rows and cells, with the place of each: a quoted cell may hold delimiters and line ends.

The line `sep=;` that Excel writes first is no row. A quote that is not closed, or whose cell goes on behind it, breaks its row: that ends with its line, and the next line
begins the next row.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_EXCEL: Final = re.compile(rb'"?sep=[,;\t|]"?\r?\n')


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: where it begins in the text, and what it says, without its quotes."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, which takes the bytes `begin` to `stop` of the text, line end and all; None if a quote is broken."""

    begin: int
    stop: int
    cells: tuple[Cell, ...] | None


def rows(data: bytes, begin: int, delimiter: str, quote: str) -> Iterator[Row]:
    """Yield the rows of a text in UTF-8 from `begin` on; an empty line is a row without cells."""
    cell = _cell(delimiter.encode(), quote.encode())
    if excel := _EXCEL.match(data, begin):
        begin = excel.end()
    while begin < len(data):
        row = _row(data, begin, cell, quote.encode())
        yield row
        begin = row.stop


@lru_cache(maxsize=8)
def _cell(delimiter: bytes, quote: bytes) -> re.Pattern[bytes]:
    """Return the pattern of a cell and what ends it."""
    d, q = re.escape(delimiter), re.escape(quote)
    bare = rb"(?:(?!" + d + rb"|\r?\n).)*" if len(delimiter) > 1 else rb"[^\n" + d + rb"]*?"
    quoted = q + rb"(?P<quoted>[^" + q + rb"]*(?:" + q + q + rb"[^" + q + rb"]*)*)" + q
    return re.compile(
        rb"(?:" + quoted + rb"|(?P<bare>(?!" + q + rb")" + bare + rb"))(?P<end>" + d + rb"|\r?\n|\Z)", re.DOTALL
    )


def _row(data: bytes, begin: int, cell: re.Pattern[bytes], quote: bytes) -> Row:
    cells: list[Cell] = []
    at = begin
    while match := cell.match(data, at):
        inner = match["quoted"]
        said = match["bare"] if inner is None else inner.replace(quote * 2, quote)
        cells.append(Cell(at, said.decode()))
        if match["end"] == b"" or match["end"].endswith(b"\n"):
            alone = len(cells) == 1 and inner is None and not said
            return Row(begin, match.end(), () if alone else tuple(cells))
        at = match.end()
    stop = data.find(b"\n", begin) + 1
    return Row(begin, stop or len(data), None)
