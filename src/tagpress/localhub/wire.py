"""What a handler gets, and what it gives back."""

import base64
import contextlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import Any, Final

import pygit2
from starlette.datastructures import Headers, QueryParams
from starlette.responses import Response

from tagpress.localhub.loose import open_whole
from tagpress.localhub.names import RepoName
from tagpress.localhub.origins import KnownNames
from tagpress.localhub.refusals import MovedError, bad_request, bad_token, gated, repo_not_found, token_needed
from tagpress.localhub.renames import name_now
from tagpress.localhub.signing import Grants
from tagpress.localhub.storage import HubStorage, is_in_place, read_json
from tagpress.localhub.whole import WholeFiles

MAX_DIGITS: Final = 9  # of a number in a query
_OF_GIT: Final = ("git", "git/objects", "git/refs", "git/HEAD", "git/config")  # none may be a link to elsewhere
OWNER: Final = "local"  # the one user, and the namespace of a repository created without one


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedHub:
    """What all requests share: the bytes, the owner's token, the Hub's names, and the time in seconds since 1970."""

    store: HubStorage
    token: str
    clock: Callable[[], float]
    known: KnownNames
    whole: WholeFiles = field(default_factory=WholeFiles)

    @property
    def grants(self) -> Grants:
        """Return the signer of this Hub's grants."""
        return Grants(self.token)


@dataclass(frozen=True, slots=True)
class Upload:
    """A body that was written to a draft file: its sha256 in hex, its size in bytes."""

    path: Path
    sha256: str
    size: int


class Body(Enum):
    """Where a handler finds a request's body."""

    MEMORY = auto()  # when its turn has come
    DRAFT = auto()  # into a file, hashed on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, checked and whole."""

    hub: ServedHub
    endpoint: str
    method: str
    names: Mapping[str, str]
    query: QueryParams
    headers: Headers
    body: bytes = b""
    upload: Upload | None = None

    @property
    def repo(self) -> RepoName:
        """Return the repository that the URL names."""
        return RepoName(self.names.get("kind", "models"), self.names["namespace"], self.names["name"])

    @property
    def folder(self) -> Path:
        """Return the folder of that repository."""
        return self.hub.store.repository(self.repo)

    def git(self) -> pygit2.Repository:
        """
        Return its git repository.

        Raises:
            RefusedError: 404 RepoNotFound if it was deleted since the call was checked.

        """
        return open_git(self.folder)

    @contextlib.contextmanager
    def changing(self) -> Iterator[pygit2.Repository]:
        """
        Hold the right to change the repository, and return its git repository as it is from here on.

        Raises:
            RefusedError: 409 if somebody else holds the right too long, 404 RepoNotFound if they deleted it.

        """
        with self.hub.store.lock(self.repo):
            self.settings()
            yield self.git()

    def settings(self) -> dict[str, Any]:
        """
        Return the repository's settings.

        Raises:
            MovedError: it has another name now.
            RefusedError: 404 RepoNotFound if it does not exist, or is private and the caller has no token.

        """
        settings = self._visible(self.repo)
        if settings is not None:
            return settings
        renamed = name_now(self.hub.store, self.repo)
        if renamed is not None and self._visible(renamed) is not None:
            raise MovedError(renamed.id)
        raise repo_not_found()

    def _visible(self, name: RepoName) -> dict[str, Any] | None:
        """Return the settings of a repository that is there, and that the caller may know of."""
        signed_in = self.signed_in()
        settings = read_json(self.hub.store.repository(name) / "settings.json")
        if settings is None or (settings["visibility"] == "private" and not signed_in):
            return None
        return settings

    def signed_in(self) -> bool:
        """
        Return whether the owner asks; False for nobody in particular.

        Git and browsers send the token as the password of any user.

        Raises:
            RefusedError: 401 for a token that is not the owner's.

        """
        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        if not scheme:
            return False
        read = _CREDENTIALS.get(scheme.lower())
        if read is None or not hmac.compare_digest(read(given.strip()).encode(), self.hub.token.encode()):
            raise bad_token()
        return True

    def by_bearer(self) -> bool:
        """Return whether the credentials, if any, are ones that no browser adds by itself to what another site asks."""
        return self.headers.get("authorization", "").lower().startswith("bearer ")

    def flag(self, key: str) -> bool:
        """Return whether the query says yes to `key`, in one of the ways that clients spell it."""
        return self.query.get(key, "").lower() in {"1", "true"}

    def number(self, key: str, default: int) -> int:
        """
        Return a number of the query.

        Raises:
            RefusedError: 400 for anything else.

        """
        text = self.query.get(key, str(default))
        if not text.isascii() or not text.isdecimal() or len(text) > MAX_DIGITS:
            raise bad_request(f"{key} must be a number, found {text[:40]!r}")
        return int(text)

    def json(self) -> dict[str, Any]:
        """
        Return the body, a JSON object; an empty body is an empty object.

        Raises:
            RefusedError: 400 for anything else.

        """
        try:
            found = json.loads(self.body or b"{}")
        except (ValueError, RecursionError) as error:
            raise bad_request(f"The body is not JSON: {error}") from None
        if found is None:
            return {}
        if not isinstance(found, dict):
            raise bad_request("The body must be a JSON object")
        return found


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


_CREDENTIALS: Final[Mapping[str, Callable[[str], str]]] = {"bearer": str, "basic": _password}

Handler = Callable[[Call], Response]
# Returns, or raises RefusedError: 401 for a missing or wrong token, 404 for what the caller can't know.
Guard = Callable[[Call], None]


def anybody(call: Call) -> None:
    """Let everybody pass, except with a wrong token."""
    call.signed_in()


def owner(call: Call) -> None:
    """
    Let the owner of the token pass.

    Raises:
        RefusedError: no token came along, or not in a header.

    """
    if not call.signed_in() or not call.by_bearer():
        raise token_needed()


def reader(call: Call) -> None:
    """Let everybody pass who may know of the repository."""
    call.settings()


def file_reader(call: Call) -> None:
    """
    Let everybody pass who may read the repository's files.

    Raises:
        RefusedError: the repository is gated, and nobody has signed in.

    """
    if call.settings()["gated"] and not call.signed_in():
        raise gated(call.repo.id)


def writer(call: Call) -> None:
    """Let the owner pass, if there is such a repository."""
    call.settings()
    owner(call)


def open_git(folder: Path) -> pygit2.Repository:
    """
    Return the git repository of a repository's folder; one per call, as they must not be shared between threads.

    Raises:
        RefusedError: 404 RepoNotFound if there is none.

    """
    if not all(is_in_place(folder / part) for part in _OF_GIT):
        raise repo_not_found()
    try:
        return open_whole(folder / "git")
    except pygit2.GitError:
        if folder.exists():
            raise
        raise repo_not_found() from None


def answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    content = json.dumps(value, separators=(",", ":"))
    return Response(content, status, headers, media_type="application/json")


def iso(seconds: float) -> str:
    """Return a moment as the clients read it: `2026-11-22T23:52:14.000Z`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
