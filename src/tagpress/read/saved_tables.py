"""
How do tables that somebody has in memory become files of Arrow, one a split, that a dialect reads?

The same rows are the same bytes, in whatever library they were and however their tables are cut.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pyarrow as pa

from tagpress.errors import SourceError, UsageError
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import HubParquet, label_names, named_lists
from tagpress.read.in_memory import Tables, save_table
from tagpress.read.said_splits import texts_of


def with_names(dialect: HubParquet, held: Tables) -> HubArrow:
    """
    Return the dialect of the tables' files, with the names of the labels.

    Raises UsageError for a column that is not there, or numbers that nothing names.
    """
    found = HubArrow(**{one.name: getattr(dialect, one.name) for one in fields(dialect) if one.init})
    tags = found.tags
    require_columns(found.used, held, "tokens=, tags=")
    if tags is None:
        return found
    said = {label_names(table.schema, tags) for table in held.tables.values()}
    if not found.names and len(said) > 1:
        raise UsageError(f"the splits name the labels of {tags} in different ways", "say which are meant: names=")
    names = found.names or next(iter(said))
    if not names and any(_are_numbers(table[tags].type) for table in held.tables.values()):
        message = f"{tags} holds numbers, and nothing says what they mean"
        raise UsageError(message, 'give the labels in their order: names=["O", "B-PER", "I-PER"]')
    return replace(found, names=names)


def require_columns(names: Iterable[str], held: Tables, options: str) -> None:
    """
    Check that every table has some columns; `options` are what names them.

    Raises UsageError for one that is not there.
    """
    wanted = list(names)
    for split, table in held.tables.items():
        missing = [column for column in wanted if column not in table.column_names]
        if missing:
            message = f"there is no column {missing[0]!r} in {split}, only {', '.join(table.column_names)}"
            raise UsageError(message, f"name the columns: {options}")


def save_sentences(held: Tables, dialect: HubArrow, folder: Path, *, unread: bool = False) -> None:
    """
    Write the columns that are read; of the others only the names, if the `unread` ones are to be known.

    Raises UsageError for a column of another kind.
    """
    for split, table in held.tables.items():
        named = _with_label_names(table, dialect, split)
        columns = {name: _plain(named[name], name, dialect, split) for name in dialect.used}
        if unread:
            others = [name for name in table.column_names if name not in columns]
            columns |= dict.fromkeys(others, pa.chunked_array([pa.nulls(len(table))]))
        save_table(pa.table(columns).combine_chunks(), split, folder)


def save_records(held: Tables, columns: Sequence[str], folder: Path) -> None:
    """
    Write some of the columns of tables with texts and spans.

    Raises SourceError for columns that Arrow cannot keep.
    """
    for name, table in held.tables.items():
        own = [column for column in columns if column in table.column_names]
        try:
            plain = pa.Table.from_pylist(table.select(own).to_pylist()) if len(table) else table.select(own)
        except pa.ArrowException as error:
            message = f"the columns {', '.join(own)} of {name} cannot be kept: {error}"
            raise SourceError(message, "make each span an object with a begin, an end and a label") from error
        save_table(plain.replace_schema_metadata(table.schema.metadata), name, folder)


def _with_label_names(table: pa.Table, dialect: HubArrow, split: str) -> pa.Table:
    """Return a table whose further columns of labels, and that of splits, have their names for texts."""
    for name in dialect.extra:
        if _are_numbers(table[name].type):
            try:
                named = named_lists(table, name)
            except SourceError as error:
                raise UsageError(f"{split}: {error.message}", "name its labels, as ClassLabel does") from error
            table = table.set_column(table.column_names.index(name), name, named)
    if dialect.split is not None and pa.types.is_integer(table.schema.field(dialect.split).type):
        said = texts_of(table[dialect.split], label_names(table.schema, dialect.split))
        table = table.set_column(table.column_names.index(dialect.split), dialect.split, said)
    return table


def _plain(column: pa.ChunkedArray, name: str, dialect: HubArrow, split: str) -> pa.ChunkedArray:
    labels = name == dialect.tags
    numbers = labels and _are_numbers(column.type)
    one = name in {dialect.sentence_id, dialect.document, dialect.split}
    kind = pa.string() if one else pa.list_(pa.int64() if numbers else pa.string())
    try:
        return column.cast(kind)
    except pa.ArrowException as error:
        what = "of texts" if one else f"of lists of strings{' or of labels' * labels}"
        message = f"column {name} of {split} is {column.type}, not one {what}"
        hint = "each row is a sentence, with lists of its tokens and tags; a text like \"['a', 'b']\" is none"
        raise UsageError(message, hint) from error


def _are_numbers(kind: pa.DataType) -> bool:
    return hasattr(kind, "value_type") and bool(pa.types.is_integer(kind.value_type))
