"""
The heavy parts of a release on a cluster: its executors send the shards, and load them back.

The driver plans before anything is sent, makes the one commit, and verifies it. The token goes to the executors from
memory to memory. Whoever sends a shard notes it beside the build, so that nothing is sent twice.
"""

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tagpress.engine import Done, Shuffling
from tagpress.errors import BuildError, HubUnreachableError
from tagpress.hub import Change, Hub, Repository, Uploaded, upload_file
from tagpress.loadcheck import Loaded, LoadRequest, load, together
from tagpress.manifest import FileRecord, Manifest
from tagpress.release.notes import Notes

# Tasks that load, for each core: starting to load takes seconds, so they are few.
_LOADS: Final = 2
Token = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What an executor needs to send shards; `hub` has no token."""

    hub: Hub
    repo: str
    as_pull: bool
    token: Token
    notes: Notes

    def __call__(self, item: tuple[FileRecord, Path]) -> bool:
        """
        Send a shard, and note it; False if the Hub wants it in the commit itself.

        Raises:
            BuildError: it is not what the build said.
            HubError: it could not be sent.

        """
        record, file = item
        repository = Repository(hub=replace(self.hub, token=self.token() or None), repo=self.repo)
        try:
            sent = upload_file(repository, record.path, file, as_pull=self.as_pull)
        except HubUnreachableError as error:
            message = f"from the executor on {platform.node()}: {error.message}"
            hint = f"{error.hint} Where executors cannot reach the Hub, publish the finished build without --engine."
            raise HubUnreachableError(message, hint) from error
        if sent is not None and sent.sha256 != record.sha256:
            raise BuildError(f"{file} has other bytes than when it was written", "build it again")
        if sent is not None:
            self.notes.add(sent)
        return sent is not None


def send_shards(
    shards: Mapping[Path, FileRecord],
    repository: Repository,
    engine: Shuffling,
    *,
    as_pull: bool,
    notes: Notes,
    progress: Done,
) -> None:
    """
    Have the executors send shards; those that are noted as sent are left out.

    Raises:
        BuildError: a shard is not what the build said.
        HubError: they could not be sent.

    """
    known, hub = notes.known(), repository.hub
    items = [(record, file) for file, record in shards.items() if record.sha256 not in known]
    with engine.secret(hub.secret() or "") as token:
        sender = Sender(hub=replace(hub, token=None), repo=repository.repo, as_pull=as_pull, token=token, notes=notes)
        for _ in engine.map(sender, items, progress, size=sum(record.bytes for record, _ in items)):
            pass


def without_sent(change: Change, manifest: Manifest, known: frozenset[str]) -> Change:
    """Return a change whose shards are named by their hashes, and not sent again, where those are `known`."""
    records = {file.path: file for file in manifest.data_files() if file.path in change.adds and file.sha256 in known}
    sent = {path: Uploaded(sha256=record.sha256, bytes=record.bytes) for path, record in records.items()}
    return replace(change, adds={**change.adds, **sent})


def load_by(engine: Shuffling, request: LoadRequest) -> Loaded:
    """
    Load a data set by name on the executors, streaming: each of them a part of every split.

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
