"""Which lines did commits add that no file has any more? What was once a secret is one still."""

import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

Line = tuple[str, str]
"""A commit, and a line that it added."""


def gone(here: Path, base: str | None = None) -> dict[str, list[Line]]:
    """
    Return by path what was added since a commit, or ever as far as this clone knows, and is in no file now.

    Each line comes once, with one of the commits that added it.
    """
    now = set(_git(here, "grep", "-hI", "", "HEAD").split("\n"))
    commits = [f"{base}..HEAD"] if base else ["HEAD"]
    log = _git(
        here,
        "log",
        "-p",
        "-m",
        "--unified=0",
        "--no-renames",
        "--no-color",
        "--no-ext-diff",
        "--format=commit %H",
        *commits,
    )
    return lost(log.split("\n"), now)


def lost(log: Iterable[str], now: Iterable[str]) -> dict[str, list[Line]]:
    """Return by path the lines that a log of changes adds and that are not among those of now."""
    seen, found = set(now), dict[str, list[Line]]()
    for commit, path, line in _added(log):
        if line not in seen:
            seen.add(line)
            found.setdefault(path, []).append((commit, line))
    return found


def _added(log: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Yield commit, path and text of every added line. A header ends where the first `@@` begins."""
    commit, path, inside = "", "", False
    for line in log:
        if line.startswith("commit "):
            commit, inside = line.removeprefix("commit ")[:12], False
        elif line.startswith("diff --git "):
            inside = False
        elif line.startswith("@@ "):
            inside = True
        elif not inside and line.startswith("+++ "):
            path = line.removeprefix("+++ ").rstrip("\t").strip('"').removeprefix("b/")
        elif inside and line.startswith("+"):
            yield commit, path, line[1:]


def write(lines: Mapping[str, Sequence[Line]], folder: Path) -> dict[str, str]:
    """Write lines into files of the same names, each in a folder of its own; return by its path here what each was called."""
    called = {}
    for number, (path, some) in enumerate(lines.items()):
        file = folder / str(number) / Path(path).name
        file.parent.mkdir(parents=True)
        file.write_text("".join(f"{line}\n" for _, line in some), encoding="utf-8", newline="\n")
        called[file.relative_to(folder).as_posix()] = path
    return called


def is_shallow(here: Path) -> bool:
    """Return whether a clone lacks older commits."""
    return _git(here, "rev-parse", "--is-shallow-repository").strip() == "true"


def _git(here: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(here), *words], capture_output=True, check=True)  # noqa: S603, S607 - git, as it is here
    return done.stdout.decode("utf-8", errors="replace")
