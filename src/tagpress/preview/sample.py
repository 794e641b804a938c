"""
Which sentences does a page show? All of them, or those whose ids hash lowest, so that a run can be repeated.

A sentence is taken or left by its own id and by how many like it there are, never by chance or place. Each split has its
share, and each feature (an entity type, a problem) its few lowest in each split, so that nothing rare is lost.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import xxhash

from tagpress.columnar.types import Hashes

_COVER: Final = 10  # sentences of each split that a feature is sure of, where it has as many


def ranks_of(ids: Sequence[str]) -> Hashes:
    """Return a number for each id that is as good as random, and always the same."""
    return np.array([rank_of(one) for one in ids], dtype=np.uint64)


def rank_of(name: str) -> int:
    """Return the number of one id."""
    return xxhash.xxh3_64_intdigest(name.encode())


def lowest(kept: Hashes, more: Hashes, size: int) -> Hashes:
    """Return the `size` lowest of two sets of ranks, in any order."""
    both = np.concatenate((kept, more))
    return both if len(both) <= size else np.partition(both, size)[:size]


def cover(limit: int, features: int, splits: int) -> int:
    """Return how many sentences each feature is sure of in each split: at least one, at most half of the page."""
    return max(1, min(_COVER, limit // (2 * max(1, features * splits))))


def shares(rows: Mapping[str, int], limit: int) -> dict[str, int]:
    """
    Return how many sentences of each split fill a page: half of it in equal parts, the rest by size.

    >>> shares({"train": 8_000, "test": 2_000}, 1_000), shares({"train": 8_000, "test": 2}, 1_000)
    ({'train': 657, 'test': 342}, {'train': 998, 'test': 2})

    """
    if sum(rows.values()) <= limit:
        return dict(rows)
    equal = {split: min(count, max(1, limit // (2 * len(rows)))) for split, count in rows.items()}
    left, open_rows = max(0, limit - sum(equal.values())), sum(rows.values()) - sum(equal.values())
    return {split: equal[split] + (count - equal[split]) * left // open_rows for split, count in rows.items()}
