"""
Unpack files that may be compressed.

The first bytes decide, not the name; a name that promises a compression that the bytes do not have is an error, for
such a file is a download that failed. Archives that are cut short or damaged are errors, never short reads.
"""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, TypeVar

import pyarrow as pa

from tagpress.errors import SourceError
from tagpress.read.sources import tars

Found = TypeVar("Found")


def _open_zstd(packed: BinaryIO) -> BinaryIO:
    stream: BinaryIO = pa.CompressedInputStream(pa.PythonFile(packed, "r"), "zstd")
    return stream


_FORMATS: Final[tuple[tuple[str, bytes, Callable[[BinaryIO], Any]], ...]] = (
    # suffix, first bytes, how to open
    (".gz", b"\x1f\x8b\x08", lambda packed: gzip.GzipFile(fileobj=packed)),
    (".bz2", b"BZh", bz2.BZ2File),
    (".xz", b"\xfd7zXZ\x00", lzma.LZMAFile),
    (".zst", b"\x28\xb5\x2f\xfd", _open_zstd),
)
ZIP: Final = ".zip"
INSIDE: Final = "::"  # between the name of an archive and that of a member, or a pattern for members
ARCHIVES: Final = (ZIP, *tars.SUFFIXES)
"""How the names of archives end, which hold files."""
SUFFIXES: Final = (*(suffix for suffix, _, _ in _FORMATS), ZIP, ".tar", ".tgz", ".tbz2", ".txz")
_PARTED: Final = re.compile(
    rf"(?P<archive>.*?(?:{'|'.join(map(re.escape, ARCHIVES))})){INSIDE}(?P<inside>.*)", re.DOTALL
)
_BZ2_BLOCKS: Final = (b"1AY&SY", b"\x17rE8P\x90")  # "BZh" and a digit could begin a text; with one of these they do not
_ZIPPED: Final = b"PK\x03\x04"
_DAMAGE: Final = (EOFError, OSError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError)
MAGIC: Final = 512  # bytes that tell every format
_RATIO: Final = 200  # unpacked bytes for each packed one; tagged text has 5 to 40
_FREE: Final = 64 << 20  # unpacked bytes that nobody is asked about
_CHUNK: Final = 1 << 20  # bytes unpacked at a time


_XMI: Final = ".xmi"
_TYPES: Final = ("TypeSystem.xml",)  # INCEpTION exports each document as an archive of both


def is_packed(head: bytes) -> bool:
    """Return whether the first bytes of a file are those of a compressed one, or of an archive."""
    return _opener(head) is not None or head.startswith(_ZIPPED) or tars.is_tar(head)


def is_archive(name: str) -> bool:
    """Return whether a file is called as archives are, which hold files."""
    return name.endswith(ARCHIVES)


def members(data: bytes, name: str) -> dict[str, int]:
    """
    Return the files in an archive, sorted, with their bytes; what is hidden, and what beside XMI only says types, is none of them.

    Raises SourceError for what is no archive, or a tar archive with a link in it.
    """
    sizes = _tarred(data, name, tars.sizes) if _is_tarred(data, name) else _zipped(data, name)
    about = _TYPES if any(member.endswith(_XMI) for member in sizes) else ()
    hidden = (one for one in sizes if one.startswith("__MACOSX/") or PurePosixPath(one).name.startswith("."))
    kept = set(sizes).difference(hidden, (one for one in sizes if PurePosixPath(one).name in about))
    return {one: sizes[one] for one in sorted(kept)}


def _is_tarred(data: bytes, name: str) -> bool:
    if data.startswith(_ZIPPED[:2]):
        return False
    return name.endswith(tars.SUFFIXES) or tars.is_tar(data) or _opener(data[:MAGIC]) is not None


def _zipped(data: bytes, name: str) -> dict[str, int]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {info.filename: info.file_size for info in archive.infolist() if not info.is_dir()}
    except _DAMAGE as error:
        raise _damaged(name, ZIP, error) from error


def _tarred(data: bytes, name: str, look: Callable[[bytes], Found]) -> Found:
    """Return what is found in a tar archive, which is unpacked as a whole, within the bounds of any other file."""
    try:
        return look(_plain(data, name))
    except tars.LinkError as error:
        message = f"{name} has the link or device {error} in it, and what that means may be anywhere"
        raise SourceError(message, "make the archive of files alone, with `tar --dereference`") from None
    except (*tars.ERRORS, *_DAMAGE) as error:
        raise _damaged(name, ".tar", error) from error


@lru_cache(maxsize=1)
def _plain(data: bytes, name: str) -> bytes:
    opener = _opener(data[:MAGIC])
    if opener is None:
        return data
    with opener(io.BytesIO(data)) as stream:
        return _read(stream, name, len(data), None)


def parted(pattern: str) -> tuple[str, str]:
    """
    Return the archive that a path or pattern is in, and what is meant in it, or all of the pattern and nothing.

    >>> parted("a.zip::train/*.txt"), parted("b.tar.gz::c.txt"), parted("a.zip")
    (('a.zip', 'train/*.txt'), ('b.tar.gz', 'c.txt'), ('a.zip', ''))

    """
    found = _PARTED.fullmatch(pattern)
    return (found["archive"], found["inside"]) if found and "://" not in pattern else (pattern, "")


def unpack(data: bytes, name: str, member: str = "", most: int | None = None) -> bytes:
    """
    Return what a file holds: itself if it is not compressed; of an archive, one member. No more than `most` bytes, if given.

    Raises SourceError for an archive that is damaged, that is not what its name says, or that unpacks to more than any text.
    """
    if member:
        return _unpack_member(data, name, member, most)
    opener = _opener(data[:MAGIC])
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), "")
    if opener is None:
        if suffix and data:
            message = f"{name} is named like a {suffix} file, but its first bytes are {data[:4]!r}"
            raise SourceError(message, "fetch it again, or take the suffix away if it is not compressed")
        return data if most is None else data[:most]
    try:
        with opener(io.BytesIO(data)) as stream:
            return _read(stream, name, len(data), most)
    except _DAMAGE as error:
        raise _damaged(name, suffix, error) from error


def beginnings(data: bytes, name: str, inside: Sequence[str], most: int) -> list[bytes]:
    """
    Return no more than `most` bytes of each of some members of an archive.

    Raises SourceError for an archive that is damaged.
    """
    if _is_tarred(data, name):
        return [_unpack_member(data, name, member, most) for member in inside]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [_member(archive, name, member, most) for member in inside]
    except _DAMAGE as error:
        raise _damaged(name, ZIP, error) from error


def read_member(path: Path, name: str, member: str, most: int | None) -> bytes:
    """
    Return what a file in an archive on this machine holds, or no more than `most` bytes of it.

    The last archive that was asked for stays open as long as nobody changes it: of a corpus with a thousand documents in one,
    to list it for each of them would be most of the work.

    Raises SourceError for an archive that is damaged.
    """
    found = path.stat()
    return _opened(path, name, found.st_mtime_ns, found.st_size)(member, most)


@lru_cache(maxsize=1)
def _opened(path: Path, name: str, _changed: int, _size: int) -> Callable[[str, int | None], bytes]:
    with path.open("rb") as file:
        head = file.read(MAGIC)
    if _is_tarred(head, name):
        return partial(_unpack_member, path.read_bytes(), name)
    try:
        return partial(_member, zipfile.ZipFile(path), name)
    except _DAMAGE as error:
        raise _damaged(name, ZIP, error) from error


def _unpack_member(data: bytes, name: str, member: str, most: int | None) -> bytes:
    if _is_tarred(data, name):
        try:
            found = _tarred(data, name, partial(tars.member, name=member))
        except KeyError as error:
            raise _damaged(f"{name}{INSIDE}{member}", ".tar", error) from error
        return found if most is None else found[:most]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _member(archive, name, member, most)
    except _DAMAGE as error:
        raise _damaged(f"{name}{INSIDE}{member}", ZIP, error) from error


def _member(archive: zipfile.ZipFile, name: str, member: str, most: int | None) -> bytes:
    whole = f"{name}{INSIDE}{member}"
    try:
        with archive.open(member) as stream:
            return _read(stream, whole, archive.getinfo(member).compress_size, most)
    except (*_DAMAGE, KeyError, RuntimeError) as error:  # RuntimeError: a password is asked for
        raise _damaged(whole, ZIP, error) from error


def _read(stream: Any, name: str, packed: int, most: int | None) -> bytes:  # noqa: ANN401 - each format's own
    """Return what a stream yields, a part at a time; it may be made to yield without end."""
    limit, unpacked = max(_FREE, _RATIO * packed), io.BytesIO()
    while (most is None or unpacked.tell() < most) and (part := stream.read(_CHUNK)):
        unpacked.write(part)
        if unpacked.tell() > limit:
            message = f"{name} unpacks to more than {limit:,} bytes from {packed:,}, as no text does"
            raise SourceError(message, "if it is a corpus, unpack it yourself, and name the file that comes out")
    return unpacked.getvalue() if most is None else unpacked.getvalue()[:most]


def _opener(head: bytes) -> Callable[[BinaryIO], Any] | None:
    for _, magic, opener in _FORMATS:
        if head.startswith(magic) and (magic != b"BZh" or head[4:10] in _BZ2_BLOCKS):
            return opener
    return None


def _damaged(name: str, suffix: str, error: Exception) -> SourceError:
    kind = f"{suffix.removeprefix('.')} archive" if suffix else "compressed file"
    return SourceError(f"{name} is a {kind} that cannot be unpacked: {error}", "fetch it again, or make it again")
