"""
Kili's export: an asset with its text in `content`, and labels, each by somebody, with the entities of each of its jobs.

Who reviews an asset has the last word on it. Places count in UTF-16; an older export has no end, but the text that is there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
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
from tagpress.read.spans.texts import size_of

FIELDS: Final = frozenset({"id", "externalId", "content", "labels", "latestLabel", "status", "jsonMetadata"})
_NOBODYS: Final = frozenset({"PREDICTION", "INFERENCE", "AUTOSAVE"})
"""Labels that are of models, or that nobody has submitted."""
_REVIEW: Final = "REVIEW"
_ANSWER: Final = "jsonResponse"
_NOBODY: Final = "an asset that nobody labelled"

_Path = tuple[str | int, ...]
_Label = tuple[_Path, dict[str, Any]]


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is an asset with its labels."""
    held = row.get("labels")
    labels = held if isinstance(held, list) else [row.get("latestLabel")]
    return any(isinstance(one, dict) and isinstance(one.get(_ANSWER), dict) for one in labels)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in an asset.

    Raises:
        MalformedError: its text is elsewhere, or a label is none.

    """
    row = mapping(value)
    text = string(row, reading.text or "content")
    require_here(text, "an asset")
    labels = _labels(row)
    chosen = _chosen(labels, reading.annotator)
    aside = Counter[str]()
    read_ = [tuple(_spans(path, mapping(one.get(_ANSWER)), reading.layer, aside)) for path, one in chosen]
    aside["more labels"] = max(len(labels) - 1, 0)
    faults = differing(read_, (_annotator(one) for _, one in chosen), "labels")
    if not chosen:
        faults.append(("rejected-record", f"{_NOBODY} as {reading.annotator!r}" if reading.annotator else _NOBODY))
    return Record(
        text,
        read_[0] if read_ else (),
        id=identifier(row.get("id")),
        faults=tuple(faults),
        aside=tuple(aside.elements()),
    )


def annotators(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return whose labels of an asset count, as far as that is said."""
    try:
        return [name for _, one in _chosen(_labels(mapping(value)), None) if (name := _annotator(one))]
    except MalformedError:
        return []


def jobs(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return the jobs in which an asset has entities."""
    try:
        answers = [mapping(one.get(_ANSWER)) for _, one in _chosen(_labels(mapping(value)), None)]
    except MalformedError:
        return []
    held = (pair for one in answers for pair in one.items())
    return sorted({name for name, job in held if isinstance(job, dict) and job.get("annotations")})


def _labels(row: dict[str, Any]) -> list[_Label]:
    """Return the labels of an asset, each with the path to it."""
    if isinstance(row.get("latestLabel"), dict):
        return [(("latestLabel",), row["latestLabel"])]
    return [(("labels", number), mapping(one)) for number, one in enumerate(listed(row.get("labels"), "labels"))]


def _chosen(labels: Sequence[_Label], annotator: str | None) -> list[_Label]:
    """Return the labels that count: the last review, or else the last label of each who gave any."""
    given = [
        one
        for one in labels
        if one[1].get("labelType") not in _NOBODYS and isinstance(one[1].get(_ANSWER), dict) and one[1][_ANSWER]
    ]
    if annotator is not None:
        given = [one for one in given if _annotator(one[1]) == annotator]
    reviews = [one for one in given if one[1].get("labelType") == _REVIEW]
    if reviews and annotator is None:
        return [_latest(reviews)]
    by_annotator: dict[str, list[_Label]] = {}
    for number, one in enumerate(given):
        by_annotator.setdefault(_annotator(one[1]) or f" {number}", []).append(one)
    return [_latest(own) for own in by_annotator.values()]


def _latest(labels: Sequence[_Label]) -> _Label:
    """Return the one that the tool calls the latest, or that was made last; dates are written so that they sort."""
    return max(labels, key=lambda one: (one[1].get("isLatestLabelForUser") is True, str(one[1].get("createdAt") or "")))


def _annotator(label: dict[str, Any]) -> str:
    author = label.get("author")
    return identifier(author.get("email") or author.get("id")) if isinstance(author, dict) else ""


def _spans(path: _Path, answer: dict[str, Any], layer: str | None, aside: Counter[str]) -> Iterator[Span]:
    for name, job in answer.items():
        held = mapping(job)
        aside["classifications"] += len(listed(held.get("categories"), "categories"))
        items = listed(held.get("annotations"), "annotations")
        if layer not in {None, name}:
            aside["entities of other jobs"] += len(items)
            continue
        for number, one in enumerate(map(mapping, items)):
            if "beginOffset" not in one:
                aside["relations"] += 1
                continue
            yield from _spans_of(one, (*path, _ANSWER, name, "annotations", number))


def _spans_of(item: dict[str, Any], path: _Path) -> Iterator[Span]:
    """Yield the spans of an annotation: one for each of its categories."""
    begin, stop, said = (item.get(name) for name in ("beginOffset", "endOffset", "content"))
    said = said if isinstance(said, str) else None
    if stop is None and said is not None and type(begin) is int:
        stop = begin + size_of(said, "utf16")
    torn = item.get("endId") not in {None, item.get("beginId")}
    fault = "reaches over several parts of a rich text, which are not in the export as one text" if torn else ""
    labels = [mapping(one).get("name") for one in listed(item.get("categories"), "categories")]
    for label in labels or [None]:
        yield Span(begin, stop, label, said, fault=fault, path=path)
