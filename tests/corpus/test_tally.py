"""Counting a corpus: the fast tally against a slow one, and the laws of adding."""

import itertools
import json
import pickle
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.schema import Labels
from tagpress.corpus.tally import Example, Histogram, Tally, tally
from tagpress.corpus.tally.examples import EXAMPLE_CHARS, EXAMPLES_PER_TYPE

LABELS = Labels(("Person", "Place", "Thing"))
Sentence = list[tuple[str, int]]

words = st.sampled_from(
    ["a", "b", "é", "🜲", "( )", "similarity", "similarity-learning-one", "similarity-learning-two", "|"]
)


@st.composite
def sentences(draw: st.DrawFn) -> Sentence:
    """Make a sentence with valid IOB2 ids."""
    tags: list[int] = []
    for _ in range(draw(st.integers(1, 12))):
        last = tags[-1] if tags else 0
        inside = [(last + 1) // 2 * 2] if last else []
        tags.append(draw(st.sampled_from([0, 0, 1, 3, 5, *inside])))
    return [(draw(words), tag) for tag in tags]


corpora = st.lists(sentences(), max_size=12)


def of(corpus: Sequence[Sentence]) -> Tally:
    tokens = pa.array([[token for token, _ in row] for row in corpus], pa.list_(pa.string()))
    return tally(tokens, np.array([tag for row in corpus for _, tag in row], np.int64), LABELS)


def entities_of(sentence: Sentence) -> list[tuple[int, int, int]]:
    """Return (begin, end, type) of each entity, the slow way."""
    found: list[tuple[int, int, int]] = []
    for place, (_, tag) in enumerate(sentence):
        if tag and tag % 2:
            found.append((place, place + 1, (tag - 1) // 2))
        elif tag:
            begin, _, kind = found[-1]
            found[-1] = (begin, place + 1, kind)
    return found


@given(corpora)
def test_counts_what_a_slow_count_counts(corpus: list[Sentence]) -> None:
    spans = [entities_of(row) for row in corpus]
    adjacent = Counter((a[2], b[2]) for row in spans for a, b in itertools.pairwise(row) if a[1] == b[0])
    result = of(corpus)

    assert result.sentences == len(corpus)
    assert result.annotated == sum(bool(row) for row in spans)
    assert result.tokens == sum(map(len, corpus))
    assert result.token_bytes == sum(len(token.encode()) for row in corpus for token, _ in row)
    assert Counter(result.label_counts) == Counter(LABELS.names[tag] for row in corpus for _, tag in row)
    assert Counter(result.entities) == Counter(LABELS.entity_types[kind] for row in spans for _, _, kind in row)
    assert dict(zip(result.sentence_lengths.values, result.sentence_lengths.counts, strict=True)) == Counter(
        map(len, corpus)
    )
    assert Counter(result.entity_lengths.to_json()) == Counter(
        str(end - begin) for row in spans for begin, end, _ in row
    )
    assert Counter({divmod(pair, 3): n for pair, n in enumerate(result.adjacent)}) == adjacent


@given(corpora)
def test_examples_are_forms_of_their_type(corpus: list[Sentence]) -> None:
    forms = defaultdict(set)
    for row in corpus:
        for begin, end, kind in entities_of(row):
            forms[kind].add(" ".join(token for token, _ in row[begin:end])[:EXAMPLE_CHARS])
    for kind, examples in enumerate(of(corpus).examples):
        texts = [example.text for example in examples]
        assert set(texts) <= forms[kind]
        assert len(texts) == len(set(texts)) == min(EXAMPLES_PER_TYPE, len(forms[kind]))
        assert list(examples) == sorted(examples)


@given(corpora, st.lists(st.integers(0, 12), max_size=3), st.randoms())
def test_any_cut_in_any_order_adds_up_to_the_whole(
    corpus: list[Sentence], cuts: list[int], dice: random.Random
) -> None:
    bounds = [0, *sorted(cuts), len(corpus)]
    parts = [of(corpus[a:b]) for a, b in itertools.pairwise(bounds)]
    dice.shuffle(parts)
    assert sum(parts, start=Tally.empty(LABELS)) == of(corpus)


@given(corpora, corpora, corpora)
def test_adding_is_a_commutative_monoid(a: list[Sentence], b: list[Sentence], c: list[Sentence]) -> None:
    x, y, z, zero = of(a), of(b), of(c), Tally.empty(LABELS)
    assert (x + y) + z == x + (y + z)
    assert x + y == y + x
    assert x + zero == x == zero + x


@given(corpora, st.data())
def test_a_slice_counts_like_a_copy(corpus: list[Sentence], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(corpus)))
    tokens = pa.array([[token for token, _ in row] for row in corpus], pa.list_(pa.string())).slice(start)
    tags = np.array([tag for row in corpus[start:] for _, tag in row], np.int64)
    assert tally(tokens, tags, LABELS) == of(corpus[start:])


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(0, 100))
def test_a_quantile_is_the_nearest_rank(numbers: list[int], percent: int) -> None:
    histogram = Histogram.of(np.array(numbers, np.int64))
    wanted = next(n for n in sorted(numbers) if sum(m <= n for m in numbers) * 100 >= percent * len(numbers))
    assert histogram.quantile(percent) == wanted
    assert histogram.total == len(numbers)


def test_many_mentions_of_few_forms_still_give_every_form() -> None:
    corpus: list[Sentence] = [[("x", 0)] * (place % 7) + [("Java", 1)] for place in range(5000)] + [
        [("C", 1)],
        [("Ada", 1)],
    ]
    assert {example.text for example in of(corpus).examples[0]} == {"Java", "C", "Ada"}


def test_forms_with_equal_ranks_are_chosen_by_their_text() -> None:
    # The middle of a long token is not hashed, so that all of these rank alike.
    forms = [f"12345678{place:03}12345678" for place in range(200)]
    corpus: list[Sentence] = [[(form, 1)] for form in forms]
    random.Random(1).shuffle(corpus)
    assert [example.text for example in of(corpus).examples[0]] == forms[:EXAMPLES_PER_TYPE]


def test_frequent_forms_are_likely_examples() -> None:
    dice = random.Random(1)
    rare: list[Sentence] = [[("x", 0)] * dice.randrange(40) + [(f"rare{place}", 1)] for place in range(300)]
    often: list[Sentence] = [[("x", 0)] * a + [("Linux", 1)] + [("x", 0)] * b for a in range(40) for b in range(40)]
    assert "Linux" in [example.text for example in of(rare + often).examples[0]]


def test_a_long_entity_is_cut() -> None:
    (example,) = of([[("é" * 200, 1)]]).examples[0]
    assert example.text == "é" * EXAMPLE_CHARS


def test_a_tally_travels_between_processes_and_into_json() -> None:
    result = of([[("Ada", 1), ("wrote", 0), ("Note", 5), ("G", 6), ("London", 3)]])
    assert pickle.loads(pickle.dumps(result)) == result
    assert json.loads(json.dumps(result.to_json())) == {
        "sentences": 1,
        "annotated_sentences": 1,
        "tokens": 5,
        "token_bytes": 19,
        "labels": {"O": 1, "B-Person": 1, "I-Person": 0, "B-Place": 1, "I-Place": 0, "B-Thing": 1, "I-Thing": 1},
        "entities": {"Person": 1, "Place": 1, "Thing": 1},
        "sentence_lengths": {"5": 1},
        "entity_lengths": {"1": 2, "2": 1},
        "adjacent": {"Thing Place": 1},
        "examples": {"Person": ["Ada"], "Place": ["London"], "Thing": ["Note G"]},
    }


@pytest.mark.parametrize(
    ("tokens", "tags"),
    [
        ([["a", "b"]], [0]),
        ([["a"]], [7]),
        ([["a"]], [2]),
        ([None, ["a"]], [0]),
        ([[None]], [0]),
    ],
)
def test_tags_that_do_not_fit_the_tokens_are_refused(tokens: list[list[str]], tags: list[int]) -> None:
    with pytest.raises(ValueError, match=r"tags"):
        tally(pa.array(tokens, pa.list_(pa.string())), np.array(tags, np.int64), LABELS)


def test_tallies_of_other_labels_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="different labels"):
        Tally.empty(LABELS) + Tally.empty(Labels(("Person",)))


def test_no_numbers_have_no_quantile() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        Histogram().quantile(50)


@pytest.mark.parametrize(("values", "counts"), [((2, 1), (1, 1)), ((1,), (0,)), ((1,), ())])
def test_an_impossible_histogram_cannot_be_made(values: tuple[int, ...], counts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        Histogram(values, counts)


def test_examples_sort_by_rank() -> None:
    assert sorted([Example(2, "a"), Example(1, "b")]) == [Example(1, "b"), Example(2, "a")]
