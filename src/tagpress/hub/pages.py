"""
What would it cost to decode a column of a Parquet file? Its pages say, each in front of what it holds.

The footer, which is read first, may say less: a page of ten bytes can stand for two billion values. So the headers of
all pages are read, and nothing else, before anything is decoded. They are Thrift, in its compact protocol.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tagpress.columnar.thrift import Compact

# Returns so many bytes at an offset of a file, or fewer where it ends.
ReadAt = Callable[[int, int], bytes]

_HEADER: Final = 256  # bytes of a header that are read at first; statistics make some longer
_LONGEST: Final = 1 << 20
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3  # kinds of pages
_DETAILS: Final = {_DATA: 5, _DICTIONARY: 7, _DATA_V2: 8}  # the field of a header that has the rest of it
_ENCODING: Final = {_DATA: 2, _DICTIONARY: 2, _DATA_V2: 4}


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
        reader = Compact(data)
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
