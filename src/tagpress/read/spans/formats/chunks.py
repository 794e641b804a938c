"""
Utterances in chunks, as Dialogflow and Snips write them: a text is all of its chunks, and one with an entity is a span.

Dialogflow has them in an array, Snips in a document: below each intent, which is a member of it or of `intents`.
"""

from collections.abc import Iterator
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

DIALOGFLOW_FIELDS: Final = frozenset({"id", "data", "isTemplate"})
SNIPS_FIELDS: Final = frozenset({"intents", "entities"})
ENDINGS: Final = ("",)
"""Every member of a document of Snips is an intent, or about its language."""
_LABELS: Final = ("meta", "entity", "alias", "slot_name")
_SLOTS: Final = ("alias", "slot_name")
_NO_ENTITY: Final = "@sys.ignore"
_TEMPLATE: Final = "a template, which has the names of entities where texts have words"

_Path = tuple[str | int, ...]


def is_dialogflow(row: dict[str, Any]) -> bool:
    """Return whether an object is a training phrase of Dialogflow."""
    return _has_chunks(row) and "isTemplate" in row


def is_snips(row: dict[str, Any]) -> bool:
    """Return whether an object is a document of Snips, or of its benchmark."""
    intents = row.get("intents")
    if isinstance(intents, dict):
        held = [one.get("utterances") for one in intents.values() if isinstance(one, dict)]
    else:
        held = [*row.values()]
    marked = [one for one in held if isinstance(one, list) and one]
    return bool(marked) and all(isinstance(one, dict) and _has_chunks(one) for each in marked for one in each)


def read_dialogflow(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in a training phrase; its labels are the entities, `label="alias"` those of parameters.

    Raises:
        MalformedError: a chunk is none.

    """
    row = mapping(value)
    record = _record(row, (), reading.label)
    faults = (("rejected-record", _TEMPLATE),) if row.get("isTemplate") is True else ()
    return record._replace(id=identifier(row.get("id")), faults=faults)


def read_snips(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """
    Return the records in a document; their labels are the entities, `label="slot_name"` the slots.

    Raises:
        MalformedError: a chunk is none, or there is nothing of the kind.

    """
    row = mapping(value)
    intents = row.get("intents")
    held: list[tuple[_Path, Any]]
    if isinstance(intents, dict):
        held = [(("intents", name, "utterances"), mapping(one).get("utterances")) for name, one in intents.items()]
    else:
        held = [((name,), one) for name, one in row.items()]
    found = [
        _record(mapping(one), (*path, number), reading.label)
        for path, each in held
        for number, one in enumerate(listed(each, "utterances"))
    ]
    entities = row.get("entities") if isinstance(intents, dict) else None
    if found and isinstance(entities, dict) and entities:
        found[0] = found[0]._replace(aside=("entities with their values",) * len(entities))
    return found


def slots(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return what an entity is called besides, for each that has the name of a parameter or a slot too."""
    if isinstance(value, dict):
        if _has_chunks(value):
            each = (one for one in value["data"] if "meta" in one or "entity" in one)
            return [name for one in each for name in _SLOTS if one.get(name) is not None]
        return [name for one in value.values() for name in slots(one)]
    return [name for one in value for name in slots(one)] if isinstance(value, list) else []


def _has_chunks(row: dict[str, Any]) -> bool:
    held = row.get("data")
    return isinstance(held, list) and all(isinstance(one, dict) and "text" in one for one in held)


def _record(row: dict[str, Any], path: _Path, label: str | None) -> Record:
    if not isinstance(row.get("data"), list):
        raise MalformedError(f"an utterance without chunks in 'data': {few(row) or 'nothing'}")
    chunks = [mapping(one) for one in row["data"]]
    texts = [one.get("text") for one in chunks]
    odd = next((one for one in texts if not isinstance(one, str)), "")
    if odd != "":
        raise MalformedError(f"a chunk without a text: {quoted(str(odd))}")
    ignored = ("chunks that are to be ignored",) * sum(one.get("meta") == _NO_ENTITY for one in chunks)
    return Record("".join(map(str, texts)), tuple(_spans(chunks, (*path, "data"), label)), aside=ignored)


def _spans(chunks: list[dict[str, Any]], path: _Path, label: str | None) -> Iterator[Span]:
    at = 0
    for number, one in enumerate(chunks):
        stop = at + len(one["text"])
        names = [name for name in _LABELS if one.get(name) is not None]
        if names and one.get("meta") != _NO_ENTITY:
            kind = one.get(label or names[0])
            fault = "" if kind is not None else f"has no {label!r}, only {few(names)}"
            kind = kind.removeprefix("@") if isinstance(kind, str) else kind  # so Dialogflow points at an entity
            yield Span(at, stop, kind, fault=fault, path=(*path, number))
        at = stop
