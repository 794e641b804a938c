"""`tagpress correct`: find a sentence, say what it should have, merge with what another has corrected."""

import json
from pathlib import Path
from typing import Any

import pytest

from corrected_news import EU, labels, write_news
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.script.builder import load_script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_news(tmp_path)


def correct(capsys: Any, *words: object) -> tuple[int, dict[str, Any]]:
    code = run(cli, ["correct", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


WHO = ("--who", "Ada", "--why", "the EU is no nationality")


def test_a_sentence_is_found_by_words_and_corrected_step_by_step(folder: Path, capsys: Any) -> None:
    script, file = folder / "news.py", folder / "corrections.jsonl"
    _, seen = correct(capsys, script, "rejects German")
    assert (seen["sentences"][0]["id"], seen["sentences"][0]["place"], seen["file"]) == (EU, "train.txt:1", None)
    assert not file.exists()
    code, done = correct(capsys, script, "eu", "rejects", "--set", "0=ORG", "--set", "2:4=MISC", *WHO)
    assert (code, done["correction"]["after"]) == (0, [[0, 1, "ORG"], [2, 4, "MISC"]])
    code, done = correct(capsys, script, EU, "--set", "2:4=O", "--source", "issue 3", *WHO)
    assert done["correction"]["before"] == [[0, 1, "ORG"], [2, 4, "MISC"]]
    assert len(file.read_bytes().splitlines()) == 2
    assert run(cli, ["build", str(script), "--out", str(folder / "build"), "--json"]) == 0
    capsys.readouterr()
    assert labels(folder / "build")[EU] == [3, 0, 0, 0]
    assert run(cli, ["correct", str(script), EU]) == 0
    shown = capsys.readouterr().err
    assert "0 EU  1 rejects  2 German  3 call" in shown
    assert "ner_tags: 0:1=ORG" in shown


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["rejects", "--set", "0=ORG"], "a correction says who makes it and why"),
        (["no such words", "--set", "0=ORG", *WHO], "has 'no such words'"),
        (["e", "--set", "0=ORG", *WHO], "is in several sentences"),
        (["rejects", "--set", "0=LOC", *WHO], "'LOC' is no type of ner_tags"),
        (["rejects", "--set", "3:9=ORG", *WHO], "the sentence has the tokens 0 to 3"),
        (["rejects", "--set", "ORG", *WHO], "'ORG' is no change"),
        (["rejects", "--set", "0=MISC", *WHO], "the sentence has 0:1=MISC 2:3=MISC already"),
        (["rejects", "--layer", "lemma"], "the layer 'lemma' cannot be corrected"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(folder: Path, capsys: Any, words: list[str], message: str) -> None:
    code, said = correct(capsys, folder / "news.py", *words)
    assert code == 2
    assert message in said["error"]["message"]
    assert not (folder / "corrections.jsonl").exists()


def test_nested_spans_are_added_and_taken_away(folder: Path, capsys: Any) -> None:
    script = folder / "news.py"
    _, done = correct(capsys, script, EU, "--layer", "nested", "--set", "0:3=ORG", "--set", "2=O", *WHO)
    assert done["correction"]["after"] == [[0, 1, "MISC"], [0, 3, "ORG"]]
    _, done = correct(capsys, script, EU, "--layer", "nested", "--set", "0:3=O", *WHO)
    assert done["correction"]["after"] == [[0, 1, "MISC"]]
    assert load_script(script).declaration().corrections.faults == ()


def test_two_files_are_merged_or_their_conflict_is_named(folder: Path, capsys: Any) -> None:
    script, file = folder / "news.py", folder / "corrections.jsonl"
    correct(capsys, script, EU, "--set", "0=ORG", *WHO)
    first = file.rename(folder / "a.jsonl")
    correct(capsys, script, EU, "--set", "0=PER", "--who", "Bo", "--why", "so")
    second = file.rename(folder / "b.jsonl")
    code, said = correct(capsys, "--merge", first, second, "-o", file)
    assert (code, said["error"]["code"]) == (4, "conflict")
    assert f"{second}:1: {EU} ('EU rejects German call'): 0:1=MISC 2:3=MISC becomes" in said["error"]["message"]
    correct(capsys, script, "Bonn", "--set", "0=ORG", "--who", "Bo", "--why", "so")
    second = file.rename(folder / "b.jsonl")
    assert correct(capsys, "--merge", first, second, "-o", file) == (0, {"file": str(file), "corrections": 2})


def test_where_more_sentences_have_the_words_than_are_shown_it_is_said(folder: Path, capsys: Any) -> None:
    def sentences(count: int) -> str:
        return "\n".join(f"Ada B-NP B-PER\nran B-VP O\nn{number} B-NP O\n" for number in range(count))

    for count, more in ((10, False), (11, True)):
        (folder / "train.txt").write_text(sentences(count))
        _, seen = correct(capsys, folder / "news.py", "Ada ran")
        assert (len(seen["sentences"]), seen["more"]) == (10, more)
        assert run(cli, ["correct", str(folder / "news.py"), "Ada ran"]) == 0
        assert ("... and more that have these words" in capsys.readouterr().err) is more
