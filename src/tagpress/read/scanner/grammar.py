"""
The grammar of lines: which kinds there are, and what each does in each state.

A source is a run of lines. A line has a kind; the reader is in a state; the pair says what happens and
which state comes next. Blank lines, markers on both sides, a marker on one side only: each way to bound
a sentence is one table of the same shape, and the compiled loop reads whichever it is given.

What the tables promise:

- A line with the right number of columns is always a token of some sentence; a line with another number is always a
  fault of some sentence. Nothing is skipped but blank lines, comments and document lines.
- A line between sentences that begins like a comment and has the columns and the tag of a token is `AMBIGUOUS`: a fault, or
  what the dialect says it is (see `ambiguous.py`).
- After a line that ends a sentence the state is OUTSIDE whatever came before, so a file
  can be cut there.
- Comments stand between sentences. Inside one, a line is a token or ragged, whatever it starts with: a tweet's
  `#hashtag` is never lost. (Where only a start marker bounds sentences there is no "between", and comments stand
  anywhere.)
- Token lines outside markers are one sentence for each unbroken run, with one fault. A lone end marker holds no
  token and makes no sentence.
"""

import enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

# States.
OUTSIDE, INSIDE, ASTRAY = range(3)

# Kinds of line.
ROW, RAGGED, BLANK, START, END, DOCUMENT, NAMED_DOCUMENT, SENTENCE_ID, COMMENT, INPUT_END = range(10)
HEADER = INPUT_END  # in an account: neither does anything, and only one of them is a line

ACCOUNTS: Final = (
    *("rows", "faulty", "blank", "markers", "markers", "documents", "documents", "ids", "comments", "headers"),
)
"""What each kind of line is called in an account."""

OPTIONS: Final = {
    START: "sentence_start",
    END: "sentence_end",
    NAMED_DOCUMENT: "document_name",
    DOCUMENT: "document",
    SENTENCE_ID: "sentence_id",
    COMMENT: "comment",
}
"""The option of `Columns` behind each kind of special line."""

# Actions, bits that are carried out in this order; the unit of `NONE` is "skip the line".
NONE: Final = 0
AS_ROW: Final = 1  # the line is no comment here: count its columns
NESTED: Final = 2  # fault: a start marker in an open sentence
UNCLOSED: Final = 4  # fault: the input or the document ends in an open sentence
CLOSE: Final = 8  # the sentence ends
LONE_END: Final = 16  # fault: an end marker and nothing to end
OPEN: Final = 32  # a sentence begins
STRAY: Final = 64  # fault: that sentence stands outside the markers
ADD: Final = 128  # one more token, or one more ragged line, of the open sentence


class Bounds(enum.Enum):
    """What stands between two sentences."""

    BLANK_LINES = "blank lines"
    MARKERS = "a marker on both sides"
    START_MARKER = "a marker before each sentence"
    END_MARKER = "a marker after each sentence"


AMBIGUOUS: Final = ("problem", "token", "comment")
"""What a line is that begins like a comment, an id or a document, and reads like a token: a fault that is read as a token, a
token, or what it begins like."""

BLANKS: Final = ("empty", "delimiters", "whitespace")
"""Which lines stand for empty ones: only empty ones, ones of nothing but delimiters, ones of spaces and tabs."""

Cells = dict[int, tuple[int, int]]

_DOCUMENT_LINES = (DOCUMENT, NAMED_DOCUMENT)
_COMMENTS = (SENTENCE_ID, COMMENT)


def _same(kinds: tuple[int, ...], action: int, state: int) -> Cells:
    return dict.fromkeys(kinds, (action, state))


_ROWS = (ROW, RAGGED)
_BETWEEN: Final[Cells] = _same(_DOCUMENT_LINES + _COMMENTS + (BLANK, INPUT_END), NONE, OUTSIDE)
_BEGIN: Final[Cells] = _same(_ROWS, OPEN | ADD, INSIDE)
_BEGIN_ASTRAY: Final[Cells] = _same(_ROWS, OPEN | STRAY | ADD, ASTRAY)
_GO_ON: Final[Cells] = _same(_ROWS, ADD, INSIDE) | _same(_COMMENTS, AS_ROW, INSIDE)
_ENDS: Final[Cells] = _same((*_DOCUMENT_LINES, BLANK, INPUT_END), CLOSE, OUTSIDE)
_BREAKS_OFF: Final[Cells] = _same((*_DOCUMENT_LINES, INPUT_END), UNCLOSED | CLOSE, OUTSIDE) | {BLANK: (ADD, INSIDE)}
_LONE_END: Final[Cells] = {END: (LONE_END, OUTSIDE)}
_END: Final[Cells] = {END: (CLOSE, OUTSIDE)}
_START: Final[Cells] = {START: (OPEN, INSIDE)}
_NEXT: Final[Cells] = {START: (CLOSE | OPEN, INSIDE)}
_NESTED: Final[Cells] = {START: (NESTED | CLOSE | OPEN, INSIDE)}
# Where only a start marker is there, a line with the next sentence's id ends the one before.
_ID_ENDS: Final[Cells] = {SENTENCE_ID: (CLOSE, OUTSIDE)}
_ASTRAY: Final[Cells] = _same(_ROWS, ADD, ASTRAY) | _same(_COMMENTS, AS_ROW, ASTRAY) | _ENDS | _NEXT | _END

GRAMMARS: Final[dict[Bounds, dict[int, Cells]]] = {
    Bounds.BLANK_LINES: {OUTSIDE: _BETWEEN | _BEGIN, INSIDE: _GO_ON | _ENDS},
    Bounds.MARKERS: {
        OUTSIDE: _BETWEEN | _BEGIN_ASTRAY | _START | _LONE_END,
        INSIDE: _GO_ON | _BREAKS_OFF | _NESTED | _END,
        ASTRAY: _ASTRAY,
    },
    Bounds.START_MARKER: {
        OUTSIDE: _BETWEEN | _BEGIN_ASTRAY | _START,
        INSIDE: _GO_ON | _ENDS | _NEXT | _ID_ENDS | {COMMENT: (NONE, INSIDE)},
        ASTRAY: _ASTRAY | _ID_ENDS | {COMMENT: (NONE, ASTRAY)},
    },
    Bounds.END_MARKER: {OUTSIDE: _BETWEEN | _BEGIN | _LONE_END, INSIDE: _GO_ON | _BREAKS_OFF | _END},
}


def tables(bounds: Bounds) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the actions and the next states, each of shape [state, kind of line]; impossible pairs do nothing."""
    actions = np.zeros((3, INPUT_END + 1), dtype=np.int64)
    states = np.zeros((3, INPUT_END + 1), dtype=np.int64)
    for state, cells in GRAMMARS[bounds].items():
        for kind, (action, following) in cells.items():
            actions[state, kind], states[state, kind] = action, following
    return actions, states
