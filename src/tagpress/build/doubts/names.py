"""Which names are tagged in a corpus, how often with which type in which split, and what stands at their edges?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.shard_plan import PieceRows
from tagpress.columnar.name_loops import LONGEST, span_keys
from tagpress.columnar.types import Array, Hashes, Ints
from tagpress.corpus.tally.spans import EntitySpans, find_spans

INSIDE = 0
"""The number of entities, of two tokens or more, that begin or end with a word."""

OUTSIDE = 1
"""The number of entities that a word stands right before, or right after, without being in them."""

LEFT, RIGHT = 0, 1
"""The edges of an entity."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Different rows of numbers, sorted, and how often each occurs: `columns` are parallel."""

    columns: tuple[Array, ...]
    counts: Ints


def counted_rows(columns: Sequence[Array], counts: Ints | None = None) -> Counted:
    """Return different rows of some columns, the first of which sorts first; rows that occur again add up."""
    order = np.lexsort([*columns][::-1])
    ordered = [column[order] for column in columns]
    new = np.ones(len(order), dtype=np.bool_)
    if len(order):
        new[1:] = np.any([column[1:] != column[:-1] for column in ordered], axis=0)
    starts = np.flatnonzero(new)
    weights = np.ones(len(order), dtype=np.int64) if counts is None else counts[order]
    totals = np.add.reduceat(weights, starts) if len(starts) else np.zeros(0, dtype=np.int64)
    return Counted(tuple(column[starts] for column in ordered), totals)


def added(some: Sequence[Counted]) -> Counted:
    """Add up what several pieces counted."""
    columns = [np.concatenate(column) for column in zip(*(one.columns for one in some), strict=True)]
    return counted_rows(columns, np.concatenate([one.counts for one in some]))


@dataclass(frozen=True, slots=True)
class Names:
    """
    The names of some sentences.

    `names` counts rows of (key, hash of the first token, length, type, split); `edges` rows of (hash of a word, edge,
    `INSIDE` or `OUTSIDE`); `divided` are the keys of pairs of tokens between which an entity begins or ends, different and sorted.
    """

    names: Counted
    edges: Counted
    divided: Hashes


def names_of(rows: PieceRows) -> Names:
    """Count the names of a piece, and the words at their edges."""
    sentences = sentences_of(rows)
    spans = entities_of(sentences)
    lengths = spans.ends - spans.begins
    short = np.flatnonzero(lengths <= LONGEST)
    begins, ends = spans.begins[short], spans.ends[short]
    columns = (
        span_keys(sentences.hashes, begins, ends),
        sentences.hashes[begins],
        lengths[short].astype(np.int16),
        spans.types[short].astype(np.int16),
        sentences.splits[spans.sentences[short]].astype(np.int16),
    )
    sides = edge_tokens(spans)
    firsts = np.concatenate([sides[LEFT, OUTSIDE][0], sides[RIGHT, OUTSIDE][0] - 1])
    divided = np.unique(span_keys(sentences.hashes, firsts, firsts + 2))
    return Names(counted_rows(columns), _edges(sentences.hashes, spans), divided)


def entities_of(sentences: PieceSentences) -> EntitySpans:
    """Return the entities of the sentences that are published."""
    labels = np.where(np.repeat(sentences.kept, np.diff(sentences.bounds)), sentences.labels, 0)
    return find_spans(labels, sentences.bounds)


def edge_tokens(spans: EntitySpans) -> dict[tuple[int, int], tuple[Ints, Ints]]:
    """Return by (edge, `INSIDE` or `OUTSIDE`) the tokens there, and the number of the entity of each."""
    long = np.flatnonzero(spans.ends - spans.begins > 1)
    after = np.flatnonzero(spans.places > 0)
    before = np.flatnonzero(spans.places + (spans.ends - spans.begins) < spans.rooms)
    return {
        (LEFT, INSIDE): (spans.begins[long], long),
        (RIGHT, INSIDE): (spans.ends[long] - 1, long),
        (LEFT, OUTSIDE): (spans.begins[after] - 1, after),
        (RIGHT, OUTSIDE): (spans.ends[before], before),
    }


def _edges(hashes: Hashes, spans: EntitySpans) -> Counted:
    parts = [
        (hashes[tokens], np.full(len(tokens), edge, dtype=np.int16), np.full(len(tokens), side, dtype=np.int16))
        for (edge, side), (tokens, _) in edge_tokens(spans).items()
    ]
    return counted_rows([np.concatenate(column) for column in zip(*parts, strict=True)])


def added_names(some: Sequence[Names]) -> Names:
    """Add up the names of several pieces."""
    divided = np.unique(np.concatenate([one.divided for one in some]))
    return Names(added([one.names for one in some]), added([one.edges for one in some]), divided)
