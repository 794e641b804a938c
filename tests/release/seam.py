"""The seam of a Hub under test: it sees every request, and can break any of them."""

import os
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    agent: str

    @property
    def what(self) -> tuple[str, str]:
        """What a client asks for; the address of an upload holds a signature that is new each time."""
        path = "/".join(self.path.split("/")[:3]) if self.path.startswith("/lfs/") else self.path
        return self.method, f"{path}?{self.query}"


# What a fault does with one request: it may pass it on, answer it, or neither.
Fault = Callable[[App, Scope, Receive, Send], Awaitable[None]]


@dataclass
class Seam:
    """
    Records requests, and asks `choose` for a fault before each.

    `received` counts request bodies in bytes, `acted` holds the requests that the Hub has carried out.
    """

    requests: list[Request] = field(default_factory=list)
    acted: list[Request] = field(default_factory=list)
    received: dict[tuple[str, str], int] = field(default_factory=dict)
    choose: Callable[[int, Request], Fault | None] = lambda _number, _request: None

    def __call__(self, app: App) -> App:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            headers = dict(scope["headers"])
            request = Request(
                scope["method"],
                scope["path"],
                scope["query_string"].decode(),
                headers.get(b"user-agent", b"").decode(),
            )
            self.requests.append(request)

            async def counted() -> Message:
                message = await receive()
                size = len(message.get("body", b""))
                self.received[request.what] = self.received.get(request.what, 0) + size
                return message

            async def acting(scope: Scope, receive: Receive, send: Send) -> None:
                statuses: list[int] = []

                async def watched(message: Message) -> None:
                    statuses.append(message.get("status", 0))
                    await send(message)

                await app(scope, receive, watched)
                if statuses and statuses[0] < 300:
                    self.acted.append(request)

            fault = self.choose(len(self.requests), request)
            await (fault(acting, scope, counted, send) if fault else acting(scope, counted, send))

        return seam

    def forget(self) -> None:
        self.requests.clear()
        self.acted.clear()
        self.received.clear()
        self.choose = lambda _number, _request: None

    def count(self, method: str, part: str = "") -> int:
        return sum(request.method == method and part in request.path for request in self.requests)


def answer(status: int, headers: dict[str, str] | None = None, body: bytes = b'{"error":"injected"}') -> Fault:
    """Answer in place of the Hub, which does not act."""
    fields = {"content-type": "application/json", "content-length": str(len(body)), **(headers or {})}

    async def fault(_app: App, _scope: Scope, receive: Receive, send: Send) -> None:
        await _whole_body(receive)
        encoded = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": encoded})
        await send({"type": "http.response.body", "body": body})

    return fault


async def drop_before(_app: App, _scope: Scope, receive: Receive, send: Send) -> None:
    """Tear the connection before the Hub acts."""
    await _whole_body(receive)
    _tear(send)


async def drop_after(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Tear the connection after the Hub acted, without a byte of its answer."""
    await app(scope, receive, _nowhere)
    _tear(send)


def kill_after(pid: Callable[[], int]) -> Fault:
    """Kill the publisher after the Hub acted on its request."""

    async def fault(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, _nowhere)
        os.kill(pid(), signal.SIGKILL)
        _tear(send)

    return fault


async def _nowhere(_message: Message) -> None:
    return None


async def _whole_body(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass


def _tear(send: Send) -> None:
    """Reset the connection: uvicorn keeps it behind the function that sends."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
