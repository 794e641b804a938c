"""
The second move of a build: every sentence is settled against all others, by key.

What occurs once is published. Copies are settled by policy: between splits first (`corpus.split_names` says which of
them keeps it), then within the split that keeps them; what is left and nearly the same in two splits is
reported. Keys are settled in ranges, each on its own. Everything that is chosen is chosen in canonical order (group hash,
document, position), so neither the order of the sources nor the cut into pieces leaves a trace.
"""

from dataclasses import dataclass, field, replace
from itertools import islice
from operator import itemgetter
from typing import Final

import numpy as np

from tagpress.build.repeated import Copy, Repeated, SettleTask, exact_copies, find_repeated
from tagpress.columnar.types import Ints
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

    rejected: dict[tuple[int, int], str] = field(default_factory=dict)
    copies: dict[tuple[int, int], int] = field(default_factory=dict)
    problems: ProblemPacker = field(default_factory=ProblemPacker)
    near: dict[tuple[str, str], Near] = field(default_factory=dict)

    def published(self, found: Problem, at: tuple[int, int]) -> Problem:
        """Return a problem with the id of the row in which its sentence is published, or with none; `at` as above."""
        if at in self.rejected:
            return replace(found, id="")
        return replace(found, id=row_id(found.id, self.copies[at])) if at in self.copies else found

    def all_published(self, problems: ProblemTable) -> ProblemTable:
        """Return problems, each as `published` returns it."""
        if not self.rejected and not self.copies:
            return problems
        places = zip(problems.numbers("piece").tolist(), problems.numbers("row").tolist(), strict=True)
        ids: dict[int, str] = {}
        for number, at in enumerate(places):
            if at in self.rejected:
                ids[number] = ""
            elif at in self.copies:
                ids[number] = row_id(problems[number].id, self.copies[at])
        return problems.with_ids(ids)

    def add(self, other: "Settled") -> None:
        """Take over what another range found."""
        self.rejected.update(other.rejected)
        self.copies.update(other.copies)
        self.problems.extend(other.problems)
        for pair, near in other.near.items():
            self.near[pair] = self.near.get(pair, Near(0, ())) + near


def settle(task: SettleTask) -> Settled:
    """Settle a range of keys, read from the spills."""
    return settle_repeated(find_repeated(task), task.rule, task.policies)


def settle_repeated(repeated: Repeated, rule: SplitRule, policies: Policies) -> Settled:
    """Settle the sentences of a range of keys, given those whose near key occurs more than once."""
    settler = _Settler(rule, policies)
    for copies in exact_copies(repeated):
        settler.settle(copies)
    settler.near(repeated)
    return settler.settled


class _Settler:
    """The policies, applied to one group of copies after another."""

    def __init__(self, rule: SplitRule, policies: Policies) -> None:
        # In splits that we compute, dropping the copy that leaks is ours to do; given splits are their owner's to mend.
        computed = not isinstance(rule, GivenSplits)
        self._names, self._ranks = rule.names, leak_ranks(rule.names)
        self._policies = policies.with_default("split-leakage", Policy.DROP) if computed else policies
        self.settled = Settled()

    def settle(self, copies: list[Copy]) -> None:
        """Settle the copies of one sentence, in canonical order."""
        kept = self._leaks(copies)
        self._one_split(kept)
        for number, copy in enumerate(self._published(kept), 1):
            if number > 1:
                self.settled.copies[copy.piece, copy.row] = number

    def near(self, repeated: Repeated) -> None:
        """Count what is left and nearly the same in two splits; the split that keeps it is the same as for copies."""
        rejected = self.settled.rejected
        pairs = zip(repeated.piece.tolist(), repeated.row.tolist(), strict=True) if rejected else ()
        gone = np.array([pair in rejected for pair in pairs], dtype=np.bool_)  # [sentence]
        left = repeated.only(~gone) if rejected else repeated
        ranks, of_rank = np.array(self._ranks), np.argsort(self._ranks)  # [split]: its rank; [rank]: its split
        starts = np.flatnonzero(np.diff(left.near, prepend=~left.near[:1]))  # [near key]: its first sentence
        highest = np.maximum.reduceat(ranks[left.split], starts) if len(left) else starts  # [near key]: a rank
        keeper = of_rank[np.repeat(highest, np.diff(starts, append=len(left)))]  # [sentence]: the split that keeps it
        names = repeated.splits
        for split, other in sorted({*zip(left.split.tolist(), keeper.tolist(), strict=True)}):
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
        if self._policies["near-duplicate"] in (Policy.DROP, Policy.ERROR):
            rows = zip(left.piece[which].tolist(), left.row[which].tolist(), strict=True)
            self.settled.rejected.update(dict.fromkeys(rows, "near-duplicate"))

    def _published(self, copies: list[Copy]) -> list[Copy]:
        return [copy for copy in copies if (copy.piece, copy.row) not in self.settled.rejected]

    def _leaks(self, copies: list[Copy]) -> list[Copy]:
        """Report each split that has a sentence of another one; return the copies of the split that keeps it."""
        by_split = _by_split(copies)
        kept = by_split.pop(max(by_split, key=lambda split: self._ranks[self._names.index(split)]))
        for split, leaking in by_split.items():
            tags = "the same tags" if leaking[0].labels == kept[0].labels else "other tags"
            more = f" (and {counted(len(leaking) - 1, 'more time')} in {split})" if len(leaking) > 1 else ""
            what = f"a sentence of {split} that {kept[0].split} has with {tags} at {kept[0].place}{more}"
            self._report(leaking, "split-leakage", what)
        return kept

    def _one_split(self, copies: list[Copy]) -> None:
        """Report equal copies after the first, and every variant of a sentence that is tagged in more than one way."""
        variants: dict[int, list[Copy]] = {}
        for copy in copies:
            same = variants.setdefault(copy.labels, [])
            if same:
                self._report([copy], "duplicate", f"the sentence of {same[0].place} again")
            same.append(copy)
        first = [variant[0].place for variant in islice(variants.values(), _OTHERS + 1)]
        for variant in variants.values() if len(variants) > 1 else ():
            others = [place for place in first if place != variant[0].place][:_OTHERS]
            more = len(variants) - 1 - len(others)
            listed = ", ".join(others) + (f" and {more:,} more" if more else "")
            self._report(variant, "conflicting-duplicate", f"the tokens of {listed} with other tags")

    def _report(self, copies: list[Copy], code: str, what: str) -> None:
        policy, first = self._policies[code], copies[0]
        self.settled.problems.append(first.problem(code, policy, what), (first.piece, first.row))
        for copy in copies if policy in (Policy.DROP, Policy.ERROR) else ():
            self.settled.rejected.setdefault((copy.piece, copy.row), code)


def _by_split(copies: list[Copy]) -> dict[str, list[Copy]]:
    by_split: dict[str, list[Copy]] = {}
    for copy in copies:
        by_split.setdefault(copy.split, []).append(copy)
    return by_split
