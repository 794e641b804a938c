"""Somebody else changes the repository between the plan and the commit."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from release.builds import SPLITS, rows, write_build
from release.cases import large
from release.publisher import publish_here, publisher
from release.seam import App, Fault, Receive, Request, Scope, Seam, Send, answer
from release.view import api, view
from tagpress.localhub import LocalHub

REPO = "me/toy"
GROWN = {**SPLITS, "test": [*SPLITS["test"], rows(1, start=50)]}


def at_commit(act: Callable[[], object], part: str = "/commit/main") -> Callable[[int, Request], Fault | None]:
    """Let somebody else act, once, when the publisher's commit arrives and before the Hub looks at it."""
    done: list[bool] = []

    async def race(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(act)
        await app(scope, receive, send)

    def choose(_number: int, request: Request) -> Fault | None:
        if done or part not in request.path:
            return None
        done.append(True)
        return race

    return choose


def put(hub: LocalHub, path: str, content: bytes, title: str = "by hand") -> str:
    done = api(hub).upload_file(
        path_or_fileobj=content, path_in_repo=path, repo_id=REPO, repo_type="dataset", commit_message=title
    )
    return done.oid


def test_a_foreign_file_is_kept_and_the_release_goes_on_top(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    seam.choose = at_commit(lambda: put(hub, "notes.txt", b"mine"))
    done = publish_here(hub.endpoint, hub.token, build, REPO)
    after = view(hub, REPO)
    assert after.titles == ["Release v1.0.0", "by hand", "initial commit"]
    assert "notes.txt" in after.tree
    assert done["plan"]["files"]["foreign"] == [".gitattributes", "notes.txt"]
    assert after.tags == {"v1.0.0": done["commit"]}


def test_an_edited_card_stops_the_release_and_is_shown(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    card = Path(api(hub).hf_hub_download(REPO, "README.md", repo_type="dataset", local_dir=tmp_path / "got"))
    edited = card.read_bytes().replace(b"A corpus for tests.", b"A corpus for all.")
    seam.choose = at_commit(lambda: put(hub, "README.md", edited))
    build = write_build(tmp_path / "2", GROWN, version="1.1.0")
    done = publish_here(hub.endpoint, hub.token, build, REPO)
    assert done["exit_code"] == 4
    assert "-A corpus for tests.\n+A corpus for all." in done["error"]["message"]
    assert "--replace-card" in done["error"]["hint"]
    assert view(hub, REPO).titles == ["by hand", "Release v1.0.0", "initial commit"]

    replaced = publish_here(hub.endpoint, hub.token, build, REPO, replace_card=True)
    assert replaced["tag"] == "v1.1.0"
    assert view(hub, REPO).titles[:2] == ["Release v1.1.0", "by hand"]


def test_another_release_in_between_stops_this_one_and_shows_both(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    theirs = write_build(tmp_path / "theirs", GROWN, version="1.1.0")
    mine = write_build(tmp_path / "mine", text="Another text.", version="1.0.1")
    seam.choose = at_commit(lambda: publish_here(hub.endpoint, hub.token, theirs, REPO))
    done = publish_here(hub.endpoint, hub.token, mine, REPO)
    assert done["exit_code"] == 4
    assert "Theirs: 1.1.0: 1 sentence added (test 1)." in done["error"]["message"]
    assert "Yours: 1.0.1" in done["error"]["message"]
    after = view(hub, REPO)
    assert after.titles[0] == "Release v1.1.0"
    assert after.tags.keys() == {"v1.0.0", "v1.1.0"}


def test_the_same_release_by_somebody_else_is_this_release(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    seam.choose = at_commit(lambda: publish_here(hub.endpoint, hub.token, build, REPO))
    done = publish_here(hub.endpoint, hub.token, build, REPO)
    assert done["already_published"]
    assert view(hub, REPO).titles == ["Release v1.0.0", "initial commit"]


def test_a_412_without_a_reason_is_tried_again(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    refused: list[bool] = []

    def once(_number: int, request: Request) -> Fault | None:
        if "/commit/main" in request.path and not refused:
            refused.append(True)
            return answer(412)
        return None

    seam.choose = once
    done = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    assert done["tag"] == "v1.0.0"
    assert view(hub, REPO).titles == ["Release v1.0.0", "initial commit"]


def test_two_publishers_started_together(hub: LocalHub, tmp_path: Path) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    one = write_build(tmp_path / "2", GROWN, version="1.1.0")
    other = write_build(tmp_path / "3", text="Another text.", version="1.0.1")
    with (
        publisher(hub.endpoint, hub.token, one, REPO) as (_, first),
        publisher(hub.endpoint, hub.token, other, REPO) as (_, second),
    ):
        outcomes = [first().document, second().document]
    won = [outcome for outcome in outcomes if "error" not in outcome]
    lost = [outcome for outcome in outcomes if "error" in outcome]
    after = view(hub, REPO)
    assert {outcome["tag"] for outcome in won} | {"v1.0.0"} == after.tags.keys()
    assert [outcome["exit_code"] for outcome in lost] in ([], [4])  # none if one had ended before the other began
    assert len(after.titles) == 2 + len(won)


def test_a_release_while_a_pull_request_grows_stops_the_merge(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    theirs = write_build(tmp_path / "theirs", GROWN, version="1.1.0")
    (mine,) = large(tmp_path / "mine", 7)
    mine = write_build(tmp_path / "big", assets={f"assets/{n}.svg": str(n) for n in range(105)}, version="1.0.1")
    seam.choose = at_commit(lambda: publish_here(hub.endpoint, hub.token, theirs, REPO), "/commit/refs/pr/1")
    done = publish_here(hub.endpoint, hub.token, mine, REPO)
    assert done["exit_code"] == 4
    assert view(hub, REPO).titles[0] == "Release v1.1.0"


def test_a_foreign_file_while_a_pull_request_grows_is_kept(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    (mine,) = large(tmp_path / "mine", 8)
    seam.choose = at_commit(lambda: put(hub, "notes.txt", b"mine"), "/commit/refs/pr/1")
    done = publish_here(hub.endpoint, hub.token, mine, REPO)
    after = view(hub, REPO)
    assert after.tags == {"v1.0.0": done["commit"]} == {"v1.0.0": after.head}
    assert "notes.txt" in after.tree
    assert len(after.titles) == 3


def test_a_draft_of_this_release_is_completed_and_merged(hub: LocalHub, tmp_path: Path) -> None:
    (mine,) = large(tmp_path / "mine", 9)
    api(hub).create_repo(REPO, repo_type="dataset")
    draft = api(hub).create_pull_request(REPO, "Release v1.0.0", repo_type="dataset")
    assert draft.status == "draft"
    done = publish_here(hub.endpoint, hub.token, mine, REPO)
    assert view(hub, REPO).tags == {"v1.0.0": done["commit"]}
    assert api(hub).get_discussion_details(REPO, draft.num, repo_type="dataset").status == "merged"


def test_a_branch_that_never_rests(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    number = iter(range(100))

    async def race(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(put, hub, f"notes-{next(number)}.txt", b"x")
        await app(scope, receive, send)

    def choose(_number: int, request: Request) -> Fault | None:
        ours = "/commit/main" in request.path and "tagpress" in request.agent
        return race if ours else None

    seam.choose = choose
    done = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    assert done["exit_code"] == 4
    assert "changed by others during each of 5 tries" in done["error"]["message"]
    assert not any(title.startswith("Release") for title in view(hub, REPO).titles)
