"""
Reading a whole corpus: survey every piece, settle every sentence, and say what was found.

This is the part that `check`, `build` and the `datasets` builder share.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np

from tagpress.build.declaration import Declaration
from tagpress.build.moves import Moves
from tagpress.build.rejected import LeftBehind, LeftTask, left_behind
from tagpress.build.repeated import SpilledPiece
from tagpress.build.report import Report, make_report, missing_types, near_duplicates, rejected_sentences
from tagpress.build.settle import Settled
from tagpress.build.shard import PieceRows
from tagpress.build.survey import Surveyed
from tagpress.columnar.types import Ints
from tagpress.corpus.identity import document_keys, group_hashes
from tagpress.corpus.problems import Problem
from tagpress.corpus.splits import CELLS, GivenSplits, cell_of, shard_count
from tagpress.engine.progress import Progress, weighed
from tagpress.errors import SourceError
from tagpress.read.pieces import pieces
from tagpress.read.sources.apart import apart, without_companions
from tagpress.read.sources.source import Source, find, identity

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    A corpus that was read and settled; its texts stay in the spills.

    `shards` counts the shards of each split, `sources` the sentences of each source; `size` is the sources' size in bytes;
    `hashes` has the SHA-256 of those sources that were read at once.
    """

    pieces: tuple[SpilledPiece, ...]
    settled: Settled
    shards: Mapping[str, int]
    sources: Mapping[Source, int]
    hashes: Mapping[Source, str]
    size: int
    report: Report
    rejected: tuple[dict[str, Any], ...]

    def rows(self) -> tuple[PieceRows, ...]:
        """Return the rows of every piece that are published."""
        rejected, copies = _by_piece(self.settled.rejected), _by_piece(self.settled.copies)
        return tuple(
            PieceRows(
                piece=piece,
                rows=range(int(piece.cell_ends[-1])),
                rejected=np.array(sorted(rejected.get(number, ())), dtype=np.int64),
                copies=copies.get(number, {}),
            )
            for number, piece in enumerate(self.pieces)
        )


def _by_piece(settled: Mapping[tuple[int, int], Value]) -> dict[int, dict[int, Value]]:
    found: dict[int, dict[int, Value]] = {}
    for (piece, row), value in settled.items():
        found.setdefault(piece, {})[row] = value
    return found


def read_corpus(declaration: Declaration, moves: Moves, *, previous: Mapping[str, int], progress: Progress) -> Reading:
    """
    Read a corpus; what the moves have spilled must stay until the last row has been gathered.

    `previous` holds the shard counts of the last release.

    Raises:
        SourceError: a source cannot be found or read.

    """
    surveyed = _survey(declaration, moves, progress)
    spilled = _spilled(surveyed)
    sources: Counter[Source] = Counter()
    for one in surveyed:
        sources[one.task.piece.source] += one.sentences
    size = sum(source.size for source in sources)
    settled = Settled()
    for found in moves.settle(spilled, declaration, partial(progress, "settle"), size=size):
        settled.add(found)
    left = tuple(moves.engine.map(left_behind, _left(spilled, settled, declaration), lambda *_: None, size=size))
    rows, labels = _published(surveyed, spilled, left, declaration)
    problems = [*near_duplicates(settled, declaration), *missing_types(labels, declaration)]
    problems += [settled.published(found, at) for found, at in (*_found(surveyed, spilled), *settled.problems)]
    groups = _groups(spilled, rows, declaration)
    shards = {split: shard_count(rows[split], groups[split], split, previous.get(split)) for split in rows}
    return Reading(
        pieces=spilled,
        settled=settled,
        shards=shards,
        sources=sources,
        hashes={one.task.piece.source: one.sha256 for one in surveyed if one.sha256},
        size=size,
        report=make_report(surveyed, rows, shards, declaration, tuple(sorted(problems))),
        rejected=rejected_sentences(surveyed, spilled, left),
    )


def sources_of(declaration: Declaration) -> list[tuple[Source, str | None]]:
    """
    Return every source with the split it was given, in canonical order.

    Raises:
        SourceError: a pattern finds nothing, or two splits claim the same file.

    """
    splits: dict[tuple[str, str], str | None] = {}
    found: list[Source] = []
    for globs in declaration.sources:
        for source in without_companions(find(globs.patterns, globs.base), declaration.dialect.beside):
            if splits.setdefault(identity(source), globs.split) != globs.split:
                message = f"{source.name} is in the splits {splits[identity(source)]} and {globs.split}"
                raise SourceError(message, "name each file for one split")
            found.append(source)
    return [(source, splits[identity(source)]) for source in apart(found)]


def _survey(declaration: Declaration, moves: Moves, progress: Progress) -> tuple[Surveyed, ...]:
    found = [
        (piece, split) for source, split in sources_of(declaration) for piece in pieces(source, declaration.dialect)
    ]
    sizes = [(piece.stop or piece.source.size) - piece.start for piece, _ in found]
    return moves.survey(found, declaration, weighed(progress, "survey", sizes), size=sum(sizes))


def _found(surveyed: Sequence[Surveyed], pieces: Sequence[SpilledPiece]) -> Iterator[tuple[Problem, tuple[int, int]]]:
    """Yield every problem of a piece, with (piece, row of its spill) of its sentence; the row of none is -1."""
    for number, (one, piece) in enumerate(zip(surveyed, pieces, strict=True)):
        for found, row in zip(one.problems, one.problem_rows, strict=True):
            yield found.below(piece.lines), (number, row)


def _spilled(surveyed: Sequence[Surveyed]) -> tuple[SpilledPiece, ...]:
    """Return the pieces in their order, each with what comes before it in its source."""
    ranks = {name: rank for rank, name in enumerate(sorted({name for one in surveyed for name in one.doc_ids}))}
    result: list[SpilledPiece] = []
    source, lines, positions = None, 0, 0
    for one in surveyed:
        if one.task.piece.source != source:
            source, lines, positions = one.task.piece.source, 0, 0
        piece = SpilledPiece(
            spill=one.task.spill,
            path=one.task.piece.source.name,
            lines=lines,
            positions=positions,
            doc_ids=one.doc_ids,
            doc_ranks=np.array([ranks[name] for name in one.doc_ids], dtype=np.int64),
            cell_ends=one.cell_ends,
        )
        result.append(piece)
        lines, positions = lines + one.lines, positions + one.sentences
    return tuple(result)


def _left(pieces: Sequence[SpilledPiece], settled: Settled, declaration: Declaration) -> list[LeftTask]:
    """Return the pieces of which something stays behind."""
    names, splits = declaration.labels.names, len(declaration.splits.names)
    return [
        LeftTask(piece=pieces[number], reasons=reasons, labels=names, splits=splits)
        for number, reasons in sorted(_by_piece(settled.rejected).items())
    ]


def _published(
    surveyed: Sequence[Surveyed], pieces: Sequence[SpilledPiece], left: Sequence[LeftBehind], declaration: Declaration
) -> tuple[dict[str, int], Ints]:
    """Count the rows of each split, and its labels, as an array [split, label]."""
    ends = np.array([piece.cell_ends[CELLS - 1 :: CELLS] for piece in pieces])
    rows = np.diff(ends, axis=1, prepend=0).sum(axis=0) - sum(one.rows for one in left)
    labels = np.sum([one.split_labels for one in surveyed], axis=0) - sum(one.label_counts for one in left)
    return dict(zip(declaration.splits.names, rows.tolist(), strict=True)), labels


def _groups(pieces: Sequence[SpilledPiece], rows: Mapping[str, int], declaration: Declaration) -> Mapping[str, int]:
    """Count the groups of each split."""
    rule = declaration.splits
    if rule.group == "sentence":
        return rows
    counts = dict.fromkeys(rule.names, 0)
    documents = {doc_id: piece for piece in pieces for doc_id in piece.doc_ids}
    if isinstance(rule, GivenSplits):
        for piece in documents.values():
            split = int(np.searchsorted(piece.cell_ends, 0, side="right")) // CELLS
            counts[rule.names[min(split, len(rule.names) - 1)]] += 1
        return counts
    cells = cell_of(group_hashes(document_keys(documents), rule.salt), rule)
    return dict(zip(rule.names, np.bincount(cells // CELLS, minlength=len(rule.names)).tolist(), strict=True))
