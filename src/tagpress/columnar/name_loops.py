"""
Where do the tokens of some names stand in a corpus? Compiled passes over its tokens.

A name is a sequence of tokens; its key is a hash of them, 64 bits. No accident makes two names one in practice, and an author
who does gets a wrong note for it, nothing more: these keys are never published and decide nothing.
"""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.types import Array

LONGEST: Final = 12
"""Tokens in the longest name that is looked for."""

_OFFSET: Final = np.uint64(0xCBF29CE484222325)  # FNV-1a
_PRIME: Final = np.uint64(0x100000001B3)
_SEED: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(29)
_NONE: Final = -1
_BIG_A: Final = 65
_BIG_Z: Final = 90


@compiled
def token_hashes(text: Array, bounds: Array) -> tuple[Array, Array]:
    """Return a hash of each token, and whether it begins with a capital of ASCII."""
    hashes, capitals = np.empty(bounds.size - 1, np.uint64), np.zeros(bounds.size - 1, np.bool_)
    for token in range(bounds.size - 1):
        found = _OFFSET
        for at in range(bounds[token], bounds[token + 1]):
            found = (found ^ np.uint64(text[at])) * _PRIME
        hashes[token] = found ^ (found >> _SHIFT)
        if bounds[token + 1] > bounds[token]:
            first = text[bounds[token]]
            capitals[token] = first >= _BIG_A and first <= _BIG_Z
    return hashes, capitals


@compiled
def span_keys(hashes: Array, begins: Array, ends: Array) -> Array:
    """Return the key of each span of tokens, which `spans_of` makes in the same way."""
    keys = np.empty(begins.size, np.uint64)
    for span in range(begins.size):
        key = _SEED
        for token in range(begins[span], ends[span]):
            key = (key ^ hashes[token]) * _MIX
            key ^= key >> _SHIFT
        keys[span] = key
    return keys


@compiled
def slots_of(keys: Array) -> Array:
    """Return a hash table of different keys: the number of a key, or -1, in each slot; there are a power of two of them."""
    size = 2
    while size < 2 * keys.size:
        size *= 2
    slots = np.full(size, _NONE, np.int32)
    for number in range(keys.size):
        slot = np.int64(keys[number] & np.uint64(size - 1))
        while slots[slot] != _NONE:
            slot = (slot + 1) & (size - 1)
        slots[slot] = number
    return slots


@compiled
def looked_up(wanted: Array, slots: Array, keys: Array) -> Array:
    """Return for each of the wanted keys its number among those of a hash table, or -1."""
    numbers = np.empty(wanted.size, np.int32)
    for i in range(wanted.size):
        slot = np.int64(wanted[i] & np.uint64(slots.size - 1))
        while slots[slot] != _NONE and keys[slots[slot]] != wanted[i]:
            slot = (slot + 1) & (slots.size - 1)
        numbers[i] = slots[slot]
    return numbers


@compiled
def spans_of(hashes: Array, bounds: Array, lengths: Array) -> tuple[Array, Array, Array]:
    """
    Return the spans of tokens that have a wanted length: first token, length and key.

    `lengths` has for each token a bit for every length that is wanted of it. No span leaves its sentence, whose bounds are given.
    """
    found = 0
    starts, sizes, keys = np.empty(1024, np.int64), np.empty(1024, np.int64), np.empty(1024, np.uint64)
    for sentence in range(bounds.size - 1):
        for start in range(bounds[sentence], bounds[sentence + 1]):
            key = _SEED
            for length in range(1, min(LONGEST, bounds[sentence + 1] - start) + 1):
                if lengths[start] >> length == 0:
                    break
                key = (key ^ hashes[start + length - 1]) * _MIX
                key ^= key >> _SHIFT
                if (lengths[start] >> length) & 1:
                    if found == starts.size:
                        starts = np.concatenate((starts, np.empty(found, np.int64)))
                        sizes = np.concatenate((sizes, np.empty(found, np.int64)))
                        keys = np.concatenate((keys, np.empty(found, np.uint64)))
                    starts[found], sizes[found], keys[found] = start, length, key
                    found += 1
    return starts[:found].copy(), sizes[:found].copy(), keys[:found].copy()
