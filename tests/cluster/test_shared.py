"""A worker with mounts of its own, which does not see a folder that the driver sees, as machines that share nothing do not."""

import shutil
import subprocess

import pytest

from cluster.corpora import messy
from cluster.standalone import ALONE, HIDE, LEAKY, spark_session, standalone
from release.builds import write_build
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.engine.spark import SparkEngine
from tagpress.errors import UsageError
from tagpress.hub import Hub
from tagpress.release.publish import publish_build

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A folder that only the driver sees; a worker cannot have a mount over it everywhere."""
    folder = tmp_path_factory.mktemp("own")
    try:
        tried = subprocess.run([*ALONE, *HIDE, folder, "true"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare (util-linux), which gives a process mounts of its own")
    if tried.returncode:
        pytest.skip(f"no process may have mounts of its own here: {tried.stderr.strip()}")
    return folder


@pytest.fixture(scope="module")
def engine(_spark, own, tmp_path_factory):
    """An engine on two workers, of which the second does not see the folder."""
    both = {"spark.cores.max": "2", "spark.scheduler.minRegisteredResourcesRatio": "1.0"}  # before anything begins
    with standalone(tmp_path_factory.mktemp("cluster"), workers=1) as cluster:
        cluster.add_worker(without=own)
        with spark_session(cluster.url, tmp_path_factory.mktemp("spark"), **both) as session:
            yield SparkEngine(session)


def test_a_build_where_a_worker_does_not_see_it(engine, own, tmp_path):
    declaration = messy(tmp_path / "corpus", documents=2, sentences=20)
    with pytest.raises(UsageError, match=rf"the executor on .* does not share {own}\S* with the driver"):
        build_corpus(declaration, own / "out", engine=engine)
    with pytest.raises(UsageError, match=rf"the executor on .* does not share {own}\S* with the driver"):
        check_corpus(declaration, engine=engine, scratch=own)
    assert list(own.iterdir()) == []


def test_a_finished_build_that_a_worker_does_not_see(engine, own):
    build = write_build(own / "build")
    hub = Hub(endpoint="http://127.0.0.1:1")  # nobody is asked
    with pytest.raises(UsageError, match=rf"{build} is not there for the executor on .*, as it is for the driver"):
        publish_build(build, hub=hub, repo="me/toy", engine=engine)
    shutil.rmtree(build)


def test_a_source_that_a_worker_does_not_see(engine, own, tmp_path):
    declaration = messy(own / "corpus", documents=2, sentences=20)
    with pytest.raises(UsageError, match=r"the executor on .* cannot read d000\.txt, which the driver can"):
        build_corpus(declaration, tmp_path / "out", engine=engine)
    assert not list(tmp_path.iterdir())
