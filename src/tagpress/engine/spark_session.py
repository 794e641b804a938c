"""The Spark session of a command: the one that is there, or one of our own for as long as the command runs."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tagpress.engine.spark import SparkEngine, cause_of, without_pandas
from tagpress.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# What a session of our own begins with; spark-defaults.conf and spark-submit have the last word on everything else.
_OURS: Final = {
    "spark.executorEnv.OMP_NUM_THREADS": "1",  # a task has one core
    "spark.ui.showConsoleProgress": "false",  # progress is shown by the command
}


@contextmanager
def spark_engine(master: str | None = None) -> Iterator[SparkEngine]:
    """
    Have an engine on the active Spark session, or, where there is none, on one of `master` that ends with the block.

    Raises:
        UsageError: Spark is not installed or does not start, or a session is active and a master was named too.

    """
    session_class = _session_class()
    active = session_class.getActiveSession()
    if active is not None:
        if master is not None and master != active.sparkContext.master:
            message = f"a Spark session on {active.sparkContext.master} is active already, and --master is {master}"
            raise UsageError(message, "leave --master out, or stop that session")
        yield SparkEngine(active)
        return
    session = _start(session_class, master)
    try:
        yield SparkEngine(session)
    finally:
        session.stop()


def _session_class() -> Any:  # noqa: ANN401 - a class of an extra
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UsageError("Spark is not installed", "pip install 'tagpress[spark]', with Java 17 or newer") from error
    return SparkSession


def _start(session_class: Any, master: str | None) -> "SparkSession":  # noqa: ANN401 - see above
    # Executors run this Python unless they are told otherwise; the path is the same on machines that are set up alike.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = session_class.builder.appName("tagpress")
    for name, value in _OURS.items():
        builder = builder.config(name, value)
    try:
        with without_pandas():
            session: SparkSession = (builder.master(master) if master else builder).getOrCreate()
    except Exception as error:  # whatever it is, the words of Spark say it
        hint = "name a cluster, such as --master spark://HOST:7077, and see that Java 17 or newer is on the PATH"
        raise UsageError(f"Spark does not start: {cause_of(error)}", hint) from error
    return session
