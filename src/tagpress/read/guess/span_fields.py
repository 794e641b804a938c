"""In which fields of a record are its text and its spans, where they are not called as the tool calls them?"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from tagpress.read.guess.shapes import span_fields, text_field
from tagpress.read.guess.sniff_records import DOCUMENTS, IDS
from tagpress.read.guess.span_parts import in_records, in_rows
from tagpress.read.guess.token_parts import in_tokens
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats import argilla, by_type
from tagpress.read.spans.formats.items import BEGINS, LABELS, STOPS, USUAL
from tagpress.read.spans.formats.parts import ENDS, TOOLS, follow
from tagpress.read.spans.formats.token_spans import USUAL as OF_TOKENS
from tagpress.read.spans.record import identifier

_MUCH: Final = 1000  # a list with a span in it counts for so many that are empty


def with_fields(dialect: Spans, values: Sequence[Any]) -> Spans:
    """Return a dialect with the names of the fields that are not those of the tool, as values of a source have them."""
    look = _LOOKS.get(dialect.format)
    rows = [value for value in values if isinstance(value, dict)]
    return look(dialect, rows) if look and rows else dialect


def _of_items(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    parts = in_records(rows)
    if parts and not _is_usual(parts.options, rows):
        given = _spelled(parts.options)
        # Where nothing is said of their parts, spans are looked for under usual names.
        said = given if given.keys() - {"text", "spans"} else {**given, "label": parts.options["label"]}
        return replace(dialect, format="json", **said)
    if dialect.format == "doccano":
        return _of_doccano(dialect, rows)
    text = parts.options["text"] if parts else _text(rows)  # the one that spans point into, if that is seen
    return replace(dialect, text=None if text == "text" else text, spans=_marked(rows))


def _text(rows: Sequence[dict[str, Any]]) -> str | None:
    """Return the field of the text, if it is not called so."""
    named = Counter(name for row in rows if (name := text_field(row)))
    text = named.most_common(1)[0][0] if named else "text"
    return None if text == "text" else text


def _is_usual(options: Mapping[str, str], rows: Sequence[dict[str, Any]]) -> bool:
    """Return whether a record is read so without a word: its spans are a list, or an object with usual names."""
    span = next(item for row in rows for item in follow(row, options["spans"]) or ())
    begins, stops, labels = (("0",), ("1",), ("2",)) if isinstance(span, list) else (BEGINS, STOPS, LABELS)
    first = next((name for name in labels if isinstance(span, list) or name in span), "")
    named = options["begin"] in begins and options["end"] in stops and options["label"] == first
    plain = (
        type(follow(span, options["begin"])) is int
        and options["ends"] == ENDS[0]
        and options.get("said", "text") == "text"
    )
    return named and plain and "." not in options["spans"] and options["text"] in rows[0]


def _spelled(options: Mapping[str, str]) -> dict[str, Any]:
    """Return options without those that are not said because they are usual."""
    return {name: value for name, value in options.items() if value != getattr(USUAL, name)}


def _of_argilla(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    """Declare the text of flat records, where it is not called so, and is the only one."""
    names = argilla.texts_of(rows[0])
    return replace(dialect, text=names[0]) if len(names) == 1 and names[0] != "text" else dialect


def _of_tool(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    """Declare what the ends are, if that is not what the tool is known for."""
    parts = in_records(rows)
    ends = parts.options["ends"] if parts else TOOLS[dialect.format].ends
    return dialect if ends == TOOLS[dialect.format].ends else replace(dialect, ends=ends)


def _of_tokens(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    parts = in_tokens(rows) or {}
    return replace(dialect, **{name: value for name, value in parts.items() if value != getattr(OF_TOKENS, name)})


def _of_types(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    """Declare what the ends are, and what a place says that stands there, as the texts show."""
    parts = in_records([by_type.turned(row) for row in rows])
    given = _spelled({name: parts.options[name] for name in ("ends", "said") if name in parts.options}) if parts else {}
    return replace(dialect, **given)


def _of_rows(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    parts = in_rows(rows)
    return replace(dialect, **_spelled(parts.options)) if parts else dialect


def with_row_id(dialect: Spans, values: Iterable[Any]) -> Spans:
    """Return a dialect of rows with the field that has an id for each text, if one has."""
    rows = [value for value in values if isinstance(value, dict)]
    texts = [str(row.get(dialect.text or USUAL.text)) for row in rows]
    for name in (*IDS, *DOCUMENTS):
        ids = [identifier(row.get(name)) for row in rows]
        if all(ids) and len(set(zip(ids, texts, strict=True))) == len(set(ids)) and len(set(ids)) < len(ids):
            return replace(dialect, sentence_id=name)
    return dialect


def _of_minimal(dialect: Spans, rows: Sequence[dict[str, Any]]) -> Spans:
    found = replace(dialect, text=_text(rows), spans=_marked(rows))
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
    "doccano": _of_items,
    "argilla": _of_argilla,
    "token-spans": _of_tokens,
    "by-type": _of_types,
    "rows": _of_rows,
    **dict.fromkeys(TOOLS, _of_tool),
    "label-studio": _of_tasks,
    "label-studio-min": _of_minimal,
}
