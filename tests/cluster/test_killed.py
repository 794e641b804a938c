"""Workers that are killed while a standalone cluster builds: the job finishes, and nothing tells of it."""

import pytest

from cluster.corpora import Unhurried, messy
from cluster.standalone import LEAKY
from made_corpora import shas
from tagpress.build.corpus import build_corpus
from tagpress.engine.spark import SparkEngine

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]


@pytest.fixture(scope="module")
def declaration(tmp_path_factory):
    return messy(tmp_path_factory.mktemp("corpus"), documents=30, sentences=1100, dialect=Unhurried())


@pytest.fixture(scope="module")
def at_home(declaration, tmp_path_factory):
    return shas(build_corpus(declaration, tmp_path_factory.mktemp("home") / "out", workers=2).out)


@pytest.mark.parametrize("move", ["survey", "press"])
def test_a_worker_that_is_killed(cluster, session, declaration, at_home, tmp_path, move):  # noqa: PLR0917 - fixtures
    killed = []

    def kill(work: str, done: int, total: int) -> None:
        if work == move and 0 < done < total and not killed:
            killed.append(done / total)
            cluster.kill_worker()

    build_corpus(declaration, tmp_path / "out", engine=SparkEngine(session, per_core=8), progress=kill)
    cluster.add_worker()
    assert killed, f"{move} was over before anybody could be killed"
    assert shas(tmp_path / "out") == at_home
    assert not list(tmp_path.glob(".*"))
