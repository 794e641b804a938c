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
_LAST: Final = np.uint64(63)
_EIGHT: Final = 8
_NONE: Final = -1
EMPTY: Final = -2  # neither a name nor the beginning of one


@compiled
def token_hashes(words: Array, bounds: Array, wanted: Array) -> Array:
    """
    Return a hash of each token that is wanted, and 0 for the others.

    `words` are the bytes of the texts, eight at a time, and two more words; `bounds` are those of tokens in bytes. Eight bytes
    are taken at once, as a branch that nobody can foretell takes longer than hashing a token.
    """
    hashes = np.zeros(bounds.size - 1, np.uint64)
    for token in range(bounds.size - 1):
        if wanted[token]:
            at = np.int64(bounds[token])
            left = np.int64(bounds[token + 1]) - at
            found = np.uint64(left) * SEED
            while True:
                shift = np.uint64((at & 7) << 3)
                eight = words[at >> 3] >> shift | words[(at >> 3) + 1] << _ONE << (_LAST - shift)
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
def looked_up(keys: Array, table: Array) -> Array:
    """Return the value that each key has in a table; for one that is not there that of an empty slot."""
    values = np.empty(keys.size, np.int64)
    for i in range(keys.size):
        key = np.int64(keys[i])
        slot = 2 * key & (table.size - 1)
        while table[slot + 1] != EMPTY and table[slot] != key:
            slot = (slot + 2) & (table.size - 1)
        values[i] = table[slot + 1]
    return values


@compiled
def one_longer(begun: Arrays, values: Array, size: int, sentences: Arrays, bits: Array) -> tuple[Array, Array, Array]:
    """
    Return those of the beginnings of names, of `size` tokens, that go on, with one token more.

    `begun` are first tokens, sentences and keys, `values` those of the keys; `sentences` are the hashes of tokens, and bounds.
    """
    tokens, rows, keys = begun
    hashes, bounds = sentences
    own_tokens, own_rows = np.empty(values.size + 1, np.int32), np.empty(values.size + 1, np.int32)
    own_keys, found = np.empty(values.size + 1, np.uint64), 0
    for i in range(values.size):
        last = np.int64(tokens[i]) + size
        there = last < bounds[rows[i] + 1]
        key = (keys[i] ^ hashes[last if there else 0]) * MIX
        key ^= key >> SHIFT
        own_tokens[found], own_rows[found], own_keys[found] = tokens[i], rows[i], key
        bit = key >> _BITS & np.uint64(8 * bits.size - 1)
        found += there & values[i] & bits[bit >> _THREE] >> (bit & _SEVEN) & 1
    return own_tokens[:found], own_rows[:found], own_keys[:found]


@compiled
def read_at(begun: Arrays, values: Array, size: int, spans: Arrays, flags: Array) -> tuple[Array, Array, Array, Array]:
    """
    Return the names of `size` tokens among what `begun` has: number, reading, sentence and first token of each.

    Of what is begun, `values` are those of its keys, and first tokens ascend. `spans` are begins, ends and types, of which begins ascend; `flags` says of
    each token, and of one more, whether it is `COVERED` and `JOINED`. The reading of a span is its type and two; without one it is 0
    if no token is in a span, 1 if some are. What stands within a span, or across the edge of one, has none.
    """
    starts, in_rows, _ = begun
    begins, ends, types = spans
    numbers, readings = np.empty(values.size, np.int32), np.empty(values.size, np.int16)
    rows, tokens = np.empty(values.size, np.int32), np.empty(values.size, np.int32)
    found = span = 0
    for i in range(values.size):
        if values[i] >= 0:
            start, stop, reading = np.int64(starts[i]), np.int64(starts[i]) + size, _NONE
            while span < begins.size and begins[span] < start:
                span += 1
            at = span
            while at < begins.size and begins[at] == start and reading == _NONE:
                if ends[at] == stop:
                    reading = types[at] + 2
                at += 1
            if reading == _NONE and not (flags[start] | flags[stop]) & JOINED:
                reading = 0
                for token in range(start, stop):
                    reading |= flags[token] & COVERED
            numbers[found], readings[found], rows[found], tokens[found] = values[i] >> 1, reading, in_rows[i], start
            found += reading != _NONE
    return numbers[:found], readings[:found], rows[:found], tokens[:found]
