"""Of which documents has each split sentences, where splits are given? Asked of one piece, while it is surveyed."""

from dataclasses import dataclass

import numpy as np

from tagpress.columnar.types import Integers, Ints
from tagpress.corpus.splits import CELLS, GivenSplits, SplitRule


@dataclass(frozen=True, slots=True)
class InSplits:
    """What splits have of documents, as columns: how many `sentences`, and the `line` of the first of them."""

    split: Ints
    document: Ints
    sentences: Ints
    line: Ints


def in_splits(cells: Ints, documents: Integers, lines: Ints, rule: SplitRule) -> InSplits:
    """Return what each split has of each document, given the cell, the document and the line of each sentence; nothing where we split."""
    which = slice(None) if isinstance(rule, GivenSplits) else slice(0)
    most = 1 + int(documents.max(initial=0))
    pairs, inverse, counts = np.unique(
        cells[which] // CELLS * most + documents[which], return_inverse=True, return_counts=True
    )
    first = np.full(len(pairs), np.iinfo(np.int64).max)
    np.minimum.at(first, inverse, lines[which])
    return InSplits(pairs // most, pairs % most, counts, first)
