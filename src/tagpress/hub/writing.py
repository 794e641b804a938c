"""
How a repository is changed: created, committed to, merged, tagged.

No write is blindly repeated. After an unclear answer the repository is looked at first: the write may have succeeded.
"""

import contextlib
import itertools
from http import HTTPStatus
from typing import Final, Literal

from huggingface_hub import CommitInfo

from tagpress.errors import ConflictError, HubError, NotOnHubError, RenamedError, TagpressError, UsageError, VerifyError
from tagpress.hub.connection import UNCHANGED
from tagpress.hub.faults import Attempt, translate
from tagpress.hub.repository import Repository
from tagpress.hub.retry import status_of
from tagpress.hub.transport import TRANSPORT
from tagpress.hub.transport.additions import is_committed
from tagpress.hub.upload import fresh_operations, upload
from tagpress.hub.values import MAIN, Change, Pull, Refs

_UPLOADED: Final = "its content is uploaded, but not committed"
_RACED: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})
_GATES: Final[dict[str, Literal["auto", "manual", False]]] = {"off": False, "auto": "auto", "manual": "manual"}
_PULLS_LOOKED_AT: Final = 20  # the newest; a release opens one


def create(repository: Repository, *, private: bool) -> None:
    """Create the repository unless it exists; one that exists keeps its visibility."""
    hub = repository.hub
    try:
        hub.ask(
            f"create the dataset {repository.repo}",
            lambda: hub.api.create_repo(repository.repo, repo_type="dataset", private=private or None, exist_ok=True),
        )
    except HubError:
        if repository.refs() is None:
            raise


def require_private(repository: Repository, *, state: str = UNCHANGED) -> None:
    """
    Refuse to publish something private in a repository that everyone can see.

    Raises:
        UsageError: it is public.

    """
    if not repository.access(state=state).private:
        message = f"{repository.url} is public, but a private release was asked for; {state}."
        raise UsageError(message, "Make the repository private in its settings, or publish without --private.")


def set_gate(repository: Repository, gated: str, *, state: str) -> None:
    """
    Have the files of a repository given to everybody (off), to whoever asks (auto), or whom its owner lets in (manual).

    Raises:
        VerifyError: the Hub took it, and says something else afterwards.

    """
    hub, value = repository.hub, _GATES[gated]
    hub.ask(
        f"set who may read the files of {repository.repo}",
        lambda: hub.api.update_repo_settings(repository.repo, repo_type="dataset", gated=value),
        state=state,
    )
    found = repository.access(state=state).gated
    if found != gated:
        message = f"{repository.repo} was set to gated: {gated}, and the Hub says gated: {found}; {state}."
        raise VerifyError(message, "Set it on the page of the repository, and run the same command again.")


def require_name(repository: Repository, refs: Refs) -> None:
    """
    Refuse to release under a name that the repository no longer has: the card would name what anybody may take.

    A Hub that is asked by the old name leads to the new one, so its answer says it.

    Raises:
        RenamedError: it is called otherwise now.

    """
    name = refs.moved_to
    if name and name != repository.repo:
        message = f"{repository.repo} is called {name} on {repository.hub.endpoint} now; {UNCHANGED}."
        raise RenamedError(message, f"Publish to it by that name: --repo {name}, or REPO = {name!r} in the script.")


def commit(repository: Repository, change: Change, *, parent: str | None, title: str, ref: str = MAIN) -> str | None:
    """
    Make one commit on top of `parent` and return its sha; None if the ref is no longer at `parent`.

    None may mean that somebody else committed, be it the very same files, or that this commit succeeded and its answer was
    lost: look and decide.
    """
    for failures in itertools.count(1):
        try:
            made = _commit_once(repository, change, parent=parent, title=title, ref=ref)
        except TagpressError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the branch tells what became of the commit
            if _head(repository, ref) != parent:
                return None
            _wait(repository, error, failures, f"commit to {ref} of {repository.repo}")
        else:
            return made.oid if made else None
    raise AssertionError  # the last wait raises


def open_pull(repository: Repository, change: Change, *, parent: str | None, title: str) -> Pull | None:
    """
    Open a pull request with one commit on top of `parent`; None if main is no longer there.

    An open pull request of this title is ours, from a run that died or an answer that was lost: it is returned as it is.
    """
    for failures in itertools.count(1):
        if found := find_pull(repository, title):
            return found
        try:
            made = _commit_once(repository, change, parent=parent, title=title, as_pull=True)
            return Pull(number=made.pr_num, title=title, status="open") if made and made.pr_num else None
        except TagpressError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the branch tells what became of the commit
            if _head(repository, MAIN) != parent:
                return find_pull(repository, title)
            _wait(repository, error, failures, f"open a pull request in {repository.repo}")
    raise AssertionError  # the last wait raises


def find_pull(repository: Repository, title: str) -> Pull | None:
    """Return the newest open pull request of this title."""
    refs = repository.refs(pulls=True)
    newest = sorted(refs.pulls if refs else (), reverse=True)[:_PULLS_LOOKED_AT]
    pulls = (repository.pull(number) for number in newest)
    return next((pull for pull in pulls if pull.is_open and pull.title == title), None)


def merge(repository: Repository, number: int) -> None:
    """Merge a pull request into main; one that is merged already stays so."""
    hub = repository.hub

    def attempt() -> None:
        pull = repository.pull(number)
        if pull.status == "draft":
            with contextlib.suppress(HubError):  # some Hubs merge a draft as it is
                _publish_draft(repository, number)
        if pull.status != "merged":
            hub.api.merge_pull_request(repository.repo, number, repo_type="dataset")

    hub.ask(f"merge pull request {number} of {repository.repo}", attempt, state="the pull request is complete and open")


def set_tag(repository: Repository, name: str, sha: str) -> None:
    """
    Make the tag `name` point at the commit `sha`; a tag that does so already is fine, and no tag is ever moved.

    Raises:
        ConflictError: the tag exists and points elsewhere.

    """
    hub = repository.hub
    made = hub.ask(
        f"tag {repository.repo}",
        lambda: _made_tag(repository, name, sha),
        state=f"commit {sha} is there, without its tag",
    )
    found = sha if made else repository.resolve(name)
    if found != sha:
        message = f"The tag {name} of {repository.repo} points at {found}, not at the release {sha}; it was not moved."
        raise ConflictError(message, "Somebody else made this tag. Publish under the next version.")


def _made_tag(repository: Repository, name: str, sha: str) -> bool:
    """Make a tag; False if there is one of that name, which an answer that was lost may have made."""
    try:
        repository.hub.api.create_tag(repository.repo, tag=name, revision=sha, repo_type="dataset")
    except TRANSPORT.refused as error:
        if status_of(error) != HTTPStatus.CONFLICT:
            raise
        return False
    return True


def _publish_draft(repository: Repository, number: int) -> None:
    repository.hub.ask(
        f"publish the draft of pull request {number}",
        lambda: repository.hub.api.change_discussion_status(repository.repo, number, "open", repo_type="dataset"),
    )


def _commit_once(
    repository: Repository, change: Change, *, parent: str | None, title: str, ref: str = MAIN, as_pull: bool = False
) -> CommitInfo | None:
    """Commit; None where nothing was to change, for which the client answers with the head as if it had committed."""
    additions, deletions = fresh_operations(change)
    upload(repository, additions, ref, as_pull=as_pull)
    with repository.hub.settings():
        made = repository.hub.api.create_commit(
            repository.repo,
            [*additions, *deletions],
            commit_message=title,
            repo_type="dataset",
            revision=ref,
            parent_commit=parent,
            create_pr=as_pull,
        )
    return made if deletions or any(map(is_committed, additions)) else None


def _head(repository: Repository, ref: str) -> str | None:
    try:
        return repository.resolve(ref) or None
    except NotOnHubError:
        return None


def _wait(repository: Repository, error: Exception, failures: int, doing: str) -> None:
    """Wait before the next try of a write that certainly did not happen, or raise what it failed with."""
    retry = repository.hub.retry
    raced = status_of(error) in _RACED
    wait = retry.usual_wait(failures) if raced else retry.wait_after(error, failures)
    if wait is None or failures == retry.attempts:
        hub = repository.hub
        attempt = Attempt(doing=doing, endpoint=hub.endpoint, state=_UPLOADED, signed=hub.secret() is not None)
        raise translate(error, attempt) from error
    repository.hub.tell_wait(doing, error, wait)
    retry.sleep(wait)
