"""One mistake in a dialect is said once, whatever it does to thousands of lines."""

from dataclasses import replace
from pathlib import Path

import pytest

from tagpress.build.advice import better_dialect
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.read.columns import Columns

WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa")


def lines(joined: str, tags: tuple[str, str, str], end: str = "\n") -> str:
    """Return a hundred sentences of three words."""
    rows = []
    for one in WORDS:
        for other in WORDS:
            rows += [joined.join((word, "NN", tag)) for word, tag in zip((one, other, "Zoë"), tags, strict=True)]
            rows.append("")
    return end.join(rows) + end


def declared(folder: Path, text: str, dialect: Columns, encoding: str = "utf-8") -> Declaration:
    (folder / "a.txt").write_bytes(text.encode(encoding))
    (folder / "toy.py").write_text("")
    return Declaration(
        name="toy",
        version="1.0.0",
        description="",
        entity_types={"PER": "A person."},
        dialect=dialect,
        sources=(SourceGlobs(("a.txt",), folder),),
        splits=HashSplits(),
        script=folder / "toy.py",
    )


IOB2, IOB1 = ("B-PER", "I-PER", "O"), ("I-PER", "I-PER", "O")
RIGHT = Columns(tag=2, width=3)


@pytest.mark.parametrize(
    ("text", "dialect", "encoding", "advice"),
    [
        (lines("\t", IOB2), Columns(tag=2, width=3, scheme="IOE1"), "utf-8", "scheme='IOB2' in place of 'IOE1'"),
        (lines("\t", IOB2), Columns(), "utf-8", "tag=2 in place of 1"),
        (lines(" ", IOB2), RIGHT, "utf-8", "delimiter=' ' in place of '\\t'"),
        (lines("\t", IOB2), Columns(tag=1, width=3), "utf-8", "tag=2 in place of 1"),
        (lines("\t", IOB2), RIGHT, "iso8859-1", "encoding='iso8859-1' in place of 'utf-8'"),
    ],
)
def test_one_mistake_is_named_once(tmp_path: Path, text: str, dialect: Columns, encoding: str, advice: str) -> None:
    report = check_corpus(declared(tmp_path, text, dialect, encoding))
    assert not report.ok
    assert advice in report.advice
    assert report.to_json()["advice"] == report.advice


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        (lines("\t", IOB2), RIGHT),
        (lines("\t", IOB2) + "".join(f"odd{n}\tNN\tB-PRE\n\n" for n in range(50)), RIGHT),  # a type, not a dialect
        ("one two three\n" * 200, RIGHT),  # nothing reads like tags
        (lines("\t", IOB2) + "a\tNN\n" * 9 + "\n", RIGHT),  # few
    ],
)
def test_where_nothing_helps_nothing_is_said(tmp_path: Path, text: str, dialect: Columns) -> None:
    assert check_corpus(declared(tmp_path, text, dialect)).advice == ""


def test_no_problem_reads_nothing() -> None:
    assert better_dialect(RIGHT, [], {}) == ""


def test_a_corpus_of_few_sentences_is_reported_in_full(tmp_path: Path) -> None:
    """What would leave a split empty comes after everything else that was found."""
    report = check_corpus(declared(tmp_path, "a b\tNN\tB-PER\n\nc\tNN\tO\n", RIGHT))
    assert (report.sentences, report.tokens, report.labels["B-PER"]) == (2, 2, 1)
    assert report.problem_counts["whitespace-in-token"] == 1
    empty = [found for found in report.problems if found.code == "empty-split"]
    assert empty
    assert all("2 different sentences cannot fill 3 splits" in found.hint for found in empty)
    assert not report.ok


def test_when_nothing_is_left_everything_is_still_said(tmp_path: Path) -> None:
    declaration = declared(tmp_path, "a\tNN\n\nb\tNN\n", RIGHT)
    report = check_corpus(replace(declaration, policies=Policies({"ragged-line": "drop"})))
    assert report.problem_counts["ragged-line"] == 2
    assert [found.place for found in report.problems if found.code == "ragged-line"] == ["a.txt:1:1", "a.txt:3:1"]
    assert report.problem_counts["empty-split"] == 3


@pytest.mark.parametrize("given", [False, True])
def test_splits_that_names_say_and_nobody_takes_are_told(tmp_path: Path, *, given: bool) -> None:
    declaration = declared(tmp_path, lines("\t", IOB2), RIGHT)
    for name in ("train", "test"):
        (tmp_path / f"{name}.txt").write_text("".join(f"{name}{n}\tNN\tB-PER\n\n" for n in range(50)))
    if given:
        own = (SourceGlobs(("train.txt",), tmp_path, "train"), SourceGlobs(("test.txt",), tmp_path, "test"))
        declaration = declaration.with_sources(own)
    else:
        declaration = replace(declaration, sources=(SourceGlobs(("t*.txt",), tmp_path),))
    said = "the names of sources say splits (test.txt test, train.txt train), and others are computed"
    for report in (check_corpus(declaration), build_corpus(declaration, tmp_path / "out").report):
        assert report.advice.startswith(said) is not given
        assert bool(report.advice) is not given
