"""What settling drops, keeps and numbers: a table of small groups, and laws of any."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_keys import Sentence, repeated_of
from tagpress.build.settle import EXAMPLES, Settled, settle_repeated
from tagpress.corpus.identity import near_keys, sentence_key
from tagpress.corpus.policies import Policies
from tagpress.corpus.problems import Problem
from tagpress.corpus.split_names import leak_ranks
from tagpress.corpus.splits import LINE, GivenSplits, HashSplits

COMPUTED = HashSplits()
NAMES = COMPUTED.names
GIVEN = GivenSplits(names=("test", "extra", "dev", "train"))
WORDS = ("one", "One", "ONE", "two", "Two", "three")
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "duplicate": st.sampled_from(["drop", "warn", "error"]),
        "conflicting-duplicate": st.sampled_from(["drop", "warn", "error"]),
        "near-duplicate": st.sampled_from(["drop", "warn", "error"]),
        "split-leakage": st.sampled_from(["drop", "error"]),
    },
)
SENTENCES = st.lists(
    st.builds(Sentence, st.sampled_from(WORDS), st.integers(0, 2), st.sampled_from(NAMES)), max_size=14
)


def settled(sentences: Sequence[Sentence], policy: Mapping[str, str], rule: Any = COMPUTED, **more: Any) -> Settled:
    return settle_repeated(repeated_of(sentences, rule.names, **more), rule, Policies(policy))


def reported(found: Settled) -> list[tuple[Problem, tuple[int, int]]]:
    """Return the problems with the (piece, row) of the sentence of each."""
    table = found.problems.table()
    places = (table.numbers(name).tolist() for name in ("piece", "row"))
    return [*zip(table, zip(*places, strict=True), strict=True)]


def spelled(text: str) -> list[Sentence]:
    """Read sentences that are spelled `split:word/label`."""
    return [
        Sentence(word, int(label), split)
        for split, _, rest in (one.partition(":") for one in text.split())
        for word, _, label in (rest.partition("/"),)
    ]


def reasons(found: Settled) -> dict[int, str]:
    """Return why sentences stay behind, by their number, where all are of one piece."""
    return {row: reason for (_, row), reason in found.rejected.items()}


def published(sentences: Sequence[Sentence], found: Settled) -> list[tuple[int, Sentence]]:
    return [(number, one) for number, one in enumerate(sentences) if number not in reasons(found)]


@pytest.mark.parametrize(
    ("text", "policy", "left"),
    [
        ("train:one/0 train:two/0 test:three/0", {}, {}),
        ("train:one/0 train:one/0 train:one/0", {}, {1: "duplicate", 2: "duplicate"}),
        ("train:one/0 train:one/1 train:one/0", {}, {2: "duplicate"}),
        ("train:one/0 train:one/1", {"conflicting-duplicate": "drop"}, dict.fromkeys((0, 1), "conflicting-duplicate")),
        (
            "train:one/0 train:one/0 train:one/1",
            {"conflicting-duplicate": "drop"},
            {0: "conflicting-duplicate", 1: "duplicate", 2: "conflicting-duplicate"},
        ),
        (
            "train:one/0 train:one/0 train:one/1",
            {"conflicting-duplicate": "drop", "duplicate": "warn"},
            dict.fromkeys((0, 1, 2), "conflicting-duplicate"),
        ),
        ("train:one/0 train:one/0", {"duplicate": "warn"}, {}),
        ("train:one/0 train:one/0", {"duplicate": "error"}, {1: "duplicate"}),
        ("train:one/0 test:one/1 validation:one/0", {}, dict.fromkeys((0, 2), "split-leakage")),
        ("train:one/0 validation:one/0", {}, {0: "split-leakage"}),
        ("train:one/0 train:one/0 test:one/0 test:one/0", {}, {0: "split-leakage", 1: "split-leakage", 3: "duplicate"}),
        ("train:one/0 test:One/0", {}, {}),
        ("train:one/0 test:One/0", {"near-duplicate": "drop"}, {0: "near-duplicate"}),
        ("train:one/0 train:One/0", {"near-duplicate": "drop"}, {}),
        ("train:one/0 test:one/0 test:One/0", {"near-duplicate": "drop"}, {0: "split-leakage"}),
        # What is dropped for another reason makes nothing else a near duplicate.
        (
            "train:one/0 test:One/0 test:One/1",
            {"near-duplicate": "drop", "conflicting-duplicate": "drop"},
            dict.fromkeys((1, 2), "conflicting-duplicate"),
        ),
    ],
)
def test_what_stays_behind_and_why(text, policy, left):
    assert reasons(settled(spelled(text), policy)) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("train:one/0 extra:one/0", {1: "split-leakage"}),  # of one kind: the one declared later keeps it
        ("extra:one/0 dev:one/0 train:one/0", {0: "split-leakage", 2: "split-leakage"}),
        ("test:one/0 train:one/0 dev:one/0", {1: "split-leakage", 2: "split-leakage"}),
        ("test:one/0 dev:One/0", {1: "near-duplicate"}),
    ],
)
def test_given_splits_keep_by_what_their_names_say(text, left):
    policy = {"split-leakage": "drop", "near-duplicate": "drop"}
    assert reasons(settled(spelled(text), policy, GIVEN)) == left


def test_a_leak_in_given_splits_is_an_error_and_in_computed_ones_is_dropped():
    leak = spelled("train:one/0 test:one/0")
    for rule, severity in ((COMPUTED, "dropped"), (GIVEN, "error")):
        assert [found.severity for found, _ in reported(settled(leak, {}, rule))] == [severity]


def test_problems_say_where_and_what():
    found = settled(spelled("train:one/0 train:one/0 test:one/1 test:one/1 test:one/0"), {})
    assert {at[1]: (found.code, found.place, found.found) for found, at in reported(found)} == {
        0: (
            "split-leakage",
            "a.txt:1:1",
            "a sentence of train that test has with other tags at a.txt:3 (and 1 more time in train)",
        ),
        3: ("duplicate", "a.txt:4:1", "the sentence of a.txt:3 again"),
        2: ("conflicting-duplicate", "a.txt:3:1", "the tokens of a.txt:5 with other tags"),
        4: ("conflicting-duplicate", "a.txt:5:1", "the tokens of a.txt:3 with other tags"),
    }
    assert {found.sentence == found.line for found, _ in reported(found)} == {True}


@given(SENTENCES, POLICIES)
def test_a_sentence_is_published_in_one_split_and_that_has_the_right_of_it(sentences, policy):
    splits = defaultdict(set)
    for _, one in published(sentences, settled(sentences, policy)):
        splits[one.text].add(one.split)
    ranks = dict(zip(NAMES, leak_ranks(NAMES), strict=True))
    for text, found in splits.items():
        if policy.get("near-duplicate", "warn") == "warn":
            assert found == {max((one.split for one in sentences if one.text == text), key=ranks.__getitem__)}
        assert len(found) == 1


@given(SENTENCES)
def test_by_default_every_sentence_is_published_once_with_each_of_its_tags(sentences):
    left = Counter((one.text, one.label) for _, one in published(sentences, settled(sentences, {})))
    assert set(left.values()) <= {1}
    assert {text for text, _ in left} == {one.text for one in sentences}


@given(SENTENCES, POLICIES)
def test_what_is_dropped_or_stops_the_build_was_reported_so(sentences, policy):
    found = settled(sentences, policy)
    severities = {"drop": "dropped", "warn": "warning", "error": "error"}
    for problem, (_, row) in reported(found):
        chosen = Policies({"split-leakage": "drop", **policy})[problem.code]
        assert problem.severity == severities[chosen]
        assert (row in reasons(found)) or chosen == "warn"
    told = {problem.code for problem, _ in reported(found)} | {"near-duplicate"}  # which is counted, not listed
    assert set(reasons(found).values()) <= told


@given(SENTENCES, POLICIES)
def test_published_copies_are_numbered_without_a_gap_and_their_problems_have_their_ids(sentences, policy):
    found = settled(sentences, policy)
    numbers = defaultdict(list)
    for number, one in published(sentences, found):
        numbers[one.text].append(found.copies.get((0, number), 1))
    assert all(sorted(own) == list(range(1, len(own) + 1)) for own in numbers.values())
    for problem, (piece, row) in reported(found):
        number = found.copies.get((piece, row), 1)
        name = sentence_key([sentences[row].text]).hex() + (f"-{number}" if number > 1 else "")
        assert found.published(problem, (piece, row)).id == ("" if row in reasons(found) else name)
    assert found.all_published(found.problems.table()) == [found.published(*one) for one in reported(found)]


@given(SENTENCES, POLICIES, st.lists(st.integers(0, LINE - 1), max_size=3))
def test_ranges_that_are_settled_apart_add_up(sentences, policy, cuts):
    whole, parts = settled(sentences, policy), Settled()
    edges = [0, *sorted(cuts), LINE]
    for low, high in pairwise(edges):
        parts.add(settled(sentences, policy, within=range(low, high)))
    assert (whole.rejected, whole.copies, whole.near) == (parts.rejected, parts.copies, parts.near)
    assert sorted(reported(whole)) == sorted(reported(parts))


@given(SENTENCES, POLICIES, st.data())
def test_the_cut_into_pieces_changes_nothing(sentences, policy, data):
    size = len(sentences)
    pieces = data.draw(st.lists(st.integers(0, 4), min_size=size, max_size=size))
    one, many = settled(sentences, policy), settled(sentences, policy, pieces=pieces)
    assert {row: why for (_, row), why in many.rejected.items()} == reasons(one)
    assert {row: n for (_, row), n in many.copies.items()} == {row: n for (_, row), n in one.copies.items()}
    assert sorted(found for found, _ in reported(many)) == sorted(found for found, _ in reported(one))


@given(SENTENCES, st.sampled_from(["drop", "warn", "error"]))
def test_near_copies_are_counted_and_go_where_they_are_to_go(sentences, policy):
    found = settled(sentences, {"near-duplicate": policy})
    before = settled(sentences, {"near-duplicate": "warn"})
    ranks = dict(zip(NAMES, leak_ranks(NAMES), strict=True))
    keeper: dict[str, str] = {}
    for _, one in published(sentences, before):
        keeper[one.text.lower()] = max(one.split, keeper.get(one.text.lower(), one.split), key=ranks.__getitem__)
    pairs = [
        (number, (one.split, keeper[one.text.lower()]))
        for number, one in published(sentences, before)
        if keeper[one.text.lower()] != one.split
    ]
    assert {pair: near.count for pair, near in found.near.items()} == Counter(pair for _, pair in pairs)
    for pair, near in found.near.items():  # an example for each near key
        texts = {sentences[number].text.lower() for number, names in pairs if names == pair}
        assert len(near.examples) == len({key for key, *_ in near.examples}) == min(EXAMPLES, len(texts))
    gone = {row for row, why in reasons(found).items() if why == "near-duplicate"}
    assert gone == (set() if policy == "warn" else {number for number, _ in pairs})


@pytest.mark.parametrize("ranges", [1, 2, 3, 50])
def test_the_examples_of_near_copies_are_the_same_however_many_ranges_there_are(ranges):
    words = ("red", "green", "blue", "black", "white", "grey", "brown", "pink")
    sentences = spelled(" ".join(f"train:{word}/0 test:{word.title()}/0" for word in words))
    found = Settled()
    for number in range(ranges):
        within = range(LINE * number // ranges, LINE * (number + 1) // ranges)
        found.add(settled(sentences, {}, within=within))
    near = found.near["train", "test"]
    lowest = sorted(near_keys(pa.array([[word] for word in words])).tolist())[:EXAMPLES]
    assert (near.count, [key for key, *_ in near.examples]) == (len(words), lowest)
    assert all(there == f"a.txt:{here.line + 1}" for _, here, there in near.examples)
