"""
BioC, as XML and as JSON: documents of passages, or of sentences in them, each with its place in the document.

An annotation counts from the beginning of its document, and may be in the passage, in its sentence, or beside them.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import (
    MalformedError,
    Placed,
    Record,
    RecordReading,
    Span,
    broken,
    identifier,
    listed,
    mapping,
    string,
)
from tagpress.read.spans.xml_nodes import BrokenXmlError, Node, children

_TYPE: Final = "type"
FIELDS: Final = frozenset({"id", "_id", "infons", "passages", "relations", "annotations", "pmid", "pmcid"})


@dataclass(frozen=True, slots=True)
class _Mark:
    """
    An annotation as it is written: its place in the document, its type and its text.

    `at` is its byte in the piece, `others` are the infons that are not read.
    """

    begin: Any
    stop: Any
    type: Any
    said: str | None
    name: str
    fault: str = ""
    at: int = -1
    path: tuple[str | int, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class _Passage:
    """A passage or a sentence: where its text begins in the document, the text, what is marked in it, where it stands."""

    offset: int
    text: str
    marks: list[_Mark] = field(default_factory=list)
    begin: int = -1
    stop: int = -1


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """Yield a record for each passage, or sentence, of the documents in a file of XML."""
    try:
        for node in children(data, begin):
            if node.name == "document":
                yield from _of_node(node, reading)
    except BrokenXmlError as error:
        yield Placed(error.at, len(data), broken(f"{error}, and nothing behind it is read"))


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """Return a record for each passage, or sentence, of a document of JSON, or of all in a collection."""
    row = mapping(value)
    if "documents" not in row:
        return _document(row, reading)
    documents = enumerate(map(mapping, listed(row["documents"], "documents")))
    return [record for number, one in documents for record in _document(one, reading, "documents", number)]


def _document(row: dict[str, Any], reading: RecordReading, *above: str | int) -> list[Record]:
    if not isinstance(row.get("passages"), list):
        raise MalformedError(f"a document without passages: {few(row) or 'nothing'}")
    parts: list[_Passage] = []
    loose = _marks(row, reading, *above)
    relations = len(listed(row.get("relations"), "relations"))
    for number, passage in enumerate(map(mapping, row["passages"])):
        here = (*above, "passages", number)
        inner = [mapping(one) for one in listed(passage.get("sentences"), "sentences")]
        for place, one in enumerate(inner or [passage]):
            marks = _marks(one, reading, *here, *(("sentences", place) if inner else ()))
            parts.append(_Passage(_offset(one.get("offset", 0)), string(one, "text"), marks))
        loose += _marks(passage, reading, *here) if inner else ()
        relations += sum(len(listed(one.get("relations"), "relations")) for one in [passage, *inner])
    return list(_records(identifier(row.get("id", row.get("_id"))), parts, loose, relations))


def _of_node(document: Node, reading: RecordReading) -> Iterator[Placed]:
    parts: list[_Passage] = []
    loose = [_marked(one, reading) for one in document.all("annotation")]
    relations = len(document.all("relation"))
    for passage in document.all("passage"):
        inner = passage.all("sentence")
        for one in inner or [passage]:
            marks = [_marked(each, reading) for each in one.all("annotation")]
            text = one.text_of("text")
            parts.append(_Passage(_offset(one.text_of("offset") or "0"), text, marks, one.begin, one.stop))
        loose += [_marked(each, reading) for each in passage.all("annotation") if inner]
        relations += sum(len(one.all("relation")) for one in [passage, *inner])
    records = _records(document.text_of("id").strip(), parts, loose, relations)
    for part, record in zip(parts, records, strict=True):
        yield Placed(part.begin, part.stop, record)


def _records(document: str, parts: Sequence[_Passage], loose: Sequence[_Mark], relations: int) -> Iterator[Record]:
    """Yield a record for each part, with what is marked in it, and what stands beside the parts and points into it."""
    begins = [part.offset for part in parts]
    for mark in loose:
        at = bisect_right(begins, mark.begin) - 1 if type(mark.begin) is int else 0
        if parts:
            parts[max(at, 0)].marks.append(mark)
    for number, part in enumerate(parts):
        yield Record(
            part.text,
            [_span(mark, part.offset) for mark in part.marks],
            document=document,
            faults=() if part.offset >= 0 else (("broken-record", "a passage whose offset is no number"),),
            aside=(
                *("relations",) * (relations if number == 0 else 0),
                *(f"values of {name}" for mark in part.marks for name in mark.others),
            ),
        )


def _span(mark: _Mark, offset: int) -> Span:
    begin, stop = (place - offset if type(place) is int else place for place in (mark.begin, mark.stop))
    return Span(begin, stop, mark.type, mark.said, mark.at, mark.fault, mark.name, path=mark.path)


def _marks(row: dict[str, Any], reading: RecordReading, *above: str | int) -> list[_Mark]:
    found = enumerate(listed(row.get("annotations"), "annotations"))
    return [replace(_mark(each, reading), path=(*above, "annotations", number)) for number, each in found]


def _mark(value: Any, reading: RecordReading) -> _Mark:  # noqa: ANN401 - JSON
    row = mapping(value)
    places = [(one.get("offset"), one.get("length")) for one in map(mapping, listed(row.get("locations"), "locations"))]
    said = row.get("text")
    infons = mapping(row.get("infons") or {})
    made = _made(
        identifier(row.get("id")), places, infons.get(reading.layer or _TYPE), said if isinstance(said, str) else None
    )
    return replace(made, others=_others(infons, reading))


def _marked(node: Node, reading: RecordReading) -> _Mark:
    places = [
        (_number(one.attributes.get("offset")), _number(one.attributes.get("length"))) for one in node.all("location")
    ]
    infons = {one.attributes.get("key", ""): one.text for one in node.all("infon")}
    said = node.text_of("text") if node.all("text") else None
    made = _made(node.attributes.get("id", ""), places, infons.get(reading.layer or _TYPE), said, node.begin)
    return replace(made, others=_others(infons, reading))


def _others(infons: dict[str, Any], reading: RecordReading) -> tuple[str, ...]:
    return tuple(name for name, value in infons.items() if value and name != (reading.layer or _TYPE))


def _made(name: str, places: Sequence[tuple[Any, Any]], kind: Any, said: str | None, at: int = -1) -> _Mark:  # noqa: ANN401 - JSON
    """Return a mark; one with gaps, or without a place, is one with its fault."""
    fault = "" if len(places) == 1 else "has gaps" if places else "has no location"
    begin, length = places[0] if places else (None, None)
    stop = begin + length if type(begin) is int and type(length) is int else None
    shown = few([f"{kind} {begin}-{stop}"])
    return _Mark(begin, stop, kind, said, f"{quoted(name)} ({shown})" if name else shown, fault, at)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() and text.strip().isascii() and len(text) < 16 else None  # noqa: PLR2004 - no text is as long


def _offset(value: Any) -> int:  # noqa: ANN401 - JSON
    """Return where a passage begins, or -1 for what is no place."""
    found = value if type(value) is int else _number(value.strip()) if isinstance(value, str) else None
    return -1 if found is None else found
