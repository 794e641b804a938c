"""
The compiled loop that turns the bytes of a piece into tokens, tags, sentences and faults.

One pass, no Python object per line. What a kind of line does in each state is not written here but handed in as the
tables of `grammar.py`, so that blank lines, markers and document lines are all the same loop.

This module imports numba, so only `scan.py` imports it, and only when there is something to scan.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from tagpress.read import grammar
from tagpress.read.grammar import (
    ADD,
    AS_ROW,
    BLANK,
    CLOSE,
    DOCUMENT,
    END,
    INPUT_END,
    LONE_END,
    NAMED_DOCUMENT,
    NESTED,
    OPEN,
    RAGGED,
    ROW,
    SENTENCE_ID,
    STRAY,
    UNCLOSED,
)

P = ParamSpec("P")
R = TypeVar("R")
Array = NDArray[Any]

RAGGED_LINE, STRAY_LINE, UNCLOSED_SENTENCE, NESTED_SENTENCE, EMPTY_SENTENCE, EMPTY_TOKEN = range(6)
LF, CR, TAB, SPACE = 10, 13, 9, 32
WORD = 8  # bytes
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: spreads neighbours over the table
MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)
WHITESPACE_LINES = grammar.BLANKS.index("whitespace")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile with numba and keep the machine code on disk, or only in memory where no folder can be written."""
    try:
        done: Callable[P, R] = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # "no locator available": neither the package's folder nor the user's cache is writable
        done = numba.njit(nogil=True)(function)
    return done


@compiled
def matches(data: Array, at: int, stop: int, text: Array) -> bool:
    """Return whether `data[at:stop]` starts with `text`."""
    if stop - at < text.size:
        return False
    same = 0
    while same < text.size and data[at + same] == text[same]:
        same += 1
    return same == text.size


@compiled
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


@compiled
def is_blank(data: Array, at: int, stop: int, rule: int, delimiter: Array) -> bool:
    """Return whether a line is nothing but delimiters, or nothing but spaces and tabs where that is the `rule`."""
    if rule == WHITESPACE_LINES:
        while at < stop and (data[at] == SPACE or data[at] == TAB):
            at += 1
    else:
        while at < stop and matches(data, at, stop, delimiter):
            at += delimiter.size
    return at == stop


@compiled
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


@compiled
def last_word(data: Array, at: int, stop: int) -> Any:  # noqa: ANN401 - numba's uint64
    """Return the bytes `data[at:stop]`, fewer than 8, as a number, where no whole word can be read."""
    word = np.uint64(0)
    for i in range(stop - at):
        word |= np.uint64(data[at + i]) << np.uint64(8 * i)
    return word


@compiled
def scan(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop over shared counters: a call for each line costs four times the loop
    data: Array, words: Array, at: int, header: int, rules: tuple[Any, ...], output: tuple[Array, ...]
) -> tuple[int, int, int, int, int]:
    """
    Fill the output arrays, and return how many tokens, sentences, documents, faults and distinct tags they hold.

    Input: `words[i]` is the 8 bytes of `data` from byte i. Of the rules, `first[b]` is 1 where byte `b` may end a
    column or a line, plus 2 where a line that begins with it may be special; `lines` has one row (kind, begin and stop
    of its text in `texts`, whole line or prefix) for each kind of special line; a row has `narrow` to `wide` columns;
    `columns` picks columns: the token's, the tag's, then the extra ones.

    Output: row 0 of `tokens` is the tag, row 1 and 2 where token and tag begin, then come pairs of begin and stop of
    the extra columns; `sentences` has rows first token, begin, stop, document, begin and stop of its id; `documents`
    has rows begin and stop of the name, both 0 for none; `faults` has rows kind, at, sentence, detail; `names` has
    rows begin and stop of each distinct tag, `heads` and `tails` its first and last word. `value_words` is to `values`
    what `words` is to `data`. `places` and `slots` are room to work in.
    """
    actions, states, first, lines, texts, delimiter, blank, narrow, wide, columns = rules
    values, value_words, offsets, tokens, sentences, documents, faults, names, heads, tails, slots, places = output
    size, width, wordy = data.size, delimiter.size, words.size
    begin, stop = np.empty(wide, np.int64), np.empty(wide, np.int64)
    mask = np.uint64(slots.size - 1)
    state = token = sentence = document = fault = tag = filled = read = last = stray = id_begin = id_stop = 0
    place = found = code = 0
    last_length, last_head, last_tail = -1, np.uint64(0), np.uint64(0)
    looked = at
    offsets[0] = 0
    while True:
        # 1. The line: where do its columns begin and stop?
        kind, line, text, start, count = ROW, at, at, at, 0
        if at >= size:
            kind = INPUT_END
        else:
            while True:
                if place == found:
                    if looked >= size:
                        at = size
                        break
                    found, place = find(data, looked, first, places), 0
                    looked += places.size - 1
                    continue
                at = int(places[place])
                place += 1
                if data[at] == LF:
                    break
                if width <= 1 or (at >= start and matches(data, at, size, delimiter)):
                    if width or at > start:
                        if count < wide:
                            begin[count], stop[count] = start, at
                        count += 1
                    start = at + max(width, 1)
            end = at
            if end < size and end > start and data[end - 1] == CR:
                end -= 1
            if width or end > start:
                if count < wide:
                    begin[count], stop[count] = start, end
                count += 1
            at += 1
            # 2. Its kind.
            if header:
                header -= 1
                continue
            if end == line:
                kind, count = BLANK, 0
            elif first[data[line]] & 2:
                if blank and is_blank(data, line, end, blank, delimiter):
                    kind, count = BLANK, 0
                else:
                    kind, text = special(data, line, end, lines, texts)
                    if actions[state, kind] & AS_ROW:
                        kind = ROW
            if kind == ROW and not narrow <= count <= wide:
                kind = RAGGED
        # 3. What it does.
        action = actions[state, kind]
        if action != ADD:
            state = states[state, kind]
            if action & (NESTED | UNCLOSED):
                nested = action & NESTED
                faults[0, fault] = NESTED_SENTENCE if nested else UNCLOSED_SENTENCE
                faults[1, fault] = line if nested else sentences[1, sentence]
                faults[2, fault] = sentence
                faults[3, fault] = sentences[1, sentence] if nested else read
                fault += 1
            if action & CLOSE:
                sentences[2, sentence] = min(at if kind == END else last, size)
                if sentences[0, sentence] == token:
                    faults[0, fault], faults[1, fault] = EMPTY_SENTENCE, sentences[1, sentence]
                    faults[2, fault], faults[3, fault] = sentence, 0
                    fault += 1
                if stray:
                    faults[3, stray - 1] = read
                    stray = 0
                sentence += 1
            if action & LONE_END:
                faults[0, fault], faults[1, fault], faults[2, fault], faults[3, fault] = STRAY_LINE, line, -1, 1
                fault += 1
            if action & OPEN:
                read, last = 0, at
                sentences[0, sentence], sentences[1, sentence], sentences[3, sentence] = token, line, document
                sentences[4, sentence], sentences[5, sentence] = id_begin, id_stop
                id_begin = id_stop = 0
            if action & STRAY:
                faults[0, fault], faults[1, fault], faults[2, fault] = STRAY_LINE, line, sentence
                fault += 1
                stray = fault
            if kind == INPUT_END:
                break
            if kind == SENTENCE_ID:
                id_begin, id_stop = text, end
            elif kind in {BLANK, END}:
                id_begin = id_stop = 0
            elif kind in {DOCUMENT, NAMED_DOCUMENT}:
                document += 1
                documents[0, document] = text if kind == NAMED_DOCUMENT else 0
                documents[1, document] = end if kind == NAMED_DOCUMENT else 0
            if not action & ADD:
                continue
        read, last = read + 1, at
        if kind != ROW:
            faults[0, fault], faults[1, fault], faults[2, fault], faults[3, fault] = RAGGED_LINE, line, sentence, count
            fault += 1
            continue
        # 4. The tag's number, from a hash table of the distinct tags. Two words hold all of a tag of up to 16 bytes.
        column = columns[1] if columns[1] >= 0 else count + columns[1]
        i, end = begin[column], stop[column]
        tokens[2, token] = i
        length = end - i
        if i < wordy:
            head = words[i] & MASKS[min(length, 8)]
            tail = words[max(i, end - 8)] & MASKS[min(length, 8)]
        else:
            head = tail = last_word(data, i, end)
        if length > 2 * WORD or length != last_length or head != last_head or tail != last_tail:
            slot = ((((head * MIX) ^ (tail >> np.uint64(7)) ^ np.uint64(length)) * MIX) >> np.uint64(32)) & mask
            while True:
                code = int(slots[slot]) - 1
                if code < 0:
                    code = tag
                    slots[slot] = tag + 1
                    names[0, tag], names[1, tag], heads[tag], tails[tag] = i, end, head, tail
                    tag += 1
                    break
                twin = int(names[0, code])
                if heads[code] == head and tails[code] == tail and names[1, code] - twin == length:
                    same = True
                    for j in range(8, length - 8, 8):
                        same = same and words[i + j] == words[twin + j]
                    if same:
                        break
                slot = (slot + np.uint64(1)) & mask
            last_length, last_head, last_tail = length, head, tail
        tokens[0, token] = code
        # 5. The token's bytes, in words: what is copied too much is written over by the next token.
        column = columns[0] if columns[0] >= 0 else count + columns[0]
        i, end = begin[column], stop[column]
        tokens[1, token] = i
        if i == end:
            faults[0, fault], faults[1, fault], faults[2, fault], faults[3, fault] = EMPTY_TOKEN, i, sentence, token
            fault += 1
        to = filled
        filled += end - i
        if i + 8 < wordy:
            value_words[to], value_words[to + 8] = words[i], words[i + 8]
            i, to = i + 16, to + 16
        while i < end:
            if i < wordy:
                value_words[to] = words[i]
                i, to = i + 8, to + 8
            else:
                values[to] = data[i]
                i, to = i + 1, to + 1
        # 6. Extra columns.
        for extra in range(2, columns.size):
            column = columns[extra] if columns[extra] >= 0 else count + columns[extra]
            tokens[2 * extra - 1, token], tokens[2 * extra, token] = begin[column], stop[column]
        token += 1
        offsets[token] = filled
    sentences[0, sentence] = token
    return token, sentence, document, fault, tag
