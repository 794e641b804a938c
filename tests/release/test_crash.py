"""A publisher that is killed at any request is finished by running it again."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from release.cases import configured, first, large, layered, second
from release.publisher import publish_here, publisher
from release.seam import Seam, kill_after
from release.view import View, view
from tagpress.localhub import LocalHub

REPO = "me/toy"


@pytest.mark.slow
@pytest.mark.parametrize("builds", [first, second, large, configured, layered])
def test_a_kill_after_any_request(builds: Callable[[Path, int], list[Path]], tmp_path: Path) -> None:
    seam, made = Seam(), builds(tmp_path / "whole", 0)
    copies = [shutil.copytree(build, tmp_path / "first" / build.name) for build in made]
    with LocalHub(tmp_path / "first" / "hub", wrap=seam) as hub:
        total = _count_requests(hub, seam, copies)
    assert total > 15
    for number in range(1, total + 1):
        *earlier, last = [shutil.copytree(build, tmp_path / str(number) / build.name) for build in made]
        with LocalHub(tmp_path / str(number) / "hub", wrap=seam) as hub:
            before = [publish_here(hub.endpoint, hub.token, build, REPO) for build in earlier]
            old = view(hub, REPO)

            _publish_and_kill(hub, seam, last, number)

            between = view(hub, REPO)
            _assert_never_half(old, between, last)
            uploaded = _uploads(seam)
            done = publish_here(hub.endpoint, hub.token, last, REPO)
            after = view(hub, REPO)
            assert "error" not in done, (number, done)
            assert after is not None
            assert after.tree.keys() - {".gitattributes"} == _paths(last), number
            assert after.titles[0].startswith(f"Release {done['tag']}")  # a merged pull request adds its number
            assert after.titles[1:] == (old.titles if old else ["initial commit"]), number
            assert after.tags == {**(old.tags if old else {}), done["tag"]: after.head}
            assert done["commit"] == after.head
            assert len(set(uploaded) & set(_uploads(seam)[len(uploaded) :])) == 0
            assert all(answer["commit"] for answer in before)


def _count_requests(hub: LocalHub, seam: Seam, builds: list[Path]) -> int:
    for build in builds:
        seam.forget()
        answer = publish_here(hub.endpoint, hub.token, build, REPO)
        assert "error" not in answer, answer
    return len(seam.requests)


def _publish_and_kill(hub: LocalHub, seam: Seam, build: Path, number: int) -> None:
    seam.forget()
    with publisher(hub.endpoint, hub.token, build, REPO) as (pid, outcome):
        seam.choose = lambda n, _request: kill_after(lambda: pid) if n == number else None
        assert outcome().document is None
    seam.choose = lambda _n, _request: None


def _uploads(seam: Seam) -> list[str]:
    """The contents that the Hub has stored, in order."""
    return [request.what[1] for request in seam.acted if request.method == "PUT"]


def _assert_never_half(old: View | None, between: View | None, build: Path) -> None:
    """Whatever died, main is as it was or as it will be, and old tags are where they were."""
    if between is None:
        assert old is None
        return
    released = _paths(build) <= between.tree.keys() and (old is None or between.head != old.head)
    assert released or between.tree.keys() <= ({".gitattributes"} if old is None else old.tree.keys())
    assert (old.tags if old else {}).items() <= between.tags.items()


def _paths(build: Path) -> set[str]:
    """The files of a build, and the one that publishing adds."""
    return {path.relative_to(build).as_posix() for path in build.rglob("*") if path.is_file()} | {"croissant.json"}
