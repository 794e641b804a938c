"""
The dialect of a dataset that exists already: Parquet files with a list of tokens and a list of label ids.

The label names come from the `huggingface` metadata of each file's schema, where `datasets` keeps them. A row stands
for a line, and its tokens, with a space between them, for that line's text: messages about row 7 say line 7.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tagpress.columnar.footers import refuse_fatal
from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read import records
from tagpress.read.account import LineAccount, total
from tagpress.read.json_paths import Steps, column_of, steps_of
from tagpress.read.parsed import KINDS, Parsed, fault_rows
from tagpress.read.records import ListFields
from tagpress.read.said_splits import texts_of
from tagpress.read.sources.text import is_utf8

METADATA = b"huggingface"
_VALUES: Final = 4_000_000  # that a file may hold, however small it is
_DENSE: Final = 100  # values for each of its bytes; tokens and tags of corpora take a byte or more each


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """
    A file of columns.

    Its schema and its rows, what reads some of its columns, and what says which bytes are of the columns that are used.
    """

    schema: pa.Schema
    rows: int
    select: Callable[[list[str]], pa.Table]
    account: Callable[[set[str]], LineAccount]


@dataclass(frozen=True, slots=True, kw_only=True)
class HubParquet(ListFields):
    """
    Parquet files as `datasets` writes them.

    `split` may lead into a column of objects, such as `meta.split`.
    The columns are those of `ListFields`, whose `names` are the labels' where the files have none. A column in `extra` may
    have labels too, whose names the files must have.

    Raises UsageError for a value that makes no sense.
    """

    called: ClassVar[str] = "column"
    encoding: ClassVar[str] = "utf-8"

    def parse(self, data: bytes, start: int = 0) -> Parsed:  # noqa: ARG002 - a Parquet file is one piece
        """
        Return the sentences of a file.

        Raises SourceError for a file that is no Parquet, or that lacks a column or the labels' names.
        """
        try:
            return self._parse(self.opened(data))
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise SourceError(f"this file cannot be read: {error}", "fetch it again") from error

    def opened(self, data: bytes) -> Opened:
        """
        Return a file that is read column by column.

        Raises SourceError for a file that is no Parquet.
        """
        try:
            file = pq.ParquetFile(pa.BufferReader(data))
        except (pa.ArrowException, OSError) as error:
            raise SourceError(f"this is no Parquet file that can be read: {error}", "fetch it again") from error
        refuse_dense(file.metadata, data)
        return Opened(
            schema=file.schema_arrow,
            rows=file.metadata.num_rows,
            select=file.read,
            account=lambda used: _bytes(file.metadata, used, len(data)),
        )

    def _parse(self, file: Opened) -> Parsed:
        table = self._read(file)
        names = self.names or (label_names(table.schema, self.tags) if self.tags else ())
        if self.tags and not names and pa.types.is_integer(table.schema.field(self.tags).type.value_type):
            message = f"column {self.tags} holds numbers, and the file does not say what they mean"
            raise SourceError(message, "give the labels in their order: names=('O', 'B-PER', 'I-PER')")
        tokens, bad = _valid(_lists(table[self.tokens]))
        text, begin, stop = _text(tokens)
        kept = {"ids": self.sentence_id, "documents": self.document}
        rows = records.Records(
            data=text,
            begin=begin,
            stop=stop,
            tokens=tokens,
            tags=_lists(table[self.tags]) if self.tags else None,
            names=names,
            extra={name: named_lists(table, name) for name in self.extra},
            splits=self._said(table),
            **{name: table[column].combine_chunks().cast(pa.string()) for name, column in kept.items() if column},
        )
        found = fault_rows((KINDS["bad-encoding"], begin[row], row, begin[row]) for row in bad)
        parsed = records.parse(rows, spaced=True, found=found, lengths=np.zeros(len(begin), np.int64))
        account = total([parsed.account, file.account(set(map(_column, self._steps(file.schema))))])
        return replace(parsed, account=account, unread=tuple(_unread(file.schema, {*self._steps(file.schema)})))

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: a Parquet file cannot be cut."""

    def _steps(self, schema: pa.Schema) -> list[Steps]:
        """Return the names that lead to each column that is read; of the split alone they may lead into a column of objects."""
        names = [(name,) for name in self.used if name != self.split]
        return [*names, *([] if self.split is None else [steps_of(self.split, dict.fromkeys(schema.names))])]

    def _said(self, table: pa.Table) -> pa.StringArray | None:
        if self.split is None:
            return None
        steps = steps_of(self.split, dict.fromkeys(table.schema.names))
        return texts_of(column_of(table, steps), label_names(table.schema, self.split) if len(steps) == 1 else ())

    def _read(self, file: Opened) -> pa.Table:
        steps = self._steps(file.schema)
        missing = [".".join(one) for one in steps if not _has_steps(file.schema, one)]
        if missing:
            message = f"there is no column {missing[0]!r}, only {few(file.schema.names)}"
            raise SourceError(message, "give the columns' names: tokens=, tags=")
        table = file.select(list(dict.fromkeys(map(_column, steps))))
        if len(table) != file.rows:
            raise SourceError(f"its columns have {len(table):,} rows, and it says {file.rows:,}", "fetch it again")
        for name in self.lists:
            kind = table.schema.field(name).type
            labels = name != self.tokens
            if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)) or not _is_item(kind.value_type, labels):
                message = f"column {name} is {kind}, not a list of strings{' or of labels' * labels}"
                raise SourceError(message, "each row must be one sentence, with a list of tokens and a list of tags")
        # Of the tokens, most of which can be shown, only the places are looked at here; of the others none may be wrong.
        table.drop_columns([self.tokens]).validate(full=True)
        for chunk in table[self.tokens].chunks:
            chunk.view(_as_bytes(chunk.type)).validate(full=True)
        return table


def _has_steps(schema: pa.Schema, steps: Steps) -> bool:
    inner: Any = schema
    for step in steps:
        if not (isinstance(inner, pa.Schema) or pa.types.is_struct(inner)) or inner.get_field_index(step) < 0:
            return False
        inner = inner.field(step).type
    return True


def _column(steps: Steps) -> str:
    return steps[0]


def _unread(schema: pa.Schema, used: set[Steps]) -> Iterator[str]:
    """Yield the columns that nothing is read from; of one of objects, from which something is, the others in it."""
    for column in schema:
        inner = {steps[1] for steps in used if steps[0] == column.name and len(steps) > 1}
        if (column.name,) not in used and not inner:
            yield column.name
        elif (column.name,) not in used:
            yield from (f"{column.name}.{below.name}" for below in column.type if below.name not in inner)


def refuse_dense(metadata: pq.FileMetaData, data: bytes) -> None:
    """
    Check what a file says of its columns, before they are asked for.

    Raises:
        SourceError: pyarrow would not survive it, or it holds more values than any corpus: one can stand a billion times.

    """
    try:
        refuse_fatal(metadata, data)
    except ValueError as error:
        raise SourceError(f"this is no Parquet file that can be read: {error}", "fetch it again") from error
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    values = sum(group.column(number).num_values for group in groups for number in range(group.num_columns))
    if values > max(_VALUES, _DENSE * len(data)):
        message = f"its {len(data):,} bytes would be {values:,} values, as those of no corpus are"
        raise SourceError(message, "if it is a corpus, write its rows into files of other kinds, such as JSON lines")


def _bytes(metadata: pq.FileMetaData, used: set[str], size: int) -> LineAccount:
    """Return what the bytes of a file are: columns that are read, others, and what holds them together."""
    sizes = {True: 0, False: 0}
    for group in range(metadata.num_row_groups):
        for number in range(metadata.num_columns):
            column = metadata.row_group(group).column(number)
            sizes[column.path_in_schema.split(".")[0] in used] += column.total_compressed_size
    kinds = {"records": sizes[True], "unread": sizes[False], "structure": size - sum(sizes.values())}
    return LineAccount({kind: (0, count) for kind, count in kinds.items()})


def label_names(schema: pa.Schema, column: str) -> tuple[str, ...]:
    """Return the names of a column's labels from the metadata of `datasets`, or none."""
    try:
        features = json.loads((schema.metadata or {}).get(METADATA, b"{}"))["info"]["features"]
        return tuple(next(names_in(features[column])))
    except (ValueError, LookupError, TypeError, StopIteration):
        return ()


def names_in(feature: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """
    Yield the names in a feature: a list of labels has been spelled in three ways over the years.

    They are a list, or in the YAML of a card a mapping from numbers.
    """
    if isinstance(feature, dict) and isinstance(feature.get("names"), list | dict):
        yield feature["names"]
    for inner in feature.values() if isinstance(feature, dict) else feature if isinstance(feature, list) else ():
        yield from names_in(inner)


def _is_item(kind: pa.DataType, labels: bool) -> bool:  # noqa: FBT001 - numbers are labels, and nothing else
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or (labels and pa.types.is_integer(kind)))


def named_lists(table: pa.Table, column: str) -> pa.ListArray:
    """
    Return a column to keep as lists of texts: of its labels' names, where it has numbers; one without a name is its text.

    Raises:
        SourceError: it has numbers, and the file has no names for them.

    """
    lists = _lists(table[column])
    if not pa.types.is_integer(lists.type.value_type):
        return lists
    names = label_names(table.schema, column)
    if not names:
        message = f"column {column} holds numbers, and the file does not say what they mean"
        raise SourceError(message, "leave it out of extra=, or name its labels in the file, as `datasets` does")
    numbers = lists.values.dictionary_encode()
    spelled = [
        None if number is None else names[number] if 0 <= number < len(names) else str(number)
        for number in numbers.dictionary.to_pylist()
    ]
    texts = pa.array(spelled, pa.string()).take(numbers.indices)
    return pa.ListArray.from_arrays(lists.offsets, texts, mask=lists.is_null() if lists.null_count else None)


def _as_bytes(kind: pa.DataType) -> pa.DataType:
    """Return a type of lists of texts as lists of bytes, which may be no text."""
    item = pa.large_binary() if pa.types.is_large_string(kind.value_type) else pa.binary()
    return pa.large_list(item) if pa.types.is_large_list(kind) else pa.list_(item)


def _lists(column: pa.ChunkedArray) -> pa.ListArray:
    """Return a column of lists with the types that the rest of the reader uses."""
    item = pa.int64() if pa.types.is_integer(column.type.value_type) else pa.string()
    return column.combine_chunks().cast(pa.list_(item))


def _valid(tokens: pa.ListArray) -> tuple[pa.ListArray, list[int]]:
    """Return the tokens with what is not UTF-8 shown, and the rows where it stood; Parquet does not check."""
    try:
        tokens.validate(full=True)
    except pa.ArrowInvalid:
        rows = tokens.cast(pa.list_(pa.binary())).to_pylist()
        shown = [row and [token and token.decode(errors="backslashreplace") for token in row] for row in rows]
        bad = [i for i, row in enumerate(rows) if row and any(token and not is_utf8(token) for token in row)]
        return pa.array(shown, tokens.type), bad
    return tokens, []


def _text(tokens: pa.ListArray) -> tuple[bytes, NDArray[np.int64], NDArray[np.int64]]:
    """Return a line for each row, and where each begins and stops."""
    lines = pc.fill_null(pc.binary_join(tokens, " "), "")
    # A line end in a token would make two lines of one row; a space is as long.
    lines = pc.replace_substring(lines, "\n", " ")
    stop = np.cumsum(pc.binary_length(lines).to_numpy().astype(np.int64) + 1)
    begin = np.concatenate([[0], stop[:-1]])[: len(stop)]
    return "".join(f"{line}\n" for line in lines.to_pylist()).encode(), begin, stop
