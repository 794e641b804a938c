"""What is in a tar archive whose bytes are unpacked? Its files, by their names; nothing is ever written to a disk."""

import io
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

SUFFIXES: Final = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
"""How the names of tar archives end."""
ERRORS: Final = (tarfile.TarError, EOFError, OSError, ValueError, RecursionError)
"""What a damaged one raises."""
_MARK: Final = b"ustar"
_MARK_AT: Final = 257
_MOST: Final = 1_000_000  # files in an archive


class LinkError(Exception):
    """An archive has a link in it, whose name the text is: what it means may be anywhere."""


def is_tar(data: bytes) -> bool:
    """Return whether unpacked bytes are a tar archive."""
    return data.startswith(_MARK, _MARK_AT)


def sizes(data: bytes) -> dict[str, int]:
    """
    Return the files of an archive with their bytes; of a name that stands there twice, the last is meant, as `tar` takes it.

    Raises LinkError for a link or a device, and one of ERRORS for what is no archive.
    """
    return {name: size for name, (_, size) in _places(data).items()}


def member(data: bytes, name: str) -> bytes:
    """
    Return what a file of an archive holds.

    Raises KeyError for one that is not there, else as `sizes`.
    """
    begin, size = _places(data)[name]
    return data[begin : begin + size]


@lru_cache(maxsize=1)
def _places(data: bytes) -> dict[str, tuple[int, int]]:
    """Return where each file begins, and its bytes."""
    found = {}
    for info in _infos(data):
        if info.isdir():
            continue
        if not info.isreg():
            raise LinkError(info.name)
        path = PurePosixPath(info.name)
        if info.issparse() or path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{info.name} is a file with holes, or leads out of the archive")
        if info.offset_data + info.size > len(data):
            raise EOFError(f"{info.name} is cut off")
        found[path.as_posix()] = (info.offset_data, info.size)
    return found


def _infos(data: bytes) -> Iterator[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for number, info in enumerate(archive):
            if number == _MOST:
                raise ValueError(f"it has more than {_MOST:,} files")
            yield info
