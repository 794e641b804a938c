"""Count how often each whole number occurs, exactly, and read off quantiles."""

from collections import Counter
from dataclasses import dataclass
from typing import Self

import numpy as np

from tagpress.columnar.types import Ints


@dataclass(frozen=True, slots=True)
class Histogram:
    """
    Count whole numbers exactly: `counts[i]` occurrences of `values[i]`, values ascending.

    N different lengths need at least N (N - 1) / 2 tokens, so that this stays small however long a sentence gets.
    """

    values: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        pairs = zip(self.values, self.values[1:], strict=False)
        if len(self.values) != len(self.counts) or any(a >= b for a, b in pairs) or any(n < 1 for n in self.counts):
            message = "a histogram has ascending values, each with a positive count"
            raise ValueError(message)

    @classmethod
    def of(cls, numbers: Ints) -> Self:
        """Count `numbers`."""
        values, counts = np.unique(numbers, return_counts=True)
        return cls(tuple(values.tolist()), tuple(counts.tolist()))

    def __add__(self, other: Self) -> Self:
        counter = Counter(dict(zip(self.values, self.counts, strict=True)))
        counter.update(dict(zip(other.values, other.counts, strict=True)))
        values = sorted(counter)
        return type(self)(tuple(values), tuple(counter[value] for value in values))

    @property
    def total(self) -> int:
        """Return how many numbers were counted."""
        return sum(self.counts)

    def quantile(self, percent: int) -> int:
        """
        Return the smallest number that at least `percent` % of all numbers do not exceed (nearest rank).

        Raises:
            ValueError: the histogram is empty, or it is no percentage.

        """
        if not self.values or not 0 <= percent <= 100:  # noqa: PLR2004  # per cent
            message = f"the {percent} % quantile of {self.total} numbers does not exist"
            raise ValueError(message)
        rank = max(1, -(-percent * self.total // 100))
        reached = np.searchsorted(np.cumsum(self.counts), rank)
        return self.values[reached]

    def to_json(self) -> dict[str, int]:
        """Return the histogram as a JSON object: number -> count."""
        return {str(value): count for value, count in zip(self.values, self.counts, strict=True)}
