"""
Count what a corpus holds: every number in a card comes from here.

A tally of a whole is the sum of the tallies of its parts, whatever the cut and the order, so that pieces can be counted
in parallel. Counting works on Arrow buffers and NumPy arrays; no Python object is made per token.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import string_bounds
from tagpress.columnar.types import Ints
from tagpress.corpus.schema import OUTSIDE, Labels
from tagpress.corpus.tally.examples import Example, choose_examples, lowest
from tagpress.corpus.tally.histogram import Histogram
from tagpress.corpus.tally.spans import EntitySpans, find_spans

__all__ = ["Example", "Histogram", "Tally", "tally"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """
    The statistics of some sentences.

    `labels` has a count per label id. `annotated` counts the sentences that hold an entity. `token_bytes` are the
    tokens' UTF-8 bytes. `adjacent[l * T + r]` counts entities of type `r` that begin right after one of type `l`.
    `examples` has, per type, at most `EXAMPLES_PER_TYPE` forms in rank order.
    """

    entity_types: tuple[str, ...]
    label_names: tuple[str, ...]
    sentences: int
    annotated: int
    tokens: int
    token_bytes: int
    labels: tuple[int, ...]
    sentence_lengths: Histogram
    entity_lengths: Histogram
    adjacent: tuple[int, ...]
    examples: tuple[tuple[Example, ...], ...]

    def __post_init__(self) -> None:
        types = len(self.entity_types)
        shapes = (len(self.label_names), len(self.labels), len(self.adjacent), len(self.examples))
        if shapes != (1 + 2 * types, 1 + 2 * types, types * types, types):
            message = f"a tally of {types} types cannot have parts of the sizes {shapes}"
            raise ValueError(message)
        if sum(self.labels) != self.tokens or self.sentence_lengths.total != self.sentences:
            message = f"{sum(self.labels)} labels and {self.sentence_lengths.total} lengths in a tally of {self.tokens} tokens and {self.sentences} sentences"
            raise ValueError(message)

    @classmethod
    def empty(cls, labels: Labels) -> Self:
        """Return the tally of no sentence: the neutral element of `+`."""
        types = len(labels.entity_types)
        return cls(
            entity_types=labels.entity_types,
            label_names=labels.names,
            sentences=0,
            annotated=0,
            tokens=0,
            token_bytes=0,
            labels=(0,) * (1 + 2 * types),
            sentence_lengths=Histogram(),
            entity_lengths=Histogram(),
            adjacent=(0,) * (types * types),
            examples=((),) * types,
        )

    def __add__(self, other: Self) -> Self:
        if self.label_names != other.label_names:
            message = f"tallies of different labels do not add up: {self.label_names} and {other.label_names}"
            raise ValueError(message)
        return type(self)(
            entity_types=self.entity_types,
            label_names=self.label_names,
            sentences=self.sentences + other.sentences,
            annotated=self.annotated + other.annotated,
            tokens=self.tokens + other.tokens,
            token_bytes=self.token_bytes + other.token_bytes,
            labels=_added(self.labels, other.labels),
            sentence_lengths=self.sentence_lengths + other.sentence_lengths,
            entity_lengths=self.entity_lengths + other.entity_lengths,
            adjacent=_added(self.adjacent, other.adjacent),
            examples=tuple(lowest((*a, *b)) for a, b in zip(self.examples, other.examples, strict=True)),
        )

    @property
    def label_counts(self) -> dict[str, int]:
        """Return label name -> tokens, in the order of the ids; nothing without entity types."""
        return dict(zip(self.label_names, self.labels, strict=True)) if self.entity_types else {}

    @property
    def entities(self) -> dict[str, int]:
        """Return entity type -> entities, in declared order."""
        return dict(zip(self.entity_types, self.labels[1::2], strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return everything that JSON can hold, with names in place of ids."""
        types = len(self.entity_types)
        return {
            "sentences": self.sentences,
            "annotated_sentences": self.annotated,
            "tokens": self.tokens,
            "token_bytes": self.token_bytes,
            "labels": self.label_counts,
            "entities": self.entities,
            "sentence_lengths": self.sentence_lengths.to_json(),
            "entity_lengths": self.entity_lengths.to_json(),
            "adjacent": {
                f"{self.entity_types[pair // types]} {self.entity_types[pair % types]}": count
                for pair, count in enumerate(self.adjacent)
                if count
            },
            "examples": {
                name: [example.text for example in found]
                for name, found in zip(self.entity_types, self.examples, strict=True)
            },
        }


def tally(tokens: pa.ListArray, ner_tags: Ints, labels: Labels) -> Tally:
    """
    Count sentences.

    `tokens` is list<string> without nulls; `ner_tags` are the valid IOB2 label ids of all its tokens in one row.

    Raises:
        ValueError: the two do not fit.

    """
    offsets = tokens.offsets.to_numpy().astype(np.int64)
    words = tokens.flatten()
    types = len(labels.entity_types)
    most = ner_tags.max(initial=OUTSIDE)
    if len(words) != len(ner_tags) or most > 2 * types or tokens.null_count or words.null_count:
        message = f"{len(words)} tokens do not fit {len(ner_tags)} tags of {1 + 2 * types} labels"
        raise ValueError(message)
    spans = find_spans(ner_tags, offsets - offsets[0])
    inside = np.bincount(spans.types, weights=spans.ends - spans.begins, minlength=types).astype(np.int64)
    counts = np.zeros(1 + 2 * types, dtype=np.int64)
    counts[1::2] = np.bincount(spans.types, minlength=types)
    counts[2::2] = inside - counts[1::2]
    counts[OUTSIDE] = len(words) - inside.sum()
    return Tally(
        entity_types=labels.entity_types,
        label_names=labels.names,
        sentences=len(tokens),
        annotated=_distinct(spans.sentences),
        tokens=len(words),
        token_bytes=int(np.diff(string_bounds(words)[[0, -1]])[0]),
        labels=tuple(counts.tolist()),
        sentence_lengths=Histogram.of(np.diff(offsets)),
        entity_lengths=Histogram.of(spans.ends - spans.begins),
        adjacent=_adjacent(spans, types),
        examples=choose_examples(words, spans, types),
    )


def _distinct(ascending: Ints) -> int:
    """Count the different numbers in an ascending row."""
    return int(np.count_nonzero(np.diff(ascending))) + bool(len(ascending))


def _adjacent(spans: EntitySpans, types: int) -> tuple[int, ...]:
    """Count pairs of types whose entities touch within a sentence."""
    touch = (spans.ends[:-1] == spans.begins[1:]) & (spans.sentences[:-1] == spans.sentences[1:])
    pairs = spans.types[:-1][touch] * types + spans.types[1:][touch]
    return tuple(np.bincount(pairs, minlength=types * types).tolist())


def _added(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    """Add counts position by position."""
    return tuple(a + b for a, b in zip(left, right, strict=True))
