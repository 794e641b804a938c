"""
Which sentences are in a table that has no lists? Each row is a token, or lists stand in cells as text, as CSV leaves them.

A data frame that was read from a spreadsheet is so. Its tables become tables of lists, and what that took is said.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.types import Ints
from tagpress.errors import UsageError
from tagpress.read.guess.listed_cells import lists_in
from tagpress.read.guess.sheets import sentence_column
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.in_memory import Tables

_LOOKED_AT: Final = 2_000  # rows
_WORDS: Final = ("token", "tokens", "word", "words", "form", "text", "term")
_READ_AS_NOTHING: Final = (
    "pandas reads the words NA, null and None as nothing: read the file with keep_default_na=False"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRows:
    """The columns of a table whose rows are tokens: those of the token, of its tag, and of what says its sentence."""

    token: str
    tag: str
    sentence: str


def with_lists(held: Tables, *, tokens: str | None, tags: str | None, sentence: str | None) -> tuple[Tables, list[str]]:
    """
    Return tables of lists, and what was done to make them; tables that have lists, or nothing that reads like tags, stay.

    `tokens`, `tags` and `sentence` are columns that a caller names.

    Raises:
        UsageError: rows are tokens and no column says their sentence, a token or a tag is empty, or a text is no list.

    """
    first = next(iter(held.tables.values()))
    if not len(first) or any(map(_has_lists, first.schema.types)):
        return held, []
    cells = _cells(first)
    how = lists_in(first.column_names, cells)
    if how:
        made = {name: _read(table, how, held.called(name)) for name, table in held.tables.items()}
        return replace(held, tables=made), [f"the texts of {', '.join(how)} are read as lists"]
    columns = _token_rows(first, cells, tokens, tags, sentence)
    if columns is None:
        return held, []
    made = {name: _grouped(table, columns, held.called(name)) for name, table in held.tables.items()}
    count = sum(map(len, made.values()))
    told = (
        f"each row is a token: {columns.token} with its tag in {columns.tag}, and {columns.sentence} says which sentence it is of; "
        f"there are {count:,}, and {next(iter(map(held.called, made))).replace('[]', '[7]')} is the eighth"
    )
    return replace(held, tables=made), [told]


def _has_lists(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _cells(table: pa.Table) -> list[list[str]]:
    """Return the first rows as texts."""
    columns = table.slice(0, _LOOKED_AT).to_pydict().values()
    return [["" if one is None else str(one) for one in row] for row in zip(*columns, strict=True)]


def _read(table: pa.Table, how: dict[str, Callable[[str], list[Any]]], called: str) -> pa.Table:
    for name, read in how.items():
        lists = [_listed(cell, read, name, called, row) for row, cell in enumerate(table[name].to_pylist())]
        table = table.set_column(table.column_names.index(name), name, pa.array(lists))
    return table


def _listed(cell: Any, read: Callable[[str], list[Any]], name: str, called: str, row: int) -> list[Any]:  # noqa: ANN401 - a cell
    try:
        return read(cell) if isinstance(cell, str) else []
    except ValueError as error:
        message = f"{called.replace('[]', f'[{row}]')}: found {error} in the column {name}, expected a list as other rows have"
        raise UsageError(
            message, "mend the row, or read the file with tagpress new, which reports every such row"
        ) from None


def _token_rows(
    table: pa.Table, cells: Sequence[Sequence[str]], tokens: str | None, tags: str | None, sentence: str | None
) -> TokenRows | None:
    """
    Return the columns of a table whose rows are tokens, or None if no column reads like tags.

    Raises UsageError where no column says the sentence.
    """
    names = table.column_names
    by_name = dict(zip(names, zip(*cells, strict=True), strict=True))
    tag = tags or next((name for name in reversed(names) if _are_tags(by_name[name])), None)
    if tag is None or tag not in by_name or not _are_tags(by_name[tag]):
        return None
    place = sentence_column([names, *cells], parted=False)
    said = sentence or (names[place] if place is not None else None)
    others = [name for name in names if name not in {tag, said} and not _is_number(table.schema.field(name).type)]
    named = [name for name in others if name.lower() in _WORDS]
    token = tokens or next(iter(named or sorted(others, key=lambda name: -len(set(by_name[name])))), None)
    if token is None:
        return None
    if said is None:
        message = f"each row is a token, {token} with its tag in {tag}, and no column says which sentence it is of"
        raise UsageError(message, f"name the column that does, sentence_id=, among {', '.join(names)}; or add one")
    return TokenRows(token=token, tag=tag, sentence=said)


def _are_tags(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(map(TAG.fullmatch, filled)) and set(filled) != {"O"}


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _grouped(table: pa.Table, columns: TokenRows, called: str) -> pa.Table:
    """Return a table with a row for each sentence: a list of each column, or its one value where no sentence has two."""
    for name in (columns.token, columns.tag):
        empty = np.flatnonzero(pc.is_null(table[name]).to_numpy())
        if len(empty):
            places = ", ".join(called.replace("[]", f"[{row}]") for row in empty[:5].tolist())
            message = f"{len(empty):,} rows have nothing in the column {name}: {places}"
            raise UsageError(message, _READ_AS_NOTHING)
    begins = _begins(table[columns.sentence])
    offsets = pa.array(np.append(begins, len(table)).astype(np.int32))
    made = dict(_columns_of(table, columns, begins, offsets))
    return pa.table(made)


def _columns_of(table: pa.Table, columns: TokenRows, begins: Ints, offsets: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    for name in table.column_names:
        column = _whole(table[name])
        if name == columns.sentence or (name not in {columns.token, columns.tag} and _is_of_sentences(column, begins)):
            yield name, column.take(pa.array(begins))
        else:
            yield name, pa.ListArray.from_arrays(offsets, column)


def _begins(column: pa.ChunkedArray) -> Ints:
    """Return the row at which each sentence begins: where there is another value; an empty one is of the sentence above."""
    said = pc.cast(column, pa.string())
    codes = _codes(pc.fill_null_forward(pc.if_else(pc.equal(said, ""), None, said)))
    return np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))


def _is_of_sentences(column: pa.Array, begins: Ints) -> bool:
    """Tell whether no sentence has two values in a column."""
    codes = _codes(column)
    inner = np.ones(len(codes), dtype=np.bool_)
    inner[begins] = False
    return not (np.append(False, codes[1:] != codes[:-1]) & inner).any()


def _codes(column: pa.Array | pa.ChunkedArray) -> Ints:
    whole = _whole(column)
    codes: Ints = whole.dictionary_encode(null_encoding="encode").indices.to_numpy(zero_copy_only=False)
    return codes


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return (
        whole.cast(pa.string()) if pa.types.is_string_view(whole.type) else whole
    )  # polars' own, which few functions take
