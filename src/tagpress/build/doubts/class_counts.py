"""
Which class has a word how often, wherever it stands, and beside what? Looks at each piece, and what they add up to.

A context is a word, or a word with the one before it, or with the one behind it. All words are counted; of contexts with a neighbour only
those in which a word of several classes has another one than mostly: in any other there is nothing to doubt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.arrays import load_arrays
from tagpress.build.doubts.classes import PLACES, classes_of
from tagpress.build.doubts.counted import Counted, added, counted, different, together
from tagpress.build.doubts.judge import FAINTEST, TYPES_FROM, Doubts, Kind, wilson
from tagpress.build.doubts.layers import LayerTask
from tagpress.columnar.name_loops import key_table, numbers_in
from tagpress.columnar.types import Array, Bools, Hashes, Ints

ALONE_COUNTS: Final = 30
"""As many places of a word count as one in the same surroundings."""


@dataclass(frozen=True, slots=True)
class ClassTask:
    """A layer of a piece, and the name of what is looked for; it stands in the store."""

    layer: LayerTask
    wanted: str


@dataclass(frozen=True, slots=True)
class Contexts:
    """
    Words of several classes in some sentences.

    `beside` counts rows of a word with a class beside it, and its own; `pairs` are the keys of words with a neighbour where the class is another one than mostly.
    """

    beside: Counted
    pairs: Hashes


@dataclass(frozen=True, slots=True)
class Rivals:
    """For each row that was counted, its most frequent rival: the class that its context has most often beside this one, and how often."""

    classes: Ints
    counts: Ints

    @classmethod
    def of(cls, rows: Counted) -> "Rivals":
        """Find them; rows ascend by key and class, and of equal classes the first counts."""
        group = np.cumsum(np.diff(rows.keys, prepend=rows.keys[:1]) != 0) if len(rows.keys) else rows.counts
        order = np.lexsort((rows.codes, -rows.counts, group))
        begins = np.flatnonzero(np.diff(group[order], prepend=-1))
        sizes = np.diff(begins, append=len(order))
        first = np.repeat(order[begins], sizes)
        second = np.repeat(order[np.where(sizes > 1, begins + 1, begins)], sizes)
        rival = np.empty_like(order)
        rival[order] = np.where(order == first, second, first)
        alone = rival == np.arange(len(rival))
        return cls(rows.codes[rival], np.where(alone, 0, rows.counts[rival]))


def words_of(task: LayerTask) -> Counted:
    """Count the classes of the words of a piece."""
    classes = classes_of(task)
    return counted(classes.words, classes.classes)


def of_several(words: Counted) -> dict[str, Array]:
    """Return a table of the words that have several classes, and by its numbers the class that each mostly has: what the next look wants."""
    rivals = Rivals.of(words)
    mostly = (rivals.counts > 0) & (
        (words.counts > rivals.counts) | ((words.counts == rivals.counts) & (words.codes < rivals.classes))
    )
    return {"words": table_of(words.keys[mostly]), "usual": words.codes[mostly]}


def contexts_of(task: ClassTask) -> Contexts:
    """Count what stands beside the words of several classes in a piece."""
    wanted, classes = load_arrays(task.layer.store, task.wanted), classes_of(task.layer)
    numbers = numbers_in(classes.words, wanted["words"])
    some, own = numbers >= 0, classes.classes
    rare = some.copy()
    rare[some] = own[some] != wanted["usual"][numbers[some]]
    pairs = [classes.beside(kind)[rare] for kind in PLACES]
    beside = [counted(classes.beside_class(kind)[some], own[some]) for kind in PLACES]
    return Contexts(_joined(beside), different(np.concatenate(pairs)))


def pairs_of(task: ClassTask) -> dict[Kind, Counted]:
    """Count the classes that words have beside the words that are wanted."""
    wanted, classes = load_arrays(task.layer.store, task.wanted), classes_of(task.layer)
    found = {}
    for kind in PLACES:
        keys = classes.beside(kind)
        known = numbers_in(keys, wanted["pairs"]) >= 0
        found[kind] = counted(keys[known], classes.classes[known])
    return found


def added_contexts(some: Sequence[Contexts]) -> Contexts:
    """Add up what several pieces have."""
    return Contexts(added([one.beside for one in some]), together([one.pairs for one in some]))


def doubtful_classes(rows: Counted, kind: Kind) -> tuple[Doubts, Hashes]:
    """
    Return the classes in doubt of one kind of contexts, and the key of the context of each.

    The score is that of other readings, but what stands in the same surroundings several times is rarely a slip: it counts squared.
    """
    rivals = Rivals.of(rows)
    few = rivals.counts / (ALONE_COUNTS if kind is Kind.ALONE else 1)
    found = Doubts(
        name=np.arange(len(rows.keys)),
        reading=rows.codes + TYPES_FROM,
        kind=np.full(len(rows.keys), kind),
        score=wilson(few, rows.counts**2),
        here=rows.counts,
        weighed=rows.counts**2,
        others=rivals.counts,
        usual=rivals.classes + TYPES_FROM,
    )
    sure: Bools = found.score >= FAINTEST
    return found.only(sure), rows.keys[sure]


def table_of(keys: Hashes) -> Array:
    """Return a table in which keys are found."""
    return key_table(keys, np.zeros(0, dtype=np.uint64))


def _joined(some: Sequence[Counted]) -> Counted:
    """Return rows of which no two are the same, together."""
    return Counted(*(np.concatenate([getattr(one, name) for one in some]) for name in Counted.__slots__))
