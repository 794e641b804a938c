r"""
Turn the bytes of a source into UTF-8: its encoding is declared, its bytes may be wrong.

What cannot be decoded is shown (`\\xe9`) in its place and reported; it is never dropped and never guessed at.
"""

import codecs
import re
import sys
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Ints
from tagpress.errors import UsageError

BOM: Final = codecs.BOM_UTF8
_ESCAPES: Final = 0xDC00  # a lone surrogate, U+DC00 + byte, stands for a bad byte: no decoder yields one by itself
_ESCAPED: Final = re.compile("[\udc00-\udcff]+")
_WIDE: Final = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
_spans: ContextVar[list[tuple[int, int]]] = ContextVar("tagpress_undecodable_spans")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """
    A piece as UTF-8.

    `bad_at` are the offsets in `data` of each run of bytes that could not be decoded, `bad_source` the offsets of the
    same runs in the source. `begin` is 3 behind a byte order mark, else 0. `source` is the piece as it was, `encoding` what
    it is in, `bad_spans` what could not be decoded of it.
    """

    data: bytes
    begin: int
    source: bytes
    encoding: str
    bad_at: tuple[int, ...] = ()
    bad_source: tuple[int, ...] = ()
    bad_spans: tuple[tuple[int, int], ...] = ()
    mark: int = 0
    """How many bytes of the source are a byte order mark."""

    @property
    def characters(self) -> str:
        """Return the text, without a byte order mark; decoded anew each time."""
        return self.data[self.begin :].decode()

    @property
    def as_it_was(self) -> bool:
        """Return whether the text is, byte for byte, its source."""
        return self.data is self.source

    def line_lengths(self) -> Ints:
        """
        Return how many bytes of the source each line of the text takes, with its end, and without a byte order mark.

        All belong to the last line where an encoding does not show in its bytes where lines end.
        """
        ends = self._line_ends()
        lines = self.data.count(b"\n") + (not self.data.endswith(b"\n") and len(self.data) > self.begin)
        last = np.full(int(len(ends) < lines), len(self.source))
        bounds = np.concatenate([[self.mark], ends, last])
        if len(bounds) == lines + 1:
            return np.diff(bounds)
        return np.concatenate([np.zeros(lines - 1, np.int64), [len(self.source) - self.mark]])

    def _line_ends(self) -> Ints:
        """Return where lines end in the source, which is behind each line end that could be decoded."""
        encoding = self.encoding
        if encoding in _WIDE:
            big = self.source.startswith(_WIDE[encoding][1])
            encoding += "-be" if big or (sys.byteorder == "big" and not self.mark) else "-le"
        end = "\n".encode(encoding)
        units = np.frombuffer(self.source, f"<u{len(end)}", len(self.source) // len(end))
        places = (np.flatnonzero(units == int.from_bytes(end, "little")) + 1) * len(end)
        # A line end in what could not be decoded ends no line.
        inside = [place for start, stop in self.bad_spans for place in range(start + 1, stop + 1)]
        return np.setdiff1d(places, inside, assume_unique=True) if inside else places


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
    text = Text(data=data, begin=0, source=data, encoding=encoding) if good else _transcode(data, encoding)
    if start == 0 and encoding in _WIDE and data.startswith(_WIDE[encoding]):
        return replace(text, mark=len(_WIDE[encoding][0]))
    if start == 0 and text.data.startswith(BOM):
        return replace(text, begin=len(BOM), mark=len("\ufeff".encode(encoding)))
    return text


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
        return Text(data=decoded.encode(), begin=0, source=data, encoding=encoding)
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
    return Text(
        data=b"".join(parts),
        begin=0,
        source=data,
        encoding=encoding,
        bad_at=tuple(bad_at),
        bad_source=_runs(spans),
        bad_spans=tuple(spans),
    )


def _runs(spans: list[tuple[int, int]]) -> tuple[int, ...]:
    """Return where each run of spans that touch begins."""
    return tuple(begin for i, (begin, _) in enumerate(spans) if i == 0 or spans[i - 1][1] != begin)


def _note(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    _spans.get().append((error.start, error.end))
    return "".join(chr(_ESCAPES + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error("tagpress-note", _note)
