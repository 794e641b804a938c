"""
The loops that look at every byte or every token, compiled: one pass each, where NumPy would make several.

Numba is loaded, and the loop compiled or fetched from disk, when a loop first runs: that takes half a second, which a
process that leaves the loops to its workers does not need.

They copy an item at a time: what fails where two slices differ in length is a message, and to compile what writes it
takes three seconds. But they count from 0 through views of what is copied: a place that is a sum may be below 0 for all
that the compiler knows, and where each item is asked for that it copies one at a time, at a third to a fifth of the speed.
"""

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np

from tagpress.columnar.machine_code import load_lightly
from tagpress.columnar.types import Array, Arrays
from tagpress.extras import needed_for

P = ParamSpec("P")
R = TypeVar("R")

LF = 10


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a loop when it is first called. Loops that call each other cannot wait for that: see `compile_now`."""

    @functools.cache
    def machine() -> Callable[P, R]:
        return compile_now(function)

    @functools.wraps(function)
    def call(*arguments: P.args, **options: P.kwargs) -> R:
        return machine()(*arguments, **options)

    return call


def compile_now(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba and keep the machine code on disk, or only in memory where no folder can be written."""
    with needed_for("a compiled loop"):
        import numba  # noqa: PLC0415 - see above

    try:
        done: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
        load_lightly(done)
    except RuntimeError:  # "no locator available": neither the package's folder nor the user's cache is writable
        done = numba.njit(nogil=True)(function)
    return done


def compile_as(signature: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Compile a loop at once, for one signature, in numba's words, to which arguments are converted.

    One that other loops call numba would compile anew for each mix of widths and of literals that it is called with.
    """

    def made(function: Callable[P, R]) -> Callable[P, R]:
        done: Any = compile_now(function)
        done.compile(signature)
        done.disable_compile()
        return cast("Callable[P, R]", done)

    return made


@compiled
def lines_before(data: Array, at: Array) -> Array:
    """Return how many line ends stand before each of some ascending byte offsets."""
    found = np.empty(at.size, np.int64)
    lines = place = 0
    for i in range(at.size):
        between = data[place : at[i]]
        here = np.int32(0)  # as narrow as it can be: the compiler counts many bytes at once
        for k in range(between.size):
            here += np.int32(between[k] == LF)
        lines += int(here)
        place = at[i]
        found[i] = lines
    return found


@compiled
def find_bytes(data: Array, wanted: Array) -> Array:
    """Return the places of the bytes for which `wanted`, a table of 256, has 1; elsewhere it has 0."""
    # Without a branch: every place is written, and the ones that do not count are written over.
    places = np.empty(data.size + 1, np.int32)
    found = 0
    for i in range(data.size):
        places[found] = i
        found += wanted[data[i]]
    return places[:found].copy()


@compiled
def copy_rows(data: Array, bounds: Array, target: Array, places: Array) -> None:
    """Copy each row, the bytes between two bounds, to its place in the target, and move the place behind it."""
    for row in range(places.size):
        source = data[bounds[row] : bounds[row + 1]]
        goal = target[places[row] : places[row] + source.size]
        for k in range(goal.size):
            goal[k] = source[k]
        places[row] += source.size


@compiled
def copy_sentences(places: Arrays, source: Arrays, target: Arrays) -> None:
    """Copy each sentence's label ids, text and token offsets to where its turn is."""
    rows, token_starts, byte_starts = places
    tokens_at, bounds, text_in, labels_in = source
    offsets, text, labels = target
    for i in range(rows.size):
        first, last = tokens_at[rows[i]], tokens_at[rows[i] + 1]
        begin, end = bounds[first], bounds[last]
        token, byte = token_starts[i], byte_starts[i]
        read, made = labels_in[first:last], labels[token : token + last - first]
        for k in range(made.size):
            made[k] = read[k]
        letters, goal = text_in[begin:end], text[byte : byte + end - begin]
        for k in range(goal.size):
            goal[k] = letters[k]
        own, moved, shift = bounds[first:last], offsets[token : token + last - first], np.int32(byte - begin)
        for k in range(moved.size):
            moved[k] = own[k] + shift


@compiled
def count_labels(label_ids: Array, bounds: Array, kinds: Array, shape: tuple[int, int]) -> Array:
    """Return how often each label occurs in the sentences of each kind, as an array of `shape` [kind, label]; of kind -1 none counts."""
    counts = np.zeros(shape, np.int64)
    for sentence in range(kinds.size):
        if kinds[sentence] >= 0:
            own = counts[kinds[sentence]]
            for token in range(bounds[sentence], bounds[sentence + 1]):
                own[label_ids[token]] += 1
    return counts


@compiled
def find_entities(label_ids: Array, bounds: Array) -> tuple[Array, Array, Array, Array, int]:
    """
    Find the entities in rows of IOB2 label ids: an odd one begins an entity, and the even one behind it goes on in it.

    Return the begin, the end, the row and the label of each, and the first place at which they are not IOB2, or -1.
    """
    most = 0
    for token in range(label_ids.size):
        most += label_ids[token] & 1
    begins, ends = np.empty(most, np.int64), np.empty(most, np.int64)
    rows, labels = np.empty(most, np.int64), np.empty(most, np.int64)
    found = 0
    for row in range(bounds.size - 1):
        first, own = bounds[row], label_ids[bounds[row] : bounds[row + 1]]
        open_label = -1
        for token in range(own.size):
            label = own[token]
            if label & 1:
                begins[found], rows[found], labels[found] = first + token, row, label
                ends[found] = first + token + 1
                found, open_label = found + 1, label
            elif not label:
                open_label = -1
            elif label == open_label + 1:
                ends[found - 1] = first + token + 1
            else:
                return begins, ends, rows, labels, first + token
    return begins, ends, rows, labels, -1


@compiled
def convert_tags(tags: Array, roles: Array, types: Array, offsets: Array, steps: Array) -> tuple[Array, Array, Array]:
    """Convert tags to label ids: the loop of `tags.to_iob2`, which explains the arguments and the answers."""
    label_ids = np.empty(tags.size, np.int16)
    invalid, unfinished = np.empty(tags.size, np.int64), np.empty(offsets.size, np.int64)
    n_invalid = n_unfinished = 0
    width = steps.shape[1]
    flat = steps.reshape(-1)  # one place in place of three: half of the loop's time
    for sentence in range(offsets.size - 1):
        before, type_before = 0, -1  # a sentence stands between two O's
        own = tags[offsets[sentence] : offsets[sentence + 1]]
        made = label_ids[offsets[sentence] : offsets[sentence + 1]]
        for token in range(own.size):
            role, entity_type = int(roles[own[token]]), int(types[own[token]])
            step = flat[2 * (width * before + role) + int(entity_type == type_before)]
            if not step & 1:
                invalid[n_invalid] = offsets[sentence] + token
                n_invalid += 1
            made[token] = 2 * entity_type + 2 - (step >> 1) if role else 0
            before, type_before = role, entity_type
        if not flat[2 * width * before] & 1:
            unfinished[n_unfinished] = offsets[sentence + 1] - 1
            n_unfinished += 1
    return label_ids, invalid[:n_invalid].copy(), unfinished[:n_unfinished].copy()
