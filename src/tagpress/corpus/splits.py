"""
Which split and which shard a group belongs to: intervals on one line, so that nothing else can move it.

A group's hash is a point on the line from 0 to 2^64. Splits cut the line at fixed thresholds and shards cut each
split into equal parts. A point never moves when other points come or go, and because a shard's number is its order on
the line, doubling the number of shards cuts each of them in two and moves no row to a stranger.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, pairwise
from typing import Final, Literal, TypeAlias

import numpy as np

from tagpress.columnar.types import Hashes, Ints
from tagpress.corpus.folds import FOLD_COUNTS, fold_names
from tagpress.corpus.split_names import TEST, TRAIN, VALIDATION, checked_names, kind_of
from tagpress.errors import ScriptError

LINE: Final = 1 << 64
Grouping: TypeAlias = Literal["sentence", "document"]

# A split below this many sentences is one file: twelve would only cost requests.
ONE_SHARD_BELOW: Final = 24_000
# Above it the count is 12 x 2^k, which 1, 2, 3, 4, 6 and 12 ranks divide; it doubles until a shard holds at most
# this many sentences (about 15 MB of Parquet, a quarter of a minute of one reader's time).
ROWS_PER_SHARD: Final = 200_000
BASE_SHARDS: Final = 12
# Fewer groups than this would fill the shards too unevenly.
GROUPS_PER_SHARD: Final = 10
_FAR_TOO_SMALL: Final = 8  # times what is left would still not fill the shards
# Every number of shards divides this, so a shard is a run of cells whatever its split will need.
CELLS: Final = 48
# 48 + 24 + 24 shards, the card and the manifest stay below the Hub's advice of 100 files in one commit.
MOST_SHARDS: Final = {TRAIN: 48, VALIDATION: 24, TEST: 24}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """
    Splits computed from a salted hash of each group, each with a part of the line as long as its weight says.

    `group` is what is never torn: `"document"`, or `"sentence"` where documents are unknown or few.

    Raises:
        ScriptError: no weight is positive, a weight is negative, or an unknown grouping.

    """

    group: Grouping = "sentence"
    salt: str = "1"

    def __post_init__(self) -> None:
        if min(self.weights.values(), default=0) < 0 or sum(self.weights.values()) <= 0:
            raise ScriptError(f"SPLITS has the weights {self.weights}", "use weights of 0 or more with a positive sum")
        _check_grouping(self.group)

    @property
    def weights(self) -> dict[str, int]:
        """Return every split's weight, in canonical order."""
        raise NotImplementedError

    @property
    def names(self) -> tuple[str, ...]:
        """Return the splits that have a weight."""
        return tuple(name for name, weight in self.weights.items() if weight)

    def interval(self, split: str) -> tuple[int, int]:
        """Return the half-open part of the line that a split owns."""
        # Whole numbers only: a threshold must be the same on every machine.
        names = list(self.weights)
        total = sum(self.weights.values())
        before = sum(self.weights[name] for name in names[: names.index(split)])
        return before * LINE // total, (before + self.weights[split]) * LINE // total


@dataclass(frozen=True, slots=True, kw_only=True)
class HashSplits(Hashed):
    """
    Train, validation and test by hash: their weights are any positive integers; 0 leaves the split out.

    `group` is what is never torn: `"document"`, or `"sentence"` where documents are unknown or few.
    """

    train: int = 80
    validation: int = 10
    test: int = 10

    @property
    def weights(self) -> dict[str, int]:
        """Return every split's weight, in canonical order."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


@dataclass(frozen=True, slots=True)
class Folds(Hashed):
    """
    Folds for cross-validation by hash: `Folds(5)` publishes fold_0 to fold_4, each sentence once.

    The configurations fold-0 to fold-4 each test on one of them and train on the others.
    """

    count: int = field(default=5, kw_only=False)

    def __post_init__(self) -> None:
        if self.count not in FOLD_COUNTS:
            message = f"SPLITS has {self.count} folds"
            raise ScriptError(message, f"use {FOLD_COUNTS[0]} to {FOLD_COUNTS[-1]} of them, such as Folds(5)")
        _check_grouping(self.group)

    @property
    def weights(self) -> dict[str, int]:
        """Return the weight of every fold, which is the same."""
        return dict.fromkeys(fold_names(self.count), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSplits:
    """
    Splits that the corpus came with; the hash only chooses the shard.

    Raises:
        ScriptError: no split, a name that no split can have, or an unknown grouping.

    """

    names: tuple[str, ...]
    group: Grouping = "sentence"
    salt: str = "1"

    def __post_init__(self) -> None:
        checked_names(self.names)
        _check_grouping(self.group)

    def interval(self, split: str) -> tuple[int, int]:
        """
        Return the whole line: every given split has its own.

        Raises:
            ScriptError: there is no such split.

        """
        if split not in self.names:
            raise ScriptError(f"there is no split {split!r}", f"use {', '.join(self.names)}")
        return 0, LINE


SplitRule: TypeAlias = HashSplits | Folds | GivenSplits


def _check_grouping(group: str) -> None:
    if group not in ("sentence", "document"):
        raise ScriptError(f"the grouping {group!r} does not exist", 'use group="document" or group="sentence"')


def cell_of(hashes: Hashes, rule: SplitRule, given: str | Ints | None = None) -> Ints:
    """
    Return the cell of every group hash: `CELLS` equal parts of each split's interval, numbered along `rule.names`.

    `given` is the split of all of them where splits are given, or the number of the split of each.
    """
    if isinstance(given, np.ndarray):
        return given * CELLS + cell_of(hashes, rule, rule.names[0])
    names = rule.names if given is None else (given,)
    starts = [low + (high - low) * part // CELLS for low, high in map(rule.interval, names) for part in range(CELLS)]
    first = 0 if given is None else rule.names.index(given) * CELLS
    return first + np.searchsorted(np.array(starts, dtype=np.uint64), hashes, side="right") - 1


def cells_of_shard(split: int, shard: int, shards: int) -> range:
    """Return the cells of one of `shards` shards of the split with this number: each shard is a run of cells."""
    width = CELLS // shards
    first = split * CELLS + shard * width
    return range(first, first + width)


def interval_of(rule: SplitRule, cells: range) -> tuple[int, int]:
    """Return the half-open part of the line that a run of cells of one split owns."""
    low, high = rule.interval(rule.names[cells.start // CELLS])
    first = cells.start % CELLS
    return low + (high - low) * first // CELLS, low + (high - low) * (first + len(cells)) // CELLS


def parts_of(interval: tuple[int, int], rows: int, most: int) -> list[int]:
    """
    Return the points that cut an interval into equal parts, so that of `rows` hashes about `most`, or fewer, lie in each.

    The number of parts is a power of two, so it stays when a few hashes come or go, and then each of them changes one
    part.

    >>> parts_of((0, 16), 5, 3)
    [0, 8, 16]

    """
    low, high = interval
    parts = 1
    while parts * most < rows:
        parts *= 2
    return [low + (high - low) * part // parts for part in range(parts + 1)]


def cut(hashes: Hashes, points: list[int], most: int) -> list[int]:
    """
    Return the bounds that cut ascending hashes at points between them.

    A part of more than twice `most`, which a large group makes, is cut by number. No part is empty.

    >>> cut(np.array([1, 2, 3, 9, 14], dtype=np.uint64), [8], 3)
    [0, 3, 5]
    >>> cut(np.array([1, 1, 1, 1, 1, 1, 1, 9], dtype=np.uint64), [8], 3)
    [0, 3, 6, 7, 8]

    """
    bounds = sorted({0, *np.searchsorted(hashes, np.array(points, dtype=np.uint64)).tolist(), len(hashes)})
    steps = (range(start, stop, most if stop - start > 2 * most else stop - start) for start, stop in pairwise(bounds))
    return [*chain.from_iterable(steps), len(hashes)]


def shard_count(sentences: int, groups: int, split: str, previous: int | None = None) -> int:
    """
    Return how many shards a split of so many sentences in so many groups has.

    The last release's count is kept while it fits and doubles when it does not. It shrinks only when less than an eighth
    of what fills it is left, because that rewrites every file: a corpus that grows and shrinks by the day keeps its own.

    >>> [shard_count(n, n, "train") for n in (20, 30_000, 1_700_000, 4_000_000)]
    [1, 12, 12, 24]
    >>> shard_count(1_700_000, 20, "train")
    1

    """
    count = _shrunk(previous or 1, sentences)
    if count == 1 and sentences >= ONE_SHARD_BELOW and groups >= BASE_SHARDS * GROUPS_PER_SHARD:
        count = BASE_SHARDS
    while (
        count > 1
        and sentences > count * ROWS_PER_SHARD
        and groups >= 2 * count * GROUPS_PER_SHARD
        and 2 * count <= MOST_SHARDS[kind_of(split)]
    ):
        count *= 2
    return count


def _shrunk(count: int, sentences: int) -> int:
    """Return the count of the last release, or less where a split has become far too small for it."""
    while count > BASE_SHARDS and sentences * _FAR_TOO_SMALL < count * ROWS_PER_SHARD // 2:
        count //= 2
    return 1 if count > 1 and sentences * _FAR_TOO_SMALL < ONE_SHARD_BELOW else count


def readers_of(shards: int) -> tuple[int, ...]:
    """
    Return how many readers can each have files of their own, and equally many.

    >>> readers_of(12)
    (1, 2, 3, 4, 6, 12)

    """
    return tuple(readers for readers in range(1, shards + 1) if shards % readers == 0)


def streaming_plan(shards: Mapping[str, int]) -> str:
    """
    Say what the shards of each split allow to those who stream them.

    >>> streaming_plan({"train": 12, "validation": 1, "test": 1})
    '`split_dataset_by_node` gives files of their own to 1, 2, 3, 4, 6 or 12 ranks (train), 1 rank (validation, test); `tagpress.stream` serves any number of ranks.'

    """
    splits: dict[int, list[str]] = {}
    for split, count in shards.items():
        splits.setdefault(count, []).append(split)
    allowed = ", ".join(f"{_ranks(readers_of(count))} ({', '.join(names)})" for count, names in splits.items())
    return (
        f"`split_dataset_by_node` gives files of their own to {allowed}; `tagpress.stream` serves any number of ranks."
    )


def _ranks(readers: tuple[int, ...]) -> str:
    *most, last = map(str, readers)
    return f"{', '.join(most)} or {last} ranks" if most else f"{last} rank"
