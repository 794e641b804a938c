"""Which dialect reads the texts with spans in tables that somebody has in memory, and which of their columns does it read?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tagpress.errors import UsageError
from tagpress.read.guess.samples import take
from tagpress.read.guess.sniff_spans import in_table
from tagpress.read.in_memory import SUFFIX, Tables
from tagpress.read.saved_tables import require_columns, save_records
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
    named = [one.partition(".")[0] for key, one in options.items() if key != "tokens"]
    require_columns(named, held, "text=, spans=")
    wanted = sorted({column for table in held.tables.values() for column in table.column_names})
    save_records(held, wanted, folder)
    saved = find([f"{name}{SUFFIX}" for name in held.tables], folder)
    sources = [replace(one, name=held.called(name)) for one, name in zip(saved, held.tables, strict=True)]
    found = in_table(take(sources), "arrow")
    if found is None and not {"text", "spans"} <= options.keys():
        message = f"there are neither tokens with tags nor texts with spans in the columns {', '.join(wanted)}"
        raise UsageError(message, "name them: tokens= and tags=, or text= and spans=")
    dialect, reasons, doubts = found or (Spans(container="arrow", tokens="words"), [], [])
    assert isinstance(dialect, Spans)
    dialect = replace(dialect, **options)
    paths = [folder / f"{split}{SUFFIX}" for split in held.tables]
    others = sorted({name for path in paths for name in dialect.parse(path.read_bytes()).unread})
    columns = [name for name in wanted if name not in others]
    save_records(held, columns, folder)
    told = [*(str(reason) for reason in reasons), *(f"in doubt: {doubt}" for doubt in doubts)]
    return SpansInMemory(dialect=dialect, columns=tuple(columns), others=tuple(others), told=tuple(told))
