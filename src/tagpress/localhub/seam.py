"""
Where a test stands between the server and the Hub: it may count, delay, answer for itself, or lose an answer.

    def wrap(app: ASGIApp) -> ASGIApp:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            await app(scope, receive, send)     # the Hub has acted, and its answer is on its way
        return seam

    LocalHub(root, wrap=wrap)

To lose an answer after the Hub has acted, call the application with a `send` of your own that keeps the messages to itself,
then `await drop(send)`; to lose the request before, only drop.
"""

import asyncio
from collections.abc import Callable

from starlette.types import ASGIApp, Send

Wrap = Callable[[ASGIApp], ASGIApp]


async def drop(send: Send) -> None:
    """Close the connection under the server's own `send` at once: the client sees it reset, without an answer."""
    cycle = send.__self__  # type: ignore[attr-defined] # a bound method of uvicorn's request, which knows its connection
    cycle.transport.abort()
    await asyncio.sleep(0)  # until the server has taken note; it would answer for us otherwise
