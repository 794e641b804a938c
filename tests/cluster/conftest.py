"""Real clusters, where Java and Spark are."""

import importlib.util
import shutil
import subprocess

import pytest

from cluster.standalone import SPECULATION, spark_session, standalone, two_executors


@pytest.fixture(scope="session")
def _spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install -e '.[spark]'")
    if shutil.which("java") is None:
        pytest.skip("there is no Java on the PATH")
    version = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True).stderr
    if int(version.split('"')[1].split(".")[0]) < 17:
        pytest.skip(f"Spark 4 needs Java 17 or newer, found {version.splitlines()[0]}")


@pytest.fixture(scope="module")
def local_cluster(_spark, tmp_path_factory):
    """A session on two executors, started by Spark itself; on one host, so nothing runs twice (see test_speculation)."""
    with two_executors(tmp_path_factory.mktemp("spark"), **SPECULATION) as session:
        yield session


@pytest.fixture(scope="module")
def cluster(_spark, tmp_path_factory):
    """A master and two workers in processes of their own."""
    with standalone(tmp_path_factory.mktemp("cluster")) as found:
        yield found


@pytest.fixture(scope="module")
def session(cluster, tmp_path_factory):
    """A session on it."""
    with spark_session(cluster.url, tmp_path_factory.mktemp("spark")) as found:
        yield found


@pytest.fixture(autouse=True)
def _a_piece_for_each_file(monkeypatch):
    """Have work for every executor, also of small corpora, whose files are read together otherwise."""
    monkeypatch.setattr("tagpress.build.read_all._TOGETHER", 0)


@pytest.fixture
def no_uploads_here(monkeypatch):
    """Let this process send no large file."""
    from huggingface_hub import _commit_api

    def refuse(**_: object) -> None:
        pytest.fail("the driver sends a large file")

    monkeypatch.setattr(_commit_api, "_upload_files", refuse)
