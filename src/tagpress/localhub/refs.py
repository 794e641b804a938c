"""
What branches, tags and pull requests point at, and how they move.

A reference moves by compare-and-swap while its repository is locked (`Store.lock`), so whoever holds the lock may also
clear the `.lock` file that a killed process left beside a reference: nobody alive can own it.
"""

import contextlib
from pathlib import Path
from typing import Final

import pygit2

from tagpress.localhub.names import checked_revision
from tagpress.localhub.refusals import bad_request, is_disk_full, parent_moved, revision_not_found
from tagpress.localhub.storage import sync_folder

MAIN: Final = "refs/heads/main"
_SPACES: Final = ("refs/heads/", "refs/tags/")  # where a bare name is looked up, in this order
_SHORTEST_SHA: Final = 5  # hex digits; what the clients accept as a shorthand
_SHA_LENGTH: Final = 40


def find_commit(git: pygit2.Repository, revision: str) -> pygit2.Commit:
    """
    Return the commit that a branch, tag, full reference or (short) commit id stands for.

    Raises:
        RefusedError: 400 for an impossible name, 404 RevisionNotFound for an unknown one.

    """
    name = checked_revision(revision)
    reference = find_reference(git, name)
    found = reference.peel() if reference is not None else _by_sha(git, name)
    if not isinstance(found, pygit2.Commit):
        raise revision_not_found(revision)
    return found


def find_reference(git: pygit2.Repository, revision: str) -> pygit2.Reference | None:
    """Return the branch, tag or pull request that `revision` names, None if it names none."""
    candidates = [revision] if revision.startswith("refs/") else [space + revision for space in _SPACES]
    return next((found for name in candidates if (found := git.references.get(name)) is not None), None)


def full_name(git: pygit2.Repository, revision: str) -> str:
    """
    Return the full name of the branch or pull request to commit to.

    Raises:
        RefusedError: 404 RevisionNotFound for an unknown name, 400 for a tag or a commit id, which can't move.

    """
    reference = find_reference(git, checked_revision(revision))
    if reference is None:
        find_commit(git, revision)
        raise bad_request(f"Can't commit to {revision!r}: it is a commit, not a branch")
    if reference.name.startswith("refs/tags/"):
        raise bad_request(f"Can't commit to {revision!r}: it is a tag, not a branch")
    return reference.name


def _by_sha(git: pygit2.Repository, name: str) -> pygit2.Object | None:
    looks_like_one = _SHORTEST_SHA <= len(name) <= _SHA_LENGTH and not set(name) - set("0123456789abcdef")
    if not looks_like_one:
        return None
    try:
        return git.get(name)
    except ValueError:  # a shorthand of more than one object
        return None


def point(git: pygit2.Repository, name: str, target: pygit2.Oid, *, expected: pygit2.Oid | None) -> None:
    """
    Move a reference from `expected` (None: it must be new) to `target`, durably; the repository is locked.

    Raises:
        RefusedError: 412 if it points elsewhere, 400 if git can't hold the name beside those that exist.

    """
    _clear_stale_lock(git, name)
    sync_folder(Path(git.path, "objects"))  # git syncs each object and its folder, not the name of a new folder
    found = git.references.get(name)
    if (found.target if found is not None else None) != expected:
        raise parent_moved()
    try:
        if found is None:
            git.references.create(name, target)
        else:
            found.set_target(target)  # git compares once more, against anybody who does not know our lock
    except (pygit2.GitError, ValueError, OSError) as error:
        if is_disk_full(error):
            raise
        raise bad_request(f"git can't hold the reference {name!r}: {error}") from error
    _sync_names(git, name)


def remove(git: pygit2.Repository, name: str) -> None:
    """Remove a reference that exists, durably; the repository is locked."""
    _clear_stale_lock(git, name)
    git.references.delete(name)
    _sync_names(git, name)


def _clear_stale_lock(git: pygit2.Repository, name: str) -> None:
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        Path(git.path, f"{name}.lock").unlink()


def _sync_names(git: pygit2.Repository, name: str) -> None:
    for folder in Path(name).parents[:-1]:
        path = Path(git.path, folder)
        if path.is_dir():  # git removes a folder with its last reference
            sync_folder(path)
