"""How is each name read, wherever its tokens stand: with a type, in part, or without a tag?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tagpress.build.doubts.arrays import load_arrays, save_arrays
from tagpress.build.doubts.counted import Counted, added
from tagpress.build.doubts.judge import LEAST, TYPES_FROM, Doubts, most_here
from tagpress.build.doubts.layers import LayerTask, read_layer
from tagpress.build.doubts.names import Names, type_and_split
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.build.doubts.spans import PieceSpans
from tagpress.columnar.edge_loops import LEFT, RIGHT, edge_keys, edges_in
from tagpress.columnar.name_loops import LONGEST, first_tokens, key_bits, key_table, looked_up
from tagpress.columnar.place_loops import read_names, spoken_for
from tagpress.columnar.types import Array, Arrays, Bytes, Hashes, Ints
from tagpress.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedNames:
    """
    What to look for: names, and words that are in doubt at an edge of entities.

    `names` and `words` are tables of keys, `bits` those of names. `most` has by name how many places without a type are worth
    knowing, `numbers` those of the words.
    """

    names: Array
    bits: Bytes
    most: Ints
    words: Array
    numbers: Ints

    @classmethod
    def of(cls, names: Names, keys: Hashes, edges: Doubts, least: float = LEAST) -> "WantedNames":
        """
        Return what finds names and words.

        `keys` are those of all names, in the order of their numbers; `edges` are doubts about words, whose numbers are those of their rows,
        behind those of the names. No doubt has a score below `least`.
        """
        nothing = np.zeros(0, dtype=np.uint64)
        words = [
            (edge_keys(names.edges.keys[rows], edge), rows)
            for edge in (LEFT, RIGHT)
            for rows in (edges.name[edges.reading == edge],)
        ]
        tagged = np.bincount(np.searchsorted(keys, names.names.keys), weights=names.names.counts, minlength=len(keys))
        return cls(
            names=key_table(keys, names.beginnings),
            bits=key_bits(keys, names.beginnings),
            most=most_here(tagged, least),
            words=key_table(np.concatenate([own for own, _ in words]), nothing),
            numbers=len(keys) + np.concatenate([rows for _, rows in words]),
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
    `spoken` is 1 where something speaks for the reading: see `spoken_for`, or the rest of the entity is no name that stands anywhere. Of names with very many places
    without a type not all of these are there. `untyped` and `untyped_readings` have each reading of a name without a type that there is
    in the piece, `lines` the first two lines where, of shape [2, readings].
    """

    numbers: Array
    readings: Array
    rows: Array
    tokens: Array
    sizes: Array
    spoken: Array
    untyped: Array
    untyped_readings: Array
    lines: Array

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
    names, untyped = names_of_piece(sentences, spans, hashes, wanted)
    told = spoken_for((sentences.letters, sentences.text_bounds), sentences.bounds, spans.flags, names)
    at_edges = (spans.begins, spans.ends, spans.sentences)
    words, *edges = edges_in(hashes, at_edges, sentences.bounds, wanted.words, wanted.names)
    found = [np.concatenate(column) for column in zip((*names, told), (wanted.numbers[words], *edges), strict=True)]
    codes, counts, *lines = untyped.T
    columns = dict(zip(Hits.__slots__, (*found, codes >> 1, codes & 1, np.concatenate(lines)), strict=True))
    Hits(**columns).save(task.layer.store, task.hits)
    return Counted((codes >> 1).astype(np.uint64), codes & 1, counts)


def names_of_piece(
    sentences: PieceSentences, spans: PieceSpans, hashes: Hashes, wanted: WantedNames
) -> tuple[Arrays, Array]:
    """
    Return where names stand, as the first columns of `Hits`: those of one token, then those of two, and so on; and how often each is read without a type.

    Within a longer entity, or across the edge of one, a name has no reading, and is not among these.
    """
    found, shape = [], (spans.begins, spans.ends, spans.types, spans.flags)
    counts = (
        np.full(2 * len(wanted.most), -1, np.int32),
        np.empty((2 * len(wanted.most), 4), np.int64),
        np.zeros(1, np.int64),
    )
    begun = first_tokens(hashes, sentences.bounds, sentences.kept, wanted.bits)
    for size in range(1, LONGEST + 1):
        names, begun = looked_up(begun, size, (wanted.names, wanted.bits), (hashes, sentences.bounds))
        found.append(read_names(names, size, shape, (sentences.lines, wanted.most), counts))
    _, untyped, made = counts
    return tuple(np.concatenate(found, axis=1)), untyped[: int(made[0])]


def added_readings(names: Names, keys: Hashes, untagged: Sequence[Counted]) -> Counted:
    """Return how often each name, whose keys are in the order of their numbers, has each reading."""
    kinds, _ = type_and_split(names.names.codes)
    numbers = np.searchsorted(keys, names.names.keys).astype(np.uint64)
    return added([Counted(numbers, kinds + TYPES_FROM, names.names.counts), *untagged])
