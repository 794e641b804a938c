"""
Which spans of a nested layer make a flat one? By a stated rule, never by chance.

Of two spans in one place the type that is declared first stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints, LabelIds

_Keys = Callable[[Ints, Ints, Ints], tuple[Ints, ...]]


@dataclass(frozen=True, slots=True)
class FlatRule:
    """
    A rule, and what it says in words.

    `keys` are those by which spans are taken, the first key last, each span unless it overlaps one that was taken.
    """

    words: str
    keys: _Keys


RULES: Final[Mapping[str, FlatRule]] = {
    "outermost": FlatRule(
        "of spans that overlap, the one that begins first is taken, and of those the longest",
        lambda begin, end, kind: (kind, -end, begin),
    ),
    "innermost": FlatRule(
        "of spans that overlap, the shortest is taken, and of those the one that begins first",
        lambda begin, end, kind: (kind, begin, end - begin),
    ),
    "longest": FlatRule(
        "of spans that overlap, the longest is taken, and of those the one that begins first",
        lambda begin, end, kind: (kind, begin, begin - end),
    ),
}


def flat_labels(begin: Ints, end: Ints, kind: Ints, tokens: int, rule: str) -> LabelIds:
    """Return the IOB2 label ids of so many tokens, of the spans that a rule takes."""
    chosen = _chosen(begin, end, kind, rule)
    begin, end, kind = begin[chosen], end[chosen], kind[chosen]
    label_ids = np.zeros(tokens, dtype=np.int16)
    lengths = end - begin
    ends = bounds_of(lengths)
    inside = np.arange(ends[-1]) + np.repeat(begin - ends[:-1], lengths)
    label_ids[inside] = np.repeat(2 * kind + 2, lengths)
    label_ids[begin] = 2 * kind + 1
    return label_ids


def _chosen(begin: Ints, end: Ints, kind: Ints, rule: str) -> Ints:
    """Return the spans that are taken; only those that overlap are looked at one by one."""
    by_place = np.lexsort((-end, begin))
    reach = np.maximum.accumulate(end[by_place]) if len(begin) else end
    cuts = np.flatnonzero(begin[by_place[1:]] >= reach[:-1]) + 1
    taken: list[int] = []
    for start, stop in pairwise([0, *cuts.tolist(), len(begin)]):
        cluster = by_place[start:stop]
        taken += cluster.tolist() if stop - start == 1 else _of_cluster(begin, end, kind, cluster, rule)
    return np.array(sorted(taken), dtype=np.int64)


def _of_cluster(begin: Ints, end: Ints, kind: Ints, cluster: Ints, rule: str) -> list[int]:
    order = cluster[np.lexsort(RULES[rule].keys(begin[cluster], end[cluster], kind[cluster]))]
    taken: list[int] = []
    for span in order.tolist():
        if all(end[span] <= begin[other] or end[other] <= begin[span] for other in taken):
            taken.append(span)
    return taken
