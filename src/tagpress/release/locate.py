"""Where is a release on the Hub: at which commit, whether or not it has its tag."""

from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.version import Version
from tagpress.hub import MAIN, RemoteFile, Repository
from tagpress.release.state import RepoState, held_at


def revision_named(text: str) -> str:
    """
    Return the revision that somebody means: a version may be written without its v.

    >>> revision_named("1.2.0"), revision_named("v1.2.0"), revision_named("main"), revision_named("")
    ('v1.2.0', 'v1.2.0', 'main', 'main')

    """
    try:
        return Version.parse(text).tag
    except ValueError:
        return text or MAIN


def where_released(version: Version, remote: RepoState) -> RepoState | None:
    """Find the commit of a version: by its tag, else at the head or in its history, where the tag may be missing."""
    repository, base = remote.repository, remote.manifest
    sha = remote.tags.get(version.tag)
    if sha is None and remote.sha and base:
        if base.version == version:
            sha = release_commit(repository, remote.sha, remote.files[MANIFEST_NAME])
        elif version in {older.version for older in base.changelog}:
            sha = _in_history(repository, remote.sha, version)
    if sha is None or sha == remote.sha:
        return remote if sha else None
    return held_at(repository, sha, remote.tags, remote.known)


def base_release(remote: RepoState) -> RepoState | None:
    """Return the last release at its own commit, whatever was changed on the branch since."""
    return where_released(remote.manifest.version, remote) if remote.manifest else None


def release_commit(repository: Repository, sha: str, manifest_file: RemoteFile) -> str:
    """
    Return the commit that brought this manifest: going back from `sha`, the last one that still has it.

    What was committed on top of a release does not belong to it, so its tag must be here and not on the head. Where a
    pull request was joined by a merge commit, the last commit of the request has the same files: then it is the merge.
    """
    having = [sha]
    for commit in repository.history(sha)[1:]:
        there = repository.file(MANIFEST_NAME, commit.sha)
        if there is None or there.blob_id != manifest_file.blob_id:
            break
        having.append(commit.sha)
    found = having.pop()
    while having and repository.files(having[-1]) == repository.files(found):
        found = having.pop()
    return found


def _in_history(repository: Repository, head: str, version: Version) -> str | None:
    seen = ""
    for commit in repository.history(head):
        there = repository.file(MANIFEST_NAME, commit.sha)
        if there is None or there.blob_id == seen:
            continue
        seen = there.blob_id
        if Manifest.from_bytes(repository.read(there, commit.sha)).version == version:
            return release_commit(repository, commit.sha, there)
    return None
