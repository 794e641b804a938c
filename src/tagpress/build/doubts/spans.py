"""Which spans has a layer of a piece, in the sentences that are published?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.build.doubts.sentences import PieceSentences
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.name_loops import COVERED, JOINED, entities_in
from tagpress.columnar.types import Bools, Bytes, Ints

Span: TypeAlias = tuple[int, int, int]
"""The tokens of a span in its sentence, half-open, and its type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSpans:
    """
    Spans of the published sentences, which ascend by their begins: half-open in the tokens of the piece, no two of the same tokens.

    `flags` says of each token, and of one more, whether it is in a span, and whether that has the token before too.
    """

    begins: Ints
    ends: Ints
    types: Ints
    sentences: Ints
    flags: Bytes

    @property
    def edges(self) -> Bools:
        """Tell which tokens stand at an edge of a span, in it or right outside; one more than there are has a place."""
        found = (self.flags & COVERED).astype(np.bool_)
        found[self.begins - 1] = found[self.ends] = True
        return found


def flat_spans(column: pa.ListArray, sentences: PieceSentences) -> PieceSpans:
    """Return the entities of IOB2 labels."""
    labels = column.values.to_numpy().astype(np.int16, copy=False)
    begins, ends, types, rows, flags = entities_in(labels, sentences.bounds, sentences.kept)
    return PieceSpans(begins=begins, ends=ends, types=types, sentences=rows, flags=flags)


def nested_spans(column: pa.ListArray, sentences: PieceSentences) -> PieceSpans:
    """Return spans in and across each other, given as begin, end and type; of several types for the same tokens the first."""
    parts = column.values.to_numpy().reshape(-1, 3).astype(np.int64)
    rows = np.repeat(np.arange(len(column)), np.diff(list_bounds(column)) // 3)
    begins, ends = parts[:, 0] + sentences.bounds[rows], parts[:, 1] + sentences.bounds[rows]
    taken = sentences.kept[rows]
    taken[1:] &= (begins[1:] != begins[:-1]) | (ends[1:] != ends[:-1])
    begins, ends, types, rows = begins[taken], ends[taken], parts[taken, 2], rows[taken]
    covered, joined = (_depths(first, ends, len(sentences.tokens)) > 0 for first in (begins, begins + 1))
    flags = covered * np.uint8(COVERED) | joined * np.uint8(JOINED)
    return PieceSpans(begins=begins, ends=ends, types=types, sentences=rows, flags=flags)


def _depths(begins: Ints, ends: Ints, tokens: int) -> Ints:
    """Return in how many ranges each token is, and one more, which is in none."""
    changes = np.bincount(begins, minlength=tokens + 1) - np.bincount(ends, minlength=tokens + 1)
    return np.cumsum(changes)


def spans_of_labels(labels: Sequence[int]) -> list[Span]:
    """Return the entities of the IOB2 labels of one sentence."""
    begins = [place for place, label in enumerate(labels) if label % 2]
    ends = (
        next((end for end in range(at + 1, len(labels)) if labels[end] != labels[at] + 1), len(labels)) for at in begins
    )
    return [(begin, end, labels[begin] // 2) for begin, end in zip(begins, ends, strict=True)]


def spans_of_parts(numbers: Sequence[int]) -> list[Span]:
    """Return the spans of one sentence, given as begin, end and type."""
    return [*zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)]


def spans_of_classes(classes: Sequence[int]) -> list[Span]:
    """Return each token of one sentence as a span of its class."""
    return [(place, place + 1, kind) for place, kind in enumerate(classes)]
