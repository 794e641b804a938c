"""
How the Hub says no.

Every refusal is a `RefusedError`: a status, a message and the error code that the clients turn into their own exception
types. Handlers raise it from any depth; `dispatch` turns it into the HTTP answer, and nothing else does.
"""

import errno
import os
from collections.abc import Mapping
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
BAD_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105 - the clients compare this sentence, it is no secret

LONGEST: Final = 1_000  # characters of a message: it goes into a header too, and clients refuse long ones


class RefusedError(Exception):
    """The Hub's answer is no; `code` is what `X-Error-Code` carries, empty where the clients know none."""

    def __init__(self, status: int, message: str, code: str = "", headers: Mapping[str, str] | None = None) -> None:
        shown = message if len(message) <= LONGEST else f"{message[:LONGEST]}... ({len(message):,} characters)"
        super().__init__(shown)
        self.status = status
        self.message = shown
        self.code = code
        self._headers = {**(headers or {}), **({"X-Error-Code": code} if code else {})}

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of the answer; a header is one line of ASCII whatever the message quotes."""
        visible = "".join(char if char.isprintable() else " " for char in self.message)
        message = " ".join(visible.encode("ascii", "backslashreplace").decode().split())
        return {**self._headers, "X-Error-Message": message}


class MovedError(RefusedError):
    """The repository is called `to` now; `dispatch` adds the address that says so."""

    def __init__(self, to: str) -> None:
        super().__init__(307, f"This repository is called {to} now")
        self.to = to

    def at(self, address: str) -> RefusedError:
        """Return the answer that sends the client on to `address`, with the same method and body."""
        return RefusedError(self.status, self.message, headers={"Location": address})


def bad_request(message: str) -> RefusedError:
    """Return the refusal of a request that no state of the Hub could satisfy."""
    return RefusedError(400, message)


def bad_token() -> RefusedError:
    """Return the refusal of a token that is not this Hub's."""
    return RefusedError(401, BAD_TOKEN)


def token_needed() -> RefusedError:
    """Return the refusal of a write without a token."""
    return RefusedError(401, "Invalid username or password.")


def sign_in(code: str = "") -> RefusedError:
    """Ask git or a browser for the token: they show it only when they are asked."""
    challenge = {"WWW-Authenticate": 'Basic realm="any name, and the token of this Hub as password", charset="UTF-8"'}
    return RefusedError(401, "Sign in with any name and the token of this Hub as password.", code, challenge)


def gated(repo_id: str) -> RefusedError:
    """Return the refusal of a gated repository's files to somebody without a token."""
    message = f"Access to {repo_id} is restricted. You must have access to it and be authenticated to access it. Please log in."
    return RefusedError(401, message, "GatedRepo")


def forbidden(message: str) -> RefusedError:
    """Return the refusal of something that this caller may not do."""
    return RefusedError(403, message)


def repo_not_found() -> RefusedError:
    """Return the answer for a repository that does not exist, or that the caller may not know of."""
    return RefusedError(404, "Repository not found", "RepoNotFound")


def revision_not_found(revision: str) -> RefusedError:
    """Return the answer for a branch, tag, pull request or commit that does not exist."""
    return RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")


def entry_not_found(message: str, commit: str = "") -> RefusedError:
    """Return the answer for a file or folder that does not exist; clients cache the miss under `commit`."""
    return RefusedError(404, message, "EntryNotFound", {"X-Repo-Commit": commit} if commit else {})


def not_found(message: str) -> RefusedError:
    """Return the answer for anything else that does not exist."""
    return RefusedError(404, message)


def conflict(message: str) -> RefusedError:
    """Return the refusal of something that exists already, or that somebody else is changing."""
    return RefusedError(409, message)


def parent_moved() -> RefusedError:
    """Return the refusal of a commit whose parent is not the head any more."""
    return RefusedError(412, "A commit has happened since. Please refresh and try again.")


def too_large(message: str) -> RefusedError:
    """Return the refusal of a body or a list above its limit."""
    return RefusedError(413, message)


def too_slow(message: str) -> RefusedError:
    """Return the refusal of a body that does not come."""
    return RefusedError(408, message)


def damaged(message: str) -> RefusedError:
    """Return the answer for what is stored, but is not what was stored."""
    return RefusedError(500, f"{message}: the storage of this Hub is damaged, `tagpress hub --check` says where")


def is_disk_full(error: Exception) -> bool:
    """Return whether the system has no room for what was to be written; libgit2 says so in its words alone."""
    return getattr(error, "errno", None) in _FULL or any(os.strerror(number) in str(error) for number in _FULL)


def disk_full() -> RefusedError:
    """Return the answer for a change that there is no room for."""
    return RefusedError(507, "The disk of this Hub is full: nothing was changed. Free some space there, and try again")
