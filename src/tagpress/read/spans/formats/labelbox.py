"""Labelbox's export: a data row with its text, and below each project the labels that people gave it."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from tagpress.read.spans.record import (
    MalformedError,
    Record,
    RecordReading,
    Span,
    differing,
    identifier,
    listed,
    mapping,
    require_here,
    string,
)

FIELDS: Final = frozenset({"data_row", "projects", "media_attributes", "attachments", "metadata_fields", "embeddings"})
_ENTITY: Final = "TextEntity"
_NOBODY: Final = "a data row that nobody labelled"

_Path = tuple[str | int, ...]


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is a data row with what its projects say of it."""
    held = row.get("data_row")
    return isinstance(held, dict) and "row_data" in held and isinstance(row.get("projects"), dict)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in a data row.

    Raises:
        MalformedError: its text is elsewhere.

    """
    row = mapping(value)
    held = mapping(row.get("data_row"))
    text = string(held, "row_data")
    require_here(text, "a data row")
    given = list(_labels(row))
    chosen = [(path, one) for path, one in given if reading.annotator in {None, _annotator(one)}]
    aside = Counter[str]()
    read_ = [tuple(_spans(path, one, aside)) for path, one in chosen]
    aside["more labels"] = max(len(given) - 1, 0)
    faults = differing(read_, (_annotator(one) for _, one in chosen), "labels")
    if not chosen:
        faults.append(("rejected-record", f"{_NOBODY} as {reading.annotator!r}" if given else _NOBODY))
    return Record(
        text,
        read_[0] if read_ else (),
        id=identifier(held.get("id")),
        faults=tuple(faults),
        aside=tuple(aside.elements()),
    )


def annotators(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return who labelled a data row, as far as that is said."""
    if not isinstance(value, dict) or not is_record(value):
        return []
    try:
        return list(filter(None, (_annotator(one) for _, one in _labels(value))))
    except MalformedError:
        return []


def _labels(row: dict[str, Any]) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Yield the labels of all projects, each with the path to it."""
    for name, project in mapping(row.get("projects")).items():
        for number, label in enumerate(listed(mapping(project).get("labels"), "labels")):
            yield ("projects", name, "labels", number), mapping(label)


def _annotator(label: dict[str, Any]) -> str:
    details = label.get("label_details")
    return identifier(details.get("created_by")) if isinstance(details, dict) else ""


def _spans(path: _Path, label: dict[str, Any], aside: Counter[str]) -> Iterator[Span]:
    """Yield the spans of a label: what a place ends with is its last character."""
    held = mapping(label.get("annotations") or {})
    aside["classifications"] += len(listed(held.get("classifications"), "classifications"))
    aside["relations"] += len(listed(held.get("relationships"), "relationships"))
    for number, one in enumerate(map(mapping, listed(held.get("objects"), "objects"))):
        place = one.get("location")
        if one.get("annotation_kind", _ENTITY) != _ENTITY or not isinstance(place, dict):
            aside["other objects"] += 1
            continue
        aside["classifications"] += len(listed(one.get("classifications"), "classifications"))
        begin, last, said = (place.get(name) for name in ("start", "end", "token"))
        stop = last + 1 if type(last) is int else last
        here = (*path, "annotations", "objects", number)
        yield Span(begin, stop, one.get("name"), said if isinstance(said, str) else None, path=here)
