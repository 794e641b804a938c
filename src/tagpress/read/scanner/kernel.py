"""
The compiled loop that turns the bytes of a piece into tokens, tags, sentences and faults.

One pass, no Python object per line. What a kind of line does in each state is not written here but handed in as the
tables of `grammar.py`, so that blank lines, markers and document lines are all the same loop.

This module uses numba, so only `scan.py` imports it, and only when there is something to scan. What it asks of a few bytes is
in `looks.py`.
"""

from typing import Any

import numpy as np

from tagpress.columnar.loops import compile_now
from tagpress.columnar.mixing import GOLDEN
from tagpress.columnar.types import Array
from tagpress.read.scanner import grammar
from tagpress.read.scanner.grammar import (
    ADD,
    AS_ROW,
    BLANK,
    CLOSE,
    END,
    INPUT_END,
    INSIDE,
    NESTED,
    OPEN,
    ROW,
    UNCLOSED,
)
from tagpress.read.scanner.looks import find, is_blank, is_tag, last_word, matches, note, odd, special, unquote

RAGGED_LINE, STRAY_LINE, UNCLOSED_SENTENCE, NESTED_SENTENCE, EMPTY_SENTENCE, EMPTY_TOKEN = range(6)
AMBIGUOUS_COMMENT, BROKEN_QUOTE = 8, 9  # behind the two codes that other readers note
LF, CR = 10, 13
WORD = 8  # bytes
MASKS = np.array([(1 << 8 * length) - 1 for length in range(9)], dtype=np.uint64)
IS_PROBLEM, IS_TOKEN = grammar.AMBIGUOUS.index("problem"), grammar.AMBIGUOUS.index("token")


@compile_now
def scan(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one loop over shared counters: a call for each line costs four times the loop
    data: Array, words: Array, at: int, header: int, rules: tuple[Any, ...], output: tuple[Array, ...]
) -> tuple[int, int, int, int, int, int]:
    """
    Fill the output arrays, and return how many lines, tokens, sentences, documents, faults and distinct tags they hold.

    `rules` and `output` are made, and explained, in `scan.py`.
    """
    actions, states, first, lines, texts, delimiter, blank, narrow, wide, columns, quote, ambiguous, spelling = rules
    (
        values,
        value_words,
        offsets,
        tokens,
        sentences,
        documents,
        faults,
        names,
        heads,
        tails,
        slots,
        places,
        kinds,
        sizes,
    ) = output
    size, width, wordy = data.size, delimiter.size, words.size
    token_column, tag_column = columns[0], columns[1]
    regular = width == 1 and narrow == wide and columns.size == 2 and not quote  # noqa: PLR2004 - token and tag
    begin, stop = np.empty(wide, np.int64), np.empty(wide, np.int64)
    mask = np.uint64(slots.size - 1)
    state = token = sentence = document = fault = tag = filled = read = last = stray = id_begin = id_stop = 0
    place = found = code = alike = inside = looked_at = row = row_bytes = 0
    broken = False
    last_length, last_head, last_tail = -1, np.uint64(0), np.uint64(0)
    looked = at
    offsets[0] = 0
    while True:
        # 1. Most lines are rows as they should be, inside a sentence: their places say where the columns are.
        plain = regular and state == INSIDE and place + wide <= found and first[data[at]] <= 1
        if plain:
            plain = data[places[place + wide - 1]] == LF
            for i in range(place, place + wide - 1):
                plain = plain and data[places[i]] != LF
        if plain:
            i, end = at, int(places[place + wide - 1])
            tag_begin = int(places[place + tag_column - 1]) + 1 if tag_column else at
            tag_end = int(places[place + tag_column])
            if token_column:
                i = int(places[place + token_column - 1]) + 1
            row_bytes += end + 1 - at
            at, end = end + 1, int(places[place + token_column])
            if data[at - 2] == CR:
                tag_end -= tag_end == at - 1 and tag_end > tag_begin
                end -= end == at - 1 and end > i
            place += wide
            read, last, row = read + 1, at, row + 1
        else:
            # 2. Any other line: where do its columns begin and stop?
            kind, line, text, start, count, alike, broken = ROW, at, at, at, 0, ROW, False
            if at >= size:
                kind = INPUT_END
            else:
                inside = 0
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
                    if quote and at > start and data[start] == quote:
                        inside, looked_at = odd(data, max(looked_at, start), at, quote, inside), at
                        if inside:
                            continue
                    if width <= 1 or (at >= start and matches(data, at, size, delimiter)):
                        if width or at > start:
                            if count < wide:
                                begin[count], stop[count] = start, at
                            count += 1
                        start, inside = at + max(width, 1), 0
                end = at
                if end < size and end > start and data[end - 1] == CR:
                    end -= 1
                if width or end > start:
                    if count < wide:
                        begin[count], stop[count] = start, end
                    count += 1
                at += 1
                # 3. Its kind.
                if header:
                    header -= 1
                    kinds[row], row = grammar.HEADER, row + 1
                    sizes[0, grammar.HEADER] += 1
                    sizes[1, grammar.HEADER] += min(at, size) - line
                    continue
                for i in range(min(count, wide) if quote else 0):
                    begin[i], stop[i], whole = unquote(data, begin[i], stop[i], quote)
                    broken = broken or not whole
                if end == line:
                    kind, count = BLANK, 0
                elif first[data[line]] > 1:
                    if blank and is_blank(data, line, end, blank, delimiter):
                        kind, count = BLANK, 0
                    else:
                        kind, text = special(data, line, end, lines, texts)
                        if actions[state, kind] & AS_ROW:
                            kind = ROW
                        elif (
                            ambiguous <= IS_TOKEN
                            and kind >= grammar.DOCUMENT
                            and narrow <= count <= wide
                            and not broken
                        ):
                            column = tag_column if tag_column >= 0 else count + tag_column
                            bare = False  # the line of a document without a name may have the columns of a token
                            for i in range(count if kind == grammar.DOCUMENT else 0):
                                bare = bare or stop[i] == text
                            if not bare and is_tag(data, begin[column], stop[column], spelling):
                                alike, kind = kind, ROW
                if kind == ROW and (broken or not narrow <= count <= wide):
                    kind = grammar.RAGGED
            # 4. What it does.
            action, state = actions[state, kind], states[state, kind]
            if kind != INPUT_END:
                counted = grammar.RAGGED if kind == BLANK and action & ADD else kind
                kinds[row], row = counted, row + 1
                sizes[0, counted] += kind != ROW
                sizes[1, counted] += min(at, size) - line
            if action & NESTED:
                fault = note(faults, fault, NESTED_SENTENCE, line, sentence, sentences[1, sentence])
            if action & UNCLOSED:
                fault = note(faults, fault, UNCLOSED_SENTENCE, sentences[1, sentence], sentence, read)
            if action & CLOSE:
                sentences[2, sentence] = min(at if kind == END else last, size)
                if sentences[0, sentence] == token:
                    fault = note(faults, fault, EMPTY_SENTENCE, sentences[1, sentence], sentence, 0)
                if stray:
                    faults[3, stray - 1] = read
                    stray = 0
                sentence += 1
            if action & grammar.LONE_END:
                fault = note(faults, fault, STRAY_LINE, line, -1, 1)
            if action & OPEN:
                read, last = 0, at
                sentences[0, sentence], sentences[1, sentence], sentences[3, sentence] = token, line, document
                sentences[4, sentence], sentences[5, sentence] = id_begin, id_stop
                id_begin = id_stop = 0
            if action & grammar.STRAY:
                stray = fault = note(faults, fault, STRAY_LINE, line, sentence, 0)
            if kind == INPUT_END:
                break
            if kind == grammar.SENTENCE_ID:
                id_begin, id_stop = text, end
            elif kind in (BLANK, END):  # not a set: numba would compile its hash table
                id_begin = id_stop = 0
            elif kind in (grammar.DOCUMENT, grammar.NAMED_DOCUMENT):
                document += 1
                if kind == grammar.NAMED_DOCUMENT:
                    documents[0, document], documents[1, document] = text, end
            if not action & ADD:
                continue
            read, last = read + 1, at
            if kind != ROW:
                fault = note(faults, fault, BROKEN_QUOTE if broken else RAGGED_LINE, line, sentence, count)
                continue
            if alike != ROW and ambiguous == IS_PROBLEM:
                fault = note(faults, fault, AMBIGUOUS_COMMENT, line, sentence, alike)
            column = tag_column if tag_column >= 0 else count + tag_column
            tag_begin, tag_end = begin[column], stop[column]
            for extra in range(2, columns.size):
                column = columns[extra] if columns[extra] >= 0 else count + columns[extra]
                tokens[2 * extra - 1, token], tokens[2 * extra, token] = begin[column], stop[column]
            column = token_column if token_column >= 0 else count + token_column
            i, end = begin[column], stop[column]
        # 5. The token's bytes, in words: what is copied too much is written over by the next token.
        tokens[1, token], tokens[2, token] = i, tag_begin
        if i == end:
            fault = note(faults, fault, EMPTY_TOKEN, i, sentence, token)
        to = filled
        filled += end - i
        while i < end:
            if i < wordy:
                value_words[to] = words[i]
                i, to = i + WORD, to + WORD
            else:
                values[to] = data[i]
                i, to = i + 1, to + 1
        # 6. The tag's number, from a hash table of the distinct tags. Two words hold all of a tag of up to 16 bytes.
        i, length = tag_begin, tag_end - tag_begin
        if i < wordy:
            head = words[i] & MASKS[min(length, WORD)]
            tail = words[max(i, tag_end - WORD)] & MASKS[min(length, WORD)]
        else:
            head = tail = last_word(data, i, tag_end)
        if length > 2 * WORD or length != last_length or head != last_head or tail != last_tail:
            slot = ((((head * GOLDEN) ^ (tail >> np.uint64(7)) ^ np.uint64(length)) * GOLDEN) >> np.uint64(32)) & mask
            while True:
                code = int(slots[slot]) - 1
                if code < 0:
                    code = tag
                    slots[slot] = tag + 1
                    names[0, tag], names[1, tag], heads[tag], tails[tag] = i, tag_end, head, tail
                    tag += 1
                    break
                twin = int(names[0, code])
                if heads[code] == head and tails[code] == tail and names[1, code] - twin == length:
                    same = True
                    for j in range(WORD, length - WORD, WORD):
                        same = same and words[i + j] == words[twin + j]
                    if same:
                        break
                slot = (slot + np.uint64(1)) & mask
            last_length, last_head, last_tail = length, head, tail
        tokens[0, token] = code
        token += 1
        offsets[token] = filled
    sentences[0, sentence] = token
    sizes[0, ROW], sizes[1, ROW] = token, sizes[1, ROW] + row_bytes
    return row, token, sentence, document, fault, tag
