"""
How a request's body comes in: as large as its route allows, as fast as is fair, and never all of it in memory.

What is above `IN_MEMORY` bytes waits in a file until a handler has its turn, so many slow senders cost files, no memory.
"""

import asyncio
import contextlib
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final

from starlette.requests import Request
from starlette.types import Message, Receive

from tagpress.localhub.refusals import bad_request, too_large, too_slow
from tagpress.localhub.storage import HubStorage
from tagpress.localhub.wire import Upload

IN_MEMORY: Final = 64 << 10  # bytes of a body before it goes to a file
SPOOL: Final = (
    128 << 10
)  # bytes written at once; fewer would pay a thread switch each, more would be held by each slow sender
SILENCE: Final = 30.0  # seconds without a byte of a body
GRACE: Final = 60.0  # seconds before the pace counts
SLOWEST: Final = 1000  # bytes a second, from then on
DRAINED: Final = 16 << 20  # bytes read and forgotten after a refusal, so that the client sees the answer
DRAIN_SECONDS: Final = 2.0


async def paced(request: Request, limit: int) -> AsyncIterator[bytes]:
    """
    Yield a body's parts.

    Raises:
        RefusedError: 413 for a body above `limit` bytes, 408 for one that stops or crawls.

    """
    _check_length(request, limit)
    clock = asyncio.get_running_loop().time
    begun, size, parts = clock(), 0, request.stream()
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                part = await anext(parts, None)
        except TimeoutError:
            raise too_slow(f"No byte of the body for {SILENCE:.0f} seconds") from None
        if part is None:
            return
        size += len(part)
        if size > limit:
            raise too_large(_rule(limit))
        if size < (clock() - begun - GRACE) * SLOWEST:
            raise too_slow(f"The body comes at less than {SLOWEST} bytes a second")
        yield part


def _check_length(request: Request, limit: int) -> None:
    text = request.headers.get("content-length", "0")
    if not text.isascii() or not text.isdecimal():
        raise bad_request(f"Content-Length is no number: {text[:40]!r}")
    if len(text) > len(str(limit)) or int(text) > limit:
        raise too_large(_rule(limit))


def _rule(limit: int) -> str:
    return f"The body is above {limit} bytes, which is the limit here: send large files by LFS, lists in parts"


async def whole(request: Request, limit: int, store: HubStorage) -> IO[bytes]:
    """Return a body, to be read where there is time for it; small ones stay in memory."""
    body: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(store.tmp))  # noqa: SIM115 - closed by who asked for it
    try:
        async for parts in _gathered(request, limit):
            await asyncio.to_thread(body.write, parts)
    except BaseException:
        body.close()
        raise
    return body


async def _gathered(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield a body in parts that are worth a thread switch."""
    parts, waiting = [], 0
    async for part in paced(request, limit):
        parts.append(part)
        waiting += len(part)
        if waiting >= SPOOL:
            yield b"".join(parts)
            parts, waiting = [], 0
    if parts:
        yield b"".join(parts)


@contextlib.asynccontextmanager
async def drafted(request: Request, limit: int, store: HubStorage) -> AsyncIterator[Upload]:
    """Have a body in a draft file, hashed on the way; it is gone afterwards unless somebody has given it a name."""
    descriptor, name = tempfile.mkstemp(dir=store.tmp)
    path, digest, size = Path(name), hashlib.sha256(), 0
    try:
        with os.fdopen(descriptor, "wb") as draft:

            def write(data: bytes) -> None:
                draft.write(data)
                digest.update(data)

            async for parts in _gathered(request, limit):
                await asyncio.to_thread(write, parts)
                size += len(parts)
        yield Upload(path, digest.hexdigest(), size)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


class Inbox:
    """The messages of one request, and whether the last one of its body has come."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_whole = False

    async def __call__(self) -> Message:
        """Return the next message."""
        message = await self._receive()
        self.is_whole = self.is_whole or not message.get("more_body", False)
        return message

    async def drain(self) -> None:
        """Read what the client still sends, within limits: one that is cut off while sending never sees the answer."""
        size = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self.is_whole and size < DRAINED:
                    size += len((await self()).get("body", b""))
