"""A cluster builds at the URL of an object store, over HTTP, what one machine builds in a folder."""

import json
import os
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from cluster.corpora import messy
from cluster.standalone import LEAKY, SPECULATION, children, two_executors
from made_corpora import declare, write_document
from objects import BUCKET, holdings, object_store
from tagpress.build.corpus import build_corpus
from tagpress.cli import cli
from tagpress.corpus.manifest import Manifest
from tagpress.engine.spark import SparkEngine
from tagpress.errors import UsageError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.commands import publish_corpus
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release
from tagpress.store import UrlStore

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]
SHELF = f"s3://{BUCKET}/builds"


@pytest.fixture(scope="module")
def session(_spark, tmp_path_factory):
    """Two executors that find the object store in their environment, and run everything twice where it seems slow."""
    with object_store() as environment:
        settings = {f"spark.executorEnv.{name}": value for name, value in environment.items()}
        with two_executors(tmp_path_factory.mktemp("spark"), **SPECULATION, **settings) as found:
            yield found


@pytest.fixture(scope="module")
def declaration(tmp_path_factory):
    return messy(tmp_path_factory.mktemp("corpus"), documents=40, sentences=1000)


@pytest.fixture(scope="module")
def at_home(declaration, tmp_path_factory):
    """What the build and the files beside it hold, by their names there."""
    folder = tmp_path_factory.mktemp("home")
    assert build_corpus(declaration, folder / "out", workers=2).manifest.sole.shards["train"] == 12
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_build_that_replaces_another(session, small, declaration, at_home):
    build_corpus(small, f"{SHELF}/out", engine=SparkEngine(session))
    assert holdings(SHELF).keys() >= {"out/release.json", "out/data/train-00000-of-00001.parquet", "out.rejected.jsonl"}
    build_corpus(declaration, f"{SHELF}/out", engine=SparkEngine(session))
    assert holdings(f"s3://{BUCKET}") == {f"builds/{name}": data for name, data in at_home.items()}


def test_an_executor_that_is_killed_while_it_writes(session, declaration, at_home):
    killed = []

    def kill(work: str, done: int, total: int) -> None:
        if work == "press" and 0 < done < total and not killed:
            killed.extend(executors()[:1])
            os.kill(killed[0], signal.SIGKILL)

    build_corpus(declaration, f"{SHELF}/out", engine=SparkEngine(session, per_core=8), progress=kill)
    assert killed, "all was over before anybody could be killed"
    assert holdings(SHELF) == at_home


def executors() -> list[int]:
    """Return the processes of the executors."""
    found = (pid for pid in children(os.getpid()) if Path(f"/proc/{pid}/cmdline").exists())
    return [pid for pid in found if b"CoarseGrainedExecutorBackend" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@pytest.fixture
def small(tmp_path):
    write_document(tmp_path / "corpus" / "a.txt", [[("x" * n, "O")] for n in range(1, 40)])
    return declare(tmp_path / "corpus")


@pytest.mark.usefixtures("no_uploads_here")
def test_a_release(session, declaration, at_home, tmp_path):
    url, repo = f"{SHELF}/out", "me/messy"
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        done = publish_corpus(declaration, hub=hub, repo=repo, out=url, engine=SparkEngine(session))
        assert done.tag == "v1.0.0"
        assert verify_release(repo, "v1.0.0", hub=hub, deep=True).ok
        again = publish_build(url, hub=hub, repo=repo, engine=SparkEngine(session))
    assert again.already_published
    assert holdings(SHELF) == at_home


def test_the_command(session, root):
    script, url = root / "dataset_script" / "software_entities.py", f"s3://{BUCKET}/sample/out"
    done = CliRunner().invoke(cli, ["build", str(script), "--engine", "spark", "--out", url, "--json"])
    assert json.loads(done.stdout)["out"] == url
    manifest = Manifest.from_bytes(holdings(url)["release.json"])
    assert holdings(url).keys() == {"release.json", *(file.path for file in manifest.files)}


def test_a_url_that_only_the_driver_sees(session, small):
    with pytest.raises(UsageError, match=r"the executor on \S+ does not share memory://builds/\S+ with the driver"):
        build_corpus(small, "memory://builds/out", engine=SparkEngine(session))
    assert holdings("memory://builds") == {}


def test_what_is_not_a_build(session, small):
    UrlStore(f"s3://{BUCKET}/mine").write("deep/x", b"")
    with pytest.raises(UsageError, match=rf"s3://{BUCKET}/mine exists and is not a build"):
        build_corpus(small, f"s3://{BUCKET}/mine", engine=SparkEngine(session))
    assert holdings(f"s3://{BUCKET}/mine") == {"deep/x": b""}
