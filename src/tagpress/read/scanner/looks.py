"""
What the compiled loop asks of a few bytes: compiled too, for `kernel.py` alone.

This module uses numba, as that one does.
"""

from typing import Any, Final

import numpy as np

from tagpress.columnar.loops import compile_as, compile_now
from tagpress.columnar.types import Array
from tagpress.read.scanner import grammar
from tagpress.read.scanner.grammar import ROW

SPACE, TAB = 32, 9
WHITESPACE_LINES: Final = grammar.BLANKS.index("whitespace")


@compile_now
def matches(data: Array, at: int, stop: int, text: Array) -> bool:
    """Return whether `data[at:stop]` starts with `text`."""
    if stop - at < text.size:
        return False
    same = 0
    while same < text.size and data[at + same] == text[same]:
        same += 1
    return same == text.size


@compile_now
def find(data: Array, at: int, structural: Array, places: Array) -> int:
    """
    Note the places of structural bytes from `at` on, as far as `places` reaches; return their number.

    Without a branch: every place is written, and the ones that do not count are written over.
    """
    block = data[at : at + places.size - 1]
    found = 0
    for i in range(block.size):
        places[found] = at + i
        found += structural[block[i]] & 1
    return found


@compile_now
def is_blank(data: Array, at: int, stop: int, rule: int, delimiter: Array) -> bool:
    """Return whether a line is nothing but delimiters, or nothing but spaces and tabs where that is the `rule`."""
    if rule == WHITESPACE_LINES:
        while at < stop and (data[at] == SPACE or data[at] == TAB):
            at += 1
    else:
        while at < stop and matches(data, at, stop, delimiter):
            at += delimiter.size
    return at == stop


@compile_now
def special(data: Array, at: int, stop: int, lines: Array, texts: Array) -> tuple[int, int]:
    """Return the kind of a marker, document or comment line and where its own text begins; ROW for any other line."""
    for i in range(lines.shape[0]):
        begin, size = lines[i, 1], lines[i, 2] - lines[i, 1]
        if stop - at == size or (stop - at > size and not lines[i, 3]):
            same = 0
            while same < size and data[at + same] == texts[begin + same]:
                same += 1
            if same == size:
                return lines[i, 0], at + size
    return ROW, at


@compile_now
def is_tag(data: Array, at: int, stop: int, spelling: tuple[Array, Array, int]) -> bool:
    """Return whether `data[at:stop]` is spelled like a tag, as `ambiguous.is_tag` says."""
    first, joiner, plain = spelling
    role = int(first[data[at]]) if at < stop else 0
    if stop - at <= 1 or plain:
        return role > 0 or (plain > 0 and at < stop)
    return role == 1 and stop - at - 1 > joiner.size and matches(data, at + 1, stop, joiner)


@compile_now
def odd(data: Array, at: int, stop: int, quote: int, before: int) -> int:
    """Return 1 if there is an odd number of quotes in `data[at:stop]` and `before`, else 0."""
    for i in range(at, stop):
        before ^= int(data[i] == quote)
    return before


@compile_now
def unquote(data: Array, begin: int, stop: int, quote: int) -> tuple[int, int, bool]:
    """
    Return where the text of a column begins and stops, and whether it is well quoted.

    A text with doubled quotes keeps its own around it: `scan.unquoted` knows it by them.
    """
    if begin == stop or data[begin] != quote:
        return begin, stop, True
    i, last, doubled = begin + 1, stop - 1, False
    while i < last and (data[i] != quote or (i + 1 < last and data[i + 1] == quote)):
        doubled = doubled or data[i] == quote
        i += 1 + (data[i] == quote)
    whole = begin < last and i == last and data[last] == quote
    return (begin, stop, whole) if doubled or not whole else (begin + 1, last, True)


@compile_now
def last_word(data: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - numba's uint64
    """Return the bytes `data[at:stop]`, fewer than 8, as a number, where no whole word can be read."""
    word = np.uint64(0)
    for i in range(stop - at):
        word |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return word


@compile_as("int64(int32[:, ::1], int64, int64, int64, int64, int64)")
def note(  # noqa: PLR0917 - compiled code takes its arguments by place
    faults: Array, number: int, kind: int, at: int, sentence: int, detail: int
) -> int:
    """Enter a fault; return how many there are now."""
    faults[0, number], faults[1, number], faults[2, number], faults[3, number] = kind, at, sentence, detail
    return number + 1
