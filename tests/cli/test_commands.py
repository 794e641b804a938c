"""The command line: documents, exit codes, and what a user pastes."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest

from tagpress.cli import cli
from tagpress.cli.shell import run


@pytest.fixture
def project(root, tmp_path, monkeypatch) -> Path:
    """A copy of the first corpus, with nothing published yet."""
    monkeypatch.chdir(copied(root, tmp_path))
    return tmp_path


def copied(root: Path, folder: Path) -> Path:
    """Copy the first corpus, its script and its card into a folder."""
    shutil.copytree(root / "dataset_script", folder / "dataset_script", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "dataset_card.md", folder)
    return folder


@pytest.fixture(scope="session")
def released(root, tmp_path_factory) -> tuple[Path, dict]:
    """The first corpus, published once for all tests that begin there, and what `publish` answered."""
    folder = copied(root, tmp_path_factory.mktemp("released"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            assert run(cli, ["publish", SCRIPT, "--json"]) == 0
    return folder, json.loads(said.getvalue())


@pytest.fixture
def published(released, tmp_path, monkeypatch) -> dict:
    """A copy of the first corpus with its Hub, published; what `publish` answered."""
    folder, answer = released
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return answer


@pytest.fixture
def ask(capsys):
    """Run a command with --json; return its exit code and its document."""

    def call(*words: str) -> tuple[int, dict]:
        code = run(cli, [*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return call


SCRIPT = "dataset_script/software_entities.py"
DATA = Path("dataset_script/data/similarity_learning.txt")


def edit(old: str, new: str) -> None:
    text = DATA.read_text()
    assert old in text
    DATA.write_text(text.replace(old, new, 1))


def test_check(project, ask):
    code, found = ask("check", SCRIPT)
    assert code == 0
    assert (found["sentences"], found["tokens"], found["published"], found["rejected"]) == (20, 428, 20, 0)
    accounts = found["lines"]
    assert accounts["sources"] == {"data/similarity_learning.txt": accounts["total"]}
    assert {kind: found["lines"] for kind, found in accounts["total"].items()} == {
        "rows": 428,
        "markers": 40,
        "sum": 468,
    }
    assert accounts["total"]["sum"]["bytes"] == DATA.stat().st_size
    assert found["unread"] == []
    assert found["splits"] == {"train": 15, "validation": 2, "test": 3}
    assert found["shards"] == {"train": 1, "validation": 1, "test": 1}
    assert found["readers"] == {"train": [1], "validation": [1], "test": [1]}
    assert {label: count for label, count in found["labels"].items() if count} == {
        "O": 377,
        "B-General_Concept": 12,
        "I-General_Concept": 12,
        "B-Algorithm": 6,
        "I-Algorithm": 8,
        "B-Application": 5,
        "I-Application": 5,
        "B-Language": 2,
        "B-Error_Name": 1,
    }
    assert found["problem_counts"] == {"type-missing-in-split": len(found["problems"])}
    assert set(found["problems"][0]) >= {"code", "severity", "path", "line", "col", "message"}
    assert found["card_warnings"] == []
    assert sorted(path.name for path in project.iterdir()) == ["dataset_card.md", "dataset_script"]


def test_check_says_how_many_ranks_can_stream(project, capsys):
    assert run(cli, ["check", SCRIPT]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "files of their own to 1 rank (train, validation, test); `tagpress.stream` serves any number" in said


def test_check_of_other_sources_and_another_rule(project, ask, corpora):
    for words in (
        ("check", SCRIPT, str(corpora / "wikiser-small")),
        ("check", SCRIPT, str(corpora / "wikiser-small" / "*.txt"), "--salt", "2"),
    ):
        code, found = ask(*words)
        assert (code, found["sentences"]) == (0, 15_984)
    files = {name: corpora / "wikiser-small" / f"{name}.txt" for name in ("dev", "test")}
    code, found = ask("check", SCRIPT, f"validation={files['dev']}", f"test={files['test']}")
    assert code == 1
    assert found["problem_counts"]["split-leakage"] == 19
    assert found["splits"].keys() == {"validation", "test"}


def test_check_with_errors_lists_them_and_returns_1(project, ask, capsys):
    edit("O\n", "X\n")
    code, found = ask("check", SCRIPT)
    assert code == 1
    assert [p["code"] for p in found["problems"] if p["severity"] == "error"] == ["unknown-tag"]
    assert run(cli, ["check", SCRIPT]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "data/similarity_learning.txt:4:4: found the tag 'X'" in shown.err


def test_build_with_errors_brings_its_problems(project, ask):
    edit("O\n", "X\n")
    code, found = ask("build", SCRIPT, "--out", "out")
    assert code == 1
    assert found["error"]["code"] == "data"
    assert [p["line"] for p in found["problems"] if p["severity"] == "error"] == [4]
    assert not Path("out").exists()


def test_build(project, ask):
    code, found = ask("build", SCRIPT, "--out", "out")
    assert code == 0
    assert found["shards"] == {"train": 1, "validation": 1, "test": 1}
    for file in found["files"]:
        assert Path("out", file["path"]).stat().st_size == file["bytes"]
    assert sum(file.get("rows", 0) for file in found["files"]) == 20
    card = Path("out", "README.md").read_text()
    for picture in ("entity-types", "sentence-lengths"):
        assert f"]({Path('assets', f'{picture}.svg')})" in card
        assert Path("out", "assets", f"{picture}.svg").is_file()
    assert ask("build", SCRIPT, "--out", "again")[1]["files"] == found["files"]  # with their SHA-256


def test_publish_again_and_with_a_change(published, ask, capsys):
    first = published
    assert (first["repo"], first["version"], first["tag"]) == ("local/software-entities", "1.0.0", "v1.0.0")
    assert first["already_published"] is False
    assert len(first["load"]) == 3
    code, again = ask("publish", SCRIPT)
    assert (code, again["already_published"], again["uploaded_bytes"]) == (0, True, 0)
    assert again["commit"] == first["commit"]
    assert run(cli, ["publish", SCRIPT]) == 0
    assert "already published" in capsys.readouterr().err

    edit("B-Language", "B-Library")
    code, refused = ask("publish", SCRIPT)
    assert code == 4
    assert "1.0.1" in refused["error"]["message"] + refused["error"]["hint"]
    code, plan = ask("publish", SCRIPT, "--version", "1.0.1", "--dry-run")
    assert (code, plan["commit"]) == (0, None)
    code, second = ask("publish", SCRIPT, "--version", "1.0.1")
    assert code == 0
    assert sorted(second["files"]["added"]) == [
        "README.md",
        "assets/entity-types.svg",  # one more library; the sentences are as long as before
        "croissant.json",
        "data/train-00000-of-00001.parquet",
        "release.json",
    ]

    assert ask("verify", "local/software-entities@v1.0.0", "--deep")[1]["ok"] is True
    code, found = ask("diff", "local/software-entities@v1.0.0", "local/software-entities@v1.0.1")
    assert (code, found["bump"], found["labels"]["added"]) == (0, "patch", [])
    versions = ["local/software-entities@v1.0.0", "local/software-entities@v1.0.1"]
    run(cli, ["diff", *versions])
    told = capsys.readouterr().err
    assert "1 sentence relabelled" in told
    assert "1 sentence changed; --changes FILE writes all" in told
    run(cli, ["diff", *reversed(versions), "--changes", "changes.jsonl"])
    told = capsys.readouterr().err
    assert "OLD is 1.0.1 and NEW is 1.0.0: this is the way back" in told
    assert "changes.jsonl has every sentence that changed: 1" in told
    [changed] = [json.loads(line) for line in Path("changes.jsonl").read_text("utf-8").splitlines()]
    assert changed["changes"] == ["relabelled"]


def test_publish_a_finished_build(project, ask):
    ask("build", SCRIPT, "--out", "out")
    code, found = ask("publish", "out", "--repo", "someone/else")
    assert (code, found["repo"], found["tag"]) == (0, "someone/else", "v1.0.0")
    code, found = ask("publish", "out", "--version", "2.0.0")
    assert (code, found["error"]["code"]) == (2, "usage")


def test_the_three_lines_load_the_release_from_the_hub_in_another_process(published, capsys, tmp_path):
    assert run(cli, ["publish", SCRIPT]) == 0
    printed = capsys.readouterr()
    lines, told = printed.out.splitlines(), printed.err.splitlines()
    assert len(lines) == 3
    assert told[-2:] == ["See it, or load it, while `tagpress hub` runs:", published["url"]]
    assert published["url"] == "http://127.0.0.1:8790/datasets/local/software-entities/tree/v1.0.0"
    tagpress = [sys.executable, "-c", "from tagpress.cli import main; main()"]
    server = subprocess.Popen([*tagpress, "hub", "--port", "0", "--json"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        endpoint = json.loads(server.stdout.readline())["endpoint"]
        with urllib.request.urlopen(published["url"].replace("http://127.0.0.1:8790", endpoint)) as page:
            assert "Software entities" in page.read().decode()
        more = [
            'assert corpus.num_rows == {"train": 15, "validation": 2, "test": 3}, corpus',
            'assert corpus["train"].info.version == "1.0.0"',
            'assert corpus["train"].features["ner_tags"].feature.names[0] == "O"',
            lines[2].replace(")", ", streaming=True)"),
            'assert len(list(corpus["train"])) == 15',
        ]
        pasted = [lines[0].replace("http://127.0.0.1:8790", endpoint), *lines[1:], *more]
        environment = {**os.environ, "HF_HOME": str(tmp_path / "home"), "USE_TORCH": "0"}  # which takes long to import
        environment.pop("HF_ENDPOINT", None)
        subprocess.run([sys.executable, "-c", "\n".join(pasted)], env=environment, check=True)
    finally:
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=20) == 0
        server.stdout.close()


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["check", "none.py"], 2, "script"),
        (["check", SCRIPT, "nothing/*.txt"], 2, "source"),
        (["check"], 2, "usage"),
        (["check", SCRIPT, "--workers", "0"], 2, "usage"),
        (["nonsense"], 2, "usage"),
        (["check", SCRIPT, "train=a.txt", "b.txt"], 2, "usage"),
        (["publish", SCRIPT, "--hub", "nowhere"], 2, "usage"),
        (["publish", SCRIPT, "--hub", "hf"], 2, "usage"),
        (["verify", "local/none"], 2, "usage"),
    ],
)
def test_exit_codes(project, ask, words, code, kind):
    found, document = ask(*words)
    assert (found, document["error"]["code"]) == (code, kind)
    assert document["error"]["message"]


def test_a_bug_is_reported_as_one(project, ask, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr("tagpress.build.corpus.check_corpus", broken)
    code, document = ask("check", SCRIPT)
    assert (code, document["error"]["code"]) == (70, "bug")


def test_an_interrupt_is_130(project, ask, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tagpress.build.corpus.check_corpus", interrupted)
    assert ask("check", SCRIPT)[0] == 130


def test_every_command_says_what_it_takes(capsys):
    for name in cli.commands:
        assert run(cli, [name, "--help"]) == 0
        assert "Usage: tagpress" in capsys.readouterr().out


def test_export_is_the_inverse_of_reading(published, ask):
    code, found = ask("export", "local/software-entities@v1.0.0", "--to", SCRIPT, "-o", "back/")
    assert code == 0
    assert sum(file["rows"] for file in found["files"]) == 20
    words = [f"{file['split']}={file['path']}" for file in found["files"]]
    code, again = ask("check", SCRIPT, *words)
    assert (code, again["tokens"], again["published"]) == (0, 428, 20)
    assert ask("check", SCRIPT)[1]["labels"] == again["labels"]
    code, refused = ask("export", "back", "--to", "jsonl", "-o", "x.jsonl")
    assert (code, refused["error"]["code"]) == (1, "manifest")
    ask("build", SCRIPT, "--out", "out")
    code, refused = ask("export", "out", "--to", "jsonl", "-o", "x.jsonl", "--width", "3")
    assert (code, refused["error"]["code"]) == (2, "usage")


def test_a_pinned_version_is_loaded(published):
    code = "import json, sys, tagpress; print(json.dumps(tagpress.load('local/software-entities', '1.0.0', endpoint=sys.argv[1]).num_rows))"
    from tagpress.localhub import LocalHub

    with LocalHub(Path(".tagpress/hub")) as hub:
        done = subprocess.run([sys.executable, "-c", code, hub.endpoint], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {"train": 15, "validation": 2, "test": 3}


def test_a_corpus_with_errors_is_shown_as_a_page(project, ask, capsys):
    Path("bad.txt").write_text("<s>\nword\tB-Nothing\n</s>\n")
    code, found = ask("preview", SCRIPT, "bad.txt", "-o", "page.html")
    assert (code, found["sentences"], found["rejected"], found["rejected_shown"]) == (0, 0, 1, 1)
    assert "B-Nothing" in Path("page.html").read_text()
    assert run(cli, ["preview", SCRIPT, "bad.txt", "-o", "page.html"]) == 0
    told = capsys.readouterr().err
    assert "0 of 0 published sentences, 1 of 1 left out" in told
    assert "it cannot be built yet" in told


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["old", "new"], "the second argument new was given", "tagpress preview NEW --since OLD -o page.html"),
        (["old", "--workers", "2"], "--workers was given", "name the SCRIPT"),
        (["old", "--salt", "2"], "--salt was given", "name the SCRIPT"),
        (["s.py", "--since", "old"], "--since was given", "build it, and preview the build"),
        (["s.py", "--hub", "local"], "--hub was given", "its release, REPO@REV"),
    ],
)
def test_what_a_preview_does_not_take_is_an_error_that_says_what_does(project, ask, words, message, hint):
    code, found = ask("preview", *words, "-o", "page.html")
    assert (code, found["error"]["code"]) == (2, "usage")
    assert message in found["error"]["message"]
    assert hint in found["error"]["hint"]
    assert not Path("page.html").exists()


def test_a_release_is_shown_as_a_page_and_as_croissant(published, ask):
    code, found = ask("preview", "local/software-entities@v1.0.0", "-o", "page.html")
    assert (code, found["sentences"], found["shown"]) == (0, 20, 20)
    assert "metric-learn" in Path("page.html").read_text()
    assert run(cli, ["croissant", "local/software-entities@v1.0.0", "-o", "croissant.json"]) == 0
    described = json.loads(Path("croissant.json").read_text())
    labels = next(one for one in described["recordSet"] if one["@id"] == "labels")
    meaning = "A named error, fault, exception or kind of bug, such as buffer overflow."
    assert labels["data"][11] == {"labels/id": 11, "labels/name": "B-Error_Name", "labels/meaning": meaning}
    assert described["citeAs"].startswith("@inproceedings{nguyen2023software,")
    assert (described["license"], described["inLanguage"]) == ("cc-by-sa-4.0", ["en"])
    assert described["alternateName"] == ["local/software-entities", "Software entities in Wikipedia sentences"]
    assert "distant-supervision" in described["keywords"]
    code, found = ask("croissant", "local/software-entities@v1.0.0", "-o", "new/croissant.json")
    assert (code, found) == (0, {"out": "new/croissant.json", "bytes": Path("new/croissant.json").stat().st_size})
    code, printed = ask("croissant", "local/software-entities@v1.0.0")
    assert (code, printed["citeAs"]) == (0, described["citeAs"])
    code, refused = ask("croissant", "local/software-entities", "-o", "page.html/croissant.json")
    assert (code, refused["error"]["message"]) == (1, "page.html/croissant.json cannot be written: File exists")
    code, refused = ask("croissant", "new")
    assert (code, refused["error"]["code"]) == (2, "usage")


def test_the_command_leaves_with_its_exit_code_and_all_its_output(project):
    tagpress = [sys.executable, "-c", "from tagpress.cli import main; main()"]
    DATA.write_text(DATA.read_text() + "<s>\na b\tO\n</s>\n" * 2000)  # more than a pipe holds at once
    found = subprocess.run([*tagpress, "check", SCRIPT, "--json"], check=False, capture_output=True, text=True)
    assert found.returncode == 0
    assert json.loads(found.stdout)["problem_counts"]["whitespace-in-token"] == 2000
    assert not found.stderr
    assert subprocess.run([*tagpress, "check", "none.py"], check=False, capture_output=True).returncode == 2


@pytest.mark.parametrize("name", ["TMPDIR", "TMP"])
def test_a_folder_for_temporary_files_that_is_none_is_refused_before_anything_is_done(project, ask, monkeypatch, name):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setenv(name, str(project / "nothing"))
    code, document = ask("check", SCRIPT)
    assert code == 2
    expected = f"{name} is {project / 'nothing'}, where no temporary file can be made: No such file or directory"
    assert document["error"]["message"] == expected
    assert run(cli, ["check", "--help"]) == 0


def test_a_system_without_a_place_for_temporary_files_is_no_bug_of_ours(project, ask, monkeypatch):
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(project / "nothing"))
    code, document = ask("check", SCRIPT)
    assert (code, document["error"]["message"]) == (2, "no temporary file can be made: No such file or directory")
