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
from tagpress.columnar.mixing import GOLDEN, half_mixed
from tagpress.columnar.types import Bytes, Hashes, Ints
from tagpress.corpus.tally.spans import EntitySpans

EXAMPLES_PER_TYPE = 5
EXAMPLE_CHARS = 80  # code points; a longer entity is cut here, so that a tally stays small
_FIRST_CANDIDATES = 64  # mentions looked at first for the examples of a type; enough unless one form dominates
_WORD = 8  # bytes in the hash's unit


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
    entity_words = words.take(pa.array(spans.tokens))
    bounds = bounds_of(spans.ends - spans.begins)
    mentions = pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), entity_words)
    ranks = _ranks(entity_words, bounds, spans)
    members = (np.flatnonzero(spans.types == each) for each in range(types))
    return tuple(_chosen(mentions, ranks, mine) for mine in members)


def _chosen(mentions: pa.ListArray, ranks: Hashes, members: Ints) -> tuple[Example, ...]:
    """Return the lowest-ranked different forms among `members`, looking at as few mentions as will do."""
    mine = ranks[members]
    size = _FIRST_CANDIDATES
    while True:
        # All mentions up to a rank, so that equal ranks are never torn by the order of the corpus.
        enough = members if size >= len(members) else members[mine <= np.partition(mine, size)[size]]
        found = _forms(mentions.take(pa.array(enough)), ranks[enough])
        if len(found) == EXAMPLES_PER_TYPE or len(enough) == len(members):
            return found
        size *= 8


def _forms(mentions: pa.ListArray, ranks: Hashes) -> tuple[Example, ...]:
    """Return the lowest-ranked different forms of `mentions`."""
    # Candidates are few: plain Python is done with them before Arrow has set up a grouping.
    best: dict[str, int] = {}
    for words, rank in zip(mentions.to_pylist(), ranks.tolist(), strict=True):
        text = " ".join(words)[:EXAMPLE_CHARS]
        if rank < best.get(text, rank + 1):
            best[text] = rank
    return tuple(sorted(Example(rank, text) for text, rank in best.items())[:EXAMPLES_PER_TYPE])


def _ranks(words: pa.StringArray, bounds: Ints, spans: EntitySpans) -> Hashes:
    """
    Return a hash of every mention: of its tokens, its place in its sentence, and that sentence's length.

    Only what the sentence itself says goes in, so that a mention ranks the same wherever the corpus is cut.
    """
    nth = np.arange(len(words)) - np.repeat(bounds[:-1], np.diff(bounds))
    hashes = half_mixed(_word_hashes(words) + nth.astype(np.uint64) * GOLDEN)
    totals = np.concatenate((np.zeros(1, np.uint64), np.cumsum(hashes, dtype=np.uint64)))
    mentions = totals[bounds[1:]] - totals[bounds[:-1]]
    context = (spans.places << 32) + spans.rooms
    return half_mixed(mentions ^ half_mixed(context.astype(np.uint64)))


def _word_hashes(words: pa.StringArray) -> Hashes:
    """Hash tokens by their length, first 8 and last 8 bytes: cheap, and ties are broken by the text."""
    offsets = string_bounds(words).astype(np.int64)
    data = np.concatenate((string_bytes(words), np.zeros(_WORD, np.uint8)))
    starts, ends = offsets[:-1], offsets[1:]
    lengths = ends - starts
    head = _bytes_at(data, starts, lengths)
    tail = _bytes_at(data, np.maximum(ends - _WORD, starts), lengths)
    return half_mixed(head + half_mixed(tail + half_mixed(lengths.astype(np.uint64))))


def _bytes_at(data: Bytes, starts: Ints, lengths: Ints) -> Hashes:
    """Read up to 8 bytes at each start as a little-endian number."""
    windows = np.ndarray(len(data) - _WORD + 1, "<u8", buffer=data, strides=(1,))
    masks = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], np.uint64)
    return windows[starts].astype(np.uint64, copy=False) & masks[np.minimum(lengths, _WORD)]
