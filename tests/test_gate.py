"""The scripts of the gate: they say what they could not ask, and stop at what they found."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

GATE = Path(__file__).parents[1] / ".ci"

pytestmark = pytest.mark.skipif(not GATE.is_dir(), reason="the scripts of the gate are not in a source distribution")


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"gate_{name}", GATE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look their module up
    spec.loader.exec_module(module)
    return module


FAULT = {"id": "PYSEC-1", "fix_versions": ["1.2"], "aliases": ["CVE-1"]}
ANSWERS = {
    "a fault": (
        [{"name": "a", "version": "1.1", "vulns": [FAULT]}, {"name": "b", "version": "2", "vulns": []}],
        ["pypi knows 2 packages, 1 known faults", "a 1.1: PYSEC-1 CVE-1, mended in 1.2"],
        1,
    ),
    "no fault": (
        [{"name": "b", "version": "2", "vulns": []}, {"name": "tagpress", "skip_reason": "not found"}],
        ["pypi knows 1 packages, 0 known faults", "not known there: tagpress"],
        0,
    ),
    "a mirror": (
        [{"name": "b", "skip_reason": "not found"}],
        ["pypi knows none of 1 packages: a mirror answers", "osv knows none of 1 packages", "SKIPPED"],
        0,
    ),
    "no answer": (None, ["pypi was not reached", "osv was not reached", "SKIPPED"], 0),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_audit_says_what_was_asked_and_found(name, monkeypatch, capsys):
    audit = script("audit")
    packages, said, code = ANSWERS[name]
    answer = None if packages is None else audit.read({"dependencies": packages})
    monkeypatch.setattr(audit, "asked", lambda _service, _where: answer)
    assert audit.main(["x"]) == code
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(said)
    assert all(line.startswith("audit: ") and words in line for line, words in zip(printed, said, strict=True))


def test_a_machine_without_the_tool_or_the_network_is_not_stopped():
    """The tests' own Python has no pip-audit: that is an answer that cannot be read, like that of no network."""
    done = subprocess.run(
        [sys.executable, "-S", str(GATE / "audit.py"), "."], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith("audit: SKIPPED")


def test_what_looks_like_a_secret_is_named_unless_it_is_known(monkeypatch):
    monkeypatch.syspath_prepend(GATE)
    secrets = script("no_secrets")
    one = {"type": "Basic Auth Credentials", "hashed_secret": "abc", "line_number": 7}
    allowed = secrets.known(["# a comment", "", "a.py abc an example in words", "b.py def gone"])
    assert allowed == {("a.py", "abc"), ("b.py", "def")}
    assert secrets.faults({"a.py": [one]}, {("a.py", "abc")}) == []
    (new,) = secrets.faults({"c.py": [one]}, set())
    assert new.startswith("c.py:7: Basic Auth Credentials; if it is none, add to not-secrets.txt: c.py abc")
    (old,) = secrets.faults({}, {("b.py", "def")})
    assert old == "not-secrets.txt: nothing in b.py has the hash def any more"


def test_every_known_text_says_what_it_is():
    lines = (GATE / "not-secrets.txt").read_text().splitlines()
    assert all(line.startswith("#") or len(line.split(maxsplit=2)) == 3 for line in lines)


def git(folder: Path, *words: str) -> str:
    """Run git where nobody's settings count."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_what_commits_added_and_no_file_has_any_more_is_found_as_far_as_a_clone_knows(tmp_path):
    history, repository = script("history"), tmp_path / "repository"
    repository.mkdir()
    git(repository, "init", "-q")
    commits = []
    for files in (
        {"a.py": "kept\nonce = 1\n++ odd\n", "deep/a b.py": "gone\nmoved\n"},
        {"a.py": "kept\n", "deep/a b.py": None, "deep": "now a file\n", "c.py": "moved\n"},
        {"c.py": "moved\nonce = 1\n@@ short\n"},
        {"c.py": "moved\n"},
    ):
        for name, text in files.items():
            path = repository / name
            if text is None:
                path.unlink()
                path.parent.rmdir()
            else:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text)
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "one")
        commits.append(git(repository, "rev-parse", "HEAD")[:12])
    found = history.gone(repository)
    assert found == {
        "a.py": [(commits[0], "++ odd")],
        "deep/a b.py": [(commits[0], "gone")],
        "c.py": [(commits[2], "once = 1"), (commits[2], "@@ short")],
    }
    assert history.gone(repository, commits[2]) == {}
    git(tmp_path, "clone", "-q", "--depth", "2", repository.as_uri(), "shallow")
    assert (history.is_shallow(repository), history.is_shallow(tmp_path / "shallow")) == (False, True)
    assert history.gone(tmp_path / "shallow") == {"c.py": found["c.py"]}
    called = history.write(found, tmp_path / "lines")
    assert [*called.values()] == [*found]
    assert (tmp_path / "lines" / next(iter(called))).read_text() == "once = 1\n@@ short\n"


def test_a_secret_of_once_is_named_with_its_commit_unless_it_is_known_anywhere(monkeypatch):
    monkeypatch.syspath_prepend(GATE)
    secrets = script("no_secrets")
    lines = {"a.py": [("c0ffee", "x"), ("decade", "y")]}
    results = {"a.py": [{"type": "Basic Auth Credentials", "hashed_secret": "abc", "line_number": 2}]}
    assert secrets.past_faults(results, lines, {("elsewhere.py", "abc")}) == []
    (one,) = secrets.past_faults(results, lines, {("a.py", "def")})
    assert one.startswith(
        "a.py, as of commit decade: Basic Auth Credentials; if it is none, add to not-secrets.txt: a.py abc"
    )
