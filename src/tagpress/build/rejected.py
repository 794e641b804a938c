"""What settling leaves behind of a piece: the sentences that are not published, described, and counted by split."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tagpress.build.repeated import SpilledPiece
from tagpress.columnar.types import Ints
from tagpress.corpus.splits import CELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftTask:
    """A piece and the reason for each of its rows that stay behind; `labels` names the labels, of `splits` splits."""

    piece: SpilledPiece
    reasons: Mapping[int, str]
    labels: tuple[str, ...]
    splits: int


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
            }
        )
    return LeftBehind(tuple(entries), rows, label_counts)
