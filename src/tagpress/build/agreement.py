"""How far do configurations agree that annotate the same sentences? A sentence is the same if its tokens are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from tagpress.build.read_all import Reading
from tagpress.build.spill import keys_of
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Array, Ints
from tagpress.corpus.agreement import Agreement, PairAgreement, SpanCounts, krippendorff_alpha

# The key of a sentence, and its labels as numbers of types: 0 is none, the first label of an entity of type i is 2 * i - 1.
Annotated: TypeAlias = dict[bytes, Ints]
# Sentence, first token, token behind the last, type.
Span: TypeAlias = tuple[bytes, int, int, str]


@dataclass(frozen=True, slots=True)
class _Annotator:
    """A configuration: how many sentences it has published, each once, and those that others have too."""

    name: str
    types: tuple[str, ...]
    keys: frozenset[bytes]
    labels: Annotated


def find_agreement(readings: Mapping[str, Reading]) -> Agreement:
    """
    Compare all configurations, each pair on the sentences that both have; a type is the same if its name is.

    Of copies within a configuration the first counts. Only the main tags are compared.

    Raises:
        UsageError: one of them has no entity types.

    """
    for one in readings.values():
        one.declaration.require_entities("configurations are compared")
    keys = {name: frozenset(_first_copies(reading)) for name, reading in readings.items()}
    times: dict[bytes, int] = {}
    for some in keys.values():
        for key in some:
            times[key] = times.get(key, 0) + 1
    shared = {key for key, count in times.items() if count > 1}
    annotators = [
        _Annotator(name, one.declaration.labels.entity_types, keys[name], _labels(one, shared & keys[name]))
        for name, one in readings.items()
    ]
    types = tuple(dict.fromkeys(kind for one in annotators for kind in one.types))
    alpha, by_type = _alphas(annotators, types, sorted(shared))
    return Agreement(
        pairs=tuple(_pair(*two, types) for two in combinations(annotators, 2)),
        sentences=len(shared),
        alone={one.name: len(one.keys - shared) for one in annotators},
        alpha=alpha,
        types=by_type,
    )


def _first_copies(reading: Reading) -> dict[bytes, tuple[int, int]]:
    """Return the piece and row in which each sentence is published first, by its key."""
    found = {}
    for number, rows in enumerate(reading.rows()):
        keys = keys_of(rows.piece.spill.map_sentences())
        left = np.setdiff1d(np.arange(len(keys)), rows.rejected)
        found.update({keys[row].tobytes(): (number, row) for row in left.tolist() if row not in rows.copies})
    return found


def _labels(reading: Reading, wanted: set[bytes]) -> Annotated:
    """Return the label ids of some sentences."""
    by_piece: dict[int, list[tuple[bytes, int]]] = {}
    for key, (piece, row) in _first_copies(reading).items():
        if key in wanted:
            by_piece.setdefault(piece, []).append((key, row))
    found: Annotated = {}
    for piece, rows in by_piece.items():
        column = reading.pieces[piece].spill.map_sentences()["ner_tags"]
        bounds, ids = list_bounds(column), column.values.to_numpy()
        found |= {key: ids[bounds[row] : bounds[row + 1]].astype(np.int64) for key, row in rows}
    return found


def _pair(first: _Annotator, second: _Annotator, types: Sequence[str]) -> PairAgreement:
    both = first.keys & second.keys
    spans = [set(_spans(one, both)) for one in (first, second)]
    counts = {}
    for kind in types:
        one, other = ({span for span in some if span[3] == kind} for some in spans)
        counts[kind] = SpanCounts(len(one), len(other), len(one & other))
    return PairAgreement(
        first=first.name,
        second=second.name,
        sentences=len(both),
        only_first=len(first.keys) - len(both),
        only_second=len(second.keys) - len(both),
        types=counts,
    )


def _spans(annotator: _Annotator, keys: Iterable[bytes]) -> Iterable[Span]:
    for key in keys:
        labels = annotator.labels[key].tolist()
        for begin, label in enumerate(labels):
            if label % 2:
                end = begin + 1
                while end < len(labels) and labels[end] == label + 1:
                    end += 1
                yield key, begin, end, annotator.types[label // 2]


def _alphas(
    annotators: Sequence[_Annotator], types: Sequence[str], shared: Sequence[bytes]
) -> tuple[float | None, dict[str, float | None]]:
    """Return alpha over the types of tokens, and over each type against all else."""
    counts = np.concatenate(
        [np.zeros((0, len(types) + 1), dtype=np.int64), *(_counts(annotators, types, key) for key in shared)]
    )
    raters = counts.sum(axis=1)
    each = {
        kind: krippendorff_alpha(np.stack([raters - counts[:, place], counts[:, place]], axis=1))
        for place, kind in enumerate(types, 1)
    }
    return krippendorff_alpha(counts), each


def _counts(annotators: Sequence[_Annotator], types: Sequence[str], key: bytes) -> Array:
    """Return how many annotators of a sentence say no entity, or which type, of each token, of shape [token, 1 + type]."""
    some = [one for one in annotators if key in one.labels]
    found = np.zeros((len(some[0].labels[key]), len(types) + 1), dtype=np.int64)
    for one in some:
        names = np.array([0, *(1 + types.index(kind) for kind in one.types)])
        found[np.arange(len(found)), names[(one.labels[key] + 1) // 2]] += 1
    return found
