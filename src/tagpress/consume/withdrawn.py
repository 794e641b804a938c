"""
Did the owner take a version back? Asked of `main` when a version is loaded, and said before a row of it is used.

It costs one request; what the file said is kept beside the release, for when the Hub cannot be asked.
"""

import contextlib
import inspect
import warnings
from pathlib import Path
from typing import Final

from tagpress.consume.streaming.pinned import PinnedRelease, keep
from tagpress.corpus.version import Version
from tagpress.corpus.withdrawals import WITHDRAWN_NAME, Withdrawals, refuse_long
from tagpress.errors import HubUnreachableError, NotOnHubError, WithdrawnError, WithdrawnWarning
from tagpress.hub import MAIN, Repository

_OURS: Final = Path(__file__).parents[1]


def say_withdrawn(release: PinnedRelease, *, refuse: bool = True) -> None:
    """
    Warn of a version that its owner took back.

    Raises:
        WithdrawnError: for good, and it is to be refused.
        VerifyError: what the Hub has as `withdrawn.json` cannot be read.

    """
    kept = release.home / WITHDRAWN_NAME
    known = kept.read_bytes() if kept.is_file() else None
    if release.asked:
        with contextlib.suppress(HubUnreachableError):  # gone since it answered: what was kept still holds
            known = _kept_now(release.repository, kept, known)
    if known is not None:
        say(
            release.repository.repo,
            release.manifest.version,
            Withdrawals.from_bytes(known, where=str(kept)),
            refuse=refuse,
        )


def say(repo: str, version: Version, withdrawals: Withdrawals, *, refuse: bool = True) -> None:
    """
    Warn of a version that is among those that were taken back.

    Raises:
        WithdrawnError: for good, and it is to be refused.

    """
    found = withdrawals.of(version)
    if found is None:
        return
    if found.final and refuse:
        hint = "Load a later version; the tag stays, for whoever has to look at what was released."
        raise WithdrawnError(f"{repo} {found}", hint)
    warnings.warn(f"{repo} {found}", WithdrawnWarning, stacklevel=_callers())


def _callers() -> int:
    """Return at which level of the stack, counted from the function that asks, the first line stands that is not ours."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and Path(frame.f_code.co_filename).is_relative_to(_OURS):
        level, frame = level + 1, frame.f_back
    return level


def withdrawals_on_main(repository: Repository, known: bytes | None = None) -> Withdrawals | None:
    """
    Return what `main` says now; None where it says nothing. What is `known` to be there need not be read again.

    Raises:
        VerifyError: it cannot be read.
        HubError: the Hub does not answer, or not as it should.

    """
    where = f"{WITHDRAWN_NAME} of {repository.repo}"
    try:
        found = repository.file(WITHDRAWN_NAME, MAIN)
        if found is not None and known is not None and found.holds(known):
            return Withdrawals.from_bytes(known, where=where)
        sha = repository.resolve(MAIN) if found else ""  # the branch may move between two requests, a commit does not
        found = repository.file(WITHDRAWN_NAME, sha) if found else None
    except NotOnHubError:  # there is no main
        return None
    if found is None:
        return None
    refuse_long(found.size, where)
    return Withdrawals.from_bytes(repository.read(found, sha), where=where)


def _kept_now(repository: Repository, kept: Path, known: bytes | None) -> bytes | None:
    """Have on disk what `main` says now, and return it."""
    found = withdrawals_on_main(repository, known)
    if found is None:
        kept.unlink(missing_ok=True)
        return None
    data = found.to_bytes()
    keep(kept, data)
    return data
