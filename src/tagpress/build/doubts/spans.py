"""Which spans has a layer of a piece, in the sentences that are published?"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build.doubts.sentences import PieceSentences
from tagpress.columnar.name_loops import COVERED, entities_in
from tagpress.columnar.types import Bools, Bytes, Ints

INSIDE = 0
"""The number of entities, of two tokens or more, that begin or end with a word."""

OUTSIDE = 1
"""The number of entities that a word stands right before, or right after, without being in them."""

LEFT, RIGHT = 0, 1
"""The edges of an entity."""


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
    begins, ends, types, rows, flags = entities_in(column.values.to_numpy(), sentences.bounds, sentences.kept)
    return PieceSpans(begins=begins, ends=ends, types=types, sentences=rows, flags=flags)


@dataclass(frozen=True, slots=True)
class EdgeTokens:
    """Tokens at the edges of spans, and the number of the span of each."""

    tokens: Ints
    spans: Ints


def edge_tokens(spans: PieceSpans, bounds: Ints) -> dict[tuple[int, int], EdgeTokens]:
    """Return the tokens by (edge, `INSIDE` or `OUTSIDE`)."""
    long = np.flatnonzero(spans.ends - spans.begins > 1)
    after = np.flatnonzero(spans.begins > bounds[spans.sentences])
    before = np.flatnonzero(spans.ends < bounds[spans.sentences + 1])
    return {
        (LEFT, INSIDE): EdgeTokens(spans.begins[long], long),
        (RIGHT, INSIDE): EdgeTokens(spans.ends[long] - 1, long),
        (LEFT, OUTSIDE): EdgeTokens(spans.begins[after] - 1, after),
        (RIGHT, OUTSIDE): EdgeTokens(spans.ends[before], before),
    }
