"""Put two files into one piece, for a dialect that reads a text and what stands beside it."""

from typing import Final, NamedTuple

from tagpress.errors import UsageError

_MARK: Final = b"\x00tagpress pair\x00"
_LENGTH: Final = 8  # bytes of each of the numbers that say how long the name and the first file are


class Pair(NamedTuple):
    """A text, what stands beside it, and the path of the text, by which a file that belongs to several may name it."""

    source: bytes
    beside: bytes
    path: str = ""


def pair(source: bytes, beside: bytes, path: str = "") -> bytes:
    """Return two files as one."""
    name = path.encode("utf-8", "surrogateescape")
    sizes = b"".join(len(part).to_bytes(_LENGTH, "big") for part in (name, source))
    return b"".join((_MARK, sizes, name, source, beside))


def unpair(data: bytes) -> Pair:
    """
    Return the two files.

    Raises UsageError for bytes that are one: an unannotated text must not pass for one without entities.
    """
    head = len(_MARK) + 2 * _LENGTH
    sizes = data[len(_MARK) : head]
    begin = head + int.from_bytes(sizes[:_LENGTH], "big")
    stop = begin + int.from_bytes(sizes[_LENGTH:], "big")
    if not data.startswith(_MARK) or len(data) < max(head, stop):
        raise UsageError(
            "a text came without its annotations", "read it with parse_piece, which finds the file beside it"
        )
    return Pair(data[begin:stop], data[stop:], data[head:begin].decode("utf-8", "surrogateescape"))
