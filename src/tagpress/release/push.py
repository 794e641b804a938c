"""
Bring a planned change to the Hub: one commit, or above `MOST_FILES` files one pull request.

A commit on `main` is one request, so nobody ever reads half of it. A pull request collects several commits on its own
ref, is verified there, and reaches `main` as one merge.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tagpress.card.markdown import size
from tagpress.corpus.manifest import CARD_NAME, CROISSANT_NAME, MANIFEST_NAME
from tagpress.corpus.withdrawals import WITHDRAWN_NAME
from tagpress.errors import HubUnreachableError
from tagpress.hub import Change, Pull, RemoteFile, Repository, commit, merge, open_pull
from tagpress.release.plan import MOST_FILES, Plan, held_as_planned
from tagpress.release.state import RepoState, held_at
from tagpress.release.verify import Check, require_verified

_ROUNDS = 1000  # commits on one pull request; each makes progress, so this ends only a Hub that loses commits


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """What a push left on the Hub: a commit on main, or a complete pull request that was `checked` and is open or merged."""

    sha: str
    pull: Pull | None = None
    merged: bool = False
    checked: tuple[str, ...] = ()


def needs_pull(plan: Plan, *, open_pr: bool) -> bool:
    """Return whether a plan is pushed through a pull request."""
    return open_pr or len(plan.added) + len(plan.deleted) > MOST_FILES


def push(
    plan: Plan, change: Change, remote: RepoState, *, open_pr: bool, check: Check | None, steps: Callable[[str], None]
) -> Pushed | None:
    """
    Push the plan's `change` on top of the commit it was made for; None if the branch has moved: look and plan again.

    Content that was sent ahead is named in it by its hash.

    Raises:
        HubError: the Hub refused or could not be reached.
        VerifyError: the pull request does not hold the release; it stays open.

    """
    repository, title = remote.repository, f"Release {plan.version.tag}"
    if not needs_pull(plan, open_pr=open_pr):
        steps(f"committing {len(change)} files ({size(plan.uploaded_bytes)})")
        sha = commit(repository, change, parent=plan.parent, title=title)
        return Pushed(sha=sha) if sha and (plan.parent or _is_first(repository, sha)) else None
    steps(f"collecting {len(change)} files ({size(plan.uploaded_bytes)}) in a pull request")
    pull = _complete_pull(plan, change, remote, title)
    if pull is None:
        return None
    there = held_at(repository, repository.resolve(pull.ref), remote.tags, plan.finished.known)
    steps(f"verifying {pull.ref}")
    checked = require_verified(there, plan.finished.manifest, check)
    assert there.sha is not None
    if open_pr:
        return Pushed(sha=there.sha, pull=pull, checked=checked)
    if _release_moved(remote):
        return None
    steps(f"merging {pull.ref}")
    merge(repository, pull.number)
    return Pushed(sha=there.sha, pull=pull, merged=True, checked=checked)


def _is_first(repository: Repository, sha: str) -> bool:
    """Return whether nobody committed before `sha`: where there is no parent to name, the Hub cannot look after it."""
    return not repository.history(sha)[1:2]


def _complete_pull(plan: Plan, change: Change, remote: RepoState, title: str) -> Pull | None:
    repository = remote.repository
    pull = open_pull(repository, next(_chunks(change)), parent=plan.parent, title=title)
    if pull is None:
        return None
    for _ in range(_ROUNDS):
        sha = repository.resolve(pull.ref)
        missing = _missing(plan, change, remote, repository.files(sha))
        if not len(missing):
            return pull
        commit(repository, next(_chunks(missing)), parent=sha, title=title, ref=pull.ref)
    message = f"{pull.ref} of {repository.repo} does not become complete."
    raise HubUnreachableError(message, "Close the pull request, and run the same command again.")


def _missing(plan: Plan, change: Change, remote: RepoState, there: dict[str, RemoteFile]) -> Change:
    """Return what a pull request still lacks; files of an earlier, different try are taken out again."""
    adds = {path: content for path, content in change.adds.items() if not held_as_planned(there, path, plan)}
    stale = there.keys() - change.adds.keys() - remote.files.keys() - {".gitattributes"}  # the Hub's own file
    deletes = (set(plan.deleted) & there.keys()) | stale
    return Change(adds=adds, deletes=tuple(sorted(deletes)))


def _chunks(change: Change) -> Iterator[Change]:
    """Yield changes of at most `MOST_FILES` files; the manifest comes last, so it never lists what is not there."""
    last = (CARD_NAME, CROISSANT_NAME, MANIFEST_NAME)
    paths = sorted([*change.adds, *change.deletes], key=lambda path: (path in last, path == MANIFEST_NAME, path))
    for start in range(0, len(paths), MOST_FILES):
        chunk = paths[start : start + MOST_FILES]
        yield Change(
            adds={path: change.adds[path] for path in chunk if path in change.adds},
            deletes=tuple(path for path in chunk if path not in change.adds),
        )


def _release_moved(remote: RepoState) -> bool:
    """Return whether somebody released or withdrew since the plan was made: then a merge would mix two releases, or cards."""
    refs = remote.repository.refs()
    head = refs.head if refs else None
    if head == remote.sha or head is None:
        return head is None
    for path in (MANIFEST_NAME, WITHDRAWN_NAME):
        now, before = remote.repository.file(path, head), remote.files.get(path)
        if (now.blob_id if now else None) != (before.blob_id if before else None):
            return True
    return False
