"""
Is every row of a commit what was released? Read back once, shard by shard, in bounded memory, at the speed of a scan.

Each shard is downloaded from the commit and compared with the manifest: its SHA-256, its footer and pages against what
`hub.shards` lets a shard be, its label names, and the digest of all its rows. Nothing is decoded that was not checked
before. What the library of the readers makes of the same files is asked afterwards, by `load_check`.
"""

import ctypes
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from tagpress.corpus.digests import digest_hex
from tagpress.corpus.layers.digests import table_digest
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import FileRecord
from tagpress.engine import Shuffling
from tagpress.errors import HubError, VerifyError
from tagpress.hub import checked_rows
from tagpress.release.state import RepoState

_KEY: Final = 32  # digits of an id that are those of the sentence's text
_AT_ONCE: Final = 2  # shards: one arrives while the other is decoded; each takes a row group in memory
_DIGESTED: Final = 8_192  # rows whose bytes are laid out at once, beside the row group that they are of


@dataclass(frozen=True, slots=True)
class ShardSeen:
    """What was read of a shard: what is wrong with it, and the digest of its first rows, if they were wanted."""

    path: str
    problems: tuple[str, ...] = ()
    head: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FromShards:
    """
    What is wanted of shards, by path: the digest of how many first rows, and where the file is to stay.

    `forgotten` has the keys in hex of the sentences that none may have.
    """

    heads: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Path] = field(default_factory=dict)
    forgotten: frozenset[str] = frozenset()


def read_back(
    remote: RepoState, manifest: Manifest, *, wanted: FromShards | None = None, engine: Shuffling | None = None
) -> list[ShardSeen]:
    """
    Read every shard that a commit has of those that were released; on an `engine`, its executors do.

    What is kept must be on this machine, so no executor keeps anything.
    """
    wanted = wanted or FromShards()
    records = [file for file in manifest.data_files() if file.path in remote.files]
    if engine is None:
        look = ShardLook(remote=remote, manifest=manifest, wanted=wanted, token=None)
        with ThreadPoolExecutor(min(_AT_ONCE, os.cpu_count() or 1), thread_name_prefix="tagpress-read-back") as pool:
            seen = list(pool.map(look, records))
        _give_back()
        return seen
    repository = remote.repository
    hub = repository.hub
    with engine.secret(hub.secret() or "") as token:
        there = replace(remote, repository=replace(repository, hub=replace(hub, token=None)), known={})
        look = ShardLook(remote=there, manifest=manifest, wanted=replace(wanted, kept={}), token=token)
        return list(engine.map(look, records, lambda *_: None, size=0))


def _give_back() -> None:
    """Give memory back to the system that allocators keep for more row groups: `datasets` needs as much, in a process beside."""
    pa.default_memory_pool().release_unused()
    with suppress(OSError, AttributeError):  # where the C library is not GNU's
        ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardLook:
    """What anybody needs to read a shard of a commit; `token` gives that of its Hub, where that has none itself."""

    remote: RepoState
    manifest: Manifest
    wanted: FromShards
    token: Callable[[], str] | None

    def __call__(self, record: FileRecord) -> ShardSeen:
        """Download one shard, and compare its bytes, its labels and its rows with the manifest."""
        kept = self.wanted.kept.get(record.path)
        with (
            nullcontext(str(kept.parent)) if kept else tempfile.TemporaryDirectory(prefix="tagpress-verify-") as folder
        ):
            local = kept or Path(folder) / "shard.parquet"
            local.parent.mkdir(parents=True, exist_ok=True)
            problems = tuple(self._arrival(record, local))
            return ShardSeen(record.path, problems) if problems else self._rows(record, local)

    def _arrival(self, record: FileRecord, local: Path) -> Iterator[str]:
        """Yield what is wrong with the bytes of a shard, of which the Hub lists the SHA-256 that was released."""
        repository = self.remote.repository
        if self.token is not None:
            repository = replace(repository, hub=replace(repository.hub, token=self.token() or None))
        try:
            arrived = repository.download(self.remote.files[record.path], self.remote.sha or "", local)
        except HubError as error:  # of this file: everything else was answered, and the others are still to be read
            yield f"{record.path} does not arrive: {error.message}"
            return
        if not arrived:
            yield f"{record.path} arrives with other bytes than the Hub lists: it is damaged in storage"

    def _rows(self, record: FileRecord, local: Path) -> ShardSeen:
        config = self.manifest.config_of(record.path)
        digest = partial(table_digest, layers=layers_of(config))
        wanted, total, head = self.wanted.heads.get(record.path, 0), 0, _Head(self.wanted.heads.get(record.path, 0))
        remembered: list[str] = []
        try:
            for table in checked_rows(local, record, config):
                total += sum(digest(table.slice(at, _DIGESTED)) for at in range(0, table.num_rows, _DIGESTED))
                head.add(table, digest)
                remembered += _remembered(table, self.wanted.forgotten)
        except VerifyError as error:
            return ShardSeen(record.path, (error.message,))
        found = digest_hex(total)
        problems = [f"{record.path} has the sentence {one}, which is to be forgotten" for one in remembered]
        if found != record.row_digest:
            problems.append(f"{record.path} has the row digest {found}, released {record.row_digest}")
        return ShardSeen(record.path, tuple(problems), digest_hex(head.total) if wanted else None)


def _remembered(table: pa.Table, forgotten: frozenset[str]) -> list[str]:
    """Return the ids of rows whose sentence is to be forgotten; copies have its key, and a number behind it."""
    if not forgotten:
        return []
    keys = pc.utf8_slice_codeunits(table["id"], 0, _KEY)
    found: list[str] = table["id"].filter(pc.is_in(keys, pa.array(sorted(forgotten)))).to_pylist()
    return found


@dataclass(slots=True)
class _Head:
    """The digest of so many first rows, while row groups go by."""

    left: int
    total: int = 0

    def add(self, table: pa.Table, digest: Callable[[pa.Table], int]) -> None:
        if self.left:
            part = table.slice(0, self.left)
            self.total, self.left = self.total + digest(part), self.left - part.num_rows
