"""
How every request travels: how long it may take, and over which storage protocol.

The client library keeps its settings for the whole process, and so do the other libraries of a notebook that use it. So
`own_settings` lends it ours for the time of one of our requests. What they correct cannot be passed to a call:

- the library has one HTTP session, which by default waits for ever;
- telemetry goes to the library's default host, whatever the endpoint, so it is switched off;
- creating a repository loops without end or pause while the Hub is busy, so that answer becomes an error;
- the choice between Xet and LFS is a constant of the library, so `storage` sets it for the time of one upload.
"""

import atexit
import contextlib
import functools
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from huggingface_hub import constants
from huggingface_hub.utils import (
    _http,  # its client is put aside and put back: what is public can only close it, under those who use it
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
    httpx,
    logging,
)

from tagpress.hub.answers import check_pages, check_response

_BUSY: Final = "another conflicting operation is in progress"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_storage_lock = threading.RLock()
_listing = threading.local()


class BusyError(httpx.TransportError):
    """The Hub is creating another repository for this account; the same request succeeds a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """The longest silence in each phase of a request, in seconds."""

    connect: float = 10.0
    read: float = 120.0  # a commit of a hundred large files is answered after tens of seconds
    write: float = 120.0
    pool: float = 60.0


@contextlib.contextmanager
def own_settings(timeouts: Timeouts) -> Iterator[None]:
    """
    Have the client library as our requests need it inside the block, on every thread, and then as it was found.

    Blocks may overlap on several threads: the first to begin changes the library, the last to end restores it, and the
    limits of the newest hold for all.
    """
    _listing.pages = 0
    limits = _loan.begin(timeouts)
    try:
        yield
    finally:
        _loan.end(timeouts, limits)


class _Loan:
    """The limits of the blocks that run now, how the library was before, and the client that serves all blocks."""

    def __init__(self) -> None:
        self._limits: list[Timeouts] = []
        self._restore = contextlib.ExitStack()
        self._client: httpx.Client | None = None
        self._made_by: Callable[[], httpx.Client] | None = None

    def begin(self, timeouts: Timeouts) -> list[Timeouts]:
        """Begin a block, and return what its end is to be told."""
        with _http._CLIENT_LOCK:  # noqa: SLF001 - so that no thread makes the user's client in between
            if not self._limits:
                for change in (_client_made_by(self._open), _without_telemetry(), _quiet()):
                    self._restore.enter_context(change)
            self._limits.append(timeouts)
            return self._limits

    def end(self, timeouts: Timeouts, limits: list[Timeouts]) -> None:
        """End a block; one that began before this process was forked has nothing to restore."""
        with _http._CLIENT_LOCK:  # noqa: SLF001 - as above
            limits.remove(timeouts)
            if limits is self._limits and not limits:
                self._restore.close()

    def forked(self) -> None:
        """Begin anew in a forked child: its other threads are gone, and the connections are its parent's."""
        self._restore.close()
        self._limits = []
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open(self, factory: Callable[[], httpx.Client]) -> httpx.Client:
        """Return our client, made as the user wants clients to be made, for that may know of a proxy; and bounded."""
        if self._client is None or self._client.is_closed or self._made_by is not factory:
            self.close()
            self._client, self._made_by = factory(), factory
            hooks = self._client.event_hooks
            hooks["request"] = [*hooks.get("request", ()), self._bound]
            hooks["response"] = [self._check, *hooks.get("response", ()), self._refuse_busy]
            self._client.event_hooks = hooks
        return self._client

    def _bound(self, request: httpx.Request) -> None:
        """Set limits even where a call of the client passes `timeout=None`, which wins over the session's own."""
        for limits in self._limits[-1:]:
            asked = request.extensions.get("timeout", {})
            chosen = {kind: value for kind, value in asked.items() if value is not None}
            request.extensions["timeout"] = asdict(limits) | chosen
            request.headers["accept-encoding"] = "identity"  # what is not packed has the size that it has

    def _check(self, response: httpx.Response) -> None:
        if self._limits:
            check_response(response)
            self._count(response)

    def _count(self, response: httpx.Response) -> None:
        """Refuse a listing that never ends: each of its pages names the next."""
        if "next" in response.links:
            _listing.pages = getattr(_listing, "pages", 0) + 1
            check_pages(_listing.pages, response)

    def _refuse_busy(self, response: httpx.Response) -> None:
        conflict = response.status_code == HTTPStatus.CONFLICT and response.url.path.endswith("/api/repos/create")
        if self._limits and conflict:
            response.read()
            if _BUSY in response.text:
                message = f"the Hub is busy: {_BUSY}"
                raise BusyError(message)


@contextlib.contextmanager
def _client_made_by(make: Callable[[Callable[[], httpx.Client]], httpx.Client]) -> Iterator[None]:
    """Make the library use another client, made from the user's factory; the user's client stays open and keeps its requests."""
    factory, client = _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT  # noqa: SLF001 - see the import
    ours = functools.partial(make, factory)
    _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT = ours, None  # noqa: SLF001 - see the import
    try:
        yield
    finally:
        if _http._GLOBAL_CLIENT_FACTORY is ours:  # noqa: SLF001 - else the user has set another one meanwhile
            _http._GLOBAL_CLIENT_FACTORY, _http._GLOBAL_CLIENT = factory, client  # noqa: SLF001 - see the import


@contextlib.contextmanager
def _without_telemetry() -> Iterator[None]:
    before = constants.HF_HUB_DISABLE_TELEMETRY
    constants.HF_HUB_DISABLE_TELEMETRY = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_TELEMETRY = before


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the client from writing to the terminal inside the block: what matters is raised, and progress is ours."""
    verbosity, bars = logging.get_verbosity(), not are_progress_bars_disabled()
    logging.set_verbosity(logging.ERROR)
    if bars and constants.HF_HUB_DISABLE_PROGRESS_BARS is None:  # else the user has decided
        disable_progress_bars()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars and constants.HF_HUB_DISABLE_PROGRESS_BARS is None:
            enable_progress_bars()


@contextlib.contextmanager
def storage(*, xet: bool) -> Iterator[None]:
    """Upload over Xet, or over LFS, inside the block."""
    with _storage_lock:
        before = constants.HF_HUB_DISABLE_XET
        constants.HF_HUB_DISABLE_XET = not xet
        try:
            yield
        finally:
            constants.HF_HUB_DISABLE_XET = before


def can_use_xet() -> bool:
    """Return whether the client has Xet and the user did not switch it off with HF_HUB_DISABLE_XET."""
    return not constants.HF_HUB_DISABLE_XET and importlib.util.find_spec("hf_xet") is not None


def prefers_xet(endpoint: str) -> bool:
    """
    Return whether uploads to `endpoint` try Xet first.

    A Hub on this machine gains nothing from Xet, and the client's Xet cache outlives it: LFS is the safer choice there.
    """
    return can_use_xet() and urlsplit(endpoint).hostname not in _LOOPBACK


_loan: Final = _Loan()
atexit.register(_loan.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loan.forked)
