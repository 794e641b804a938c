"""
The heavy parts of a release on a cluster: its executors compare and send the shards, and `read_back` reads them.

The driver plans before anything is sent, makes the one commit, and verifies it. The token goes to the executors from
memory to memory. Whoever sends a shard notes it beside the build, so that nothing is sent twice. Shards of a build at a
URL are sent so even without a cluster, step by step: this machine may have no room for all of them.
"""

import hashlib
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import FileRecord
from tagpress.diff import Changes, compare_shards
from tagpress.engine import Done, LocalEngine, Shuffling
from tagpress.errors import BuildError, HubUnreachableError
from tagpress.hub import Content, Hub, Repository, Uploaded, knows_parts, upload_files
from tagpress.release.checked_build import CheckedBuild
from tagpress.release.journal import Journal
from tagpress.release.sides import side_in, side_of
from tagpress.release.state import RepoState
from tagpress.release.steps import Shard, in_parts, in_steps, size_of
from tagpress.release.stored_file import Stored
from tagpress.store import Store

Token = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What anybody needs to send shards; `hub` has no token, `total` is how many bytes the release sends."""

    hub: Hub
    repo: str
    as_pull: bool
    token: Token
    notes: Journal
    total: int

    def __call__(self, group: Sequence[Shard]) -> frozenset[str]:
        """
        Send shards, and note them; return the SHA-256 of those that the Hub does not want in the commit itself.

        Raises:
            BuildError: one is not what the build said.
            HubError: they could not be sent.

        """
        repository = Repository(hub=replace(self.hub, token=self.token() or None), repo=self.repo)
        try:
            with ExitStack() as stack:
                files = {record.path: stack.enter_context(stored.fetch()) for record, stored in group}
                for record, _ in group:
                    self._send_parts(repository, record, files[record.path])
                sent = upload_files(repository, files, as_pull=self.as_pull)
        except HubUnreachableError as error:
            message = f"from {platform.node()}: {error.message}"
            hint = f"{error.hint} Where executors cannot reach the Hub, publish the finished build without --engine."
            raise HubUnreachableError(message, hint) from error
        for record, stored in group:
            if record.path in sent and sent[record.path].sha256 != record.sha256:
                where = f"{stored.store}/{stored.path}"
                raise BuildError(f"{where} has other bytes than when it was written", "build it again")
        for one in sent.values():
            self.notes.add(one)
        return frozenset(one.sha256 for one in sent.values())

    def _send_parts(self, repository: Repository, record: FileRecord, file: Path) -> None:
        """Send a large shard in parts, and note them; sent whole after that, it costs the Hub's list of them alone."""
        parts = in_parts(record.bytes, self.total)
        if not parts or not knows_parts(repository):
            return
        noted = self.notes.known()
        with file.open("rb") as content:
            for part in parts:
                data = content.read(len(part))
                if hashlib.sha256(data).hexdigest() not in noted:
                    for one in upload_files(repository, {record.path: data}, as_pull=self.as_pull).values():
                        self.notes.add(one)


def send_shards(
    shards: Sequence[Shard],
    repository: Repository,
    engine: Shuffling | None,
    *,
    total: int,
    as_pull: bool,
    notes: Journal,
    progress: Done,
) -> frozenset[str]:
    """
    Send shards, from the executors where there are some, and return the SHA-256 of those that need not be in the commit.

    `total` bytes are all that the release sends, also in an earlier run. Executors send one shard each at a time.

    Raises:
        BuildError: a shard is not what the build said.
        HubError: they could not be sent.

    """
    hub = repository.hub
    secret = hub.secret() or ""
    with engine.secret(secret) if engine else nullcontext(partial(str, secret)) as token:
        sender = Sender(
            hub=replace(hub, token=None),
            repo=repository.repo,
            as_pull=as_pull,
            token=token,
            notes=notes,
            total=total,
        )
        groups = [(shard,) for shard in shards] if engine else in_steps(shards, total)
        sent = (engine or LocalEngine(1)).map(sender, groups, progress, size=size_of(shards))
        return frozenset().union(*sent)


def content_of(file: Stored | bytes, record: FileRecord | None, known: frozenset[str]) -> Content:
    """Return a file as a commit takes it: a hash where that is among the `known` ones, a place, or all that it holds."""
    if isinstance(file, bytes):
        return file
    if record is not None and record.sha256 in known:
        return Uploaded(sha256=record.sha256, bytes=record.bytes)
    return file.place or file.read()  # what is elsewhere was sent, unless it is too small for that


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparer:
    """What anybody needs to compare the shards of a release with those of a build; its Hub has no token."""

    remote: RepoState
    token: Token
    store: Store
    manifest: Manifest
    names: tuple[str, ...]

    def __call__(self, path: str) -> Changes:
        """Return the rows that differ between the two shards of one path."""
        repository = self.remote.repository
        hub = replace(repository.hub, token=self.token() or None)
        remote = replace(self.remote, repository=replace(repository, hub=hub))
        with side_of(remote) as old, side_in(self.store, self.manifest) as new:
            return compare_shards(old, new, self.names, path)


def compare_on(
    engine: Shuffling, remote: RepoState, build: CheckedBuild, names: tuple[str, ...], paths: Sequence[str]
) -> Iterator[Changes]:
    """Compare shards of a release with those of a build on the executors, which download the ones and reach the others."""
    repository = remote.repository
    with engine.secret(repository.hub.secret() or "") as token:
        there = replace(remote, repository=replace(repository, hub=replace(repository.hub, token=None)), known={})
        compare = Comparer(remote=there, token=token, store=build.store, manifest=build.manifest, names=names)
        yield from engine.map(compare, paths, lambda *_: None, size=0)
