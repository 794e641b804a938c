"""Who may see a repository, who may read its files, and where it is shown: asked for, set once, and read back."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import tagpress
from release.builds import SPLITS, rows, write_build
from release.publisher import publish_here, publisher
from release.seam import App, Fault, Message, Receive, Scope, Seam, Send, answer, drop_after, drop_before, kill_after
from release.view import api
from tagpress.errors import NotOnHubError
from tagpress.hub import Hub, cache_home
from tagpress.localhub import LocalHub
from tagpress.release.verify import verify_release

REPO = "me/toy"
KIND = {"repo_type": "dataset"}
ALL = {"private": True, "gated": "manual", "collection": "Our corpora"}
# The writes of a first release with all of it, in their order.
WRITES = [
    ("POST", "/api/repos/create"),
    ("PUT", f"/api/datasets/{REPO}/settings"),
    ("POST", f"/api/datasets/{REPO}/commit/main"),
    ("POST", f"/api/datasets/{REPO}/tag/"),
    ("POST", "/api/collections"),
    ("POST", "/items"),
]


class Desk:
    def __init__(self, hub: LocalHub, seam: Seam, builds: Path) -> None:
        self.hub, self.seam, self.builds, self.api = hub, seam, builds, api(hub)

    def publish(self, build: str = "first", **options: Any) -> dict[str, Any]:
        return publish_here(self.hub.endpoint, self.hub.token, self.builds / build, REPO, **options)

    def writes(self) -> list[tuple[str, str]]:
        """What was asked for that changes something: the requests of a second run are questions."""
        asked = [(one.method, one.path) for one in self.seam.requests if one.method in {"POST", "PUT", "DELETE"}]
        harmless = ("/paths-info/", "/preupload/", "/validate-yaml", "/objects/batch", "/lfs/")
        return [(method, path) for method, path in asked if not any(part in path for part in harmless)]

    @property
    def shelves(self) -> list[tuple[str, bool, list[str]]]:
        found = [self.api.get_collection(one.slug) for one in self.api.list_collections()]
        return [(one.title, one.private, [item.item_id for item in one.items]) for one in found]

    def is_all_set(self) -> bool:
        info = self.api.dataset_info(REPO)
        refs = self.api.list_repo_refs(REPO, **KIND)
        return (
            (info.private, info.gated) == (True, "manual")
            and [tag.name for tag in refs.tags] == ["v1.0.0"]
            and self.shelves == [("Our corpora", True, [REPO])]
            and len(self.api.list_repo_commits(REPO, **KIND)) == 2
        )


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("builds")
    write_build(folder / "first")
    write_build(folder / "second", {**SPLITS, "train": (rows(16),)}, version="1.1.0")
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Seam]]:
    seam = Seam()
    with LocalHub(tmp_path_factory.mktemp("hub"), wrap=seam) as found:
        yield found, seam


@pytest.fixture
def desk(served: tuple[LocalHub, Seam], builds: Path) -> Iterator[Desk]:
    """A Hub without a repository and without a collection."""
    desk = Desk(*served, builds)
    desk.seam.forget()
    shutil.rmtree(cache_home() / "tagpress", ignore_errors=True)  # each test has another release of the same name
    yield desk
    desk.seam.forget()
    desk.api.delete_repo(REPO, missing_ok=True, **KIND)
    for one in list(desk.api.list_collections()):
        desk.api.delete_collection(one.slug)


def first(fault: Fault, method: str, part: str) -> Any:
    """Choose a fault for the first request of this kind."""
    left = [fault]
    return lambda _number, one: left.pop() if left and (one.method, part in one.path) == (method, True) else None


def told(done: dict[str, Any]) -> dict[str, tuple[str | None, str]]:
    assert "error" not in done, done
    for one in done["settings"]:
        assert one["changed"] == (one["before"] != one["after"])
    return {one["name"]: (one["before"], one["after"]) for one in done["settings"]}


def test_a_first_release_is_private_and_gated_before_its_first_byte_and_shown_when_it_is_tagged(desk: Desk) -> None:
    done = desk.publish(**ALL)
    slug = told(done)["collection"][1]
    assert slug.startswith("me/our-corpora-")
    assert told(done) == {"visibility": (None, "private"), "gated": ("off", "manual"), "collection": (None, slug)}
    assert [
        (method, part) for (method, path), (_, part) in zip(desk.writes(), WRITES, strict=True) if part in path
    ] == WRITES
    assert desk.is_all_set()
    desk.seam.forget()
    again = desk.publish(**ALL)
    assert told(again) == {
        "visibility": ("private", "private"),
        "gated": ("manual", "manual"),
        "collection": (slug, slug),
    }
    assert again["already_published"]
    assert desk.writes() == []
    assert desk.is_all_set()


def test_what_is_not_asked_for_stays_as_it_is(desk: Desk) -> None:
    desk.publish(**ALL)
    done = desk.publish("second")
    assert (done["tag"], told(done)) == ("v1.1.0", {})
    info = desk.api.dataset_info(REPO)
    assert (info.private, info.gated) == (True, "manual")


def test_the_gate_of_a_release_that_stands_is_changed_and_nothing_else(desk: Desk) -> None:
    desk.publish()
    head = desk.api.dataset_info(REPO).sha
    for before, after in [("off", "auto"), ("auto", "manual"), ("manual", "off"), ("off", "off")]:
        desk.seam.forget()
        assert told(desk.publish(gated=after)) == {"gated": (before, after)}
        assert desk.api.dataset_info(REPO).gated == (after if after != "off" else False)
        assert desk.writes() == WRITES[1:2] * (before != after)
    assert desk.api.dataset_info(REPO).sha == head


def test_a_dry_run_says_what_would_be_set_and_sets_nothing(desk: Desk) -> None:
    planned = told(desk.publish(dry_run=True, **ALL))
    new = "Our corpora (a new one)"
    assert planned == {"visibility": (None, "private"), "gated": (None, "manual"), "collection": (None, new)}
    assert not desk.api.repo_exists(REPO, **KIND)
    desk.api.create_repo(REPO, private=True, **KIND)
    slug = desk.api.create_collection("Our corpora", namespace="me").slug
    desk.seam.forget()
    planned = told(desk.publish(dry_run=True, **ALL))
    assert planned == {"visibility": ("private", "private"), "gated": ("off", "manual"), "collection": (None, slug)}
    assert desk.writes() == []
    assert desk.shelves == [("Our corpora", False, [])]
    desk.publish(**ALL)
    desk.seam.forget()
    assert {before == after for before, after in told(desk.publish(dry_run=True, **ALL)).values()} == {True}
    assert desk.writes() == []


def test_a_collection_is_named_by_its_address_or_its_title(desk: Desk) -> None:
    other = desk.api.create_collection("Elsewhere", namespace="somebody").slug
    mine = desk.api.create_collection("Our corpora", namespace="me").slug
    desk.api.create_collection("Our corpora", namespace="somebody")
    assert told(desk.publish(collection=other)) == {"collection": (None, other)}
    assert told(desk.publish(collection="Our corpora")) == {"collection": (None, mine)}
    made = told(desk.publish(collection="A new one"))["collection"][1]
    assert not desk.api.get_collection(made).private
    filled = sorted(title for title, _, items in desk.shelves if items == [REPO])
    assert filled == ["A new one", "Elsewhere", "Our corpora"]


def test_a_collection_that_is_not_there_is_known_before_anything_is_made(desk: Desk) -> None:
    refused = desk.publish(collection="me/our-corpora-0123456789abcdef01234567")
    assert refused["exit_code"] == 3
    assert "collection me/our-corpora-" in refused["error"]["message"]
    assert desk.writes() == []


@pytest.mark.parametrize("options", [{"gated": "yes"}, {"gated": ""}, {"collection": " "}])
def test_a_setting_that_is_none_is_refused_before_the_hub_is_asked(desk: Desk, options: dict[str, str]) -> None:
    refused = desk.publish(**options)
    assert refused["exit_code"] == 2
    assert desk.seam.requests == []


def test_a_conflict_leaves_the_gate_as_it_is(desk: Desk) -> None:
    desk.publish()
    desk.api.upload_file(path_or_fileobj=b"{}", path_in_repo="toy.py", repo_id=REPO, **KIND)
    assert desk.publish("second", **{**ALL, "private": False})["exit_code"] == 4
    assert desk.api.dataset_info(REPO).gated is False
    assert desk.shelves == []


def test_the_collection_waits_for_the_tag(desk: Desk) -> None:
    steps: list[str] = []
    desk.publish()
    asked = {"gated": "auto", "collection": "Our corpora", "open_pr": True}
    assert told(desk.publish("second", steps=steps.append, **asked)) == {"gated": ("off", "auto")}
    assert any("collection waits" in step for step in steps)
    assert desk.shelves == []
    desk.api.merge_pull_request(REPO, 1, **KIND)
    merged = desk.publish("second", **asked)
    assert merged["tag"] == "v1.1.0"
    assert desk.shelves == [("Our corpora", False, [REPO])]


@pytest.mark.parametrize(("method", "part"), WRITES)
def test_a_run_that_ends_after_any_write_is_finished_by_the_next(desk: Desk, method: str, part: str) -> None:
    acted: list[bool] = []

    def choose(_number: int, one: Any) -> Fault | None:
        if not acted and (one.method, part in one.path) == (method, True):
            acted.append(True)
            return drop_after
        return answer(500) if acted else None

    desk.seam.choose = choose
    assert desk.publish(**ALL)["exit_code"] == 3
    assert acted
    desk.seam.forget()
    assert desk.api.dataset_info(REPO).private  # from the first moment
    assert desk.publish(**ALL)["tag"] == "v1.0.0"
    assert desk.is_all_set()


@pytest.mark.parametrize("fault", [drop_before, drop_after, answer(500)])
@pytest.mark.parametrize(("method", "part"), [WRITES[0], WRITES[1], WRITES[4], WRITES[5]])
def test_an_answer_that_is_lost_is_asked_for_again(desk: Desk, method: str, part: str, fault: Fault) -> None:
    desk.seam.choose = first(fault, method, part)
    assert desk.publish(**ALL)["tag"] == "v1.0.0"
    assert desk.is_all_set()


@pytest.mark.slow
@pytest.mark.parametrize(("method", "part"), WRITES)
def test_a_publisher_that_is_killed_after_any_write(desk: Desk, method: str, part: str) -> None:
    given = (desk.hub.endpoint, desk.hub.token, desk.builds / "first", REPO)
    with publisher(*given, **ALL) as (pid, outcome):
        desk.seam.choose = first(kill_after(lambda: pid), method, part)
        assert outcome().document is None
    desk.seam.forget()
    assert desk.publish(**ALL)["tag"] == "v1.0.0"
    assert desk.is_all_set()


async def make_public(app: App, scope: Scope, receive: Receive, send: Send) -> None:
    """Create what was to be private for everybody to see, as a Hub that does not know the word would."""

    async def changed() -> Message:
        message = await receive()
        return {**message, "body": message.get("body", b"").replace(b'"private"', b'"public" ')}

    await app(scope, changed, send)


def test_a_repository_that_is_public_in_spite_of_all_gets_nothing(desk: Desk) -> None:
    desk.seam.choose = first(make_public, "POST", "/api/repos/create")
    refused = desk.publish(**ALL)
    assert refused["exit_code"] == 2
    assert "is public, but a private release was asked for; it was created a moment ago" in refused["error"]["message"]
    assert desk.writes() == WRITES[:1]
    desk.seam.forget()
    assert desk.publish(**ALL)["exit_code"] == 2
    assert desk.writes() == []


def test_a_gate_that_does_not_hold_stops_the_release(desk: Desk) -> None:
    desk.seam.choose = first(answer(200, body=b"{}"), "PUT", "/settings")
    refused = desk.publish(gated="manual")
    assert refused["error"]["message"] == (
        f"{REPO} was set to gated: manual, and the Hub says gated: off; nothing of the release was sent."
    )
    assert desk.writes() == WRITES[:2]


def test_a_collection_that_does_not_take_it_is_said_and_the_release_stands(desk: Desk) -> None:
    slug = desk.api.create_collection("Our corpora", namespace="me").slug
    body = (
        b'{"slug":"%s","title":"Our corpora","owner":{},"items":[],"lastUpdated":"2026-01-01T00:00:00.000Z",'
        b'"position":0,"private":false,"theme":"blue","upvotes":0}' % slug.encode()
    )
    desk.seam.choose = first(answer(200, body=body), "POST", "/items")
    refused = desk.publish(collection="Our corpora")
    assert "the Hub does not list it there; the release is there, verified and tagged" in refused["error"]["message"]
    assert desk.publish(collection="Our corpora")["already_published"]
    assert desk.shelves == [("Our corpora", False, [REPO])]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/api/datasets/{REPO}", b'{"id":"me/toy","private":false,"gated":"sometimes","tags":[],"siblings":[]}'),
        (
            "/api/collections",
            (
                b'[{"slug":"../../me","title":"Our corpora","owner":{},"items":[],'
                b'"lastUpdated":"2026-01-01T00:00:00.000Z","private":false,"theme":"blue","upvotes":0}]'
            ),
        ),
        ("/api/collections", b'{"slug":1}'),
    ],
)
def test_a_hub_that_says_what_no_hub_may_say(desk: Desk, path: str, body: bytes) -> None:
    desk.seam.choose = lambda _number, one: answer(200, body=body) if (one.method, one.path) == ("GET", path) else None
    refused = desk.publish(gated="auto", collection="Our corpora")
    assert refused["error"]["code"] == "hub-answer", refused


READS: dict[str, Callable[..., Any]] = {
    "load": lambda **who: tagpress.load(REPO, "1.0.0", **who),
    "stream": lambda **who: next(iter(tagpress.stream(REPO, "1.0.0", "train", **who))),
    "verify": lambda **who: verify_release(REPO, None, hub=Hub(**who)),
}


@pytest.mark.parametrize("name", [pytest.param("load", marks=pytest.mark.slow), "stream", "verify"])
def test_whoever_has_no_access_to_a_gated_release_reads_what_to_do(desk: Desk, name: str) -> None:
    desk.publish(gated="manual")
    with pytest.raises(NotOnHubError, match=f"Access to {REPO} is restricted") as refused:
        READS[name](endpoint=desk.hub.endpoint)
    assert "It is gated: ask for access on its page, then log in with `hf auth login`" in (refused.value.hint or "")
    assert READS[name](endpoint=desk.hub.endpoint, token=desk.hub.token)
