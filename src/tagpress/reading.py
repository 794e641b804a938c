"""
Reading a whole corpus: survey every piece, settle every sentence, and say what was found.

This is the part that `check`, `build` and the `datasets` builder share.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from tagpress.copies import SettleTask, SpilledPiece
from tagpress.declaration import Declaration
from tagpress.engine import LocalEngine
from tagpress.errors import SourceError
from tagpress.identity import document_keys, group_hashes
from tagpress.read.pieces import pieces
from tagpress.read.sources import Source, expand
from tagpress.report import Report, make_report, missing_types, near_duplicates, rejected_sentences
from tagpress.settle import Settled, settle, settled_sentences
from tagpress.spill import Spill
from tagpress.split import CELLS, LINE, GivenSplits, cell_of, shard_count
from tagpress.survey import Surveyed, SurveyTask, survey

# Sentences in a range of keys that is settled at once: about 100 MB of keys.
SETTLE_ROWS: Final = 1_000_000
Ints: TypeAlias = npt.NDArray[np.int64]
# Called with the name of the work, how much of it is done, and how much there is: "survey" in bytes of source, "settle"
# in ranges of keys, "press" in sentences, "hash" in files.
Progress: TypeAlias = Callable[[str, int, int], None]


def weighed(progress: Progress, work: str, weights: Sequence[int]) -> Callable[[int, int], None]:
    """Return what tells `progress` of items of these weights, when told how many of them are done."""
    sums = [0, *accumulate(weights)]
    return lambda done, _total: progress(work, sums[done], sums[-1])


@dataclass(frozen=True, kw_only=True)
class Reading:
    """
    A corpus that was read and settled; its texts stay in the spills.

    `shards` counts the shards of each split, `sources` the sentences of each source; `size` is the sources' size in bytes.
    """

    pieces: tuple[SpilledPiece, ...]
    settled: Settled
    shards: Mapping[str, int]
    sources: Mapping[Source, int]
    size: int
    report: Report
    rejected: tuple[dict[str, Any], ...]

    @cached_property
    def rejected_rows(self) -> Mapping[int, Ints]:
        """Return the spilled rows of each piece that are not published, in order."""
        rows = sorted(self.settled.rejected)
        by_piece = {piece: [row for _, row in pairs] for piece, pairs in groupby(rows, key=itemgetter(0))}
        return {piece: np.array(own, dtype=np.int64) for piece, own in by_piece.items()}

    @cached_property
    def copies(self) -> Mapping[int, Mapping[int, int]]:
        """Return the spilled rows of each piece that are copies of a published sentence, numbered from 2."""
        found: dict[int, dict[int, int]] = {}
        for (piece, row), copy in self.settled.copies.items():
            found.setdefault(piece, {})[row] = copy
        return found


def read_corpus(
    declaration: Declaration, spills: Path, *, engine: LocalEngine, previous: Mapping[str, int], progress: Progress
) -> Reading:
    """
    Read a corpus; `spills` is an empty folder that must stay until the last row has been gathered.

    `previous` holds the shard counts of the last release.

    Raises:
        SourceError: a source cannot be found or read.

    """
    surveyed = _survey(declaration, spills, engine, progress)
    spilled = _spilled(surveyed)
    sources: Counter[Source] = Counter()
    for one in surveyed:
        sources[one.task.piece.source] += one.sentences
    size = sum(source.size for source in sources)
    settled = _settle(spilled, declaration, engine, size, progress)
    rows, labels = _published(surveyed, spilled, settled, declaration)
    problems = [
        found.below(piece.lines) for one, piece in zip(surveyed, spilled, strict=True) for found in one.problems
    ]
    problems += [*settled.problems, *near_duplicates(settled, declaration), *missing_types(labels, declaration)]
    groups = _groups(spilled, rows, declaration)
    return Reading(
        pieces=spilled,
        settled=settled,
        shards={split: shard_count(rows[split], groups[split], split, previous.get(split)) for split in rows},
        sources=sources,
        size=size,
        report=make_report(surveyed, rows, declaration, tuple(sorted(problems))),
        rejected=rejected_sentences(surveyed, spilled, settled, declaration),
    )


def sources_of(declaration: Declaration) -> list[tuple[Source, str | None]]:
    """
    Return every source with the split it was given, in canonical order.

    Raises:
        SourceError: a pattern finds nothing, or two splits claim the same document.

    """
    found = [(source, globs.split) for globs in declaration.sources for source in expand(globs.patterns, globs.base)]
    found.sort(key=lambda pair: pair[0].doc_id)
    for (source, _), (other, _) in pairwise(found):
        if source.doc_id == other.doc_id:
            raise SourceError(
                f"{source.name} and {other.name} would both be the document {source.doc_id!r}",
                "give each file another name, or one pattern that holds the folders apart, such as corpus/*/*.txt",
            )
    return found


def _survey(declaration: Declaration, spills: Path, engine: LocalEngine, progress: Progress) -> tuple[Surveyed, ...]:
    found = [
        (piece, split) for source, split in sources_of(declaration) for piece in pieces(source, declaration.dialect)
    ]
    tasks = [
        SurveyTask(
            piece=piece,
            split=split,
            declaration=declaration,
            spill=Spill(spills / f"{number}-sentences.arrow", spills / f"{number}-keys.arrow", declaration.extra),
        )
        for number, (piece, split) in enumerate(found)
    ]
    sizes = [(piece.stop or piece.source.size) - piece.start for piece, _ in found]
    return tuple(engine.map(survey, tasks, weighed(progress, "survey", sizes), size=sum(sizes)))


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


def _settle(
    pieces: tuple[SpilledPiece, ...], declaration: Declaration, engine: LocalEngine, size: int, progress: Progress
) -> Settled:
    ranges = 1 + sum(int(piece.cell_ends[-1]) for piece in pieces) // SETTLE_ROWS
    tasks = [
        SettleTask(
            pieces=pieces,
            rule=declaration.splits,
            policies=declaration.policies,
            low=LINE * number // ranges,
            high=LINE * (number + 1) // ranges,
        )
        for number in range(ranges)
    ]
    settled = Settled()
    for found in engine.map(settle, tasks, partial(progress, "settle"), size=size):
        settled.add(found)
    return settled


def _published(
    surveyed: Sequence[Surveyed], pieces: Sequence[SpilledPiece], settled: Settled, declaration: Declaration
) -> tuple[dict[str, int], Ints]:
    """Count the rows of each split, and its labels, as an array [split, label]."""
    names = declaration.splits.names
    ends = np.array([piece.cell_ends[CELLS - 1 :: CELLS] for piece in pieces])
    rows = np.diff(ends, axis=1, prepend=0).sum(axis=0)
    labels = np.sum([one.split_labels for one in surveyed], axis=0)
    for (number, row), sentence in settled_sentences(pieces, settled.rejected):
        split = int(np.searchsorted(pieces[number].cell_ends, row, side="right")) // CELLS
        rows[split] -= 1
        labels[split] -= np.bincount(sentence["ner_tags"].as_py(), minlength=labels.shape[1])
    return dict(zip(names, rows.tolist(), strict=True)), labels


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
