"""
How are tables in memory read: as tokens and tags, or as texts with spans? And which of their columns is saved for it?

Rows are called as they are in memory, `train[7]`, wherever a message names one.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from tagpress.errors import SourceError, UsageError
from tagpress.read.guess.sniff_records import ROWS, parallel
from tagpress.read.guess.spans_in_memory import spans_in_memory
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import label_names, named_lists
from tagpress.read.in_memory import SUFFIX, Tables, save_table
from tagpress.read.spans.dialect import Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The columns that a caller names: those of tokens and tags, or those of texts and spans, and what goes with each."""

    tokens: str | None = None
    tags: str | None = None
    names: Sequence[str] = ()
    document: str | None = None
    extra: Sequence[str] = ()
    text: str | None = None
    spans: str | None = None
    tokenisation: str | None = None
    sentence_id: str | None = None
    untagged: bool = False
    """Whether there are no tags of entities, so that none are looked for."""

    def named(self, *names: str) -> str:
        """Return the first of some options that is given."""
        return next((name for name in names if getattr(self, name)), "")


def saved(held: Tables, folder: Path, asked: Asked, steps: Callable[[str], None]) -> HubArrow | Spans:
    """
    Save the tables, and return how they are read; what is found is told to `steps`.

    Raises:
        UsageError: a column is not there, is of another kind, or is asked of both kinds of tables.
        SourceError: there is nothing to publish in the columns.

    """
    of_tags = asked.named("tokens", "tags", "names", "document", "extra")
    of_spans = asked.named("text", "spans", "tokenisation")
    if of_tags and of_spans:
        hint = "name tokens and tags, or text and spans"
        raise UsageError(f"{of_tags}= and {of_spans}= are of two kinds of tables", hint)
    if of_spans:
        return _of_spans(held, folder, asked, steps)
    try:
        if asked.untagged:
            tokens, tags = asked.tokens or "tokens", None
        else:
            tokens, tags = (asked.tokens, asked.tags) if asked.tokens and asked.tags else _parallel(held)
    except SourceError:
        if of_tags:
            raise
        return _of_spans(held, folder, asked, steps)
    dialect = HubArrow(
        tokens=asked.tokens or tokens,
        tags=asked.tags or tags,
        names=tuple(asked.names),
        sentence_id=asked.sentence_id,
        document=asked.document,
        extra=tuple(asked.extra),
    )
    dialect = _checked(dialect, held)
    _tell_columns(dialect, held, steps)
    for split, table in held.tables.items():
        _save(split, table, dialect, folder)
    return dialect


def _of_spans(held: Tables, folder: Path, asked: Asked, steps: Callable[[str], None]) -> Spans:
    options = {"text": asked.text, "spans": asked.spans, "tokens": asked.tokenisation, "sentence_id": asked.sentence_id}
    found = spans_in_memory(held, folder, {name: value for name, value in options.items() if value})
    steps(f"texts with spans are in {', '.join(found.columns)}")
    if found.others:
        steps(f"not published: {', '.join(found.others)}")
    for words in found.told:
        steps(caller_of(held)(words).replace(SUFFIX, ""))
    return found.dialect


def _parallel(held: Tables) -> tuple[str, str]:
    """Return the columns of the tokens and of the tags, by what is in the first table."""
    split, table = next(iter(held.tables.items()))
    return parallel(table.slice(0, ROWS).to_pylist(), split)


def _checked(dialect: HubArrow, held: Tables) -> HubArrow:
    """
    Return the dialect with the names of the labels.

    Raises UsageError for a column that is not there, or numbers that nothing names.
    """
    tags = dialect.tags
    for split, table in held.tables.items():
        missing = [column for column in dialect.used if column not in table.column_names]
        if missing:
            message = f"there is no column {missing[0]!r} in {split}, only {', '.join(table.column_names)}"
            raise UsageError(message, "name the columns: tokens=, tags=")
    if tags is None:
        return dialect
    said = {label_names(table.schema, tags) for table in held.tables.values()}
    if not dialect.names and len(said) > 1:
        raise UsageError(f"the splits name the labels of {tags} in different ways", "say which are meant: names=")
    names = dialect.names or next(iter(said))
    if not names and any(_are_numbers(table[tags].type) for table in held.tables.values()):
        message = f"{tags} holds numbers, and nothing says what they mean"
        raise UsageError(message, 'give the labels in their order: names=["O", "B-PER", "I-PER"]')
    return replace(dialect, names=names)


def _are_numbers(kind: pa.DataType) -> bool:
    return hasattr(kind, "value_type") and bool(pa.types.is_integer(kind.value_type))


def _tell_columns(dialect: HubArrow, held: Tables, steps: Callable[[str], None]) -> None:
    steps(f"tokens are in {dialect.tokens}, {f'tags in {dialect.tags}' if dialect.tags else 'and there are no tags'}")
    there = dict.fromkeys(name for table in held.tables.values() for name in table.column_names)
    others = [name for name in there if name not in dialect.used]
    if others:
        steps(f"not published: {', '.join(others)}; sentence_id=, document= and extra= keep columns")


def _save(split: str, table: pa.Table, dialect: HubArrow, folder: Path) -> None:
    """
    Write the columns that are published: the same bytes however a table is cut.

    Raises UsageError for a column of another kind.
    """
    table = _with_names(table, dialect, split)
    plain = pa.table({name: _plain(table[name], name, dialect, split) for name in dialect.used}).combine_chunks()
    save_table(plain, split, folder)


def _with_names(table: pa.Table, dialect: HubArrow, split: str) -> pa.Table:
    """Return a table whose further columns of labels have their names for texts."""
    for name in dialect.extra:
        if _are_numbers(table[name].type):
            try:
                named = named_lists(table, name)
            except SourceError as error:
                raise UsageError(f"{split}: {error.message}", "name its labels, as ClassLabel does") from error
            table = table.set_column(table.column_names.index(name), name, named)
    return table


def _plain(column: pa.ChunkedArray, name: str, dialect: HubArrow, split: str) -> pa.ChunkedArray:
    labels = name == dialect.tags
    numbers = labels and _are_numbers(column.type)
    one = name in {dialect.sentence_id, dialect.document}
    kind = pa.string() if one else pa.list_(pa.int64() if numbers else pa.string())
    try:
        return column.cast(kind)
    except pa.ArrowException as error:
        what = "of texts" if one else f"of lists of strings{' or of labels' * labels}"
        message = f"column {name} of {split} is {column.type}, not one {what}"
        hint = "each row is a sentence, with lists of its tokens and tags; a text like \"['a', 'b']\" is none"
        raise UsageError(message, hint) from error


def caller_of(held: Tables) -> Callable[[str], str]:
    """Return what calls rows in a text as they are in memory."""
    places = re.compile(rf"\b({'|'.join(map(re.escape, held.tables))}){re.escape(SUFFIX)}:(\d+)(?::\d+)?")
    return lambda text: places.sub(lambda match: f"{match[1]}[{int(match[2]) - 1}]", text)
