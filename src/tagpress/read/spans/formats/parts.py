"""
Where does a tool keep the parts of a record and of a span? A row a tool: its text, its spans, and begin, end and label of each.

A part is named by a path: names, or numbers of items in a list, with dots between. What a dialect declares goes before the row.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.said_splits import said
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping, shown

ENDS: Final = ("behind", "last", "length")
"""What the end of a span says: the place behind its last character, that of its last one, or how many it has."""
_PLACE: Final = re.compile(r"\d{1,15}(?:\.0)?")
_IDS: Final = ("id", "_id", "example_id", "doc_id", "documentName")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """
    The paths of the parts; those of a span begin at the span, or, where a span has `places`, at each item of that list.

    `said` leads to what the tool says is in its place, for a check; the label is always that of the span.
    """

    text: str
    spans: str
    begin: str
    end: str
    label: str
    said: str = ""
    places: str = ""
    ends: str = ENDS[0]

    def declared(self, reading: RecordReading) -> "Parts":
        """Return them with what a dialect declares."""
        given = {name: getattr(reading, name) for name in ("text", "spans", "begin", "end", "label", "said", "ends")}
        return replace(self, **{name: value for name, value in given.items() if value is not None})


def follow(value: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    """Return what a path leads to, or None; a name with a dot in it goes before a path."""
    while path:
        if isinstance(value, dict) and path in value:
            return value[path]
        step, _, path = path.partition(".")
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def split_of(value: Any, path: str) -> str:  # noqa: ANN401 - JSON
    """Return what a record says of its split, in what a path leads to."""
    return shown(said(follow(value, path)))


def has_more(value: Any, path: str) -> bool:  # noqa: ANN401 - JSON
    """Return whether a path goes through a list that has more lists or objects than the one that it names."""
    while path and not (isinstance(value, dict) and path in value):
        step, _, path = path.partition(".")
        if isinstance(value, list) and path and len(value) > 1:
            return True
        value = follow(value, step)
    return False


def steps(path: str) -> tuple[str | int, ...]:
    """Return the steps of a path, as a place in JSON has them."""
    return tuple(int(step) if step.isdecimal() else step for step in path.split("."))


def place_of(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a number that is written as a text or with a fraction of nothing; whatever else there is stays."""
    if isinstance(value, str) and _PLACE.fullmatch(value.strip()):
        return int(value.strip().removesuffix(".0"))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def end_of(begin: Any, end: Any, ends: str) -> Any:  # noqa: ANN401 - JSON
    """Return the place behind the last character of a span."""
    if ends == ENDS[0] or type(end) is not int:
        return end
    if ends == ENDS[1]:
        return end + 1
    return begin + end if type(begin) is int else None


def spans_of(item: Any, parts: Parts, path: tuple[str | int, ...]) -> Iterator[Span]:  # noqa: ANN401 - JSON
    """Yield the spans of an item: one for each of its places and each of its labels."""
    if not isinstance(item, dict | list):
        fault = f"is written as {item!r:.60}, where an object or a list belongs"
        yield Span(None, None, None, fault=fault, path=path)
        return
    found = follow(item, parts.label)
    labels = found if isinstance(found, list) and found else [None if found == [] else found]
    if has_more(item, parts.label):
        fault = f"has several labels, and only that in {parts.label!r} is declared"
        yield Span(None, None, labels[0], fault=fault, path=path)
        return
    places = follow(item, parts.places) if parts.places else [item]
    if not isinstance(places, list) or not places:
        yield Span(None, None, labels[0], fault="has no place", path=path)
        return
    for place in places:
        if has_more(place, parts.begin):
            fault = f"has several places, and only that in {parts.begin!r} is declared"
            yield Span(None, None, labels[0], fault=fault, path=path)
            continue
        begin = place_of(follow(place, parts.begin))
        end = end_of(begin, place_of(follow(place, parts.end)), parts.ends)
        said = follow(place, parts.said) if parts.said else None
        for label in labels:
            yield Span(begin, end, label, said if isinstance(said, str) else None, path=path)


def record_of(value: Any, parts: Parts) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in an object.

    Raises:
        MalformedError: it lacks a part, or one is not what it should be.

    """
    row = mapping(value)
    text = follow(row, parts.text)
    if not isinstance(text, str):
        raise MalformedError(f"a record without a text in {parts.text!r}: {_found(row, parts.text, text)}")
    items = listed(follow(row, parts.spans), parts.spans)
    above = steps(parts.spans)
    return Record(
        text,
        tuple(span for number, item in enumerate(items) for span in spans_of(item, parts, (*above, number))),
        id=identifier(next((row[name] for name in _IDS if name in row), None)),
        aside=("relations",) * _count(row.get("relations")),
    )


def _found(row: dict[str, Any], path: str, value: Any) -> str:  # noqa: ANN401 - JSON
    return f"{path} is {quoted(str(value))}" if value is not None else f"there are only {few(row) or 'none'}"


def _count(value: Any) -> int:  # noqa: ANN401 - JSON
    return len(value) if isinstance(value, list) else 0


TOOLS: Final[Mapping[str, Parts]] = MappingProxyType(
    {
        "dataturks": Parts(
            text="content",
            spans="annotation",
            places="points",
            begin="start",
            end="end",
            label="label",
            said="text",
            ends="last",
        ),
        "lighttag": Parts(text="content", spans="annotations", begin="start", end="end", label="tag", said="value"),
        "ubiai": Parts(text="document", spans="tokens", begin="start", end="end", label="entityLabel", said="text"),
        "rasa": Parts(text="text", spans="entities", begin="start", end="end", label="entity"),
        "vertex": Parts(
            text="textContent",
            spans="textSegmentAnnotations",
            begin="startOffset",
            end="endOffset",
            label="displayName",
        ),
        "automl": Parts(
            text="text_snippet.content",
            spans="annotations",
            begin="text_extraction.text_segment.start_offset",
            end="text_extraction.text_segment.end_offset",
            label="display_name",
        ),
    }
)
"""The parts by the name of the format; the value that Rasa keeps of an entity may be a synonym, so it is no check."""


def reader(parts: Parts) -> Callable[[Any, RecordReading], Record]:
    """Return what reads a record with these parts, or those that a dialect declares."""
    return lambda value, reading: record_of(value, parts.declared(reading))


def fields(parts: Parts) -> frozenset[str]:
    """Return the fields of a record that something is read from."""
    return frozenset({parts.text.partition(".")[0], parts.spans.partition(".")[0], "relations", *_IDS})
