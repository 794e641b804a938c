"""
How does an owner take a version back? By saying so on `main`, in a file and on the card, in one commit; its tag stays.

Whoever loads, streams or verifies the version is told. Nothing is deleted: what others have built on it can still be
looked at.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

from tagpress.card import with_withdrawals
from tagpress.consume.streaming.pinned import parse_version
from tagpress.corpus.manifest import CARD_NAME
from tagpress.corpus.version import Version
from tagpress.corpus.withdrawals import WITHDRAWN_NAME, Withdrawal, Withdrawals
from tagpress.errors import ConflictError, NotOnHubError, UsageError
from tagpress.hub import Change, Hub, Repository, commit
from tagpress.release.state import RepoState, read_remote
from tagpress.release.withdrawn import withdrawals_of

_TRIES: Final = 5  # each needs somebody else's commit in between


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """
    The answer to `tagpress withdraw`.

    `withdrawal` is what is said of the version now, None if nothing; `commit` is the one that said so, None where it had
    been said before. `on_main` says that `main` still holds the version, which whoever names none gets.
    """

    repo: str
    version: Version
    withdrawal: Withdrawal | None
    commit: str | None
    on_main: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the document that `--json` prints."""
        return {
            "repo": self.repo,
            "version": str(self.version),
            "withdrawn": self.withdrawal.to_json() if self.withdrawal else None,
            "commit": self.commit,
            "on_main": self.on_main,
        }


def withdraw_release(
    repo: str, version: str, *, hub: Hub, why: str = "", final: bool = False, undo: bool = False
) -> Withdrawn:
    """
    Say of a released version that its owner takes it back, and `why`; `undo` takes that back.

    `tagpress.load` and `stream` warn of it, and refuse it where it is `final`; so does `verify`. The card on `main` and those
    of later releases name it. The tag and its files stay as they are.

    Raises:
        UsageError: there is no version X.Y.Z, or no reason in one line of at most 500 characters.
        NotOnHubError: there is no such repository or version.
        ConflictError: `main` was changed by others during each try, or the repository has another name now.
        HubError: the Hub refused or could not be reached.

    """
    number = parse_version(version)
    withdrawal = None if undo else _withdrawal(number, why, final=final)
    repository = Repository(hub=hub, repo=repo)
    for _ in range(_TRIES):
        remote = _released(repository, number)
        before = withdrawals_of(remote)
        after = before.with_one(withdrawal) if withdrawal else before.without(number)
        change = _change(remote, before, after)
        on_main = remote.manifest is not None and remote.manifest.version == number
        done = Withdrawn(repo=repo, version=number, withdrawal=withdrawal, commit=None, on_main=on_main)
        if not len(change):
            return done
        title = f"Withdraw {number.tag}" if withdrawal else f"{number.tag} is withdrawn no longer"
        if made := commit(repository, change, parent=remote.sha, title=title):
            return replace(done, commit=made)
    message = f"{repo} was changed by others during each of {_TRIES} tries"
    raise ConflictError(message, "Run the same command again when it is quiet.")


def _withdrawal(version: Version, why: str, *, final: bool) -> Withdrawal:
    try:
        return Withdrawal(version=version, why=why, final=final)
    except ValueError as error:
        raise UsageError(f"{error}, found {why!r:.80}", 'Say it in a line: --why "...".') from error


def _released(repository: Repository, version: Version) -> RepoState:
    """Return what `main` holds of a repository that has the version."""
    remote = read_remote(repository)
    if remote is None or version.tag not in remote.tags:
        known = sorted(remote.tags) if remote else []
        message = f"{repository.repo} has no release {version}" if remote else f"there is no dataset {repository.repo}"
        raise NotOnHubError(message, f"It has {', '.join(known)}." if known else "")
    return remote


def _change(remote: RepoState, before: Withdrawals, after: Withdrawals) -> Change:
    """Return what `main` lacks to say it; whatever else was written into the card stays."""
    adds: dict[str, bytes] = {}
    if after.withdrawn and (before != after or WITHDRAWN_NAME not in remote.files):
        adds[WITHDRAWN_NAME] = after.to_bytes()
    card = remote.read(CARD_NAME) if CARD_NAME in remote.files else b""
    if card and (said := with_withdrawals(card, after)) != card:
        adds[CARD_NAME] = said
    gone = (WITHDRAWN_NAME,) if WITHDRAWN_NAME in remote.files and not after.withdrawn else ()
    return Change(adds=adds, deletes=gone)
