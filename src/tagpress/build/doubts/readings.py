"""How is each name read, wherever its tokens stand: with a type, in part, or without a tag?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.counted import Counted, added
from tagpress.build.doubts.layers import LayerTask, read_layer
from tagpress.build.doubts.names import Names, type_and_split
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.build.doubts.spans import INSIDE, LEFT, RIGHT, PieceSpans, edge_tokens
from tagpress.columnar.name_loops import key_bits, key_table, names_in, numbers_in, span_keys
from tagpress.columnar.types import Array, Bools, Bytes, Hashes, Ints
from tagpress.store import Store

NO_TAG: Final = 0
"""The reading of a name none of whose tokens is tagged."""

IN_PART: Final = 1
"""The reading of a name of which some tokens are tagged, or all but not as one."""

TYPES_FROM: Final = 2
"""The reading of a name that is tagged as a whole, with the first type; the others follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedNames:
    """
    What to look for: names, and words that are in doubt at the left or the right edge of entities.

    `names`, `left` and `right` are tables of keys, `bits` those of names. The words of `left` have the numbers
    `left_numbers`, and so on. `divided` are the keys of pairs of tokens between which an entity begins or ends, sorted.
    """

    names: Array
    bits: Bytes
    left: Array
    right: Array
    left_numbers: Ints
    right_numbers: Ints
    divided: Hashes

    @classmethod
    def of(cls, names: Names, keys: Hashes, words: Sequence[Ints]) -> "WantedNames":
        """
        Return what finds names and words.

        `keys` are those of all names, in the order of their numbers; `words` are rows of the edges, of each edge, and their
        numbers are those of the rows, behind those of the names.
        """
        nothing = np.zeros(0, dtype=np.uint64)
        left, right = (key_table(names.edges.keys[rows], nothing) for rows in words)
        return cls(
            names=key_table(keys, names.beginnings),
            bits=key_bits(keys, names.beginnings),
            left=left,
            right=right,
            left_numbers=len(keys) + words[LEFT],
            right_numbers=len(keys) + words[RIGHT],
            divided=names.divided,
        )

    def save(self, store: Store, name: str) -> None:
        """Write it."""
        save_arrays(store, name, {part: getattr(self, part) for part in self.__slots__})

    @classmethod
    def load(cls, store: Store, name: str) -> "WantedNames":
        """Read it."""
        return cls(**load_arrays(store, name))


@dataclass(frozen=True, slots=True)
class Hits:
    """
    Where names stand: the number of each, its reading, its sentence, its first token and how many it has.

    Behind them stand entities with a word in doubt at their edge: the number of the word, and `INSIDE` or `OUTSIDE` for a reading.
    `whole` numbers those in which the word belongs to what follows, or precedes: nowhere does an entity begin or end between.
    """

    numbers: Array
    readings: Array
    rows: Array
    tokens: Array
    sizes: Array
    whole: Array

    def save(self, store: Store, name: str) -> None:
        """Write them."""
        save_arrays(store, name, {part: getattr(self, part) for part in self.__slots__})

    @classmethod
    def load(cls, store: Store, name: str) -> "Hits":
        """Read them."""
        return cls(**load_arrays(store, name))


@dataclass(frozen=True, slots=True)
class ReadTask:
    """A layer of a piece, what to look for, and where to leave what is found, so that nobody has to look again."""

    layer: LayerTask
    wanted: str
    hits: str


def readings_of(task: ReadTask) -> Counted:
    """Count how names are read in a piece where they are not tagged as a whole: rows of a number and a reading."""
    sentences, spans = read_layer(task.layer)
    wanted, hashes = WantedNames.load(task.layer.store, task.wanted), sentences.hashes()
    names = names_of_piece(sentences, spans, hashes, wanted)
    edges, whole = _edges(sentences, spans, hashes, wanted)
    number, reading, row, token, size = (
        np.concatenate(column, dtype=column[0].dtype, casting="same_kind") for column in zip(names, edges, strict=True)
    )
    Hits(number, reading, row, token, size, len(names[0]) + np.flatnonzero(whole)).save(task.layer.store, task.hits)
    return _untagged(names[0], names[1])


def names_of_piece(
    sentences: PieceSentences, spans: PieceSpans, hashes: Hashes, wanted: WantedNames
) -> tuple[Array, ...]:
    """
    Return where names stand, as the columns of `Hits`.

    Within a longer entity, or across the edge of one, a name has no reading, and is not among these.
    """
    return names_in(
        hashes,
        (sentences.bounds, sentences.kept),
        (spans.begins, spans.ends, spans.types),
        spans.flags,
        (wanted.names, wanted.bits),
    )


def _edges(
    sentences: PieceSentences, spans: PieceSpans, hashes: Hashes, wanted: WantedNames
) -> tuple[tuple[Array, ...], Bools]:
    """Return where words in doubt stand at edges, as the columns of `Hits`; and for which of them they belong there."""
    found, pairs = [], []
    for (edge, side), some in edge_tokens(spans, sentences.bounds).items():
        table, numbers = ((wanted.left, wanted.left_numbers), (wanted.right, wanted.right_numbers))[edge]
        word = numbers_in(hashes[some.tokens], table)
        asked = np.flatnonzero(word >= 0)
        span = some.spans[asked]
        begins, sizes = spans.begins[span], spans.ends[span] - spans.begins[span]
        found.append((numbers[word[asked]], np.full(len(asked), side), spans.sentences[span], begins, sizes))
        pairs.append(begins if edge == LEFT else begins + sizes - 2)
    columns = tuple(np.concatenate(column) for column in zip(*found, strict=True))
    inside, first = columns[1] == INSIDE, np.concatenate(pairs)
    whole = np.zeros(len(first), dtype=np.bool_)
    whole[inside] = ~_among(span_keys(hashes, first[inside], first[inside] + 2)[0], wanted.divided)
    return columns, whole


def _among(keys: Hashes, known: Hashes) -> Bools:
    """Tell which keys are known; those that are stand sorted."""
    at = np.searchsorted(known, keys)
    there = at < len(known)
    there[there] = known[at[there]] == keys[there]
    return there


def _untagged(numbers: Array, readings: Array) -> Counted:
    """Count readings that are no types; those are counted already, split by split."""
    found = list(_counts(numbers, readings))
    columns = [np.concatenate(column) for column in zip(*found, strict=True)]
    return Counted(columns[0].astype(np.uint64), *columns[1:])


def _counts(numbers: Array, readings: Array) -> Iterator[tuple[Ints, Ints, Ints]]:
    for reading in (NO_TAG, IN_PART):
        counts = np.bincount(numbers[readings == reading])
        own = np.flatnonzero(counts)
        yield own, np.full(len(own), reading), counts[own]


def added_readings(names: Names, keys: Hashes, untagged: Sequence[Counted]) -> Counted:
    """Return how often each name, whose keys are in the order of their numbers, has each reading."""
    kinds, _ = type_and_split(names.names.codes)
    numbers = np.searchsorted(keys, names.names.keys).astype(np.uint64)
    return added([Counted(numbers, kinds + TYPES_FROM, names.names.counts), *untagged])
