"""How is each name read, wherever its tokens stand: with a type, in part, or without a tag?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.names import Counted
from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.shard_plan import PieceRows
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.name_loops import looked_up, slots_of, spans_of
from tagpress.columnar.types import Array, Hashes, Integers, Ints
from tagpress.store import Store

NO_TAG: Final = 0
"""The reading of a name none of whose tokens is tagged."""

IN_PART: Final = 1
"""The reading of a name of which some tokens are tagged, or all but not as one."""

TYPES_FROM: Final = 2
"""The reading of a name that is tagged as a whole, with the first type; the others follow."""

_NONE: Final = -1
_BITS: Final = 20  # more than a reading has


@dataclass(frozen=True, slots=True)
class WantedNames:
    """
    Names to look for.

    `keys` are different and sorted, `sizes` has the tokens of each; `firsts` are the hashes of their first tokens, and `lengths`
    has for each of these a bit for every number of tokens that a name has which begins so.
    """

    keys: Hashes
    sizes: Ints
    firsts: Hashes
    lengths: Ints

    @classmethod
    def of(cls, names: Counted) -> "WantedNames":
        """Return what finds the names that were counted."""
        every, firsts, lengths, *_ = names.columns
        keys, first = np.unique(every, return_index=True)
        return cls._of(keys, lengths[first].astype(np.int64), firsts[first])

    def only(self, numbers: Ints, names: Counted) -> "WantedNames":
        """Return what finds some of these names, whose numbers ascend; `names` are those that were counted."""
        firsts = names.columns[1][np.searchsorted(names.columns[0], self.keys[numbers])]
        return self._of(self.keys[numbers], self.sizes[numbers], firsts)

    @classmethod
    def _of(cls, keys: Hashes, sizes: Ints, firsts: Hashes) -> "WantedNames":
        words, which = np.unique(firsts, return_inverse=True)
        bits = np.zeros(len(words), dtype=np.int64)
        np.bitwise_or.at(bits, which, np.left_shift(1, sizes))
        return cls(keys, sizes, words, bits)

    def save(self, store: Store, name: str) -> None:
        """Write them."""
        save_arrays(store, name, {part: getattr(self, part) for part in self.__slots__})

    @classmethod
    def load(cls, store: Store, name: str) -> "WantedNames":
        """Read them."""
        return cls(**load_arrays(store, name))


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A piece, and where the names stand that are looked for."""

    rows: PieceRows
    store: Store
    name: str


def readings_of(task: ReadTask) -> Counted:
    """Count the readings of every name in a piece: rows of (number of the name, reading)."""
    number, reading, _ = found_in(sentences_of(task.rows), WantedNames.load(task.store, task.name))
    # One sort of numbers takes a tenth of one of rows.
    both = np.sort(number.astype(np.int64) << _BITS | reading)
    first = np.flatnonzero(np.diff(both, prepend=-1))
    counts = np.diff(first, append=len(both))
    return Counted((both[first] >> _BITS, both[first] & ((1 << _BITS) - 1)), counts)


def found_in(sentences: PieceSentences, wanted: WantedNames) -> tuple[Array, Array, Ints]:
    """
    Return where names stand in sentences that are published: number of the name, its reading, its first token.

    Within a longer entity, or across the edge of one, a name has no reading, and is not among these.
    """
    words = looked_up(sentences.hashes, slots_of(wanted.firsts), wanted.firsts)
    lengths = np.append(wanted.lengths, 0)[words]  # word -1, which begins no name, has the last one
    kept = np.repeat(sentences.kept, np.diff(sentences.bounds))
    starts, sizes, keys = spans_of(sentences.hashes, sentences.bounds, np.where(kept, lengths, 0))
    number = looked_up(keys, slots_of(wanted.keys), wanted.keys)
    known = number >= 0
    number, starts, sizes = number[known], starts[known], sizes[known]
    reading = _readings(sentences, starts, starts + sizes)
    read = reading != _NONE
    return number[read], reading[read], starts[read]


def _readings(sentences: PieceSentences, starts: Ints, stops: Ints) -> Integers:
    """Return how spans of tokens are tagged."""
    labels = np.append(sentences.labels, 0)
    inside, begins = (bounds_of(which) for which in (labels > 0, labels & 1 == 1))
    goes_on = (labels > 0) & (labels & 1 == 0)
    tagged, begun = inside[stops] - inside[starts], begins[stops] - begins[starts]
    one = (tagged == stops - starts) & (begun == 1) & (labels[starts] & 1 == 1)
    found = np.where(one, TYPES_FROM + (labels[starts] - 1) // 2, np.where(tagged == 0, NO_TAG, IN_PART))
    # A label that goes on never begins a sentence, so what stands behind the last token of one is no hindrance.
    return np.where(goes_on[starts] | goes_on[stops], _NONE, found)
