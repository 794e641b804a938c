"""
Which readings of a name are in doubt, and how sure is that?

A reading is in doubt where another one is far more frequent. How sure that is, its score, is the lower end of Wilson's interval
for the share of the other reading among both: 6 against 1 is surer than 3 against 1, and 60 against 10 surer still.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from tagpress.build.doubts.counted import Counted
from tagpress.build.doubts.names import edge_and_side
from tagpress.columnar.edge_loops import INSIDE, OUTSIDE
from tagpress.columnar.types import Array, Bools, Integers, Ints

NO_TAG: Final = 0
"""The reading of a name none of whose tokens is tagged."""

IN_PART: Final = 1
"""The reading of a name of which some tokens are tagged, or all but not as one."""

TYPES_FROM: Final = 2
"""The reading of a name that is tagged as a whole, with the first type; the others follow."""

LEAST: Final = 0.35
"""Notes with a lower score are not made, unless somebody asks for them."""

FAINTEST: Final = 0.1
"""What has a lower score is no doubt, whoever asks: from here on one place speaks against one."""

MOST: Final = 1_000
"""Notes of a code that are made, the surest; the others are counted."""

_NONE: Final = 1e-9  # instead of nothing, by which nobody divides
_Z: Final = 1.64  # one end of an interval that holds the share in 95 of 100 cases


class Kind(IntEnum):
    """What a doubt says."""

    TYPE = 0  # mostly another type
    GAP = 1  # mostly tagged, and not here
    NAME = 2  # mostly not tagged, and here
    PART = 3  # mostly tagged as a whole, and here in part
    WHOLE = 4  # mostly tagged in part, and here as a whole
    EDGE = 5  # an edge that mostly stands outside of names
    BEFORE = 6  # a class that a word mostly has not behind the word before it
    BEHIND = 7  # the same before the word behind it
    ALONE = 8  # the same wherever it stands


CODES: Final = {
    Kind.TYPE: "doubtful-type",
    Kind.GAP: "doubtful-gap",
    Kind.NAME: "doubtful-name",
    Kind.PART: "doubtful-boundary",
    Kind.WHOLE: "doubtful-boundary",
    Kind.EDGE: "doubtful-boundary",
    Kind.BEFORE: "doubtful-class",
    Kind.BEHIND: "doubtful-class",
    Kind.ALONE: "doubtful-class",
}


@dataclass(frozen=True, slots=True)
class Doubts:
    """
    Readings in doubt, in the order of (name, reading); the columns are parallel.

    `here` counts the places with this reading, `weighed` those that speak for it and its like, `others` those with the other one; `usual` is that reading, for a type the most
    frequent one. Of an edge, `name` is the number of the word, and `reading` and `usual` the edge.
    """

    name: Integers
    reading: Integers
    kind: Integers
    score: Array
    here: Ints
    weighed: Ints
    others: Ints
    usual: Integers

    def __len__(self) -> int:
        return len(self.name)

    def only(self, which: Array) -> "Doubts":
        """Return some of them, by a mask or by their numbers."""
        return Doubts(*(getattr(self, name)[which] for name in self.__slots__))

    def joined(self, other: "Doubts") -> "Doubts":
        """Return these and others behind them."""
        return Doubts(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    The surest doubts of each code, with places enough for all notes that are made of it.

    Those that are passed over have `passed` places, by code, and no score above that of `least`, by kind.
    """

    doubts: Doubts
    least: Array
    passed: Mapping[str, int]


def surest(doubts: Doubts, lowest: float = LEAST, most: int = 2 * MOST) -> Chosen:
    """Choose the surest doubts of each code, until they have `most` places: some may turn out to be less sure there."""
    least, passed = np.full(len(Kind), lowest), {}
    kept = np.zeros(len(doubts), dtype=np.bool_)
    for code in dict.fromkeys(CODES.values()):
        kinds = [kind for kind in Kind if CODES[kind] == code]
        own = np.flatnonzero(np.isin(doubts.kind, kinds))
        own = own[np.argsort(-doubts.score[own], kind="stable")]
        before = np.cumsum(doubts.here[own]) - doubts.here[own]
        kept[own[before < most]] = True
        over = own[before >= most]
        if len(over):
            least[kinds], passed[code] = doubts.score[over[0]], int(doubts.here[over].sum())
    return Chosen(doubts.only(kept), least, passed)


def wilson(others: Array, here: Ints) -> Array:
    """
    Return the lower end of Wilson's interval for the share of `others` among both.

    >>> wilson(np.array([3, 6, 60]), np.array([1, 1, 10])).round(2).tolist()
    [0.36, 0.55, 0.78]

    """
    total = np.maximum(others + here, _NONE)
    share, square = others / total, _Z * _Z / total
    spread = _Z * np.sqrt(share * (1 - share) / total + square / (4 * total))
    return np.where(others > 0, (share + square / 2 - spread) / (1 + square), 0.0)


def most_here(others: Ints, least: float = LEAST) -> Ints:
    """
    Return of how many places at most one can be in doubt, given how many have the other reading: with more, no score is enough.

    >>> others = np.arange(1, 100)
    >>> bool((wilson(others, most_here(others) + 1) < LEAST).all())
    True

    """
    return (others * (1 - least) / least).astype(np.int64)


def doubtful_readings(readings: Counted, names: int, least: float = LEAST) -> Doubts:
    """Return the readings in doubt; `readings` counts rows of (name, reading) of some `names`."""
    name, reading, counts = readings.keys.astype(np.int64), readings.codes, readings.counts
    whole, parts, untagged = (
        _per_name(name, counts, which, names)
        for which in (reading >= TYPES_FROM, reading == IN_PART, reading == NO_TAG)
    )
    usual, of_usual = _usual(readings, names)
    total = whole[name]
    tagged = reading >= TYPES_FROM
    # [kind]: which rows it may be about, how often the other reading is, how often this one and its like
    cases = {
        Kind.TYPE: (tagged & (reading != usual[name]), of_usual[name], total - of_usual[name]),
        Kind.GAP: (reading == NO_TAG, total, counts),
        Kind.NAME: (tagged & (untagged[name] > 0), untagged[name], total),
        Kind.PART: (reading == IN_PART, total, counts),
        Kind.WHOLE: (tagged & (parts[name] > 0), parts[name], total),
    }
    kind, weighed, other = (np.zeros(len(name), dtype=np.int64) for _ in range(3))
    score = np.zeros(len(name))
    # Of several doubts about one reading the surest, of equals the first.
    for number, (rows, others, here) in cases.items():
        own = np.flatnonzero(rows)
        scores = wilson(others[own], here[own])
        surer = scores > score[own]
        own = own[surer]
        kind[own], score[own], weighed[own], other[own] = number, scores[surer], here[own], others[own]
    found = Doubts(
        name=name,
        reading=reading,
        kind=kind,
        score=score,
        here=counts,
        weighed=weighed,
        others=other,
        usual=np.choose(kind, [usual[name], usual[name], NO_TAG, usual[name], IN_PART]),
    )
    return found.only(found.score >= least)


def doubtful_edges(edges: Counted, least: float = LEAST) -> Doubts:
    """Return the words that are at the edge of a few entities and right outside of many; names number the rows of `edges`."""
    word, (edge, side) = edges.keys, edge_and_side(edges.codes)
    # A row of INSIDE stands right before that of OUTSIDE for the same word and edge.
    pairs = np.flatnonzero(
        (word[1:] == word[:-1]) & (edge[1:] == edge[:-1]) & (side[:-1] == INSIDE) & (side[1:] == OUTSIDE)
    )
    here, others = edges.counts[pairs], edges.counts[pairs + 1]
    found = Doubts(
        name=pairs,
        reading=edge[pairs],
        kind=np.full(len(pairs), Kind.EDGE),
        score=wilson(others, here),
        here=here,
        weighed=here,
        others=others,
        usual=edge[pairs],
    )
    return found.only(found.score >= least)


def _per_name(name: Integers, counts: Ints, which: Bools, names: int) -> Ints:
    totals: Ints = np.bincount(name[which], weights=counts[which], minlength=names).astype(np.int64)
    return totals


def _usual(readings: Counted, names: int) -> tuple[Ints, Ints]:
    """Return the most frequent type of each name, as a reading, and its count; of equals the first."""
    name, reading = readings.keys.astype(np.int64), readings.codes
    order = np.lexsort((reading, -readings.counts, name))
    order = order[reading[order] >= TYPES_FROM]
    tagged, first = np.unique(name[order], return_index=True)
    usual, count = np.zeros(names, dtype=np.int64), np.zeros(names, dtype=np.int64)
    usual[tagged], count[tagged] = reading[order][first], readings.counts[order][first]
    return usual, count
