"""
The heavy parts of a release on a cluster: its executors compare, send and load the shards.

The driver plans before anything is sent, makes the one commit, and verifies it. The token goes to the executors from
memory to memory. Whoever sends a shard notes it beside the build, so that nothing is sent twice. Shards of a build at a
URL are sent so even without a cluster, one by one: this machine may have no room for all of them.
"""

import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import FileRecord
from tagpress.diff import Changes, compare_shards
from tagpress.engine import Done, LocalEngine, Shuffling
from tagpress.errors import BuildError, HubUnreachableError
from tagpress.hub import Content, Hub, Repository, Uploaded, upload_file
from tagpress.release.checked_build import CheckedBuild
from tagpress.release.journal import Journal
from tagpress.release.load_check import Loaded, LoadRequest, load, together
from tagpress.release.sides import side_in, side_of
from tagpress.release.state import RepoState
from tagpress.release.stored_file import Stored
from tagpress.store import Store

# Tasks that load, for each core: starting to load takes seconds, so they are few.
_LOADS: Final = 2
_WORTH_STEPS: Final = 16 << 20  # bytes
Token = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What anybody needs to send shards; `hub` has no token."""

    hub: Hub
    repo: str
    as_pull: bool
    token: Token
    notes: Journal

    def __call__(self, item: tuple[FileRecord, Stored]) -> bool:
        """
        Send a shard, and note it; False if the Hub wants it in the commit itself.

        Raises:
            BuildError: it is not what the build said.
            HubError: it could not be sent.

        """
        record, stored = item
        repository = Repository(hub=replace(self.hub, token=self.token() or None), repo=self.repo)
        try:
            with stored.fetch() as file:
                sent = upload_file(repository, record.path, file, as_pull=self.as_pull)
        except HubUnreachableError as error:
            message = f"from {platform.node()}: {error.message}"
            hint = f"{error.hint} Where executors cannot reach the Hub, publish the finished build without --engine."
            raise HubUnreachableError(message, hint) from error
        if sent is not None and sent.sha256 != record.sha256:
            raise BuildError(f"{stored.store}/{stored.path} has other bytes than when it was written", "build it again")
        if sent is not None:
            self.notes.add(sent)
        return sent is not None


def is_sent_in_steps(shards: Sequence[tuple[FileRecord, Stored]], repository: Repository) -> bool:
    """
    Return whether shards are sent and noted one by one, ahead of the commit, though this machine sends all of them.

    Over Xet what is sent counts only when its session has ended: of one session with everything, a publisher that dies
    loses everything. What is small is sent at once, because each session costs some requests.
    """
    return repository.hub.uses_xet and sum(record.bytes for record, _ in shards) > _WORTH_STEPS


def send_shards(
    shards: Sequence[tuple[FileRecord, Stored]],
    repository: Repository,
    engine: Shuffling | None,
    *,
    as_pull: bool,
    notes: Journal,
    progress: Done,
) -> frozenset[str]:
    """
    Send shards, from the executors where there are some, and return the SHA-256 of those that need not be in the commit.

    Raises:
        BuildError: a shard is not what the build said.
        HubError: they could not be sent.

    """
    hub = repository.hub
    secret = hub.secret() or ""
    with engine.secret(secret) if engine else nullcontext(partial(str, secret)) as token:
        sender = Sender(hub=replace(hub, token=None), repo=repository.repo, as_pull=as_pull, token=token, notes=notes)
        size = sum(record.bytes for record, _ in shards)
        sent = list((engine or LocalEngine(1)).map(sender, shards, progress, size=size))
    return frozenset(record.sha256 for (record, _), apart in zip(shards, sent, strict=True) if apart)


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
        there = replace(remote, repository=replace(repository, hub=replace(repository.hub, token=None)))
        compare = Comparer(remote=there, token=token, store=build.store, manifest=build.manifest, names=names)
        yield from engine.map(compare, paths, lambda *_: None, size=0)


def load_by(engine: Shuffling, request: LoadRequest) -> Loaded:
    """
    Load a dataset by name on the executors, streaming: each of them a part of every split.

    Raises:
        HubUnreachableError: it could not be loaded.

    """
    count = _LOADS * engine.cores
    with engine.secret(request.token or "") as token:
        loads = engine.map(
            partial(_load_part, replace(request, token=None), token, count), range(count), lambda *_: None, size=0
        )
        return together(list(loads))


def _load_part(request: LoadRequest, token: Token, count: int, number: int) -> Loaded:
    return load(replace(request, token=token() or None, part=(number, count)))
