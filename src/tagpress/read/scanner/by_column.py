"""
Which rows are one sentence, where a column says it? As spreadsheets do: `Sentence #`, `sent_id`.

A sentence begins at a row whose cell is not empty and differs from that of the row above. So `Sentence: 1` may stand
in each of its rows, or in the first alone.
"""

from dataclasses import replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Integers, Ints
from tagpress.read.parsed import NO_SENTENCE, Parsed, faults, list_array
from tagpress.read.scanner.rules import Rules
from tagpress.read.sources import text

COLUMN: Final = "\0sentence"
"""What the scanner calls the column, among the extra ones."""


def cut_by_column(parsed: Parsed) -> Parsed:
    """Return what was read with sentences as the column `COLUMN` says; blank lines end them too."""
    cells = parsed.extra[COLUMN].values
    old = list_bounds(parsed.tokens)
    inner = np.setdiff1d(_changes(cells), old)
    begins = np.sort(np.concatenate([old[:-1], inner]), kind="stable")
    at = np.sort(np.concatenate([parsed.sentence_at, _line_begins(parsed, inner)])).astype(np.int32)
    offsets = np.append(begins, len(cells)).astype(np.int32)
    owner = rows_at(parsed.sentence_at, at)
    last = np.append(owner[1:] != owner[:-1], [True] * (len(owner) > 0))
    stop = np.where(last, parsed.sentence_stop[owner], np.append(at[1:], 0)[: len(at)])
    found = parsed.faults
    sentence = np.where(found.sentence == NO_SENTENCE, NO_SENTENCE, rows_at(at, found.at))
    return replace(
        parsed,
        tokens=list_array(offsets, parsed.tokens.values),
        sentence_at=at,
        sentence_stop=stop.astype(np.int32),
        document=parsed.document[owner],
        faults=faults(found.kind, found.at, sentence, found.detail),
        sentence_ids=_ids(cells, offsets),
        extra={name: list_array(offsets, column.values) for name, column in parsed.extra.items() if name != COLUMN},
    )


def _changes(cells: pa.StringArray) -> Ints:
    """Return the rows whose cell is not empty and differs from that of the row above."""
    if len(cells) < 2:  # noqa: PLR2004 - one row has none above
        return np.zeros(0, np.int64)
    differs = pc.not_equal(cells[1:], cells[:-1]).to_numpy(zero_copy_only=False)
    filled = pc.binary_length(cells).to_numpy(zero_copy_only=False) > 0
    return np.flatnonzero(differs & filled[1:]) + 1


def _line_begins(parsed: Parsed, tokens: Ints) -> Ints:
    """Return where the lines of some tokens begin."""
    ends = np.flatnonzero(np.frombuffer(parsed.data, np.uint8) == ord("\n"))
    before = np.searchsorted(ends, parsed.token_at[tokens])
    return np.append(ends, 0)[before - 1] + 1  # a row with another above it is not in the first line


def _ids(cells: pa.StringArray, offsets: Integers) -> pa.StringArray:
    """Return the cell of each sentence's first row; of one without rows, nothing."""
    first = np.where(np.diff(offsets) > 0, offsets[:-1], -1)
    return pc.fill_null(cells.take(pa.array(first, mask=first < 0)), "")


def find(data: bytes, at: int, rules: Rules, encoding: str) -> int | None:
    """Return the first row from `at` on that surely begins a sentence, the length if none is in sight, None if there are none."""
    if not text.ends_lines_in_one_byte(encoding):
        return None
    begin = data.find(b"\n", max(at - 1, 0)) + 1
    above = None
    while begin and (stop := data.find(b"\n", begin) + 1):
        cell = _cell(text.decode(data[begin:stop], encoding, start=1).data, rules)
        if cell and above is not None and cell != above:
            return begin
        begin, above = stop, cell
    return len(data)


def _cell(line: bytes, rules: Rules) -> bytes | None:
    """Return the cell of a line that says its sentence; None where the line may be none of a token."""
    cells = split_cells(line.removesuffix(b"\n").removesuffix(b"\r"), rules.delimiter, rules.quote)
    if cells is None or not rules.width[0] <= len(cells) <= rules.width[1] or not any(cells):
        return None
    return cells[rules.columns[2 + rules.extra.index(COLUMN)]]


def split_cells(line: bytes, delimiter: bytes, quote: bytes) -> list[bytes] | None:
    """Return the cells of a line, without their quotes; None if a quote is not closed or its cell goes on behind it."""
    if not delimiter:
        return line.replace(b"\t", b" ").split()
    if not quote or quote not in line:
        return line.split(delimiter)
    cells, at = [], 0
    while at <= len(line):
        stop = _cell_end(line, at, delimiter, quote)
        if stop is None:
            return None
        cell = line[at:stop]
        cells.append(cell[1:-1].replace(quote * 2, quote) if cell.startswith(quote) else cell)
        at = stop + len(delimiter)
    return cells


def _cell_end(line: bytes, at: int, delimiter: bytes, quote: bytes) -> int | None:
    if not line.startswith(quote, at):
        stop = line.find(delimiter, at)
        return len(line) if stop < 0 else stop
    close = at
    while (close := line.find(quote, close + 1)) >= 0 and line.startswith(quote, close + 1):
        close += 1
    stop = close + 1
    return stop if close > 0 and (stop == len(line) or line.startswith(delimiter, stop)) else None
