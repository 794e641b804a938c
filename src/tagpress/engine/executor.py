"""
What runs on an executor: items come in as pickles, results go out as pickles, in Arrow batches.

This page imports no Spark. Errors of ours are results, which end the job at once with their own words; any other error
is the executor's, and Spark tries elsewhere.
"""

import os
import pickle
import platform
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, Self

import pyarrow as pa

from tagpress.columnar.arrays import cut_where
from tagpress.errors import TagpressError, UsageError

ITEMS: Final = pa.schema([("number", pa.int32()), ("item", pa.binary())])
RESULTS: Final = pa.schema([("number", pa.int32()), ("result", pa.binary())])


@dataclass(frozen=True, slots=True)
class Versions:
    """What must be the same everywhere for the same bytes to come out, by name."""

    of: tuple[tuple[str, str], ...]

    @classmethod
    def here(cls) -> Self:
        """Return those of this process; folding case depends on Python's own tables."""
        python = ".".join(platform.python_version_tuple()[:2])
        return cls((("Python", python), ("pyarrow", pa.__version__), ("tagpress", version("tagpress"))))

    def require(self) -> None:
        """
        Stop where this process has others.

        Raises:
            UsageError: it names the machine and both versions.

        """
        for (name, wanted), (_, found) in zip(self.of, self.here().of, strict=True):
            if found != wanted:
                message = f"the executor on {platform.node()} has {name} {found}, and the driver has {wanted}"
                raise UsageError(message, "give both the same: different versions write different bytes")


def run_items(
    versions: Versions, function: Callable[[Any], Any], batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield the results of the items of some batches, up to the first error: nobody waits for what comes after it."""
    for number, item in _items(batches):
        result = _result(versions, function, item)
        yield _batch(number, result)
        if isinstance(result, TagpressError):
            return


def push_items(
    versions: Versions, push: Callable[[Any], pa.RecordBatch], schema: pa.Schema, batches: Iterable[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    """Yield what the items of some batches push, in the columns of `schema`."""
    _prepare(versions)
    for _, item in _items(batches):
        pushed = push(item)
        yield pushed.select(schema.names)


def reduce_parts(
    versions: Versions,
    reduce: Callable[[Any, Iterator[pa.RecordBatch]], Any],
    parts: Sequence[Any],
    batches: Iterable[pa.RecordBatch],
) -> Iterator[pa.RecordBatch]:
    """Yield the results of the parts whose rows these are, one after the other; of no rows nothing comes out."""
    for number, own in groupby(cut_where(batches, "part"), key=itemgetter(0)):
        rows = map(itemgetter(1), own)
        yield _batch(number, _result(versions, partial(_reduced, reduce, rows), parts[number]))
        deque(rows, maxlen=0)  # an error leaves some behind


def results_of(table: pa.Table) -> dict[int, Any]:
    """
    Return the results that came back, by number.

    Raises:
        TagpressError: the first error that did.

    """
    found = zip(table["number"].to_pylist(), table["result"].to_pylist(), strict=True)
    results = {number: pickle.loads(result) for number, result in found}  # noqa: S301 - made by our own functions
    for number in sorted(results):
        if isinstance(results[number], TagpressError):
            raise results[number]
    return results


def batch_of_items(items: Sequence[tuple[int, Any]]) -> pa.RecordBatch:
    """Return numbered items as they travel."""
    numbers, blobs = zip(*((number, pickle.dumps(item)) for number, item in items), strict=True)
    return pa.RecordBatch.from_pydict({"number": numbers, "item": blobs}, schema=ITEMS)


def _items(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[int, Any]]:
    for batch in batches:
        for number, item in zip(batch["number"].to_pylist(), batch["item"].to_pylist(), strict=True):
            yield number, pickle.loads(item)  # noqa: S301 - the driver made it


def _reduced(reduce: Callable[[Any, Iterator[pa.RecordBatch]], Any], rows: Iterator[pa.RecordBatch], part: Any) -> Any:  # noqa: ANN401
    return reduce(part, rows)


def _result(versions: Versions, function: Callable[[Any], Any], item: Any) -> Any:  # noqa: ANN401 - whatever it is
    try:
        _prepare(versions)
        return function(item)
    except TagpressError as error:
        return error


def _batch(number: int, result: Any) -> pa.RecordBatch:  # noqa: ANN401 - see above
    return pa.RecordBatch.from_pydict({"number": [number], "result": [pickle.dumps(result)]}, schema=RESULTS)


def _prepare(versions: Versions) -> None:
    versions.require()
    pa.set_cpu_count(1)  # a task has one core; Arrow would start a thread a core in each of them
    if disks := os.environ.get("SPARK_LOCAL_DIRS"):
        # Where there is room, and what a killed task leaves goes with its executor.
        tempfile.tempdir = disks.split(",")[os.getpid() % (disks.count(",") + 1)]
