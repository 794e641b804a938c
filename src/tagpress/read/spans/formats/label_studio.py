"""Label Studio's JSON, a task with the annotations of each annotator, and its JSON-MIN, a task with one of them."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

from tagpress.columnar.bounds import bounds_of
from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.formats.items import spans
from tagpress.read.spans.record import (
    MalformedError,
    Record,
    RecordReading,
    Span,
    differing,
    identifier,
    listed,
    mapping,
    string,
)

_LABELS: Final = ("labels", "hypertextlabels", "paragraphlabels")
FIELDS: Final = frozenset({"id", "data", "annotations", "completions", "predictions"})
MINIMAL: Final = frozenset({"id", "text", "label", "annotator"})
_UNKNOWN: Final = "counts in the text that its page shows, and does not say what stands there"
_MARKUP: Final = re.compile("[<&]")
_DONE: Final = frozenset({"annotator", "annotation_id", "created_at", "updated_at", "lead_time"})  # of who annotated
_NEVER: Final = "a task that nobody annotated"


def task(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in a task."""
    row = mapping(value)
    data = mapping(row.get("data"))
    name = "annotations" if "annotations" in row else "completions"
    given = [mapping(one) for one in listed(row.get(name), "annotations")]
    done = [one for one in given if not one.get("was_cancelled") and not one.get("skipped")]
    chosen = [one for one in done if reading.annotator in {None, _annotator(one)}]
    turns = _turns(data, reading)
    text = _text(data, reading) if turns is None else "\n".join(turns)
    others = sum(_elsewhere(result, reading.layer) for one in chosen for result in listed(one.get("result"), "result"))
    read = [
        tuple(_regions(one, text, name, given.index(one), dialogue=turns is not None, layer=reading.layer))
        for one in chosen
    ]
    if turns is not None:
        begins = bounds_of([len(turn) + 1 for turn in turns]).tolist()
        read = [tuple(_in_turn(span, begins, turns) for span in each) for each in read]
    faults = differing(read, map(_annotator, chosen), "annotations")
    if not chosen:
        words = "a task that its annotator skipped" if given and not done else _NEVER
        faults.append(("rejected-record", words if len(done) == len(chosen) else f"{_NEVER} as {reading.annotator!r}"))
    besides = [("relations",) * _relations(one) for one in chosen]
    besides += [("predictions",) * len(listed(row.get("predictions"), "predictions"))]
    besides += [("cancelled annotations",) * (len(given) - len(done)), ("more annotations",) * max(len(done) - 1, 0)]
    besides += [("other results",) * _others(one) for one in chosen]
    besides += [("regions of other controls",) * others]
    return Record(
        text,
        read[0] if read else (),
        id=identifier(row.get("id")),
        faults=tuple(faults),
        aside=tuple(chain.from_iterable(besides)),
    )


def minimal(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in a task of JSON-MIN.

    One without regions has no field for them, which a task that nobody annotated has neither: who did says which it is.
    """
    row = mapping(value)
    annotator = row.get("annotator")
    faults = []
    if (reading.spans or "label") not in row and not _DONE & row.keys():
        faults.append(("rejected-record", _NEVER))
    if reading.annotator and str(annotator) != reading.annotator:
        faults.append(
            (
                "rejected-record",
                f"a task of the annotator {quoted(str(annotator))}, where {reading.annotator!r} is declared",
            )
        )
    return Record(
        string(row, reading.text or "text"),
        tuple(spans(listed(row.get(reading.spans or "label"), "label"), reading.spans or "label")),
        id=identifier(row.get("id")),
        faults=tuple(faults),
    )


def annotators(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return who annotated a task, as far as that is said."""
    given = value.get("annotations", value.get("completions")) if isinstance(value, dict) else None
    done = (
        [one for one in given if isinstance(one, dict) and not one.get("was_cancelled")]
        if isinstance(given, list)
        else []
    )
    return list(filter(None, map(_annotator, done)))


def _annotator(annotation: dict[str, Any]) -> str:
    """Return who annotated: a number, or an object with an address."""
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email", who.get("id"))
    return identifier(who)


def _text(data: dict[str, Any], reading: RecordReading) -> str:
    """Return the text: of the declared field, of the field `text`, or of the only one that is a text."""
    if reading.text:
        return string(data, reading.text)
    texts = [name for name, value in data.items() if isinstance(value, str)]
    if "text" not in texts and len(texts) != 1:
        raise MalformedError(
            f"a task whose text could be any of {few(texts)}; declare text=" if texts else "a task without a text"
        )
    return string(data, "text" if "text" in texts else texts[0])


def _turns(data: dict[str, Any], reading: RecordReading) -> list[str] | None:
    """Return what is said in a dialogue, turn by turn; None where the text is no dialogue."""
    names = [reading.text] if reading.text else [name for name, value in data.items() if isinstance(value, list)]
    held = data.get(names[0]) if len(names) == 1 else None
    if not isinstance(held, list) or not held or not all(isinstance(one, dict) for one in held):
        return None
    texts = [one.get("text") for one in held]
    return texts if all(isinstance(text, str) for text in texts) else None


def _in_turn(span: Span, begins: list[int], turns: list[str]) -> Span:
    """Return a region of a dialogue at its place in all of it; its places are (turn, character)."""
    (turn, first), (other, last) = span.begin, span.stop
    if turn != other:
        return span._replace(begin=None, stop=None, fault="begins in one turn of a dialogue and ends in another")
    number = int(turn) if isinstance(turn, str | int) and str(turn).isdecimal() else -1
    if not 0 <= number < len(turns) or not all(
        type(at) is int and 0 <= at <= len(turns[number]) for at in (first, last)
    ):
        return span._replace(begin=first, stop=last, fault="points at no place in a turn of its dialogue")
    return span._replace(begin=begins[number] + first, stop=begins[number] + last)


def _regions(
    annotation: dict[str, Any], text: str, *above: str | int, dialogue: bool, layer: str | None
) -> Iterator[Span]:
    """Yield the regions of an annotation, to which the path `above` leads; one with several labels is several spans."""
    for number, result in enumerate(map(mapping, listed(annotation.get("result"), "result"))):
        kind = result.get("type")
        if kind not in _LABELS or _elsewhere(result, layer):
            continue
        value = mapping(result.get("value"))
        place = None if dialogue else value.get("globalOffsets")
        counted = place if isinstance(place, dict) else value  # in hypertext, start and end are paths of XPath
        begin, stop = counted.get("start"), counted.get("end")
        if dialogue:
            begin, stop = (begin, value.get("startOffset")), (stop, value.get("endOffset"))
        said = value.get("text")
        labels = listed(next((value[name] for name in (kind, "labels", "htmllabels") if name in value), None), "labels")
        for label in labels or [None]:
            path = (*above, "result", number)
            shown = isinstance(place, dict) and _MARKUP.search(text) and not isinstance(said, str)
            fault = _UNKNOWN if shown else ""
            yield Span(begin, stop, label, said if isinstance(said, str) else None, fault=fault, path=path)


def _elsewhere(result: Any, layer: str | None) -> bool:  # noqa: ANN401 - JSON
    """Return whether a region was made with another control of the page than the one that is declared."""
    row = mapping(result)
    return layer is not None and row.get("type") in _LABELS and row.get("from_name") != layer


def controls(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return the control of the page that each region of a task was made with."""
    given = value.get("annotations", value.get("completions")) if isinstance(value, dict) else None
    annotations = (one for one in given if isinstance(one, dict)) if isinstance(given, list) else ()
    results = (result for one in annotations for result in one.get("result") or () if isinstance(result, dict))
    return [identifier(one.get("from_name")) for one in results if one.get("type") in _LABELS]


def _relations(annotation: dict[str, Any]) -> int:
    return sum(mapping(one).get("type") == "relation" for one in listed(annotation.get("result"), "result"))


def _others(annotation: dict[str, Any]) -> int:
    known = (*_LABELS, "relation")  # no set: what a type is may be a list
    return sum(mapping(one).get("type") not in known for one in listed(annotation.get("result"), "result"))
