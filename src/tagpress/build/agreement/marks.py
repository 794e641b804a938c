"""What do annotators say of the sentences that they share? All along the same tokens: those of the sentences one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build.agreement.annotator import Annotator, Unit
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Bools, Ints
from tagpress.corpus.layers.layer import SpanRows


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatorMarks:
    """
    What one annotator says of a layer.

    `has` are the sentences, `seen` the tokens that it has; `spans` are numbers that two spans of any annotators share if they are the
    same, ascending and each once, with `begins` and `types` of them. `tokens` and `token_types` are the tokens in spans, each
    once for each type.
    """

    has: Bools
    seen: Bools
    spans: Ints
    begins: Ints
    types: Ints
    tokens: Ints
    token_types: Ints

    def within(self, type_: int) -> Ints:
        """Return of each token 1 if it is in a span of a type, 0 if not, -1 if it was not seen."""
        found = np.where(self.seen, 0, -1)
        found[self.tokens[self.token_types == type_]] = 1
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedMarks:
    """What all annotators say of a layer, in the order of their names; `types` are those of any, `sentences` those of two or more."""

    types: tuple[str, ...]
    sentences: int
    each: Mapping[str, AnnotatorMarks]

    def names(self) -> list[Ints]:
        """Return for each annotator a number for the types that each token has: 0 for none, negative where it was not seen."""
        several: dict[tuple[int, ...], int] = {}
        return [self._names(one, several) for one in self.each.values()]

    def _names(self, one: AnnotatorMarks, several: dict[tuple[int, ...], int]) -> Ints:
        found = np.where(one.seen, 0, -1)
        begins = np.flatnonzero(np.diff(one.tokens, prepend=-1))
        counts = np.diff(begins, append=len(one.tokens))
        found[one.tokens[begins]] = one.token_types[begins] + 1
        for begin, count in zip(begins[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
            types = tuple(one.token_types[begin : begin + count].tolist())
            found[one.tokens[begin]] = several.setdefault(types, len(self.types) + 1 + len(several))
        return found


def shared_units(annotators: Sequence[Annotator]) -> list[Unit]:
    """Return the sentences that two annotators have or more, in the order in which they come first."""
    times: dict[Unit, int] = {}
    for one in annotators:
        for unit in one.units:
            times[unit] = times.get(unit, 0) + 1
    return [unit for unit, count in times.items() if count > 1]


def shared_marks(annotators: Sequence[Annotator], layer: str, shared: Sequence[Unit]) -> SharedMarks:
    """Return what annotators say of the sentences that they share, in a layer that all of them have."""
    types = tuple(dict.fromkeys(kind for one in annotators for kind in one.layers[layer].meanings))
    rows = [np.array([one.units.get(unit, -1) for unit in shared], dtype=np.int64) for one in annotators]
    sizes = np.zeros(len(shared), dtype=np.int64)
    for one, own in zip(annotators, rows, strict=True):
        sizes[own >= 0] = one.rows.sizes()[own[own >= 0]]
    spans = [_spans(one, layer, own, (bounds_of(sizes), types)) for one, own in zip(annotators, rows, strict=True)]
    each = {
        one.name: _marks(own >= 0, sizes, found, numbers)
        for one, own, found, numbers in zip(annotators, rows, spans, _numbered(spans), strict=True)
    }
    return SharedMarks(types=types, sentences=len(shared), each=each)


def _spans(annotator: Annotator, layer: str, rows: Ints, along: tuple[Ints, tuple[str, ...]]) -> SpanRows:
    """Return the spans of some rows, one after the other, in the tokens and with the types of all annotators."""
    bounds, types = along
    has = np.flatnonzero(rows >= 0)
    own = bounds_of(np.diff(bounds)[has])
    marked = annotator.layers[layer].marked(annotator.column(layer).take(pa.array(rows[has])), own)
    assert marked is not None  # since texts are not compared
    sentence = rows_at(own, marked.begin)
    moved = bounds[has[sentence]] - own[sentence]
    type_ids = np.array([types.index(name) for name in marked.names], dtype=np.int64)
    return SpanRows(marked.begin + moved, marked.end + moved, type_ids[marked.type], types)


def _numbered(spans: Sequence[SpanRows]) -> list[Ints]:
    """Return numbers for the spans of each annotator, equal for equal spans of any of them."""
    kinds = [(one.end - one.begin) * len(one.names) + one.type for one in spans]
    distinct, which = np.unique(np.concatenate(kinds), return_inverse=True)
    parts = np.split(which, np.cumsum([len(one) for one in kinds])[:-1])
    return [one.begin * len(distinct) + part for one, part in zip(spans, parts, strict=True)]


def _marks(has: Bools, sizes: Ints, spans: SpanRows, numbers: Ints) -> AnnotatorMarks:
    numbers, first = np.unique(numbers, return_index=True)
    spans = spans.take(first)
    lengths = spans.end - spans.begin
    tokens = np.repeat(spans.begin - bounds_of(lengths)[:-1], lengths) + np.arange(lengths.sum())
    count = max(len(spans.names), 1)
    typed = np.unique(tokens * count + np.repeat(spans.type, lengths))
    return AnnotatorMarks(
        has=has,
        seen=np.repeat(has, sizes),
        spans=numbers,
        begins=spans.begin,
        types=spans.type,
        tokens=typed // count,
        token_types=typed % count,
    )
