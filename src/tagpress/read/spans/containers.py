"""Where are the values of a file: one a line, one array of them, a table of columns, the rows of CSV, or is the file one value?"""

import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import numpy as np

from tagpress.columnar.gather import by_source
from tagpress.columnar.types import Ints
from tagpress.read.json_items import Children, Item, items_of, keyed_of, members, rows_of, utf8_places
from tagpress.read.sources.filled_lines import line_places
from tagpress.read.sources.text import Text
from tagpress.read.spans.formats.parts import split_of
from tagpress.read.spans.python_source import python_values
from tagpress.read.spans.record import Batch, MalformedError, Placed, Read, Record, RecordReading, broken, identifier
from tagpress.read.spans.tables import BINARY, CSV, names, table_values

CONTAINERS: Final = ("lines", "array", "keyed", "columns", "whole", "python", *CSV, *BINARY)
IN_JSON: Final = ("lines", "array", "keyed", "whole")
"""Those in which the bytes of a record are one value of JSON."""
_LOOKS: Final = 100  # records of a piece that are looked at for fields that nothing is read from
_DECODER: Final = json.JSONDecoder()


def records(text: Text, container: str, inside: str | None, read: Read, reading: RecordReading) -> Iterator[Placed]:
    """Yield the records of a file, each where it stands; what cannot be read is a record too, with its fault."""
    declares = reading.id is not None or reading.split is not None
    for begin, stop, value in values(text, container, inside, key=reading.id):
        if isinstance(value, MalformedError):
            yield Placed(begin, stop, broken(str(value)))
            continue
        try:
            found = read(value, reading)
        except MalformedError as error:
            found = broken(str(error))
        except RecursionError:  # it was read nearer to the limit than it is shown
            found = broken("what is nested too deeply")
        own = _declared(value, reading) if declares else {}
        for record in [found] if isinstance(found, Record) else found:
            yield Placed(begin, stop, record._replace(**own) if own else record)


def _declared(value: Any, reading: RecordReading) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return what the fields that a dialect declares say of a record: its id and its split."""
    own = {}
    if reading.id is not None and isinstance(value, dict):
        own["id"] = identifier(value.get(reading.id))
    if reading.split is not None:
        own["split"] = split_of(value, reading.split)
    return own


def values(
    text: Text, container: str, inside: str | None = None, *, key: str | None = None
) -> Iterator[tuple[int, int, Any]]:
    """Yield the values of a file with their bytes; what is none is MalformedError. Of keyed ones the field `key` is the key."""
    if container == "array":
        return _items(items_of(text, inside))
    if container == "keyed":
        return _items(_with_key(item, key) for item in keyed_of(text))
    if container == "python":
        return python_values(text)
    if container in CSV:
        return table_values(text, container)
    return _items(rows_of(text)) if container == "columns" else _lines(text, whole=container == "whole")


def _with_key(item: Item, name: str | None) -> Item:
    """Return an item whose key is a field, if it has no such field itself."""
    return item if item.wrong or name is None else item._replace(value={name: item.key, **item.value})


def _lines(text: Text, *, whole: bool) -> Iterator[tuple[int, int, Any]]:
    begins, stops = line_places(text)
    if whole and len(begins):
        begins, stops = begins[:1], stops[-1:]
    data = text.data
    for begin, stop in zip(begins.tolist(), stops.tolist(), strict=True):
        try:
            line = data[begin:stop].decode()
            value, end = _DECODER.raw_decode(line)
            yield begin, stop, value if end == len(line) else json.loads(line)
        except (ValueError, RecursionError) as error:
            what = "a file" if whole else "a line"
            yield begin, stop, MalformedError(f"{what} that is no JSON: {_reason(error)}")


def _items(items: Iterator[Item]) -> Iterator[tuple[int, int, Any]]:
    for item in items:
        yield item.begin, item.stop, MalformedError(item.wrong) if item.wrong else item.value


def lines_at_once(text: Text) -> tuple[Ints, Ints, list[Any]] | None:
    """
    Return where each line begins and stops, and their values, read as one list; None where any line is no object.

    Between two lines stands a word that no file can know: so an object that goes on in the next line is seen.
    """
    begins, stops = line_places(text)
    data = np.frombuffer(text.data, np.uint8)
    if (data[begins] != ord("{")).any() or (data[stops - 1] != ord("}")).any():
        return None
    word = secrets.token_hex(8)
    try:
        values = json.loads(b"".join((b"[", _joined(text.data, begins, stops, f',"{word}",'.encode()), b"]")))
    except (ValueError, RecursionError):
        return None
    if len(begins) and (len(values) != 2 * len(begins) - 1 or values[1::2] != [word] * (len(begins) - 1)):
        return None
    return begins, stops, values[::2]


def _joined(data: bytes, begins: Ints, stops: Ints, between: bytes) -> bytes:
    """Return lines with a word between two of them; where nothing else is there, all of them in one go."""
    if len(begins) and (begins[1:] == stops[:-1] + 1).all():
        return data[begins[0] : stops[-1]].replace(b"\n", between)
    places = zip(begins.tolist(), stops.tolist(), strict=True)
    return between.join(data[begin:stop] for begin, stop in places)


def places_in_json(text: Text, batch: Batch, numbers: Ints) -> Ints:
    """Return where some spans of records stand, which are values of JSON; their records are read once more."""
    found = batch.begin[batch.spans.owner[numbers]]
    here, children, places = (-1, -1), Children(""), found
    for owner, own in by_source(batch.spans.owner[numbers]):
        value = int(batch.begin[owner]), int(batch.stop[owner])
        if value != here:  # a value may have many records, and is looked through once
            document = text.data[slice(*value)].decode()
            here, children, places = value, Children(document), utf8_places(document)
        for place, number in zip(own.tolist(), numbers[own].tolist(), strict=True):
            found[place] += places[children.at(batch.spans.path(number))]
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at its character {error.pos - error.doc.rfind(chr(10), 0, error.pos)}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def fields(text: Text, batch: Batch, container: str, paths: tuple[str, ...] = ()) -> set[str]:
    """Return the fields of some records, from all over a piece; of objects that paths go through, what no path goes through."""
    if container in CSV:
        return set(names(text, container))
    if container == "columns":
        return {name for name, _ in members(text.characters)}
    data, found = text.data, set[str]()
    each = np.unique(batch.begin, return_index=True)[1]  # a value may have many records
    for one in each[:: max(len(each) // _LOOKS, 1)].tolist():
        with suppress(ValueError, RecursionError):
            value = json.loads(data[batch.begin[one] : batch.stop[one]])
            found.update(value if isinstance(value, dict) else ())
            found.update(_passed_by(value, paths))
    return found


def _passed_by(value: Any, paths: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the members, by their paths, of the objects in a value that paths go through and that none of them goes through."""
    for path in paths:
        here, rest, above = value, path, ""
        while "." in rest and isinstance(here, dict) and rest not in here:
            step, _, rest = rest.partition(".")
            here, above = here.get(step), f"{above}{step}."
            members = (f"{above}{name}" for name in here) if isinstance(here, dict) else ()
            yield from (name for name in members if not any(f"{one}.".startswith(f"{name}.") for one in paths))
