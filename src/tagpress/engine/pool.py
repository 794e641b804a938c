"""
Worker processes, each with a pipe of its own, that answer until they are let go.

Nothing is shared between workers, so one that is killed at any moment is noticed and holds up nobody. (A worker of
`concurrent.futures` that is killed while it waits for work takes the lock of the common queue with it, and the others
wait for ever.)
"""

import ctypes
import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from types import ModuleType
from typing import Any, Final, TypeVar

from tagpress.engine.address import has_short_address
from tagpress.errors import EngineError

Item = TypeVar("Item")
Result = TypeVar("Result")

# From malloc.h: M_MMAP_MAX, M_TRIM_THRESHOLD: no block has pages of its own, and the end of the heap is never cut off.
_KEEP: Final = ((-4, 0), (-1, -1))
_PATIENCE: Final = 10  # seconds that a worker may take to end when there is nothing left to do


def warm_up(preload: str) -> None:
    """
    Start the fork server, which loads the module `preload` while this process still loads what it needs itself.

    It costs a second of another core, so only a program that is likely to have work for workers asks for it.
    """
    if _method() == "forkserver":
        multiprocessing.get_context("forkserver").set_forkserver_preload([preload])
        with _nobody_as_main():
            forkserver.ensure_running()


class Pool:
    """Worker processes, started when they are first wanted from a server that has loaded the module `preload`, if any."""

    def __init__(self, preload: str = "") -> None:
        self._preload = [preload] if preload else []
        self._workers: list[_Worker] = []

    def map(self, function: Callable[[Item], Result], items: Sequence[Item], count: int) -> Iterator[Result]:
        """
        Yield `function(item)` for every item, in order, from `count` workers.

        Each worker is given the next item as soon as it has answered: that item is packed already, and what the answer says is
        looked at while the worker works on. When not all answers were taken, because of an error
        or because nobody asks for more, the workers are stopped at once.

        Raises:
            EngineError: a worker died (killed, or out of memory).

        """
        self._start(count - len(self._workers))
        left = (ForkingPickler.dumps((function, *item)) for item in enumerate(items))
        done: dict[int, Result] = {}
        try:
            busy = {
                worker.pipe: worker for worker, packed in zip(self._workers, left, strict=False) if worker.give(packed)
            }
            following = next(left, None)
            for number in range(len(items)):
                while number not in done:
                    for pipe in wait(list(busy)):
                        worker = busy[pipe]  # type: ignore[index]  # only our connections were waited for
                        answer = worker.answer()
                        if following is None:
                            del busy[worker.pipe]
                        else:
                            worker.give(following)
                        answered, result = _unpacked(answer)
                        done[answered] = result
                        following = next(left, None)
                yield done.pop(number)
        except BaseException:
            self.stop()
            raise

    def _start(self, count: int) -> None:
        context: Any = multiprocessing.get_context(_method())
        context.set_forkserver_preload(self._preload)
        with _nobody_as_main():
            for _ in range(count):
                ours, theirs = context.Pipe()
                process = context.Process(target=_work, args=(theirs,), daemon=True)
                process.start()
                theirs.close()  # the worker's end is the worker's alone, so that its death closes the pipe
                self._workers.append(_Worker(process, ours))

    def stop(self) -> None:
        """Stop the workers, whatever they are doing."""
        for worker in self._workers:
            worker.process.terminate()
        self.close()

    def close(self) -> None:
        """Let the workers go, and wait until they are gone."""
        workers, self._workers = self._workers, []
        for worker in workers:
            worker.pipe.close()  # which tells it that there is nothing left to do
        for worker in workers:
            worker.process.join(_PATIENCE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and our end of its pipe."""

    process: BaseProcess
    pipe: "Connection[Any, Any]"

    def give(self, packed: memoryview) -> bool:
        with suppress(BrokenPipeError):  # the answer will say that it died
            self.pipe.send_bytes(packed)
        return True

    def answer(self) -> bytes:
        try:
            return self.pipe.recv_bytes()
        except (EOFError, ConnectionError) as gone:
            raise EngineError(
                "a worker process died before its work was done (killed, or out of memory)",
                "nothing was written; run the same command again, with fewer --workers if memory was short",
            ) from gone


def _unpacked(answer: bytes) -> tuple[int, Any]:
    """Return the number of an item and its result; an error is raised."""
    number, result, error = ForkingPickler.loads(answer)
    if error is not None:
        raise error
    return number, result


def _work(pipe: "Connection[Any, Any]") -> None:
    """Answer items until the pipe closes: because everything is done, or because the other process is gone."""
    import pyarrow as pa  # noqa: PLC0415 - whoever warms up is not to wait for it

    pa.set_cpu_count(1)  # one worker a core is enough; Arrow would start a thread a core in each of them
    _keep_memory()
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            function, number, item = pipe.recv()
            try:
                result, failure = function(item), None
            except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where the result is wanted
                result, failure = None, error
            pipe.send((number, result, failure))


def _keep_memory() -> None:
    """
    Let the C library keep what is freed for the next piece, which needs as much.

    It would give it back to the system, which fills every page with zeros again: a tenth of a build. Where the library
    is not GNU's nothing happens.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in _KEEP:
            mallopt(option, value)


def _method() -> str:
    """
    Return how workers start: from a server that has loaded what they need, or each by itself where none can listen.

    Never by a fork of this process: it may run threads (the embedded Hub, Arrow's pool), whose locks a child would inherit.
    """
    served = "forkserver" in multiprocessing.get_all_start_methods() and has_short_address()
    return "forkserver" if served else "spawn"


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
