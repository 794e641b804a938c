"""How do tools spell one span? As a list (begin, stop, label), or as an object under one of a few names."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from tagpress.corpus.problems import few
from tagpress.read.spans.formats.parts import Parts, record_of
from tagpress.read.spans.record import (
    MalformedError,
    Record,
    RecordReading,
    Span,
    SpanColumns,
    identifier,
    listed,
    mapping,
    string,
)
from tagpress.read.spans.texts import HALF

BEGINS: Final = ("start", "start_offset", "begin")
STOPS: Final = ("end", "end_offset", "stop")
LABELS: Final = ("label", "labels", "type", "tag", "entity", "entity_type", "entity_group", "class")
_IDS: Final = ("id", "_input_hash", "doc_id")
_LISTS: Final = ("label", "labels", "entities", "spans", "annotations", "annotation", "ner")
_ASIDE: Final = ("relations", "Comments", "comments")
_THREE: Final = 3
USUAL: Final = Parts(text="text", spans="spans", begin="start", end="end", label="label")
"""The parts of what no tool has a row for, where a dialect declares some of them."""
FIELDS: Final = frozenset({"text", *_LISTS, *_ASIDE, *_IDS})


def spans(items: list[Any], *above: str | int) -> Iterator[Span]:
    """
    Yield the spans in a list of them, to which the path `above` leads; what is none is one with its fault.

    A span with several labels is several spans.
    """
    for number, item in enumerate(items):
        path = (*above, number)
        if type(item) is list and len(item) >= _THREE:
            yield Span(item[0], item[1], item[2], path=path)
        elif isinstance(item, dict):
            begin, stop, label = (_first(item, names) for names in (BEGINS, STOPS, LABELS))
            said = item.get("text")
            for one in label if isinstance(label, list) else [label]:
                yield Span(begin, stop, one, said if isinstance(said, str) else None, path=path)
            if label == []:
                yield Span(begin, stop, None, fault="has no label", path=path)
        else:
            fault = f"is written as {item!r:.60}, where a begin, an end and a label belong"
            yield Span(None, None, None, fault=fault, path=path)


def in_columns(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return the name under which an object has where its spans begin, if it has a list for each part of them."""
    if not isinstance(value, dict) or not all(isinstance(part, list) for part in value.values()):
        return ""
    whole = all(any(name in value for name in names) for names in (BEGINS, STOPS, LABELS))
    return next(name for name in BEGINS if name in value) if whole else ""


def _in_rows(value: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """Return spans that `datasets` keeps as an object of lists, which must be as long as each other."""
    if len(set(map(len, value.values()))) > 1:
        lengths = few(f"{len(part):,} {name}" for name, part in value.items())
        raise MalformedError(f"spans whose parts are not as many: {lengths}")
    return [dict(zip(value, parts, strict=True)) for parts in zip(*value.values(), strict=True)]


def _first(item: dict[str, Any], names: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    return next((item[name] for name in names if name in item), None)


def spans_field(row: dict[str, Any], declared: str | None) -> str:
    """
    Return the field of a record that has its spans: of several lists, the one with something like a span in it.

    Raises MalformedError where there is none, or where it could be any of several.
    """
    lists = [name for name in _LISTS if isinstance(row.get(name), list) or in_columns(row.get(name))]
    marked = [
        name for name in lists if in_columns(row[name]) or any(isinstance(item, list | dict) for item in row[name])
    ]
    if len(marked) > 1 and not declared:
        raise MalformedError(f"a record with spans in several lists, {few(marked)}; declare spans=")
    empty = [name for name in lists if not row[name]]
    found = declared or next(iter((*marked, *empty, *lists)), None)
    if found is None or found not in row:
        raise MalformedError(
            f"a record without a list of spans{f' in {declared!r}' if declared else ''}: {few(row) or 'nothing'}"
        )
    return found


def bulk(
    values: list[Any], reading: RecordReading
) -> tuple[Sequence[str], Sequence[str], SpanColumns, Mapping[str, int]] | None:
    """Return what `plain` reads in many values, if all are alike: objects, whose spans are lists, or objects without a text."""
    if set(map(type, values)) != {dict} or reading.of_spans:
        return None
    keys = set().union(*values)
    likely = [one for one in _LISTS if one in keys]
    name = reading.spans or (likely[0] if len(likely) == 1 else None)  # of several, each record may have another
    try:
        texts, lists = ([row[field] for row in values] for field in (reading.text or "text", name))
    except KeyError:  # None is no field's name, as "" may be
        return None
    assert name is not None
    if set(map(type, texts)) != {str} or set(map(type, lists)) != {list}:
        return None
    columns = _columns(list(chain.from_iterable(lists)))
    if columns is None:
        return None
    begins, stops, kinds = columns
    if not set(map(type, kinds)) <= {str} or any(not kind or HALF.search(kind) for kind in set(kinds)):
        return None
    owner = np.repeat(np.arange(len(values)), list(map(len, lists)))
    others = keys.difference({name}).intersection((*_ASIDE, *_LISTS))
    besides = Counter(chain.from_iterable(aside(row, name) for row in values) if others else ())
    return (
        texts,
        _ids(values, keys, reading),
        SpanColumns(owner=owner, begin=begins, stop=stops, type=kinds, field=name),
        besides,
    )


def _columns(items: list[Any]) -> tuple[list[Any], list[Any], list[Any]] | None:
    """Return begins, stops and labels of spans that are written alike."""
    kinds = set(map(type, items))
    if kinds <= {list}:
        if items and min(map(len, items)) < _THREE:
            return None
        return [one[0] for one in items], [one[1] for one in items], [one[2] for one in items]
    keys = set().union(*items) if kinds == {dict} else {"text"}
    names = [next((one for one in likely if one in keys), None) for likely in (BEGINS, STOPS, LABELS)]
    if "text" in keys or any(len(keys.intersection(likely)) > 1 for likely in (BEGINS, STOPS, LABELS)):
        return None  # a text of its own is to be looked at, and of two names each span may have another
    try:
        begins, stops, labels = ([one[name] for one in items] for name in names)
    except KeyError:
        return None
    return begins, stops, labels


def _ids(values: list[dict[str, Any]], keys: set[str], reading: RecordReading) -> list[str]:
    names = (reading.id,) if reading.id is not None else tuple(name for name in _IDS if name in keys)
    if not names:
        return [""] * len(values)
    if len(names) == 1:
        return [identifier(row.get(names[0])) for row in values]
    return [identifier(_first(row, names)) for row in values]


def aside(row: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return what a record has besides the spans in the field `name`, once for each."""
    kinds = {one: one.lower() for one in _ASIDE} | {one: f"values of {one}" for one in _LISTS if one != name}
    held = ((kind, row[one]) for one, kind in kinds.items() if row.get(one))
    return tuple(kind for kind, value in held for _ in (value if isinstance(value, list) else (value,)))


def plain(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in an object that has a text and a list of spans."""
    row = mapping(value)
    if reading.of_spans:
        parts = USUAL.declared(reading)
        return record_of(row, parts)._replace(aside=aside(row, parts.spans.partition(".")[0]))
    name = spans_field(row, reading.spans)
    begins = in_columns(row[name])
    items = _in_rows(row[name]) if begins else listed(row[name], "a list of spans")
    return Record(
        string(row, reading.text or "text"),
        tuple(spans(items, name, *filter(None, (begins,)))),
        id=identifier(_first(row, _IDS)),
        aside=aside(row, name),
    )
