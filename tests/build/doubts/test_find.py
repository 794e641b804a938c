"""Doubts of small corpora: what is said where, whatever the workers, files and pieces were."""

import json
import random
from pathlib import Path

import pytest

from made_corpora import Tagged, declare, write_document
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.report import Report
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.policies import Policies
from tagpress.corpus.problem_table import grouped
from tagpress.corpus.problems import Problem
from tagpress.corpus.splits import HashSplits
from tagpress.preview import write_corpus_preview

ALL = HashSplits(train=1, validation=0, test=0)
CAN = ("runs", "waits", "stops", "hangs", "ends", "works")


def said(name: Tagged, *words: str) -> Tagged:
    return [("it", "O"), *name, *((word, "O") for word in words)]


def many(name: Tagged) -> list[Tagged]:
    """Six sentences with a name."""
    return [said(name, word) for word in CAN]


def doubts(folder: Path, sentences: list[Tagged], **changes: object) -> tuple[Problem, ...]:
    write_document(folder / "a.txt", sentences)
    report = check_corpus(declare(folder, **{"splits": ALL, **changes}), workers=1, doubts=True)
    assert report.ok
    return tuple(found for found in report.problems if found.severity == "note")


@pytest.mark.parametrize(
    ("usual", "here", "code", "found", "expected"),
    [
        ([("C", "B-Language")], [("C", "B-Device")], "doubtful-type", "'C' as Device", "Language"),
        ([("C", "B-Language")], [("C", "O")], "doubtful-gap", "'C' without a tag", "Language"),
        ([("c", "O")], [("c", "B-Language")], "doubtful-name", "'c' as Language", "no tag"),
        (
            [("Visual", "B-Language"), ("C", "I-Language")],
            [("Visual", "O"), ("C", "B-Language")],
            "doubtful-boundary",
            "'Visual C' not tagged as one",
            "one Language",
        ),
        (
            [("the", "O"), ("PDP", "B-Device")],
            [("the", "B-Device"), ("PDP", "I-Device")],
            "doubtful-boundary",
            "'the PDP' as one Device",
            "only a part of it tagged",
        ),
    ],
)
def test_what_is_otherwise_in_one_place_is_in_doubt(tmp_path, usual, here, code, found, expected):  # noqa: PLR0917
    (note,) = doubts(tmp_path, [*many(usual), said(here, "sleeps")])
    assert (note.code, note.severity) == (code, "note")
    assert note.found == f"{found}, at token 2"
    assert note.expected == f"{expected}, as in 6 places such as a.txt:1, a.txt:{1 + len(usual) + 4}"
    assert (note.line, note.sentence, len(note.id)) == (1 + 6 * (len(usual) + 4), note.line, 32)
    assert note.to_json()["score"] == note.score == pytest.approx(0.55, abs=0.01)


def test_an_article_that_mostly_stands_outside_is_in_doubt_inside_of_a_name_that_stands_without_it(tmp_path):
    names = [[("the", "O"), (f"N{number}", "B-Device"), ("Two", "I-Device")] for number in range(20)]
    odd = [("the", "B-Device"), ("N3", "I-Device"), ("Two", "I-Device"), ("Two", "I-Device")]
    alone = [("N3", "B-Device"), ("Two", "I-Device"), ("Two", "I-Device")]
    (note,) = doubts(tmp_path, [*(said(name) for name in names), said(odd), said(alone)])
    assert (note.code, note.found) == ("doubtful-boundary", "'the N3 Two Two' with 'the' in it, at token 2")
    assert note.expected.startswith("'the' outside, as it stands before an entity, as in 20 places such as ")


def test_who_asks_for_it_is_told_what_is_less_sure(tmp_path):
    one, other = [("C", "B-Language")], [("C", "O")]
    write_document(tmp_path / "a.txt", [said(one, "runs"), said(one, "waits"), said(other, "stops")])

    def found(least: float | None) -> list[tuple[str, float | None]]:
        report = check_corpus(declare(tmp_path, splits=ALL), doubts=True, least_sure=least)
        return [(note.code, note.score) for note in report.problems if note.severity == "note"]

    assert found(None) == found(0.3) == []
    assert found(0.2) == [("doubtful-gap", pytest.approx(0.25, abs=0.01))]
    write_document(tmp_path / "a.txt", [said(one, "runs"), said(other, "stops")])
    assert found(0.2) == []
    assert found(0.1) == [("doubtful-gap", pytest.approx(0.12, abs=0.01))]


def test_what_is_less_sure_is_counted_by_its_code(tmp_path):
    one, other = [("C", "B-Language")], [("C", "O")]
    write_document(tmp_path / "a.txt", [said(one, "runs"), said(one, "waits"), said(other, "stops")])

    def less(least: float | None) -> dict[str, int]:
        return dict(check_corpus(declare(tmp_path, splits=ALL), doubts=True, least_sure=least).less_sure)

    assert less(None) == less(0.3) == {"doubtful-gap": 1}
    assert less(0.2) == {}
    (line,) = check_corpus(declare(tmp_path, splits=ALL), doubts=True).unnoted
    assert line.startswith("up to 1 place less sure than was asked for, not noted: doubtful-gap 1; tagpress check")
    assert check_corpus(declare(tmp_path, splits=ALL)).to_json().get("notes_less_sure") is None


def test_no_place_that_is_noted_when_all_are_asked_for_is_missing_among_those_that_are_less_sure(tmp_path):
    corpus_of_chance(tmp_path)
    all_of_them = check_corpus(declare(tmp_path), doubts=True, least_sure=0.1)
    assert all_of_them.less_sure == {}
    for least in (0.2, 0.35, 0.6, 0.95):
        sure = check_corpus(declare(tmp_path), doubts=True, least_sure=least)
        for code, count in all_of_them.note_counts.items():
            noted, less = sure.note_counts.get(code, 0), sure.less_sure.get(code, 0)
            assert noted + less >= count, (least, code)
        assert all(note.score >= least for note in sure.problems if note.severity == "note")


def test_a_near_copy_is_less_sure_than_who_asks_for_more(tmp_path):
    sentences = [[("Rust", "B-Language"), ("in", "O"), ("2015", "O")], [("Rust", "O"), ("in", "O"), ("2018", "O")]]
    write_document(tmp_path / "a.txt", sentences)
    report = check_corpus(declare(tmp_path, splits=ALL), doubts=True, least_sure=0.95)
    assert (report.note_counts, report.less_sure["doubtful-copy"]) == ({}, 1)


def test_a_word_whose_entity_stands_nowhere_without_it_counts_little(tmp_path):
    names = [[("the", "O"), (f"N{number}", "B-Device"), ("Two", "I-Device")] for number in range(6)]
    title = [("the", "B-Device"), ("Hague", "I-Device")]
    assert doubts(tmp_path, [*(said(name) for name in names), said(title)]) == ()


def test_a_name_beside_a_word_with_a_capital_may_be_part_of_a_longer_one(tmp_path):
    usual = many([("Windows", "B-Device")])
    assert [note.code for note in doubts(tmp_path, [*usual, said([("Windows", "O"), ("runs", "O"), ("Fun", "O")])])]
    assert doubts(tmp_path, [*usual, said([("Windows", "O"), ("Fun", "O")])]) == ()


def test_nearly_the_same_sentence_with_other_tags_is_in_doubt(tmp_path):
    (note,) = doubts(
        tmp_path,
        [[("Rust", "B-Language"), ("in", "O"), ("2015", "O")], [("Rust", "O"), ("in", "O"), ("2018", "O")]],
    )
    other = {1: 6, 6: 1}[note.line]  # which of them comes first is decided by their hashes
    assert note.code == "doubtful-copy"
    assert note.found.startswith(f"nearly the sentence of a.txt:{other}, with")
    assert note.found.endswith("'Rust' as Language")


def test_a_type_that_one_split_uses_otherwise_is_in_doubt(tmp_path):
    for split, kind in (("train", "Language"), ("test", "Device")):
        names = [f"Name{number}" for number in range(3)]
        write_document(
            tmp_path / f"{split}.txt", [said([(name, f"B-{kind}")], split, word) for name in names for word in CAN[:2]]
        )
    report = check_corpus(declare(tmp_path, sources={"train": "train.txt", "test": "test.txt"}), workers=1, doubts=True)
    (note,) = (found for found in report.problems if found.code == "doubtful-split")
    assert (note.path, note.line, note.id) == ("script.py", 0, "")
    assert note.found.startswith("3 names as Device in test and Language in train: ")
    assert {f"'Name{number}'" for number in range(3)} == set(note.found.partition(": ")[2].split(", "))


def test_what_is_not_published_speaks_neither_for_nor_against(tmp_path):
    usual, odd = many([("C", "B-Language")]), said([("C", "O")], *(["long"] * 9))
    assert doubts(tmp_path, [*usual, odd], max_tokens=8, policies=Policies({"overlong-sentence": "drop"})) == ()
    assert len(doubts(tmp_path, [*usual, odd])) == 1


def corpus_of_chance(folder: Path) -> None:
    """Write three files of sentences drawn from few words, so that there is much to doubt."""
    drawn = random.Random(7)
    for name in "abc":
        sentences = []
        for _ in range(150):
            words = drawn.choices(["Rust", "C", "Go", "the", "runs", "and", "Basic"], k=5)
            kinds = [
                drawn.choices(["O", "B-Language", "B-Device"], [2, 8, 1])[0] if word.istitle() else "O"
                for word in words
            ]
            sentences.append([*zip(words, kinds, strict=True), (str(drawn.random()), "O")])
        write_document(folder / f"{name}.txt", sentences)


def checked(folder: Path, **options: int) -> Report:
    return check_corpus(declare(folder), doubts=True, **options)


def test_workers_and_pieces_leave_no_trace_in_doubts(tmp_path, monkeypatch):
    corpus_of_chance(tmp_path)
    whole = checked(tmp_path, workers=1)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (2_000,))
    assert checked(tmp_path, workers=2) == whole
    codes = {found.code for found in whole.problems if found.severity == "note"}
    assert {"doubtful-type", "doubtful-gap"} <= codes
    assert list(whole.problems) == sorted(whole.problems)


def test_of_many_notes_the_surest_are_made_and_the_others_counted(tmp_path, monkeypatch):
    corpus_of_chance(tmp_path)
    whole = checked(tmp_path, workers=1)
    for module in ("placed", "find"):
        monkeypatch.setattr(f"tagpress.build.doubts.{module}.MOST", 3)
    monkeypatch.setattr("tagpress.build.doubts.judge.surest.__defaults__", (6,))
    few = checked(tmp_path, workers=1)
    for code, count in whole.note_counts.items():
        made = [found for found in whole.problems if found.code == code]
        kept = [found for found in few.problems if found.code == code]
        assert 0 < len(kept) <= 3
        assert kept == made[: len(kept)]
        assert few.note_counts[code] == len(kept) + few.notes_left_out.get(code, 0) >= count


def test_notes_stop_nothing_and_change_no_byte_of_a_build(tmp_path):
    corpus_of_chance(tmp_path / "corpus")
    plain = build_corpus(declare(tmp_path / "corpus"), tmp_path / "plain", workers=1)
    noted = build_corpus(declare(tmp_path / "corpus"), tmp_path / "noted", workers=1, doubts=True)
    assert plain.manifest == noted.manifest
    lines = (tmp_path / "noted.problems.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["severity"] == "note" for line in lines) == sum(noted.report.note_counts.values()) > 0
    assert "note" not in {found.severity for found in plain.report.problems}


def test_a_card_that_shows_doubts_has_them_looked_for(tmp_path):
    corpus_of_chance(tmp_path / "corpus")
    card = tmp_path / "card.md"
    card.write_text(
        "---\nlicense: cc0-1.0\n---\n# Small\n\n{{ blocks.load }}\n{{ blocks.changelog }}\n\n{{ blocks.doubts }}\n"
    )
    build = build_corpus(declare(tmp_path / "corpus", card=card), tmp_path / "build", workers=1)
    readme = (tmp_path / "build" / "README.md").read_text()
    for code, count in build.report.note_counts.items():
        assert any(line.startswith(f"| `{code}` |") and line.endswith(f" {count:,} |") for line in readme.splitlines())
    assert f" Up to {sum(build.report.less_sure.values()):,} more are less sure, and not counted." in readme


def test_a_preview_shows_doubts_at_their_sentences(tmp_path):
    corpus_of_chance(tmp_path / "corpus")
    write_corpus_preview(declare(tmp_path / "corpus"), tmp_path / "page.html", doubts=True)
    page = (tmp_path / "page.html").read_text()
    assert "doubtful-gap" in page
    assert "Of labels in doubt: up to " in page


def test_a_terminal_shows_each_name_once():
    def note(line: int, name: str, doubt: float) -> Problem:
        return Problem(
            doubt=doubt,
            path="a.txt",
            line=line,
            col=1,
            code="doubtful-gap",
            severity="note",
            found=f"{name} at {line}",
            expected=f"{name} tagged",
            hint="look",
        )

    (group,) = grouped([note(line, "C", 0.1) for line in range(1, 9)] + [note(1, "Go", 0.3), note(2, "D", 0.2)], 2)
    assert (group.count, [one.found for one in group.first]) == (10, ["C at 1", "D at 2"])


def test_least_sure_without_doubts_is_refused(tmp_path, capfd):
    assert run(cli, ["check", str(tmp_path / "none.py"), "--least-sure", "0.2", "--json"]) == 2
    error = json.loads(capfd.readouterr().out)["error"]
    assert error["message"] == "--least-sure says more of --doubts, which is not given"
    assert error["hint"] == "add --doubts, or leave --least-sure out"
