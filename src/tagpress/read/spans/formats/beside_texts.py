"""
What stands beside texts and says where their spans are: a line of concepts, a row of a table, a list of documents.

What belongs to many texts says for each span of which it is; each reader is told the path of its text.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from tagpress.corpus.problems import few, quoted
from tagpress.errors import SourceError
from tagpress.read.csv_rows import rows
from tagpress.read.sources.text import Text
from tagpress.read.spans.formats.parts import place_of
from tagpress.read.spans.record import MalformedError, Placed, Record, RecordReading, Span, broken, listed, mapping

I2B2: Final = re.compile(
    r'c="(?P<said>.*)" (?P<line>\d+):(?P<first>\d+) (?P<other>\d+):(?P<last>\d+)\|\|t="(?P<type>[^"]*)"(?:\|\|.*)?'
)
AZURE: Final = re.compile(rb'"projectKind"\s*:\s*"Custom(?:Entity|Multi|Single)')
COMPREHEND: Final = ("file", "beginoffset", "endoffset", "type")
CHEMDNER: Final = re.compile(r"[^\t]+\t[TA]\t\d+\t\d+\t[^\t]+\t[^\t]+")
_WORD: Final = re.compile(r"\S+")
_ABSTRACT: Final = 3  # columns: the document, its title, its text
_MENTION: Final = 6  # columns: the document, the part, two places, the text, the type

Lines = list[tuple[int, int, str]]
"""The lines of a text: where each begins and stops in its bytes, and its characters."""


def i2b2(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every join
    """Yield the lines of a text, whose tokens white space parts; a concept counts lines from 1 and tokens from 0."""
    lines = _lines(text)
    places = [[match.span() for match in _WORD.finditer(line)] for _, _, line in lines]
    spans: dict[int, list[Span]] = defaultdict(list)
    lost: list[str] = []
    for number, note in enumerate(notes.split("\n"), 1):
        match = I2B2.fullmatch(note.strip())
        at = int(match["line"]) - 1 if match else -1
        if match is None or not 0 <= at < len(lines) or not places[at]:
            lost += (
                [f"the line {number:,}, {quoted(note.strip())}, which is of no line of the text"]
                if note.strip()
                else []
            )
            continue
        spans[at].append(_concept(match, lines[at][2], places[at], number))
    yield from _lost(text, lost)
    for number, (begin, stop, line) in enumerate(lines):
        if places[number]:
            yield Placed(begin, stop, Record(line, spans.get(number, ()), tokens=places[number]))


def _concept(match: re.Match[str], text: str, places: Sequence[tuple[int, int]], number: int) -> Span:
    first, last, said, kind = int(match["first"]), int(match["last"]), match["said"], match["type"]
    name = _placed(kind, f"{match['line']}:{first} {match['other']}:{last}", number)
    if match["line"] != match["other"]:
        return Span(None, None, kind, fault="reaches over the end of a line", name=name)
    if not first <= last < len(places):
        fault = f"points at the tokens {first:,} to {last:,} of {len(places):,}"
        return Span(None, None, kind, fault=fault, name=name)
    begin, stop = places[first][0], places[last][1]
    own = text[begin:stop]
    alike = own.lower().split() == said.lower().split()  # concepts are written in small letters
    fault = "" if alike else f"says {quoted(said)}, and {quoted(own)} stands there"
    return Span(begin, stop, kind, fault=fault, name=name)


def chemdner(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every join
    """Yield the title and the text of each document; a mention says of which of them it is, and counts in that."""
    spans: dict[tuple[str, str], list[Span]] = defaultdict(list)
    lost: list[str] = []
    for number, note in enumerate(notes.split("\n"), 1):
        cells = note.removesuffix("\r").split("\t")
        if len(cells) == _MENTION:
            begin, stop = map(place_of, cells[2:4])
            name = _placed(cells[5], f"{cells[0]} {cells[1]} {begin}-{stop}", number)
            spans[cells[0], cells[1]].append(Span(begin, stop, cells[5], cells[4], name=name))
        elif note.strip():
            lost.append(f"the line {number:,}, {quoted(note)}, which is no mention")
    found = []
    for begin, stop, line in _lines(text):
        cells = line.split("\t")
        if len(cells) != _ABSTRACT:
            words = f"the line {quoted(line)}, where a document, its title and its text belong"
            found += [Placed(begin, stop, broken(words))] if line.strip() else []
            continue
        for part, own in (("T", cells[1]), ("A", cells[2])):
            record = Record(own, spans.pop((cells[0], part), ()), document=cells[0])
            found.append(Placed(begin, stop, record))
    lost += [f"{one.name}, whose document is none of the text" for own in spans.values() for one in own]
    yield from _lost(text, lost)
    yield from found


def comprehend(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every join
    """
    Yield the text, or its lines where rows say lines: a row counts in that.

    Where a file is a document, rows say no line, or 0 for each.
    """
    name, lines = PurePosixPath(path).name, _lines(text)
    marks = _rows_by_file(notes).get(name, [])
    if all(one.line == 0 for one in marks):
        whole = Record(text.characters, [one.span for one in marks], document=PurePosixPath(path).stem)
        yield Placed(text.begin, len(text.data), whole)
        return
    spans: dict[int, list[Span]] = defaultdict(list)
    for one in marks:
        spans[one.line].append(one.span)
    far = [one for one in marks if not 0 <= one.line < len(lines)]
    yield from _lost(text, [f"{one.span.name}, for {name} has {len(lines):,} lines" for one in far])
    yield from (
        Placed(begin, stop, Record(line, spans.get(n, ())))
        for n, (begin, stop, line) in enumerate(lines)
        if line or n in spans
    )


class _Row(NamedTuple):
    """A row of annotations: the line of the text that it counts in, and its span."""

    line: int
    span: Span


@lru_cache(maxsize=2)
def _rows_by_file(notes: str) -> Mapping[str, list[_Row]]:
    """
    Return the rows of each text, by its name.

    Raises SourceError for a table that is none.
    """
    found: dict[str, list[_Row]] = defaultdict(list)
    header: dict[str, int] = {}
    for number, row in enumerate(rows(notes.encode(), 0, ",", '"'), 1):
        cells = [cell.text.strip() for cell in row.cells or ()]
        if not header:
            header = {re.sub(r"[\W_]", "", cell.lower()): place for place, cell in enumerate(cells)}
            if not is_comprehend(cells):
                message = f"the annotations beside the texts have the columns {few(cells)}"
                raise SourceError(message, "they need File, Line, Begin Offset, End Offset, Type")
        elif len(cells) == len(header):
            file, begin, stop, kind = (cells[header[name]] for name in COMPREHEND)
            line = place_of(cells[header["line"]]) if "line" in header else 0
            name = _placed(kind, f"{begin}-{stop}", number)
            span = Span(place_of(begin), place_of(stop), kind, name=name)
            found[PurePosixPath(file).name].append(_Row(line if type(line) is int else -1, span))
        elif row.cells != ():
            message = f"row {number:,} of the annotations has {len(cells):,} cells, and the first {len(header):,}"
            raise SourceError(message, "mend the table: a row has a file, a line, two places and a type")
    return found


def azure(text: Text, notes: str, path: str, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every join
    """Yield the text; labels count in it, whatever region they are in."""
    document = _documents(notes).get(PurePosixPath(path).name)
    stop = len(text.data)
    if document is None:
        yield Placed(text.begin, stop, broken("a text that is none of the documents of the labels"))
        return
    spans = []
    try:
        for region in map(mapping, listed(document.get("entities", document.get("extractors")), "entities")):
            offset = region.get("regionOffset", 0)
            fault = (
                ""
                if offset == 0
                else f"is in a region that begins at {offset!r:.20}: from where it counts is not known"
            )
            for label in map(mapping, listed(region.get("labels"), "labels")):
                begin, length = label.get("offset"), label.get("length")
                end = begin + length if type(begin) is int and type(length) is int else None
                spans.append(Span(begin, end, label.get("category", label.get("extractorName")), fault=fault))
    except MalformedError as error:
        yield Placed(text.begin, stop, broken(str(error)))
        return
    yield Placed(text.begin, stop, Record(text.characters, spans, document=PurePosixPath(path).stem))


@lru_cache(maxsize=2)
def _documents(notes: str) -> Mapping[str, dict[str, Any]]:
    """
    Return the documents of a project by the names of their texts.

    Raises SourceError for what is no project.
    """
    try:
        documents = [mapping(one) for one in mapping(mapping(json.loads(notes)).get("assets")).get("documents") or ()]
    except (ValueError, RecursionError, MalformedError, TypeError) as error:
        message = f"the labels beside the texts cannot be read: {few([str(error)])}"
        raise SourceError(message, "export them again") from error
    return {PurePosixPath(str(one.get("location"))).name: one for one in documents}


def is_comprehend(names: Sequence[str]) -> bool:
    """Return whether columns have names as those of annotations of Comprehend."""
    return {*COMPREHEND} <= {re.sub(r"[\W_]", "", name.lower()) for name in names}


def named_in(format_: str, notes: str) -> set[str]:
    """
    Return the names of the texts that annotations of many texts speak of.

    Raises SourceError for annotations that are none.
    """
    if format_ == "comprehend":
        return set(_rows_by_file(notes))
    return set(_documents(notes)) if format_ == "azure-ner" else set()


def _placed(kind: str, place: str, number: int) -> str:
    """Return what messages call a span, and where it stands in the file beside its text."""
    return f"{few([f'{kind} {place}'])} in line {number:,} of the file beside it"


def _lines(text: Text) -> Lines:
    """Return the lines of a text, without their ends."""
    found, at = [], text.begin
    for line in text.data[text.begin :].split(b"\n"):
        found.append((at, at + len(line), line.removesuffix(b"\r").decode()))
        at += len(line) + 1
    return found[:-1] if found and not found[-1][2] else found


def _lost(text: Text, words: Sequence[str]) -> Iterator[Placed]:
    """Yield what annotations say of no place in the text: each is a fault."""
    return (
        Placed(text.begin, text.begin, broken(f"an annotation beside it that belongs nowhere: {one}")) for one in words
    )
