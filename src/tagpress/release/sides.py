"""The two sides of a diff: builds, and releases on a Hub; shards are fetched when they are needed."""

import contextlib
import functools
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tagpress.consume.withdrawn import say, withdrawals_on_main
from tagpress.corpus.identity import file_sha256
from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.diff import Side
from tagpress.errors import NotOnHubError, UsageError, VerifyError
from tagpress.hub import Hub, Repository, check_shard
from tagpress.release.checked_build import build_store, load_manifest, names_build
from tagpress.release.locate import revision_named
from tagpress.release.state import RepoState, remote_at
from tagpress.store import Store


@contextlib.contextmanager
def side_of(remote: RepoState) -> Iterator[Side]:
    """
    Open the release at a commit; each shard is downloaded once, checked, and gone after the block.

    Raises:
        NotOnHubError: the commit holds no release.
        VerifyError: a shard is not what was released.

    """
    manifest = remote.manifest
    if manifest is None:
        raise NotOnHubError(f"{remote.repository.repo} at {remote.sha} is not a release: it has no {MANIFEST_NAME}.")
    with tempfile.TemporaryDirectory(prefix="tagpress-diff-") as folder:

        def shard(path: str) -> Path:
            local = Path(folder) / hashlib.sha256(path.encode()).hexdigest()
            record = manifest.file(path)
            if local.exists() or record is None:
                return local
            found = remote.files.get(path)
            if found is not None and found.size != record.bytes:
                where = f"{path} of {remote.repository.repo} at {remote.sha}"
                message = f"{where} is not what was released: it has {found.size:,} bytes, and not {record.bytes:,}."
                raise VerifyError(message)
            if found is None or not remote.repository.download(found, remote.sha or "", local):
                raise VerifyError(f"{path} of {remote.repository.repo} at {remote.sha} is missing or damaged.")
            if file_sha256(local) != record.sha256:
                raise VerifyError(f"{path} of {remote.repository.repo} at {remote.sha} is not what was released.")
            if record.rows is not None:
                check_shard(local, record, manifest.config_of(path))
            return local

        yield Side(manifest=manifest, shard=shard)


@contextlib.contextmanager
def side_in(store: Store, manifest: Manifest) -> Iterator[Side]:
    """Open a build; what is not on this machine is fetched once, and gone after the block."""
    with contextlib.ExitStack() as stack:
        yield Side(manifest=manifest, shard=functools.cache(lambda path: stack.enter_context(store.fetch(path))))


@contextlib.contextmanager
def open_side(where: str, *, hub: Hub, refuse_withdrawn: bool = False) -> Iterator[Side]:
    """
    Open a build in a directory or at a URL, or REPO or REPO@REV on a Hub; a directory that exists is meant first.

    A version that was withdrawn is warned of.

    Raises:
        UsageError: it is neither a folder nor a repository.
        WithdrawnError: it was withdrawn for good, and such a one is to be refused.

    """
    if names_build(where):
        store = build_store(where)
        with side_in(store, load_manifest(store)) as side:
            yield side
        return
    repo, _, revision = where.partition("@")
    if "/" not in repo:
        raise UsageError(f"there is no directory {where}, and a repository is named NAMESPACE/NAME")
    repository = Repository(hub=hub, repo=repo)
    sha = repository.resolve(revision_named(revision))
    with side_of(remote_at(repository, sha, {})) as side:
        withdrawals = withdrawals_on_main(repository)
        if withdrawals:
            say(repo, side.manifest.version, withdrawals, refuse=refuse_withdrawn)
        yield side
