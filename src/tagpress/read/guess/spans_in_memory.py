"""Which dialect reads the texts with spans in tables that somebody has in memory, and which of their columns does it read?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from tagpress.errors import SourceError, UsageError
from tagpress.read.guess.samples import take
from tagpress.read.guess.sniff_spans import in_table
from tagpress.read.in_memory import SUFFIX, Tables, save_table
from tagpress.read.sources.finding import find
from tagpress.read.spans.dialect import Spans


@dataclass(frozen=True, slots=True, kw_only=True)
class SpansInMemory:
    """The dialect, the columns that it reads and the others, and what was inferred or is in doubt, in words."""

    dialect: Spans
    columns: tuple[str, ...]
    others: tuple[str, ...]
    told: tuple[str, ...]


def spans_in_memory(held: Tables, folder: Path, options: Mapping[str, str]) -> SpansInMemory:
    """
    Write the tables into a folder, with the columns that are read, and return how they are.

    The options of the dialect that are given go before what is found.

    Raises:
        UsageError: there are no texts with spans in them, or no such column.
        SourceError: the spans cannot be read.

    """
    for name, table in held.tables.items():
        missing = [one for key, one in options.items() if key != "tokens" and one not in table.column_names]
        if missing:
            message = f"there is no column {missing[0]!r} in {name}, only {', '.join(table.column_names)}"
            raise UsageError(message, "name the columns: text=, spans=")
    wanted = sorted({column for table in held.tables.values() for column in table.column_names})
    _write(held, wanted, folder)
    found = in_table(take(find([f"{name}{SUFFIX}" for name in held.tables], folder)), "arrow")
    if found is None and not {"text", "spans"} <= options.keys():
        message = f"there are neither tokens with tags nor texts with spans in the columns {', '.join(wanted)}"
        raise UsageError(message, "name them: tokens= and tags=, or text= and spans=")
    dialect, reasons, doubts = found or (Spans(container="arrow", tokens="words"), [], [])
    assert isinstance(dialect, Spans)
    dialect = replace(dialect, **options)
    paths = [folder / f"{split}{SUFFIX}" for split in held.tables]
    others = sorted({name for path in paths for name in dialect.parse(path.read_bytes()).unread})
    columns = [name for name in wanted if name not in others]
    _write(held, columns, folder)
    told = [*(str(reason) for reason in reasons), *(f"in doubt: {doubt}" for doubt in doubts)]
    return SpansInMemory(dialect=dialect, columns=tuple(columns), others=tuple(others), told=tuple(told))


def _write(held: Tables, columns: Sequence[str], folder: Path) -> None:
    """Write tables with some of their columns: rows are the same bytes, in whatever library they were."""
    for name, table in held.tables.items():
        own = [column for column in columns if column in table.column_names]
        try:
            plain = pa.Table.from_pylist(table.select(own).to_pylist()) if len(table) else table.select(own)
        except pa.ArrowException as error:
            message = f"the columns {', '.join(own)} of {name} cannot be kept: {error}"
            raise SourceError(message, "make each span an object with a begin, an end and a label") from error
        save_table(plain.replace_schema_metadata(table.schema.metadata), name, folder)
