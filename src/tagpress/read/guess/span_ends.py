"""Do spans end behind their last character, as is usual, or at it? What most of them say is said; nothing is moved."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from tagpress.read.guess.samples import Reason
from tagpress.read.marks import Marks
from tagpress.read.spans.formats.parts import ENDS

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
    return [f'{ends} character in, write ends="last" into DIALECT']


def reason(ends: str, said: str | None, unit: str = "character") -> Reason:
    """Return why ends are read as something else than the place behind the last character."""
    shown = "the texts of spans say" if said else "words say" if unit == "character" else "spans of one token need"
    return Reason(f"ends are {'lengths' if ends == ENDS[2] else f'the places of last {unit}s'}: so {shown}")


def unsaid(ends: str | None, said: str | None) -> list[str]:
    """Return a doubt if nothing but words says that ends are in their spans."""
    if ends != ENDS[1] or said is not None:
        return []
    return [
        'ends: nothing but where words end says that an end is the last character; if it is not, leave ends="last" out'
    ]
