r"""
Turn the bytes of a source into UTF-8: its encoding is declared, its bytes may be wrong.

What cannot be decoded is shown (`\\xe9`) in its place and reported; it is never dropped and never guessed at.
"""

import codecs
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.errors import UsageError

BOM: Final = codecs.BOM_UTF8
_ESCAPES: Final = 0xDC00  # a lone surrogate, U+DC00 + byte, stands for a bad byte: no decoder yields one by itself
_ESCAPED: Final = re.compile("[\udc00-\udcff]+")
_spans: ContextVar[list[tuple[int, int]]] = ContextVar("tagpress_undecodable_spans")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """
    A piece as UTF-8.

    `bad_at` are the offsets in `data` of each run of bytes that could not be decoded, `bad_source` the offsets of the
    same runs in the source. `begin` is 3 behind a byte order mark, else 0.
    """

    data: bytes
    begin: int
    bad_at: tuple[int, ...] = ()
    bad_source: tuple[int, ...] = ()


def normal_encoding(name: str) -> str:
    """
    Return Python's own name of an encoding.

    Raises UsageError for a name that is unknown or no text encoding.
    """
    try:
        codec = codecs.lookup(name)
        "".encode(name)
    except LookupError:
        message = f"encoding={name!r} is not an encoding that Python knows"
        hint = "use a name from the table of standard encodings in Python's codecs documentation, like 'utf-8'"
        raise UsageError(message, hint) from None
    return "utf-8" if codec.name == "utf-8-sig" else codec.name


def ends_lines_in_one_byte(encoding: str) -> bool:
    """Return whether the byte 0x0A is a line end wherever it stands, so that a file can be cut there."""
    stateful = encoding.startswith(("iso2022", "hz", "utf-7", "utf_7"))
    return not stateful and "\n".encode(encoding) == b"\n"


def decode(data: bytes, encoding: str, *, start: int = 0) -> Text:
    """
    Return a piece as UTF-8, with its bad bytes replaced; `start` is its offset in the file.

    A byte order mark is dropped at the start of a file, and is data anywhere else.
    """
    good = encoding == "utf-8" and is_utf8(data)
    text = Text(data=data, begin=0) if good else _transcode(data, encoding)
    begin = len(BOM) if start == 0 and text.data.startswith(BOM) else 0
    return Text(data=text.data, begin=begin, bad_at=text.bad_at, bad_source=text.bad_source)


def is_utf8(data: bytes) -> bool:
    """Return whether all of it is UTF-8: no surrogates, no overlong forms. Arrow checks at several GB/s."""
    offsets = np.array([0, len(data)], dtype=np.int64)
    whole = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _transcode(data: bytes, encoding: str) -> Text:
    spans: list[tuple[int, int]] = []
    token = _spans.set(spans)
    try:
        decoded = codecs.decode(data, encoding, "tagpress-note")
    finally:
        _spans.reset(token)
    if not spans:
        return Text(data=decoded.encode(), begin=0)
    parts: list[bytes] = []
    bad_at: list[int] = []
    length = done = 0
    for match in _ESCAPED.finditer(decoded):
        good = decoded[done : match.start()].encode()
        shown = "".join(f"\\x{ord(escape) - _ESCAPES:02x}" for escape in match[0]).encode()
        bad_at.append(length + len(good))
        length += len(good) + len(shown)
        parts += good, shown
        done = match.end()
    parts.append(decoded[done:].encode())
    return Text(data=b"".join(parts), begin=0, bad_at=tuple(bad_at), bad_source=_runs(spans))


def _runs(spans: list[tuple[int, int]]) -> tuple[int, ...]:
    """Return where each run of spans that touch begins."""
    return tuple(begin for i, (begin, _) in enumerate(spans) if i == 0 or spans[i - 1][1] != begin)


def _note(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _spans.get().append((error.start, error.end))
    return "".join(chr(_ESCAPES + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("tagpress-note", _note)
