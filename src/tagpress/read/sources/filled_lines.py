"""Where are the lines of a text that have anything on them?"""

import re
from typing import Final

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.read.sources.text import Text

# A line that is not blank; what JSON takes for white space around it is left out.
_LINE: Final = re.compile(rb"[^ \t\r\n](?:[^\n]*[^ \t\r\n])?")
_BLANK: Final = np.isin(np.arange(256), list(b" \t\r\n"))


def line_places(text: Text) -> tuple[Ints, Ints]:
    """Return where each line with anything on it begins and stops, without the white space around it."""
    data = np.frombuffer(text.data, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    begin, stop = np.concatenate([[text.begin], ends + 1]), np.append(ends, len(data))
    if begin[-1] == len(data):  # behind the last line end is no line
        begin, stop = begin[:-1], stop[:-1]
    if (begin < stop).all() and not (_BLANK[data[begin]] | _BLANK[data[stop - 1]]).any():
        return begin, stop
    spans = [match.span() for match in _LINE.finditer(text.data, text.begin)]
    begin, stop = np.array(spans, dtype=np.int64).reshape(-1, 2).T
    return begin, stop
