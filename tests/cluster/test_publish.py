"""Executors send what a release adds and load it back; the driver makes the one commit."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.corpora import messy
from cluster.standalone import LEAKY
from made_corpora import shas
from release.builds import SPLITS, rows, write_build
from release.seam import Request, Seam, answer
from release.view import view
from tagpress.build.corpus import Build, build_corpus
from tagpress.engine.spark import SparkEngine
from tagpress.errors import HubUnreachableError
from tagpress.hub import Hub, Repository, Retry
from tagpress.localhub import LocalHub
from tagpress.release.commands import publish_corpus
from tagpress.release.publish import publish_build
from tagpress.release.read_back import read_back
from tagpress.release.state import remote_at
from tagpress.release.verify import verify_release

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]
REPO = "me/messy"


@pytest.fixture
def hub(local: LocalHub) -> Hub:
    return Hub(endpoint=local.endpoint, token=local.token)


@pytest.fixture(scope="module")
def declaration(tmp_path_factory):
    return messy(tmp_path_factory.mktemp("corpus"), documents=150, sentences=260)


@pytest.fixture(scope="module")
def at_home(declaration, tmp_path_factory):
    return build_corpus(declaration, tmp_path_factory.mktemp("home") / "out", workers=2)


def puts(seam: Seam) -> list[str]:
    """What the Hub has stored, by its address."""
    return [request.what[1] for request in seam.acted if request.method == "PUT"]


def assert_released(local: LocalHub, hub: Hub, at_home: Build, out: Path) -> None:
    """One commit, with the bytes of the local build, verified to its rows; and nothing lies about."""
    found, root = view(local, REPO), out.parent / "hub"
    assert found is not None
    assert found.titles == ["Release v1.0.0", "initial commit"]
    assert found.tags == {"v1.0.0": found.head}
    assert verify_release(REPO, "v1.0.0", hub=hub, deep=True).ok
    assert shas(out) == shas(at_home.out)
    assert sorted(path.name for path in out.parent.iterdir() if path.name.startswith((out.name, "."))) == [
        out.name,
        f"{out.name}.problems.jsonl",
        f"{out.name}.rejected.jsonl",
    ]
    stored = {path.name for path in (root / "lfs").rglob("*") if path.is_file()}
    assert stored == {file.sha256 for file in at_home.manifest.data_files()}
    assert not list((root / "tmp").iterdir())


@pytest.mark.usefixtures("no_uploads_here")
def test_an_executor_dies_while_it_sends(cluster, session, declaration, at_home, hub, local, seam, tmp_path):  # noqa: PLR0917 - fixtures
    killed = threading.Event()

    def choose(_number: int, request: Request):
        if request.method != "PUT" or killed.is_set():
            return None
        killed.set()

        async def fault(app, scope, receive, send):
            await receive()  # the beginning of a shard has arrived, and no more will
            cluster.kill_worker(scope["client"][1])
            while (await receive())["type"] != "http.disconnect":
                pass

        return fault

    seam.choose = choose
    done = publish_corpus(
        declaration, hub=hub, repo=REPO, out=tmp_path / "out", engine=SparkEngine(session, per_core=8)
    )
    cluster.add_worker()
    assert killed.is_set()
    assert done.tag == "v1.0.0"
    assert len(puts(seam)) == len(at_home.manifest.data_files())
    assert_released(local, hub, at_home, tmp_path / "out")


@pytest.mark.usefixtures("no_uploads_here")
def test_more_files_than_one_commit_takes(session, at_home, hub, local, seam, tmp_path, monkeypatch):  # noqa: PLR0917 - fixtures
    monkeypatch.setattr("tagpress.release.push.MOST_FILES", 5)
    done = publish_build(at_home.out, hub=hub, repo=REPO, engine=SparkEngine(session))
    assert done.tag == "v1.0.0"
    assert verify_release(REPO, "v1.0.0", hub=hub, deep=True).ok
    assert len(puts(seam)) == len(at_home.manifest.data_files())


def test_a_release_is_read_back_by_the_executors(session, at_home, hub):
    done = publish_build(at_home.out, hub=hub, repo=REPO)
    repository = Repository(hub=hub, repo=REPO)
    remote = remote_at(repository, done.commit, {})
    found = read_back(remote, at_home.manifest, engine=SparkEngine(session))
    assert found == read_back(remote, at_home.manifest)
    assert [shard.path for shard in found] == [file.path for file in at_home.manifest.data_files()]
    assert not any(shard.problems for shard in found)


def test_executors_that_cannot_reach_the_hub(session, at_home, hub, seam, tmp_path):
    portal = answer(200, body=b"<html>Log in to this network")
    seam.choose = lambda _number, request: portal if "objects/batch" in request.path else None
    with pytest.raises(HubUnreachableError, match=r"from \S+: .*the answer is no JSON") as caught:
        publish_build(at_home.out, hub=replace(hub, retry=Retry(attempts=1)), repo=REPO, engine=SparkEngine(session))
    assert "publish the finished build without --engine" in str(caught.value.hint)


def test_a_later_release_is_compared_by_the_executors(session, hub, tmp_path):
    first = write_build(tmp_path / "1")
    train = (SPLITS["train"][0], [*SPLITS["train"][1][1:], *rows(2, start=50)])
    second = write_build(tmp_path / "2", {**SPLITS, "train": train}, version="2.0.0")
    publish_build(first, hub=hub, repo=REPO)
    alone = publish_build(second, hub=hub, repo=REPO, dry_run=True)
    there = publish_build(second, hub=hub, repo=REPO, engine=SparkEngine(session))
    assert there.plan is not None
    assert alone.plan is not None
    assert there.plan.diff == alone.plan.diff
    assert there.plan.diff is not None
    assert there.plan.diff.lines == ("2 sentences added (train 2).", "1 sentence removed (train 1).")
