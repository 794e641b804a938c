"""How do tools spell one span? As a list (begin, stop, label), or as an object under one of a few names."""

from collections.abc import Iterator
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping, string

_BEGINS: Final = ("start", "start_offset", "begin")
_STOPS: Final = ("end", "end_offset", "stop")
_LABELS: Final = ("label", "labels", "type", "tag", "entity", "entity_type", "class")
_IDS: Final = ("id", "_input_hash", "doc_id")
_LISTS: Final = ("label", "labels", "entities", "spans", "annotations", "annotation", "ner")
_ASIDE: Final = ("relations", "Comments", "comments")
_THREE: Final = 3
FIELDS: Final = frozenset({"text", *_LISTS, *_ASIDE, *_IDS})


def spans(items: list[Any]) -> Iterator[Span]:
    """Yield the spans in a list of them; what is none is one with its fault. A span with several labels is several spans."""
    for item in items:
        if type(item) is list and len(item) >= _THREE:
            yield Span(item[0], item[1], item[2])
        elif isinstance(item, dict):
            begin, stop, label = (_first(item, names) for names in (_BEGINS, _STOPS, _LABELS))
            said = item.get("text")
            for one in label if isinstance(label, list) else [label]:
                yield Span(begin, stop, one, said if isinstance(said, str) else None)
            if label == []:
                yield Span(begin, stop, None, fault="has no label")
        else:
            yield Span(None, None, None, fault=f"is written as {item!r:.60}, where a begin, an end and a label belong")


def _first(item: dict[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    return next((item[name] for name in names if name in item), None)


def spans_field(row: dict[str, Any], declared: str | None) -> str:
    """Return the field of a record that has its spans; raises MalformedError where there is none."""
    found = declared or next((name for name in _LISTS if isinstance(row.get(name), list)), None)
    if found is None or found not in row:
        raise MalformedError(
            f"a record without a list of spans{f' in {declared!r}' if declared else ''}: {few(row) or 'nothing'}"
        )
    return found


def aside(row: dict[str, Any]) -> tuple[str, ...]:
    """Return what a record has besides, once for each."""
    return tuple(
        name.lower() for name in _ASIDE for _ in (row.get(name) or () if isinstance(row.get(name), list) else ())
    )


def plain(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in an object that has a text and a list of spans."""
    row = mapping(value)
    items = listed(row[spans_field(row, reading.spans)], "a list of spans")
    return Record(
        string(row, reading.text or "text"),
        tuple(spans(items)),
        id=identifier(_first(row, _IDS)),
        aside=aside(row),
    )
