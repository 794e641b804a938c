"""
Does a commit on the Hub hold exactly a release, and does it load as one.

    commit_problems     every file against `release.json`: by the hashes that the Hub lists, without a download
    load_problems       by name, in a new process with empty caches, map-style and streaming
    deep_problems       every shard downloaded, its rows digested and its labels read
    verify_release      all that a user can ask about REPO@REV, and whether its tag was moved
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import CARD_NAME, MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord
from tagpress.corpus.schema import OFFSETS
from tagpress.errors import HubError, ManifestError, VerifyError
from tagpress.hub import Hub, Repository, check_shard
from tagpress.release.card_data import CardData
from tagpress.release.checked_build import card_faults
from tagpress.release.load_check import Loaded, LoadRequest, load, row_digest
from tagpress.release.load_differences import differences
from tagpress.release.locate import release_commit, revision_named
from tagpress.release.plan import is_read_as_data
from tagpress.release.state import RepoState, remote_at

Loader = Callable[[LoadRequest], Loaded]
_MORE_LOADS: Final = 2  # after a difference: `datasets` takes some errors of a Hub for a missing file


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The answer to `tagpress verify`; `files_checked` counts the files that were compared with the manifest."""

    repo: str
    revision: str
    commit: str
    version: str | None
    files_checked: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Return whether the Hub holds exactly what was released."""
        return not self.problems

    def to_json(self) -> dict[str, object]:
        """Return the document that `--json` prints."""
        return {
            "ok": self.ok,
            "problems": list(self.problems),
            "files_checked": self.files_checked,
            "repo": self.repo,
            "revision": self.revision,
            "commit": self.commit,
            "version": self.version,
        }


def verify_release(
    repo: str, revision: str | None = None, *, hub: Hub, deep: bool = False, loader: Loader = load
) -> Verification:
    """
    Compare what the Hub holds with what was released.

    `revision` is a branch, a tag or a commit; None means `main`. `deep` downloads everything.

    Raises:
        HubError: the repository or the revision cannot be read.

    """
    repository = Repository(hub=hub, repo=repo)
    revision = revision_named(revision or "")
    sha = repository.resolve(revision)
    refs = repository.refs()
    try:
        remote = remote_at(repository, sha, refs.tags if refs else {})
    except ManifestError as error:  # a manifest that cannot be read
        remote, problems = RepoState(repository=repository, sha=sha), [error.message]
    else:
        problems = _all_problems(remote, revision, loader if deep else None)
    manifest = remote.manifest
    return Verification(
        repo=repo,
        revision=revision,
        commit=sha,
        version=str(manifest.version) if manifest else None,
        files_checked=len(manifest.files) if manifest else 0,
        problems=tuple(problems),
    )


def _all_problems(remote: RepoState, revision: str | None, loader: Loader | None) -> list[str]:
    manifest = remote.manifest
    if manifest is None:
        return [f"{MANIFEST_NAME} is missing: this is not a release"]
    problems = [*tag_problems(remote, manifest, revision), *commit_problems(remote, manifest)]
    if loader is not None:
        problems += deep_problems(remote, manifest)
    if loader is not None and not problems:  # what is known to be broken need not be loaded
        problems += load_problems(remote, manifest, loader)
    return problems


def require_verified(remote: RepoState, manifest: Manifest, *, loader: Loader | None) -> None:
    """
    Check a commit that is about to be tagged; without a `loader`, its files only.

    Raises:
        VerifyError: it is not the release that the manifest describes; every difference is listed.

    """
    problems = commit_problems(remote, manifest)
    if remote.manifest != manifest:
        problems.insert(0, f"{MANIFEST_NAME} is not the one that was published")
    if not problems and loader is not None:
        problems = load_problems(remote, manifest, loader)
    if problems:
        where = f"{remote.repository.repo} at {remote.sha}"
        message = "\n".join([f"{where} is not what was released, so it is not tagged:", *problems])
        raise VerifyError(message, "Run the same command again to check again, or publish the next version.")


def commit_problems(remote: RepoState, manifest: Manifest) -> list[str]:
    """Compare every file of a commit with the manifest, by size and SHA-256, and look for what does not belong."""
    problems = [problem for file in manifest.files for problem in _file_problems(remote, file)]
    data = CardData.of(_card(remote))
    listed = {file.path for file in manifest.files} | {MANIFEST_NAME}
    repo = remote.repository.repo
    problems += [
        f"{path} was not released, and would change what is loaded"
        for path in remote.files.keys() - listed
        if is_read_as_data(path, repo, data)
    ]
    problems += card_faults(data, manifest)
    return sorted(problems)


def load_problems(remote: RepoState, manifest: Manifest, loader: Loader, revision: str | None = None) -> list[str]:
    """Load the commit, or a `revision` that means it, by name and compare; a difference must show more than once."""
    hub, revision = remote.repository.hub, revision or remote.sha or ""
    request = LoadRequest(
        endpoint=hub.endpoint,
        token=hub.secret(),
        repo=remote.repository.repo,
        revision=revision,
        configs=() if manifest.is_flat else tuple(manifest.loadable),
    )
    problems = differences(manifest, loader(request))
    for _ in range(_MORE_LOADS):
        if not problems:
            break
        hub.retry.sleep(hub.retry.first_wait)
        problems = differences(manifest, loader(request))
    return problems


def deep_problems(remote: RepoState, manifest: Manifest) -> Iterator[str]:
    """Download every shard and compare its bytes, labels, row count and row digest with the manifest."""
    with tempfile.TemporaryDirectory(prefix="tagpress-verify-") as folder:
        for file in manifest.data_files():
            if file.path in remote.files:
                yield from _shard_problems(remote, file, manifest, Path(folder) / "shard.parquet")


def _shard_problems(remote: RepoState, file: FileRecord, manifest: Manifest, local: Path) -> Iterator[str]:
    try:
        arrived = remote.repository.download(remote.files[file.path], remote.sha or "", local)
    except HubError as error:  # of this file: everything else was answered, and the others are still to be checked
        yield f"{file.path} does not arrive: {error.message}"
        return
    if not arrived:
        yield f"{file.path} arrives with other bytes than the Hub lists: it is damaged in storage"
        return
    try:
        check_shard(local, file, manifest.config_of(file.path))
    except VerifyError as error:
        yield error.message
    else:
        parts = pq.ParquetFile(local).iter_batches(batch_size=1000)
        numbers = [OFFSETS, *(name for name, layer in layers_of(manifest.config_of(file.path)).items() if layer.names)]
        _, digest = row_digest((row for part in parts for row in part.to_pylist()), numbers)
        if digest != file.row_digest:
            yield f"{file.path} has the row digest {digest}, released {file.row_digest}"


def _file_problems(remote: RepoState, file: FileRecord) -> list[str]:
    found = remote.files.get(file.path)
    if found is None:
        return [f"{file.path} is missing"]
    if found.size != file.bytes:
        return [f"{file.path} has {found.size} bytes, released {file.bytes}"]
    try:
        sha256 = remote.sha256(file.path)
    except VerifyError as error:
        return [error.message]
    return [f"{file.path} has SHA-256 {sha256}, released {file.sha256}"] if sha256 != file.sha256 else []


def _card(remote: RepoState) -> bytes:
    with contextlib.suppress(VerifyError):  # a damaged card is named where its SHA-256 is compared
        return remote.read(CARD_NAME) if CARD_NAME in remote.files else b""
    return b""


def tag_problems(remote: RepoState, manifest: Manifest, revision: str | None) -> list[str]:
    """Compare the version that a commit says it is with the tags: a release has one, and it was never moved."""
    tag = manifest.version.tag
    problems = []
    if revision and revision in remote.tags and revision != tag and revision.startswith("v"):
        problems.append(f"the tag {revision} was moved: it points at the release {manifest.version}")
    if tag not in remote.tags:
        problems.append(f"version {manifest.version} has no tag {tag}: publish it again to finish the release")
    else:
        released = release_commit(remote.repository, remote.sha or "", remote.files[MANIFEST_NAME])
        if remote.tags[tag] != released:
            problems.append(f"the tag {tag} was moved: it points at {remote.tags[tag]}, released as {released}")
    return problems
