"""A publisher that is killed at any request is finished by running it again."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from huggingface_hub import HfApi

from release.builds import write_build
from release.publisher import publish_here, publisher
from release.seam import Seam, kill_after
from tagpress.localhub import LocalHub

REPO = "me/toy-entities"


@dataclass
class State:
    tree: dict[str, str]
    tags: dict[str, str]
    commits: list[str]
    pulls: int


def state(hub: LocalHub) -> State | None:
    """What an independent reader sees."""
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    if not api.repo_exists(REPO, repo_type="dataset"):
        return None
    refs = api.list_repo_refs(REPO, repo_type="dataset", include_pull_requests=True)
    entries = api.list_repo_tree(REPO, repo_type="dataset", recursive=True)
    return State(
        tree={entry.path: entry.blob_id for entry in entries if hasattr(entry, "blob_id")},
        tags={tag.name: tag.target_commit for tag in refs.tags},
        commits=[commit.commit_id for commit in api.list_repo_commits(REPO, repo_type="dataset")],
        pulls=len(refs.pull_requests or []),
    )


def first(tmp: Path) -> list[Path]:
    return [write_build(tmp / "one")]


CASES: dict[str, Callable[[Path], list[Path]]] = {"first release": first}


@pytest.mark.parametrize("case", CASES)
def test_killed_at_every_request(case: str, tmp_path: Path) -> None:
    *earlier, last = CASES[case](tmp_path)
    with LocalHub(tmp_path / "prepared") as hub:
        for build in earlier:
            assert "error" not in publish_here(hub.endpoint, hub.token, build, REPO)
        before = state(hub)
    shutil.copytree(tmp_path / "prepared", tmp_path / "whole")
    seam = Seam()
    with LocalHub(tmp_path / "whole", wrap=seam) as hub:
        assert "error" not in publish_here(hub.endpoint, hub.token, last, REPO)
        total = len(seam.requests)
        after = state(hub)
    print(total)
    for number in range(1, total + 1):
        root = tmp_path / f"killed-{number}"
        shutil.copytree(tmp_path / "prepared", root)
        seam = Seam()
        with LocalHub(root, wrap=seam) as hub:
            with publisher(hub.endpoint, hub.token, last, REPO) as (pid, outcome):
                seam.choose = lambda n, _request, number=number, pid=pid: kill_after(lambda: pid) if n == number else None
                assert outcome().document is None
            seam.choose = lambda _n, _request: None
            between = state(hub)
            done = publish_here(hub.endpoint, hub.token, last, REPO)
            assert "error" not in done, (number, done)
            assert state(hub).tree == after.tree
        shutil.rmtree(root)
