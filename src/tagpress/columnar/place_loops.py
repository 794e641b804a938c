"""What is to be known of places where names stand, beside how they are read there? Compiled passes over what `name_loops` finds."""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.name_loops import COVERED, JOINED
from tagpress.columnar.types import Array, Arrays

NOWHERE: Final = (1 << 63) - 1
"""The line of what stands nowhere."""

_BIG_A: Final = ord("A")
_BIG_Z: Final = ord("Z")
_NONE: Final = -1


@compiled
def read_names(  # noqa: C901 - one pass: what is counted is left out at once
    names: Arrays, size: int, spans: Arrays, known: Arrays, counts: Arrays
) -> Array:
    """
    Return how names of `size` tokens are read, of shape [5, places]: number, reading, sentence, first token and length of each.

    `names` are numbers, sentences and first tokens, which ascend; `spans` are begins, which ascend, ends, types and flags: see
    `name_loops`. The reading of a span is its type and two; without one it is 0 if no token is in a span, 1 if some are.
    What stands within a span, or across the edge of one, has none, and is left out.

    `known` are the lines of sentences, and by name how many places of a reading without a type are worth knowing: no more are
    returned. All are counted: `counts` has the row of twice the number of a name and the reading, or -1; the rows, of this code, how
    often it stands there, and the first two lines where, `NOWHERE` for none; and how many rows there are.
    """
    numbers, in_rows, starts = names
    begins, ends, types, flags = spans
    lines, most = known
    row_of, untyped, made = counts
    places, found, span = np.empty((5, numbers.size + 1), np.int32), 0, 0
    for i in range(numbers.size):
        number, start, stop, reading = np.int64(numbers[i]), np.int64(starts[i]), np.int64(starts[i]) + size, _NONE
        if flags[start] & COVERED:
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
        told = reading != _NONE
        if told and reading <= 1:
            code, line = 2 * number + reading, lines[in_rows[i]]
            if row_of[code] == _NONE:
                own = row_of[code] = made[0]
                untyped[own, 0], untyped[own, 1], untyped[own, 2], untyped[own, 3] = code, 0, NOWHERE, NOWHERE
                made[0] += 1
            own = row_of[code]
            untyped[own, 1] += 1
            told = untyped[own, 1] <= most[number]
            if line < untyped[own, 3]:
                if line < untyped[own, 2]:
                    untyped[own, 2], untyped[own, 3] = line, untyped[own, 2]
                elif untyped[own, 2] < line:
                    untyped[own, 3] = line
        places[0, found], places[1, found], places[2, found] = number, reading, in_rows[i]
        places[3, found], places[4, found] = start, size
        found += told
    return places[:, :found]


@compiled
def spoken_for(text: Arrays, bounds: Array, flags: Array, places: Arrays) -> Array:
    """
    Tell for which places of names something speaks for how they are read there: 1 or 0.

    A name without a tag, and with a capital, beside another such word may be part of a longer name; a tagged name with a
    capital in mid-sentence may be one, though the word mostly is none. `text` are the bytes of all tokens, and the bounds of each;
    `bounds` are those of sentences, `flags` those of `name_loops`. `places` are as above.
    """
    letters, at = text
    _, readings, rows, tokens, sizes = places
    told = np.zeros(readings.size, np.uint8)
    for place in range(readings.size):
        token, low, high = np.int64(tokens[place]), bounds[rows[place]], bounds[rows[place] + 1]
        if readings[place] != 1 and at[token] < at[token + 1] and _BIG_A <= letters[at[token]] <= _BIG_Z:
            if readings[place]:
                told[place] = token > low
            else:
                before, behind = token - 1, token + np.int64(sizes[place])
                for beside, there in ((before, before > low), (behind, behind < high)):
                    if there and not flags[beside] & COVERED and at[beside] < at[beside + 1]:
                        told[place] |= _BIG_A <= letters[at[beside]] <= _BIG_Z
    return told
