"""Which types does one split use otherwise than another, for names that both have?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.counted import Counted
from tagpress.build.doubts.judge import wilson
from tagpress.build.doubts.names import type_and_split
from tagpress.columnar.types import Ints

_OFTEN: Final = 2  # times that a split has a name, at least, for its use of it to count
_CLEARLY: Final = 0.8  # of them with one type
_NAMED: Final = 5  # names that a note has


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherUse:
    """
    What `split` has as type `here`, mostly, and `other` as type `there`: `count` names, of which `names` are the first.

    `same` names are of type `there` in both.
    """

    split: int
    other: int
    here: int
    there: int
    names: Ints
    count: int
    same: int
    score: float


def other_uses(names: Counted, numbers: Ints, lowest: float) -> list[OtherUse]:
    """
    Return what splits use otherwise, of each pair of them the later one against the earlier.

    `names` counts rows of a key and the code of a type and a split, `numbers` has the number of each row's name. No score is below `lowest`.
    """
    kind, split = type_and_split(names.codes)
    uses = _clear_uses(numbers, kind, split, names.counts)
    splits = sorted(uses)
    found = [
        use
        for at, other in enumerate(splits)
        for later in splits[at + 1 :]
        for use in _between(later, other, uses, lowest)
    ]
    return sorted(found, key=lambda use: (-use.score, use.other, use.split, use.there, use.here))


def _clear_uses(name: Ints, kind: Ints, split: Ints, counts: Ints) -> dict[int, tuple[Ints, Ints]]:
    """Return by split the names that it has clearly with one type, ascending, and these types."""
    found = {}
    for number in np.unique(split).tolist():
        own = np.flatnonzero(split == number)
        order = own[np.lexsort((kind[own], -counts[own], name[own]))]
        names, first = np.unique(name[order], return_index=True)
        total = np.bincount(np.searchsorted(names, name[order]), weights=counts[order], minlength=len(names))
        clear = (total >= _OFTEN) & (counts[order][first] >= _CLEARLY * total)
        found[number] = (names[clear], kind[order][first][clear].astype(np.int64))
    return found


def _between(split: int, other: int, uses: dict[int, tuple[Ints, Ints]], lowest: float) -> Iterator[OtherUse]:
    both, here, there = np.intersect1d(uses[split][0], uses[other][0], assume_unique=True, return_indices=True)
    kinds, others = uses[split][1][here], uses[other][1][there]
    for kind, was in sorted({*zip(kinds.tolist(), others.tolist(), strict=True)}):
        if kind != was:
            names = both[(kinds == kind) & (others == was)]
            same = int(((kinds == was) & (others == was)).sum())
            score = float(wilson(np.array([len(names)]), np.array([same]))[0])
            if score >= lowest:
                yield OtherUse(
                    split=split,
                    other=other,
                    here=kind,
                    there=was,
                    names=names[:_NAMED],
                    count=len(names),
                    same=same,
                    score=score,
                )
