"""How a file goes out: whole, or a range of it."""

import asyncio
import os
import re
import tempfile
from collections.abc import Mapping
from mimetypes import guess_type
from pathlib import Path
from typing import Final
from urllib.parse import quote
from weakref import WeakKeyDictionary

import pygit2
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tagpress.localhub.names import checked_path
from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refs import find_commit
from tagpress.localhub.refusals import RefusedError, entry_not_found
from tagpress.localhub.trees import Entry, find_entry
from tagpress.localhub.wire import Call

CHUNK: Final = 256 << 10  # bytes of a range that is sent at once; up to this size it costs no second thread switch
PART: Final = (
    64 << 10
)  # bytes of a longer one that are read and sent at once, held for each slow client, and keep others waiting
AT_ONCE: Final = 16  # parts read at once: many downloads leave other threads free
_READING: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore]] = WeakKeyDictionary()
# What a browser may show as a page of its own; anything else it saves: HTML and SVG could act as this Hub's own pages.
_INERT: Final = {"text/plain", "text/csv", "application/json", "image/png", "image/jpeg", "image/gif", "image/webp"}
_SANDBOX: Final = "sandbox; default-src 'none'; style-src 'unsafe-inline'"  # styles: for an SVG as a picture on a page
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


def resolve(call: Call) -> Response:
    """
    Send a file of a revision; HEAD answers with the headers alone.

    Raises:
        RefusedError: there is no such file.

    """
    commit = find_commit(call.git(), call.names["revision"])
    path = checked_path(call.names["path"])
    entry = find_entry(commit, path)
    if entry is None or entry.blob is None:
        raise entry_not_found(f'{path} does not exist on "{commit.id}"', str(commit.id))
    headers = {"X-Repo-Commit": str(commit.id), **_headers(entry)}
    if call.method == "HEAD":
        if entry.pointer is not None:
            call.hub.whole.path(call.hub.store, entry.pointer)  # what GET refuses is not promised
        return Response(headers={**headers, "Content-Length": str(entry.size)})
    span = asked_span(call, entry.size)
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{entry.size}"
    if entry.pointer is not None:
        return send_large(call, entry.pointer, span, headers)
    return _send_small(call, entry.blob, span, headers)


def asked_span(call: Call, size: int) -> range | None:
    """
    Return the bytes of a file that the request asks for, None for all.

    Raises:
        RefusedError: 416 if the file has no such bytes.

    """
    return _span(call.headers.get("range"), size)


def _headers(entry: Entry) -> dict[str, str]:
    name = entry.path.rpartition("/")[2]
    plain = name.encode("ascii", "replace").decode().replace('"', "'")
    kind = guess_type(name)[0] or "application/octet-stream"
    shown = "inline" if kind in _INERT else "attachment"
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Security-Policy": _SANDBOX,
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(name)}; filename=\"{plain}\"",
        "Content-Type": kind,
        "ETag": f'"{entry.content_id}"',
    }
    if entry.pointer is None:
        return headers
    return {**headers, "X-Linked-ETag": f'"{entry.content_id}"', "X-Linked-Size": str(entry.size)}


def _span(header: str | None, size: int) -> range | None:
    """
    Return the bytes that one range asks for, None for a header that this server does not serve in part.

    Raises:
        RefusedError: 416 if the file has no such bytes.

    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None or found[0] == "bytes=-":
        return None
    if not found["first"]:
        first, stop = max(0, size - int(found["last"])), size
    else:
        first, stop = int(found["first"]), min(size, int(found["last"]) + 1 if found["last"] else size)
        if found["last"] and int(found["last"]) < first:
            return None
    if first >= stop:
        raise RefusedError(416, "The requested range is not satisfiable", headers={"Content-Range": f"bytes */{size}"})
    return range(first, stop)


def _send_small(call: Call, blob: pygit2.Blob, span: range | None, headers: Mapping[str, str]) -> Response:
    """Send a file that git keeps; one that a slow client would hold in memory goes through a file."""
    status, wanted = (200, range(blob.size)) if span is None else (206, span)
    data = blob.data[wanted.start : wanted.stop]
    if len(data) <= CHUNK:
        return Response(data, status, headers)
    descriptor, name = tempfile.mkstemp(dir=call.hub.store.tmp)
    try:
        with os.fdopen(descriptor, "wb") as passing:
            passing.write(data)
    except OSError:  # on a full disk it waits in memory
        Path(name).unlink()
        return Response(data, status, headers)
    return FileResponse(Path(name), range(len(data)), status, headers, passing=True)


def send_large(call: Call, pointer: Pointer, span: range | None, headers: Mapping[str, str]) -> Response:
    """Send a large file: all of it, or a span."""
    path, status, wanted = call.hub.whole.path(call.hub.store, pointer), 206, span
    if wanted is None:
        status, wanted = 200, range(pointer.size)
    if len(wanted) > CHUNK:
        return FileResponse(path, wanted, status, headers)
    return Response(_read(path, wanted), status, headers)


class FileResponse(Response):
    """
    A span of a file, read and sent part by part; at no time is more than one part in memory.

    A `passing` file is removed afterwards.
    """

    def __init__(
        self, path: Path, span: range, status: int, headers: Mapping[str, str], *, passing: bool = False
    ) -> None:
        super().__init__(None, status, {**headers, "Content-Length": str(len(span))})
        self._path = path
        self._span = span
        self._passing = passing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        """Send the answer, until its end or until the client has left: the server's `send` does not say so."""
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send(send))
                leaving = group.create_task(_client_left(receive))
                sending.add_done_callback(lambda _: leaving.cancel())
                leaving.add_done_callback(lambda _: sending.cancel())
        finally:
            if self._passing:
                self._path.unlink()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        reading = _READING.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))
        for start in range(self._span.start, self._span.stop, PART):
            part = range(start, min(start + PART, self._span.stop))
            async with reading:
                body = await asyncio.to_thread(_read, self._path, part)
            await send({"type": "http.response.body", "body": body, "more_body": part.stop < self._span.stop})


async def _client_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _read(path: Path, span: range) -> bytes:
    with path.open("rb", buffering=0) as file:
        return os.pread(file.fileno(), len(span), span.start)
