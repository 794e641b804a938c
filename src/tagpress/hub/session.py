"""
How every request travels: how long it may take, and over which storage protocol.

The client library has one HTTP session per process and by default it waits for ever, so `bound_requests` replaces the
factory of that session. Three more habits of the library are corrected here, because they cannot be passed to a call:

- telemetry goes to the library's default host, whatever the endpoint, so it is switched off;
- creating a repository loops without end or pause while the Hub is busy, so that answer becomes an error;
- the choice between Xet and LFS is a constant of the library, so `storage` sets it for the time of one upload.
"""

import contextlib
import functools
import importlib.util
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils import (
    are_progress_bars_disabled,
    disable_progress_bars,
    enable_progress_bars,
    httpx,
    logging,
)
from huggingface_hub.utils._http import hf_request_event_hook  # the default factory's own hook: no public name

_BUSY: Final = "another conflicting operation is in progress"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_storage_lock = threading.RLock()


class BusyError(httpx.TransportError):
    """The Hub is creating another repository for this account; the same request succeeds a little later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """The longest silence in each phase of a request, in seconds."""

    connect: float = 10.0
    read: float = 120.0  # a commit of a hundred large files is answered after tens of seconds
    write: float = 120.0
    pool: float = 60.0


@functools.lru_cache(maxsize=1)  # the same limits again must not end a session that other threads are using
def bound_requests(timeouts: Timeouts) -> None:
    """Make every later request of this process obey `timeouts`; other limits than before end the present session."""
    limits = asdict(timeouts)

    def bound(request: httpx.Request) -> None:
        """Set limits even where a call of the client passes `timeout=None`, which wins over the session's own."""
        asked = request.extensions.get("timeout", {})
        request.extensions["timeout"] = {
            **limits,
            **{kind: value for kind, value in asked.items() if value is not None},
        }

    hooks: dict[str, list[Callable[..., object]]] = {
        "request": [hf_request_event_hook, bound],
        "response": [_refuse_busy],
    }
    constants.HF_HUB_DISABLE_TELEMETRY = True
    set_client_factory(lambda: httpx.Client(timeout=None, event_hooks=hooks, follow_redirects=True))


@contextlib.contextmanager
def quiet() -> Iterator[None]:
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
    """Tell whether the client has Xet and the user did not switch it off with HF_HUB_DISABLE_XET."""
    return not constants.HF_HUB_DISABLE_XET and importlib.util.find_spec("hf_xet") is not None


def prefers_xet(endpoint: str) -> bool:
    """
    Tell whether uploads to `endpoint` try Xet first.

    A Hub on this machine gains nothing from Xet, and the client's Xet cache outlives it: LFS is the safer choice there.
    """
    return can_use_xet() and urlsplit(endpoint).hostname not in _LOOPBACK


def _refuse_busy(response: httpx.Response) -> None:
    if response.status_code == HTTPStatus.CONFLICT and response.url.path.endswith("/api/repos/create"):
        response.read()
        if _BUSY in response.text:
            message = f"the Hub is busy: {_BUSY}"
            raise BusyError(message)
