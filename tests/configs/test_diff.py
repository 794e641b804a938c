"""What changed is said of each configuration; one that comes is minor, one that goes is major."""

import json
from pathlib import Path

import pytest

from configs.made import SCRIPT, declared, sentences, write_source
from tagpress.build.corpus import build_corpus
from tagpress.diff import compare_releases, diff_builds, directory, write_changes
from tagpress.errors import UsageError
from tagpress.script.builder import load_script

PCM = '        "pcm": {"SOURCES": "pcm/*.txt", "SPLITS": tagpress.HashSplits(salt="1")},\n'


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("before")
    build_corpus(declared(folder / "corpus"), folder / "build")
    return folder / "build"


def after(folder: Path, script: str = SCRIPT) -> Path:
    (folder / "corpus" / "languages.py").write_text(script, encoding="utf-8")
    build_corpus(load_script(folder / "corpus" / "languages.py").declared(), folder / "build")
    return folder / "build"


def test_an_edit_is_that_of_its_configuration(before: Path, tmp_path: Path) -> None:
    declared(tmp_path / "corpus")
    first, *others = sentences("de", "test")
    tokens, tags = first
    write_source(tmp_path / "corpus" / "de" / "test.txt", [(tokens, (*tags[:-1], "O")), *others])
    compared = compare_releases(directory(before), directory(after(tmp_path)))
    diff = compared.diff
    assert diff.bump == "patch"
    assert diff.lines == (
        "de: 1 sentence relabelled (test 1; by entity type: LOC 1).",
        "de: Sources changed.",
        "Corrected: README.md.",
    )
    assert [name for name, one in diff.configs.items() if one.bump != "none"] == ["de"]
    document = diff.to_json()
    assert (document["relabelled"], document["configs"]["de"]["relabelled"], document["changed"]) == (1, 1, 1)
    assert write_changes(compared, tmp_path / "changes.jsonl") == 1
    (line,) = (tmp_path / "changes.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["config"] == "de"


def test_one_that_comes_is_minor_and_one_that_goes_is_major(before: Path, tmp_path: Path) -> None:
    declared(tmp_path / "corpus")
    without = directory(after(tmp_path, SCRIPT.replace(PCM, "")))
    came = diff_builds(without, directory(before))
    assert (came.bump, came.lines[0]) == ("minor", "Configuration added: pcm (30 sentences).")
    gone = diff_builds(directory(before), without)
    assert (gone.bump, gone.lines[0]) == ("major", "Configuration removed: pcm (30 sentences).")
    assert gone.to_json()["configs_removed"] == {"pcm": 30}
    with pytest.raises(UsageError, match="has no configuration 'pcm'"):
        compare_releases(directory(before), without, config="pcm")


def test_a_new_name_is_one_that_goes_and_one_that_comes(before: Path, tmp_path: Path) -> None:
    declared(tmp_path / "corpus")
    renamed = diff_builds(directory(before), directory(after(tmp_path, SCRIPT.replace('"pcm": {', '"pidgin": {'))))
    assert renamed.bump == "major"
    assert renamed.lines[:2] == (
        "Configuration removed: pcm (30 sentences).",
        "Configuration added: pidgin (30 sentences).",
    )


def test_another_default_is_major(before: Path, tmp_path: Path) -> None:
    declared(tmp_path / "corpus")
    other = diff_builds(directory(before), directory(after(tmp_path, SCRIPT.replace('"zh-Hans"\n', '"de"\n'))))
    assert other.bump == "major"
    assert other.lines[0] == "Where none is named, de is loaded, and was zh-Hans."


def test_one_can_be_compared_alone(before: Path, tmp_path: Path) -> None:
    declared(tmp_path / "corpus")
    write_source(tmp_path / "corpus" / "de" / "test.txt", sentences("de", "test")[1:])
    sides = directory(before), directory(after(tmp_path))
    assert compare_releases(*sides, config="de").diff.total("removed") == 1
    assert compare_releases(*sides, config="pcm").diff.total("removed") == 0
    assert diff_builds(*sides).lines[0] == "de: 1 sentence removed (test 1)."
