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
import importlib.util
import os
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from huggingface_hub import constants
from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars, logging

from tagpress.hub.answers import check_head, check_pages
from tagpress.hub.transport import TRANSPORT, BusyError, Head, Timeouts
from tagpress.hub.transport.parts import Body

_BUSY: Final = "another conflicting operation is in progress"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_storage_lock = threading.RLock()
_listing = threading.local()


@contextlib.contextmanager
def own_settings(timeouts: Timeouts) -> Iterator[None]:
    """
    Have the client library as our requests need it inside the block, on every thread, and then as it was found.

    Blocks may overlap on several threads: the first to begin changes the library, the last to end restores it, and the
    limits of the newest hold for all.
    """
    _listing.pages, _listing.target = 0, ""
    limits = _loan.begin(timeouts)
    try:
        yield
    finally:
        _loan.end(timeouts, limits)


def led_to() -> str:
    """Return the address to which a Hub led the last request of this thread's block; "" if it answered where it was asked."""
    return str(getattr(_listing, "target", ""))


class _Loan:
    """The limits of the blocks that run now, and how the library was before."""

    def __init__(self) -> None:
        self._limits: list[Timeouts] = []
        self._restore = contextlib.ExitStack()

    def begin(self, timeouts: Timeouts) -> list[Timeouts]:
        """Begin a block, and return what its end is to be told."""
        with TRANSPORT.lock:
            if not self._limits:
                for change in (TRANSPORT.lent(self), _without_telemetry(), _quiet()):
                    self._restore.enter_context(change)
            self._limits.append(timeouts)
            return self._limits

    def end(self, timeouts: Timeouts, limits: list[Timeouts]) -> None:
        """End a block; one that began before this process was forked has nothing to restore."""
        with TRANSPORT.lock:
            limits.remove(timeouts)
            if limits is self._limits and not limits:
                self._restore.close()

    def forked(self) -> None:
        """Begin anew in a forked child: its other threads are gone, and the connections are its parent's."""
        self._restore.close()
        self._limits = []
        TRANSPORT.forked()

    def limits(self) -> Timeouts | None:
        """Return those of the newest block."""
        return next(iter(self._limits[-1:]), None)

    def check(self, head: Head) -> Body | None:
        """Refuse an answer that is not what a Hub may say, and a listing that never ends: each of its pages names the next."""
        body = check_head(head)
        if head.is_redirect:
            _listing.target = head.target
        if head.names_next:
            _listing.pages = getattr(_listing, "pages", 0) + 1
            check_pages(_listing.pages, head.url)
        return body

    def refuse_busy(self, head: Head, text: Callable[[], str]) -> None:
        """Refuse what the library would take for a reason to ask again at once."""
        conflict = head.status == HTTPStatus.CONFLICT and urlsplit(head.url).path.endswith("/api/repos/create")
        if conflict and _BUSY in text():
            message = f"the Hub is busy: {_BUSY}"
            raise BusyError(message)


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
atexit.register(TRANSPORT.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_loan.forked)
