"""Classes of words are in doubt where the same words mostly have others: the columns find what a plain look finds."""

import random
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from made_corpora import declare
from tagpress.build.corpus import check_corpus
from tagpress.build.doubts.class_counts import ALONE_COUNTS
from tagpress.build.doubts.judge import FAINTEST, wilson
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.read.columns import Columns

CLASSES = ["NN", "VB", "DT"]
Tagged = list[tuple[str, str]]


def corpus(folder: Path, files: dict[str, list[Tagged]], **changes):
    for name, sentences in files.items():
        text = "\n".join("".join(f"{token} {tag}\n" for token, tag in sentence) for sentence in sentences)
        (folder / f"{name}.txt").write_text(text)
    return declare(
        folder,
        **{
            "dialect": Columns(delimiter=" ", tag=None, extra={"pos": 1}),
            "entity_types": {},
            "layers": {"pos": TokenClasses(CLASSES)},
            "splits": HashSplits(train=1, validation=0, test=0),
            "policies": Policies({"duplicate": "warn", "near-duplicate": "warn"}),
            **changes,
        },
    )


def notes(folder: Path, sentences: list[Tagged], **options):
    report = check_corpus(corpus(folder, {"a": sentences}), workers=1, doubts=True, **options)
    assert report.ok
    return [one for one in report.problems if one.severity == "note"]


def beside(before: str, behind: str, tag: str = "NN", word: str = "play") -> Tagged:
    return [(before, "DT"), (word, tag), (behind, "VB")]


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        ([beside("the", f"w{n}") for n in range(6)] + [beside("the", "z", "VB")], "NN behind 'the', as in 6 places"),
        ([beside(f"w{n}", "is") for n in range(6)] + [beside("z", "is", "VB")], "NN before 'is', as in 6 places"),
        (
            [[("play", "NN"), (f"w{n}", "VB")] for n in range(6)] + [[("play", "DT"), ("z", "VB")]],
            "NN behind the beginning",
        ),
        ([[(f"w{n}", "VB"), ("play", "NN")] for n in range(6)] + [[("z", "VB"), ("play", "DT")]], "NN before the end"),
        (
            [beside(f"w{n}", f"x{n}") for n in range(100)] + [beside("y", "z", "VB")],
            "NN, as in 100 places such as a.txt:1, a.txt:5",
        ),
    ],
)
def test_a_class_that_a_word_mostly_has_not_is_in_doubt(tmp_path, sentences, expected):
    (note,) = notes(tmp_path, sentences)
    assert (note.code, note.severity, note.line) == (
        "doubtful-class",
        "note",
        1 + sum(len(s) + 1 for s in sentences[:-1]),
    )
    token = [word for word, _ in sentences[-1]].index("play")
    assert note.found == f"'play' as {sentences[-1][token][1]}, at token {token + 1} of the layer pos"
    assert note.expected.startswith(expected)


def test_what_stands_several_times_in_the_same_surroundings_is_rarely_a_slip(tmp_path):
    usual = [beside("the", f"w{number}") for number in range(12)]
    assert len(notes(tmp_path, [*usual, beside("the", "y", "VB")])) == 1
    assert notes(tmp_path, [*usual, *(beside("the", f"y{number}", "VB") for number in range(4))]) == []


def test_classes_beside_it_that_speak_for_it_elsewhere_make_it_less_sure(tmp_path):
    usual = [beside("the", f"w{number}") for number in range(9)]
    odd = [("the", "DT"), ("play", "VB"), ("z", "NN")]
    elsewhere = [[(f"v{number}", "NN"), ("play", "VB"), (f"u{number}", "NN")] for number in range(2)]
    assert [note.expected.partition(",")[0] for note in notes(tmp_path, [*usual, odd])] == ["NN behind 'the'"]
    assert notes(tmp_path, [*usual, odd, *elsewhere]) == []


def test_near_copies_with_other_classes_are_in_doubt_unless_their_tokens_end_elsewhere(tmp_path):
    one = [("can", "VB"), ("not", "DT"), ("2015", "NN")]
    (note,) = notes(tmp_path, [one, [("can", "VB"), ("not", "VB"), ("2018", "NN")]])
    assert (note.code, note.found.endswith("of the layer pos")) == ("doubtful-copy", True)
    assert notes(tmp_path, [one, [("cannot", "VB"), ("2018", "NN")]]) == []


def of_chance(seed: int) -> list[Tagged]:
    """Return sentences of few words, most of which mostly have one class."""
    drawn = random.Random(seed)
    words = [f"w{number}" for number in range(12)]
    return [
        [
            (word, CLASSES[int(word[1:]) % 3] if drawn.random() < 0.9 else drawn.choice(CLASSES))
            for word in drawn.choices(words, weights=[9, 7, 5, 4, 3, 2, 2, 1, 1, 1, 1, 1], k=drawn.randrange(1, 9))
        ]
        for _ in range(220)
    ]


def plainly(sentences: list[Tagged]) -> set[tuple[int, int, str, float]]:
    """Return line, token, class and score of what is in doubt."""
    counts: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)

    def contexts(sentence: Tagged, at: int) -> dict[str, tuple[object, ...]]:
        words, tags = ([None, *column, None] for column in zip(*sentence, strict=True))
        word = words[at + 1]
        return {
            "before": ("before", words[at], word),
            "behind": ("behind", word, words[at + 2]),
            "alone": ("alone", word),
            "class before": ("class before", tags[at], word),
            "class behind": ("class behind", word, tags[at + 2]),
        }

    places = [(sentence, at) for sentence in sentences for at in range(len(sentence))]
    for sentence, at in places:
        for context in contexts(sentence, at).values():
            counts[context][sentence[at][1]] += 1
    line, found = 1, set()
    for sentence in sentences:
        for at, (_, tag) in enumerate(sentence):
            scores = []
            own = contexts(sentence, at)
            for name in ("before", "behind", "alone"):
                others = {other: count for other, count in counts[own[name]].items() if other != tag}
                if others:
                    usual = max(others, key=lambda other: (others[other], -CLASSES.index(other)))
                    spoken = any(
                        counts[own[side]][tag] - 1 > counts[own[side]][usual]
                        for side in ("class before", "class behind")
                    )
                    few = others[usual] / (10 if spoken else 1) / (ALONE_COUNTS if name == "alone" else 1)
                    scores.append(float(wilson(np.array([few]), np.array([counts[own[name]][tag] ** 2]))[0]))
            if max(scores, default=0.0) >= FAINTEST:
                found.add((line, at + 1, tag, round(max(scores), 4)))
        line += len(sentence) + 1
    return found


@pytest.mark.parametrize("seed", range(4))
def test_columns_find_what_a_plain_look_finds(tmp_path, seed):
    sentences = of_chance(seed)
    found = {
        (
            note.line,
            int(note.found.partition("at token ")[2].split()[0]),
            note.found.partition(" as ")[2].partition(",")[0],
            round(1 - note.doubt, 4),
        )
        for note in notes(tmp_path, sentences, least_sure=FAINTEST)
        if note.code == "doubtful-class"
    }
    assert found == plainly(sentences)
    assert len(found) > 50


def test_workers_files_and_pieces_leave_no_trace(tmp_path, monkeypatch):
    sentences = of_chance(9)
    declaration = corpus(tmp_path, {"a": sentences[:90], "b": sentences[90:]})
    whole = check_corpus(declaration, workers=1, doubts=True)
    assert whole.note_counts["doubtful-class"] > 5
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (500,))
    assert check_corpus(declaration, workers=2, doubts=True) == whole


def test_a_layer_of_texts_is_not_looked_at(tmp_path):
    sentences = [beside("the", f"w{number}") for number in range(6)] + [beside("the", "z", "VB")]
    both = Columns(delimiter=" ", tag=None, extra={"pos": 1})
    declaration = corpus(
        tmp_path,
        {"a": sentences},
        dialect=both,
        layers={"pos": TokenClasses(CLASSES), "again": TokenTexts(column="pos")},
    )
    report = check_corpus(declaration, workers=1, doubts=True)
    assert [note.found for note in report.problems if note.severity == "note"] == [
        "'play' as VB, at token 2 of the layer pos"
    ]
