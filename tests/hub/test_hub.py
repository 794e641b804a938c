"""The door to a Hub: patience, time limits, storage protocols, and errors in words."""

import json
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled
from huggingface_hub.utils import httpx, logging

from release.publisher import QUICK, SHORT
from release.seam import Fault, Request, Seam, answer, drop_after, drop_before
from release.view import api
from tagpress import hub as door
from tagpress.errors import (
    CardError,
    ConflictError,
    HubAnswerError,
    HubError,
    HubRefusedError,
    HubUnreachableError,
    NotOnHubError,
    UsageError,
    VerifyError,
)
from tagpress.hub import Change, Hub, RemoteFile, Repository, Retry, Timeouts
from tagpress.hub import repository as repositories
from tagpress.hub.faults import Attempt, translate
from tagpress.hub.retry import asked_wait, is_transient
from tagpress.localhub import LocalHub

REPO = "me/toy"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Seam]]:
    seam = Seam()
    with LocalHub(tmp_path_factory.mktemp("hub"), wrap=seam) as found:
        yield found, seam


@pytest.fixture
def seam(served: tuple[LocalHub, Seam]) -> Seam:
    served[1].forget()
    return served[1]


@pytest.fixture
def local(served: tuple[LocalHub, Seam], seam: Seam) -> Iterator[LocalHub]:
    yield served[0]
    seam.forget()
    api(served[0]).delete_repo(REPO, repo_type="dataset", missing_ok=True)


@pytest.fixture
def repository(local: LocalHub) -> Repository:
    return Repository(hub=Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT), repo=REPO)


@pytest.fixture
def created(repository: Repository, seam: Seam) -> Repository:
    door.create(repository, private=False)
    seam.forget()
    return repository


def refused(status: int, **headers: str) -> HfHubHTTPError:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx.Response(status, headers=fields, request=httpx.Request("GET", "http://127.0.0.1/x"))
    return HfHubHTTPError("no", response=response)


def first(fault: Fault, part: str, times: int = 1) -> Any:
    """Break the first requests whose path has `part`."""
    seen: list[Request] = []

    def choose(_number: int, request: Request) -> Fault | None:
        if part not in request.path or len(seen) >= times:
            return None
        seen.append(request)
        return fault

    return choose


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (refused(500), True),
        (refused(429), True),
        (refused(404), False),
        (refused(403), False),
        (refused(412), False),
        (httpx.ReadError("reset"), True),
        (httpx.ConnectTimeout("slow"), True),
        (ConnectionError("xet"), True),
        (OfflineModeIsEnabled("off"), False),
        (json.JSONDecodeError("no", "<html>", 0), True),
        (ValueError("no"), False),
        (ValueError("LFS batch API returned errors:\n"), True),
        (KeyError("url"), False),
    ],
)
def test_what_may_succeed_later(error: Exception, *, transient: bool) -> None:
    assert is_transient(error) is transient
    expired = isinstance(error, HfHubHTTPError) and error.response.status_code == 403  # the address of an upload
    assert is_transient(_caused(error)) is (transient or expired)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "Sun, 22 Nov 2026 12:01:30 GMT"}, 90.0),
        ({"retry_after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry_after": "soon"}, None),
        ({"ratelimit": '"api";r=0;t=55', "retry_after": "7"}, 56.0),
        ({"ratelimit": '"api";r=3;t=55', "retry_after": "7"}, 7.0),
    ],
)
def test_the_wait_that_a_hub_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert asked_wait(refused(429, **headers), NOW) == seconds


def test_waits_double_and_end() -> None:
    waits: list[float] = []
    retry = Retry(attempts=5, first_wait=1.0, longest_wait=3.0, sleep=waits.append)

    def fail() -> None:
        raise refused(503)

    with pytest.raises(HfHubHTTPError):
        retry.run(fail)
    assert waits == [1.0, 2.0, 3.0, 3.0]


def test_a_wait_beyond_patience_is_an_error_now() -> None:
    waits: list[float] = []
    retry = Retry(patience=60.0, sleep=waits.append)

    def fail() -> None:
        raise refused(429, retry_after="3600")

    with pytest.raises(HfHubHTTPError):
        retry.run(fail)
    assert waits == []
    with pytest.raises(ValueError, match="attempts must be at least 1"):
        Retry(attempts=0)


def test_a_wait_that_a_person_would_notice_is_told() -> None:
    said: list[str] = []
    hub = Hub(endpoint="http://127.0.0.1:9", token="t", retry=Retry(attempts=3, sleep=lambda _: None), tell=said.append)

    def fail() -> None:
        raise refused(503)

    with pytest.raises(HubError):
        hub.ask("list the refs of me/toy", fail)
    assert said == [
        "http://127.0.0.1:9 answers 503: in 2 s the next try to list the refs of me/toy"
    ]  # the first is one second


def test_a_hub_that_never_answers_is_given_up() -> None:
    """The client alone would wait for ever."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        timeouts = Timeouts(connect=0.3, read=0.3, write=0.3, pool=0.3)
        hub = Hub(endpoint=f"http://127.0.0.1:{silent.getsockname()[1]}", timeouts=timeouts, retry=Retry(attempts=1))
        repository = Repository(hub=hub, repo=REPO)
        file = RemoteFile(path="a", size=1, blob_id="0" * 40)
        calls = [
            repository.refs,
            lambda: repository.resolve("main"),
            lambda: repository.read(file, "main"),
            lambda: door.create(repository, private=False),
            lambda: door.set_tag(repository, "v1", "0" * 40),
            lambda: door.merge(repository, 1),
        ]
        started = time.monotonic()
        for call in calls:
            with pytest.raises(HubUnreachableError, match=r"no answer \(ReadTimeout"):
                call()
        assert time.monotonic() - started < 10


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    hub = Hub(endpoint=f"http://127.0.0.1:{port}/", retry=QUICK, timeouts=SHORT)
    with pytest.raises(HubUnreachableError) as raised:
        Repository(hub=hub, repo=REPO).refs()
    assert raised.value.message.startswith(f"Cannot list the refs of me/toy on http://127.0.0.1:{port}: no answer (Con")
    assert raised.value.message.endswith("; nothing was changed.")


def test_a_token_is_never_shown(local: LocalHub) -> None:
    hub = Hub(endpoint=local.endpoint, token="hf_secret", retry=QUICK, timeouts=SHORT)
    assert "hf_secret" not in repr(hub)
    with pytest.raises(HubRefusedError) as raised:
        door.create(Repository(hub=hub, repo=REPO), private=False)
    assert "hf_secret" not in raised.value.message + raised.value.hint
    assert "HF_TOKEN" in raised.value.hint
    assert hub.secret() == "hf_secret"


@pytest.mark.parametrize("endpoint", ["huggingface.co", "ftp://x", "http://", ""])
def test_an_endpoint_is_an_address(endpoint: str) -> None:
    with pytest.raises(UsageError):
        Hub(endpoint=endpoint)


@pytest.mark.parametrize("repo", ["toy", "a/b/c", "me/", "me/to y", "../x"])
def test_a_repository_has_two_names(repository: Repository, repo: str) -> None:
    with pytest.raises(UsageError):
        Repository(hub=repository.hub, repo=repo)


def test_what_is_not_there(created: Repository) -> None:
    assert Repository(hub=created.hub, repo="me/nothing").refs() is None
    for call in (lambda: created.resolve("v9"), lambda: created.files("0" * 40)):
        with pytest.raises(NotOnHubError):
            call()
    assert created.file("nothing", created.resolve("main")) is None
    assert created.files(None) == {}


@pytest.mark.parametrize("fault", [drop_after, answer(500), answer(429, {"retry-after": "0"})])
def test_creating_survives(repository: Repository, seam: Seam, fault: Fault) -> None:
    seam.choose = first(fault, "/api/repos/create")
    door.create(repository, private=True)
    assert repository.access().private


def test_a_hub_that_is_busy_creating_is_not_asked_for_ever(repository: Repository, seam: Seam) -> None:
    body = b'{"error":"Cannot create repo: another conflicting operation is in progress"}'
    seam.choose = first(answer(409, body=body), "/api/repos/create", times=3)
    door.create(repository, private=False)
    assert seam.count("POST", "/api/repos/create") == 4
    seam.choose = first(answer(409, body=body), "/api/repos/create", times=1000)
    with pytest.raises(HubUnreachableError, match="busy"):
        door.create(Repository(hub=repository.hub, repo="me/other"), private=False)


def test_a_lost_answer_to_a_commit_is_not_repeated(created: Repository, seam: Seam) -> None:
    parent = created.resolve("main")
    seam.choose = first(drop_after, "/commit/main")
    assert door.commit(created, Change(adds={"a.txt": b"a"}), parent=parent, title="one") is None
    assert [commit.title for commit in created.history("main")] == ["one", "initial commit"]


@pytest.mark.parametrize("fault", [drop_before, answer(500), answer(503), answer(409), answer(412), answer(408)])
def test_a_commit_that_did_not_happen_is_repeated(created: Repository, seam: Seam, fault: Fault) -> None:
    seam.choose = first(fault, "/commit/main", times=2)
    sha = door.commit(created, Change(adds={"a.txt": b"a"}), parent=created.resolve("main"), title="one")
    assert created.resolve("main") == sha
    assert [commit.title for commit in created.history("main")] == ["one", "initial commit"]


def test_a_commit_that_never_succeeds(created: Repository, seam: Seam) -> None:
    seam.choose = first(answer(500), "/commit/main", times=1000)
    with pytest.raises(HubUnreachableError, match="its content is uploaded, but not committed"):
        door.commit(created, Change(adds={"a.txt": b"a"}), parent=created.resolve("main"), title="one")
    seam.choose = first(answer(403), "/commit/main", times=1000)
    with pytest.raises(HubRefusedError, match="answered 403"):
        door.commit(created, Change(adds={"a.txt": b"a"}), parent=created.resolve("main"), title="one")


def test_a_commit_on_a_branch_that_moved(created: Repository, local: LocalHub) -> None:
    parent = created.resolve("main")
    api(local).upload_file(path_or_fileobj=b"b", path_in_repo="b.txt", repo_id=REPO, repo_type="dataset")
    assert door.commit(created, Change(adds={"a.txt": b"a"}), parent=parent, title="one") is None
    assert "a.txt" not in created.files(created.resolve("main"))


@pytest.mark.parametrize("fault", [answer(403), answer(500), drop_before, drop_after])
def test_an_upload_whose_address_does_not_work_gets_another(created: Repository, seam: Seam, fault: Fault) -> None:
    seen: list[Request] = []

    def once(_number: int, request: Request) -> Fault | None:
        if request.method != "PUT" or seen:
            return None
        seen.append(request)
        return fault

    seam.choose = once
    content = f"PAR1 {id(fault)}".encode() * 5000  # which the Hub has not stored for another test
    change = Change(adds={"b.parquet": content})
    sha = door.commit(created, change, parent=created.resolve("main"), title="one")
    assert sha == created.resolve("main")
    assert seen


def test_a_repository_that_is_missing_without_a_code(repository: Repository, seam: Seam) -> None:
    seam.choose = lambda _number, _request: answer(404)
    assert repository.refs() is None


def test_a_card_with_wrong_metadata(created: Repository) -> None:
    change = Change(adds={"README.md": b"---\nlicense: [\n---\n"})
    with pytest.raises(CardError, match=r"Invalid metadata in README.md"):
        door.commit(created, change, parent=created.resolve("main"), title="one")


def test_a_change_is_consistent() -> None:
    for wrong in ({"adds": {"../a": b""}}, {"deletes": ("/a",)}, {"adds": {"a": b""}, "deletes": ("a",)}):
        with pytest.raises(ValueError, match="distinct plain relative paths"):
            Change(**wrong)
    assert len(Change(adds={"a": b""}, deletes=("b", "c"))) == 3


def test_a_tag_is_set_once(created: Repository, seam: Seam, local: LocalHub) -> None:
    head = created.resolve("main")
    seam.choose = first(drop_after, "/tag/")
    door.set_tag(created, "v1.0.0", head)
    door.set_tag(created, "v1.0.0", head)
    assert created.refs().tags == {"v1.0.0": head}
    api(local).upload_file(path_or_fileobj=b"b", path_in_repo="b.txt", repo_id=REPO, repo_type="dataset")
    with pytest.raises(ConflictError, match="it was not moved"):
        door.set_tag(created, "v1.0.0", created.resolve("main"))
    assert created.refs().tags == {"v1.0.0": head}


def test_a_pull_request_is_opened_once_and_merged_once(created: Repository, seam: Seam) -> None:
    parent = created.resolve("main")
    change = Change(adds={"a.txt": b"a"})
    seam.choose = first(drop_after, "/commit/main")
    opened = door.open_pull(created, change, parent=parent, title="Release v1.0.0")
    assert opened is not None
    assert opened.is_open
    again = door.open_pull(created, change, parent=parent, title="Release v1.0.0")
    assert again == opened
    assert created.refs(pulls=True).pulls.keys() == {opened.number}
    seam.choose = first(drop_after, "/merge")
    door.merge(created, opened.number)
    door.merge(created, opened.number)
    assert created.pull(opened.number).status == "merged"
    assert "a.txt" in created.files(created.resolve("main"))
    assert door.find_pull(created, "Release v1.0.0") is None


def test_content_is_compared_with_what_the_hub_lists(created: Repository, tmp_path: Path) -> None:
    large = b"PAR1" * 5000
    change = Change(adds={"a.txt": b"a", "b.parquet": large})
    sha = door.commit(created, change, parent=created.resolve("main"), title="one")
    files = created.files(sha)
    assert created.read(files["a.txt"], sha) == b"a"
    assert files["a.txt"].holds(b"a")
    assert not files["a.txt"].holds(b"b")
    assert files["b.parquet"].holds(large)
    assert created.download(files["b.parquet"], sha, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == large
    lie = RemoteFile(path="a.txt", size=1, blob_id="0" * 40)
    with pytest.raises(VerifyError, match="another checksum"):
        created.read(lie, sha)


@pytest.mark.parametrize("fault", [drop_before, drop_after, answer(500), answer(503)])
def test_a_torn_download_begins_again(created: Repository, seam: Seam, tmp_path: Path, fault: Fault) -> None:
    content = b"PAR1" * 5000
    sha = door.commit(created, Change(adds={"b.parquet": content}), parent=created.resolve("main"), title="one")
    seam.choose = first(fault, "b.parquet")
    assert created.download(created.files(sha)["b.parquet"], sha, tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == content


@pytest.mark.parametrize(("xet", "missing"), [(None, "/info/lfs/objects/batch"), (True, "/xet-write-token/")])
def test_a_hub_without_lfs_or_without_xet(created: Repository, seam: Seam, *, xet: bool | None, missing: str) -> None:
    """The client alone chooses the protocol, so the other one is tried where the Hub does not have it."""
    hub = Hub(endpoint=created.hub.endpoint, token=created.hub.token, xet=xet, retry=QUICK, timeouts=SHORT)
    assert hub.uses_xet is bool(xet)  # on this machine LFS comes first
    repository = Repository(hub=hub, repo=REPO)
    seam.choose = first(answer(404), missing, times=1000)
    content = f"PAR1 {missing}".encode() * 5000
    sha = door.commit(repository, Change(adds={"b.parquet": content}), parent=repository.resolve("main"), title="one")
    assert sha == repository.resolve("main")
    assert repository.files(sha)["b.parquet"].holds(content)
    assert seam.count("POST", missing) + seam.count("GET", missing) > 0
    assert not constants.HF_HUB_DISABLE_XET  # is as it was


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (OfflineModeIsEnabled("off"), HubUnreachableError, "offline mode is on"),
        (refused(500), HubUnreachableError, "the Hub answered 500"),
        (refused(404), NotOnHubError, "no"),
        (refused(418), HubRefusedError, "the Hub answered 418"),
        (refused(429), HubRefusedError, "the Hub answered 429"),
        (httpx.ReadTimeout("slow"), HubUnreachableError, "no answer (ReadTimeout: slow)"),
        (ConnectionError("cas: token expired"), HubUnreachableError, "the connection failed (cas: token expired)"),
        (KeyError("url"), HubAnswerError, "has another shape than the Hub's interface has (KeyError: 'url')"),
        (AttributeError("'list' has no 'get'"), HubAnswerError, "has another shape than the Hub's interface has"),
        (json.JSONDecodeError("no", "<html>", 0), HubUnreachableError, "is no JSON, as of a proxy"),
        (ValueError("Invalid metadata in README.md.\n- license"), CardError, "Invalid metadata in README.md"),
        (ValueError("LFS batch API returned errors"), HubRefusedError, "LFS batch API returned errors"),
        (ValueError("403 for url 'http://s3/x?X-Signature=secret&y=1'"), HubRefusedError, "'http://s3/x?...'"),
        (ConflictError("ours"), ConflictError, "ours"),
    ],
)
def test_every_error_is_told_once(error: Exception, kind: type[Exception], words: str) -> None:
    attempt = Attempt(doing="do it", endpoint="http://127.0.0.1", state="nothing was changed")
    for found in (translate(error, attempt), translate(_caused(error), attempt)):
        assert type(found) is kind
        assert words in found.message
        assert "secret" not in found.message
        assert found.message == "ours" or found.message.startswith("Cannot do it on http://127.0.0.1: ")


@pytest.mark.parametrize(("token", "words"), [(None, "or it is private: no token was sent"), ("hf_other", "401")])
def test_a_private_repository_is_not_only_called_missing(
    created: Repository, local: LocalHub, token: str | None, words: str
) -> None:
    api(local).update_repo_settings(REPO, private=True, repo_type="dataset")
    with pytest.raises(HubError) as caught:
        Repository(hub=Hub(endpoint=local.endpoint, token=token, retry=QUICK), repo=REPO).resolve("main")
    assert words in caught.value.message
    assert "HF_TOKEN" in caught.value.hint


def test_what_is_missing_is_named(created: Repository, local: LocalHub) -> None:
    with pytest.raises(NotOnHubError) as caught:
        created.resolve("v9")
    assert "has no such version" in caught.value.hint
    elsewhere = Repository(hub=Hub(endpoint=local.endpoint, token=local.token, retry=QUICK), repo="me/none")
    with pytest.raises(NotOnHubError) as caught:
        elsewhere.resolve("main")
    assert "no token was sent" not in caught.value.message
    assert caught.value.hint.startswith("Check the name.")


@pytest.mark.parametrize(
    ("fault", "token", "kind", "words"),
    [
        (
            answer(404, {"x-error-code": "RepoNotFound"}),
            "hf_x",
            NotOnHubError,
            ("misspelt", "deleted", "may not read it"),
        ),
        (answer(404, {"x-error-code": "RepoNotFound"}), None, NotOnHubError, ("misspelt", "no token was sent")),
        (answer(403, {"x-error-code": "GatedRepo"}), "hf_x", NotOnHubError, ("gated: ask for access",)),
        (
            answer(403, {"x-error-message": "Access to this resource is disabled."}),
            "hf_x",
            HubRefusedError,
            ("has disabled access", "no token changes that"),
        ),
        (
            answer(403),
            "hf_x",
            HubRefusedError,
            ("answered 403", "only reads", "fine-grained", "NAMESPACE is not yours"),
        ),
        (answer(403), None, HubRefusedError, ("answered 403", "No token was sent", "HF_TOKEN")),
    ],
)
def test_a_refusal_says_what_is_likely(
    created: Repository, seam: Seam, *, fault: Fault, token: str | None, kind: type[HubError], words: tuple[str, ...]
) -> None:
    seam.choose = lambda _number, _request: fault
    asker = Repository(hub=Hub(endpoint=created.hub.endpoint, token=token, retry=QUICK), repo=REPO)
    with pytest.raises(kind) as caught:
        asker.resolve("main")
    assert type(caught.value) is kind
    assert all(word in f"{caught.value.message} {caught.value.hint}" for word in words)


def test_a_bug_of_ours_stays_what_it_is() -> None:
    attempt = Attempt(doing="do it", endpoint="http://127.0.0.1")
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError("a bug"), attempt)


def _caused(error: Exception) -> RuntimeError:
    wrapped = RuntimeError("Error while uploading")
    wrapped.__cause__ = error
    return wrapped


def test_what_other_libraries_see() -> None:
    assert door.default_endpoint() == constants.ENDPOINT
    assert door.cache_home() == Path(constants.HF_HOME)
    assert not door.is_offline()


def test_the_client_is_quiet_only_while_it_is_asked(created: Repository, capfd: pytest.CaptureFixture[str]) -> None:
    before = logging.get_verbosity()
    change = Change(adds={"b.parquet": b"PAR1 quietly" * 5000})
    door.commit(created, change, parent=created.resolve("main"), title="one")
    assert capfd.readouterr() == ("", "")
    assert logging.get_verbosity() == before


@pytest.mark.parametrize("part", ["/tree/", "/commits/"])
def test_a_listing_that_the_client_does_not_repeat_is_repeated(
    created: Repository, seam: Seam, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    sha = created.resolve("main")
    monkeypatch.setattr(repositories, "LISTINGS", None)  # as it is before huggingface_hub 2.2
    seam.choose = first(answer(408), part)  # which no version repeats
    assert created.files(sha) is not None
    assert created.history("main") is not None
    assert seam.count("GET", part) == 2
