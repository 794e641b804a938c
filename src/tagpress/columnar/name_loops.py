"""
Where do the tokens of some names stand in a corpus? Compiled passes over its tokens.

A name is a sequence of tokens; its key is a hash of them, 64 bits. No accident makes two names one in practice, and an author
who does gets a wrong note for it, nothing more: these keys are never published and decide nothing.

What is returned is the beginning of a larger array, of which the system has room for what was touched only: to copy it here
would take longer to compile than the loop.
"""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.types import Array, Arrays, Bytes, Hashes

LONGEST: Final = 12
"""Tokens in the longest name that is looked for."""

COVERED: Final = 1
"""The flag of a token that is in a span."""

JOINED: Final = 2
"""The flag of a token that is in a span which the token before is in too."""

SEED: Final = np.uint64(0x9E3779B97F4A7C15)
MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
SHIFT: Final = np.uint64(29)
_ONE: Final = np.uint64(1)
_THREE: Final = np.uint64(3)
_SEVEN: Final = np.uint64(7)
_BITS: Final = np.uint64(20)  # of a key, behind those that a slot is found by
_EIGHT: Final = 8
_NONE: Final = -1
EMPTY: Final = -2  # neither a name nor the beginning of one


def words_within(data: Bytes) -> Array:
    """Return the overlapping words of some bytes, without a copy: item `i` is the eight from byte `i` on, and the last one ends with them."""
    room = data if len(data) >= _EIGHT else np.append(data, np.zeros(_EIGHT, dtype=np.uint8))
    return np.ndarray((len(room) - _EIGHT + 1,), np.uint64, room, 0, (1,))


@compiled
def token_hashes(words: Array, bounds: Array, wanted: Array) -> Array:
    """
    Return a hash of each token that is wanted, and 0 for the others.

    `words` are those of the bytes that `bounds` bounds, see above. Eight bytes are taken at once, as a branch that nobody can
    foretell takes longer than hashing a token.
    """
    hashes = np.zeros(bounds.size - 1, np.uint64)
    for token in range(bounds.size - 1):
        if wanted[token]:
            at = np.int64(bounds[token])
            left = np.int64(bounds[token + 1]) - at
            found = np.uint64(left) * SEED
            while True:
                beyond = max(
                    0, int(at) - words.size + 1
                )  # of the last word; 8 bytes at most, of which none is left then
                eight = words[at - beyond] >> np.uint64((beyond & 7) << 3)
                if left < _EIGHT:
                    eight &= (_ONE << np.uint64(left << 3)) - _ONE
                found = (found ^ eight) * MIX
                found ^= found >> SHIFT
                left -= _EIGHT
                if left <= 0:
                    break
                at += _EIGHT
            hashes[token] = found
    return hashes


@compiled
def entities_in(labels: Array, bounds: Array, kept: Array) -> tuple[Array, Array, Array, Array, Array]:
    """
    Return the entities of label ids, in the sentences that are looked at: first token, the one behind, type and sentence.

    The last are the flags of all tokens, and of one more.
    """
    begins, ends = np.empty(labels.size, np.int64), np.empty(labels.size, np.int64)
    types, sentences = np.empty(labels.size, np.int64), np.empty(labels.size, np.int64)
    flags = np.zeros(labels.size + 1, np.uint8)
    found = 0
    for sentence in range(bounds.size - 1):
        for token in range(bounds[sentence], bounds[sentence + 1] if kept[sentence] else 0):
            if labels[token]:
                flags[token] = COVERED | JOINED
                if labels[token] & 1:
                    flags[token] = COVERED
                    begins[found], types[found], sentences[found] = token, labels[token] >> 1, sentence
                    found += 1
                ends[found - 1] = token + 1
    return begins[:found], ends[:found], types[:found], sentences[:found], flags


@compiled
def span_keys(hashes: Array, begins: Array, ends: Array) -> tuple[Array, Array]:
    """Return the key of each span of tokens, and those of all that the spans begin with and that is shorter."""
    shorter = made = 0
    for span in range(begins.size):
        shorter += max(0, ends[span] - begins[span] - 1)
    keys, beginnings = np.empty(begins.size, np.uint64), np.empty(shorter, np.uint64)
    for span in range(begins.size):
        key = SEED
        for token in range(begins[span], ends[span]):
            if token > begins[span]:
                beginnings[made] = key
                made += 1
            key = (key ^ hashes[token]) * MIX
            key ^= key >> SHIFT
        keys[span] = key
    return keys, beginnings


@compiled
def tally(keys: Array, codes: Array, weights: Array) -> tuple[Array, Array]:
    """Return where each different pair of key and code stands first, in the order of these places, and the sum of its weights."""
    size = 2
    while size < 2 * keys.size:
        size *= 2
    slots = np.full(size, _NONE, np.int32)
    firsts, sums = np.empty(keys.size, np.int64), np.empty(keys.size, np.int64)
    found = 0
    for i in range(keys.size):
        slot = np.int64((keys[i] ^ np.uint64(codes[i]) * MIX) & np.uint64(size - 1))
        while slots[slot] != _NONE and (keys[firsts[slots[slot]]] != keys[i] or codes[firsts[slots[slot]]] != codes[i]):
            slot = (slot + 1) & (size - 1)
        if slots[slot] == _NONE:
            slots[slot], firsts[found], sums[found] = found, i, 0
            found += 1
        sums[slots[slot]] += weights[i]
    return firsts[:found], sums[:found]


@compiled
def key_table(keys: Array, beginnings: Array) -> Array:
    """
    Return a hash table of keys, and of what longer names begin with: for each slot a key, and a value right behind it.

    The value of a key is twice its number, that of a beginning is -2, and either is one more if a longer name begins so; -2 by
    itself is that of an empty slot. The keys are different.
    """
    size = 2
    while size < 2 * (keys.size + beginnings.size):
        size *= 2
    table = np.full(2 * size, EMPTY, np.int64)
    for i in range(keys.size + beginnings.size):
        key = np.int64(keys[i]) if i < keys.size else np.int64(beginnings[i - keys.size])
        slot = 2 * (key & (size - 1))
        while table[slot + 1] != EMPTY and table[slot] != key:
            slot = (slot + 2) & (table.size - 1)
        table[slot] = key
        table[slot + 1] = 2 * i if i < keys.size else table[slot + 1] | 1
    return table


def key_bits(keys: Hashes, beginnings: Hashes) -> Bytes:
    """Return a bit for each value of some bits of a key, which is set if a key has them; eight in a byte."""
    bits = 1 << max(16, (8 * (len(keys) + len(beginnings))).bit_length())
    found = np.zeros(bits, dtype=np.bool_)
    for some in (keys, beginnings):
        found[some >> _BITS & np.uint64(bits - 1)] = True
    return np.packbits(found, bitorder="little")


@compiled
def first_tokens(hashes: Array, bounds: Array, kept: Array, bits: Array) -> tuple[Array, Array, Array]:
    """
    Return the tokens that may begin a name, their sentences, and their keys.

    `bounds` are those of sentences, of which some are `kept`, `bits` those of all keys that are wanted. Most tokens begin no name; which do
    is found without a branch, as nobody can foretell it, and so is all below.
    """
    tokens, rows = np.empty(hashes.size + 1, np.int32), np.empty(hashes.size + 1, np.int32)
    keys, found = np.empty(hashes.size + 1, np.uint64), 0
    for row in range(bounds.size - 1):
        for token in range(bounds[row], bounds[row + 1] if kept[row] else 0):
            key = (SEED ^ hashes[token]) * MIX
            key ^= key >> SHIFT
            tokens[found], rows[found], keys[found] = token, row, key
            bit = key >> _BITS & np.uint64(8 * bits.size - 1)
            found += bits[bit >> _THREE] >> (bit & _SEVEN) & 1
    return tokens[:found], rows[:found], keys[:found]


@compiled
def numbers_in(keys: Array, table: Array) -> Array:
    """Return the number that each key has in a table, -1 for one that is not there."""
    numbers = np.empty(keys.size, np.int64)
    for i in range(keys.size):
        key = np.int64(keys[i])
        slot = 2 * key & (table.size - 1)
        while table[slot + 1] != EMPTY and table[slot] != key:
            slot = (slot + 2) & (table.size - 1)
        numbers[i] = max(_NONE, table[slot + 1] >> 1)
    return numbers


@compiled
def looked_up(begun: Arrays, size: int, wanted: Arrays, sentences: Arrays) -> tuple[Arrays, tuple[Array, Array, Array]]:
    """
    Return which of what names begin with, of `size` tokens, are names, and which go on, with one token more.

    `begun` are first tokens, sentences and keys, and so is what goes on; of the names come numbers, sentences and first tokens. `wanted` are the table of keys and
    their bits, `sentences` the hashes of tokens, and bounds.
    """
    tokens, rows, keys = begun
    table, bits = wanted
    hashes, bounds = sentences
    numbers, in_rows, starts = (
        np.empty(keys.size + 1, np.int32),
        np.empty(keys.size + 1, np.int32),
        np.empty(keys.size + 1, np.int32),
    )
    own_tokens, own_rows = np.empty(keys.size + 1, np.int32), np.empty(keys.size + 1, np.int32)
    own_keys, found, left = np.empty(keys.size + 1, np.uint64), 0, 0
    for i in range(keys.size):
        key = np.int64(keys[i])
        slot = 2 * key & (table.size - 1)
        while table[slot + 1] != EMPTY and table[slot] != key:
            slot = (slot + 2) & (table.size - 1)
        value = table[slot + 1]
        numbers[found], in_rows[found], starts[found] = value >> 1, rows[i], tokens[i]
        found += value >= 0
        last = np.int64(tokens[i]) + size
        there = last < bounds[rows[i] + 1]
        longer = (keys[i] ^ hashes[last if there else 0]) * MIX
        longer ^= longer >> SHIFT
        own_tokens[left], own_rows[left], own_keys[left] = tokens[i], rows[i], longer
        bit = longer >> _BITS & np.uint64(8 * bits.size - 1)
        left += there & value & bits[bit >> _THREE] >> (bit & _SEVEN) & 1
    return (numbers[:found], in_rows[:found], starts[:found]), (own_tokens[:left], own_rows[:left], own_keys[:left])
