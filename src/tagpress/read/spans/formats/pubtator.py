"""PubTator: a title and an abstract, and below them a line for each mention, with its place and its text."""

import re
from collections.abc import Iterator
from typing import Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span

_TEXT: Final = re.compile(r"([^|\t]+)\|([a-z])\|(.*)", re.DOTALL)
_PLACE: Final = re.compile(r"\d{1,15}")
_PLACES: Final = re.compile(r"[-+.,;\d\s]*\d[-+.,;\d\s]*")  # no kind of a relation
_MENTION: Final = 5  # columns, at least: the document, two places, the text, the type
_RELATION: Final = 4  # columns: the document, the kind, two concepts


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every format
    """Yield the documents, which blank lines part."""
    lines: list[tuple[int, bytes]] = []
    for line in data[begin:].split(b"\n"):
        if line.strip():
            lines.append((begin, line))
        elif lines:
            yield _document(lines)
            lines = []
        begin += len(line) + 1
    if lines:
        yield _document(lines)


def _document(lines: list[tuple[int, bytes]]) -> Placed:
    first, last = lines[0][0], lines[-1][0] + len(lines[-1][1])
    texts: list[str] = []
    spans: list[Span] = []
    faults: list[tuple[str, str]] = []
    aside: list[str] = []
    name = ""
    for at, raw in lines:
        line = raw.decode().removesuffix("\r")
        text = _TEXT.fullmatch(line)
        columns = line.split("\t")
        if text and not spans:
            texts.append(text[3])
            name = name or text[1]
        elif len(columns) >= _MENTION and _PLACE.fullmatch(columns[1]) and _PLACE.fullmatch(columns[2]):
            spans.append(Span(int(columns[1]), int(columns[2]), columns[4], columns[3], at))
            aside += ["concept ids"] * bool("".join(columns[5:]).strip())
        elif len(columns) >= _MENTION and _PLACES.fullmatch(columns[1]) and _PLACES.fullmatch(columns[2]):
            name_ = few([f"{columns[4]} {columns[1]}-{columns[2]}"])
            spans.append(Span(None, None, columns[4], columns[3], at, "has gaps, or places that are none", name_))
        elif len(columns) >= _RELATION and not _PLACES.fullmatch(columns[1]):
            aside.append("relations")
        else:
            faults.append(("broken-record", f"the line {quoted(line)} in a document of PubTator"))
        if not text and columns[0] != name:
            faults.append(("broken-record", f"the line {quoted(line)} in the document {quoted(name)}"))
    if not texts:
        faults.insert(0, ("broken-record", f"no title above {quoted(lines[0][1].decode())}"))
    record = Record("\n".join(texts), spans, document=name, faults=tuple(faults), aside=tuple(aside))
    return Placed(first, last, record)
