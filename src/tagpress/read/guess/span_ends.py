"""Do spans end behind their last character, as is usual, or at it? What most of them say is said; nothing is moved."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from tagpress.read.marks import Marks

_MOST: Final = 0.5  # share of spans


def doubts(found: Iterable[Marks]) -> list[str]:
    """Return a doubt if most spans end one character before a token does."""
    spans = short = 0
    for marks in found:
        last = marks.tokens.stop[marks.outer[:, 1] - 1] - marks.tokens.bounds[marks.record]
        spans += len(marks)
        short += int(np.count_nonzero(~marks.fits & (last == marks.place[:, 1] + 1)))
    if short <= _MOST * spans:
        return []
    ends = f"ends: {short:,} of {spans:,} spans end one character before a token does; if their tool counts the last"
    return [f"{ends} character in, add 1 to each end in the source"]
