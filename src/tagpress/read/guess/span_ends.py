"""Do spans end behind their last character, as is usual, or at it? What most of them say is said; nothing is moved."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from tagpress.read.guess.samples import Reason
from tagpress.read.marks import Marks
from tagpress.read.spans.formats.parts import ENDS

_MOST: Final = 0.5  # share of spans


def doubts(found: Iterable[Marks]) -> list[str]:
    """Return a doubt if most spans end one character before a token does, or begin one behind where it does."""
    spans = short = late = 0
    for marks in found:
        spans += len(marks)
        tokens = len(marks.tokens.begin)
        if not tokens:
            continue
        bounds = marks.tokens.bounds[marks.record]
        last = marks.tokens.stop[marks.outer[:, 1] - 1] - bounds
        first = marks.tokens.begin[np.minimum(marks.outer[:, 0], tokens - 1)] - bounds  # a span may touch no token
        short += int(np.count_nonzero(~marks.fits & (last == marks.place[:, 1] + 1)))
        late += int(np.count_nonzero(~marks.fits & (first + 1 == marks.place[:, 0]) & (last == marks.place[:, 1])))
    said = []
    if short > _MOST * spans:
        ends = (
            f"ends: {short:,} of {spans:,} spans end one character before a token does; if their tool counts the last"
        )
        said.append(f'{ends} character in, write ends="last" into DIALECT')
    if late > _MOST * spans:
        begins = f"begins: {late:,} of {spans:,} spans begin one character behind where a token does, and end with one"
        said.append(f"{begins}; if their tool counts the first character of a text as 1, take 1 off each begin first")
    return said


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
