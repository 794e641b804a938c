"""Where is the Hub, and what is on it? From any folder, by script, and with a version as people write it."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tagpress.cli import cli
from tagpress.cli.shell import run

SCRIPT = '''
import tagpress

class Toy(tagpress.CorpusBuilder):
    """A toy."""
    NAME = "toy"
    VERSION = "1.0.0"
    ENTITY_TYPES = {"PER": "A person."}
    SOURCES = "a.tsv"
    REPO = "somebody/toy-corpus"
    HUB = "local"
'''


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    """A folder from which a script with REPO and HUB was published, and a folder in it."""
    folder = tmp_path_factory.mktemp("hubs")
    words = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa")
    (folder / "a.tsv").write_text("".join(f"{one}{other}\tB-PER\n\n" for one in words for other in words))
    (folder / "toy.py").write_text(SCRIPT)
    (folder / "below").mkdir()
    before = Path.cwd()
    os.chdir(folder)
    try:
        assert run(cli, ["publish", "toy.py"]) == 0
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def folder(once, tmp_path, monkeypatch) -> Path:
    """A copy of it, in which we stand."""
    shutil.copytree(once, tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def ask(capsys):
    def call(*words: str) -> tuple[int, dict]:
        code = run(cli, [*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize("revision", ["", "@1.0.0", "@v1.0.0", "@main"])
def test_a_version_may_be_written_without_its_v(folder, ask, revision):
    code, found = ask("verify", f"somebody/toy-corpus{revision}")
    assert (code, found["ok"], found["version"]) == (0, True, "1.0.0")
    code, found = ask("diff", f"somebody/toy-corpus{revision}", "somebody/toy-corpus@1.0.0")
    assert (code, found["added"]) == (0, 0)


def test_what_is_not_there_is_not_on_the_hub(folder, ask):
    code, found = ask("verify", "somebody/none")
    assert (code, found["error"]["code"]) == (3, "not-on-hub")


def test_a_script_stands_for_its_repository(folder, ask):
    assert ask("verify", "toy.py")[1]["repo"] == "somebody/toy-corpus"
    assert ask("export", "toy.py", "--to", "jsonl", "-o", "out/")[0] == 0
    assert ask("diff", "toy.py", ".tagpress/builds/toy")[0] == 0
    assert ask("preview", "somebody/toy-corpus", "--since", "toy.py", "-o", "page.html")[1]["compared_with"] == "1.0.0"
    assert ask("croissant", "toy.py", "-o", "c.json")[0] == 0


def test_the_hub_is_found_from_below(folder, ask, monkeypatch):
    monkeypatch.chdir(folder / "below")
    assert ask("verify", "somebody/toy-corpus")[1]["ok"]
    assert ask("verify", "../toy.py")[1]["ok"]
    assert ask("publish", "../toy.py")[1]["already_published"]
    assert list((folder / "below").iterdir()) == [folder / "below" / ".tagpress"]
    assert not (folder / "below" / ".tagpress" / "hub").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["verify", "local/toy"],
        ["diff", "local/toy@1.0.0", "local/toy@1.0.1"],
        ["export", "local/toy", "--to", "jsonl", "-o", "x.jsonl"],
        ["preview", "local/toy", "-o", "x.html"],
        ["croissant", "local/toy"],
    ],
)
def test_reading_makes_no_hub(tmp_path, monkeypatch, ask, words):
    monkeypatch.chdir(tmp_path)
    code, found = ask(*words)
    assert (code, found["error"]["code"]) == (2, "usage")
    assert "there is no embedded Hub in .tagpress/hub, here or in any folder above" in found["error"]["message"]
    assert list(tmp_path.iterdir()) == []


def test_two_builds_need_no_hub(folder, ask, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build = str(folder / ".tagpress" / "builds" / "toy")
    assert ask("diff", build, build)[0] == 0
    assert not (tmp_path / ".tagpress").exists()


def test_nothing_leaves_this_machine_by_a_script_alone(folder, ask):
    Path("toy.py").write_text(SCRIPT.replace('HUB = "local"', 'HUB = "hf"'))
    code, found = ask("publish", "toy.py")
    assert (code, found["error"]["code"]) == (2, "usage")
    assert "add --hub hf" in found["error"]["hint"]
    assert ask("publish", "toy.py", "--hub", "local", "--version", "1.0.1")[1]["version"] == "1.0.1"


def test_what_is_asked_of_a_repository_is_said_before_and_after(folder, ask, capsys):
    options = ["--gated", "manual", "--collection", "Toys"]
    assert run(cli, ["publish", "toy.py", "--dry-run", *options]) == 0
    told = capsys.readouterr().err
    assert "would be gated: manual, before: off\nwould be collection: Toys (a new one)\na dry run: nothing" in told
    assert run(cli, ["publish", "toy.py", *options]) == 0
    assert "gated: manual, before: off\ncollection: somebody/toys-" in capsys.readouterr().err
    code, done = ask("publish", "toy.py", *options)
    assert (code, [one["changed"] for one in done["settings"]]) == (0, [False, False])
    assert run(cli, ["publish", "toy.py", "--gated", "off"]) == 0
    assert "gated: off, before: manual" in capsys.readouterr().err
    assert run(cli, ["publish", "toy.py", "--gated", "maybe"]) == 2
