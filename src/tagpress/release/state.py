"""What does the Hub hold: where its refs point, the files of a commit, and the release that they claim to be."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.records import FileRecord
from tagpress.errors import ConflictError, ManifestError
from tagpress.hub import RemoteFile, Repository, require_name


@dataclass(frozen=True, slots=True, kw_only=True)
class RepoState:
    """
    One commit of a repository; without `sha` there is none yet. `manifest` is of the release it belongs to, if any.

    `known` has contents by their git blob id, which is a hash of them: a file that the Hub lists with it need not be read.
    """

    repository: Repository
    sha: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, RemoteFile] = field(default_factory=dict)
    manifest: Manifest | None = None
    known: Mapping[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    _read: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)

    def read(self, path: str) -> bytes:
        """
        Return the content of a small file, which is read once.

        Raises:
            KeyError: there is no such file.

        """
        known = self.known.get(self.files[path].blob_id)
        return known if known is not None else self.fetched(path)

    def fetched(self, path: str) -> bytes:
        """Return what the Hub sends for a small file, which is asked for once, whatever is known of it."""
        if path not in self._read:
            self._read[path] = self.repository.read(self.files[path], self.sha or "")
        return self._read[path]

    def sha256(self, path: str) -> str:
        """Return the SHA-256 of a file: the Hub lists it, or the file is small and is known or read."""
        return self.files[path].sha256 or hashlib.sha256(self.read(path)).hexdigest()

    def differs(self, record: FileRecord) -> bool:
        """Return whether the file at the record's path is missing or has other bytes."""
        found = self.files.get(record.path)
        return found is None or found.size != record.bytes or self.sha256(record.path) != record.sha256


def remote_at(
    repository: Repository, sha: str | None, tags: Mapping[str, str], known: Mapping[str, bytes] | None = None
) -> RepoState:
    """
    Return what a commit holds.

    Raises:
        ManifestError: what is there as a manifest cannot be read.

    """
    files = repository.files(sha)
    bare = RepoState(repository=repository, sha=sha, tags=tags, files=files, known=known or {})
    if MANIFEST_NAME not in files:
        return bare
    manifest = Manifest.from_bytes(bare.read(MANIFEST_NAME), where=f"{MANIFEST_NAME} of {repository.repo} at {sha}")
    return replace(bare, manifest=manifest)


def held_at(
    repository: Repository, sha: str | None, tags: Mapping[str, str], known: Mapping[str, bytes] | None = None
) -> RepoState:
    """
    Return what a commit holds, to whoever wants to release on top of it.

    Raises:
        ConflictError: what is there as a manifest cannot be read: it is somebody else's.

    """
    try:
        return remote_at(repository, sha, tags, known)
    except ManifestError as error:
        hint = f"It was not written by this tagpress. {error.hint or 'Publish to another repository.'}"
        raise ConflictError(error.message, hint) from error


def read_remote(
    repository: Repository, known: Mapping[str, bytes] | None = None, *, seen: RepoState | None = None
) -> RepoState | None:
    """
    Return what the branch `main` holds, for a release on top of it, or None if there is no such repository.

    A commit never changes: if it is still the one that was `seen`, its files are not listed again.

    Raises:
        RenamedError: the repository has another name now.
        ConflictError: what is there as a manifest cannot be read.

    """
    refs = repository.refs()
    if refs is None:
        return None
    require_name(repository, refs)
    if seen is not None and seen.sha == refs.head:
        return replace(seen, repository=repository, tags=refs.tags, known=known or {})
    return held_at(repository, refs.head, refs.tags, known)
