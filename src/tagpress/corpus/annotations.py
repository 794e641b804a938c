"""
Problems as other tools show them beside the lines of a source: commands of a GitHub workflow, and SARIF.

A new one is one function from problems to text, and one row of `ANNOTATIONS`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote

from tagpress.corpus.place import has_rows
from tagpress.corpus.policies import RULES
from tagpress.corpus.problems import Problem

if TYPE_CHECKING:
    from tagpress.corpus.problem_table import ProblemGroup

# Returns the path of a source as the other tool knows it, from its name; None where it is no file there.
PathOf: TypeAlias = Callable[[str], str | None]

_AT_ONCE: Final = 10  # annotations of one level that GitHub shows of one step; more would hide each other
_COMMANDS: Final = {"error": "error", "warning": "warning"}  # all others are a notice
_LEVELS: Final = {"error": "error", "warning": "warning"}  # all others are a note
_SARIF_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def github(problems: Sequence[Problem], path_of: PathOf) -> str:
    """
    Return the commands of a GitHub workflow that annotate the lines, one a line.

    Each code and severity has as many as GitHub shows of one step at most, and a line that counts the others.
    """
    from tagpress.corpus.problem_table import grouped  # noqa: PLC0415 - loads Arrow, and the table below is asked for names only

    return "".join(f"{line}\n" for group in grouped(problems, _AT_ONCE) for line in _commands(group, path_of))


def _commands(group: "ProblemGroup", path_of: PathOf) -> list[str]:
    command = _COMMANDS.get(group.severity, "notice")
    lines = [_command(command, _properties(one, path_of), f"{one.place}: {one.message}") for one in group.first]
    if left := group.count - len(group.first):
        lines.append(_command(command, {"title": group.code}, f"{left:,} more {group.code} ({group.severity})"))
    return lines


def _properties(found: Problem, path_of: PathOf) -> dict[str, str | int]:
    path = path_of(found.path)
    place = {"line": found.line, "col": found.col} if _has_line(found) else {}
    return {**({"file": path, **place} if path else {}), "title": found.code}


def _has_line(found: Problem) -> bool:
    """Return whether a problem is at a line of a file; that of a row of a table is shown at the script that made it."""
    return bool(found.line) and not has_rows(found.path)


def _command(name: str, properties: Mapping[str, str | int], message: str) -> str:
    listed = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
    return f"::{name} {listed}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    """Escape what would end a command or one of its properties, as the runner undoes it."""
    for character in f"%\r\n{also}":  # the percent sign first, for the others bring some
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def sarif(problems: Sequence[Problem], path_of: PathOf) -> str:
    """Return a SARIF 2.1.0 log of the first problems of each code, and how many there are besides; columns count code points."""
    from tagpress.corpus.problem_table import first_of_each  # noqa: PLC0415 - the same

    problems, left = first_of_each(problems)
    codes = sorted({one.code for one in problems})
    driver = {
        "name": "tagpress",
        "rules": [
            {
                "id": code,
                "shortDescription": {"text": RULES[code].meaning},
                "help": {"text": RULES[code].hint},
            }
            for code in codes
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes, path_of) for one in problems],
        **({"properties": {"leftOut": left}} if left else {}),
    }
    return json.dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False) + "\n"


def _result(found: Problem, codes: Sequence[str], path_of: PathOf) -> dict[str, Any]:
    return {
        "ruleId": found.code,
        "ruleIndex": codes.index(found.code),
        "level": _LEVELS.get(found.severity, "note"),
        "message": {"text": f"{found.place}: {found.message}"},
        "locations": [{"physicalLocation": place} for place in _places(found, path_of)],
    }


def _places(found: Problem, path_of: PathOf) -> list[dict[str, Any]]:
    path = path_of(found.path)
    if path is None:
        return []
    region = {"region": {"startLine": found.line, "startColumn": found.col}} if _has_line(found) else {}
    return [{"artifactLocation": {"uri": quote(path)}, **region}]


ANNOTATIONS: Final[Mapping[str, Callable[[Sequence[Problem], PathOf], str]]] = {"github": github, "sarif": sarif}
