"""
Which commit is a version, and which of its files are kept here? A release, or an error.

`load_dataset(repo, revision="v1.2.0")` answers with whatever revision it has in its cache when the Hub errs. Here a
version is resolved to its commit, every file is compared with the SHA-256 in `release.json`, and what was loaded once
can be loaded again without a network:

    HF_HOME/tagpress/<hash of the endpoint>/NAMESPACE--NAME/
        v1.2.0                  the commit that this tag had when it was first seen
        withdrawn.json          which versions their owner had taken back when the Hub was asked last
        <commit>/release.json   what belongs to the release
        <commit>/data/*.parquet its shards, each checked when it arrived and again when it is loaded
        <commit>/data/*.footer  where the row groups of a shard are, for those who stream it
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tagpress.corpus.identity import file_sha256
from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.corpus.version import Version
from tagpress.errors import HubUnreachableError, NotOnHubError, UsageError, VerifyError
from tagpress.hub import Hub, Repository, cache_home, check_shard, default_endpoint, is_offline
from tagpress.store.whole_file import written_beside

_EMBEDDED: Final = "local/"
"""The namespace of what is published without a name, on the Hub that is embedded in tagpress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedRelease:
    """
    A version that was resolved to its commit; `home` keeps what is known of its repository, and `folder` its files.

    `asked` says whether the Hub was there to be asked.
    """

    repository: Repository
    sha: str
    home: Path
    manifest: Manifest
    asked: bool = True

    @property
    def folder(self) -> Path:
        """The folder of its files."""
        return self.home / self.sha


def pin(repo: str, version: str, *, endpoint: str | None = None, token: str | None = None) -> PinnedRelease:
    """
    Resolve a version to its commit: by asking the Hub, else by what was kept when it could be asked.

    Raises:
        UsageError: the version is not X.Y.Z.
        NotOnHubError: there is no such repository or version.
        HubUnreachableError: the Hub does not answer, and the version was never pinned here.
        VerifyError: the tag was moved, or its commit is not a release of this version.

    """
    hub = Hub(endpoint=endpoint or default_endpoint(), token=token)
    try:
        return _pinned(Repository(hub=hub, repo=repo), parse_version(version))
    except (NotOnHubError, HubUnreachableError) as error:
        if endpoint is not None or not repo.startswith(_EMBEDDED):
            raise
        # The one who has just published it here, and asks the public Hub.
        hint = f"If {repo} is on an embedded Hub, run `tagpress hub` where it was published, and set what that prints."
        raise type(error)(error.message, hint) from error


def parse_version(text: str) -> Version:
    """
    Read "1.2.0" or "v1.2.0".

    Raises:
        UsageError: it is no version.

    """
    try:
        return Version.parse(text.removeprefix("v"))
    except ValueError as error:
        raise UsageError(f"{error}", 'Name the version of a release, such as "1.2.0".') from error


def require_split(where: str, config: ReleasedConfig, split: str) -> None:
    """
    Refuse a split that a release does not have.

    Raises:
        UsageError: the release has no such split.

    """
    if split not in config.splits:
        names = ", ".join(config.split_names)
        raise UsageError(f"{where} {config.version} has no split {split!r}.", f"Its splits are {names}.")


def _pinned(repository: Repository, version: Version) -> PinnedRelease:
    home = _home(repository)
    kept = home / version.tag
    known = kept.read_text().strip() if kept.is_file() else None
    found = _resolved(repository, version, known)
    sha = found or known or ""
    if known is not None and sha != known:
        message = f"The tag {version.tag} of {repository.repo} was moved: it was at {known}, and is at {sha} now."
        raise VerifyError(message, f"Ask its owner why. To accept the new commit, delete {kept}.")
    manifest = _manifest(repository, sha, home / sha)
    if manifest.version != version:
        raise VerifyError(f"The tag {version.tag} of {repository.repo} points at the release {manifest.version}.")
    keep(kept, sha.encode())
    return PinnedRelease(repository=repository, sha=sha, home=home, manifest=manifest, asked=found is not None)


def _home(repository: Repository) -> Path:
    endpoint = hashlib.sha256(repository.hub.endpoint.encode()).hexdigest()[:16]
    return cache_home() / "tagpress" / endpoint / repository.repo.replace("/", "--")


def _resolved(repository: Repository, version: Version, known: str | None) -> str | None:
    """Return the commit of a version as the Hub says it; None where it cannot be asked, and one is known."""
    if is_offline() and known is not None:
        return None
    try:
        return repository.resolve(version.tag)
    except HubUnreachableError:
        if known is None:
            raise
        return None


def _manifest(repository: Repository, sha: str, folder: Path) -> Manifest:
    kept = folder / MANIFEST_NAME
    if not kept.is_file():
        found = repository.file(MANIFEST_NAME, sha)
        if found is None:
            raise VerifyError(f"{repository.repo} at {sha} is not a release: it has no {MANIFEST_NAME}.")
        keep(kept, repository.read(found, sha))
    return Manifest.from_bytes(kept.read_bytes(), where=str(kept))


def checked(release: PinnedRelease, record: FileRecord) -> Path:
    """
    Return a local shard with exactly the released bytes, from what was kept, or from the Hub and then checked.

    Raises:
        VerifyError: the Hub has no such file, not the one that was released, or one that its release does not promise.

    """
    local = release.folder / record.path
    if local.is_file() and file_sha256(local) == record.sha256:
        return local
    repository = release.repository
    found = repository.file(record.path, release.sha)
    if found is None:
        raise VerifyError(f"{record.path} is missing from {repository.repo} at {release.sha}.")
    if found.size != record.bytes:
        where = f"{record.path} of {repository.repo} at {release.sha}"
        message = f"{where} is not what was released: it has {found.size:,} bytes, and not {record.bytes:,}."
        raise VerifyError(message, "Ask its owner why; `tagpress verify` lists every difference.")
    with written_beside(local) as arriving:  # also for other processes that load the same release
        repository.download(found, release.sha, arriving)
        if file_sha256(arriving) != record.sha256:
            raise VerifyError(f"{record.path} of {repository.repo} at {release.sha} is not what was released.")
        check_shard(arriving, record, release.manifest.config_of(record.path))
    return local


def keep(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, also for other processes that keep the same release."""
    if path.is_file() and path.read_bytes() == content:
        return
    with written_beside(path) as arriving:
        arriving.write_bytes(content)
