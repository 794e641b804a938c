"""Which sentences occur more than once: found by their keys, in ranges, and put into canonical order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tagpress import spill
from tagpress.gather import by_source
from tagpress.rules import Policies
from tagpress.spill import Spill
from tagpress.split import CELLS, SplitRule

Ints: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledPiece:
    """
    One spilled piece, as far as settling and pressing need it.

    `lines` and `positions` are how many lines and sentences of its source come before it; `doc_ranks` orders its
    documents among all of the corpus; `cell_ends` bounds its rows by cell.
    """

    spill: Spill
    path: str
    lines: int
    positions: int
    doc_ids: tuple[str, ...]
    doc_ranks: Ints
    cell_ends: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleTask:
    """A range of near keys, `low` to `high` (exclusive), over all pieces."""

    pieces: tuple[SpilledPiece, ...]
    rule: SplitRule
    policies: Policies
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One of several copies of a sentence."""

    piece: int
    row: int
    labels: int
    split: str
    path: str
    line: int

    @property
    def place(self) -> str:
        """Return `path:line`."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The sentences whose near key occurs more than once, as columns in the order of near key and canonical order."""

    task: SettleTask
    near: Ints
    key: npt.NDArray[np.uint8]
    labels: Ints
    piece: Ints
    row: Ints
    line: Ints
    split: Ints

    def __len__(self) -> int:
        return len(self.near)

    def only(self, which: npt.NDArray[Any]) -> "Repeated":
        """Return some of the sentences, by a mask or by their numbers."""
        columns = ("near", "key", "labels", "piece", "row", "line", "split")
        return Repeated(task=self.task, **{name: getattr(self, name)[which] for name in columns})

    def place(self, i: int) -> str:
        """Return `path:line` of a sentence."""
        return f"{self.task.pieces[self.piece[i]].path}:{self.line[i]}"


def exact_copies(repeated: Repeated) -> Iterator[list[Copy]]:
    """Yield the copies of each sentence that occurs more than once, in canonical order."""
    words = repeated.key.view(np.uint64)
    order = np.lexsort((words[:, 1], words[:, 0]))  # stable: copies stay in canonical order
    new = (words[order][1:] != words[order][:-1]).any(axis=1)
    for run in np.split(order, np.flatnonzero(new) + 1):
        if len(run) > 1:
            yield [_copy(repeated, i) for i in run.tolist()]


def _copy(repeated: Repeated, i: int) -> Copy:
    return Copy(
        piece=int(repeated.piece[i]),
        row=int(repeated.row[i]),
        labels=int(repeated.labels[i]),
        split=repeated.task.rule.names[repeated.split[i]],
        path=repeated.task.pieces[repeated.piece[i]].path,
        line=int(repeated.line[i]),
    )


def find_repeated(task: SettleTask) -> Repeated:
    """Find the sentences of a range whose near key occurs more than once."""
    slices = [piece.spill.read_keys(task.low, task.high) for piece in task.pieces]
    near = np.concatenate([spill.numbers(part, "near") for part in slices])
    order = np.argsort(near, kind="stable")
    same = near[order][1:] == near[order][:-1]
    some = order[np.concatenate([[False], same]) | np.concatenate([same, [False]])] if len(near) else order
    piece = np.repeat(np.arange(len(slices)), [len(part) for part in slices])[some]
    row = np.concatenate([spill.numbers(part, "row") for part in slices])[some]
    keys = np.concatenate([spill.keys_of(part) for part in slices])[some]
    labels = np.concatenate([spill.numbers(part, "labels") for part in slices])[some]
    order, line, split = _places(task, near[some], piece, row)
    columns: dict[str, Any] = {
        "near": near[some],
        "key": keys,
        "labels": labels,
        "piece": piece,
        "row": row,
        "line": line,
        "split": split,
    }
    return Repeated(task=task, **{name: column[order] for name, column in columns.items()})


def _places(task: SettleTask, near: Ints, piece: Ints, row: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the order of sentences by near key and then canonically, their lines, and the numbers of their splits."""
    position, rank, line, split = (np.zeros(len(row), dtype=np.int64) for _ in range(4))
    group = np.zeros(len(row), dtype=np.uint64)
    for number, mine in by_source(piece):
        one = task.pieces[number]
        rows, batch = row[mine], one.spill.map_sentences()
        position[mine] = spill.numbers(batch, "position")[rows] + one.positions
        rank[mine] = one.doc_ranks[spill.numbers(batch, "document")[rows]]
        line[mine] = spill.numbers(batch, "line")[rows] + one.lines
        group[mine] = spill.numbers(batch, "group")[rows]
        split[mine] = np.searchsorted(one.cell_ends, rows, side="right") // CELLS
    return np.lexsort((position, rank, group, near)), line, split
