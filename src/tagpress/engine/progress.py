"""Who hears how far long work is? A function that a command draws a bar with, or nobody."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import TypeAlias

# Called with the name of the work, how much of it is done, and how much there is: "survey" in bytes of source, "settle"
# in ranges of keys, "press" and "export" in sentences, "hash" in files.
Progress: TypeAlias = Callable[[str, int, int], None]


def silent(_work: str, _done: int, _total: int) -> None:
    """Show no progress."""


def weighed(progress: Progress, work: str, weights: Sequence[int]) -> Callable[[int, int], None]:
    """Return what tells `progress` of items of these weights, when told how many of them are done."""
    sums = [0, *accumulate(weights)]
    return lambda done, _total: progress(work, sums[done], sums[-1])
