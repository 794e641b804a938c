"""How many shards does each split have? As many as its rows and its groups fill, and as the last release had."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from tagpress.build.read_all import Reading
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.identity import document_keys, group_hashes
from tagpress.corpus.splits import CELLS, GivenSplits, cell_of, shard_count


def shard_counts(
    reading: Reading, rows: Mapping[str, int], previous: Mapping[str, int] | None = None
) -> dict[str, int]:
    """Count the shards of each split, of which `rows` are published; `previous` are those of the last release."""
    groups, before = _groups(reading, rows), previous or {}
    return {split: shard_count(rows[split], groups[split], split, before.get(split)) for split in rows}


def _groups(reading: Reading, rows: Mapping[str, int]) -> Mapping[str, int]:
    """Count the groups of each split."""
    rule = reading.declaration.splits
    if rule.group == "sentence":
        return rows
    counts = dict.fromkeys(rule.names, 0)
    if isinstance(rule, FieldSplits):  # a document may have sentences in several splits
        found = {
            (split, one.doc_ids[document])
            for one in reading.surveyed
            for split, document in zip(one.in_splits.split.tolist(), one.in_splits.document.tolist(), strict=True)
        }
        return counts | Counter(rule.names[split] for split, _ in found)
    documents = {doc_id: piece for piece in reading.pieces for doc_id in piece.doc_ids}
    if isinstance(rule, GivenSplits):
        for piece in documents.values():
            split = int(np.searchsorted(piece.cell_ends, 0, side="right")) // CELLS
            counts[rule.names[min(split, len(rule.names) - 1)]] += 1
        return counts
    cells = cell_of(group_hashes(document_keys(documents), rule.salt), rule)
    return dict(zip(rule.names, np.bincount(cells // CELLS, minlength=len(rule.names)).tolist(), strict=True))
