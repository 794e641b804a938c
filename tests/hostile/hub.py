"""A Hub of a few lines that says whatever a test wants, over real HTTP: as much of the interface as consumers ask for."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

SHA = "5" * 40
REPO = "me/small"


@dataclass
class Answer:
    """What is sent for one request; the blocks of a body may go on for ever."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Any, **headers: str) -> "Answer":
        return cls(json.dumps(document).encode(), headers={"Content-Type": "application/json", **headers})


@dataclass
class Hub:
    """
    One dataset with one commit and one tag.

    `twist` changes an answer: it is given the kind of the request (info, refs, tree, paths, commits, resolve), the path of
    the file if it is about one, and the honest answer.
    """

    files: dict[str, bytes]
    sha: Any = SHA
    twist: Callable[[str, str, Answer], Answer] = lambda _kind, _path, answer: answer
    url: str = ""

    def answer(self, target: str, body: bytes) -> Answer:
        path = unquote(urlsplit(target).path)
        kind, rest = self._kind(path)
        return self.twist(kind, rest, self._honest(kind, rest, body))

    def _kind(self, path: str) -> tuple[str, str]:
        if path.startswith(f"/datasets/{REPO}/resolve/"):
            return "resolve", path.removeprefix(f"/datasets/{REPO}/resolve/").partition("/")[2]
        rest = path.removeprefix(f"/api/datasets/{REPO}").strip("/").partition("/")[0]
        return {"": "info", "revision": "info", "paths-info": "paths"}.get(rest, rest), ""

    def _honest(self, kind: str, path: str, body: bytes) -> Answer:
        if kind == "resolve":
            found = self.files.get(path)
            return Answer(status=404, headers={"X-Error-Code": "EntryNotFound"}) if found is None else Answer(found)
        if kind == "paths":
            wanted = parse_qs(body.decode()).get("paths", [])
            return Answer.of([self.entry(path) for path in wanted if path in self.files])
        documents = {
            "info": {
                "id": REPO,
                "sha": self.sha,
                "private": False,
                "siblings": [],
                "tags": [],
                "downloads": 0,
                "likes": 0,
            },
            "refs": {"branches": [self._ref("main", "heads")], "tags": [self._ref("v1.0.0", "tags")], "converts": []},
            "tree": [self.entry(path) for path in self.files],
            "commits": [
                {"id": self.sha, "title": "1.0.0", "message": "", "date": "2026-01-01T00:00:00.000Z", "authors": []}
            ],
        }
        return Answer.of(documents[kind]) if kind in documents else Answer(status=404)

    def _ref(self, name: str, kind: str) -> dict[str, Any]:
        return {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": self.sha}

    def entry(self, path: str) -> dict[str, Any]:
        data = self.files[path]
        oid = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        found: dict[str, Any] = {"type": "file", "path": path, "size": len(data), "oid": oid}
        if path.endswith(".parquet"):
            found["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return found


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve on loopback until the block ends; whoever hangs up early is not missed."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # one packet for a small answer

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = hub.answer(self.path, body)
            data, status, headers = found.body, found.status, dict(found.headers)
            span = (self.headers.get("Range") or "").removeprefix("bytes=").partition("-")
            if span[0] and isinstance(data, bytes) and status == 200:
                start, stop, size = int(span[0]), int(span[2]) + 1, len(data)
                status, data = 206, data[start:stop]
                headers["Content-Range"] = f"bytes {start}-{start + len(data) - 1}/{size}"
            endless = not isinstance(data, bytes)
            self.send_response(status)
            if endless:
                self.close_connection = True
            else:
                headers.setdefault("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                for block in data if endless else [data]:
                    self.wfile.write(block)

        def do_GET(self) -> None:
            with suppress(ConnectionError):
                self._serve()

        do_POST = do_HEAD = do_GET  # noqa: N815 - the names are http.server's

        def log_message(self, *_words) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()
            thread.join()
