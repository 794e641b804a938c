"""Where do the classes stand that are in doubt, and where those that speak against them?"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.class_counts import ALONE_COUNTS, ClassTask, table_of
from tagpress.build.doubts.classes import PLACES, PieceClasses, classes_of, reading_keys
from tagpress.build.doubts.counted import Counted
from tagpress.build.doubts.judge import FAINTEST, TYPES_FROM, Doubts, Kind, wilson
from tagpress.build.doubts.placed import PlacedDoubts, counted_kinds, first_lines_of
from tagpress.columnar.name_loops import numbers_in
from tagpress.columnar.types import Array, Bools, Hashes, Ints
from tagpress.store import Store

_COUNTS: Final = 10  # as many places with the other class count as one where something speaks for what stands there


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtClasses:
    """
    What to look for: `doubts`, which `table` finds by the context and the class of each.

    `against` is a table of what speaks against them, `speaks` has by doubt its number there. `beside` are the keys of words with a class beside them and their own, ascending, `times` how often each is there. `least` and `lowest` are those of `Sought`.
    """

    doubts: Doubts
    table: Array
    against: Array
    speaks: Ints
    beside: Hashes
    times: Ints
    least: Array
    lowest: Array

    @classmethod
    def of(cls, doubts: Doubts, contexts: Hashes, beside: Counted, least: Array, lowest: float) -> "SoughtClasses":
        """Return what to look for, given the context of each doubt, and what was counted beside words."""
        keys = reading_keys(beside.keys, beside.codes)
        order = np.argsort(keys)
        against, speaks = np.unique(reading_keys(contexts, doubts.usual - TYPES_FROM), return_inverse=True)
        return cls(
            doubts=doubts,
            table=table_of(reading_keys(contexts, doubts.reading - TYPES_FROM)),
            against=table_of(against),
            speaks=speaks,
            beside=keys[order],
            times=beside.counts[order],
            least=least,
            lowest=np.array([lowest]),
        )

    def save(self, store: Store, name: str) -> None:
        """Write it."""
        doubts = {f"doubts.{part}": getattr(self.doubts, part) for part in Doubts.__slots__}
        save_arrays(store, name, doubts | {part: getattr(self, part) for part in self.__slots__ if part != "doubts"})

    @classmethod
    def load(cls, store: Store, name: str) -> "SoughtClasses":
        """Read it."""
        found = load_arrays(store, name)
        doubts = Doubts(**{part: found.pop(f"doubts.{part}") for part in Doubts.__slots__})
        return cls(doubts=doubts, **found)

    def often(self, keys: Hashes) -> Ints:
        """Return how often each word has a class beside a class; 0 for what is not there."""
        if not len(self.beside):
            return np.zeros(len(keys), dtype=np.int64)
        at = np.minimum(np.searchsorted(self.beside, keys), len(self.beside) - 1)
        times: Ints = np.where(self.beside[at] == keys, self.times[at], 0)
        return times


def class_places_of(task: ClassTask) -> PlacedDoubts:
    """Find in a piece which classes are in doubt."""
    classes, sought = classes_of(task.layer), SoughtClasses.load(task.layer.store, task.wanted)
    doubts = sought.doubts
    tokens, found = _in_doubt(classes, sought)
    kinds = doubts.kind[found]
    counts = np.where(kinds == Kind.ALONE, _COUNTS * ALONE_COUNTS, _COUNTS)
    less = wilson(doubts.others[found] / counts, doubts.weighed[found])
    scores = np.where(_spoken_for(classes, sought, tokens, found), less, doubts.score[found])
    lowest = float(sought.lowest[0])
    once = _once(tokens, scores, kinds, min(lowest, FAINTEST))
    tokens, found, scores, kinds = tokens[once], found[once], scores[once], kinds[once]
    sure = scores >= sought.least[kinds]
    reading, lines = _speaking(classes, sought)
    return PlacedDoubts(
        counts=counted_kinds(kinds[scores >= lowest]),
        less_sure=counted_kinds(kinds[scores < lowest]),
        reading=reading,
        lines=lines,
        names={},
        score=scores[sure],
        doubt=found[sure],
        **_columns(classes, tokens[sure], kinds[sure]),
    )


def _contexts(classes: PieceClasses) -> dict[Kind, Hashes]:
    return {kind: classes.beside(kind) for kind in PLACES} | {Kind.ALONE: classes.words}


def _in_doubt(classes: PieceClasses, sought: SoughtClasses) -> tuple[Ints, Ints]:
    """Return the tokens in doubt, and the number of each one's doubt; a token may have several."""
    tokens, found = [], []
    for keys in _contexts(classes).values():
        numbers = numbers_in(reading_keys(keys, classes.classes), sought.table)
        own = np.flatnonzero(numbers >= 0)
        tokens.append(own)
        found.append(numbers[own])
    return np.concatenate(tokens), np.concatenate(found)


def _spoken_for(classes: PieceClasses, sought: SoughtClasses, tokens: Ints, found: Ints) -> Bools:
    """Tell beside which class before or behind it a word elsewhere has its own class more often than the other one."""
    spoken = np.zeros(len(tokens), dtype=np.bool_)
    for kind in PLACES:
        keys = classes.beside_class(kind)[tokens]
        own, other = (
            sought.often(reading_keys(keys, readings - TYPES_FROM))
            for readings in (sought.doubts.reading[found], sought.doubts.usual[found])
        )
        spoken |= own - 1 > other
    return spoken


def _once(tokens: Ints, scores: Array, kinds: Array, lowest: float) -> Ints:
    """Return which doubts are sure enough, of several about one token the surest; they ascend by token."""
    order = np.lexsort((kinds, -scores, tokens))
    first = order[np.diff(tokens[order], prepend=-1) != 0]
    found: Ints = first[scores[first] >= lowest]
    return found


def _speaking(classes: PieceClasses, sought: SoughtClasses) -> tuple[Ints, Ints]:
    """Return what speaks against any doubt, and the first lines of the piece where it stands."""
    what, rows = [], []
    for keys in _contexts(classes).values():
        numbers = numbers_in(reading_keys(keys, classes.classes), sought.against)
        own = np.flatnonzero(numbers >= 0)
        what.append(numbers[own])
        rows.append(classes.rows[own])
    lines = classes.sentences.lines[np.concatenate(rows)]
    return first_lines_of(np.concatenate(what), lines, int(sought.speaks.max(initial=-1)) + 1)


def _columns(classes: PieceClasses, tokens: Ints, kinds: Array) -> dict[str, Array | pa.Array]:
    """Return what is said of each place."""
    sentences, rows, at = classes.sentences, classes.rows[tokens], classes.tokens[tokens]
    beside = at + np.where(kinds == Kind.BEFORE, -1, np.where(kinds == Kind.BEHIND, 1, 0))
    there = (beside >= sentences.bounds[rows]) & (beside < sentences.bounds[rows + 1])
    return {
        "line": sentences.lines[rows],
        "token": at - sentences.bounds[rows] + 1,
        "row": rows,
        "key": sentences.keys[rows],
        "text": sentences.tokens.take(pa.array(at)),
        "word": sentences.tokens.take(pa.array(beside, mask=~there)),
    }
