"""
What an engine must be able to do: run a pure function on every item, somewhere, and bring the results back in order.

One that reaches no disk but its own also shuffles: what is made of the items travels to the part that it belongs to.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    import pyarrow as pa

Item = TypeVar("Item")
Part = TypeVar("Part")
Result = TypeVar("Result")
# Told how many items are done, and how many there are.
Done: TypeAlias = Callable[[int, int], None]


class Engine(Protocol):
    """Runs functions on items; functions, items and results must pickle."""

    @property
    def cluster(self) -> "Shuffling | None":
        """This engine if it is on many machines, which share no disk but by agreement; else None."""
        ...

    def map(
        self, function: Callable[[Item], Result], items: Sequence[Item], progress: Done, *, size: int
    ) -> Iterator[Result]:
        """
        Yield `function(item)` for every item, in order; `size` is how many bytes of source the items stand for.

        Raises:
            EngineError: the work could not be done.

        """
        ...


class Shuffling(Engine, Protocol):
    """An engine on many machines."""

    @property
    def cores(self) -> int:
        """How many items it works on at once."""
        ...

    def secret(self, text: str) -> AbstractContextManager[Callable[[], str]]:
        """
        Yield a function that returns `text` on the executors.

        It works inside functions that are mapped before the block ends. The text goes from memory to memory: no log
        and no disk of any machine ever has it.
        """
        ...

    def shuffle(
        self,
        push: "Callable[[Item], pa.RecordBatch]",
        items: Sequence[Item],
        reduce: "Callable[[Part, Iterator[pa.RecordBatch]], Result]",
        parts: Sequence[Part],
        *,
        schema: "pa.Schema",
        progress: Done,
    ) -> Iterator[Result]:
        """
        Yield `reduce(part, batches)` for every part, in order: of the rows that were pushed to it, in their order.

        `push` returns rows of `schema`, whose first two columns, both int32, are the number of the part and the row's
        place in it. A row may be pushed more than once and a part reduced more than once, but each result counts once.

        Raises:
            EngineError: the work could not be done.

        """
        ...
