"""CLUENER's JSON lines: a text, and for each type the names in it, each with the places of its first and last character."""

from collections.abc import Iterator
from typing import Any, Final

from tagpress.read.spans.record import Record, RecordReading, Span, identifier, listed, mapping, string

_PAIR: Final = 2
FIELDS: Final = frozenset({"text", "label", "id"})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object has places below names below types; one without any type could be anything."""
    types = row.get("label")
    if not isinstance(row.get("text"), str) or not isinstance(types, dict) or not types:
        return False
    names = [one for named in types.values() if isinstance(named, dict) for one in named.values()]
    pairs = [place for one in names if isinstance(one, list) for place in one]
    return bool(pairs) and all(isinstance(place, list) and len(place) == _PAIR for place in pairs)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in an object."""
    row = mapping(value)
    name = reading.spans or "label"
    types = mapping(row.get(name) or {})
    found = tuple(span for kind, named in types.items() for span in _spans(kind, mapping(named), (name, kind)))
    return Record(string(row, reading.text or "text"), found, id=identifier(row.get("id")))


def _spans(kind: str, named: dict[str, Any], above: tuple[str, str]) -> Iterator[Span]:
    for said, places in named.items():
        for number, place in enumerate(listed(places, "places")):
            path = (*above, said, number)
            if isinstance(place, list) and len(place) == _PAIR and type(place[1]) is int:
                yield Span(place[0], place[1] + 1, kind, said, path=path)
            else:
                fault = f"is written as {place!r:.60}, where the places of two characters belong"
                yield Span(None, None, kind, fault=fault, path=path)
