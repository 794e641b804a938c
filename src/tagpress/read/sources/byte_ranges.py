"""
Read ranges of what is stored, on a disk or on any fsspec URL: everything else need not know which.

Of a URL no more is fetched than is asked for, and many ranges are asked for at once where its file system can do that.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tagpress.errors import SourceError
from tagpress.read.sources import archives
from tagpress.read.sources.source import Source, reading, shortened, system_of

Range = tuple[int, int]


def size_of(source: Source) -> int | None:
    """
    Return how many bytes are stored if any range of them can be read, and is what the source holds; else None.

    So it is None for compressed files, for members of archives, and for servers that only send all of a file.

    Raises SourceError for what cannot be read.
    """
    with reading(source):
        if source.remote:
            return source.size if source.size and _sends_ranges(source) else None
        with Path(source.path).open("rb") as file:
            return None if archives.is_packed(file.read(archives.MAGIC)) else os.fstat(file.fileno()).st_size


def read(source: Source, ranges: Sequence[Range]) -> list[bytes]:
    """
    Return the bytes of some ranges of a source, each from its first offset to before its second.

    Raises SourceError for a source that cannot be read, or that is shorter than it was.
    """
    with reading(source):
        found = _fetch(source, ranges) if source.remote else _load(source, ranges)
        for (start, stop), data in zip(ranges, found, strict=True):
            if len(data) < stop - start:
                raise shortened(source, _size_now(source))
            if len(data) > stop - start:
                message = f"{source.name} cannot be read in parts: its server sends all of it instead"
                raise SourceError(message, "fetch it first, and read it from a folder")
    return found


def _load(source: Source, ranges: Sequence[Range]) -> list[bytes]:
    with Path(source.path).open("rb") as file:
        found = []
        for start, stop in ranges:
            file.seek(start)
            found.append(file.read(stop - start))
        return found


def _fetch(source: Source, ranges: Sequence[Range]) -> list[bytes]:
    system, path = system_of(source)
    starts, stops = ([place[side] for place in ranges] for side in (0, 1))
    found = system.cat_ranges([path] * len(ranges), starts, stops, **_exactly(system))
    for error in found:
        if isinstance(error, Exception):
            # A range behind the end is an error, of many kinds.
            if (size := _size_now(source)) < max(stops):
                raise shortened(source, size) from None
            raise error
    return [bytes(data) for data in found]


def _size_now(source: Source) -> int:
    if not source.remote:
        return Path(source.path).stat().st_size
    system, path = system_of(source)
    system.invalidate_cache()
    return int(system.info(path)["size"] or source.size)


def _exactly(system: Any) -> dict[str, str]:  # noqa: ANN401 - fsspec has no types
    """Return what keeps a file system from reading ahead; those that fetch ranges by themselves never do."""
    return {} if system.async_impl else {"cache_type": "none"}


def _sends_ranges(source: Source) -> bool:
    """Ask for the first bytes, which tell a compressed file, and for the last one, which not every server sends alone."""
    from fsspec.archive import AbstractArchiveFileSystem  # type: ignore[import-untyped]  # noqa: PLC0415 - see sources

    system, path = system_of(source)
    if isinstance(system, AbstractArchiveFileSystem):
        return False  # it would unpack whatever stands before a range
    with system.open(path, "rb", cache_type="none") as file:
        if archives.is_packed(file.read(archives.MAGIC)):
            return False
        try:
            file.seek(source.size - 1)
            file.read(1)
        except (ValueError, NotImplementedError):
            return False
    return True
