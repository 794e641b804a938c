"""
The machine's own processes.

Results come back in the order of their items, whichever worker was first: with pure functions that is all it takes
for the number of workers to leave no trace in a build.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Final, Self, TypeVar

from tagpress.engine.pool import Pool

Item = TypeVar("Item")
Result = TypeVar("Result")

# Bytes of source that are worth workers: below it they would take longer to start than the work takes.
WORTH: Final = 8 << 20


class LocalEngine:
    """
    Map over items in `workers` processes; they start when first wanted and stay until the block ends.

    Without a number there is one for each core that this process may use, or none where the work is not worth it.
    With one worker, or one item, everything happens in this process. `preload` names a module that is loaded once for all
    workers: what they will need.
    """

    def __init__(self, workers: int | None = None, *, preload: str = "") -> None:
        self._wanted = workers
        self._pool = Pool(preload)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._pool.close()
        else:
            self._pool.stop()

    @property
    def cluster(self) -> None:
        """None: it is this machine alone."""

    def map(
        self,
        function: Callable[[Item], Result],
        items: Sequence[Item],
        progress: Callable[[int, int], None],
        *,
        size: int,
    ) -> Iterator[Result]:
        """
        Yield `function(item)` for every item, in order; `function` and the items must pickle.

        `progress` is told how many are done, and how many there are; `size` is how many bytes of source the items stand for.

        Raises:
            EngineError: a worker died (killed, or out of memory).

        """
        progress(0, len(items))
        workers = min(self._wanted or (_cores() if size >= WORTH else 1), len(items))
        results = self._pool.map(function, items, workers) if workers > 1 else map(function, items)
        for done, result in enumerate(results, 1):
            progress(done, len(items))
            yield result


def _cores() -> int:
    """Return the cores this process may use; not every system can say which those are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
