"""
What would it cost to decode a column of a Parquet file? Its pages say, each in front of what it holds.

The footer, which is read first, may say less: a page of ten bytes can stand for two billion values. So the headers of
all pages are read, and nothing else, before anything is decoded. They are Thrift, in its compact protocol.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

# Returns so many bytes at an offset of a file, or fewer where it ends.
ReadAt = Callable[[int, int], bytes]

_HEADER: Final = 256  # bytes of a header that are read at first; statistics make some longer
_LONGEST: Final = 1 << 20
_DEEPEST: Final = 8  # structs in structs
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3  # kinds of pages
_DETAILS: Final = {_DATA: 5, _DICTIONARY: 7, _DATA_V2: 8}  # the field of a header that has the rest of it
_ENCODING: Final = {_DATA: 2, _DICTIONARY: 2, _DATA_V2: 4}
_VARINT_BYTES: Final = 10


@dataclass(frozen=True, slots=True)
class Page:
    """What one page says: its bytes when they are unpacked, its values, how they are encoded, whether it is a dictionary."""

    unpacked: int
    values: int
    encoding: int
    dictionary: bool


def pages(read: ReadAt, start: int, stop: int) -> Iterator[Page]:
    """
    Yield the pages of a column that begin from `start` on; the last ends at `stop`.

    Raises:
        ValueError: there is something else.

    """
    at = start
    while at < stop:
        header, size = _header(read, at, stop)
        kind, unpacked, packed = (_number(header, field) for field in (1, 2, 3))
        at += size + packed
        if at > stop:
            message = "a page is longer than its column"
            raise ValueError(message)
        if kind in _DETAILS:
            details = header.get(_DETAILS[kind])
            if not isinstance(details, dict):
                message = "a page does not say what it holds"
                raise ValueError(message)
            yield Page(unpacked, _number(details, 1), _number(details, _ENCODING[kind]), kind == _DICTIONARY)


def _header(read: ReadAt, at: int, stop: int) -> tuple[dict[int, Any], int]:
    """Return the fields of a header by their numbers, and its length."""
    size = _HEADER
    while True:
        data = read(at, min(size, stop - at))
        reader = _Compact(data)
        try:
            return reader.struct(0), reader.at
        except IndexError:
            if size >= _LONGEST or len(data) < size:
                message = "the header of a page does not end"
                raise ValueError(message) from None
            size *= 16


def _number(fields: dict[int, Any], field: int) -> int:
    found = fields.get(field)
    if type(found) is not int or not 0 <= found < 1 << 31:
        message = f"the header of a page has {found!r:.20} where a size must be"
        raise ValueError(message)
    return found


class _Compact:
    """Reads Thrift's compact protocol: numbers and structs are kept, everything else is passed over."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def struct(self, depth: int) -> dict[int, Any]:
        fields: dict[int, Any] = {}
        number = 0
        while head := self.byte():
            number = number + (head >> 4) if head >> 4 else self.signed()
            fields[number] = self.value(head & 15, depth)
        return fields

    def value(self, kind: int, depth: int) -> Any:  # noqa: ANN401 - a number, a struct, or nothing
        if depth > _DEEPEST:  # structs in structs, or lists in lists
            message = "the header of a page is nested too deeply"
            raise ValueError(message)
        if kind in {1, 2}:  # a truth value is its own kind
            return kind == 1
        if kind in {4, 5, 6}:
            return self.signed()
        if kind == 12:  # noqa: PLR2004 - Thrift's number of a struct
            return self.struct(depth + 1)
        self.skip(kind, depth)
        return None

    def skip(self, kind: int, depth: int) -> None:
        if kind == 8:  # noqa: PLR2004 - text
            self.move(self.unsigned())
        elif kind in {3, 7}:  # a byte, a float
            self.move(1 if kind == 3 else 8)  # noqa: PLR2004 - see above
        elif kind in {9, 10}:  # a list, a set
            head = self.byte()
            count = head >> 4 if head >> 4 != 15 else self.unsigned()  # noqa: PLR2004 - then the length follows
            for _ in range(min(count, len(self.data) + 1)):
                self.value(head & 15, depth + 1)
        else:
            message = f"the header of a page has a value of kind {kind}"
            raise ValueError(message)

    def move(self, count: int) -> None:
        self.at += count
        if self.at > len(self.data):
            raise IndexError

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def unsigned(self) -> int:
        found = 0
        for place in range(_VARINT_BYTES):
            part = self.byte()
            found |= (part & 127) << (7 * place)
            if part < 128:  # noqa: PLR2004 - the last byte of a number
                return found
        message = "the header of a page has a number that does not end"
        raise ValueError(message)

    def signed(self) -> int:
        found = self.unsigned()
        return (found >> 1) ^ -(found & 1)
