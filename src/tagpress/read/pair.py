"""Put two files into one piece, for a dialect that reads a text and what stands beside it."""

from typing import Final

from tagpress.errors import UsageError

_MARK: Final = b"\x00tagpress pair\x00"
_LENGTH: Final = 8  # bytes of the number that says how long the first one is


def pair(source: bytes, beside: bytes) -> bytes:
    """Return two files as one."""
    return _MARK + len(source).to_bytes(_LENGTH, "big") + source + beside


def unpair(data: bytes) -> tuple[bytes, bytes]:
    """
    Return the two files.

    Raises UsageError for bytes that are one: an unannotated text must not pass for one without entities.
    """
    head = len(_MARK) + _LENGTH
    stop = head + int.from_bytes(data[len(_MARK) : head], "big")
    if not data.startswith(_MARK) or len(data) < max(head, stop):
        raise UsageError(
            "a text came without its annotations", "read it with parse_piece, which finds the file beside it"
        )
    return data[head:stop], data[stop:]
