"""A corpus without a script, where a command begins: it is looked at, or the message says what to type."""

import json
from pathlib import Path

import pytest

from tagpress.cli import cli
from tagpress.cli.shell import run

LINES = "".join(f"word{n}\tO\nAda{n}\tB-PER\n\n" for n in range(30))


@pytest.fixture
def corpus(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "all.conll").write_text(LINES)
    return tmp_path


def asked(capsys, *words: str) -> tuple[int, dict]:
    code = run(cli, [*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("source", ["letters", "letters/all.conll", "letters/*.conll"])
def test_check_reads_a_corpus_as_the_script_that_new_would_write(corpus, capsys, source):
    code, said = asked(capsys, "check", source)
    assert run(cli, ["new", "letters-too", source]) == 0
    capsys.readouterr()
    of_script = asked(capsys, "check", "letters_too.py")[1]
    same = {"sentences", "tokens", "labels", "splits", "problem_counts", "published", "rejected"}
    assert code == 0
    assert {key: said[key] for key in same} == {key: of_script[key] for key in same}
    assert all(said["splits"].values())
    assert said["inferred"]["dialect"] == "Columns()"
    assert said["inferred"]["entity_types"] == ["PER"]
    assert said["card_warnings"] == []
    assert "inferred" not in of_script


def test_check_says_what_it_inferred_and_what_keeps_it(corpus, capsys):
    assert run(cli, ["check", "letters"]) == 0
    said = capsys.readouterr().err
    assert "dialect: Columns()" in said
    assert "tabs part the columns" in said
    assert said.rstrip().endswith("to keep and to change them: tagpress new letters letters")
    assert sorted(path.name for path in corpus.rglob("*")) == ["all.conll", "letters"]


def test_check_takes_given_splits_of_a_corpus(corpus, capsys):
    (corpus / "b.conll").write_text("other\tO\nBea\tB-PER\n")
    code, said = asked(capsys, "check", "train=letters/all.conll", "test=b.conll")
    assert code == 0
    assert said["splits"] == {"train": 30, "test": 1}
    assert said["inferred"]["splits"] == {"train": ["letters/all.conll"], "test": ["b.conll"]}


def test_group_and_salt_are_heard_where_there_is_no_script(corpus, capsys):
    splits = [asked(capsys, "check", "letters", "--salt", salt)[1]["splits"] for salt in ("1", "2", "3", "4")]
    assert len({tuple(one.items()) for one in splits}) > 1


def test_a_problem_of_a_corpus_ends_with_1(corpus, capsys):
    (corpus / "letters" / "all.conll").write_text(LINES + "x\tO\tmore\n")
    code, said = asked(capsys, "check", "letters")
    assert code == 1
    assert {one["path"] for one in said["problems"] if one["code"] == "ragged-line"} == {"letters/all.conll"}


def test_preview_shows_a_corpus_without_a_script(corpus, capsys):
    code, said = asked(capsys, "preview", "letters/all.conll", "-o", "page.html")
    assert code == 0
    assert said["sentences"] == 30
    assert "Ada7" in (corpus / "page.html").read_text()


SCRIPT = "import tagpress\n\n\nclass A(tagpress.CorpusBuilder):\n    NAME = 'a'\n"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["build", "letters", "--out", "x"], "letters is a folder without release.json", "tagpress new letters writes"),
        (["publish", "letters"], "letters is a folder without release.json", "tagpress new letters writes"),
        (["publish", "letters/all.conll"], "no build and no builder script", "tagpress new letters/all.conll writes"),
        (["correct", "letters/all.conll", "Ada"], "no build and no builder script", "tagpress new letters/all.conll"),
        (
            ["forget", "letters/all.conll", "0" * 32, "--why", "asked"],
            "no build and no builder script",
            "tagpress new letters/all.conll",
        ),
        (["export", "letters/all.conll", "--to", "jsonl", "-o", "x"], "is a file, and neither a build", "tagpress new"),
        (["diff", "letters/all.conll", "letters/all.conll"], "is a file, and neither a build", "tagpress new"),
        (["check", "scripts"], "scripts is a folder, and no builder script", "name one: scripts/a.py"),
        (["publish", "scripts"], "scripts is a folder, and no builder script", "name one: scripts/a.py"),
        (["check", "scripts/a"], "there is no scripts/a", "the script is scripts/a.py"),
        (["build", "scripts/a", "--out", "x"], "there is no scripts/a", "the script is scripts/a.py"),
        (["check", "made"], "made is a finished build", "name the script of the corpus"),
        (["build", "made", "--out", "x"], "made is a finished build", "name the script of the corpus"),
        (["check", "nothing"], "no file matches 'nothing'", "check the spelling"),
        (["check", "nothing.py"], "there is no builder script at nothing.py", "give the path of a script"),
    ],
)
def test_what_is_no_script_is_called_what_it_is_with_what_to_type(corpus, capsys, words, message, hint):
    (corpus / "scripts").mkdir()
    (corpus / "scripts" / "a.py").write_text(SCRIPT)
    (corpus / "made").mkdir()
    (corpus / "made" / "release.json").write_text("{}")
    code, said = asked(capsys, *words)
    assert code == 2
    assert message in said["error"]["message"]
    assert hint in said["error"]["hint"]


def test_tagpress_alone_is_its_help_and_where_to_begin(capsys):
    assert run(cli, []) == 0
    said = capsys.readouterr()
    assert "tagpress check CORPUS" in said.out
    assert said.err == ""
