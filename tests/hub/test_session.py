"""A notebook where other libraries use huggingface_hub: their settings are theirs before, between and after our calls."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants, set_client_factory
from huggingface_hub.utils import _http, get_session, httpx, logging

from release.publisher import QUICK, SHORT
from release.seam import Seam
from tagpress import hub as door
from tagpress.errors import HubUnreachableError
from tagpress.hub import Hub, Repository, Retry, Timeouts
from tagpress.hub.session import own_settings
from tagpress.localhub import LocalHub

QUICKER = Timeouts(connect=0.3, read=0.3, write=0.3, pool=0.3)


def settings() -> tuple[Any, ...]:
    return (
        _http._GLOBAL_CLIENT_FACTORY,
        _http._GLOBAL_CLIENT,
        constants.HF_HUB_DISABLE_TELEMETRY,
        logging.get_verbosity(),
    )


def their_client() -> httpx.Client:
    return httpx.Client(headers={"user-agent": "theirs"}, timeout=7.0, follow_redirects=True)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """Another library's settings: a client of its own, telemetry, and a verbosity."""
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    before = logging.get_verbosity()
    logging.set_verbosity(logging.INFO)
    set_client_factory(their_client)
    yield get_session()
    set_client_factory(_http.default_client_factory)
    logging.set_verbosity(before)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Repository, Seam]]:
    seam = Seam()
    with LocalHub(tmp_path, wrap=seam) as local:
        hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
        yield Repository(hub=hub, repo="me/toy"), seam


def test_to_make_a_hub_changes_nothing(notebook: httpx.Client) -> None:
    before = settings()
    Hub(timeouts=SHORT)
    Hub(timeouts=QUICKER)
    assert settings() == before
    assert get_session() is notebook


def test_their_settings_are_as_they_were_between_our_calls(
    notebook: httpx.Client, served: tuple[Repository, Seam]
) -> None:
    repository, _ = served
    before = settings()
    door.create(repository, private=False)
    assert settings() == before
    with notebook.stream("GET", repository.hub.endpoint) as under_way:
        assert repository.refs() is not None
        under_way.read()  # with a client that was closed under it, this fails
    assert settings() == before
    assert (get_session(), notebook.is_closed, notebook.timeout) == (notebook, False, httpx.Timeout(7.0))


def test_they_are_as_they_were_after_a_failure(notebook: httpx.Client) -> None:
    before = settings()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        hub = Hub(endpoint=endpoint, timeouts=QUICKER, retry=Retry(attempts=1))
        with pytest.raises(HubUnreachableError, match="ReadTimeout"):
            Repository(hub=hub, repo="me/toy").resolve("main")  # which the client does not repeat by itself
    assert settings() == before
    assert get_session() is notebook


def test_a_wait_between_two_tries_is_theirs(notebook: httpx.Client) -> None:
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        retry = Retry(attempts=2, sleep=lambda _: seen.append(get_session()))
        with pytest.raises(HubUnreachableError):
            Repository(hub=Hub(endpoint=endpoint, timeouts=QUICKER, retry=retry), repo="me/toy").resolve("main")
    assert seen == [notebook]


def test_inside_the_client_is_ours_and_made_as_theirs(notebook: httpx.Client) -> None:
    with own_settings(SHORT):
        ours = get_session()
        assert ours is not notebook
        assert ours.headers["user-agent"] == "theirs"  # it may be how to reach a proxy
        assert constants.HF_HUB_DISABLE_TELEMETRY
        assert logging.get_verbosity() == logging.ERROR
    with own_settings(QUICKER):
        assert get_session() is ours  # connections are kept for the next call


def test_a_client_that_they_share_obeys_us_only_inside(served: tuple[Repository, Seam]) -> None:
    with their_client() as shared, socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        set_client_factory(lambda: shared)
        try:
            assert served[0].refs() is None
            with own_settings(QUICKER), pytest.raises(httpx.ReadTimeout):
                get_session().get(endpoint, timeout=None)
            request = shared.build_request("GET", endpoint)
            for hook in shared.event_hooks["request"]:
                hook(request)
            assert request.extensions["timeout"]["read"] == 7.0
        finally:
            set_client_factory(_http.default_client_factory)


def test_blocks_that_overlap_restore_once(notebook: httpx.Client) -> None:
    before, inside, leave = settings(), threading.Event(), threading.Event()

    def second() -> None:
        with own_settings(SHORT):
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=second)
    with own_settings(SHORT):
        thread.start()
        assert inside.wait(10)
    assert settings()[3] == logging.ERROR  # the second still runs
    leave.set()
    thread.join()
    assert settings() == before
    assert get_session() is notebook


def test_what_they_set_meanwhile_stays(notebook: httpx.Client) -> None:
    def other() -> httpx.Client:
        return httpx.Client()

    with own_settings(SHORT):
        set_client_factory(other)
    assert _http._GLOBAL_CLIENT_FACTORY is other
    assert get_session() is not notebook
    notebook.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_child_forked_inside_begins_anew() -> None:
    program = """
import os, sys
from huggingface_hub.utils import _http, get_session
from tagpress.hub.session import Timeouts, own_settings
with own_settings(Timeouts()):
    get_session()
    child = os.fork()
    if not child:
        assert _http._GLOBAL_CLIENT_FACTORY is _http.default_client_factory
with own_settings(Timeouts()):
    assert get_session() is not None
assert _http._GLOBAL_CLIENT_FACTORY is _http.default_client_factory
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
