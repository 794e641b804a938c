"""A driver in a process of its own, that can be killed: it publishes a build from a cluster, and says everything it can."""

import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from cluster.standalone import spark_session
from tagpress.engine.spark import SparkEngine
from tagpress.hub import Hub
from tagpress.release.publish import publish_build


def main(master: str, folder: Path, build: Path, endpoint: str, repo: str) -> None:
    """Publish; in `folder` are an event log, the disks of Spark, and the halves of every secret that jobs were given."""
    for name in ("events", "local", "temporary"):
        (folder / name).mkdir()
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder / "temporary")
    seen = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.compress": "false",
        "spark.eventLog.rolling.enabled": "false",
        "spark.eventLog.dir": (folder / "events").as_uri(),
        "spark.local.dir": str(folder / "local"),
        "spark.ui.enabled": "true",
        "spark.ui.port": "0",
    }
    with spark_session(master, folder, **seen) as session:
        session.sparkContext.setLogLevel("DEBUG")
        (folder / "ui").write_text(session.sparkContext.uiWebUrl)
        (folder / "application").write_text(session.sparkContext.applicationId)
        engine = Telling(session)
        engine.halves = folder / "halves"
        publish_build(build, hub=Hub(endpoint=endpoint), repo=repo, engine=engine)


class Telling(SparkEngine):
    """An engine that writes down what it must not tell."""

    halves: Path

    @contextmanager
    def secret(self, text):
        with super().secret(text) as half:
            with self.halves.open("a") as file:
                file.write(f"{half.pad.hex()} {self._half}\n")
            yield half


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), *sys.argv[4:])
