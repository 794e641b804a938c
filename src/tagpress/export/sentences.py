"""Which sentences do batches of rows hold, as texts with spans of their characters?"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from tagpress.columnar.types import Integers
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.schema import is_nested
from tagpress.export.layer_texts import nested_spans
from tagpress.export.rows import Rows


class Sentence(NamedTuple):
    """A row: its ids, its text, its tokens with their places in it, and its spans (first token, token behind the last, type)."""

    id: str
    doc_id: str
    text: str
    tokens: Sequence[str]
    places: Sequence[tuple[int, int]]
    spans: Sequence[tuple[int, int, str]]

    def characters(self) -> Iterator[tuple[int, int, str]]:
        """Yield the spans with their places in the text."""
        return ((self.places[first][0], self.places[stop - 1][1], kind) for first, stop, kind in self.spans)


def sentences_of(batches: Iterable[Rows]) -> Iterator[Sentence]:
    """Yield the sentences: each with its text, that of the release or else its tokens with a space between them."""
    for rows in batches:
        tokens = rows.tokens.to_pylist()
        starts = rows.starts.tolist()
        spans = _spans(rows)
        at = 0
        for row, (begin, stop) in enumerate(pairwise(rows.offsets.tolist())):
            own = tokens[begin:stop]
            begins = starts[begin:stop] if rows.texts else [*accumulate((len(token) + 1 for token in own), initial=0)]
            places = [(first, first + len(token)) for first, token in zip(begins, own, strict=False)]
            text = rows.texts[row] if rows.texts else " ".join(own)
            inside = []
            while at < len(spans) and spans[at][0] < stop:
                inside.append((spans[at][0] - begin, spans[at][1] - begin, spans[at][2]))
                at += 1
            yield Sentence(rows.written_ids[row], rows.doc_ids[row], text, own, places, inside)


def _spans(rows: Rows) -> list[tuple[int, int, str]]:
    """Return the spans of all rows, in order, in the tokens of all."""
    if rows.spans == MAIN:
        return _flat(rows.label_ids, rows.labels.entity_types)
    layer = rows.kinds[rows.spans]
    if not is_nested(layer.arrow):
        return _flat(rows.layers[rows.spans].flatten().to_numpy(), tuple(layer.meanings))
    first = rows.offsets[:-1].tolist()
    each = zip(first, nested_spans(rows, rows.spans), strict=True)
    return [(at + begin, at + end, kind) for at, spans in each for begin, end, kind in spans]


def _flat(ids: Integers, types: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return the spans of valid IOB2 label ids."""
    begins = np.flatnonzero(ids % 2 == 1)
    ends = np.append(np.flatnonzero((ids == 0) | (ids % 2 == 1)), len(ids))
    stops = ends[np.searchsorted(ends, begins, side="right")]
    kinds = [types[(label - 1) // 2] for label in ids[begins].tolist()]
    return list(zip(begins.tolist(), stops.tolist(), kinds, strict=True))
