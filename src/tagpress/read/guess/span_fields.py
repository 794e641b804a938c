"""In which fields of a record are its text and its spans, where they are not called as the tool calls them?"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tagpress.read.guess.shapes import span_fields, text_field
from tagpress.read.spans.dialect import Spans

_MUCH: Final = 1000  # a list with a span in it counts for so many that are empty


def with_fields(dialect: Spans, values: Sequence[Any]) -> Spans:
    """Return a dialect with the names of the fields that are not those of the tool, as values of a source have them."""
    look = _LOOKS.get(dialect.format)
    rows = [value for value in values if isinstance(value, dict)]
    return look(dialect, rows) if look and rows else dialect


def _of_items(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    named = Counter(name for row in rows if (name := text_field(row)))
    text = named.most_common(1)[0][0] if named else "text"
    return replace(dialect, text=None if text == "text" else text, spans=_marked(rows))


def _of_minimal(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    found = _of_items(dialect, rows)
    return replace(found, spans=None) if found.spans == "label" else found


def _of_doccano(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    """Declare the list of spans only where records have several that are filled: else the format finds it."""
    filled = [[name for name in span_fields(row) if row[name]] for row in rows]
    return replace(dialect, spans=_marked(rows)) if any(len(names) > 1 for names in filled) else dialect


def _marked(rows: Sequence[dict[str, Any]]) -> str | None:
    marked = Counter[str]()
    for row in rows:
        marked.update({name: 1 + _MUCH * bool(row[name]) for name in span_fields(row)})
    return marked.most_common(1)[0][0] if marked else None


def _of_tasks(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    """Declare the text where it could be any of several: the one in which most regions have the text that they say."""
    data = [row["data"] for row in rows if isinstance(row.get("data"), dict)]
    names = Counter(name for one in data for name, value in one.items() if isinstance(value, str))
    if "text" in names or len(names) < 2:  # noqa: PLR2004 - of one there is no doubt
        return dialect
    said = Counter(
        name
        for row in rows
        for begin, stop, text in _said(row)
        for name in names
        if isinstance(row["data"].get(name), str) and row["data"][name][begin:stop] == text
    )
    return replace(dialect, text=max(names, key=lambda name: (said[name], names[name]))) if said else dialect


def _said(row: dict[str, Any]) -> Iterator[tuple[int, int, str]]:
    """Yield the place and the text of each region of a task."""
    for annotation in row.get("annotations", row.get("completions")) or ():
        for result in (annotation.get("result") or ()) if isinstance(annotation, dict) else ():
            value = result.get("value") if isinstance(result, dict) else None
            begin, stop, text = (
                (value.get(name) for name in ("start", "end", "text")) if isinstance(value, dict) else (None,) * 3
            )
            if type(begin) is int and type(stop) is int and isinstance(text, str) and isinstance(row.get("data"), dict):
                yield begin, stop, text


_LOOKS: Final[Mapping[str, Callable[[Spans, Sequence[dict[str, Any]]], Spans]]] = {
    "json": _of_items,
    "doccano": _of_doccano,
    "label-studio": _of_tasks,
    "label-studio-min": _of_minimal,
}
