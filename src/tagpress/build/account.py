"""What became of every sentence that was read: published, or rejected and why? `read = published + rejected`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.build.read_all import Reading, by_piece
from tagpress.build.repeated import SpilledPiece
from tagpress.build.spill import extra_name
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.numbers import unspilled
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
    rejected: tuple[dict[str, Any], ...]


def account_for(reading: Reading, engine: Engine) -> Account:
    """Say what became of every sentence; the engine looks at those that settling rejected, in their spills."""
    left = tuple(engine.map(left_behind, _left(reading), lambda *_: None, size=reading.size))
    names = reading.declaration.splits.names
    ends = np.array([piece.cell_ends[CELLS - 1 :: CELLS] for piece in reading.pieces])
    rows = np.diff(ends, axis=1, prepend=0).sum(axis=0) - sum(one.rows for one in left)
    labels = np.sum([one.split_labels for one in reading.surveyed], axis=0) - sum(one.label_counts for one in left)
    return Account(rows=dict(zip(names, rows.tolist(), strict=True)), labels=labels, rejected=_entries(reading, left))


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
    """Entries for `rejected.jsonl`, and how many rows [split] and labels [split, label] they take away."""

    entries: tuple[dict[str, Any], ...]
    rows: Ints
    label_counts: Ints


def left_behind(task: LeftTask) -> LeftBehind:
    """Describe and count what stays behind of a piece."""
    piece, batch = task.piece, task.piece.spill.map_sentences()
    entries = []
    rows = np.zeros(task.splits, dtype=np.int64)
    label_counts = np.zeros((task.splits, len(task.labels)), dtype=np.int64)
    for row in sorted(task.reasons):
        split = int(np.searchsorted(piece.cell_ends, row, side="right")) // CELLS
        label_ids = batch["ner_tags"][row].as_py()
        rows[split] += 1
        label_counts[split] += np.bincount(label_ids, minlength=len(task.labels))
        entries.append(
            {
                "path": piece.path,
                "line": batch["line"][row].as_py() + piece.lines,
                "doc_id": piece.doc_ids[batch["document"][row].as_py()],
                "reasons": [task.reasons[row]],
                "tokens": batch["tokens"][row].as_py(),
                "tags": [task.labels[label_id] for label_id in label_ids],
                **({"layers": _shown(task.layers, batch, row)} if task.layers else {}),
            }
        )
    return LeftBehind(tuple(entries), rows, label_counts)


def _shown(layers: Mapping[str, Layer], batch: pa.RecordBatch, row: int) -> dict[str, list[str]]:
    """Return the layers of a row of a spill in words."""
    columns = {name: batch[extra_name(name)].slice(row, 1) for name in layers}
    return {
        name: layer.shown(unspilled(columns[name], texts=not layer.names)[0].as_py()) for name, layer in layers.items()
    }


def _left(reading: Reading) -> list[LeftTask]:
    """Return the pieces of which settling rejects something."""
    names, splits = reading.declaration.labels.names, len(reading.declaration.splits.names)
    layers = reading.declaration.layer_columns
    return [
        LeftTask(piece=reading.pieces[number], reasons=reasons, labels=names, layers=layers, splits=splits)
        for number, reasons in sorted(by_piece(reading.settled.rejected).items())
    ]


def _entries(reading: Reading, left: Sequence[LeftBehind]) -> tuple[dict[str, Any], ...]:
    """Describe every rejected sentence: those that the survey rejected, and those that were left behind."""
    entries = [
        {**entry, "line": entry["line"] + piece.lines}
        for one, piece in zip(reading.surveyed, reading.pieces, strict=True)
        for entry in one.rejected
    ]
    entries += [entry for one in left for entry in one.entries]
    return tuple(sorted(entries, key=lambda entry: (entry["path"], entry["line"])))
