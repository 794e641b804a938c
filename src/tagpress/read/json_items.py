"""
Where are the values of a file of JSON, and what is each? The items of a list, the rows of a table of columns.

Where a document stops being what it should be, its rest is an item that says what is wrong with it.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints
from tagpress.read.sources.text import Text

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_UTF8: Final = (0x80, 0x800, 0x10000)  # the first characters that take two, three, four bytes
_LISTS: Final = 20  # members that may hold what is looked for
_SHOWN: Final = 20  # characters of what is strange
_REST: Final = "and nothing behind it is read"
_CALLED: Final = {"[": "list", "{": "object"}
_ENDS: Final = {"[": "]", "{": "}"}


class Item(NamedTuple):
    """A value and where it begins and stops, with its key in an object; for what is none, what is `wrong`."""

    begin: int
    stop: int
    value: Any
    wrong: str = ""
    key: str = ""


_Walk = Generator[Item, None, int]  # items, and then where they end, or -1 where they do not


def items(document: str, inside: str | None = None) -> Iterator[Item]:
    """Yield the items of a JSON list, with their places in characters; of the list in the member `inside`, if it is named."""
    at = _skip(document, 0)
    if at == len(document):
        return
    walk = _items(document, at, "[") if inside is None else _of_member(document, at, inside)
    yield from _whole(document, walk)


def rows(document: str) -> Iterator[Item]:
    """Yield the rows of an object whose members are columns, lists or objects of cells: an object each, at its first cell."""
    at = _skip(document, 0)
    if at == len(document):
        return
    wrong: list[Item] = []
    found: dict[str, Item] = {}
    for name, cell in _cells(document, at, wrong):
        first = found.setdefault(cell.key, cell._replace(value={}))
        first.value[name] = cell.value
    yield from found.values()
    yield from wrong


def keyed(document: str) -> Iterator[Item]:
    """Yield the members of an object that are objects, with their keys; what is none says so."""
    at = _skip(document, 0)
    for item in _whole(document, _items(document, at, "{")) if at < len(document) else ():
        is_one = item.wrong or isinstance(item.value, dict)
        yield item if is_one else item._replace(value=None, wrong=f"the member {item.key!r:.60}, which is no object")


def members(document: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each member of an object, as far as it is one, with the character that its value begins with."""
    at = _skip(document, 0)
    if at < len(document):
        for item in _items(document, at, "{"):
            if not item.wrong or item.key:
                yield item.key, document[item.begin : item.begin + 1]


def member_lists(document: str) -> list[str]:
    """Return the paths of lists in an object and in the objects in it: of the first, for to look into each takes all of it."""
    return [path for path, _ in islice(_paths(document, _skip(document, 0)), _LISTS)]


def lists_beside(document: str, inside: str) -> list[str]:
    """Return the paths of the lists in a document that have something in them, but for the one that is read."""
    found = ((path, at) for path, at in _paths(document, _skip(document, 0)) if path != inside)
    return [path for path, at in found if any(not item.wrong for item in islice(_items(document, at, "["), 1))]


def _paths(document: str, at: int, above: str = "") -> Iterator[tuple[str, int]]:
    """Yield the path of each list, and where it begins."""
    for item in _items(document, at, "{") if at < len(document) else ():
        bracket = document[item.begin : item.begin + 1]
        if item.key and bracket == "[":
            yield above + item.key, item.begin
        elif item.key and bracket == "{" and not above:
            yield from _paths(document, item.begin, f"{item.key}.")


class Children:
    """
    Where values inside a value of JSON begin, in characters; each list and each object is looked through once.

    It is for the few values that a message names: `items` says nothing of what is in an item.
    """

    def __init__(self, document: str) -> None:
        self._document = document
        self._found: dict[int, dict[str | int, int]] = {}

    def at(self, path: Iterable[str | int]) -> int:
        """Return where the value at a path of names and numbers begins; where there is none, the value above it."""
        place = _skip(self._document, 0)
        for step in path:
            inner = self._of(place).get(step)
            if inner is None:
                break
            place = inner
        return place

    def _of(self, at: int) -> dict[str | int, int]:
        if at not in self._found:
            bracket = self._document[at : at + 1]
            walk = _items(self._document, at, bracket) if bracket in _ENDS else iter(())
            self._found[at] = {(item.key if bracket == "{" else n): item.begin for n, item in enumerate(walk)}
        return self._found[at]


def items_of(text: Text, inside: str | None = None) -> Iterator[Item]:
    """Yield the items of a file that is a JSON list, or has one in a member, with their places in bytes."""
    document = text.characters
    return _placed(text, document, items(document, inside))


def rows_of(text: Text) -> Iterator[Item]:
    """Yield the rows of a file whose members are columns, with their places in bytes."""
    document = text.characters
    return _placed(text, document, rows(document))


def keyed_of(text: Text) -> Iterator[Item]:
    """Yield the objects of a file that is an object of them, with their places in bytes."""
    document = text.characters
    return _placed(text, document, keyed(document))


def _placed(text: Text, document: str, found: Iterator[Item]) -> Iterator[Item]:
    """Yield items with their places in bytes: counted on from the one before, for an array of all would be eight files long."""
    plain, done, at = document.isascii(), 0, text.begin
    for item in found:
        places = []
        for place in (item.begin, item.stop):
            if plain or place < done:  # what is wrong with columns is said behind their rows
                done, at = (place, text.begin + place) if plain else (0, text.begin)
            at += len(document[done:place].encode())
            done = place
            places.append(at)
        yield item._replace(begin=places[0], stop=places[1])


def utf8_places(characters: str) -> Ints:
    """Return the offset in UTF-8 of each character, and of the end."""
    if characters.isascii():
        return np.arange(len(characters) + 1)
    points = np.frombuffer(characters.encode("utf-32-le", "surrogatepass"), "<u4")
    sizes = np.ones(len(points), np.int64)
    for first in _UTF8:
        sizes += points >= first
    return bounds_of(sizes)


def _whole(document: str, walk: _Walk) -> Iterator[Item]:
    """Yield what a walk yields, and what stands behind its end."""
    end = yield from walk
    if end >= 0 and (at := _skip(document, end)) < len(document):
        yield _strange(document, at, f"behind the end of the {_CALLED.get(document.strip()[0], 'document')}")


def _items(document: str, at: int, bracket: str) -> _Walk:
    """Yield the values of a list or an object, which should begin here."""
    called, end = _CALLED[bracket], _ENDS[bracket]
    if document[at : at + 1] != bracket:
        yield Item(
            _there(document, at), len(document), None, f"no JSON {called}, for it begins with {document[at : at + 1]!r}"
        )
        return -1
    at, more = _skip(document, at + 1), True
    while more and document[at : at + 1] != end:
        item = _value(document, at) if bracket == "[" else _member(document, at)
        yield item
        if item.wrong:
            return -1
        at = _skip(document, item.stop)
        more = document[at : at + 1] == ","
        at = _skip(document, at + 1) if more else at
    if document[at : at + 1] != end:
        yield _strange(document, at, f"where the {called} should go on or end")
        return -1
    return at + 1


def _of_member(document: str, at: int, inside: str) -> _Walk:
    """Yield the items of a list in an object, which a path of names leads to; of other members only the ends are looked for."""
    there = False
    walk = _items(document, at, "{")
    try:
        while True:
            item = next(walk)
            head, _, rest = inside.partition(".")
            if item.key == inside and not there:
                there = True
                if (yield from _items(document, item.begin, "[")) < 0:
                    return -1
            elif item.key == head and rest and not there:
                there = True
                if (yield from _of_member(document, item.begin, rest)) < 0:
                    return -1
            elif item.wrong:
                yield item
    except StopIteration as ended:
        if not there and ended.value >= 0:
            yield Item(at, len(document), None, f"no member {inside!r} in the object")
        return int(ended.value)


def _cells(document: str, at: int, wrong: list[Item]) -> Iterator[tuple[str, Item]]:
    """Yield the cells of all columns with the names of these; what is none goes to `wrong`."""
    for column in _whole(document, _items(document, at, "{")):
        bracket = document[column.begin : column.begin + 1]
        if not column.key or bracket not in _ENDS:
            what = "" if column.wrong else f"the member {column.key!r:.60}, which is no column"
            wrong.append(column._replace(value=None, wrong=column.wrong or what))
            continue
        for number, cell in enumerate(_items(document, column.begin, bracket)):
            if cell.wrong:
                wrong.append(cell)
            else:
                yield column.key, cell if cell.key else cell._replace(key=str(number))


def _member(document: str, at: int) -> Item:
    """Return the member that begins here, at its value."""
    key = _value(document, at)
    if key.wrong or not isinstance(key.value, str):
        return key if key.wrong else _strange(document, at, "where the name of a member belongs")
    at = _skip(document, key.stop)
    if document[at : at + 1] != ":":
        return _strange(document, at, "where a colon belongs")
    return _value(document, _skip(document, at + 1))._replace(key=key.value)


def _value(document: str, at: int) -> Item:
    """Return the value that begins here; what is none reaches to the end."""
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
        f"{document[at : at + _SHOWN]!r} {where}, {_REST}"
        if at < len(document)
        else "a JSON document that does not end"
    )
    return Item(_there(document, at), len(document), None, found)


def _there(document: str, at: int) -> int:
    """Return a place that has a character: at the end there is none."""
    return min(at, len(document) - 1)


def _skip(document: str, at: int) -> int:
    match = _SPACE.match(document, at)
    return match.end() if match else at
