"""
The second move of a build: every sentence is settled against all others, by key.

What occurs once is published. Copies are settled by policy: between splits first (`corpus.split_names` says which of
them keeps it), then within the split that keeps them; what is left and nearly the same in two splits is
reported. Keys are settled in ranges, each on its own. Everything that is chosen is chosen in canonical order (group hash,
document, position), so neither the order of the sources nor the cut into pieces leaves a trace.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from operator import itemgetter
from typing import Final

import numpy as np

from tagpress.build.repeated import Copy, Repeated, SettleTask, all_copies, find_repeated
from tagpress.build.row_values import REASONS, RowNumbers, RowReasons, places
from tagpress.columnar.types import Array, Bools, Ints
from tagpress.corpus.identity import row_id
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problem_table import ProblemPacker, ProblemTable
from tagpress.corpus.problems import Problem, counted
from tagpress.corpus.split_names import leak_ranks
from tagpress.corpus.splits import GivenSplits, SplitRule

# Near duplicates that are named for each pair of splits; `near` counts them all.
EXAMPLES: Final = 3
_OTHERS: Final = 10  # places that a message names
_AT_ONCE: Final = 65_536  # numbers that are objects at a time
_LEAVES: Final = (Policy.DROP, Policy.ERROR)  # by which a sentence stays behind


@dataclass(frozen=True, slots=True)
class Near:
    """
    What one split nearly has of another: how many sentences, and the first of them by near key.

    An example is its near key, the sentence, and the place of what is nearly the same.
    """

    count: int
    examples: tuple[tuple[int, Copy, str], ...]

    def __add__(self, other: "Near") -> "Near":
        # The lowest near keys are the same few whatever the ranges were; no two ranges have the same one.
        examples = sorted((*self.examples, *other.examples), key=itemgetter(0))
        return Near(self.count + other.count, tuple(examples[:EXAMPLES]))


@dataclass(frozen=True, slots=True)
class Settled:
    """
    What became of the sentences that occur more than once; the others are published.

    Keys are (piece, row of its spill): `rejected` gives each sentence that stays behind its reason, `copies`
    numbers the published copies of one sentence from 2. `near` is by (split, split that nearly has the same). Each
    problem has the key of its sentence for an id, and is that of the sentence's (piece, row): see `published`.
    """

    rejected: RowReasons = field(default_factory=RowReasons)
    copies: RowNumbers = field(default_factory=RowNumbers)
    problems: ProblemPacker = field(default_factory=ProblemPacker)
    near: dict[tuple[str, str], Near] = field(default_factory=dict)

    def published(self, found: Problem, at: tuple[int, int]) -> Problem:
        """Return a problem with the id of the row in which its sentence is published, or with none; `at` as above."""
        if at in self.rejected:
            return replace(found, id="")
        return replace(found, id=row_id(found.id, self.copies[at])) if at in self.copies else found

    def each_published(self, found: Sequence[Problem], rows: Sequence[tuple[int, int]]) -> list[Problem]:
        """Return problems, each as `published` returns it: most rows have the key for an id, and are found at once."""
        at = places(*np.array(rows, dtype=np.int64).reshape(-1, 2).T)
        other = (self.rejected.numbers.has(at) | self.copies.has(at)).tolist()
        return [self.published(one, row) if named else one for one, row, named in zip(found, rows, other, strict=True)]

    def all_published(self, problems: ProblemTable) -> ProblemTable:
        """Return problems, each as `published` returns it."""
        at = places(problems.numbers("piece"), problems.numbers("row"))
        gone = self.rejected.numbers.has(at)
        copied = self.copies.has(at) & ~gone
        keys = problems.ids(copied)
        ids = map(row_id, keys, self.copies.of(at[copied]).tolist())
        return problems.with_ids(gone, [""] * int(gone.sum())).with_ids(copied, [*ids])

    def add(self, other: "Settled") -> None:
        """Take over what another range found."""
        self.rejected.numbers.extend(other.rejected.numbers)
        self.copies.extend(other.copies)
        self.problems.extend(other.problems)
        for pair, near in other.near.items():
            self.near[pair] = self.near.get(pair, Near(0, ())) + near


def settle(task: SettleTask) -> Settled:
    """Settle a range of keys, read from the spills."""
    return settle_repeated(find_repeated(task), task.rule, task.policies)


def settle_repeated(repeated: Repeated, rule: SplitRule, policies: Policies) -> Settled:
    """Settle the sentences of a range of keys, given those whose near key occurs more than once."""
    settler = _Settler(rule, policies)
    settler.exact(_Copies.of(repeated))
    settler.near(repeated)
    return settler.settled


@dataclass(frozen=True, slots=True)
class _Copies:
    """
    The copies of every sentence that occurs more than once, as columns: of one after another, in canonical order.

    `group` numbers their sentences, `starts` has the first copy of each. Of a copy, `reason` is that for which it stays
    behind, as a place in `REASONS`, -1 for none: the first that is noted counts.
    """

    all: Repeated
    group: Ints
    starts: Ints
    reason: Ints

    @classmethod
    def of(cls, repeated: Repeated) -> "_Copies":
        copies, group = all_copies(repeated)
        return cls(copies, group, np.flatnonzero(np.diff(group, prepend=-1)), np.full(len(copies), -1))

    def reject(self, which: Array, code: str) -> None:
        """Note a reason for some copies, by a mask or by their numbers."""
        self.reason[which] = np.where(self.reason[which] < 0, REASONS.index(code), self.reason[which])

    def first(self, which: Bools) -> Ints:
        """Return the first copy of each sentence of which a mask, that has one of each, holds."""
        numbers: Ints = np.minimum.reduceat(np.where(which, np.arange(len(which)), len(which)), self.starts)
        return numbers

    def place(self, i: int) -> str:
        """Return where a copy stands in its source."""
        return self.all.copy(i).place


class _Settler:
    """The policies, applied to all copies at once: of a copy there is an object only while it is reported."""

    def __init__(self, rule: SplitRule, policies: Policies) -> None:
        # In splits that we compute, dropping the copy that leaks is ours to do; given splits are their owner's to mend.
        computed = not isinstance(rule, GivenSplits)
        self._ranks = np.array(leak_ranks(rule.names))  # [split]
        self._policies = policies.with_default("split-leakage", Policy.DROP) if computed else policies
        self.settled = Settled()

    def exact(self, copies: _Copies) -> None:
        """Settle the copies of every sentence."""
        if not len(copies.group):
            return
        kept = self._leaks(copies)
        self._one_split(copies, kept)
        at, published = places(copies.all.piece, copies.all.row), kept & (copies.reason < 0)
        before: Ints = np.cumsum(published) - published  # [copy]: how many are published before it
        number = before - before[copies.starts][copies.group] + 1
        later = published & (number > 1)
        self.settled.copies.add(at[later], number[later])
        gone = copies.reason >= 0
        self.settled.rejected.numbers.add(at[gone], copies.reason[gone])

    def near(self, repeated: Repeated) -> None:
        """Count what is left and nearly the same in two splits; the split that keeps it is the same as for copies."""
        gone = self.settled.rejected.numbers.has(places(repeated.piece, repeated.row))
        left = repeated.only(~gone) if gone.any() else repeated
        ranks, of_rank = self._ranks, np.argsort(self._ranks)  # [split]: its rank; [rank]: its split
        starts = np.flatnonzero(np.diff(left.near, prepend=~left.near[:1]))  # [near key]: its first sentence
        highest = np.maximum.reduceat(ranks[left.split], starts) if len(left) else starts  # [near key]: a rank
        keeper = of_rank[np.repeat(highest, np.diff(starts, append=len(left)))]  # [sentence]: the split that keeps it
        names = repeated.splits
        pairs = np.unique(left.split * len(names) + keeper)
        for split, other in zip((pairs // len(names)).tolist(), (pairs % len(names)).tolist(), strict=True):
            if split != other:
                self._near_in(
                    left, np.flatnonzero((left.split == split) & (keeper == other)), (names[split], names[other])
                )

    def _near_in(self, left: Repeated, which: Ints, pair: tuple[str, str]) -> None:
        kept = left.only(left.split == left.splits.index(pair[1]))
        first = which[np.unique(left.near[which], return_index=True)[1][:EXAMPLES]]
        examples = [
            (int(left.near[i]), left.copy(i), kept.copy(int(np.searchsorted(kept.near, left.near[i]))).place)
            for i in first.tolist()
        ]
        self.settled.near[pair] = Near(len(which), tuple(examples))
        if self._policies["near-duplicate"] in _LEAVES:
            reason = np.full(len(which), REASONS.index("near-duplicate"))
            self.settled.rejected.numbers.add(places(left.piece[which], left.row[which]), reason)

    def _leaks(self, copies: _Copies) -> Bools:
        """Report each split that has a sentence of another one; return which copies are of the split that keeps it."""
        split, group, labels = copies.all.split, copies.group, copies.all.labels
        ranks = self._ranks[split]
        first = copies.first(ranks == np.maximum.reduceat(ranks, copies.starts)[group])  # [sentence]: kept copy
        kept: Bools = split == split[first][group]
        away = np.flatnonzero(~kept)
        _, leaking, counts = np.unique(
            group[away] * len(self._ranks) + split[away], return_index=True, return_counts=True
        )
        for i, count in _each(away[leaking], counts):
            own, other = copies.all.splits[split[i]], int(first[group[i]])
            tags = "the same tags" if labels[i] == labels[other] else "other tags"
            more = f" (and {counted(count - 1, 'more time')} in {own})" if count > 1 else ""
            keeper = copies.all.splits[split[other]]
            what = f"a sentence of {own} that {keeper} has with {tags} at {copies.place(other)}{more}"
            self._report(copies, i, "split-leakage", what)
        self._reject(copies, away, "split-leakage")
        return kept

    def _one_split(self, copies: _Copies, kept: Bools) -> None:
        """Report equal copies after the first, and every variant of a sentence that is tagged in more than one way."""
        own = np.flatnonzero(kept)
        order = own[np.lexsort([copies.all.labels[own], copies.group[own]])]  # stable: of a variant in canonical order
        columns = np.stack([copies.group[order], copies.all.labels[order].astype(np.int64)])
        begins = np.flatnonzero(np.concatenate([[True], (columns[:, 1:] != columns[:, :-1]).any(axis=0)]))
        variant = np.repeat(order[begins], np.diff(begins, append=len(order)))  # [copy in order]: the first of its kind
        again = variant != order
        for i, first in _each(order[again], variant[again]):
            self._report(copies, i, "duplicate", f"the sentence of {copies.place(first)} again")
        self._reject(copies, order[again], "duplicate")
        self._conflicts(copies, np.sort(order[begins]), kept)

    def _conflicts(self, copies: _Copies, variants: Ints, kept: Bools) -> None:
        """Report the variants of a sentence, given the first copy of each, where there are several."""
        several = np.bincount(copies.group[variants]) > 1  # [sentence]
        variants = variants[several[copies.group[variants]]]
        bounds = np.flatnonzero(np.diff(copies.group[variants])) + 1
        for same in np.split(variants, bounds) if len(variants) else ():
            shown = [copies.place(i) for i in same[: _OTHERS + 1].tolist()]
            for i, place in zip(same.tolist(), chain(shown, repeat("")), strict=False):
                others = [other for other in shown if other != place][:_OTHERS]
                more = len(same) - 1 - len(others)
                listed = ", ".join(others) + (f" and {more:,} more" if more else "")
                self._report(copies, i, "conflicting-duplicate", f"the tokens of {listed} with other tags")
        self._reject(copies, kept & several[copies.group], "conflicting-duplicate")

    def _report(self, copies: _Copies, i: int, code: str, what: str) -> None:
        copy = copies.all.copy(i)
        self.settled.problems.append(copy.problem(code, self._policies[code], what), (copy.piece, copy.row))

    def _reject(self, copies: _Copies, which: Array, code: str) -> None:
        if self._policies[code] in _LEAVES:
            copies.reject(which, code)


def _each(*columns: Ints) -> Iterator[tuple[int, ...]]:
    """Yield the rows of columns, without an object for each at once."""
    for first in range(0, len(columns[0]), _AT_ONCE):
        yield from zip(*(column[first : first + _AT_ONCE].tolist() for column in columns), strict=True)
