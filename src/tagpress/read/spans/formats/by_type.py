"""
Spans below their types: a text, and an object with a list of places for each type, as GATE writes JSON and Twitter did.

A place is an object with `indices`, or with a begin and an end, or a list of two numbers.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tagpress.read.spans.formats.parts import ENDS, end_of, follow, place_of
from tagpress.read.spans.record import Record, RecordReading, Span, identifier, listed, mapping, string

PAIRS: Final = (
    ("indices.0", "indices.1"),
    ("start", "end"),
    ("begin", "end"),
    ("start_offset", "end_offset"),
    ("0", "1"),
)
"""The paths of a begin and an end in a place, the likelier ones first."""
_TEXTS: Final = ("text", "full_text", "content", "sentence")
_LABELS: Final = frozenset({"label", "labels", "type", "tag", "entity", "entity_type", "entity_group", "category"})
FIELDS: Final = frozenset({*_TEXTS, "id", "entities"})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object has a text and places below types; one without any place could be anything."""
    return _text(row) is not None and field_of(row) is not None


def field_of(row: dict[str, Any]) -> str | None:
    """Return the field with places below types, if there is one."""
    return next((name for name, value in row.items() if _is_typed(value)), None)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in an object."""
    row = mapping(value)
    name = reading.spans or field_of(row) or "entities"
    found = (
        span for kind, places in mapping(row.get(name) or {}).items() for span in _spans(places, (name, kind), reading)
    )
    return Record(
        string(row, reading.text or _text(row) or _TEXTS[0]),
        tuple(found),
        id=identifier(row.get("id")),
    )


def turned(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as one with a list of spans that have their type: so its parts can be looked for."""
    name = field_of(dict(row)) or ""
    typed = row.get(name) or {}
    spans = [
        {"label": kind, **(one if isinstance(one, dict) else {"place": one})}
        for kind, places in typed.items()
        for one in places
    ]
    return {**{key: value for key, value in row.items() if isinstance(value, str)}, "spans": spans}


def _text(row: dict[str, Any]) -> str | None:
    return next((name for name in _TEXTS if isinstance(row.get(name), str)), None)


def _is_typed(value: Any) -> bool:  # noqa: ANN401 - JSON
    if not isinstance(value, dict) or not all(isinstance(places, list) for places in value.values()):
        return False
    places = [one for each in value.values() for one in each]
    return bool(places) and all(_paths(one) is not None and not _has_label(one) for one in places)


def _has_label(place: Any) -> bool:  # noqa: ANN401 - JSON
    """Return whether a place says its type itself: then what it is below is something else, such as who annotated."""
    return isinstance(place, dict) and "indices" not in place and not _LABELS.isdisjoint(place)


def _paths(place: Any) -> tuple[str, str] | None:  # noqa: ANN401 - JSON
    """Return the paths of a begin and an end, if a place has them."""
    if isinstance(place, list) and not all(type(one) is int for one in place[:2]):
        return None
    return next((pair for pair in PAIRS if all(type(place_of(follow(place, path))) is int for path in pair)), None)


def _spans(places: Any, above: tuple[str, str], reading: RecordReading) -> Iterator[Span]:  # noqa: ANN401 - JSON
    kind = above[1]
    for number, place in enumerate(listed(places, f"places of {kind}")):
        pair = _paths(place)
        if reading.begin and reading.end:
            pair = (reading.begin, reading.end)
        if pair is None:
            fault = f"is written as {place!r:.60}, where a begin and an end belong"
            yield Span(None, None, kind, fault=fault, path=(*above, number))
            continue
        begin, end = (place_of(follow(place, path)) for path in pair)
        said = follow(place, reading.said) if reading.said else None
        end = end_of(begin, end, reading.ends or ENDS[0])
        yield Span(begin, end, kind, said if isinstance(said, str) else None, path=(*above, number))
