"""
What stands beside a build because it is not published: the problems of its sources, and the sentences left out.

    <build>.rejected.jsonl      one rejected sentence a line: path, line, doc_id, reasons, tokens, tags
    <build>.problems.jsonl      one problem a line, as `check --json` prints it; `id` names the published sentence
                                that has it, where there is one

Neither exists beside a release that was downloaded; a page then says so.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os.path import commonpath
from pathlib import Path
from typing import Any, Final

from tagpress.errors import BuildError
from tagpress.preview.sample import ranks_of

_LISTED: Final = 500  # problems of one code on a page; nobody reads more, and the counts are of all
_REJECTED_SHARE: Final = 10  # at most this part of the page's limit
_PROBLEM: Final = ("code", "severity", "path", "line", "col", "found", "expected", "hint")
_REJECTED: Final = ("path", "line", "doc_id", "reasons", "tokens", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """
    The problems of a build's sources.

    `counts` has all of them by (code, severity), `listed` the first ones of each code, with paths below `folder`;
    `by_id` has the codes of each published sentence that has a problem.
    """

    counts: Mapping[tuple[str, str], int]
    listed: tuple[Mapping[str, Any], ...]
    folder: str
    by_id: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> int:
        """Return how many problems there are."""
        return sum(self.counts.values())


def beside(build: Path, kind: str) -> Path:
    """Return where the notes of a kind stand for a build."""
    folder = build.absolute()
    return folder.with_name(f"{folder.name}.{kind}.jsonl")


def read_problems(build: Path) -> Problems | None:
    """
    Return the problems beside a build, or None where no file lists them.

    Raises:
        BuildError: the file is not what a build writes.

    """
    path = beside(build, "problems")
    if not path.is_file():
        return None
    counts: Counter[tuple[str, str]] = Counter()
    listed: list[dict[str, Any]] = []
    by_id: dict[str, tuple[str, ...]] = {}
    for found in _read(path, _PROBLEM):
        code = found["code"]
        counts[code, found["severity"]] += 1
        if sum(count for (name, _), count in counts.items() if name == code) <= _LISTED:
            listed.append(found)
        if found.get("id"):
            by_id[found["id"]] = tuple(dict.fromkeys((*by_id.get(found["id"], ()), code)))
    folder = _folder([found["path"] for found in listed])
    shown = tuple(found | {"path": found["path"].removeprefix(folder)} for found in listed)
    return Problems(counts=dict(sorted(counts.items())), listed=shown, folder=folder, by_id=by_id)


def read_rejected(build: Path, limit: int) -> tuple[Mapping[str, Any], ...]:
    """
    Return the rejected sentences that a page of `limit` shows, in the order of the sources.

    Raises:
        BuildError: the file is not what a build writes.

    """
    path = beside(build, "rejected")
    found = list(_read(path, _REJECTED)) if path.is_file() else []
    size = max(1, limit // _REJECTED_SHARE)
    ranks = ranks_of([f"{entry['doc_id']}:{entry['line']}" for entry in found]).tolist()
    chosen = set(sorted(range(len(found)), key=lambda place: ranks[place])[:size])
    seen: set[str] = set()
    for place, entry in enumerate(found):  # the first of every reason, however rare
        if not seen.issuperset(entry["reasons"]):
            seen.update(entry["reasons"])
            chosen.add(place)
    kept = [found[place] for place in sorted(chosen)]
    folder = _folder([entry["path"] for entry in kept])
    return tuple(entry | {"path": entry["path"].removeprefix(folder)} for entry in kept)


def _read(path: Path, keys: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise BuildError(f"{path}:{number}: not JSON: {error}", "make the build again") from error
            missing = [key for key in keys if not isinstance(entry, dict) or key not in entry]
            if missing:
                raise BuildError(f"{path}:{number}: no {', '.join(missing)}", "make the build again")
            yield entry


def _folder(paths: list[str]) -> str:
    """Return the folder that all absolute paths share, with its slash; the page names it once."""
    absolute = [path for path in paths if path.startswith("/")]
    folder = commonpath([path.rpartition("/")[0] or "/" for path in absolute]) if absolute else ""
    return f"{folder}/" if folder.strip("/") else ""
