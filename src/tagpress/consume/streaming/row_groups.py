"""
Where are the row groups of a split, and how is one of them read? From the Hub, from what `load` kept, or from a build.

A footer is read once and kept; behind it, a row group is one range of bytes, whatever its columns.
"""

import functools
import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.consume.label_map import LabelMap
from tagpress.consume.streaming.pinned import PinnedRelease, keep
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.corpus.schema import label_names
from tagpress.errors import VerifyError
from tagpress.hub import MAX_FOOTER, RemoteFile, Repository, check_footer, check_group, check_rows, extent, read_range

_TAIL: Final = 32 << 10  # bytes; the footer of a shard has 2 to 30 kB
_MAGIC: Final = b"PAR1"
_ENDING: Final = 8  # bytes behind a footer: its length and the magic
_AT_ONCE: Final = 8  # footers asked for at the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A shard on the Hub, at one commit."""

    repository: Repository
    sha: str
    record: FileRecord

    def read(self, span: range) -> bytes:
        """Return a part of the file; VerifyError if the Hub has another one."""
        known = RemoteFile(path=self.record.path, size=self.record.bytes, blob_id="", sha256=self.record.sha256)
        return read_range(self.repository, known, self.sha, span)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A shard in a folder, as it was when it was opened."""

    path: Path
    record: FileRecord
    signature: tuple[int, int, int]  # inode, bytes, time of the last change

    @classmethod
    def open(cls, path: Path, record: FileRecord) -> "LocalFile":
        """Return the file; VerifyError if it is missing or has another size than was released."""
        try:
            signature = _signature(path.stat())
        except OSError as error:
            raise VerifyError(f"{path} cannot be read: {error.strerror}", "Build or load the release again.") from error
        if signature[1] != record.bytes:
            message = f"{path} has {signature[1]} bytes, released were {record.bytes}."
            raise VerifyError(message, "Build or load the release again.")
        return cls(path=path, record=record, signature=signature)

    def read(self, span: range) -> bytes:
        """Return a part of the file; VerifyError if it changed since it was opened."""
        try:
            with self.path.open("rb", buffering=0) as file:
                found = _signature(os.fstat(file.fileno()))
                data = os.pread(file.fileno(), len(span), span.start)
        except OSError as error:
            raise VerifyError(f"{self.path} cannot be read any more: {error.strerror}") from error
        if found != self.signature or len(data) != len(span):
            raise VerifyError(f"{self.path} changed while it was read.", "Start again with what is there now.")
        return data


@dataclass(frozen=True, slots=True)
class Unit:
    """One row group: its shard, its number there, and its rows."""

    shard: int
    group: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class Files:
    """
    The shards of one split, their footers, and what their release says of their configuration.

    `labels` gives what is read the labels of another release, where they were asked for.
    """

    shards: tuple[HubFile | LocalFile, ...]
    footers: tuple[bytes, ...]
    config: ReleasedConfig
    labels: LabelMap | None = None

    @property
    def label_names(self) -> tuple[str, ...]:
        """The names of the labels; a label's id is its place here. There are none without `ner_tags`."""
        mapped = None if self.labels is None else self.labels.columns.get(MAIN)
        return self.config.label_names if mapped is None else mapped.labels_of

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The row groups of all shards, in the order of the files."""
        return tuple(
            Unit(number, group, rows)
            for number, footer in enumerate(self.footers)
            for group, rows in enumerate(_group_rows(footer))
        )

    @cached_property
    def unit_rows(self) -> tuple[int, ...]:
        """The rows of every unit."""
        return tuple(unit.rows for unit in self.units)

    @cached_property
    def schema(self) -> pa.Schema:
        """The schema of the shards, with the names of the labels."""
        found = parsed(self.footers[0]).schema.to_arrow_schema()
        return found if self.labels is None else self.labels.schema(found)

    @cached_property
    def digest(self) -> str:
        """What tells these files from any others, in 16 hex digits."""
        lines = "".join(f"{shard.record.path} {shard.record.sha256}\n" for shard in self.shards)
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    def span(self, unit: Unit, columns: Sequence[str]) -> range:
        """Return the bytes from the first to the last of these columns of a row group."""
        group = parsed(self.footers[unit.shard]).row_group(unit.group)
        chunks = [group.column(number) for number in range(group.num_columns)]
        wanted = [chunk for chunk in chunks if chunk.path_in_schema.split(".")[0] in columns]
        places = [extent(chunk) for chunk in wanted]
        return range(min(start for start, _ in places), max(stop for _, stop in places))

    def read(self, unit: Unit, columns: Sequence[str]) -> bytes:
        """Return the bytes of these columns of a row group; VerifyError or HubError if they cannot be read."""
        return self.shards[unit.shard].read(self.span(unit, columns))

    def decode(self, unit: Unit, data: bytes, columns: Sequence[str], coded: Sequence[str]) -> pa.Table:
        """
        Return these columns from their bytes; those in `coded`, lists of texts, as lists of dictionary-encoded texts.

        Raises:
            VerifyError: they are not what was released.

        """
        span, shard, metadata = self.span(unit, columns), self.shards[unit.shard], parsed(self.footers[unit.shard])
        read = partial(_part, data, span.start)
        packed = check_group(metadata.row_group(unit.group), read, shard.record, columns)
        part = pa.PythonFile(_FilePart(data, span.start, shard.record.bytes), mode="r")
        try:
            file = pq.ParquetFile(
                part,
                metadata=metadata,
                read_dictionary=[f"{name}.list.element" for name in coded],
            )
            table = file.read_row_group(unit.group, columns=list(columns), use_threads=False)
        except (pa.ArrowException, OSError) as error:
            message = f"{shard.record.path} is damaged in its row group {unit.group}: {error}"
            raise VerifyError(message, "Run `tagpress verify --deep` on the release.") from error
        check_rows(table, packed, shard.record, self.config)
        return table if self.labels is None else self.labels.table(table)


def _part(data: bytes, start: int, at: int, size: int) -> bytes:
    return data[at - start : at - start + size]


class _FilePart:
    """A file of which only one part is there: what pyarrow reads of it when it reads one row group."""

    def __init__(self, data: bytes, start: int, size: int) -> None:
        self._data, self._start, self._size, self._at = memoryview(data), start, size, 0
        self.closed = False

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, count: int = -1) -> bytes:
        first = self._at - self._start
        stop = len(self._data) if count < 0 else min(first + count, len(self._data))
        if first < 0 or stop < first:
            message = f"byte {self._at} is not in the part that was read"
            raise OSError(message)
        self._at = self._start + stop
        return bytes(self._data[first:stop])

    def close(self) -> None:
        self.closed = True


def files_of_build(folder: Path, config: ReleasedConfig, split: str) -> Files:
    """Return the shards of a split of a build; VerifyError if they are not what its manifest says."""
    shards = [LocalFile.open(folder / record.path, record) for record in config.data_files(split)]
    return _files(shards, [_read_footer(shard) for shard in shards], config)


def files_of_release(release: PinnedRelease, config: ReleasedConfig, split: str) -> Files:
    """
    Return the shards of a split of a release: those that `load` kept from there, all others from the Hub.

    Raises:
        VerifyError: they are not what was released.
        HubError: a footer cannot be read.

    """
    records = config.data_files(split)
    shards = [_kept(release, record) or _on_hub(release, record) for record in records]
    with ThreadPoolExecutor(min(_AT_ONCE, len(shards)), thread_name_prefix="tagpress-footers") as pool:
        footers = list(pool.map(lambda shard: _kept_footer(release, shard), shards))
    return _files(shards, footers, config)


def _kept(release: PinnedRelease, record: FileRecord) -> LocalFile | None:
    path = release.folder / record.path
    return LocalFile.open(path, record) if path.is_file() and path.stat().st_size == record.bytes else None


def _on_hub(release: PinnedRelease, record: FileRecord) -> HubFile:
    return HubFile(repository=release.repository, sha=release.sha, record=record)


def _kept_footer(release: PinnedRelease, shard: HubFile | LocalFile) -> bytes:
    path = (release.folder / shard.record.path).with_suffix(".footer")
    if path.is_file() and _is_footer(found := path.read_bytes()):
        return found
    footer = _read_footer(shard)
    keep(path, footer)
    return footer


def _read_footer(shard: HubFile | LocalFile) -> bytes:
    size = shard.record.bytes
    tail = shard.read(range(max(0, size - _TAIL), size))
    length = int.from_bytes(tail[-_ENDING:-4], "little") + _ENDING
    if tail[-4:] == _MAGIC and len(tail) < length < min(size, MAX_FOOTER):
        tail = shard.read(range(size - length, size))
    footer = tail[-length:]
    if not _is_footer(footer):
        raise VerifyError(f"{shard.record.path} is not Parquet.", "Run `tagpress verify --deep` on the release.")
    return footer


def _is_footer(data: bytes) -> bool:
    return data[-4:] == _MAGIC and int.from_bytes(data[-_ENDING:-4], "little") + _ENDING == len(data)


def _files(shards: Sequence[HubFile | LocalFile], footers: Sequence[bytes], config: ReleasedConfig) -> Files:
    faults = []
    for shard, footer in zip(shards, footers, strict=True):
        metadata = parsed(footer)
        if metadata.num_rows != shard.record.rows:
            faults.append(f"{shard.record.path} has {metadata.num_rows} rows, released were {shard.record.rows}")
        elif (label_names(metadata.schema.to_arrow_schema()) or ()) != config.label_names:
            faults.append(f"{shard.record.path} has other label names than were released")
        else:
            check_footer(metadata, footer, shard.record, config)
    if faults:
        raise VerifyError("\n".join(faults), "Run `tagpress verify --deep` on the release.")
    return Files(shards=tuple(shards), footers=tuple(footers), config=config)


@functools.lru_cache(maxsize=256)
def parsed(footer: bytes) -> pq.FileMetaData:
    """
    Return what a footer says.

    Raises:
        VerifyError: it is no footer of a Parquet file.

    """
    try:
        return pq.read_metadata(pa.BufferReader(footer))
    except (pa.ArrowException, OSError) as error:
        raise VerifyError(
            f"A footer cannot be read: {error}", "Run `tagpress verify --deep` on the release."
        ) from error


def _group_rows(footer: bytes) -> list[int]:
    metadata = parsed(footer)
    return [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]


def _signature(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_size, found.st_mtime_ns
