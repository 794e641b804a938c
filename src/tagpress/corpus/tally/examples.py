"""
Choose the surface forms that stand for an entity type in a card.

A bottom-k sample by a hash of each mention and its place: the same forms are chosen however the corpus was cut, and two
samples merge into the sample of the whole.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import string_bounds, string_bytes
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.hash_loops import mention_keys, words_of
from tagpress.columnar.types import Hashes, Ints
from tagpress.corpus.tally.spans import EntitySpans

EXAMPLES_PER_TYPE = 5
EXAMPLE_CHARS = 80  # code points; a longer entity is cut here, so that a tally stays small
_FIRST_CANDIDATES = 64  # mentions looked at first for the examples of a type; enough unless one form dominates


@dataclass(frozen=True, slots=True, order=True)
class Example:
    """
    A surface form of an entity: its tokens joined by spaces, cut at `EXAMPLE_CHARS`.

    `rank` is the lowest hash of its mentions. A form that occurs in many contexts is likely to rank low, so that the
    lowest ranks are a sample of mentions, not of rarities.
    """

    rank: int
    text: str


def lowest(examples: tuple[Example, ...]) -> tuple[Example, ...]:
    """Return the lowest-ranked different forms."""
    best: dict[str, int] = {}
    for example in examples:
        best[example.text] = min(example.rank, best.get(example.text, example.rank))
    return tuple(sorted(Example(rank, text) for text, rank in best.items())[:EXAMPLES_PER_TYPE])


def choose_examples(words: pa.StringArray, spans: EntitySpans, types: int) -> tuple[tuple[Example, ...], ...]:
    """Choose the examples of every type."""
    if not len(spans.begins):
        return ((),) * types
    ranks = _ranks(words, spans)
    members = (np.flatnonzero(spans.types == each) for each in range(types))
    return tuple(_chosen(words, spans, ranks, mine) for mine in members)


def _chosen(words: pa.StringArray, spans: EntitySpans, ranks: Hashes, members: Ints) -> tuple[Example, ...]:
    """Return the lowest-ranked different forms among `members` of mentions, looking at as few of them as will do."""
    mine = ranks[members]
    size = _FIRST_CANDIDATES
    while True:
        # All mentions up to a rank, so that equal ranks are never torn by the order of the corpus.
        enough = members if size >= len(members) else members[mine <= np.partition(mine, size)[size]]
        found = _forms(_mentions(words, spans.begins[enough], spans.ends[enough]), ranks[enough])
        if len(found) == EXAMPLES_PER_TYPE or len(enough) == len(members):
            return found
        size *= 8


def _mentions(words: pa.StringArray, begins: Ints, ends: Ints) -> pa.ListArray:
    """Return the words from each begin to its end."""
    bounds = bounds_of(ends - begins)
    places = np.arange(bounds[-1]) + np.repeat(begins - bounds[:-1], ends - begins)
    return pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), words.take(pa.array(places)))


def _forms(mentions: pa.ListArray, ranks: Hashes) -> tuple[Example, ...]:
    """Return the lowest-ranked different forms of `mentions`."""
    # Candidates are few: plain Python is done with them before Arrow has set up a grouping.
    best: dict[str, int] = {}
    for words, rank in zip(mentions.to_pylist(), ranks.tolist(), strict=True):
        text = " ".join(words)[:EXAMPLE_CHARS]
        if rank < best.get(text, rank + 1):
            best[text] = rank
    ranked = sorted((rank, text) for text, rank in best.items())  # as examples sort, which are slower at it
    return tuple(Example(rank, text) for rank, text in ranked[:EXAMPLES_PER_TYPE])


def _ranks(words: pa.StringArray, spans: EntitySpans) -> Hashes:
    """
    Return a hash of every mention: of its tokens, its place in its sentence, and that sentence's length.

    Only what the sentence itself says goes in, so that a mention ranks the same wherever the corpus is cut.
    """
    bounds = string_bounds(words)
    text = words_of(string_bytes(words)[bounds[0] : bounds[-1]])
    context = ((spans.places << 32) + spans.rooms).astype(np.uint64)
    return mention_keys(text, bounds - bounds[0], (spans.begins, spans.ends), context)
