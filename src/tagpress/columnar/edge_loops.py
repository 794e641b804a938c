"""Which words stand at the edges of entities, in them and right outside? Compiled passes over spans of tokens: see `name_loops`."""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.mixing import GOLDEN
from tagpress.columnar.name_loops import EMPTY, MIX, SEED, SHIFT
from tagpress.columnar.types import Array, Arrays, Hashes

LEFT, RIGHT = 0, 1
"""The edges of an entity."""

INSIDE: Final = 0
"""The number of entities, of two tokens or more, that begin or end with a word."""

OUTSIDE: Final = 1
"""The number of entities that a word stands right before, or right after, without being in them."""

_SIDES: Final = 4  # places of words, of an edge and a side, that an entity has


def edge_code(edge: int, side: int) -> int:
    """Return the code of an edge, and of `INSIDE` or `OUTSIDE`, which stands right behind."""
    return 2 * edge + side


def edge_keys(hashes: Hashes, edge: int) -> Hashes:
    """Return the keys of words at an edge, from the hashes of the words: in one table those of both edges are different."""
    return hashes ^ np.uint64(edge) * GOLDEN


@compiled
def edge_words(hashes: Array, spans: Arrays, bounds: Array) -> tuple[Array, Array]:
    """
    Return the hashes of the words at the edges of spans, and the code of the edge of each.

    `spans` are begins, ends and sentences, `bounds` those of sentences.
    """
    begins, ends, rows = spans
    keys, codes = np.empty(_SIDES * begins.size, np.uint64), np.empty(_SIDES * begins.size, np.int64)
    made = 0
    for span in range(begins.size):
        begin, end, row = begins[span], ends[span], rows[span]
        for edge in range(2):
            if end - begin > 1:
                keys[made], codes[made] = hashes[end - 1 if edge else begin], 2 * edge
                made += 1
            if end < bounds[row + 1] if edge else begin > bounds[row]:
                keys[made], codes[made] = hashes[end if edge else begin - 1], 2 * edge + 1
                made += 1
    return keys[:made], codes[:made]


@compiled
def edges_in(hashes: Array, spans: Arrays, bounds: Array, words: Array, names: Array) -> Arrays:
    """
    Return where some words stand at the edges of spans: number of the word, side, sentence, first token and length of the span.

    The last tells which of them belong to what is next to them in the span: the rest of it is no name that stands anywhere. `spans`
    are as above, `words` is a table of `edge_keys`, `names` one of names.
    """
    begins, ends, rows = spans
    most = _SIDES * begins.size
    numbers, sides, found_rows = np.empty(most, np.int32), np.empty(most, np.int16), np.empty(most, np.int32)
    starts, sizes, whole = np.empty(most, np.int32), np.empty(most, np.int32), np.empty(most, np.uint8)
    found = 0
    for span in range(begins.size):
        begin, end, row = begins[span], ends[span], rows[span]
        for code in range(_SIDES):
            edge, side = code >> 1, code & 1
            if side:
                there = end < bounds[row + 1] if edge else begin > bounds[row]
                word = end if edge else begin - 1
            else:
                there, word = end - begin > 1, end - 1 if edge else begin
            if there:
                key = np.int64(hashes[word] ^ np.uint64(edge) * GOLDEN)
                slot = 2 * key & (words.size - 1)
                while words[slot + 1] != EMPTY and words[slot] != key:
                    slot = (slot + 2) & (words.size - 1)
                if words[slot + 1] >= 0:
                    numbers[found], sides[found], found_rows[found] = words[slot + 1] >> 1, side, row
                    starts[found], sizes[found], whole[found] = begin, end - begin, 0
                    if not side:
                        rest = SEED
                        for token in range(begin + 1 - edge, end - edge):
                            rest = (rest ^ hashes[token]) * MIX
                            rest ^= rest >> SHIFT
                        key = np.int64(rest)
                        slot = 2 * key & (names.size - 1)
                        while names[slot + 1] != EMPTY and names[slot] != key:
                            slot = (slot + 2) & (names.size - 1)
                        whole[found] = names[slot + 1] < 0
                    found += 1
    return numbers[:found], sides[:found], found_rows[:found], starts[:found], sizes[:found], whole[:found]
