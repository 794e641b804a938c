"""The compiled look for names finds what a plain one finds, in any text."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.doubts.names import counted_rows, entities_of
from tagpress.build.doubts.readings import IN_PART, NO_TAG, TYPES_FROM, WantedNames, found_in
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.columnar.arrays import string_bounds, string_bytes
from tagpress.columnar.name_loops import LONGEST, span_keys, token_hashes

LABELS = ["O", "B-X", "I-X", "B-Y", "I-Y"]
Sentence = list[tuple[str, int]]


def _valid(drawn: list[tuple[str, int]]) -> Sentence:
    """Make labels that cannot stand where they do begin an entity."""
    sentence: Sentence = []
    for token, label in drawn:
        before = sentence[-1][1] if sentence else 0
        goes_on = label and label % 2 == 0
        fits = before in (label, label - 1)
        sentence.append((token, label - 1 if goes_on and not fits else label))
    return sentence


TOKENS = st.sampled_from(["a", "b", "Ab", "", "é", "ab"])
SENTENCES = st.lists(st.lists(st.tuples(TOKENS, st.integers(0, 4)), max_size=16).map(_valid), min_size=1, max_size=6)


def sentences_from(sentences: list[Sentence]) -> PieceSentences:
    tokens = pa.array([token for sentence in sentences for token, _ in sentence], pa.string())
    hashes, capitals = token_hashes(string_bytes(tokens), string_bounds(tokens))
    sizes = np.array([len(sentence) for sentence in sentences])
    return PieceSentences(
        tokens=tokens,
        hashes=hashes,
        capitals=capitals,
        labels=np.array([label for sentence in sentences for _, label in sentence], dtype=np.int16),
        bounds=np.concatenate([[0], np.cumsum(sizes)]),
        kept=np.ones(len(sentences), dtype=np.bool_),
        splits=np.zeros(len(sentences), dtype=np.int64),
        lines=np.arange(len(sentences)),
        keys=np.zeros((len(sentences), 16), dtype=np.uint8),
    )


def found_by_columns(sentences: list[Sentence]) -> Counter[tuple[tuple[str, ...], int, int]]:
    columns = sentences_from(sentences)
    spans = entities_of(columns)
    short = spans.ends - spans.begins <= LONGEST
    begins, ends = spans.begins[short], spans.ends[short]
    keys = span_keys(columns.hashes, begins, ends)
    names = counted_rows((keys, columns.hashes[begins], (ends - begins).astype(np.int16)))
    wanted = WantedNames.of(names)
    number, reading, token = found_in(columns, wanted)
    texts = columns.tokens.to_pylist()
    return Counter(
        (tuple(texts[start : start + wanted.sizes[name]]), int(kind), start)
        for name, kind, start in zip(number.tolist(), reading.tolist(), token.tolist(), strict=True)
    )


def found_plainly(sentences: list[Sentence]) -> Counter[tuple[tuple[str, ...], int, int]]:
    spans, names, first = [], set(), 0
    for sentence in sentences:
        begins = [place for place, (_, label) in enumerate(sentence) if label % 2]
        for begin in begins:
            end = begin + 1
            while end < len(sentence) and sentence[end][1] == sentence[begin][1] + 1:
                end += 1
            spans.append((first + begin, first + end))
            if end - begin <= LONGEST:
                names.add(tuple(token for token, _ in sentence[begin:end]))
        first += len(sentence)
    texts = [token for sentence in sentences for token, _ in sentence]
    labels = [label for sentence in sentences for _, label in sentence]
    found: Counter[tuple[tuple[str, ...], int, int]] = Counter()
    bounds = np.concatenate([[0], np.cumsum([len(sentence) for sentence in sentences])]).tolist()
    for low, high in pairwise(bounds):
        for start in range(low, high):
            for stop in range(start + 1, high + 1):
                name = tuple(texts[start:stop])
                cut = any(begin < at < end for begin, end in spans for at in (start, stop))
                if name in names and not cut:
                    untagged = not any(labels[start:stop])
                    whole = TYPES_FROM + (labels[start] - 1) // 2 if (start, stop) in spans else IN_PART
                    found[name, NO_TAG if untagged else whole, start] += 1
    return found


@given(SENTENCES)
def test_every_place_of_every_name_is_found_with_its_reading(sentences):
    assert found_by_columns(sentences) == found_plainly(sentences)
