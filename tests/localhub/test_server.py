import http.client
import signal
import socket
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localhub.client import KIND, put
from localhub.plain import Wire
from localhub.server_process import server_process
from tagpress.errors import UsageError
from tagpress.localhub import LocalHub, drop, serve


def open_files() -> int:
    """Return how many files this process has open, 0 where the system does not say."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


def test_a_stopped_hub_leaves_nothing_running(tmp_path: Path) -> None:
    threads, files = set(threading.enumerate()), open_files()
    with LocalHub(tmp_path) as hub:
        address = hub.address
        assert Wire(hub.endpoint, hub.token)("GET", "/api/whoami-v2").status == 200
    assert set(threading.enumerate()) <= threads
    assert open_files() <= files
    with pytest.raises(ConnectionRefusedError):
        Wire(address.endpoint, address.token)("GET", "/api/whoami-v2")
    with pytest.raises(UsageError, match="not running"):
        assert hub.endpoint


def test_a_client_that_takes_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with LocalHub(tmp_path) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/stalled", **KIND)
        put(api, "tests/stalled", {"big.bin": b"\0" * (50 << 20)})
        host, _, port = urlsplit(hub.endpoint).netloc.partition(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(b"GET /datasets/tests/stalled/resolve/main/big.bin HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(100)
        begun = time.perf_counter()
    client.close()
    assert time.perf_counter() - begun < 5


def test_a_hub_can_start_again(tmp_path: Path) -> None:
    hub = LocalHub(tmp_path)
    for _ in range(2):
        with hub:
            assert Wire(hub.endpoint, hub.token)("GET", "/api/whoami-v2").json["name"] == "local"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"can't listen on 127.0.0.1:{port}"), LocalHub(tmp_path, port=port):
            pass
        with pytest.raises(UsageError, match="can't listen"):
            serve(tmp_path, port=port, announce=print)
    with pytest.raises(UsageError, match="can't listen"), LocalHub(tmp_path, port=1 << 20):
        pass


@pytest.mark.parametrize("token", ["", " x", "a\nb", "ä"])
def test_a_token_that_no_header_can_carry(tmp_path: Path, token: str) -> None:
    with pytest.raises(UsageError, match="printable ASCII"), LocalHub(tmp_path, token=token):
        pass


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_server_in_peace(tmp_path: Path, number: signal.Signals) -> None:
    with server_process(tmp_path, "hf_signal") as (endpoint, process):
        assert Wire(endpoint, "hf_signal")("GET", "/api/whoami-v2").status == 200
        process.send_signal(number)
        assert process.wait(timeout=10) == 0


def test_the_seam_counts_requests(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def count(app: ASGIApp) -> ASGIApp:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            seen[scope["method"]] += 1
            await app(scope, receive, send)

        return seam

    with LocalHub(tmp_path, wrap=count) as hub:
        HfApi(endpoint=hub.endpoint, token=hub.token).whoami()
    assert seen == {"GET": 1}


@pytest.mark.parametrize("acted", [False, True])
def test_the_seam_loses_answers(tmp_path: Path, *, acted: bool) -> None:
    lost = 0

    def lose_commits(app: ASGIApp) -> ASGIApp:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            nonlocal lost
            if "/commit/" not in scope["path"] or lost:
                await app(scope, receive, send)
                return
            lost += 1
            if acted:
                await app(scope, receive, swallow)
            await drop(send)

        async def swallow(_: Message) -> None:
            pass

        return seam

    with LocalHub(tmp_path, wrap=lose_commits) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/lossy", **KIND)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            put(api, "tests/lossy", {"a.txt": b"1"})
        assert len(api.list_repo_commits("tests/lossy", **KIND)) == 1 + acted
        put(api, "tests/lossy", {"a.txt": b"2"})


def test_the_seam_breaks_requests(tmp_path: Path) -> None:
    def break_tags(app: ASGIApp) -> ASGIApp:
        async def seam(scope: Scope, receive: Receive, send: Send) -> None:
            if "/tag/" not in scope["path"]:
                await app(scope, receive, send)
                return
            await send({"type": "http.response.start", "status": 503, "headers": [(b"retry-after", b"1")]})
            await send({"type": "http.response.body", "body": b"later"})

        return seam

    with LocalHub(tmp_path, wrap=break_tags) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/broken", **KIND)
        with pytest.raises(HfHubHTTPError) as caught:
            api.create_tag("tests/broken", tag="v1", **KIND)
        assert caught.value.response.status_code == 503


def test_a_bug_of_ours_is_a_500_and_does_not_end_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def broken_clock() -> Any:
        msg = "no time"
        raise RuntimeError(msg)

    with LocalHub(tmp_path, clock=broken_clock) as hub:
        wire = Wire(hub.endpoint, hub.token)
        found = wire("POST", "/api/repos/create", {"name": "x", "type": "dataset"})
        assert (found.status, found.json) == (500, {"error": "Internal error"})
        assert wire("GET", "/api/whoami-v2").status == 200
    assert "no time" in caplog.text


def test_small_answers_do_not_wait_for_acknowledgements(hub: LocalHub) -> None:
    """With Nagle's algorithm on, each answer on a connection that stays takes 40 ms."""
    connection = http.client.HTTPConnection(urlsplit(hub.endpoint).netloc)
    took = []
    for _ in range(30):
        begun = time.perf_counter()
        connection.request("GET", "/api/nowhere")
        connection.getresponse().read()
        took.append(time.perf_counter() - begun)
    connection.close()
    assert sorted(took)[len(took) // 2] < 0.03
