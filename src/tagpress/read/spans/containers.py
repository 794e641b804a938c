"""Where are the values of a file of JSON: one a line, or one array of them?"""

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.read.jsonl import line_places
from tagpress.read.sources.text import Text
from tagpress.read.spans.record import MalformedError, Placed, Read, RecordReading, broken, identifier

CONTAINERS: Final = ("lines", "array")
_LOOKS: Final = 100  # records of a piece that are looked at for fields that nothing is read from
_DECODER: Final = json.JSONDecoder()
_SPACE: Final = " \t\r\n"
_UTF8: Final = (0x80, 0x800, 0x10000)  # the first characters that take two, three, four bytes


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
    source = text.data[text.begin :].decode()
    places = utf8_places(source) + text.begin
    at = _skip(source, 0)
    if at == len(source):
        return
    if source[at] != "[":
        yield (
            int(places[at]),
            len(text.data),
            MalformedError(f"a file that begins with {source[at]!r}, and is no JSON array"),
        )
        return
    at = _skip(source, at + 1)
    while at < len(source) and source[at] != "]":
        try:
            value, stop = _DECODER.raw_decode(source, at)
        except (ValueError, RecursionError) as error:
            yield int(places[at]), len(text.data), MalformedError(f"what is no JSON: {_reason(error)}")
            return
        yield int(places[at]), int(places[stop]), value
        at = _skip(source, stop)
        if source[at : at + 1] not in {",", "]"}:
            break
        at = _skip(source, at + 1) if source[at] == "," else at
    if source[at : at + 1] != "]" or _skip(source, at + 1) != len(source):
        yield int(places[min(at, len(source))]), len(text.data), MalformedError(_unended(source, at))


def _unended(source: str, at: int) -> str:
    return (
        f"{source[at : at + 20]!r} where the array should go on or end"
        if at < len(source)
        else "an array that does not end"
    )


def _skip(source: str, at: int) -> int:
    while at < len(source) and source[at] in _SPACE:
        at += 1
    return at


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


def utf8_places(characters: str) -> Ints:
    """Return the offset in UTF-8 of each character, and of the end."""
    points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), "<u4")
    sizes = np.ones(len(points), np.int64)
    for first in _UTF8:
        sizes += points >= first
    return bounds_of(sizes)
