"""What a client can ask of the Hub has limits: in bytes, depth, number and time, before and after the token is known."""

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi

from localhub.client import KIND, put
from localhub.plain import Wire, ndjson
from localhub.server_process import server_process
from tagpress.localhub import LocalHub, bodies, connections, storage
from tagpress.localhub.card import front_matter
from tagpress.localhub.server import KEEP_ALIVE

YAML = {
    "aliases of aliases": "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    "merges of merges": "a0: &a0 {k0: 1}\n"
    + "".join(f"a{n}: &a{n}\n  <<: [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
    "an alias in itself": "a: &a [*a]\n",
    "depth": "a: " + "[" * 5000 + "]" * 5000 + "\n",
    "depth in blocks": "a:\n" + "- " * 5000 + "x\n",
    "an integer of 5,000 digits": f"a: {'9' * 5000}\n",
    "a hexadecimal one": f"a: 0x{'f' * 5000}\n",
    "many values": "a: [" + "1," * 300_000 + "1]\n",
    "length": "a: " + "x" * (2 << 20) + "\n",
}


@pytest.mark.parametrize("name", YAML)
def test_yaml_that_costs_much_is_refused_at_once(wire: Wire, repo: str, name: str) -> None:
    card = f"---\n{YAML[name]}---\n"
    begun = time.perf_counter()
    found = wire("POST", "/api/validate-yaml", {"content": card}, token=None)
    assert (found.status, len(found.json["errors"])) == (400, 1)
    body = ndjson(("header", {"summary": "x"}), ("file", {"path": "README.md", "content": card}))
    assert wire("POST", f"/api/datasets/{repo}/commit/main", body).status == 200
    assert wire("GET", f"/api/datasets/{repo}").json["cardData"] == {}
    assert wire("GET", f"/datasets/{repo}").status == 200
    assert time.perf_counter() - begun < 10


def test_yaml_that_people_write_passes() -> None:
    text = (
        "---\nbase: &base {a: 1, b: [x, y]}\nmore:\n  <<: *base\n  c: *base\nn: 123456789012345678901234567890\n---\n"
    )
    assert front_matter(text) == {
        "base": {"a": 1, "b": ["x", "y"]},
        "more": {"a": 1, "b": ["x", "y"], "c": {"a": 1, "b": ["x", "y"]}},
        "n": 123456789012345678901234567890,
    }


DEEP = b"[" * 200_000


def test_json_without_a_bottom_is_a_bad_request(wire: Wire, repo: str) -> None:
    for path in ("/api/validate-yaml", f"/api/datasets/{repo}/tag/main", "/api/repos/create"):
        assert wire("POST", path, DEEP).status == 400
    lines = b'{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":' + DEEP
    assert wire("POST", f"/api/datasets/{repo}/commit/main", lines).status == 400


@pytest.mark.parametrize(
    ("before", "size"), [(b"", 2 << 20), (b'{"key":"header","value":{"summary":"x"}}\n', 15 << 20)]
)
def test_a_line_of_a_commit_has_a_limit(wire: Wire, repo: str, before: bytes, size: int) -> None:
    found = wire("POST", f"/api/datasets/{repo}/commit/main", before + b"x" * size)
    assert (found.status, "must go to LFS" in found.json["error"]) == (400, True)


LARGE = {
    "a card": ("/api/validate-yaml", 5 << 20, None),
    "a list of paths": ("/api/datasets/REPO/paths-info/main", 5 << 20, None),
    "an LFS batch": ("/datasets/REPO.git/info/lfs/objects/batch", 2 << 20, None),
    "what git wants": ("/datasets/REPO/git-upload-pack", 2 << 20, None),
    "a tag": ("/api/datasets/REPO/tag/main", 2 << 20, "hf_owner"),
    "a repository": ("/api/repos/create", 2 << 20, "hf_owner"),
    "a commit": ("/api/datasets/REPO/commit/main", 2 << 30, "hf_owner"),
}


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("name", LARGE)
def test_a_body_above_its_limit_is_refused(
    hub: LocalHub, repo: str, monkeypatch: pytest.MonkeyPatch, name: str, *, said: bool
) -> None:
    if said:  # and not sent
        monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)
    path, size, token = LARGE[name]
    if not said and size > 64 << 20:
        pytest.skip("what is not said is sent, and this is much")
    connection = http.client.HTTPConnection(urlsplit(hub.endpoint).netloc, timeout=20)
    connection.putrequest("POST", path.replace("REPO", repo))
    if token:
        connection.putheader("Authorization", f"Bearer {token}")
    connection.putheader(*(("Content-Length", str(size)) if said else ("Transfer-Encoding", "chunked")))
    connection.endheaders()
    if not said:
        for _ in range(size >> 20):
            connection.send(b"100000\r\n" + b"x" * (1 << 20) + b"\r\n")
        connection.send(b"0\r\n\r\n")
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_without_end_is_not_read_for_ever(hub: LocalHub) -> None:
    """Nobody may write here, so the answer is known at once; some of the body is read so that the answer arrives."""
    connection = http.client.HTTPConnection(urlsplit(hub.endpoint).netloc, timeout=20)
    connection.putrequest("POST", "/api/repos/create")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    sent, part = 0, b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"
    with contextlib.suppress(OSError):  # the server has closed
        while sent < 500:
            connection.send(part)
            sent += 1
    connection.close()
    assert sent < 100


def test_a_body_that_stops_is_told_so(hub: LocalHub, repo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "SILENCE", 0.3)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)
    with raw(
        hub, f"POST /api/datasets/{repo}/tag/main HTTP/1.1", "Authorization: Bearer hf_owner", "Content-Length: 9"
    ) as client:
        client.sendall(b"{")
        assert client.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_crawls_is_told_so(hub: LocalHub, repo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE", 0.2)
    monkeypatch.setattr(bodies, "DRAIN_SECONDS", 0.1)
    with raw(
        hub, f"POST /api/datasets/{repo}/tag/main HTTP/1.1", "Authorization: Bearer hf_owner", "Content-Length: 99"
    ) as client:
        client.settimeout(0.05)
        answer = b""
        for _ in range(60):
            client.sendall(b" ")
            try:
                answer += client.recv(100)
                break
            except TimeoutError:
                continue
        assert answer.startswith(b"HTTP/1.1 408 ")


class raw:  # noqa: N801 - reads like the function that it is
    """A connection on which a request has begun."""

    def __init__(self, hub: LocalHub, *lines: str, end: bool = True) -> None:
        host, _, port = urlsplit(hub.endpoint).netloc.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=20)
        named = [lines[0], f"Host: {host}:{port}", *lines[1:]] if lines else []
        self._socket.sendall("\r\n".join(named).encode() + (b"\r\n\r\n" if end else b""))

    def __enter__(self) -> socket.socket:
        return self._socket

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def test_headers_that_never_end_end_the_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 0.3)
    assert KEEP_ALIVE > 1
    with LocalHub(tmp_path) as hub:
        for lines in ((), ("GET / HTTP/1.1", "X: y")):
            with raw(hub, *lines, end=False) as client:
                assert ended(client)
        with raw(hub, "GET /api/nowhere HTTP/1.1") as client:  # a second request counts as the first does
            assert answer_of(client).startswith(b"HTTP/1.1 404 ")
            time.sleep(0.6)  # a connection between two requests stays
            client.sendall(b"GET /api/nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answer_of(client).startswith(b"HTTP/1.1 404 ")
            client.sendall(b"GET /api/no")
            assert ended(client)


def answer_of(client: socket.socket) -> bytes:
    """Return a small answer in JSON, in however many parts it comes."""
    found = b""
    while not found.endswith(b"}"):
        found += client.recv(4096)
    return found


def ended(client: socket.socket) -> bool:
    """Return whether the server ends a connection within a second or two."""
    client.settimeout(2)
    try:
        return client.recv(4096) == b""
    except ConnectionResetError:
        return True


def test_a_client_that_takes_nothing_loses_its_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "STALLED_SECONDS", 0.3)
    with LocalHub(tmp_path) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/stalled", **KIND)
        put(api, "tests/stalled", {"big.bin": b"\0" * (50 << 20)})
        with raw(hub, "GET /datasets/tests/stalled/resolve/main/big.bin HTTP/1.1") as client:
            time.sleep(1.5)
            taken = 0
            with contextlib.suppress(ConnectionResetError):
                while part := client.recv(1 << 20):
                    taken += len(part)
            assert taken < 50 << 20


@pytest.mark.parametrize("header", ["X-Long: " + "x" * 100_000, "\r\n".join(f"X-{n}: y" * 50 for n in range(1000))])
def test_headers_above_the_limit_are_refused(hub: LocalHub, header: str) -> None:
    with raw(hub, "GET / HTTP/1.1", header) as client:
        assert client.recv(100).startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 431 "))


FEW_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))
from pathlib import Path
from tagpress.localhub import serve
serve(Path(sys.argv[1]), token="hf_few", announce=lambda address: print(address.endpoint, flush=True))
"""


@pytest.fixture
def few_files(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A server that may open 200 files."""
    with subprocess.Popen(
        [sys.executable, "-c", FEW_FILES, str(tmp_path / "hub")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def test_half_sent_headers_stop_nobody_and_fill_no_log(few_files: tuple[str, "subprocess.Popen[str]"]) -> None:
    endpoint, process = few_files
    host, _, port = urlsplit(endpoint).netloc.rpartition(":")
    wire = Wire(endpoint, "hf_few")
    wire("POST", "/api/repos/create", {"name": "x", "type": "dataset"})
    with ExitStack() as stack:
        for _ in range(300):
            client = stack.enter_context(socket.create_connection((host, int(port)), timeout=10))
            client.sendall(b"GET / HTTP/1.1\r\nHost:")
        begun = time.perf_counter()
        for _ in range(5):
            assert wire("GET", "/api/datasets/local/x").status == 200
        assert time.perf_counter() - begun < 5
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert process.stderr is not None
    assert len(process.stderr.read()) < 10_000


def test_sigterm_ends_it_whatever_is_open(tmp_path: Path) -> None:
    content = os.urandom(30 << 20)
    with server_process(tmp_path, "hf_end") as (endpoint, process):
        api = HfApi(endpoint=endpoint, token="hf_end")
        api.create_repo("tests/end", **KIND)
        put(api, "tests/end", {"big.bin": content})
        address = urlsplit(endpoint)
        beginnings = [
            "",
            "GET / HTTP/1.1\r\nHost:",
            "GET /datasets/tests/end/resolve/main/big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /api/datasets/tests/end/tag/main HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer hf_end\r\nContent-Length: 99\r\n\r\n{",
            "POST /api/repos/create HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]
        with ExitStack() as stack:
            for beginning in beginnings * 5:
                client = stack.enter_context(socket.create_connection((address.hostname, address.port), timeout=10))
                client.sendall(beginning.encode())
            time.sleep(0.5)
            begun = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
            assert time.perf_counter() - begun < 5


# ----- who is spoken to, and for whom -----


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:80", "[::1]:99", "127.0.0.1:1"])
def test_its_own_names_are_served(wire: Wire, host: str) -> None:
    assert wire("GET", "/", headers={"Host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8790", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "[", "a b"]
)
def test_another_name_is_refused(wire: Wire, host: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/datasets"), ("POST", "/api/repos/create")):
        found = wire(method, path, headers={"Host": host})
        assert (found.status, "not called" in found.json["error"]) == (421, True)


def test_a_host_is_needed(wire: Wire) -> None:
    assert wire("GET", "/", headers={"Host": ""}).status == 400


def test_a_name_can_be_added(tmp_path: Path) -> None:
    with LocalHub(tmp_path, names=["hub.internal"]) as hub:
        wire = Wire(hub.endpoint, hub.token)
        assert wire("GET", "/", headers={"Host": "hub.internal:8790"}).status == 200
        assert wire("GET", "/", headers={"Host": "other.internal"}).status == 421


def test_on_every_address_any_address_is_a_name_and_no_name_is(tmp_path: Path) -> None:
    with LocalHub(tmp_path, host="0.0.0.0") as hub:
        wire = Wire(hub.endpoint, hub.token)
        for host, status in {
            "10.1.2.3:8790": 200,
            "localhost": 200,
            socket.gethostname(): 200,
            "evil.example": 421,
        }.items():
            assert wire("GET", "/", headers={"Host": host}).status == status


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://["])
def test_a_page_of_another_site_changes_nothing(wire: Wire, repo: str, origin: str) -> None:
    found = wire("POST", f"/api/datasets/{repo}/tag/main", {"tag": "v1"}, headers={"Origin": origin})
    assert found.status == 403
    own = wire("POST", f"/api/datasets/{repo}/tag/main", {"tag": "v1"}, headers={"Origin": wire.endpoint})
    assert own.status == 200


# ----- a full disk -----


@pytest.mark.parametrize("error", [28, 122])  # ENOSPC, EDQUOT
def test_a_full_disk_is_said_and_loses_nothing(
    api: HfApi, wire: Wire, repo: str, hub_root: Path, *, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    put(api, repo, {"a.bin": b"\0first"})
    before = api.dataset_info(repo).sha

    def full(path: Path) -> None:
        raise OSError(error, os.strerror(error), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(storage, "sync_file", full)
        content = b"\0second"
        oid = "f4a8b7a1" * 8
        body = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
        found = wire("POST", f"/datasets/{repo}.git/info/lfs/objects/batch", body)
        assert found.status == 200
        refused = wire("POST", "/api/repos/create", {"name": f"full-{error}", "type": "dataset"})
        assert (refused.status, "disk of this Hub is full" in refused.json["error"]) == (507, True)
    assert not any((hub_root / "tmp").iterdir())  # least of all a draft, where there is no room
    assert api.dataset_info(repo).sha == before
    assert wire("POST", "/api/repos/create", {"name": f"full-{error}", "type": "dataset"}).status == 200


def test_a_limit_on_the_size_of_files_is_no_bug_either(tmp_path: Path) -> None:
    """A file that the system cuts off is an error of the system; the server goes on."""
    script = FEW_FILES.replace("resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))", "pass")
    with subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        wire = Wire(process.stdout.readline().strip(), "hf_few")
        try:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (100, 100))
            found = wire("POST", "/api/repos/create", {"name": "x", "type": "dataset"})
            assert found.status >= 500
            assert json.loads(found.body)["error"]
            assert wire("GET", "/").status == 200
        finally:
            process.kill()
