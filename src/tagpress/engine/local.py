"""
The machine's own processes.

Results come back in the order of their items, whichever worker was first: with pure functions that is all it takes
for the number of workers to leave no trace in a build.
"""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType
from typing import TypeVar

import pyarrow as pa

from tagpress.errors import BuildError

Item = TypeVar("Item")
Result = TypeVar("Result")


class LocalEngine:
    """
    Map over items in up to `workers` processes, by default one for each core this process may use.

    With one worker, or one item, everything happens in this process.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or len(os.sched_getaffinity(0))

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Callable[[int, int], None]
    ) -> Iterator[Result]:
        """
        Yield `function(item)` for every item, in order; `function` and the items must pickle.

        `progress` is told how many are done, and how many there are.

        Raises:
            BuildError: a worker died (killed, or out of memory).

        """
        progress(0, len(items))
        for done, result in enumerate(self._results(function, items), 1):
            progress(done, len(items))
            yield result

    def _results(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        if min(self.workers, len(items)) <= 1:
            yield from map(function, items)
            return
        with _pool(min(self.workers, len(items))) as pool:
            try:
                with _nobody_as_main():
                    results = pool.map(function, items)  # starts the workers
                yield from results
            except BrokenProcessPool as error:
                raise BuildError(
                    "a worker process died before its work was done (killed, or out of memory)",
                    "nothing was written; run the same command again, with fewer --workers if memory was short",
                ) from error


def _start_worker() -> None:
    """Prepare a worker: it ends with the process that started it, and shares the cores with the other workers."""
    pa.set_cpu_count(1)  # one worker a core is enough; Arrow would start a thread a core in each of them
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # killed: nobody waits for an answer, and nobody else would end us


@contextmanager
def _nobody_as_main() -> Iterator[None]:
    """
    Let workers start without importing the program that started them.

    They need nothing of it, and a script or notebook that is not guarded by `if __name__ == "__main__"` would
    otherwise run a second time in each of them.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    # Not fork: this process may run threads (the embedded Hub, Arrow's pool) whose locks a forked child would inherit.
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["tagpress.press"])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
