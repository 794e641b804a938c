"""
Which handler answers a request.

A route is a row: method, pattern, handler, what the caller must show, where the body goes. A pattern's `{name}` is one
segment, decoded after the split (a quoted `/` stays inside: `refs%2Fpr%2F1`); `{path*}` is the rest. Handlers block, so they
run in the event loop's threads; writers may take only some of them, so that a slow commit never holds up a range request.
"""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Final, Protocol
from urllib.parse import unquote_to_bytes

import pygit2
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tagpress.localhub.bodies import Inbox, drafted, whole
from tagpress.localhub.names import KINDS
from tagpress.localhub.refusals import (
    MovedError,
    RefusedError,
    bad_request,
    damaged,
    disk_full,
    is_disk_full,
    not_found,
)
from tagpress.localhub.wire import Body, Call, Guard, Handler, ServedHub, answer, reader

SMALL_BODY: Final = 1 << 20  # bytes of a body, where its route says nothing else
MAX_HEADERS: Final = 64 << 10  # bytes of the address and all headers; the server refuses more that come in parts
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
    limit: Callable[[Call], int] = lambda _: SMALL_BODY  # bytes of the body

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

    def renamed(self, raw: Sequence[str], to: str) -> str:
        """Return a path that matches, its segments still quoted, with another repository in it."""
        namespace, _, name = to.partition("/")
        wanted = self.pattern.split("/")[1:]
        names = {"{namespace}": namespace, "{name}": name, "{name}.git": f"{name}.git"}  # plain characters all
        parts = [names.get(want, found) for want, found in zip(wanted, raw, strict=False)]
        return "/" + "/".join([*parts, *raw[len(wanted) :]])


class Dispatcher:
    """The ASGI application: a table of routes over one Hub."""

    def __init__(self, hub: ServedHub, routes: Sequence[Route], refusal_page: RefusalPage) -> None:
        self._hub = hub
        self._routes = routes
        self._refusal_page = refusal_page
        self._writing = asyncio.Semaphore(WRITERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        inbox = Inbox(receive)
        with contextlib.suppress(ClientDisconnect):
            response = await self._respond(Request(scope, inbox))
            if not inbox.is_whole and "expect" not in Headers(scope=scope):  # who waits for a word to go on gets none
                await inbox.drain()
            if not inbox.is_whole:
                response.headers["Connection"] = "close"  # what follows is still that body, no request
            response.headers.update(_SAFE)
            response.headers["X-Request-Id"] = f"Root={uuid.uuid4()}"
            await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        try:
            return await self._answered(request)
        except RefusedError as refusal:
            return self._refuse(request, refusal)
        except ClientDisconnect:
            raise
        except (OSError, pygit2.GitError) as error:
            full = is_disk_full(error)
            if not full and isinstance(error, OSError):
                return self._fail(request)
            _LOG.warning("%s %s: %s", request.method, request.url.path, error)
            return self._refuse(request, disk_full() if full else damaged(f"git says {str(error)[:200]!r}"))
        except Exception:  # noqa: BLE001 - one request that fails must not end the others; the log has the trace
            return self._fail(request)

    async def _answered(self, request: Request) -> Response:
        try:
            return await self._handle(request)
        except SystemError as error:
            # What pygit2 calls by cffi ends so where an object that it wanted has raised: see `loose`.
            raise error.__cause__ or error from None

    def _fail(self, request: Request) -> Response:
        _LOG.exception("%s %s", request.method, request.url.path)
        return answer({"error": "Internal error"}, 500, {"X-Error-Message": "Internal error"})

    def _refuse(self, request: Request, refusal: RefusedError) -> Response:
        if _is_browser(request):
            return self._refusal_page(refusal, signed_in="authorization" in request.headers)
        return answer({"error": refusal.message}, refusal.status, refusal.headers)

    async def _handle(self, request: Request) -> Response:
        _check_headers(request)
        self._hub.known.check(request.method, request.headers)
        route, names = self._find(request)
        try:
            return await self._routed(request, route, names)
        except MovedError as renamed:
            query = f"?{request.url.query}" if request.url.query else ""
            raise renamed.at(route.renamed(_raw_segments(request), renamed.to) + query) from None

    async def _routed(self, request: Request, route: Route, names: Mapping[str, str]) -> Response:
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
        limit = route.limit(call)
        if route.body is Body.DRAFT:
            async with drafted(request, limit, self._hub.store) as upload, self._writing:
                return await asyncio.to_thread(route.handler, replace(call, upload=upload))
        with await whole(request, limit, self._hub.store) as body:
            async with self._writing:
                return await asyncio.to_thread(_handled, route, call, body)

    def _find(self, request: Request) -> tuple[Route, Mapping[str, str]]:
        segments = _segments(request)
        method = "GET" if request.method == "HEAD" else request.method
        for route in self._routes:
            if route.method == method and (names := route.match(segments)) is not None:
                return route, names
        raise not_found(f"Cannot {request.method} {request.url.path}")


def _handled(route: Route, call: Call, body: IO[bytes]) -> Response:
    body.seek(0)
    return route.handler(replace(call, body=body.read()))


def _check_headers(request: Request) -> None:
    size = (
        len(request.url.path)
        + len(request.url.query)
        + sum(len(key) + len(value) for key, value in request.headers.raw)
    )
    if size > MAX_HEADERS:
        raise RefusedError(431, f"The request's address and headers have {size} bytes, {MAX_HEADERS} are the most")


def _is_browser(request: Request) -> bool:
    return request.method == "GET" and "text/html" in request.headers.get("accept", "")


def _guarded(route: Route, call: Call) -> Response:
    route.guard(call)
    return route.handler(call)


def _segments(request: Request) -> list[str]:
    try:
        return [unquote_to_bytes(part.encode("latin-1")).decode() for part in _raw_segments(request)]
    except UnicodeDecodeError:
        raise bad_request("The path is not UTF-8") from None


def _raw_segments(request: Request) -> list[str]:
    """Return the segments of a path as they were sent, quoted."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    return raw.partition(b"?")[0].decode("latin-1").split("/")[1:]
