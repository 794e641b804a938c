"""What a person sees on a terminal: nothing of theirs is taken for markup, floods have a bound, and every command ends with what it did."""

import json
import subprocess
import sys
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
    ENTITY_TYPES = {{"PER": "A person.", "key": "A key."}}
    DIALECT = tagpress.Columns({dialect})
    SOURCES = "*.tsv"
'''


def corpus(folder: Path, lines: list[str], name: str = "a.tsv", dialect: str = "") -> str:
    """Write a corpus and its script; return the script's path."""
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    script = folder / "toy.py"
    script.write_text(SCRIPT.format(dialect=dialect))
    return str(script)


def sentences(count: int, tag: str = "O") -> list[str]:
    return [line for number in range(count) for line in (f"word{number}\t{tag}", "")]


@pytest.mark.parametrize(
    ("name", "tag"),
    [("a:100:.tsv", "B-key"), ("a[red].tsv", "O"), ("b.tsv", ":key:"), ("b.tsv", "[bold]B-PER[/]"), ("b.tsv", ":o:")],
)
def test_nothing_of_the_corpus_is_markup(tmp_path: Path, capsys, name: str, tag: str) -> None:
    script = corpus(tmp_path, [*sentences(99), f"here\t{tag}x", ""], name)
    assert run(cli, ["check", script]) == 1
    shown = capsys.readouterr().err
    assert f"{name}:199:6" in shown
    assert f"'{tag}x'" in shown


def test_line_100_is_no_emoji(tmp_path: Path, capsys) -> None:
    script = corpus(tmp_path, [*sentences(49), "x\tO", "here\tX"])
    assert run(cli, ["check", script]) == 1
    assert "a.tsv:100:6: found" in capsys.readouterr().err


def test_a_flood_is_counted_and_its_first_places_are_shown(tmp_path: Path, capsys) -> None:
    script = corpus(tmp_path, sentences(3000, "X"))
    assert run(cli, ["check", script]) == 1
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) < 60
    assert shown[0] == "error    unknown-tag: 3,000 times"
    assert [line.split(": ")[0].strip() for line in shown[1:4]] == ["a.tsv:1:7", "a.tsv:3:7", "a.tsv:5:7"]
    assert "  ... and 2,995 more; --problems FILE writes all" in shown
    assert shown[-1] == "it cannot be built yet: 3,000 errors to mend, or to allow in POLICY"


def test_the_file_of_problems_has_all(tmp_path: Path, capsys) -> None:
    script, file = corpus(tmp_path, sentences(300, "X")), tmp_path / "all.jsonl"
    assert run(cli, ["check", script, "--problems", str(file), "--json"]) == 1
    written = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert written == json.loads(capsys.readouterr().out)["problems"]
    assert len([one for one in written if one["code"] == "unknown-tag"]) == 300


def test_check_annotates_lines_from_the_working_folder(tmp_path: Path, capsys, monkeypatch) -> None:
    (tmp_path / "corpus").mkdir()
    script = corpus(tmp_path / "corpus", [*sentences(99), "here\tX"])
    monkeypatch.chdir(tmp_path)
    assert run(cli, ["check", script, "--format", "github"]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "::error file=corpus/a.tsv,line=199,col=6,title=unknown-tag::a.tsv:199:6: found the tag 'X'"
    )
    assert run(cli, ["check", script, "corpus/a.tsv", "--format", "sarif"]) == 1
    (found,) = json.loads(capsys.readouterr().out)["runs"]
    places = [place["physicalLocation"] for one in found["results"] for place in one["locations"]]
    assert places[0]["artifactLocation"] == {"uri": "corpus/a.tsv"}


def test_two_documents_on_one_output_are_refused(tmp_path: Path, capsys) -> None:
    script = corpus(tmp_path, sentences(9))
    assert run(cli, ["check", script, "--format", "sarif", "--json"]) == 2
    assert (
        json.loads(capsys.readouterr().out)["error"]["message"] == "--json and --format both print on standard output"
    )


def test_check_ends_with_a_verdict(tmp_path: Path, capsys) -> None:
    assert run(cli, ["check", corpus(tmp_path, [*sentences(200), *sentences(8)])]) == 0
    *_, summary, verdict = capsys.readouterr().err.splitlines()
    assert summary.startswith("read 208 sentences, 200 published, 8 left out; left out: duplicate 8; warned: ")
    assert verdict == "it can be built"


def test_publish_says_what_it_dropped_repaired_and_left_open(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    script = corpus(tmp_path, [*sentences(200), *sentences(8), "odd\tI-PER", ""])
    Path(script).write_text(
        Path(script).read_text() + '    POLICY = {"invalid-transition": "repair"}\n    CARD = "card.md"\n'
    )
    (tmp_path / "card.md").write_text("---\npretty_name: Toy\n---\n\n# Toy\n\n[More Information Needed]\n")
    assert run(cli, ["publish", script]) == 0
    shown = capsys.readouterr().err
    assert "dropped  duplicate: 8 times" in shown
    assert "repaired invalid-transition: 1 time" in shown
    assert "license" in shown
    assert "[More Information Needed]" in shown
    line = next(line for line in shown.splitlines() if line.startswith("read 209 sentences"))
    assert "201 published, 8 left out; left out: duplicate 8; repaired: invalid-transition 1; warned: " in line
    assert "; the card has " in line
    build = tmp_path / ".tagpress" / "builds" / "toy"
    assert f"{build}.problems.jsonl" in shown
    assert f"{build}.rejected.jsonl" in shown


@pytest.mark.parametrize("command", [pytest.param("publish", marks=pytest.mark.slow), "check", "build"])
def test_long_paths_are_printed_whole(tmp_path: Path, command: str) -> None:
    folder = tmp_path / ("long-" * 30)
    folder.mkdir()
    script = corpus(folder, [*sentences(60), *sentences(1)])
    words = {"publish": [], "check": [], "build": ["--out", str(folder / "out")]}[command]
    done = subprocess.run(
        [sys.executable, "-m", "tagpress", command, script, *words],
        cwd=folder,
        env={"COLUMNS": "60", "PATH": "", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert all("…" not in line for line in done.stderr.splitlines())
    if command != "check":
        assert str(folder) in done.stderr


def test_no_summary_in_help_is_cut_off(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run(cli, ["--help"]) == 0
    shown = capsys.readouterr().out
    assert "..." not in shown.partition("Commands:")[2]


def test_output_that_is_not_utf8(tmp_path: Path) -> None:
    script = corpus(tmp_path, [*sentences(60), "Zoë 💣\tB-Zoë", ""])
    for words in (["check", script, "--json"], ["check", script]):
        done = subprocess.run(
            [sys.executable, "-m", "tagpress", *words],
            env={"PYTHONIOENCODING": "ascii", "PATH": "", "HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        if "--json" in words:
            assert "the tag 'B-Zoë'" in {one["found"] for one in json.loads(done.stdout)["problems"]}


@pytest.mark.parametrize(
    "words",
    [
        ["publish", "SCRIPT", "--hub-root", "BLOCKED/hub"],
        ["publish", "SCRIPT", "--out", "BLOCKED/build"],
        ["build", "SCRIPT", "--out", "BLOCKED/build"],
        ["check", "SCRIPT", "--problems", "BLOCKED/problems"],
        ["hub", "--hub-root", "BLOCKED/hub", "--port", "0"],
        ["new", "toy2", "a.tsv", "--out", "BLOCKED/new"],
    ],
)
def test_a_place_that_cannot_be_written_is_no_bug(tmp_path: Path, capsys, monkeypatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    script = corpus(tmp_path, sentences(60, "B-PER"))
    (tmp_path / "blocked").write_text("a file where a folder should be")
    given = [word.replace("SCRIPT", script).replace("BLOCKED", "blocked") for word in words]
    assert run(cli, [*given, "--json"]) in {1, 2}
    error = json.loads(capsys.readouterr().out)["error"]
    assert "blocked" in error["message"]
    assert error["hint"]


@pytest.mark.parametrize("name", ["check", "build", "publish", "verify", "preview", "export", "diff", "croissant"])
def test_the_help_says_that_a_script_is_run(name):
    from click.testing import CliRunner

    from tagpress.cli import cli

    said = " ".join(CliRunner().invoke(cli, [name, "--help"]).output.split())
    assert "A SCRIPT is a Python program, and is run" in said


def test_what_is_printed_has_a_bound_and_a_file_has_all(tmp_path: Path, capsys) -> None:
    script = corpus(tmp_path, sentences(3_000, "X") + ["<s>"] * 2_000)
    every = tmp_path / "every.jsonl"
    assert run(cli, ["check", script, "--json", "--problems", str(every)]) == 1
    printed = capsys.readouterr().out
    found = json.loads(printed)
    assert found["problem_counts"] == {"ragged-line": 2_000, "unknown-tag": 3_000, "type-missing-in-split": 6}
    assert found["problems_left_out"] == 1_000 + 2_000
    assert [one["code"] for one in found["problems"]].count("unknown-tag") == 1_000
    assert len(every.read_text().splitlines()) == 5_006
    assert run(cli, ["build", script, "--json", "--out", str(tmp_path / "out")]) == 1
    stopped = json.loads(capsys.readouterr().out)
    assert (len(stopped["problems"]), stopped["problems_left_out"]) == (2_006, 3_000)


def test_a_message_names_some_of_very_many_places(tmp_path: Path, capsys) -> None:
    tags = [f"B-{'PER' if number >> place & 1 else 'key'}" for number in range(64) for place in range(6)]
    lines = [line for at in range(0, len(tags), 6) for line in (*(f"w{i}\t{tags[at + i]}" for i in range(6)), "")]
    assert run(cli, ["check", corpus(tmp_path, lines), "--json"]) == 1
    found = [
        one["found"]
        for one in json.loads(capsys.readouterr().out)["problems"]
        if one["code"] == "conflicting-duplicate"
    ]
    assert len(found) == 64
    assert all(" and 53 more with other tags" in one and one.count("a.tsv:") == 10 for one in found)
