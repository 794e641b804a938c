"""`tagpress forget`: a digest of a sentence is written beside the script, once."""

import json
from pathlib import Path
from typing import Any

import pytest

from corrected_news import ADA, BONN, TRAIN, correction, write, write_news
from tagpress.cli import cli
from tagpress.cli.shell import run

WHY = ("--why", "she asked")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_news(tmp_path)


def forget(capsys: Any, *words: object) -> tuple[int, dict[str, Any]]:
    code = run(cli, ["forget", *map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_sentences_are_named_by_digests_once(folder: Path, capsys: Any) -> None:
    script, file = folder / "news.py", folder / "forgotten.jsonl"
    (folder / "train.txt").write_text(f"{TRAIN}\n{TRAIN}")
    write(folder, correction(ADA, [[0, 2, "PER"]], []))
    code, done = forget(capsys, script, f"{ADA}-2", "0" * 32, *WHY)
    assert (code, done["sentences"]) == (0, {"0" * 32: [], ADA: ["train.txt:6", "train.txt:18"]})
    assert (done["added"], done["beside"]) == (["0" * 32, ADA], [f"{folder / 'corrections.jsonl'}:1"])
    before = file.read_bytes()
    assert b"Ada" not in before
    assert forget(capsys, script, ADA, *WHY)[1]["added"] == []
    assert file.read_bytes() == before
    assert run(cli, ["forget", str(script), BONN, *WHY]) == 0
    assert f"{BONN}: train.txt:10, train.txt:22" in capsys.readouterr().err
    assert len(file.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [(["Ada Lovelace", *WHY], "'Ada Lovelace' is no id of a sentence"), ([ADA], "has to know why")],
)
def test_nonsense_is_refused_and_nothing_is_written(folder: Path, capsys: Any, words: list[str], message: str) -> None:
    code, said = forget(capsys, folder / "news.py", *words)
    assert (code, message in said["error"]["message"]) == (2, True)
    assert not (folder / "forgotten.jsonl").exists()
