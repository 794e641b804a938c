"""
Does what was released still stand? Asked before anybody is told "already published", and before anything new is planned.

A tag can be moved by hand, `main` can be forced back, a file can be damaged or deleted. The commit of a version is compared
with its manifest, its tag with the commit that made it, and `main` with the newest version that is tagged.
"""

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.version import Version
from tagpress.errors import ConflictError, VerifyError
from tagpress.release.proof import BY_HASH
from tagpress.release.state import RepoState, held_at
from tagpress.release.verify import commit_problems, tag_problems


def require_standing(there: RepoState, manifest: Manifest, main: RepoState) -> tuple[str, ...]:
    """
    Require that a tagged version is what was released, at its own commit, and that `main` holds it or a later one.

    Returns in words what was checked.

    Raises:
        VerifyError: a file or the tag is not what was released; every difference is listed.
        ConflictError: `main` does not hold the version.

    """
    repo, version = there.repository.repo, manifest.version
    problems = [*tag_problems(there, manifest, None), *commit_problems(there, manifest)]
    if problems:
        message = "\n".join([f"{repo} has {version} already, and it is not what was released:", *problems])
        raise VerifyError(message, "Put back on the Hub what was changed there, or publish the next version.")
    if main.manifest is None or main.manifest.version < version:
        raise _main_lost(main, there, version)
    return BY_HASH, "its tag is at the commit that made it, and main holds it or a later version"


def refuse_lost_main(main: RepoState, name: str) -> None:
    """
    Refuse to release on a `main` that no longer holds the newest tagged version: it would be left out of the history.

    Raises:
        ConflictError: it does not.

    """
    tagged = {version: sha for tag, sha in main.tags.items() if (version := _version(tag))}
    if not tagged:
        return
    newest = max(tagged)
    if main.manifest is not None and main.manifest.version >= newest:
        return
    there = held_at(main.repository, tagged[newest], main.tags, main.known)
    if there.manifest is not None and (there.manifest.name, there.manifest.version) == (name, newest):
        raise _main_lost(main, there, newest)


def _main_lost(main: RepoState, there: RepoState, version: Version) -> ConflictError:
    holds = f"the release {main.manifest.version}" if main.manifest else "no release"
    message = (
        f"{main.repository.repo} has {version.tag} at {there.sha}, but main, at {main.sha}, holds {holds}: whoever loads "
        "without a revision does not get it. Somebody moved main back, or deleted release.json."
    )
    return ConflictError(
        message, f"Put main back to {there.sha}, for instance with git, then run the same command again."
    )


def _version(tag: str) -> Version | None:
    try:
        return Version.parse(tag.removeprefix("v")) if tag.startswith("v") else None
    except ValueError:
        return None
