"""spaCy 2's TRAIN_DATA as JSON: a text, and an object with its entities."""

from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.formats.items import FIELDS, aside, spans
from tagpress.read.spans.record import MalformedError, Record, RecordReading, listed, mapping

_PAIR: Final = 2


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in a pair of a text and its annotations.

    Raises:
        MalformedError: it is no such pair.

    """
    if not isinstance(value, list) or len(value) != _PAIR or not isinstance(value[0], str):
        raise MalformedError("what is no pair of a text and its annotations")
    notes = mapping(value[1])
    name = reading.spans or "entities"
    if name not in notes:
        raise MalformedError(f"annotations without {name!r}: {few(notes) or 'nothing'}")
    besides = (*aside(notes, name), *(f"values of {one}" for one in notes if one not in {name, *FIELDS} and notes[one]))
    return Record(value[0], tuple(spans(listed(notes[name], name), 1, name)), aside=besides)
