"""Where are the values of a file of JSON: one a line, or one array of them?"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from tagpress.read.json_items import items_of, line_places
from tagpress.read.sources.text import Text
from tagpress.read.spans.record import MalformedError, Placed, Read, RecordReading, broken, identifier

CONTAINERS: Final = ("lines", "array")
_LOOKS: Final = 100  # records of a piece that are looked at for fields that nothing is read from
_DECODER: Final = json.JSONDecoder()


def records(text: Text, container: str, read: Read, reading: RecordReading) -> Iterator[Placed]:
    """Yield the records of a file of JSON, each where it stands; what cannot be read is a record too, with its fault."""
    for begin, stop, value in values(text, container):
        if isinstance(value, MalformedError):
            yield Placed(begin, stop, broken(str(value)))
            continue
        try:
            record = read(value, reading)
        except MalformedError as error:
            record = broken(str(error))
        if reading.id is not None and isinstance(value, dict):
            record = record._replace(id=identifier(value.get(reading.id)))
        yield Placed(begin, stop, record)


def values(text: Text, container: str) -> Iterator[tuple[int, int, Any]]:
    """Yield the values of a file of JSON with their bytes; what is none is MalformedError."""
    return (_array if container == "array" else _lines)(text)


def _lines(text: Text) -> Iterator[tuple[int, int, Any]]:
    begins, stops = line_places(text)
    data = text.data
    for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True):
        try:
            line = data[begin:stop].decode()
            value, end = _DECODER.raw_decode(line)
            yield begin, stop, value if end == len(line) else json.loads(line)
        except (ValueError, RecursionError) as error:
            yield begin, stop, MalformedError(f"a line that is no JSON: {_reason(error)}")


def _array(text: Text) -> Iterator[tuple[int, int, Any]]:
    for item in items_of(text):
        yield item.begin, item.stop, MalformedError(item.wrong) if item.wrong else item.value


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at its character {error.pos - error.doc.rfind(chr(10), 0, error.pos)}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def fields(data: bytes, placed: Sequence[Placed]) -> set[str]:
    """Return the fields of some records, from all over a piece."""
    found: set[str] = set()
    for one in placed[:: max(len(placed) // _LOOKS, 1)]:
        with suppress(ValueError, RecursionError):
            value = json.loads(data[one.begin : one.stop])
            found.update(value if isinstance(value, dict) else ())
    return found
