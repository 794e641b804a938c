"""Personal data is noted where it begins, if somebody asks for it or a policy says what is done about it."""

import json
from pathlib import Path
from typing import Any

import pytest

from corrected_news import SCRIPT, TRAIN, write_news
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.problems import Problem
from tagpress.errors import DataError
from tagpress.script.builder import load_script

MORE = "\nCall B-VP O\n+49 B-NP O\n30 I-NP O\n901820 I-NP O\nor B-NP O\nada@mail.org I-NP O\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_news(tmp_path)
    (tmp_path / "train.txt").write_text(TRAIN + MORE)
    return tmp_path


def found(folder: Path, **how: Any) -> list[Problem]:
    report = check_corpus(load_script(folder / "news.py").declared(), workers=1, **how)
    return [one for one in report.problems if one.code == "personal-data"]


def test_it_is_noted_at_its_first_token_where_it_is_asked_for(folder: Path) -> None:
    assert found(folder) == []
    phone, mail = found(folder, personal_data=True)
    assert (phone.place, phone.severity, phone.found) == (
        "train.txt:14:1",
        "note",
        "a phone number: +4... (13 characters)",
    )
    assert (mail.place, mail.sentence, mail.found) == ("train.txt:18:1", 13, "a mail address: ad... (12 characters)")
    assert phone.score is None


def test_notes_stop_nothing_and_are_no_doubts(folder: Path) -> None:
    declared = load_script(folder / "news.py").declared()
    made = build_corpus(declared, folder / "build", workers=1, personal_data=True, doubts=True)
    assert "noted: personal-data 2" in made.report.summary
    assert "personal-data" not in (made.report.note_counts or {})
    assert "personal-data" not in (folder / "build/README.md").read_text()
    problems = (folder / "build.problems.jsonl").read_text()
    assert "901820" not in problems
    assert "mail.org" not in problems


@pytest.mark.parametrize("policy", ["warn", "drop", "error"])
def test_a_policy_has_it_looked_for(folder: Path, policy: str) -> None:
    (folder / "news.py").write_text(SCRIPT.replace('"warn"}', f'"warn", "personal-data": "{policy}"}}'))
    declared = load_script(folder / "news.py").declared()
    if policy == "error":
        with pytest.raises(DataError, match="2 personal-data"):
            build_corpus(declared, folder / "build", workers=1)
        return
    made = build_corpus(declared, folder / "build", workers=1)
    assert made.report.rejected == (policy == "drop")


def test_the_command_line(folder: Path, capsys: Any) -> None:
    for words in (["check"], ["build", "--out", str(folder / "build")]):
        assert run(cli, [words[0], str(folder / "news.py"), *words[1:], "--personal-data", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["problem_counts"]["personal-data"] == 2


def test_a_page_of_a_corpus_has_it_where_it_is_asked_for(folder: Path, capsys: Any) -> None:
    page = folder / "page.html"
    for options in ([], ["--personal-data"]):
        assert run(cli, ["preview", str(folder / "news.py"), "-o", str(page), *options]) == 0
        assert ("personal-data" in page.read_text()) is bool(options)
        assert "901820" in page.read_text()  # which is of the sentence itself
    assert run(cli, ["build", str(folder / "news.py"), "--out", str(folder / "build")]) == 0
    assert run(cli, ["preview", str(folder / "build"), "-o", str(page), "--personal-data"]) == 2
    assert "is finished, and --personal-data was given" in capsys.readouterr().err
