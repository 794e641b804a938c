"""
Cut a corpus into pieces that can be read one by one, in any order, on any worker.

A piece is a byte range that begins and ends between sentences. A file that is compressed, that is not on this
machine, or whose encoding does not show its line ends in one byte, is one piece.
"""

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from tagpress.errors import SourceError
from tagpress.read import archives, sources
from tagpress.read.dialect import Dialect
from tagpress.read.pair import pair
from tagpress.read.parsed import Parsed
from tagpress.read.sources import Source

TARGET: Final = 8 << 20  # bytes: the scanner's arrays for it fit where the allocator keeps memory for the next piece


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes `start` to `stop` of a source; all of it, unpacked, if `stop` is None."""

    source: Source
    start: int = 0
    stop: int | None = None


def pieces(source: Source, dialect: Dialect, target: int = TARGET) -> Iterator[Piece]:
    """
    Yield the pieces of a source, in order, each of about `target` bytes.

    Only the pages around the cuts are read.
    """
    if source.remote or source.member:
        yield Piece(source)
        return
    try:
        with Path(source.path).open("rb") as file:
            yield from _cut(source, file, dialect, target)
    except OSError as error:
        message = f"{source.name} cannot be read: {error.strerror}"
        raise SourceError(message, "check that it is there and may be read") from error


def _cut(source: Source, file: BinaryIO, dialect: Dialect, target: int) -> Iterator[Piece]:
    size = os.fstat(file.fileno()).st_size
    if not size or archives.is_packed(file.read(archives.MAGIC)):
        yield Piece(source)
    elif size <= target:
        yield Piece(source, 0, size)
    else:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            even = -(
                -size // -(-size // target)
            )  # equal pieces of at most `target`: none is much less work than another
            start = 0
            while start < size:
                stop = dialect.boundary(data, start + even) if size - start > even else size
                yield Piece(source, start, stop)
                start = stop


def read_piece(piece: Piece) -> bytes:
    """
    Return the bytes of a piece.

    Raises SourceError for a source that cannot be read, or that changed since it was cut.
    """
    if piece.stop is None:
        return sources.read(piece.source)
    try:
        with Path(piece.source.path).open("rb") as file:
            file.seek(piece.start)
            data = file.read(piece.stop - piece.start)
    except OSError as error:
        message = f"{piece.source.name} cannot be read: {error.strerror}"
        raise SourceError(message, "check that it is there and may be read") from error
    if len(data) != piece.stop - piece.start:
        message = f"{piece.source.name} ends at byte {piece.start + len(data):,}, it was longer when the run began"
        raise SourceError(message, "leave the sources alone while they are read, and start again")
    return data


def parse_piece(piece: Piece, dialect: Dialect) -> Parsed:
    """
    Return the sentences of a piece, read with the file beside it where the dialect has two.

    Raises SourceError for a source that cannot be read.
    """
    data = read_piece(piece)
    if dialect.beside:
        data = pair(data, sources.read(sources.companion(piece.source, dialect.beside)))
    return dialect.parse(data, piece.start)
