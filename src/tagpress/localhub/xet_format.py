"""
What Xet's two formats say: a xorb is a block of packed chunks, a shard tells which chunks make which files.

    xorb   chunks; perhaps a footer that begins with XETBLOB, which nothing here needs
    chunk  version u8, packed length u24, scheme u8, plain length u24, then the packed bytes
    shard  48 bytes of header, then for each file
             hash[32], flags u32, n u32, 8 unused
             n x (xorb hash[32], flags u32, plain bytes u32, first chunk u32, end chunk u32)
             n x 48 bytes of verification, if flag 31
             sha256[32], 16 unused, if flag 30
           until a hash of 32 x 0xff; what follows is about xorbs, which are here already

Integers are little-endian. A hash is four u64, so its text reverses the bytes of each.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap
from typing import Final

import numpy as np
import pyarrow as pa

Buffer = bytes | mmap
MAX_CHUNK: Final = 1 << 20  # plain bytes of a chunk; clients make them of 128 KiB at most
MAX_CHUNKS: Final = 1 << 16  # of a xorb; clients make 8,192 at most
SHARD_TAG: Final = b"HFRepoMetaData"
ENTRY: Final = 48  # bytes of a shard's header and of each of its rows
_FOOTER: Final = b"XETBLOB"
_CHUNK: Final = struct.Struct("<Q")  # of the chunk's 8-byte header, cut into its fields by shifts
_FILE: Final = struct.Struct("<32sII8x")
_TERM: Final = struct.Struct("<32sIIII")
_HASH: Final = struct.Struct("<4Q")
_BOOKEND: Final = b"\xff" * 32
_WITH_VERIFICATION: Final = 1 << 31
_WITH_SHA256: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Term:
    """A run of chunks of one xorb: from `first` up to, not including, `end`; `size` bytes when unpacked."""

    xorb: str
    first: int
    end: int
    size: int

    def __post_init__(self) -> None:
        if not self.first < self.end:
            msg = f"a run of chunks from {self.first} to {self.end}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class Recipe:
    """
    How one file is put together; `sha256` in hex is what the client says will come out, if it says so.

    The rows stay packed: a shard of the largest size has more than a million.
    """

    rows: bytes
    sha256: str | None

    def terms(self) -> Iterator[Term]:
        """Yield the runs of chunks, in the file's order."""
        for xorb, _, size, first, end in _TERM.iter_unpack(self.rows):
            yield Term(hash_text(xorb), first, end, size)

    @property
    def size(self) -> int:
        """Return the file's size in bytes."""
        return sum(size for _, _, size, _, _ in _TERM.iter_unpack(self.rows))


@dataclass(frozen=True, slots=True)
class Chunk:
    """Where a chunk's packed bytes are in its xorb, and how they are packed."""

    start: int
    packed: int
    scheme: int
    plain: int


def hash_text(raw: bytes) -> str:
    """Return a hash as the URLs spell it."""
    return "".join(f"{word:016x}" for word in _HASH.unpack(raw))


def read_shard(shard: Buffer) -> list[Recipe]:
    """
    Return the files that a shard describes.

    Raises:
        ValueError: it is no shard, or ends in the middle.

    """
    if shard[: len(SHARD_TAG)] != SHARD_TAG:
        msg = "not a shard: it does not begin with its tag"
        raise ValueError(msg)
    try:
        return list(_recipes(shard))
    except struct.error:
        msg = "the shard ends in the middle of a file"
        raise ValueError(msg) from None


def _recipes(shard: Buffer) -> Iterator[Recipe]:
    at = ENTRY
    while True:
        name, flags, count = _FILE.unpack_from(shard, at)
        if name == _BOOKEND:
            return
        rows = shard[at + ENTRY : at + ENTRY * (1 + count)]
        at += ENTRY * (1 + count * (2 if flags & _WITH_VERIFICATION else 1))
        sha256 = None
        if flags & _WITH_SHA256:
            sha256 = hash_text(shard[at : at + 32].ljust(32, b"\0"))
            at += ENTRY
        if at > len(shard):
            raise struct.error
        yield Recipe(rows, sha256)


def read_xorb(xorb: Buffer) -> list[Chunk]:
    """
    Return where the chunks of a serialized xorb are.

    Raises:
        ValueError: it has no chunk, ends in the middle of one, or is packed in a way unknown here.

    """
    chunks: list[Chunk] = []
    at = 0
    while at < len(xorb) and xorb[at : at + len(_FOOTER)] != _FOOTER:
        if at + _CHUNK.size > len(xorb):
            msg = f"the xorb ends inside the header of chunk {len(chunks)}"
            raise ValueError(msg)
        (header,) = _CHUNK.unpack_from(xorb, at)
        version, packed, scheme, plain = header & 0xFF, header >> 8 & 0xFFFFFF, header >> 32 & 0xFF, header >> 40
        chunk = Chunk(at + _CHUNK.size, packed, scheme, plain)
        at = chunk.start + packed
        if version != 0 or scheme not in _SCHEMES or at > len(xorb):
            msg = f"chunk {len(chunks)} of the xorb has version {version}, scheme {scheme}, and ends at {at} of {len(xorb)}"
            raise ValueError(msg)
        if plain > MAX_CHUNK or len(chunks) == MAX_CHUNKS:
            msg = f"chunk {len(chunks)} of the xorb has {plain} bytes; {MAX_CHUNKS} of {MAX_CHUNK} bytes are the most"
            raise ValueError(msg)
        chunks.append(chunk)
    if not chunks:
        msg = "the xorb has no chunk"
        raise ValueError(msg)
    return chunks


def unpack(xorb: Buffer, chunk: Chunk) -> bytes:
    """
    Return a chunk's plain bytes.

    Raises:
        ValueError: they can't be unpacked, or are not as many as the chunk says.

    """
    packed = xorb[chunk.start : chunk.start + chunk.packed]
    try:
        plain = _SCHEMES[chunk.scheme](packed, chunk.plain)
    except (OSError, pa.ArrowInvalid) as error:
        msg = f"a chunk can't be unpacked: {error}"
        raise ValueError(msg) from None
    if len(plain) != chunk.plain:
        msg = f"a chunk holds {len(plain)} bytes, but says {chunk.plain}"
        raise ValueError(msg)
    return plain


def _lz4(packed: bytes, size: int) -> bytes:
    plain: bytes = pa.decompress(packed, decompressed_size=size, codec="lz4", asbytes=True)
    return plain


def _grouped_lz4(packed: bytes, size: int) -> bytes:
    """Unpack bytes that were sorted by their position modulo 4 first: all the firsts, all the seconds, ..."""
    grouped = np.frombuffer(_lz4(packed, size), np.uint8)
    plain = np.empty(size, np.uint8)
    at = 0
    for position in range(4):
        group = plain[position::4]
        group[:] = grouped[at : at + len(group)]
        at += len(group)
    return plain.tobytes()


_SCHEMES: Final[dict[int, Callable[[bytes, int], bytes]]] = {
    0: lambda packed, _: packed,
    1: _lz4,
    2: _grouped_lz4,
}
