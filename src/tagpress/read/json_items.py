"""
Where are the values of a file of JSON, and what is each? One a line, or the items of one list.

Where a list stops being one, its rest is an item that says what is wrong with it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.read.sources.text import Text

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_UTF8: Final = (0x80, 0x800, 0x10000)  # the first characters that take two, three, four bytes
# A line that is not blank; what JSON takes for white space around it is left out.
_LINE: Final = re.compile(rb"[^ \t\r\n](?:[^\n]*[^ \t\r\n])?")
_SHOWN: Final = 20  # characters of what is strange
_REST: Final = "and nothing behind it is read"


class Item(NamedTuple):
    """An item of a list and where it begins and stops; for what is none, what is `wrong`."""

    begin: int
    stop: int
    value: Any
    wrong: str = ""


def items(document: str) -> Iterator[Item]:
    """Yield the items of a JSON list, with their places in characters."""
    at = _skip(document, 0)
    if at == len(document):
        return
    if document[at] != "[":
        yield Item(at, len(document), None, f"no JSON list, for it begins with {document[at]!r}")
        return
    at, more = _skip(document, at + 1), True
    while more and document[at : at + 1] != "]":
        item = _item(document, at)
        yield item
        if item.wrong:
            return
        at = _skip(document, item.stop)
        more = document[at : at + 1] == ","
        at = _skip(document, at + 1) if more else at
    if document[at : at + 1] != "]":
        yield _strange(document, at, "where the list should go on or end")
    elif (at := _skip(document, at + 1)) < len(document):
        yield _strange(document, at, "behind the end of the list")


def items_of(text: Text) -> Iterator[Item]:
    """Yield the items of a file that is a JSON list, with their places in bytes."""
    document = text.data[text.begin :].decode()
    places = utf8_places(document) + text.begin
    for item in items(document):
        yield item._replace(begin=int(places[item.begin]), stop=int(places[item.stop]))


def line_places(text: Text) -> tuple[Ints, Ints]:
    """Return where each line with anything on it begins and stops, without the white space around it."""
    spans = [match.span() for match in _LINE.finditer(text.data, text.begin)]
    begin, stop = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return begin, stop


def utf8_places(characters: str) -> Ints:
    """Return the offset in UTF-8 of each character, and of the end."""
    if characters.isascii():
        return np.arange(len(characters) + 1)
    points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), "<u4")
    sizes = np.ones(len(points), np.int64)
    for first in _UTF8:
        sizes += points >= first
    return bounds_of(sizes)


def _item(document: str, at: int) -> Item:
    """Return the item that begins here; what is none reaches to the end."""
    try:
        value, stop = _DECODER.raw_decode(document, at)
        return Item(at, stop, value)
    except json.JSONDecodeError as error:
        wrong = f"no JSON ({error.msg} at line {error.lineno}, column {error.colno}), {_REST}"
    except RecursionError:
        wrong = f"too many brackets in brackets, {_REST}"
    except ValueError as error:  # a number of too many digits
        wrong = f"no JSON ({error}), {_REST}"
    return Item(_there(document, at), len(document), None, wrong)


def _strange(document: str, at: int, where: str) -> Item:
    found = (
        f"{document[at : at + _SHOWN]!r} {where}, {_REST}" if at < len(document) else "a JSON list that does not end"
    )
    return Item(_there(document, at), len(document), None, found)


def _there(document: str, at: int) -> int:
    """Return a place that has a character: at the end there is none."""
    return min(at, len(document) - 1)


def _skip(document: str, at: int) -> int:
    match = _SPACE.match(document, at)
    return match.end() if match else at
