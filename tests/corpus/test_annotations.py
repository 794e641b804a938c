"""Problems at the lines of their sources, as a GitHub workflow and SARIF readers show them."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.annotations import github, sarif
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import Problem, problem


def _found(line: int = 3, path: str = "a, b.tsv", text: str = "the tag 'X'") -> Problem:
    return problem("unknown-tag", Policy.ERROR, path=path, place=(line, 7), found=text)


def _undone(command: str) -> tuple[str, dict[str, str], str]:
    """Read a command as the runner does, whose rules are those of its documentation."""
    name, listed, message = re.fullmatch(r"::(\w+) ([^:\n]*)::([^\n]*)", command).groups()
    properties = dict(one.split("=", 1) for one in listed.split(","))
    return name, {key: unquote(value) for key, value in properties.items()}, unquote(message)


def test_a_command_names_file_line_column_and_code() -> None:
    (line,) = github([_found()], lambda name: f"corpus/{name}").splitlines()
    assert line.startswith(
        "::error file=corpus/a%2C b.tsv,line=3,col=7,title=unknown-tag::a, b.tsv:3:7: found the tag 'X'; "
    )


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_nothing_that_was_read_ends_a_command(text: str) -> None:
    (line,) = github([_found(text=text, path=text)], lambda name: name).split("\n")[:-1]
    name, properties, message = _undone(line)
    assert (name, properties["file"] if text else "") == ("error", text)
    assert message == f"{text}:3:7: {_found(text=text).message}"


def test_a_flood_is_counted() -> None:
    lines = github([_found(line) for line in range(1, 3000)], lambda name: name).splitlines()
    assert len(lines) == 11
    assert lines[-1] == "::error title=unknown-tag::2,989 more unknown-tag (error)"


def test_a_source_that_is_no_file_here_has_no_place() -> None:
    (line,) = github([_found()], lambda _: None).splitlines()
    assert line.startswith("::error title=unknown-tag::a, b.tsv:3:7: ")
    (run,) = json.loads(sarif([_found()], lambda _: None))["runs"]
    assert run["results"][0]["locations"] == []


def test_what_was_dropped_is_a_notice() -> None:
    found = problem("duplicate", Policy.DROP, path="a.tsv", place=(1, 1), found="a sentence")
    assert github([found], lambda name: name).startswith("::notice file=a.tsv,")
    (run,) = json.loads(sarif([found], lambda name: name))["runs"]
    assert run["results"][0]["level"] == "note"


def test_sarif_has_all_with_their_rules() -> None:
    many = [_found(line) for line in range(1, 31)]
    corpus = problem("type-missing-in-split", Policy.WARN, path="toy", found="no key in test")
    (run,) = json.loads(sarif([*many, corpus], lambda name: name if Path(name).suffix else None))["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["type-missing-in-split", "unknown-tag"]
    results = [one for one in run["results"] if one["ruleId"] == "unknown-tag"]
    assert [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in results] == [*range(1, 31)]
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%2C%20b.tsv"
    assert {run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] for one in results} == {"unknown-tag"}
    assert {one["level"] for one in results} == {"error"}
