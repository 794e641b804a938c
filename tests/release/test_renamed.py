"""A repository that has another name now: readers are told and served, a release under the old name is not made."""

import warnings
from pathlib import Path

import pytest

import tagpress
from release.builds import SPLITS, rows, write_build
from release.publisher import QUICK, publish_here
from release.view import api, view
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import RenamedError, RenamedWarning
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.commands import diff_releases
from tagpress.release.verify import verify_release

OLD, NEW = "me/toy", "us/toys"


@pytest.fixture
def renamed(hub: LocalHub, tmp_path: Path) -> Path:
    """A release under a name that its repository no longer has; returns its build."""
    build = write_build(tmp_path / "1")
    publish_here(hub.endpoint, hub.token, build, OLD)
    api(hub).move_repo(OLD, NEW, repo_type="dataset")
    return build


def test_a_release_under_the_old_name_makes_no_second_repository(hub: LocalHub, renamed: Path, tmp_path: Path) -> None:
    before = view(hub, NEW)
    build = write_build(tmp_path / "2", {**SPLITS, "train": (rows(5), rows(4, start=10))}, version="1.1.0")
    for options in ({}, {"dry_run": True}, {"open_pr": True}, {"private": True}):
        refused = publish_here(hub.endpoint, hub.token, build, OLD, **options)
        assert refused["exit_code"] == RenamedError.exit_code
        assert refused["error"]["code"] == "renamed"
        assert f"{OLD} is called {NEW} on {hub.endpoint} now; nothing was changed" in refused["error"]["message"]
        assert f"--repo {NEW}" in refused["error"]["hint"]
    assert view(hub, NEW) == before
    assert [found.id for found in api(hub).list_datasets()] == [NEW]
    done = publish_here(hub.endpoint, hub.token, build, NEW)
    assert done["tag"] == "v1.1.0"
    assert view(hub, NEW).titles == ["Release v1.1.0", "Release v1.0.0", "initial commit"]


def test_who_reads_by_the_old_name_is_served_and_told(hub: LocalHub, renamed: Path) -> None:
    there = Hub(endpoint=hub.endpoint, token=hub.token, retry=QUICK)
    told = f"{OLD} is called {NEW} now"
    with pytest.warns(RenamedWarning, match=told):
        assert verify_release(OLD, "v1.0.0", hub=there, deep=True).ok
    with pytest.warns(RenamedWarning, match=told):
        assert not diff_releases(str(renamed), f"{OLD}@1.0.0", hub=there).changed
    with pytest.warns(RenamedWarning, match=told):
        assert tagpress.load(OLD, "1.0.0", split="train", endpoint=hub.endpoint).num_rows == 8
    with pytest.warns(RenamedWarning, match=told):
        stream = tagpress.stream(OLD, "1.0.0", "train", rank=0, world_size=1, endpoint=hub.endpoint)
    assert sum(batch.num_rows for batch in stream) == 8
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert verify_release(NEW, "v1.0.0", hub=there).ok


def test_the_command_line_says_it_in_a_line(
    hub: LocalHub, renamed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warnings, "filters", [])  # of the tests, for which every warning is an error
    assert run(cli, ["verify", f"{OLD}@1.0.0", "--hub", hub.endpoint, "--json"]) == 0
    told = [line for line in capsys.readouterr().err.splitlines() if "called" in line]
    assert told == [f"warning: {OLD} is called {NEW} now: the old name leads there until another repository takes it"]
