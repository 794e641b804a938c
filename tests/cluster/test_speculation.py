"""What Spark runs twice, because it seems slow: the attempt that is first counts, and the other leaves no trace."""

import json
import time
from pathlib import Path

import pytest

from cluster.corpora import LATE, STRAGGLER, Straggling, messy, press_late
from cluster.standalone import LEAKY, SPECULATION, spark_session
from made_corpora import shas
from tagpress.build import moves
from tagpress.build.corpus import build_corpus
from tagpress.engine.spark import SparkEngine

pytestmark = [pytest.mark.cluster, pytest.mark.filterwarnings(LEAKY)]


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    return tmp_path_factory.mktemp("events")


@pytest.fixture(scope="module")
def session(cluster, events, tmp_path_factory):
    """A session that tells what it does."""
    log = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": events.as_uri(),
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.compress": "false",
    }
    with spark_session(cluster.url, tmp_path_factory.mktemp("spark"), **SPECULATION, **log) as found:
        yield found


def speculative(events: Path) -> list[tuple[bool, str]]:
    """Return, for each attempt that ended, whether it was one more beside another, and how it ended."""
    time.sleep(1)  # the log is written by another thread
    (log,) = events.iterdir()
    told = [json.loads(line) for line in log.read_text().splitlines()]
    ended = [event for event in told if event["Event"] == "SparkListenerTaskEnd"]
    return [(event["Task Info"]["Speculative"], event["Task End Reason"]["Reason"]) for event in ended]


@pytest.mark.parametrize("move", ["survey", "press"])
def test_an_attempt_beside_another_that_is_late(session, events, tmp_path, monkeypatch, move):
    declaration = messy(tmp_path / "corpus", documents=12, sentences=60, dialect=Straggling())
    if move == "survey":
        with (tmp_path / "corpus" / "d007.txt").open("a", encoding="utf-8") as file:
            file.write(f"<s>\n{STRAGGLER}\tO\n</s>\n")
    else:
        monkeypatch.setattr(moves, "press_pushed", press_late)
    before = speculative(events)
    start = time.monotonic()
    build_corpus(declaration, tmp_path / "out", engine=SparkEngine(session, per_core=8))
    assert time.monotonic() - start < LATE
    assert (True, "Success") in speculative(events)[len(before) :]
    assert not list(tmp_path.glob(".*"))
    build_corpus(declaration, tmp_path / "home", workers=1)
    assert shas(tmp_path / "out") == shas(tmp_path / "home")
