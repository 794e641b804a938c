"""Argilla's records: fields, and for each question the responses of annotators; nested, or flat as `datasets` has them."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.list_text import read_list
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
)

_PAIR: Final = 2
_RESPONSES: Final = ".responses"
_SUGGESTION: Final = ".suggestion"
_OURS: Final = ("id", "status", "_server_id")
ENDINGS: Final = (_RESPONSES, _SUGGESTION, ".users", ".status", ".score", ".agent")
_FIRST: Final = frozenset({"text", "tokens", "annotation", "annotation_agent", "prediction"})
"""What a record of Argilla 1 has, whose texts are cut into tokens."""
_FIRST_DONE: Final = ("Validated", "Edited")
FIELDS: Final = frozenset(
    {"text", "id", "fields", "responses", "suggestions", "status", "metadata", "vectors", "_server_id"}
) | (_FIRST - {"tokens"})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is a record of Argilla, nested or flat."""
    nested = isinstance(row.get("fields"), dict) and isinstance(row.get("responses"), dict) and "suggestions" in row
    flat = any(f"{name}.users" in row for name in row if name.endswith(_RESPONSES))
    return nested or flat or _is_first(row)


def _is_first(row: dict[str, Any]) -> bool:
    return row.keys() >= _FIRST and (isinstance(row["annotation"], list) or row["annotation"] in {None, ""})


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record, with what its annotators agree on."""
    if _is_first(mapping(value)):
        return _read_first(value)
    row = _nested(mapping(value))
    fields = mapping(row.get("fields"))
    text = _text(fields, reading)
    questions = mapping(row.get("responses") or {})
    name = _question(questions, reading)
    given = [mapping(one) for one in listed(questions.get(name), "responses")] if name else []
    done = [one for one in given if one.get("status", "submitted") == "submitted"]
    chosen = [one for one in done if reading.annotator in {None, str(one.get("user_id"))}]
    found = [tuple(_spans(one, name)) for one in chosen]
    faults = differing(found, (str(one.get("user_id") or "") for one in chosen), "responses")
    if not chosen:
        words = "annotator discarded" if any(one.get("status") == "discarded" for one in given) else ""
        faults.append(("rejected-record", f"a record that its {words}" if words else "a record that nobody annotated"))
    suggested = mapping(row.get("suggestions") or {})
    besides = [("suggestions",) * sum(one is not None for one in suggested.values())]
    besides += [("more responses",) * max(len(given) - 1, 0)]
    besides += [
        (f"responses to {other}",) * len(listed(own, "responses")) for other, own in questions.items() if other != name
    ]
    return Record(
        text,
        found[0] if found else (),
        id=identifier(row.get("id")),
        faults=tuple(faults),
        aside=tuple(chain.from_iterable(besides)),
    )


def _read_first(row: dict[str, Any]) -> Record:
    """Return a record of Argilla 1: an annotation has its label first, or is an object."""
    if not isinstance(row["text"], str):
        raise MalformedError("a record without a text")
    found = row["annotation"] or []
    lists = [[*one[1:3], one[0]] if isinstance(one, list) and len(one) > _PAIR else one for one in found]
    faults = []
    if row.get("status") == "Discarded":
        faults.append(("rejected-record", "a record that its annotator discarded"))
    elif not found and row.get("status") not in _FIRST_DONE:
        faults.append(("rejected-record", "a record that nobody annotated"))
    suggested = row["prediction"] if isinstance(row["prediction"], list) else []
    return Record(
        row["text"],
        tuple(span._replace(path=("annotation", span.path[1])) for span in spans(lists, "annotation")),
        id=identifier(row.get("id")),
        faults=tuple(faults),
        aside=("suggestions",) * len(suggested),
    )


def annotators(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return who annotated a record, as far as that is said."""
    if not isinstance(value, dict):
        return []
    responses = _nested(value).get("responses")
    each = (
        chain.from_iterable(own for own in responses.values() if isinstance(own, list))
        if isinstance(responses, dict)
        else ()
    )
    return sorted({str(one["user_id"]) for one in each if isinstance(one, dict) and one.get("user_id") is not None})


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record as it is nested, whatever it was."""
    if isinstance(row.get("fields"), dict):
        return row
    names = [name.removesuffix(_RESPONSES) for name in row if name.endswith(_RESPONSES)]
    asked = tuple(f"{name}." for name in names)
    return {
        **{key: one for key, one in row.items() if key in {"id", "status"}},
        "fields": {key: row[key] for key in texts_of(row)},
        "responses": {name: list(_of_columns(row, name)) for name in names},
        "suggestions": {key: one for key, one in row.items() if key.startswith(asked) and key.endswith(_SUGGESTION)},
    }


def texts_of(row: dict[str, Any]) -> list[str]:
    """Return the fields of a flat record that are its texts; a nested one has none."""
    names = [] if isinstance(row.get("fields"), dict) else [key for key in row if "." not in key and key not in _OURS]
    return [key for key in names if isinstance(row[key], str)]


def _of_columns(row: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    given = listed(row.get(f"{name}{_RESPONSES}"), "responses")
    users, states = (_listed(row.get(f"{name}{_RESPONSES}.{part}"), part) for part in ("users", "status"))
    for number, value in enumerate(given):
        yield {
            "value": value,
            "user_id": users[number] if number < len(users) else None,
            "status": states[number] if number < len(states) else "submitted",
        }


def _listed(value: Any, name: str) -> list[Any]:  # noqa: ANN401 - JSON
    """Return a list, or that which a cell of a table spells."""
    with suppress(ValueError):
        return list(read_list(value)) if isinstance(value, str) else listed(value, name)
    raise MalformedError(f"{name} {quoted(str(value))}, which is no list")


def _text(fields: dict[str, Any], reading: RecordReading) -> str:
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    name = reading.text or ("text" if "text" in texts or len(texts) != 1 else next(iter(texts)))
    if name not in texts:
        message = (
            f"a record whose text could be any of {few(texts)}; declare text=" if texts else "a record without a text"
        )
        raise MalformedError(message)
    return texts[name]


def _question(questions: dict[str, Any], reading: RecordReading) -> str:
    """Return the question whose answers are spans: the declared one, or the only one with any."""
    if reading.spans:
        return reading.spans
    marked = [name for name, own in questions.items() if any(_is_marked(one) for one in own or ())]
    if len(marked) > 1:
        raise MalformedError(f"a record with spans in answer to several questions, {few(marked)}; declare spans=")
    return next(iter(marked or questions), "")


def _is_marked(response: Any) -> bool:  # noqa: ANN401 - JSON
    value = response.get("value") if isinstance(response, dict) else None
    return isinstance(value, list) and any(isinstance(one, dict) and "start" in one for one in value)


def _spans(response: dict[str, Any], name: str) -> Iterator[Span]:
    value = response.get("value")
    if not isinstance(value, list):
        raise MalformedError(f"the answer {quoted(str(value))} to {name}, which is no list of spans")
    return (span._replace(path=()) for span in spans(value))
