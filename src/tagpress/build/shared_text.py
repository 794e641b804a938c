"""
Does one configuration train on what another one tests? Where a script says that configurations share text.

Exact copies count, by their tokens. A sentence that one configuration has in test, and another in validation or train,
leaves the latter, as within a configuration; one that both have in the same kind of split stays in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from tagpress.build.declaration import Declaration
from tagpress.build.read_all import Reading
from tagpress.build.repeated import Copy, SettleTask, SpilledPiece, exact_copies, find_repeated
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.split_names import kind_of
from tagpress.corpus.splits import LINE, GivenSplits
from tagpress.engine import Engine

_ROWS: Final = 1_000_000  # sentences in a range of keys, as when they are settled


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTask:
    """
    A range of keys over the pieces of several configurations.

    `first` is the number of each configuration's first piece, ascending; `kinds` are those of its splits.
    """

    settle: SettleTask
    first: tuple[int, ...]
    kinds: tuple[tuple[int, ...], ...]

    def config(self, copy: Copy) -> int:
        """Return the number of a sentence's configuration."""
        return sum(first <= copy.piece for first in self.first) - 1

    def kind(self, copy: Copy) -> int:
        """Return the kind of the split that a sentence is in."""
        return self.kinds[self.config(copy)][int(copy.split.removeprefix("n"))]


def settle_shared(groups: Sequence[Sequence[str]], readings: Mapping[str, Reading], engine: Engine) -> None:
    """Have each configuration of a group lose what another one of it keeps for measuring, and say so."""
    for names in groups:
        own = [readings[name] for name in names]
        tasks = _tasks(own)
        size = sum(reading.size for reading in own)
        for task, found in zip(tasks, engine.map(shared_sentences, tasks, lambda *_: None, size=size), strict=True):
            for copies in found:
                _settle(copies, task, own)


def shared_sentences(task: SharedTask) -> list[list[Copy]]:
    """Return the copies of each sentence that several configurations have in splits of several kinds."""
    return [
        copies
        for copies in exact_copies(find_repeated(task.settle))
        if len({task.config(copy) for copy in copies}) > 1 and len({task.kind(copy) for copy in copies}) > 1
    ]


def _tasks(readings: Sequence[Reading]) -> list[SharedTask]:
    pieces: list[SpilledPiece] = [piece for reading in readings for piece in reading.pieces]
    names = [reading.declaration.splits.names for reading in readings]
    # Splits go by their numbers here: each configuration has its own names.
    rule = GivenSplits(names=tuple(f"n{number}" for number in range(max(map(len, names)))))
    first = tuple(accumulate((len(reading.pieces) for reading in readings[:-1]), initial=0))
    ranges = 1 + sum(int(piece.cell_ends[-1]) for piece in pieces) // _ROWS
    return [
        SharedTask(
            settle=SettleTask(
                pieces=tuple(pieces),
                rule=rule,
                policies=readings[0].declaration.policies,
                low=LINE * number // ranges,
                high=LINE * (number + 1) // ranges,
            ),
            first=first,
            kinds=tuple(tuple(map(kind_of, own)) for own in names),
        )
        for number in range(ranges)
    ]


def _settle(copies: Sequence[Copy], task: SharedTask, readings: Sequence[Reading]) -> None:
    """Settle the copies of one sentence that are left of it in each configuration."""
    left = [copy for copy in copies if _at(copy, task) not in readings[task.config(copy)].settled.rejected]
    for copy in left:
        config, kind = task.config(copy), task.kind(copy)
        keepers = [other for other in left if task.config(other) != config and task.kind(other) > kind]
        if keepers:
            highest = max(map(task.kind, keepers))
            keeper = min(
                (other for other in keepers if task.kind(other) == highest),
                key=lambda other: (task.config(other), other.path, other.line),
            )
            _report(copy, keeper, task, readings)


def _report(copy: Copy, keeper: Copy, task: SharedTask, readings: Sequence[Reading]) -> None:
    reading, other = readings[task.config(copy)], readings[task.config(keeper)].declaration
    declaration, at = reading.declaration, _at(copy, task)
    what = f"a sentence of {_called(copy, declaration)} that {_called(keeper, other)} has at {keeper.place}"
    policy = _policy(declaration)
    reading.settled.problems.append(copy.problem("split-leakage", policy, what), at)
    if policy in (Policy.DROP, Policy.ERROR):
        reading.settled.rejected[at] = "split-leakage"


def _policy(declaration: Declaration) -> Policy:
    """Return the policy, as within a configuration: what leaks from splits that we compute is ours to drop."""
    computed = not isinstance(declaration.splits, GivenSplits)
    policies = declaration.policies
    return (policies.with_default("split-leakage", Policy.DROP) if computed else policies)["split-leakage"]


def _called(copy: Copy, declaration: Declaration) -> str:
    return declaration.called(declaration.splits.names[int(copy.split.removeprefix("n"))])


def _at(copy: Copy, task: SharedTask) -> tuple[int, int]:
    """Return the (piece, row) of a sentence in its own configuration."""
    return copy.piece - task.first[task.config(copy)], copy.row
