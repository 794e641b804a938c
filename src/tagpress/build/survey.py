"""
The first move of a build: every piece of every source is read and checked, on its own and in any order.

What is publishable is spilled with its keys (see `spill`), the rest is described; only counts come back. Small files are
one piece together: what a file costs beside its bytes, two spills above all that every shard opens, would be most of the work.
"""

from binascii import hexlify
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.build.check import Checked
from tagpress.build.corrected import Met
from tagpress.build.declaration import Declaration
from tagpress.build.expectations import Expectations
from tagpress.build.found_personal import PERSONAL
from tagpress.build.in_splits import InSplits, in_splits
from tagpress.build.marked import Unmarked, unmarked_in
from tagpress.build.piece_files import PieceFiles
from tagpress.build.read_file import ReadFile, read_file
from tagpress.build.rejections import Rejections
from tagpress.build.spill import Spill
from tagpress.build.write_spill import write_spill
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.loops import count_labels
from tagpress.columnar.types import Ints
from tagpress.corpus import tags
from tagpress.corpus.counts import added
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.table import in_order
from tagpress.corpus.problem_table import ProblemTable
from tagpress.corpus.schema import OUTSIDE, is_nested
from tagpress.corpus.splits import CELLS
from tagpress.read.account import LineAccount
from tagpress.read.pieces import Piece
from tagpress.read.sources.once import looked_at_once


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyTask:
    """A part of a file, or several small ones, to read; the split they were given, if any, and where to leave what is publishable."""

    pieces: tuple[Piece, ...]
    split: str | None
    declaration: Declaration
    spill: Spill


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyedFile:
    """
    What one file held, or a part of one: `sentences` and `lines` read, of which `account` says what each is.

    `rejected` describes what is not spilled, `unmarked` are the stretches of sentences without an entity, and `corrected` says
    which corrections met a sentence. Lines count from the part's start. `sha256` is that of the source, where this is all of it.
    """

    piece: Piece
    sha256: str | None
    sentences: int
    lines: int
    account: LineAccount
    rejected: Rejections
    unmarked: Unmarked
    corrected: tuple[Met, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """
    What a piece held: `tokens`, `label_counts` and `layer_counts` of all that was read, and what was wrong.

    `cell_ends` bounds the spilled rows of every cell of every split; `split_labels` counts their labels, of shape
    [split, label]; `doc_ids` are the documents of the piece, `doc_files` the file of each; `unread` says which columns nothing
    is read from, `aside` what else the sources have that is not published, counted. Each problem of a spilled sentence has
    the sentence's key for an id and its row in the spill for a row, one of none has -1. `in_splits` says of what is spilled,
    where splits are given, which split has how much of each document.
    """

    task: SurveyTask
    files: tuple[SurveyedFile, ...]
    tokens: int
    unread: tuple[str, ...]
    aside: Mapping[str, int]
    label_counts: Ints
    layer_counts: Mapping[str, Mapping[str, int]]
    cell_ends: Ints
    split_labels: Ints
    doc_ids: tuple[str, ...]
    doc_files: Ints
    in_splits: InSplits
    problems: ProblemTable
    has_ids: bool = False
    """Whether any sentence has an id in the source."""

    @property
    def sentences(self) -> int:
        """Return how many sentences were read."""
        return sum(one.sentences for one in self.files)

    @property
    def lines(self) -> int:
        """Return how many lines there are."""
        return sum(one.lines for one in self.files)

    @property
    def piece_files(self) -> PieceFiles:
        """Return where the lines of the piece are."""
        return PieceFiles(
            tuple(one.piece.source.name for one in self.files),
            tuple(bounds_of([one.lines for one in self.files])[:-1].tolist()),
        )


def survey(task: SurveyTask) -> Surveyed:
    """Read and check a piece and spill its publishable sentences."""
    declaration = task.declaration
    expected = expectations(declaration)
    with looked_at_once():  # an archive on a URL is fetched once for all of its files that are here
        files = [read_file(piece, declaration, expected) for piece in task.pieces]
    written = write_spill(files, declaration, task.spill, task.split)
    first = bounds_of([len(one.parsed) for one in files])
    rows = np.full(first[-1], -1)
    rows[written.order] = np.arange(len(written.order))
    bounds = zip(files, first[:-1].tolist(), first[1:].tolist(), strict=True)
    return Surveyed(
        task=replace(task, spill=written.spill),
        files=tuple(_surveyed(one, declaration) for one in files),
        tokens=sum(len(one.parsed.tags) for one in files),
        unread=tuple(dict.fromkeys(name for one in files for name in one.parsed.unread)),
        aside=added([one.parsed.aside for one in files]),
        label_counts=written.split_labels.sum(axis=0) + np.sum([_kept_back(one, declaration) for one in files], axis=0),
        layer_counts=_layer_counts(files, declaration.layer_columns),
        cell_ends=np.searchsorted(written.cells, np.arange(1, len(declaration.splits.names) * CELLS + 1)),
        split_labels=written.split_labels,
        doc_ids=tuple(name for one in files for name in one.doc_ids),
        doc_files=np.repeat(np.arange(len(files)), [len(one.doc_ids) for one in files]),
        in_splits=in_splits(written.cells, written.documents, written.lines, declaration.splits),
        problems=_joined([_problems(one, rows[start:stop]) for one, start, stop in bounds]),
        has_ids=any(_has_ids(one) for one in files),
    )


def _surveyed(one: ReadFile, declaration: Declaration) -> SurveyedFile:
    return SurveyedFile(
        piece=one.piece,
        sha256=one.sha256,
        sentences=len(one.parsed),
        lines=one.parsed.lines,
        account=one.parsed.account,
        rejected=Rejections.of(one.rejected()),
        unmarked=unmarked_in(one.checked, one.lines, declaration),
        corrected=tuple(replace(met, sentence=int(one.lines[met.sentence])) for met in one.checked.met),
    )


def _has_ids(one: ReadFile) -> bool:
    ids = one.parsed.sentence_ids
    return ids is not None and bool(pc.sum(pc.binary_length(ids)).as_py())


def _joined(tables: Sequence[ProblemTable]) -> ProblemTable:
    return tables[0] if len(tables) == 1 else ProblemTable.joined(tables)


def expectations(declaration: Declaration) -> Expectations:
    """Return what a declaration says of each sentence."""
    return Expectations(
        labels=declaration.labels,
        scheme=tags.scheme_named(declaration.dialect.scheme),
        joiner=declaration.dialect.joiner,
        policies=declaration.policies,
        max_tokens=declaration.max_tokens,
        types=declaration.spelled_types,
        layers=in_order(declaration.layers),
        corrections=declaration.corrections,
        forgotten=declaration.forgotten,
        personal=declaration.personal or PERSONAL in declaration.policies.chosen,
        splits=declaration.splits.values if isinstance(declaration.splits, FieldSplits) else {},
        line=getattr(declaration.dialect, "line", ""),
        no_quotes=bool(getattr(declaration.dialect, "delimiter", None))
        and not getattr(declaration.dialect, "quote", None),
    )


def _problems(one: ReadFile, rows: Ints) -> ProblemTable:
    """Return the problems with the line of their sentence, and with its key and its row where it is spilled."""
    keys, sentence = one.keys, one.checked.problems.numbers("row")
    row = np.append(rows, -1)[sentence]
    of_none = np.append(one.lines, 0)  # the line of sentence -1, which is none
    spilled = keys[sentence[row >= 0]]
    sizes = np.where(row >= 0, 2 * keys.dtype.itemsize * keys.shape[1], 0)
    ids = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(row), [None, pa.py_buffer(bounds_of(sizes)), pa.py_buffer(hexlify(spilled.tobytes()))]
    )
    return one.checked.problems.of_sentences(of_none[sentence], ids, row)


def _layer_counts(files: Sequence[ReadFile], layers: Mapping[str, Layer]) -> dict[str, Mapping[str, int]]:
    """Count the names of each layer that has any, in all that was read."""
    counts: dict[str, Counter[str]] = {}
    for one in files:
        for name, own in _known_names(one.checked, layers).items():
            counts.setdefault(name, Counter()).update(own)
    return {name: dict(own) for name, own in counts.items()}


def _kept_back(one: ReadFile, declaration: Declaration) -> Ints:
    """Count the labels of what was read and is not spilled, less those of unknown tags: they count for none."""
    checked, bounds = one.checked, list_bounds(one.parsed.tokens)
    kinds = np.where(checked.keep, -1, 0)
    counts: Ints = count_labels(checked.label_ids, bounds, kinds, (1, len(declaration.labels.names)))[0]
    counts[OUTSIDE] -= checked.unknown
    return counts


def _known_names(checked: Checked, layers: Mapping[str, Layer]) -> dict[str, dict[str, int]]:
    """Count the names of each layer that has any, in all that was read; an unknown one counts for none."""
    counts = {name: layer.count(layer.published(checked.layers[name])) for name, layer in layers.items() if layer.names}
    for name, layer in layers.items():
        if name in counts and not is_nested(layer.arrow):  # where an unknown text stands, there is the first name
            counts[name][layer.names[0]] -= checked.unknown_in[name]
    return counts
