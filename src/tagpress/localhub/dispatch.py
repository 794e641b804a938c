"""
Which handler answers a request.

A route is a row: method, pattern, handler, what the caller must show, where the body goes. A pattern's `{name}` is one
segment, decoded after the split (a quoted `/` stays inside: `refs%2Fpr%2F1`); `{path*}` is the rest. Handlers block, so they
run in the event loop's threads; writers may take only some of them, so that a slow commit never holds up a range request.
"""

import asyncio
import contextlib
import hashlib
import logging
import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tagpress.localhub.names import KINDS
from tagpress.localhub.refusals import RefusedError, bad_request, not_found, too_large
from tagpress.localhub.wire import Body, Call, Guard, Handler, ServedHub, Upload, answer, reader

MAX_BODY: Final = 256 << 20  # bytes of a body that is kept in memory: a commit's small files
SPOOL: Final = 1 << 20  # bytes written at once; fewer would pay a thread switch each
WRITERS: Final = 16  # changes under way at once; the server has more threads than that
_SAFE: Final = {  # on every answer: it is what it says, and no page of another site may show it
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_LOG = logging.getLogger(__name__)


class RefusalPage(Protocol):
    """Makes a page of a refusal, for a browser."""

    def __call__(self, refusal: RefusedError, /, *, signed_in: bool) -> Response:
        """Return the page."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table."""

    method: str
    pattern: str
    handler: Handler
    guard: Guard = reader
    body: Body = Body.MEMORY

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """Return the values of the pattern's names, None if the path is another one."""
        wanted = self.pattern.split("/")[1:]
        if wanted[-1].endswith("*}"):
            head, tail = len(wanted) - 1, segments[len(wanted) - 1 :]
            segments = [*segments[:head], "/".join(tail)] if tail else segments
        if len(wanted) != len(segments):
            return None
        names = {}
        for want, found in zip(wanted, segments, strict=True):
            name, brace, suffix = want.partition("}")
            if not brace and want != found:
                return None
            if not found.endswith(suffix) or (want == "{kind}" and found not in KINDS):
                return None
            names[name.strip("{*")] = found.removesuffix(suffix)
        return names


class Dispatcher:
    """The ASGI application: a table of routes over one Hub."""

    def __init__(self, hub: ServedHub, routes: Sequence[Route], refusal_page: RefusalPage) -> None:
        self._hub = hub
        self._routes = routes
        self._refusal_page = refusal_page
        self._writing = asyncio.Semaphore(WRITERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        with contextlib.suppress(ClientDisconnect):
            response = await self._respond(request)
            response.headers.update(_SAFE)
            response.headers["X-Request-Id"] = f"Root={uuid.uuid4()}"
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            return await self._handle(request)
        except RefusedError as refusal:
            await _drain(request)
            if _is_browser(request):
                return self._refusal_page(refusal, signed_in="authorization" in request.headers)
            return answer({"error": refusal.message}, refusal.status, refusal.headers)
        except ClientDisconnect:
            raise
        except Exception:  # noqa: BLE001 - one request that fails must not end the others; the log has the trace
            _LOG.exception("%s %s", request.method, request.url.path)
            return answer({"error": "Internal error"}, 500, {"X-Error-Message": "Internal error"})

    async def _handle(self, request: Request) -> Response:
        route, names = self._find(request)
        call = Call(
            hub=self._hub,
            endpoint=f"{request.url.scheme}://{request.headers.get('host', 'localhost')}",
            method=request.method,
            names=names,
            query=request.query_params,
            headers=request.headers,
        )
        if request.method in {"GET", "HEAD"}:
            return await asyncio.to_thread(_guarded, route, call)
        await asyncio.to_thread(route.guard, call)
        async with _body(request, route.body, self._hub) as body:
            whole = replace(call, body=body) if isinstance(body, bytes) else replace(call, upload=body)
            async with self._writing:
                return await asyncio.to_thread(route.handler, whole)

    def _find(self, request: Request) -> tuple[Route, Mapping[str, str]]:
        segments = _segments(request)
        method = "GET" if request.method == "HEAD" else request.method
        for route in self._routes:
            if route.method == method and (names := route.match(segments)) is not None:
                return route, names
        raise not_found(f"Cannot {request.method} {request.url.path}")


def _is_browser(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _guarded(route: Route, call: Call) -> Response:
    route.guard(call)
    return route.handler(call)


def _segments(request: Request) -> list[str]:
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    try:
        return [unquote_to_bytes(part).decode() for part in raw.partition(b"?")[0].split(b"/")[1:]]
    except UnicodeDecodeError:
        raise bad_request("The path is not UTF-8") from None


async def _drain(request: Request) -> None:
    """Read what the client still sends: one that is cut off while sending never sees the answer."""
    with contextlib.suppress(RuntimeError):  # the body was read already
        async for _ in request.stream():
            pass


@contextlib.asynccontextmanager
async def _body(request: Request, place: Body, hub: ServedHub) -> AsyncIterator[bytes | Upload]:
    if place is Body.MEMORY:
        yield await _in_memory(request)
        return
    descriptor, name = tempfile.mkstemp(dir=hub.store.tmp)
    path = Path(name)
    try:
        yield await _spooled(request, descriptor, path)
    finally:
        await asyncio.to_thread(_forget, path)


def _forget(path: Path) -> None:
    path.unlink(missing_ok=True)  # it is gone if the handler has given it its final name


async def _in_memory(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            raise too_large(f"The body is above {MAX_BODY} bytes: send large files by LFS, or fewer files in a commit")
        parts.append(part)
    return b"".join(parts)


async def _spooled(request: Request, descriptor: int, path: Path) -> Upload:
    digest, size, parts, waiting = hashlib.sha256(), 0, [], 0
    with os.fdopen(descriptor, "wb") as draft:

        def write(data: bytes) -> None:
            draft.write(data)
            digest.update(data)

        async for part in request.stream():
            parts.append(part)
            waiting += len(part)
            if waiting >= SPOOL:
                await asyncio.to_thread(write, b"".join(parts))
                size, parts, waiting = size + waiting, [], 0
        await asyncio.to_thread(write, b"".join(parts))
    return Upload(path, digest.hexdigest(), size + waiting)
