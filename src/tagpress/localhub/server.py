"""How the Hub listens: beside the program that uses it, or as a program of its own."""

import asyncio
import contextlib
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

import uvicorn
from starlette.types import ASGIApp

from tagpress.errors import UsageError
from tagpress.localhub.app import make_app
from tagpress.localhub.connections import BoundedProtocol
from tagpress.localhub.origins import KnownNames
from tagpress.localhub.seam import Wrap
from tagpress.localhub.storage import open_store, owner_token
from tagpress.localhub.wire import ServedHub

KEEP_ALIVE: Final = 120  # seconds; a client's pool must not find its connection closed between two uses
PATIENCE: Final = 3  # seconds that a stop waits for answers under way
SWITCH: Final = 0.0005  # seconds that a thread keeps the interpreter while the loop, which serves all, waits for it
THREADS: Final = 32  # handlers under way at once
BACKLOG: Final = 2048  # connections that may wait to be accepted
ACCEPTED: Final = 32  # connections accepted at once, before those that are too many give way
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound here: where to find what is bound so


@dataclass(frozen=True, slots=True)
class LocalHubAddress:
    """Where a Hub listens, and the token that writes to it: a client's `HF_ENDPOINT` and `HF_TOKEN`."""

    endpoint: str
    token: str


class _Server(uvicorn.Server):
    """A uvicorn server that says when it listens, and leaves signals to whoever runs it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tagpress-localhub")
        asyncio.get_running_loop().set_default_executor(threads)  # the loop waits for its threads when it closes
        await super().startup(sockets)
        for each in sockets or ():
            each.listen(BACKLOG)  # the loop has set it to what it accepts at once
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        hurry = asyncio.get_running_loop().call_later(PATIENCE, self._abort)
        try:
            await super().shutdown(sockets)
        finally:
            hurry.cancel()

    def _abort(self) -> None:
        """Close what is still open, so that an answer nobody takes ends by itself and leaves no socket behind."""
        for connection in list(self.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class _Site:
    """A Hub that is ready to run: its application, and the address that it is already bound to."""

    config: uvicorn.Config
    socket: socket.socket
    address: LocalHubAddress

    def server(self, ready: Callable[[], None]) -> _Server:
        return _Server(self.config, ready)


def _prepare(
    root: Path,
    *,
    host: str,
    port: int,
    names: Iterable[str],
    token: str | None,
    wrap: Wrap | None,
    clock: Callable[[], float],
) -> _Site:
    store = open_store(root)
    token = owner_token(store) if token is None else token
    if not (token.isascii() and token.isprintable() and token == token.strip() and token):
        msg = "the token of a Hub must be printable ASCII without spaces around it"
        raise UsageError(msg, "leave it out to have one made")
    app = make_app(ServedHub(store=store, token=token, clock=clock, known=KnownNames.of(host, names)))
    listener = _listen(host, port)
    return _Site(_config(wrap(app) if wrap is not None else app), listener, LocalHubAddress(_endpoint(listener), token))


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        access_log=False,
        backlog=ACCEPTED,
        date_header=False,
        http=BoundedProtocol,
        lifespan="off",
        log_config=None,
        log_level="error",  # what clients do wrong is answered, and must not fill a log
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=2 * PATIENCE,  # for a seam that waits for ever; clients are gone by then
        timeout_keep_alive=KEEP_ALIVE,
        ws="none",
    )


def _listen(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio turns off Nagle's algorithm only where it is, and with it every small answer
    # would wait 40 ms for the client's acknowledgement. `socket.create_server` leaves it out.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        msg = f"can't listen on {host}:{port}: {error}"
        raise UsageError(msg, "choose another host or port; port 0 takes a free one") from error
    return listener


def _endpoint(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class LocalHub:
    """
    A Hub that serves `root` from a background thread while its `with` block runs.

    `token` None means the one kept in `root`, made at the first start. `port` 0 means any free port. `names` are others
    by which clients may call it than those it listens on. `wrap` gets the ASGI
    application and returns the one that is served: the seam where a test counts or breaks requests, see `seam`. `clock`
    gives the time of commits in seconds since 1970.
    """

    def __init__(
        self,
        root: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        names: Iterable[str] = (),
        token: str | None = None,
        wrap: Wrap | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._prepare: Callable[[], _Site] = partial(
            _prepare, root, host=host, port=port, names=tuple(names), token=token, wrap=wrap, clock=clock
        )
        self._address: LocalHubAddress | None = None
        self._stop: Callable[[], None] | None = None

    @property
    def endpoint(self) -> str:
        """Return `http://HOST:PORT`, a client's `HF_ENDPOINT`."""
        return self.address.endpoint

    @property
    def token(self) -> str:
        """Return the token that writes to this Hub, a client's `HF_TOKEN`."""
        return self.address.token

    @property
    def address(self) -> LocalHubAddress:
        """
        Return endpoint and token; there is none outside of the `with` block.

        Raises:
            UsageError: it is not running.

        """
        if self._address is None:
            msg = "this Hub is not running"
            raise UsageError(msg, "use it inside `with LocalHub(root) as hub:`")
        return self._address

    def __enter__(self) -> Self:
        site = self._prepare()
        ready = threading.Event()
        server = site.server(ready.set)
        thread = threading.Thread(target=server.run, args=([site.socket],), name="tagpress-localhub", daemon=True)
        thread.start()
        while not ready.wait(timeout=0.1):
            if not thread.is_alive():
                site.socket.close()
                msg = "the embedded Hub ended before it listened; its log says why"
                raise UsageError(msg)

        def stop() -> None:
            server.should_exit = True
            thread.join()

        self._address, self._stop = site.address, stop
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stop is not None:
            self._stop()
        self._address, self._stop = None, None


def serve(
    root: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    names: Iterable[str] = (),
    token: str | None = None,
    announce: Callable[[LocalHubAddress], None],
) -> None:
    """
    Serve `root` until SIGINT or SIGTERM; the second signal does not wait for answers under way.

    Runs in the main thread, as only there signals arrive. `announce` is called once the Hub listens. Raises `UsageError`
    if it can't listen there.
    """
    sys.setswitchinterval(SWITCH)
    site = _prepare(root, host=host, port=port, names=names, token=token, wrap=None, clock=time.time)
    server = site.server(lambda: announce(site.address))

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
        server.force_exit = server.should_exit
        server.should_exit = True

    before = {number: signal.signal(number, stop) for number in _SIGNALS}
    try:
        server.run([site.socket])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
