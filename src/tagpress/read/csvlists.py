"""
The dialect of a data frame that was saved as CSV or TSV: one sentence a row, its tokens in one cell, its tags in another.

A cell is a list as text (`['EU', 'rejects']`), which is read and never evaluated, words with a space between, or labels with
a comma between.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa

from tagpress.corpus.problems import counted, few
from tagpress.errors import SourceError, UsageError
from tagpress.read import records
from tagpress.read.account import LineAccount, count, total
from tagpress.read.csv_rows import Cell, Row, rows
from tagpress.read.list_text import read_list
from tagpress.read.parsed import KINDS, Parsed, bad_bytes, fault_rows, merge
from tagpress.read.records import ListFields
from tagpress.read.sources import text
from tagpress.read.sources.text import Text

_ACCOUNTS: Final = ("faulty", "records", "blank", "headers")
_LIST: Final = pa.list_(pa.string())

Fault = tuple[int, int, int]  # kind, at, detail


@dataclass(slots=True)
class _Table:
    """What was read so far: a value for each row that is not blank, and the kind in the account of each row."""

    found: list[Row] = field(default_factory=list)
    lists: dict[str, list[list[str]]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)
    places: list[tuple[int, int]] = field(default_factory=list)
    faults: list[tuple[int, int, int, int]] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)
    kinds: list[int] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvLists(ListFields):
    """
    One sentence a row of CSV, whose first row names the columns.

    The columns are those of `ListFields`. Cells are lists as text, of strings or, for tags, of numbers; those of the columns
    in `words` are words with a space between, of those in `commas` with a comma. A cell that is no list, or as long as the tokens, is `broken-record`; a row of another
    number of columns is `ragged-line`, a quote that is not closed `broken-quote`.

    Raises UsageError for a value that makes no sense.
    """

    words: tuple[str, ...] = ()
    commas: tuple[str, ...] = ()
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    called: ClassVar[str] = "column"

    def __post_init__(self) -> None:
        ListFields.__post_init__(self)
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        object.__setattr__(self, "words", tuple(self.words))
        object.__setattr__(self, "commas", tuple(self.commas))
        if both := set(self.words) & set(self.commas):
            message = f"words= and commas= both name the column {min(both)!r}"
            raise UsageError(message, "say what stands between its items: a space or a comma")
        if len(self.quote.encode()) != 1 or self.quote in "\r\n" or not self.delimiter or self.quote in self.delimiter:
            message = f"quote={self.quote!r} and delimiter={self.delimiter!r} do not go together"
            raise UsageError(message, "give what CSV has: one ASCII character to quote, and another between columns")

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """
        Return the sentences of a file.

        Raises SourceError for a file without a row of names, or that lacks a column.
        """
        decoded = text.decode(data, self.encoding, start=start)
        table, names = _Table(), None
        for row in rows(decoded.data, decoded.begin, self.delimiter, self.quote):
            table.begins.append(row.begin)
            if row.cells == ():
                table.kinds.append(2)
            elif names is None:
                names = self._names(row)
                table.kinds.append(3)
            else:
                self._add(table, row, names)
        return self._parsed(decoded, table, names or ())

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: whether a line end ends a row shows only from the file's beginning on."""

    def _names(self, row: Row) -> tuple[str, ...]:
        names = tuple(cell.text.strip() for cell in row.cells or ())
        missing = [name for name in self.used if name not in names]
        if missing:
            message = f"there is no column {missing[0]!r}, only {few(map(repr, names)) or 'a broken first row'}"
            raise SourceError(message, "give the columns' names, as the first row has them: tokens=, tags=")
        return names

    def _add(self, table: _Table, row: Row, names: Sequence[str]) -> None:
        """Add a row; one with a fault is a sentence without tokens."""
        number, cells = len(table.found), row.cells or ()
        by_name = dict(zip(names, cells, strict=False))
        read: dict[str, list[str]] = {name: [] for name in self.lists}
        fault: Fault | None = None
        if row.cells is None:
            fault = KINDS["broken-quote"], row.begin, 0
        elif len(cells) != len(names):
            fault = KINDS["ragged-line"], row.begin, len(cells)
        else:
            said = self._read(by_name, read)
            if said:
                read = {name: [] for name in self.lists}
                table.told[number] = said[1]
                fault = KINDS["broken-record"], said[0], number
        if fault:
            table.faults.append((fault[0], fault[1], number, fault[2]))
        table.found.append(row)
        table.kinds.append(int(fault is None))
        for name, values in read.items():
            table.lists.setdefault(name, []).append(values)
        for key in dict.fromkeys(filter(None, (self.sentence_id, self.document, self.split))):
            table.keys.setdefault(key, []).append(by_name[key].text if key in by_name else "")
        here = (by_name[self.tokens].at, by_name[self.lists[1]].at) if fault is None else (row.begin, row.begin)
        table.places.append(here)

    def _read(self, cells: dict[str, Cell], read: dict[str, list[str]]) -> tuple[int, str] | None:
        """Fill in the lists of a row; return where one is none and what it is instead, if so."""
        for name in self.lists:
            try:
                read[name] = self._values(cells[name].text, name)
            except ValueError as error:
                return cells[name].at, f"{error} in column {name}"
        lengths = {name: len(values) for name, values in read.items()}
        wrong = next((name for name in self.lists if lengths[name] != lengths[self.tokens]), None)
        if wrong:
            return cells[wrong].at, f"{counted(lengths[self.tokens], 'token')} and {lengths[wrong]:,} in column {wrong}"
        return None

    def _values(self, cell: str, column: str) -> list[str]:
        if column in self.words:
            return cell.strip(" ").split(" ") if cell.strip(" ") else []
        if column in self.commas:
            return [item.strip(" ") for item in cell.split(",")] if cell.strip(" ") else []
        values = read_list(cell)
        odd = next((value for value in values if isinstance(value, int)), None)
        if odd is None:
            return [str(value) for value in values]
        if column != self.tags:
            raise ValueError(f"a list with the number {odd}")
        return [self._named(value) for value in values]

    def _named(self, value: str | int) -> str:
        return self.names[value] if isinstance(value, int) and 0 <= value < len(self.names) else str(value)

    def _parsed(self, decoded: Text, table: _Table, names: Sequence[str]) -> Parsed:
        begin = np.array([row.begin for row in table.found], np.int64)
        stop = np.array([row.stop for row in table.found], np.int64)
        lists = {name: pa.array(table.lists.get(name, []), _LIST) for name in self.lists}
        kept = {"ids": self.sentence_id, "documents": self.document, "splits": self.split}
        read = records.Records(
            data=decoded.data,
            text_at=decoded.begin,
            begin=begin,
            stop=stop,
            tokens=lists[self.tokens],
            tags=lists[self.tags] if self.tags else None,
            extra={name: lists[name] for name in self.extra},
            **{name: pa.array(table.keys.get(key, []), pa.string()) for name, key in kept.items() if key},
        )
        found = merge(fault_rows(table.faults), bad_bytes(decoded, begin, stop))
        parsed = records.parse(read, spaced=False, found=found, lengths=stop - begin)
        sizes = np.diff(parsed.tokens.offsets.to_numpy())
        token_at, tag_at = np.repeat(np.array(table.places, np.int32).reshape(-1, 2), sizes, axis=0).T
        return replace(
            parsed,
            token_at=token_at,
            tag_at=tag_at,
            annotations=table.told,
            account=_account(decoded, table),
            unread=tuple(sorted({name or "a column without a name" for name in names} - set(self.used))),
        )


def _account(decoded: Text, table: _Table) -> LineAccount:
    """Return what became of each line; a row may take several."""
    lengths = decoded.line_lengths()
    ends = np.flatnonzero(np.frombuffer(decoded.data, np.uint8) == ord("\n"))
    row = np.searchsorted(ends, np.array(table.begins, np.int64))
    kinds = np.repeat(np.array(table.kinds, np.int64), np.diff(np.append(row, len(lengths))))
    return total([count(_ACCOUNTS, kinds, lengths), LineAccount({"marks": (0, decoded.mark)})])
