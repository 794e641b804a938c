"""
How long a connection may do nothing, and how many there may be.

The server's own limits begin with a whole request: headers that never end, and answers that nobody takes, would hold
their connection for ever. Here they end; and where there are too many connections, one that does nothing gives way.
"""

import asyncio
import resource
import time
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

HEADER_SECONDS: Final = 10.0  # from the first byte, or the connection, to the end of a request's headers
STALLED_SECONDS: Final = 120.0  # for a client to take what waits for it in the send buffer: some 100 kB
MOST: Final = 1000  # connections
_OTHER_FILES: Final = 128  # descriptors that are no connection, nor a file of one


def most_connections() -> int:
    """Return how many connections the descriptors of this process allow: each may need one more for a file."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if soft == resource.RLIM_INFINITY else max(16, min(MOST, (soft - _OTHER_FILES) // 2))


class BoundedProtocol(H11Protocol):
    """A connection that ends when its client lets it wait too long."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:  # noqa: ANN401 - the server's own, passed on
        super().__init__(*arguments, **settings)
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._most = most_connections()
        self.idle_since = time.monotonic()

    @property
    def is_idle(self) -> bool:
        """Tell whether no request is under way: none has begun, or its headers are not whole."""
        cycle: RequestResponseCycle | None = (
            self.cycle
        )  # None before the first request, whatever the server's types say
        return cycle is None or cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class has it
        """Begin; another connection may have to end for it."""
        super().connection_made(transport)
        self._expect_headers()
        if len(self.connections) > self._most:
            self._make_room()

    def _make_room(self) -> None:
        idle = [one for one in self.connections if isinstance(one, BoundedProtocol) and one.is_idle and one is not self]
        victim = min(idle, key=lambda one: one.idle_since, default=self)
        self.connections.discard(victim)  # it is lost a little later, and must not be chosen twice
        victim.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes; those that do not complete the headers start or keep the clock."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._timer is None and self.conn.trailing_data[0]:
            self._expect_headers()

    def _expect_headers(self) -> None:
        self._timer = self.loop.call_later(HEADER_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        self.idle_since = time.monotonic()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def pause_writing(self) -> None:
        """Start the clock for a client that does not take its answer."""
        super().pause_writing()
        self._stalled = self.loop.call_later(STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop that clock."""
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and leave no clock behind."""
        self._stop_waiting()
        super().connection_lost(exc)
