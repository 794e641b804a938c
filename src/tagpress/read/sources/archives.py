"""
Unpack files that may be compressed.

The first bytes decide, not the name; a name that promises a compression that the bytes do not have is an error, for
such a file is a download that failed. Archives that are cut short or damaged are errors, never short reads.
"""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

import pyarrow as pa

from tagpress.errors import SourceError


def _unpack_zstd(data: bytes) -> bytes:
    with pa.CompressedInputStream(pa.BufferReader(data), "zstd") as stream:
        return bytes(stream.read())


_FORMATS: Final[tuple[tuple[str, bytes, Callable[[bytes], bytes]], ...]] = (
    # suffix, first bytes, how to unpack
    (".gz", b"\x1f\x8b\x08", gzip.decompress),
    (".bz2", b"BZh", bz2.decompress),
    (".xz", b"\xfd7zXZ\x00", lzma.decompress),
    (".zst", b"\x28\xb5\x2f\xfd", _unpack_zstd),
)
ZIP: Final = ".zip"
SUFFIXES: Final = (*(suffix for suffix, _, _ in _FORMATS), ZIP)
_BZ2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")  # "BZh" and a digit could begin a text; with one of these they do not
_DAMAGE: Final = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
MAGIC: Final = 16  # bytes that tell every format


_XMI: Final = ".xmi"
_TYPES: Final = ("TypeSystem.xml",)  # INCEpTION exports each document as an archive of both


def is_packed(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of a compressed one."""
    return _unpacker(head) is not None or head.startswith(b"PK\x03\x04")


def members(data: bytes, name: str) -> tuple[str, ...]:
    """
    Return the files in a zip archive, sorted; what beside XMI only says which types there may be is none of them.

    Raises SourceError for what is no archive.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except _DAMAGE as error:
        raise _damaged(name, ZIP, error) from error
    about = _TYPES if any(member.endswith(_XMI) for member in names) else ()
    kept = (one for one in names if not one.startswith("__MACOSX/") and PurePosixPath(one).name not in about)
    return tuple(sorted(kept))


def unpack(data: bytes, name: str, member: str = "") -> bytes:
    """
    Return what a file holds: itself if it is not compressed; of a zip archive, one member.

    Raises SourceError for an archive that is damaged, or that is not what its name says.
    """
    if member:
        return _unpack_member(data, name, member)
    unpacker = _unpacker(data[:MAGIC])
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")
    if unpacker is None:
        if suffix and data:
            message = f"{name} is named like a {suffix} file, but its first bytes are {data[:4]!r}"
            raise SourceError(message, "fetch it again, or take the suffix away if it is not compressed")
        return data
    try:
        return unpacker(data)
    except _DAMAGE as error:
        raise _damaged(name, suffix, error) from error


def _unpack_member(data: bytes, name: str, member: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(member)
    except (*_DAMAGE, KeyError, RuntimeError) as error:  # RuntimeError: a password is asked for
        raise _damaged(f"{name}::{member}", ZIP, error) from error


def _unpacker(head: bytes) -> Callable[[bytes], bytes] | None:
    for _, magic, unpacker in _FORMATS:
        if head.startswith(magic) and (magic != b"BZh" or head[4:10] in _BZ2_BLOCKS):
            return unpacker
    return None


def _damaged(name: str, suffix: str, error: Exception) -> SourceError:
    kind = f"{suffix.removeprefix('.')} archive" if suffix else "compressed file"
    return SourceError(f"{name} is a {kind} that cannot be unpacked: {error}", "fetch it again, or make it again")
