"""
Load exactly one release, or nothing: the consumer's side of a pinned version.

`load_dataset(repo, revision="v1.2.0")` answers with whatever revision it has in its cache when the Hub errs. Here a
version is resolved to its commit, every file is compared with the SHA-256 in `release.json`, and what was loaded once
can be loaded again without a network:

    HF_HOME/tagpress/<hash of the endpoint>/NAMESPACE--NAME/
        v1.2.0                  the commit that this tag had when it was first seen
        <commit>/release.json   what belongs to the release
        <commit>/data/*.parquet its shards, each checked when it arrived and again when it is loaded
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tagpress.errors import HubUnreachableError, UsageError, VerifyError
from tagpress.hub import Hub, Repository, cache_home, default_endpoint, is_offline
from tagpress.manifest import MANIFEST_NAME, FileRecord, Manifest, Version

if TYPE_CHECKING:
    import datasets


def load(
    repo: str,
    version: str,
    *,
    split: str | None = None,
    streaming: bool = False,
    endpoint: str | None = None,
    token: str | None = None,
) -> Any:  # noqa: ANN401 - Dataset, DatasetDict, IterableDataset or IterableDatasetDict, as load_dataset returns
    """
    Load one version of a data set, exactly as it was released.

    Without `streaming`, the shards are downloaded, checked and kept, and can then be loaded offline. With it, they are
    read from the Hub as they are needed, or from the kept files if all are there. `endpoint` None means HF_ENDPOINT.

    Raises:
        UsageError: the version is not X.Y.Z, there is no such split, or the endpoint cannot be streamed from.
        NotOnHubError: there is no such repository or version.
        HubUnreachableError: the Hub does not answer, and the version was not kept completely.
        VerifyError: the tag was moved, or a file is not what was released.

    """
    try:
        pinned = Version.parse(version.removeprefix("v"))
    except ValueError as error:
        raise UsageError(f"{error}", 'Name the version of a release, such as "1.2.0".') from error
    hub = Hub(endpoint=endpoint or default_endpoint(), token=token)
    release = _pin(Repository(hub=hub, repo=repo), pinned)
    splits = tuple(release.manifest.splits)
    if split is not None and split not in splits:
        raise UsageError(f"{repo} {pinned} has no split {split!r}.", f"Its splits are {', '.join(splits)}.")
    wanted = splits if split is None else (split,)
    files = {name: _files(release, name, streaming=streaming) for name in wanted}
    return _dataset(release, files, split, streaming=streaming)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Release:
    """A version that was resolved to its commit; `folder` keeps its files."""

    repository: Repository
    sha: str
    folder: Path
    manifest: Manifest


def _pin(repository: Repository, version: Version) -> _Release:
    """Resolve a version to its commit: by asking the Hub, else by what was kept when it could be asked."""
    home = _home(repository)
    kept = home / version.tag
    known = kept.read_text().strip() if kept.is_file() else None
    sha = _resolved(repository, version, known)
    if known is not None and sha != known:
        message = f"The tag {version.tag} of {repository.repo} was moved: it was at {known}, and is at {sha} now."
        raise VerifyError(message, f"Ask its owner why. To accept the new commit, delete {kept}.")
    manifest = _manifest(repository, sha, home / sha)
    if manifest.version != version:
        raise VerifyError(f"The tag {version.tag} of {repository.repo} points at the release {manifest.version}.")
    _keep(kept, sha.encode())
    return _Release(repository=repository, sha=sha, folder=home / sha, manifest=manifest)


def _home(repository: Repository) -> Path:
    endpoint = hashlib.sha256(repository.hub.endpoint.encode()).hexdigest()[:16]
    return cache_home() / "tagpress" / endpoint / repository.repo.replace("/", "--")


def _resolved(repository: Repository, version: Version, known: str | None) -> str:
    if is_offline() and known is not None:
        return known
    try:
        return repository.resolve(version.tag)
    except HubUnreachableError:
        if known is None:
            raise
        return known


def _manifest(repository: Repository, sha: str, folder: Path) -> Manifest:
    kept = folder / MANIFEST_NAME
    if not kept.is_file():
        found = repository.file(MANIFEST_NAME, sha)
        if found is None:
            raise VerifyError(f"{repository.repo} at {sha} is not a release: it has no {MANIFEST_NAME}.")
        _keep(kept, repository.read(found, sha))
    return Manifest.from_bytes(kept.read_bytes(), where=str(kept))


def _files(release: _Release, split: str, *, streaming: bool) -> list[str]:
    """Return where the shards of a split are: local files that were checked, or addresses to stream from."""
    records = release.manifest.data_files(split)
    if streaming and not all((release.folder / record.path).is_file() for record in records):
        repository = release.repository
        if repository.hub.endpoint != default_endpoint():
            message = f"Streaming reads from {default_endpoint()}, not from {repository.hub.endpoint}."
            raise UsageError(message, f"Set HF_ENDPOINT={repository.hub.endpoint} before Python starts.")
        return [f"hf://datasets/{repository.repo}@{release.sha}/{record.path}" for record in records]
    return [str(_checked(release, record)) for record in records]


def _checked(release: _Release, record: FileRecord) -> Path:
    """Return a local file with exactly the released bytes, from what was kept or from the Hub."""
    local = release.folder / record.path
    if local.is_file() and _sha256(local) == record.sha256:
        return local
    repository = release.repository
    found = repository.file(record.path, release.sha)
    if found is None:
        raise VerifyError(f"{record.path} is missing from {repository.repo} at {release.sha}.")
    local.parent.mkdir(parents=True, exist_ok=True)
    with _beside(local) as arriving:
        repository.download(found, release.sha, arriving)
        if _sha256(arriving) != record.sha256:
            raise VerifyError(f"{record.path} of {repository.repo} at {release.sha} is not what was released.")
        arriving.replace(local)  # whole or not at all, also for other processes that load the same release
    return local


def _dataset(release: _Release, files: dict[str, list[str]], split: str | None, *, streaming: bool) -> Any:  # noqa: ANN401 - see load
    import datasets  # noqa: PLC0415 - takes seconds, and `import tagpress` must not

    builder = datasets.load_dataset_builder("parquet", data_files=files, token=release.repository.hub.token)
    builder.info.version = datasets.Version(str(release.manifest.version))
    if streaming:
        loaded = builder.as_streaming_dataset(split)
    else:
        builder.download_and_prepare()
        loaded = builder.as_dataset(split)
    for part in [loaded] if split is not None else loaded.values():
        _require_labels(part, release)
    return loaded


def _require_labels(part: "datasets.Dataset | datasets.IterableDataset", release: _Release) -> None:
    feature = (part.features or {}).get("ner_tags")
    names = getattr(getattr(feature, "feature", None), "names", None)
    if tuple(names or ()) != release.manifest.label_names:
        message = (
            f"{release.repository.repo} {release.manifest.version} has other label names than it was released with."
        )
        raise VerifyError(message, "Run `tagpress verify --deep` on it.")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as arriving:
        arriving.write_bytes(content)
        arriving.replace(path)


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Yield a name in the same folder, so that a finished file can take its place in one step."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
