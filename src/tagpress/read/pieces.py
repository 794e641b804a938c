"""
Cut a corpus into pieces that can be read one by one, in any order, on any worker.

A piece is a byte range that begins and ends between sentences. A file that is compressed, whose server sends only all
of it, or whose encoding does not show its line ends in one byte, is one piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from tagpress.read.dialect import Dialect
from tagpress.read.pair import pair
from tagpress.read.parsed import Parsed
from tagpress.read.sources import byte_ranges as ranges
from tagpress.read.sources import source as sources
from tagpress.read.sources.beside import one_for_all
from tagpress.read.sources.source import Source

_SMALL: Final = 256 << 10  # bytes
TARGET: Final = 8 << 20  # bytes: the scanner's arrays for it fit where the allocator keeps memory for the next piece
_WINDOW: Final = 32 << 10  # bytes that are read to find a cut; more only where a sentence, or document, is longer
_TOGETHER: Final = 256  # cuts that are looked for at once: a server is waited for once, and not for each


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes `start` to `stop` of a source; all of it, unpacked, if `stop` is None."""

    source: Source
    start: int = 0
    stop: int | None = None

    @property
    def size(self) -> int:
        """Return how many bytes are read, as they are stored; of a member those that it has unpacked."""
        return self.source.unpacked if self.source.member else (self.stop or self.source.size) - self.start

    @property
    def is_small(self) -> bool:
        """Return whether it is a whole file of little, of which it is known how much: what is packed may be more."""
        known = bool(self.source.member) or (self.stop is not None and self.whole)
        return known and self.size < _SMALL

    @property
    def whole(self) -> bool:
        """Return whether it is all that is stored."""
        return not self.source.member and self.start == 0 and self.stop in {None, self.source.size}


def pieces(source: Source, dialect: Dialect, target: int = TARGET) -> Iterator[Piece]:
    """
    Yield the pieces of a source, in order, each of about `target` bytes.

    Only windows around the cuts are read, and of a file on a URL that is no longer than `target`, nothing.

    Raises SourceError for a source that cannot be read.
    """
    if source.member or (source.remote and source.size <= target):
        yield Piece(source)
        return
    size = ranges.size_of(source)
    if not size:
        yield Piece(source)
        return
    for start, stop in pairwise([0, *_cuts(source, size, dialect, target), size]):
        yield Piece(source, start, stop)


def _cuts(source: Source, size: int, dialect: Dialect, target: int) -> Iterator[int]:
    """Yield where to cut: near the ends of equal parts of at most `target`, so that none is much less work than another."""
    even = -(-size // -(-size // target))
    last = 0
    for first in range(even, size, even * _TOGETHER):
        places = [at for at in range(first, min(first + even * _TOGETHER, size), even) if at > last]
        windows = ranges.read(source, [(at - 1, min(at - 1 + _WINDOW, size)) for at in places])
        for at, window in zip(places, windows, strict=True):
            if at > last:
                cut = _cut(source, size, dialect, at, window)
                if cut is None or cut == size:
                    return
                yield cut
                last = cut


def _cut(source: Source, size: int, dialect: Dialect, at: int, window: bytes) -> int | None:
    """Return the first cut in sight from `at` on; the window begins one byte before, and moves on until there is one."""
    begin, step = at - 1, _WINDOW
    while (cut := dialect.boundary(window, 1)) == len(window) and begin + cut < size:
        stop = begin + cut
        more = ranges.read(source, [(stop, min(stop + step, size))])[0]
        window = window[-_WINDOW:] + more  # with what may have begun in the last one
        begin = stop + len(more) - len(window)
        step = min(2 * step, TARGET)
    return None if cut is None else begin + cut


def stored_piece(piece: Piece) -> bytes:
    """
    Return the bytes of a piece as they are stored.

    Raises SourceError for a source that cannot be read, or that changed since it was cut.
    """
    if piece.stop is None:
        return sources.stored(piece.source)
    return ranges.read(piece.source, [(piece.start, piece.stop)])[0]


def read_piece(piece: Piece, stored: bytes | None = None) -> bytes:
    """
    Return the bytes of a piece, of what was read of it already if it was.

    Raises SourceError for a source that cannot be read or unpacked, or that changed since it was cut.
    """
    if piece.source.member:
        return sources.read(piece.source)
    data = stored_piece(piece) if stored is None else stored
    return sources.unpacked(piece.source, data) if piece.stop is None else data


def parse_piece(piece: Piece, dialect: Dialect, stored: bytes | None = None) -> Parsed:
    """
    Return the sentences of a piece, read with the file beside it where the dialect has two.

    Raises SourceError for a source that cannot be read.
    """
    data = read_piece(piece, stored)
    if dialect.beside:
        data = pair(data, _read_beside(piece.source, dialect.beside), piece.source.member or piece.source.place)
    return dialect.parse(data, piece.start)


def _read_beside(source: Source, rule: str) -> bytes:
    """Return what belongs to a source; what belongs to many is read once as long as nobody changes it."""
    other = sources.companion(source, rule)
    if other.remote or other.member or not one_for_all(rule):
        return sources.read(other)
    changed = Path(other.path).stat()
    return _read_shared(other.path, changed.st_mtime_ns, changed.st_size)


@lru_cache(maxsize=1)
def _read_shared(path: str, _changed: int, size: int) -> bytes:
    return sources.read(Source(path=path, name=path, doc_id="", size=size))
