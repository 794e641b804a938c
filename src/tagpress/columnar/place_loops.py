"""What is to be known of places where names stand, beside how they are read there? Compiled passes over what `name_loops` finds."""

from typing import Final

import numpy as np

from tagpress.columnar.loops import compiled
from tagpress.columnar.name_loops import COVERED
from tagpress.columnar.types import Array, Arrays

NOWHERE: Final = (1 << 63) - 1
"""The line of what stands nowhere."""

_BIG_A: Final = ord("A")
_BIG_Z: Final = ord("Z")
_NONE: Final = -1


@compiled
def worth_knowing(places: Arrays, lines: Array, most: Array) -> tuple[Arrays, Array]:
    """
    Leave of places where names are read without a type no more than is worth knowing, and count all.

    Of each place come number, reading, sentence, first token and length, and so they are returned; `lines` are those of sentences,
    `most` has by name how many places of a reading are left. What is counted has a row each: twice the number of the name and the
    reading, how often it stands there, and the first two lines where; the second is `NOWHERE` if there is but one.
    """
    numbers, readings, in_rows, tokens, sizes = places
    own = (
        np.empty_like(numbers),
        np.empty_like(readings),
        np.empty_like(in_rows),
        np.empty_like(tokens),
        np.empty_like(sizes),
    )
    row_of = np.full(2 * most.size, _NONE, np.int32)
    rows, made = np.empty((min(numbers.size, row_of.size), 4), np.int64), 0
    left = 0
    for place in range(numbers.size):
        told = True
        if readings[place] <= 1:
            code, line = 2 * np.int64(numbers[place]) + readings[place], lines[in_rows[place]]
            if row_of[code] == _NONE:
                row_of[code] = made
                rows[made, 0], rows[made, 1], rows[made, 2], rows[made, 3] = code, 0, NOWHERE, NOWHERE
                made += 1
            row = row_of[code]
            rows[row, 1] += 1
            told = rows[row, 1] <= most[numbers[place]]
            if line < rows[row, 2]:
                rows[row, 2], rows[row, 3] = line, rows[row, 2]
            elif rows[row, 2] < line < rows[row, 3]:
                rows[row, 3] = line
        own[0][left], own[1][left], own[2][left] = numbers[place], readings[place], in_rows[place]
        own[3][left], own[4][left] = tokens[place], sizes[place]
        left += told
    return (own[0][:left], own[1][:left], own[2][:left], own[3][:left], own[4][:left]), rows[:made]


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
