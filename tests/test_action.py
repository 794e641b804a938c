"""The action for the repositories of corpora: its very shell lines, run on a corpus with a fault and on one without."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tagpress.hub import Hub
from tagpress.localhub import LocalHub

ROOT = Path(__file__).parents[1]
STEPS = {
    step["name"]: step for step in yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
}
SCRIPT = '''
import tagpress

class Toy(tagpress.CorpusBuilder):
    """A toy."""
    NAME = "toy"
    VERSION = "1.0.0"
    ENTITY_TYPES = {"PER": "A person."}
    DIALECT = tagpress.Columns()
    SOURCES = "*.tsv"
'''


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of a corpus, and the folder where the action installs tagpress."""
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "toy.py").write_text(SCRIPT)
    (tmp_path / "temp" / "tagpress" / "bin").mkdir(parents=True)
    command = tmp_path / "temp" / "tagpress" / "bin" / "tagpress"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tagpress "$@"\n')
    command.chmod(0o755)
    return tmp_path / "repo"


def write(checkout: Path, *last: str) -> None:
    lines = [line for number in range(60) for line in (f"word{number}\tO", "Ann\tB-PER", "")]
    (checkout / "a.tsv").write_text("\n".join([*lines, *last]) + "\n")


def run(name: str, checkout: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does: its expressions filled in, in bash that stops at the first failure."""
    step: dict[str, Any] = STEPS[name]
    given = {"script": "toy.py", "repo": "", "hub": "hf", **inputs}
    filled = {
        key: re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda m: given[m[1]], text) for key, text in step["env"].items()
    }
    assert "${{" not in step["run"]  # what a user gives is never a part of the shell's text
    folder = checkout.parent
    files = {"RUNNER_TEMP": str(folder / "temp"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    environment = {**os.environ, **filled, **files, **{key: value for key, value in inputs.items() if key.isupper()}}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(words, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_fault_is_at_its_line_and_fails_the_check(checkout: Path) -> None:
    write(checkout, "here\tB-Oops")
    done = run("Check the corpus", checkout)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=a.tsv,line=181,col=6,title=unknown-tag::a.tsv:181:6: ")
    summary = (checkout.parent / "summary.md").read_text()
    assert summary.startswith("### tagpress check\n```\nerror    unknown-tag: 1 time\n")
    assert (checkout.parent / "temp" / "preview.html").stat().st_size > 10_000
    problems = (checkout.parent / "temp" / "problems.jsonl").read_text().splitlines()
    assert "unknown-tag" in {json.loads(line)["code"] for line in problems}


@pytest.mark.slow
def test_a_sound_corpus_passes_and_says_what_would_change(checkout: Path, tmp_path: Path) -> None:
    write(checkout)
    assert run("Check the corpus", checkout).returncode == 0
    with LocalHub(tmp_path / "hub") as hub:
        where = {"repo": "me/toy", "hub": hub.endpoint, "HF_TOKEN": hub.token, "HF_HOME": str(tmp_path / "home")}
        published = run("Publish the corpus", checkout, **where, GITHUB_REF_NAME="v1.0.0")
        assert published.returncode == 0, published.stderr
        tags = Hub(endpoint=hub.endpoint, token=hub.token).api.list_repo_refs("me/toy", repo_type="dataset").tags
        assert [tag.name for tag in tags] == ["v1.0.0"]
        write(checkout, "new\tB-PER", "", "newer\tO")
        changed = run("What would change of the latest release", checkout, **where)
        assert changed.returncode == 0, changed.stderr
    assert "smallest honest bump: minor" in (checkout.parent / "summary.md").read_text()
    assert len((checkout.parent / "temp" / "changes.jsonl").read_text().splitlines()) == 2


def test_the_workflow_of_the_pages_names_inputs_that_there_are() -> None:
    page = (ROOT / "docs" / "pages" / "how-to" / "workflow.md").read_text(encoding="utf-8")
    workflow = yaml.safe_load(re.search(r"```yaml\n(on: .*?)```", page, re.DOTALL)[1])
    (_, step) = workflow["jobs"]["corpus"]["steps"]
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    assert set(step["with"]) <= set(inputs)
    assert {name for name, one in inputs.items() if one.get("required")} <= set(step["with"])


@pytest.mark.slow
def test_a_tag_that_is_no_version_publishes_nothing(checkout: Path, tmp_path: Path) -> None:
    write(checkout)
    with LocalHub(tmp_path / "hub") as hub:
        where = {"repo": "me/toy", "hub": hub.endpoint, "HF_TOKEN": hub.token}
        done = run("Publish the corpus", checkout, **where, GITHUB_REF_NAME="nightly")
    assert done.returncode == 2
    assert "VERSION is 'nightly'" in done.stderr
