"""Where sources may be that are not on a disk: a file system that counts what is fetched, and servers over real HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import fsspec
from fsspec.implementations.memory import MemoryFileSystem


class Counting(MemoryFileSystem):
    """Files in memory, as `counting://`, that note how many bytes each request fetched."""

    protocol = "counting"
    store: dict = {}  # noqa: RUF012 - that of the base class belongs to memory://
    pseudo_dirs = [""]  # noqa: RUF012
    fetched: list[int] = []  # noqa: RUF012

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return MemoryFileSystem._strip_protocol(path.removeprefix("counting://"))

    def cat_file(self, path, start=None, end=None, **kwargs) -> bytes:
        data = super().cat_file(path, start, end, **kwargs)
        self.fetched.append(len(data))
        return data

    def _open(self, path, mode="rb", **kwargs):
        if mode == "rb":
            self.fetched.append(0)
        return super()._open(path, mode, **kwargs)


fsspec.register_implementation("counting", Counting, clobber=True)


@dataclass
class Web:
    """A server over HTTP: its files by name, and every request as (method, range, bytes sent)."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    heard: list[tuple[str, str, int]] = field(default_factory=list)
    broken: bool = False


@contextmanager
def web(*, ranges: bool) -> Iterator[Web]:
    """Serve files on loopback, in ranges or only as a whole."""
    here = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            data = here.files.get(self.path.removeprefix("/").partition("?")[0])
            wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers["Range"] or "") if ranges else None
            status, send = (404, b"") if data is None else (200, data)
            if wanted and data is not None:
                start, stop = int(wanted[1]), int(wanted[2]) + 1
                status, send = (206, data[start:stop]) if start < len(data) else (416, b"")
            status, send = (500, b"") if here.broken else (status, send)
            self.send_response(status)
            self.send_header("Content-Length", str(len(send)))
            if status == 206:
                self.send_header("Content-Range", f"bytes {start}-{start + len(send) - 1}/{len(data)}")
            self.end_headers()
            here.heard.append((self.command, self.headers["Range"] or "", len(send) * body))
            if body:
                self.wfile.write(send)

        def log_message(self, *_words) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        here.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield here
        finally:
            server.shutdown()
            thread.join()
