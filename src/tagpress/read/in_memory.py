"""
Which tables are in an object that somebody has in memory? One, or one a split.

`Dataset` and `DatasetDict` of `datasets`, data frames of pandas and polars, tables of Arrow, whatever gives itself as a
stream of Arrow, rows that are mappings, sentences as lists of Python have them, columns by their names, and a mapping from
splits to these. None of those libraries is imported: who passes one has it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from tagpress.corpus.place import ROWS
from tagpress.errors import UsageError
from tagpress.read.token_pairs import table_of_sentences

SUFFIX: Final = ".arrow"
"""What the files end with in which tables are saved, one a split."""
WHOLE: Final = "dataset"
"""What the rows are called that no split was given to."""

_CHUNK: Final = 10_000  # rows of a batch in a file: the same, however the table in memory is cut
_SPAN: Final = ("start", "end", "label")
_LAZY: Final = {
    "IterableDataset": "load it without streaming=True",
    "IterableDatasetDict": "load it without streaming=True",
    "LazyFrame": "collect() it",
}


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of each split, or one that is called `WHOLE`; `kind` is what they were in, as `datasets.DatasetDict`."""

    tables: Mapping[str, pa.Table]
    given: bool
    kind: str

    @property
    def rows(self) -> dict[str, int]:
        """Return how many rows each table has."""
        return {name: len(table) for name, table in self.tables.items()}

    def called(self, name: str, config: str = "") -> str:
        """Return what messages call a table, so that they say `train[7]`, `[7]` where no split was given, or `de/train[7]`."""
        return "/".join(part for part in (config, name if self.given else "") if part) + ROWS


def tables_of(held: Any) -> Tables:  # noqa: ANN401 - of a library that need not be there
    """
    Return the tables in an object.

    Raises UsageError for an object that holds none, or has not read them yet.
    """
    if isinstance(held, Mapping):
        if not held or not all(isinstance(split, str) for split in held):
            raise UsageError("a mapping must name a table for each split", 'such as {"train": dataset, "test": other}')
        if _are_columns(held):
            return Tables({WHOLE: _of_columns(held)}, given=False, kind=_kind(held))
        return Tables({split: _table(one) for split, one in held.items()}, given=True, kind=_kind(held))
    return Tables({WHOLE: _table(held)}, given=False, kind=_kind(held))


def save_table(table: pa.Table, name: str, folder: Path) -> None:
    """Write the table of a split into its file in a folder."""
    with pa.ipc.new_stream(str(folder / f"{name}{SUFFIX}"), table.schema) as writer:
        writer.write_table(table, max_chunksize=_CHUNK)


def _table(held: Any) -> pa.Table:  # noqa: ANN401 - as above
    name = type(held).__name__
    if name in _LAZY:
        raise UsageError(f"the rows of this {name} are not in memory", _LAZY[name])
    if isinstance(held, pa.Table):
        return held
    if isinstance(held, pa.RecordBatch):
        return pa.Table.from_batches([held])
    library = type(held).__module__.partition(".")[0]
    if library == "datasets" and name == "Dataset":
        table = held.with_format("arrow")[:]  # with what was selected and shuffled
        return table.replace_schema_metadata(held.features.arrow_schema.metadata)
    if library == "pandas" and name == "DataFrame":
        return _of_frame(held)
    return pa.table(held) if hasattr(held, "__arrow_c_stream__") else _of_items(held)


def _of_items(held: Any) -> pa.Table:  # noqa: ANN401 - as above
    """
    Return the table of rows that are mappings, or of sentences that are lists.

    Raises UsageError for anything else.
    """
    rows = list(held) if isinstance(held, Iterable) and not isinstance(held, str | bytes) else []
    if rows and all(isinstance(row, Mapping) for row in rows):
        return _of_rows(rows)
    if (table := table_of_sentences(rows)) is not None:
        return table
    raise UsageError(
        f"there is no table in {'an empty list' if held == [] else f'a {_kind(held)}'}",
        "pass a Dataset or DatasetDict, a data frame of pandas or polars, a table of Arrow, a list of dicts, sentences as lists "
        "of (token, tag), a dict of columns, or a dict of these by split",
    )


def _are_columns(held: Mapping[str, Any]) -> bool:
    """Tell whether a mapping is a table by the names of its columns: lists, of which none is rows by itself."""
    return all(isinstance(one, list | tuple) and one and not _are_rows(one) for one in held.values())


def _are_rows(held: Sequence[Any]) -> bool:
    return all(isinstance(one, Mapping) for one in held) or table_of_sentences(held) is not None


def _of_columns(held: Mapping[str, Sequence[Any]]) -> pa.Table:
    """
    Return the table of columns by their names.

    Raises UsageError for columns of different lengths.
    """
    lengths = {name: len(column) for name, column in held.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length:,}" for name, length in lengths.items())
        raise UsageError(
            f"the columns are not as long as each other: {listed}", "give each row a value in every column"
        )
    return _of_rows([dict(zip(held, row, strict=True)) for row in zip(*held.values(), strict=True)])


def _of_frame(held: Any) -> pa.Table:  # noqa: ANN401 - as above
    try:
        return pa.Table.from_pandas(held, preserve_index=False).replace_schema_metadata(None)
    except pa.ArrowException:  # a span is a tuple of numbers and a text: no column of Arrow holds these
        return _of_rows(held.to_dict("records"))


def _of_rows(rows: Sequence[Mapping[Any, Any]]) -> pa.Table:
    """
    Return the table of rows that are mappings.

    Raises UsageError for columns that have values of several kinds.
    """
    try:
        return pa.Table.from_pylist([{str(name): _even(value) for name, value in row.items()} for row in rows])
    except pa.ArrowException as error:
        message = f"the rows make no table: {error}"
        raise UsageError(
            message, "give each column values of one kind, and write a span as (begin, end, label)"
        ) from error


def _even(value: Any) -> Any:  # noqa: ANN401 - as above
    """Return a list of spans (begin, end, label) as objects; whatever else there is stays."""
    if not isinstance(value, list | tuple) or not value:
        return value
    three = all(isinstance(one, list | tuple) and len(one) == len(_SPAN) for one in value)
    if not three or not all(
        isinstance(one[0], int) and isinstance(one[1], int) and isinstance(one[2], str) for one in value
    ):
        return value
    return [dict(zip(_SPAN, one, strict=True)) for one in value]


def _kind(held: object) -> str:
    """Return the name of an object's class as its users know it."""
    kind = type(held)
    library = kind.__module__.partition(".")[0]
    return kind.__name__ if library == "builtins" else f"{library}.{kind.__name__}"
