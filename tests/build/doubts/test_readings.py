"""The compiled look for names finds what a plain one finds, in any text."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.doubts.counted import together
from tagpress.build.doubts.judge import IN_PART, NO_TAG, TYPES_FROM, doubtful_edges
from tagpress.build.doubts.names import added_names, names_in_sentences
from tagpress.build.doubts.readings import WantedNames, names_of_piece
from tagpress.build.doubts.sentences import PieceSentences
from tagpress.build.doubts.spans import PieceSpans, flat_spans
from tagpress.columnar.edge_loops import INSIDE, LEFT, OUTSIDE, RIGHT, edge_code, edges_in
from tagpress.columnar.name_loops import LONGEST
from tagpress.columnar.place_loops import NOWHERE, spoken_for

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


def columns_of(sentences: list[Sentence]) -> tuple[PieceSentences, PieceSpans]:
    bounds = np.concatenate([[0], np.cumsum([len(sentence) for sentence in sentences])])
    made = PieceSentences(
        tokens=pa.array([token for sentence in sentences for token, _ in sentence], pa.string()),
        bounds=bounds,
        kept=np.ones(len(sentences), dtype=np.bool_),
        splits=np.zeros(len(sentences), dtype=np.int64),
        lines=np.arange(len(sentences)),
        keys=np.zeros((len(sentences), 16), dtype=np.uint8),
    )
    labels = pa.array([label for sentence in sentences for _, label in sentence], pa.int16())
    return made, flat_spans(pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), labels), made)


def wanted_of(columns: PieceSentences, spans: PieceSpans) -> WantedNames:
    """Return what is looked for: the names that there are, of which each place is worth knowing."""
    names = added_names([names_in_sentences(columns, spans)])
    keys = together([names.names.keys])
    return replace(WantedNames.of(names, keys, doubtful_edges(names.edges)), most=np.full(len(keys), 1000))


def found_by_columns(sentences: list[Sentence]) -> Counter[tuple[tuple[str, ...], int, int]]:
    columns, spans = columns_of(sentences)
    (_, readings, rows, tokens, sizes), _ = names_of_piece(columns, spans, columns.hashes(), wanted_of(columns, spans))
    assert all(columns.bounds[rows] <= tokens)
    assert all(tokens + sizes <= columns.bounds[rows + 1])
    texts = columns.tokens.to_pylist()
    return Counter(
        (tuple(texts[start : start + size]), kind, start)
        for kind, start, size in zip(readings.tolist(), tokens.tolist(), sizes.tolist(), strict=True)
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


def entities(sentence: Sentence) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for place, (_, label) in enumerate(sentence):
        if label % 2:
            found.append((place, place + 1, label // 2))
        elif label:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
    return found


@given(SENTENCES, st.lists(st.integers(0, 3), min_size=200, max_size=200))
def test_of_places_without_a_type_no_more_are_left_than_are_worth_knowing_and_all_are_counted(sentences, most):
    columns, spans = columns_of(sentences)
    wanted, hashes = wanted_of(columns, spans), columns.hashes()
    places, _ = names_of_piece(columns, spans, hashes, wanted)
    limits = np.array(most)[: len(wanted.most)]
    left, untyped = names_of_piece(columns, spans, hashes, replace(wanted, most=limits))
    lines: dict[tuple[int, int], list[int]] = {}
    kept = []
    for place in zip(*(column.tolist() for column in places), strict=True):
        number, reading, row = place[:3]
        if reading < TYPES_FROM:
            lines.setdefault((number, reading), []).append(row)
        if reading >= TYPES_FROM or len(lines[number, reading]) <= limits[number]:
            kept.append(place)
    assert [*zip(*(column.tolist() for column in left), strict=True)] == kept
    assert {(code // 2, code % 2): rest for code, *rest in untyped.tolist()} == {
        key: [len(found), *[*sorted({*found}), NOWHERE][:2]] for key, found in lines.items()
    }


@given(SENTENCES)
def test_capitals_and_what_stands_beside_them_speak_for_a_reading(sentences):
    columns, spans = columns_of(sentences)
    places, _ = names_of_piece(columns, spans, columns.hashes(), wanted_of(columns, spans))
    told = spoken_for((columns.letters, columns.text_bounds), columns.bounds, spans.flags, places)
    texts, labels = columns.tokens.to_pylist(), [label for sentence in sentences for _, label in sentence]
    capital = [text[:1].isascii() and text[:1].isupper() for text in texts]
    for spoken, (_, reading, row, token, size) in zip(
        told.tolist(), zip(*(column.tolist() for column in places), strict=True), strict=True
    ):
        low, high = columns.bounds[row : row + 2].tolist()
        beside = [at for at in (token - 1, token + size) if low < at < high]
        says = {
            NO_TAG: any(capital[at] and not labels[at] for at in beside),
            IN_PART: False,
        }.get(reading, token > low)
        assert spoken == (capital[token] and says)


def test_a_word_at_the_edge_of_an_entity_of_any_length_is_found_with_all_its_tokens():
    entity = [("the", 1), *[(f"w{number}", 2) for number in range(200)]]
    outside = [[("the", 0), (f"x{number}", 1)] for number in range(6)]
    columns, spans = columns_of([entity, *outside])
    names = added_names([names_in_sentences(columns, spans)])
    wanted = WantedNames.of(names, together([names.names.keys]), doubtful_edges(names.edges))
    at_edges = (spans.begins, spans.ends, spans.sentences)
    found = edges_in(columns.hashes(), at_edges, columns.bounds, wanted.words, wanted.names)
    words, sides, rows, tokens, sizes, whole = (column.tolist() for column in found)
    assert {*words} == {0}
    assert sides == [INSIDE] + [OUTSIDE] * 6
    assert rows == [*range(7)]
    assert (tokens[0], sizes[0], whole[0]) == (0, 201, 1)


@given(SENTENCES)
def test_names_and_the_words_at_their_edges_are_counted_as_a_plain_look_counts_them(sentences):
    names: Counter[tuple[tuple[str, ...], int]] = Counter()
    edges: Counter[tuple[str, int]] = Counter()
    for sentence in sentences:
        texts = [token for token, _ in sentence]
        for begin, end, kind in entities(sentence):
            if end - begin <= LONGEST:
                names[tuple(texts[begin:end]), kind] += 1
            if end - begin > 1:
                edges.update([(texts[begin], edge_code(LEFT, INSIDE)), (texts[end - 1], edge_code(RIGHT, INSIDE))])
            if begin:
                edges[texts[begin - 1], edge_code(LEFT, OUTSIDE)] += 1
            if end < len(texts):
                edges[texts[end], edge_code(RIGHT, OUTSIDE)] += 1
    found = added_names([names_in_sentences(*columns_of(sentences))])
    assert sorted(found.names.counts.tolist()) == sorted(names.values())
    assert Counter(zip(found.edges.codes.tolist(), found.edges.counts.tolist(), strict=True)) == Counter(
        (code, count) for (_, code), count in edges.items()
    )


@given(SENTENCES, st.integers(0, 6))
def test_the_cut_into_pieces_leaves_no_trace_in_counts(sentences, cut):
    parts = [part for part in (sentences[:cut], sentences[cut:]) if part]
    whole, apart = (
        added_names([names_in_sentences(*columns_of(part)) for part in some]) for some in ([sentences], parts)
    )
    for name in ("names", "edges"):
        one, other = getattr(whole, name), getattr(apart, name)
        for column in ("keys", "codes", "counts"):
            assert getattr(one, column).tolist() == getattr(other, column).tolist()
    assert set(whole.beginnings.tolist()) == set(apart.beginnings.tolist())
