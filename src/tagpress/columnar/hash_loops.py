"""
Which stretches of an array are the same? Compiled hashes of 64 bits, a few cycles for each word of eight bytes.

They are for what never leaves a run: no accident makes two of them one in practice, an author can. What is published, or decides
what is dropped, has keys that nobody can forge: see `corpus.identity`.
"""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.mixing import FIRST, GOLDEN
from tagpress.columnar.types import Array, Arrays, Bytes

_WORD: Final = 8  # bytes
_SEED: Final = np.uint64(0xD1B54A32D192ED03)
_SHIFT: Final = np.uint64(29)
# A byte of each for each byte of a word. Added to a byte of ASCII, `_FROM_x` sets its highest bit if it is x or behind it.
_EVERY: Final = 0x0101010101010101
_HIGH: Final = np.uint64(0x80 * _EVERY)
_FROM_BANG, _FROM_0, _BEHIND_9, _FROM_A, _BEHIND_Z = (
    np.uint64((0x80 - first) * _EVERY) for first in (0x21, 0x30, 0x3A, 0x41, 0x5B)
)
_TO_BIT: Final = np.uint64(7)
_LOW_HALF: Final = np.uint64(0x0F)
_CASE: Final = np.uint64(2)  # from the highest bit to that which is small letters' alone
_OWN: Final = np.array([(1 << 8 * length) - 1 for length in range(_WORD + 1)], dtype=np.uint64)


def words_of(data: Bytes) -> Array:
    """Return the overlapping words of some bytes: item `i` is the eight from byte `i` on, with zeros behind the last."""
    padded = np.zeros(len(data) + 2 * _WORD, dtype=np.uint8)
    padded[: len(data)] = data
    return np.ndarray((len(data) + _WORD,), np.uint64, padded, 0, (1,))


@compiled
def text_keys(words: Array, bounds: Array) -> tuple[Array, Array]:
    """
    Return a key of each text that forgives the case and the digits of ASCII, and whether it holds white space or more than ASCII.

    `words` are those of the bytes that `bounds` bounds. What is more than ASCII is taken as it is.
    """
    keys, odd = np.empty(bounds.size - 1, np.uint64), np.zeros(bounds.size - 1, np.bool_)
    for text in range(bounds.size - 1):
        key, plain = _SEED, _HIGH
        for at in range(bounds[text], bounds[text + 1], _WORD):
            own = _OWN[min(bounds[text + 1] - at, _WORD)]
            word = words[at] & own
            low, ascii_only = word & ~_HIGH, ~word & _HIGH
            plain &= ((low + _FROM_BANG) & ascii_only) | ~own
            digits = (low + _FROM_0) & ~(low + _BEHIND_9) & ascii_only
            capitals = (low + _FROM_A) & ~(low + _BEHIND_Z) & ascii_only
            word = (word & ~((digits >> _TO_BIT) * _LOW_HALF)) | (capitals >> _CASE)
            key = (key ^ word) * GOLDEN
            key ^= key >> _SHIFT
        key = (key ^ np.uint64(bounds[text + 1] - bounds[text])) * GOLDEN
        keys[text], odd[text] = key ^ (key >> _SHIFT), plain != _HIGH
    return keys, odd


@compiled
def number_keys(numbers: Array, bounds: Array) -> Array:
    """Return a key of each row of numbers."""
    keys = np.empty(bounds.size - 1, np.uint64)
    for row in range(bounds.size - 1):
        key = _SEED
        for at in range(bounds[row], bounds[row + 1]):
            key = (key ^ np.uint64(numbers[at])) * GOLDEN
            key ^= key >> _SHIFT
        keys[row] = key
    return keys


@compiled
def mention_keys(words: Array, bounds: Array, spans: Arrays, context: Array) -> Array:
    """
    Return a key of each run of tokens, of which `spans` has the begins and the stops, and of a number for each: its context.

    A token counts with its length, its first and its last eight bytes, and its place in the run; `words` are those of the text
    that `bounds` cuts into tokens. Cards show what ranks lowest by these keys: they are the same everywhere, for good.
    """

    def mixed(
        number: np.uint64,
    ) -> np.uint64:  # as `mixing.half_mixed`, which would have to be compiled before it is wanted
        spread = (number + GOLDEN) * FIRST
        return (spread ^ (spread >> np.uint64(31))) * GOLDEN

    begins, stops = spans
    keys = np.empty(begins.size, np.uint64)
    for run in range(begins.size):
        total = nth = np.uint64(0)
        for token in range(begins[run], stops[run]):
            start, stop = bounds[token], bounds[token + 1]
            own = _OWN[min(stop - start, _WORD)]
            head, tail = words[start] & own, words[max(stop - _WORD, start)] & own
            word = mixed(head + mixed(tail + mixed(np.uint64(stop - start))))
            total += mixed(word + nth * GOLDEN)
            nth += np.uint64(1)
        keys[run] = mixed(total ^ mixed(context[run]))
    return keys
