"""What became of every sentence that was read: published, or rejected and why? `read = published + rejected`."""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.read_all import Reading, by_piece
from tagpress.build.rejections import Rejections
from tagpress.build.repeated import SpilledPiece
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.numbers import unspilled
from tagpress.corpus.place import has_rows, placed
from tagpress.corpus.splits import CELLS
from tagpress.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    What became of the sentences of a corpus.

    `rows` counts what is published of each split, `labels` their labels, an array of shape [split, label]; `rejected`
    has an entry for every other sentence, in the order of the sources.
    """

    rows: dict[str, int]
    labels: Ints
    rejected: Rejections


def account_for(reading: Reading, engine: Engine) -> Account:
    """Say what became of every sentence; the engine looks at those that settling rejected, in their spills."""
    tasks = _left(reading)
    left = tuple(engine.map(left_behind, [*tasks.values()], lambda *_: None, size=reading.size))
    entries = _entries(reading, dict(zip(tasks, left, strict=True)))
    names = reading.declaration.splits.names
    ends = np.array([piece.cell_ends[CELLS - 1 :: CELLS] for piece in reading.pieces])
    rows = np.diff(ends, axis=1, prepend=0).sum(axis=0) - sum(one.rows for one in left)
    labels = np.sum([one.split_labels for one in reading.surveyed], axis=0) - sum(one.label_counts for one in left)
    counts = dict(zip(names, rows.tolist(), strict=True))
    return Account(rows=counts, labels=labels, rejected=Rejections.of(entries))


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftTask:
    """A piece and the reason for each of its rows that stay behind; `labels` names the labels, of `splits` splits."""

    piece: SpilledPiece
    reasons: Mapping[int, str]
    labels: tuple[str, ...]
    splits: int
    layers: Mapping[str, Layer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Entries for `rejected.jsonl` by line, and how many rows [split] and labels [split, label] they take away."""

    entries: Rejections
    rows: Ints
    label_counts: Ints


def left_behind(task: LeftTask) -> LeftBehind:
    """Describe and count what stays behind of a piece."""
    piece, batch = task.piece, task.piece.spill.map_sentences()
    lines = spill.numbers(batch, "line")
    rows = np.zeros(task.splits, dtype=np.int64)
    label_counts = np.zeros((task.splits, len(task.labels)), dtype=np.int64)
    for row in task.reasons:
        split = int(np.searchsorted(piece.cell_ends, row, side="right")) // CELLS
        rows[split] += 1
        label_counts[split] += np.bincount(batch["ner_tags"][row].values.to_numpy(), minlength=len(task.labels))
    by_line = sorted(task.reasons, key=lambda row: (int(lines[row]), row))
    return LeftBehind(Rejections.of(_entry(task, batch, row) for row in by_line), rows, label_counts)


def _entry(task: LeftTask, batch: pa.RecordBatch, row: int) -> dict[str, Any]:
    path, line = task.piece.place(batch["line"][row].as_py())
    return {
        "path": path,
        "line": line,
        "doc_id": task.piece.doc_ids[batch["document"][row].as_py()],
        "reasons": [task.reasons[row]],
        "tokens": batch["tokens"][row].as_py(),
        "tags": [task.labels[label_id] for label_id in batch["ner_tags"][row].as_py()],
        **({"layers": _shown(task.layers, batch, row)} if task.layers else {}),
    }


def _shown(layers: Mapping[str, Layer], batch: pa.RecordBatch, row: int) -> dict[str, list[str]]:
    """Return the layers of a row of a spill in words."""
    columns = {name: batch[spill.extra_name(name)].slice(row, 1) for name in layers}
    return {
        name: layer.shown(unspilled(columns[name], texts=not layer.names)[0].as_py()) for name, layer in layers.items()
    }


def _left(reading: Reading) -> dict[int, LeftTask]:
    """Return the pieces of which settling rejects something, by their numbers."""
    names, splits = reading.declaration.labels.names, len(reading.declaration.splits.names)
    layers = reading.declaration.layer_columns
    return {
        number: LeftTask(piece=reading.pieces[number], reasons=reasons, labels=names, layers=layers, splits=splits)
        for number, reasons in sorted(by_piece(reading.settled.rejected).items())
    }


def _entries(reading: Reading, left: Mapping[int, LeftBehind]) -> Iterator[dict[str, Any]]:
    """Describe every rejected sentence by its place: those that the survey rejected, and those that were left behind."""
    of_path: dict[str, list[Iterator[dict[str, Any]]]] = {}
    for number, (one, piece) in enumerate(zip(reading.surveyed, reading.pieces, strict=True)):
        for file in one.files:
            of_path.setdefault(file.piece.source.name, []).append(_below(file.rejected, piece.lines))
        for path, own in groupby(left[number].entries, key=itemgetter("path")) if number in left else ():
            of_path[path].append(iter([*own]))
    for path in sorted(of_path):
        for entry in heapq.merge(*of_path[path], key=itemgetter("line")):
            yield entry | ({"place": placed(path, entry["line"])} if has_rows(path) else {})


def _below(entries: Rejections, lines: int) -> Iterator[dict[str, Any]]:
    return ({**entry, "line": entry["line"] + lines} for entry in entries)
