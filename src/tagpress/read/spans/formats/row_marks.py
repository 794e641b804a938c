"""
A table beside texts with a span in each row: which text, where it begins and ends, its type.

So are the corpora of DisTEMIST, MedProcNER and LivingNER (`filename mark label off0 off1 span`), propaganda of SemEval 2020 (a
table for each text), and DrugProt and ChemProt, whose texts are rows of a table too. Columns have the names of the first row,
or are numbered from 0.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final, NamedTuple, Protocol

from tagpress.corpus.problems import few, quoted
from tagpress.errors import SourceError
from tagpress.read.csv_rows import rows
from tagpress.read.sources.text import Text
from tagpress.read.spans.formats.parts import end_of, place_of
from tagpress.read.spans.record import Placed, Record, RecordReading, Span, broken

_ABSTRACT: Final = 3  # columns of a table of texts: the document, its title, its text


class MarkColumns(NamedTuple):
    """The columns of a table: of the text's name, if there is one, and of the parts of a span."""

    text: str | None
    begin: str
    end: str
    label: str
    said: str | None = None


class TableColumns(Protocol):
    """What a dialect declares of a table."""

    @property
    def text(self) -> str | None:
        """The column that names a text."""

    @property
    def begin(self) -> str | None:
        """That of where a span begins."""

    @property
    def end(self) -> str | None:
        """That of where it ends."""

    @property
    def label(self) -> str | None:
        """That of its type."""

    @property
    def said(self) -> str | None:
        """That of the text that is there."""

    @property
    def ends(self) -> str | None:
        """What the end says."""


def roles_of(reading: TableColumns) -> MarkColumns:
    """
    Return the columns that a dialect declares.

    Raises SourceError where it leaves one out.
    """
    if reading.begin is None or reading.end is None or reading.label is None:
        message = "begin=, end= and label= must name columns of the table beside the texts"
        raise SourceError(
            message, 'such as begin="off0", end="off1", label="label", or begin="2" where no row names them'
        )
    return MarkColumns(reading.text, reading.begin, reading.end, reading.label, reading.said)


def cells_of(notes: str) -> list[list[str]]:
    """Return the rows of a table, whose cells tabs part, or commas, as in its first line; an empty line is no row."""
    lines = notes.split("\n")
    if "\t" in lines[0]:
        return [line.removesuffix("\r").split("\t") if line.strip() else [] for line in lines]
    found = rows(notes.encode(), 0, ",", '"')
    return [[cell.text for cell in row.cells or ()] for row in found]


def beside(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:
    """Yield the text, in which rows count; where no column names a text, all rows of a table are of it."""
    roles = roles_of(reading)
    name = PurePosixPath(path)
    table = _by_text(notes, roles, reading.ends or "")
    found = [*table.get(name.name, ()), *(table.get(name.stem, ()) if name.stem != name.name else ())]
    own = found if roles.text is not None else table.get("", ())
    yield Placed(text.begin, len(text.data), Record(text.characters, list(own), document=name.stem))


def in_rows(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every join
    """Yield the documents of a table of texts, each its title, a space and its text."""
    table = dict(_by_text(notes, roles_of(reading), reading.ends or ""))
    at, found = text.begin, []
    for raw in text.data[text.begin :].split(b"\n"):
        cells = raw.decode().removesuffix("\r").split("\t")
        if len(cells) == _ABSTRACT:
            record = Record(" ".join(cells[1:]), table.pop(cells[0], ()), document=cells[0])
            found.append(Placed(at, at + len(raw), record))
        elif raw.strip():
            words = f"the line {quoted(raw.decode())}, where a document, its title and its text belong"
            found.append(Placed(at, at + len(raw), broken(words)))
        at += len(raw) + 1
    for span in (span for spans in table.values() for span in spans):
        words = f"an annotation beside it that belongs nowhere: {span.name}, whose document is none of the text"
        yield Placed(text.begin, text.begin, broken(words))
    yield from found


def named_in(notes: str, declared: TableColumns) -> set[str]:
    """
    Return the names of the texts that a table speaks of.

    Raises SourceError for a table that is none.
    """
    return {one for one in _by_text(notes, roles_of(declared), declared.ends or "") if one}


@lru_cache(maxsize=2)
def _by_text(notes: str, roles: MarkColumns, ends: str) -> Mapping[str, Sequence[Span]]:
    """
    Return the spans of each text, by its name as the table has it.

    Raises SourceError for a table that is none.
    """
    found: dict[str, list[Span]] = defaultdict(list)
    table = cells_of(notes)
    named = [one for one in roles if one is not None]
    header = table[0] if table else []
    numbered = all(one.isdecimal() for one in named) and not set(named) <= set(header)
    if not numbered and not set(named) <= set(header):
        lost = few(one for one in named if one not in header)
        raise SourceError(
            f"the table beside the texts has no column {lost}, only {few(header)}",
            "name its columns: begin=, end=, label=",
        )
    at = {one: int(one) if numbered else header.index(one) for one in named}
    wide = max(at.values()) + 1
    for number, cells in enumerate(table, 1):
        if not cells or (number == 1 and not numbered):
            continue
        if len(cells) < wide:
            message = f"row {number:,} of the table beside the texts has {len(cells):,} cells, and {wide:,} are read"
            raise SourceError(message, "mend the table")
        begin, stop = (place_of(cells[at[part]].strip()) for part in (roles.begin, roles.end))
        kind = cells[at[roles.label]]
        name = f"{few([f'{kind} {begin}-{stop}'])} in line {number:,} of the file beside it"
        said = cells[at[roles.said]] if roles.said else None
        span = Span(begin, end_of(begin, stop, ends) if ends else stop, kind, said, name=name)
        found["" if roles.text is None else cells[at[roles.text]]].append(span)
    return found
