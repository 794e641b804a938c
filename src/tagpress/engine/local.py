"""
The machine's own processes.

Results come back in the order of their items, whichever worker was first: with pure functions that is all it takes
for the number of workers to leave no trace in a build.

Each worker has a pipe of its own and nothing is shared between workers, so one that is killed at any moment is noticed
and holds up nobody. (A worker of `concurrent.futures` that is killed while it waits for work takes the lock of the
common queue with it, and the others wait for ever.)
"""

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import ModuleType
from typing import Any, Final, TypeVar

import pyarrow as pa

from tagpress.errors import BuildError

Item = TypeVar("Item")
Result = TypeVar("Result")

# Loaded once by the fork server, by name: it knows all the work, which imports this page.
_PRELOADED: Final = "tagpress.warm"
_PATIENCE: Final = 10  # seconds that a worker may take to end when there is nothing left to do


class LocalEngine:
    """
    Map over items in up to `workers` processes, by default one for each core this process may use.

    With one worker, or one item, everything happens in this process.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or _cores()

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
        workers = min(self.workers, len(items))
        results = _in_workers(function, items, workers) if workers > 1 else map(function, items)
        for done, result in enumerate(results, 1):
            progress(done, len(items))
            yield result


def _cores() -> int:
    """Return the cores this process may use; not every system can say which those are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and our end of its pipe."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"


def _in_workers(function: Callable[[Item], Result], items: Sequence[Item], count: int) -> Iterator[Result]:
    """Yield the results in order; each worker is given the next item when it has answered."""
    left = iter(enumerate(items))
    done: dict[int, Result] = {}
    with _workers(function, count) as workers:
        for worker in workers:
            _give(worker, next(left))
        busy = {worker.pipe: worker for worker in workers}
        for number in range(len(items)):
            while number not in done:
                for pipe in wait(list(busy)):
                    worker = busy[pipe]  # type: ignore[index]  # only our connections were waited for
                    answered, result = _answer(worker)
                    done[answered] = result
                    following = next(left, None)
                    if following is None:
                        del busy[worker.pipe]
                    else:
                        _give(worker, following)
            yield done.pop(number)


def _give(worker: _Worker, item: tuple[int, Any]) -> None:
    with suppress(BrokenPipeError):  # the answer will say that it died
        worker.pipe.send(item)


def _answer(worker: _Worker) -> tuple[int, Any]:
    try:
        number, result, error = worker.pipe.recv()
    except (EOFError, ConnectionError) as gone:
        raise BuildError(
            "a worker process died before its work was done (killed, or out of memory)",
            "nothing was written; run the same command again, with fewer --workers if memory was short",
        ) from gone
    if error is not None:
        raise error
    return number, result


@contextmanager
def _workers(function: Callable[[Any], Any], count: int) -> Iterator[list[_Worker]]:
    """Have workers for a block; after an error they are stopped at once."""
    # Not fork: this process may run threads (the embedded Hub, Arrow's pool) whose locks a forked child would inherit.
    methods = multiprocessing.get_all_start_methods()
    context: Any = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload([_PRELOADED])
    workers: list[_Worker] = []
    try:
        with _nobody_as_main():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(function, theirs), daemon=True)
                process.start()
                theirs.close()  # the worker's end is the worker's alone, so that its death closes the pipe
                workers.append(_Worker(process, ours))
        yield workers
    except BaseException:
        for worker in workers:
            worker.process.terminate()
        raise
    finally:
        for worker in workers:
            worker.pipe.close()  # which tells it that there is nothing left to do
        for worker in workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


def _work(function: Callable[[Any], Any], pipe: "Connection[Any, Any]") -> None:
    """Answer items until the pipe closes: because everything is done, or because the other process is gone."""
    pa.set_cpu_count(1)  # one worker a core is enough; Arrow would start a thread a core in each of them
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            number, item = pipe.recv()
            try:
                result, failure = function(item), None
            except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the result is wanted
                result, failure = None, error
            pipe.send((number, result, failure))


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
