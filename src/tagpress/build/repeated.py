"""Which sentences occur more than once: found by their keys, in ranges, and put into canonical order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from tagpress.build import spill
from tagpress.build.piece_files import PieceFiles
from tagpress.build.spill import Spill
from tagpress.columnar.gather import by_source
from tagpress.columnar.types import Array, Hashes, Integers, Ints, Keys
from tagpress.corpus.place import placed
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import Problem, problem
from tagpress.corpus.splits import CELLS, SplitRule

# Where a sentence stands, canonically: group hash, rank of its document among all, position and line in its source; and
# the number of its split.
PLACES: Final = {"group": np.uint64, "rank": np.int64, "position": np.int64, "line": np.int64, "split": np.int64}


@dataclass(frozen=True, slots=True, kw_only=True)
class SpilledPiece:
    """
    One spilled piece, as far as settling and pressing need it.

    `files` are those that it is of, and `lines` and `positions` how many lines and sentences of its source come before it, where
    it is a part of one; `doc_ranks` orders its documents among all of the corpus; `cell_ends` bounds its rows by cell.
    """

    spill: Spill
    files: PieceFiles
    lines: int
    positions: int
    doc_ids: tuple[str, ...]
    doc_ranks: Ints
    cell_ends: Ints

    def place(self, line: int) -> tuple[str, int]:
        """Return the file of a line of the spill, and its number there."""
        return self.files.place(line + self.lines)

    def rows_of(self, cells: range) -> range:
        """Return the rows of a run of cells."""
        return range(int(self.cell_ends[cells.start - 1]) if cells.start else 0, int(self.cell_ends[cells.stop - 1]))


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
    """One of several copies of a sentence; `key` is the sentence's, in hex."""

    piece: int
    row: int
    key: str
    labels: int
    split: str
    path: str
    line: int

    @property
    def place(self) -> str:
        """Return `path:line`, or `split[row]` of a table in memory."""
        return placed(self.path, self.line)

    def problem(self, code: str, policy: Policy, found: str) -> Problem:
        """Return a problem that this copy has; its id is the key, as if the sentence were published once."""
        made = problem(code, policy, path=self.path, place=(self.line, 1), found=found)
        return replace(made, sentence=self.line, id=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """
    The sentences whose near key occurs more than once, as columns in the order of near key and canonical order.

    `splits` names the splits that `split` numbers, and `files` has those of every piece that `piece` numbers.
    """

    splits: tuple[str, ...]
    files: Sequence[PieceFiles]
    near: Hashes
    key: Keys
    labels: Hashes
    piece: Integers
    row: Integers
    line: Ints
    split: Ints

    def __len__(self) -> int:
        return len(self.near)

    def only(self, which: Array) -> "Repeated":
        """Return some of the sentences, by a mask or by their numbers."""
        columns = ("near", "key", "labels", "piece", "row", "line", "split")
        return replace(self, **{name: getattr(self, name)[which] for name in columns})

    def copy(self, i: int) -> Copy:
        """Return one of the sentences."""
        path, line = self.files[self.piece[i]].place(int(self.line[i]))
        return Copy(
            piece=int(self.piece[i]),
            row=int(self.row[i]),
            key=self.key[i].tobytes().hex(),
            labels=int(self.labels[i]),
            split=self.splits[self.split[i]],
            path=path,
            line=line,
        )


def exact_copies(repeated: Repeated) -> Iterator[list[Copy]]:
    """Yield the copies of each sentence that occurs more than once, in canonical order."""
    copies, group = all_copies(repeated)
    for run in np.split(np.arange(len(copies)), np.flatnonzero(np.diff(group)) + 1) if len(copies) else ():
        yield [copies.copy(i) for i in run.tolist()]


def all_copies(repeated: Repeated) -> tuple[Repeated, Ints]:
    """
    Return the sentences that occur more than once, the copies of each one after another, in canonical order.

    With them a number for each that its copies share, ascending from 0.
    """
    words = repeated.key.view(np.uint64)
    order = np.lexsort((words[:, 1], words[:, 0]))  # stable: copies stay in canonical order
    new = (words[order][1:] != words[order][:-1]).any(axis=1)
    run = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(new)])[: len(order)]
    several = np.bincount(run)[run] > 1
    return repeated.only(order[several]), np.unique(run[several], return_inverse=True)[1]


def find_repeated(task: SettleTask) -> Repeated:
    """Find the sentences of a range whose near key occurs more than once, in the spills of all pieces."""
    slices = [piece.spill.read_keys(task.low, task.high) for piece in task.pieces]
    near = np.concatenate([spill.numbers(part, "near") for part in slices])
    some = more_than_once(near)
    piece = np.repeat(np.arange(len(slices)), [len(part) for part in slices])[some]
    row = np.concatenate([spill.numbers(part, "row") for part in slices])[some]
    places = {name: np.zeros(len(some), dtype=kind) for name, kind in PLACES.items()}
    for number, mine in by_source(piece):
        for name, column in places_of(task.pieces[number], row[mine]).items():
            places[name][mine] = column
    columns = {
        "near": near[some],
        "key": np.concatenate([spill.keys_of(part) for part in slices])[some],
        "labels": np.concatenate([spill.numbers(part, "labels") for part in slices])[some],
        "piece": piece,
        "row": row,
    }
    return in_order({**columns, **places}, task.rule.names, [one.files for one in task.pieces])


def more_than_once(near: Hashes) -> Ints:
    """Return the numbers of the sentences whose near key occurs more than once, in the order of near keys."""
    # The keys alone, which takes a third of what their order takes: most corpora have few copies.
    ordered = np.sort(near)
    several = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(several):
        return np.zeros(0, dtype=np.int64)
    found = np.minimum(np.searchsorted(several, near), len(several) - 1)
    places = np.flatnonzero(several[found] == near)
    return places[np.argsort(near[places], kind="stable")]


def places_of(piece: SpilledPiece, rows: Integers) -> dict[str, Array]:
    """Return the columns of `PLACES` for some rows of a piece."""
    batch = piece.spill.map_sentences()
    return {
        "group": spill.numbers(batch, "group")[rows],
        "rank": piece.doc_ranks[spill.numbers(batch, "document")[rows]],
        "position": spill.numbers(batch, "position")[rows] + piece.positions,
        "line": spill.numbers(batch, "line")[rows] + piece.lines,
        "split": np.searchsorted(piece.cell_ends, rows, side="right") // CELLS,
    }


def in_order(columns: dict[str, Array], splits: tuple[str, ...], files: Sequence[PieceFiles]) -> Repeated:
    """Return sentences by near key and then canonically; `columns` are those of `Repeated` and of `PLACES`."""
    order = np.lexsort([columns[name] for name in ("position", "rank", "group", "near")])
    names = ("near", "key", "labels", "piece", "row", "line", "split")
    return Repeated(splits=splits, files=files, **{name: columns[name][order] for name in names})
