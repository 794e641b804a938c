"""LUIS's utterances: entities from one character to another, which is in them, and children in them, which are spans too."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from tagpress.read.spans.record import Record, RecordReading, Span, listed, mapping, string

FIELDS: Final = frozenset({"text", "entities"})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is an utterance with a marked entity."""
    items = row.get("entities")
    marked = isinstance(items, list) and items and all(isinstance(one, dict) and "startPos" in one for one in items)
    return isinstance(row.get("text"), str) and bool(marked)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in an utterance.

    Raises:
        MalformedError: it has no text, or its entities are none.

    """
    row = mapping(value)
    name = reading.spans or "entities"
    return Record(string(row, reading.text or "text"), tuple(_spans(listed(row.get(name), name), (name,))))


def _spans(items: Sequence[Any], above: tuple[str | int, ...]) -> Iterator[Span]:
    for number, one in enumerate(map(mapping, items)):
        here = (*above, number)
        begin, last = one.get("startPos"), one.get("endPos")
        yield Span(begin, last + 1 if type(last) is int else last, one.get("entity"), path=here)
        yield from _spans(listed(one.get("children"), "children"), (*here, "children"))
