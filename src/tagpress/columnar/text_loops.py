"""The loops that look at every character of texts, or at every span in them, compiled: see `loops`."""

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.types import Array, Arrays

BLANK, WORD, OTHER, BEHIND = range(4)
NOT_SEEN = 255


@compiled
def cut_characters(  # noqa: C901, PLR0912 - one pass, and UTF-8 has four lengths
    data: Array, bounds: Array, table: Array, unseen: Array, out: Array
) -> Array:
    """
    Cut texts in UTF-8 into tokens by the classes of their characters; return how many there are, and whether all were seen.

    `bounds` are the n + 1 bounds of the texts in code points, `table` has the class of every code point, of which those without one are
    marked in `unseen`. A token is a run of words, or one other character, each with what stands behind it. For each, `out`,
    of shape [4, tokens], is given its begin and stop in code points of all texts, and in bytes; nothing if it has no room.
    """
    tokens, points, missing, room = 0, 0, 0, out.shape[1]
    last = np.uint8(BLANK)
    at = text = 0
    while at < data.size:
        while points == bounds[text]:  # empty texts begin where the next one does
            last = np.uint8(BLANK)
            text += 1
        first = data[at]
        if first < 0x80:  # noqa: PLR2004 - UTF-8's own numbers
            point, size = np.int64(first), 1
        elif first < 0xE0:  # noqa: PLR2004 - as above
            point, size = (np.int64(first & 0x1F) << 6) | (data[at + 1] & 0x3F), 2
        elif first < 0xF0:  # noqa: PLR2004 - as above
            point, size = (
                (np.int64(first & 0x0F) << 12) | (np.int64(data[at + 1] & 0x3F) << 6) | (data[at + 2] & 0x3F),
                3,
            )
        else:
            point, size = (np.int64(first & 0x07) << 18) | (np.int64(data[at + 1] & 0x3F) << 12), 4
            point |= (np.int64(data[at + 2] & 0x3F) << 6) | (data[at + 3] & 0x3F)
        kind = table[point]
        if kind == NOT_SEEN:
            unseen[point] = True
            missing = 1
        if kind == BEHIND and last == BLANK:
            kind = np.uint8(OTHER)
        goes_on = kind == BEHIND or (kind == WORD and last == WORD)
        if kind != BLANK:
            if not goes_on:
                if tokens < room:
                    out[0, tokens], out[2, tokens] = points, at
                tokens += 1
            if tokens <= room:
                out[1, tokens - 1], out[3, tokens - 1] = points + 1, at + size
        if kind != BEHIND:
            last = kind
        points += 1
        at += size
    return np.array([tokens, missing])


@compiled
def tokens_of_spans(spans: Arrays, tokens: Arrays, bounds: Array, out: Array) -> None:
    """
    Find the tokens that spans touch.

    `spans` are owner, begin and stop of each, `tokens` begin and stop of each, of which those of an owner are between its
    `bounds`. For each span, `out`, of shape [spans, 4], is given the bounds of the tokens that it touches, and of those that
    are wholly inside it.
    """
    owner, begins, stops = spans
    first, last = tokens
    for i in range(owner.size):
        for k in range(4):
            # The first token that stops behind the begin, begins at or behind the stop, begins at or behind the begin, stops
            # behind the stop: in this order they are the bounds.
            by_stop = k % 3 == 0
            values = last if by_stop else first
            wanted = stops[i] if k % 2 else begins[i]
            low, high = bounds[owner[i]], bounds[owner[i] + 1]
            while low < high:
                middle = (low + high) >> 1
                if values[middle] < wanted or (values[middle] == wanted and by_stop):
                    low = middle + 1
                else:
                    high = middle
            out[i, k] = low


@compiled
def copy_ranges(data: Array, begin: Array, stop: Array, out: Array) -> None:
    """Copy ranges of bytes, one behind the other; `out` has room for all."""
    place = 0
    for i in range(begin.size):
        source = data[begin[i] : stop[i]]
        goal = out[place : place + source.size]
        for k in range(goal.size):
            goal[k] = source[k]
        place += source.size
