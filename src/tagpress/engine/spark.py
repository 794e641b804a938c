"""
An existing Apache Spark cluster.

Items go out as rows of one binary column, results come back as such. Spark moves rows between machines, sorts them out of
core, and does again what was lost with a worker. It may do the same twice, which with pure functions is all the same,
and files are named by who tried: only what a result names counts.
"""

import uuid
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import pyarrow as pa

from tagpress.engine.executor import RESULTS, Versions, batch_of_items, push_items, reduce_parts, results_of, run_items
from tagpress.engine.interface import Done
from tagpress.engine.secret import PROPERTY, halve
from tagpress.errors import EngineError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Item = TypeVar("Item")
Part = TypeVar("Part")
Result = TypeVar("Result")

# For each core, in the mean: with more, less is lost with a worker and nobody waits long for the last; with fewer, less
# is spent on starting tasks.
PARTITIONS_A_CORE: Final = 4
# What our jobs need of a session, for as long as each runs.
_SETTINGS: Final = {
    "spark.sql.adaptive.enabled": "false",  # the numbers of partitions are ours: one for each part
    "spark.sql.execution.arrow.localRelationThreshold": "0",  # it would join items into few partitions
    "spark.sql.execution.arrow.maxBytesPerBatch": str(4 << 20),  # what an executor holds of the rows that it sends
    "spark.sql.execution.arrow.maxRecordsPerBatch": "10000",
    "spark.sql.execution.arrow.useLargeVarTypes": "false",  # our columns are string and binary, not large ones
}
_LOOK: Final = 0.2  # seconds between two looks at how far a job is


class SparkEngine:
    """
    Run on the executors of a session, which stays its owner's.

    `per_core` is how many partitions each core is given.
    """

    def __init__(self, session: "SparkSession", *, per_core: int = PARTITIONS_A_CORE) -> None:
        self._session = session
        self._per_core = per_core
        self._versions = Versions.here()
        self._half: str | None = None  # of a secret, for the jobs that run now

    @property
    def cores(self) -> int:
        """Return how many tasks the cluster runs at once."""
        return int(self._session.sparkContext.defaultParallelism)

    @property
    def cluster(self) -> Self:
        """Itself: it is on many machines."""
        return self

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        progress: Done,
        *,
        size: int,  # noqa: ARG002 - a cluster was asked for, whatever the size
    ) -> Iterator[Result]:
        """
        Yield `function(item)` for every item, in order.

        Raises:
            EngineError: Spark gave up.

        """
        if not items:
            return
        versions = self._versions
        with self._settings():
            frame = self._frame(items).mapInArrow(
                lambda batches: run_items(versions, function, batches), _spark_schema(RESULTS)
            )
            found = self._collect(frame, len(items), progress)
        yield from (found[number] for number in range(len(items)))

    def shuffle(
        self,
        push: Callable[[Item], pa.RecordBatch],
        items: Sequence[Item],
        reduce: Callable[[Part, Iterator[pa.RecordBatch]], Result],
        parts: Sequence[Part],
        *,
        schema: pa.Schema,
        progress: Done,
    ) -> Iterator[Result]:
        """
        Yield `reduce(part, batches)` for every part, in order, of the rows that the items push to it.

        Raises:
            EngineError: Spark gave up.

        """
        versions = self._versions
        with self._settings():
            pushed = self._frame(items).mapInArrow(
                lambda batches: push_items(versions, push, schema, batches), _spark_schema(schema)
            )
            # Part n goes to the partition n modulo their number: parts that are alike, and stand together, are spread.
            moved = pushed.repartitionById(self._partitions(len(parts)), "part").sortWithinPartitions("part", "place")
            frame = moved.mapInArrow(
                lambda batches: reduce_parts(versions, reduce, parts, batches), _spark_schema(RESULTS)
            )
            found = self._collect(frame, len(parts), progress)
        for number, part in enumerate(parts):
            # Of a part without rows Spark says nothing.
            yield found[number] if number in found else reduce(part, iter(()))

    @contextmanager
    def secret(self, text: str) -> Iterator[Callable[[], str]]:
        """Yield a function that returns `text` on the executors while the block runs, and that is useless anywhere else."""
        # A setting in name only, which stays: the events of a job may be logged after its end.
        self._session.sparkContext._jsc.sc().conf().set(PROPERTY, "")  # noqa: SLF001 - there is no public way
        half, self._half = halve(text)
        try:
            yield half
        finally:
            self._half = None

    def _partitions(self, items: int) -> int:
        return min(items, self.cores * self._per_core)

    def _frame(self, items: Sequence[Any]) -> "DataFrame":
        """Return items as rows, in partitions of as many items each; every batch of the table becomes one."""
        count = self._partitions(len(items))
        numbered = list(enumerate(items))
        cuts = [len(items) * number // count for number in range(count + 1)]
        table = pa.Table.from_batches([batch_of_items(numbered[a:b]) for a, b in pairwise(cuts)])
        return self._session.createDataFrame(table)

    def _collect(self, frame: "DataFrame", count: int, progress: Done) -> dict[int, Any]:
        """Run a job and return its results by number, telling how far it is."""
        context, group = self._session.sparkContext, f"tagpress-{uuid.uuid4().hex}"

        def run() -> pa.Table:
            context.setJobGroup(group, "tagpress", interruptOnCancel=True)
            context.setLocalProperty(PROPERTY, self._half)  # type: ignore[arg-type]  # of this thread; None removes it
            try:
                return frame.toArrow()
            finally:
                context.setLocalProperty(PROPERTY, None)  # type: ignore[arg-type]

        progress(0, count)
        with ThreadPoolExecutor(1) as thread:
            job = thread.submit(run)
            try:
                while not wait([job], _LOOK).done:
                    progress(self._done(group, count), count)
                table = job.result()
            except Exception as error:
                raise _failed(error) from error
            finally:
                if not job.done():
                    context.cancelJobGroup(group)
        found = results_of(table)
        progress(count, count)
        return found

    def _done(self, group: str, count: int) -> int:
        """Return how many of so many results there are, by the tasks that are done."""
        status = self._session.sparkContext.statusTracker()
        jobs = [status.getJobInfo(job) for job in status.getJobIdsForGroup(group)]
        stages = [status.getStageInfo(stage) for job in jobs if job for stage in job.stageIds]
        done, tasks = (
            sum(getattr(stage, name) for stage in stages if stage) for name in ("numCompletedTasks", "numTasks")
        )
        # What is done again after a loss, Spark counts again.
        return min(count, count * done // tasks) if tasks else 0

    @contextmanager
    def _settings(self) -> Iterator[None]:
        """Give the session the settings that our jobs need, and give it its own back at the end of the block."""
        conf = self._session.conf
        before = {name: conf.get(name, None) for name in _SETTINGS}
        try:
            for name, value in _SETTINGS.items():
                conf.set(name, value)
            with without_pandas():
                yield
        finally:
            for name, old in before.items():
                if old is None:
                    conf.unset(name)
                else:
                    conf.set(name, old)


@contextmanager
def without_pandas() -> Iterator[None]:
    """Keep Spark 4.3 from warning of newer versions of pandas, when it starts and whenever it takes Arrow: we send none."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        yield


def _spark_schema(schema: pa.Schema) -> Any:  # noqa: ANN401 - a type of Spark's, which is an extra
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    return from_arrow_schema(schema)


def cause_of(error: Exception) -> str:
    """Return the line of an error of Spark's that says what happened: the last cause that it names, or else its first line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [repr(error)]
    causes = [line for line in lines if "Error: " in line or "Exception: " in line]
    return causes[-1] if causes else lines[0]


def _failed(error: Exception) -> EngineError:
    """Translate what Spark says when it gives up."""
    return EngineError(
        f"Spark could not finish the work: {cause_of(error)}",
        "nothing was written; the logs of the executors say more. Run the same command again, with more memory for "
        "each executor (spark.executor.memoryOverhead) if it was short",
    )
