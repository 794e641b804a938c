"""Names of files that are no text, as old archives and disks have them: one clear error, whatever the command."""

import json
import os
from pathlib import Path

import pytest

from tagpress.cli import cli
from tagpress.cli.shell import run

WORDS = [f"word{number}" for number in range(60)]
TEXT = "".join(f"{word}\tB-Language\nruns\tO\n\n" for word in WORDS)


def named(folder: Path, name: bytes, text: str = TEXT) -> str:
    """Write a file, and return its name as Python has it in its arguments."""
    path = folder / os.fsdecode(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    except (OSError, UnicodeError):
        pytest.skip("this file system has only names that are UTF-8")
    return os.fsdecode(name)


@pytest.fixture
def ask(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    named(tmp_path, b"plain.tsv")
    assert run(cli, ["new", "plain", "plain.tsv"]) == 0
    capsys.readouterr()

    def call(*words: str) -> tuple[int, dict]:
        code = run(cli, [*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize("name", [b"caf\xe9.tsv", b"\xff\xfe/a.tsv", b"a\xe9.ann.tsv"])
@pytest.mark.parametrize(
    "words",
    [
        ("new", "other", "{}"),
        ("new", "other", "train={}"),
        ("check", "plain.py", "{}"),
        ("check", "plain.py", "plain.tsv", "{}"),
        ("build", "plain.py", "{}", "--out", "out"),
        ("build", "plain.py", "{}", "--out", "out", "--group", "document"),
        ("publish", "plain.py", "{}"),
        ("preview", "plain.py", "{}", "-o", "page.html"),
    ],
)
def test_a_source_whose_name_is_no_text_is_refused(tmp_path, ask, name, words):
    source = named(tmp_path, name)
    code, found = ask(*(word.format(source) for word in words))
    assert (code, found["error"]["code"]) == (2, "source")
    shown = name.decode("utf-8", "backslashreplace")
    assert found["error"]["message"] == f"the name of the file {shown} is not UTF-8"


@pytest.mark.parametrize("words", [("new", "other", "{}"), ("check", "plain.py", "{}"), ("check", "plain.py", "*.tsv")])
def test_a_source_whose_name_does_not_stay_in_one_line_is_refused(tmp_path, ask, words):
    source = named(tmp_path, b"error: x\ny\xc3\xbc.tsv")
    code, found = ask(*(word.format(source) for word in words))
    assert (code, found["error"]["code"]) == (2, "source")
    said = r"the name of the file 'error: x\nyü.tsv' has a line break or another control character in it"
    assert found["error"]["message"] == said
    assert "rename it" in found["error"]["hint"]
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "other.py").exists()


def test_new_of_a_folder_names_the_file_that_is_in_the_way(tmp_path, ask):
    named(tmp_path / "corpus", b"a.tsv")
    named(tmp_path / "corpus", b"caf\xe9.tsv")
    code, found = ask("new", "other", "corpus")
    assert (code, found["error"]["message"]) == (2, r"the name of the file corpus/caf\xe9.tsv is not UTF-8")


def test_a_folder_whose_name_is_no_text_is_read_from_and_not_built_in(tmp_path, ask, monkeypatch):
    named(tmp_path, b"\xff\xfe/a.tsv")
    monkeypatch.chdir(tmp_path / os.fsdecode(b"\xff\xfe"))
    assert ask("new", "inner", "a.tsv")[0] == 0
    code, found = ask("check", "inner.py")
    assert (code, found["published"]) == (0, len(WORDS))
    code, found = ask("build", "inner.py", "--out", "out")
    assert (code, found["error"]["code"]) == (2, "usage")
    assert found["error"]["message"].endswith(r"\xff\xfe/out is not UTF-8, and no Parquet file can be written there")
    code, found = ask("build", "inner.py", "--out", str(tmp_path / "out"))
    assert (code, found["published"]) == (0, len(WORDS))
