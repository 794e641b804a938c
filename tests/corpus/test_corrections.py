"""Lines of corrections: what can be one, how several of one sentence follow each other, and what two people make of it."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.corpus.corrections import (
    ALREADY,
    APPLIED,
    OTHER,
    Correction,
    Spans,
    followed,
    merged,
    read_corrections,
    undone,
)
from tagpress.corpus.edited_spans import labels_of, spans_of
from tagpress.corpus.identity import sentence_key

TOKENS = ["EU", "rejects", "German", "call"]
ID = sentence_key(TOKENS).hex()
WHOLE: dict[str, Any] = {
    "id": ID,
    "tokens": TOKENS,
    "before": [[0, 1, "MISC"]],
    "after": [[0, 1, "ORG"], [2, 3, "MISC"]],
    "who": "Ada",
    "why": "the EU is an organisation",
}
A: Spans = ((0, 1, "A"),)
B: Spans = ((0, 1, "B"),)
C: Spans = ((0, 1, "C"),)


def line(**changes: Any) -> bytes:
    document = {name: value for name, value in {**WHOLE, **changes}.items() if value is not None}
    return json.dumps(document).encode() + b"\n"


def step(before: Spans, after: Spans, **changes: Any) -> Correction:
    return Correction(**{"id": ID, "before": before, "after": after, "who": "Ada", "why": "so", **changes})


def test_a_line_reads_back_as_it_was_written() -> None:
    (one,), faults = read_corrections(b"\n" + line(layer="chunks", source="issue 3", config="de") + b"\r\n")
    assert (one.line, faults) == (2, ())
    (again,), _ = read_corrections(one.to_line())
    assert again == Correction(**{name: getattr(one, name) for name in one.__slots__} | {"line": 1})


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"{\n", "a line that is not JSON: Expecting property name enclosed in double quotes"),
        (b"3\n", "a line that is '3', and no object"),
        (line(who=None, why=None), "a correction without who, why"),
        (line(afer=[]), "a correction with afer, which nothing reads"),
        (line(id="x"), "the id 'x', which is none of a sentence"),
        (line(who=" "), "who that is '\" \"'"),
        (line(before=3), "before that is no list of spans"),
        (line(after=[[1, 1, "ORG"]]), "'[1, 1, \"ORG\"]' in after, which is no span [start, end, type]"),
        (line(after=[[True, 2, "ORG"]]), "'[true, 2, \"ORG\"]' in after, which is no span"),
        (line(after=[[0, 1, "ORG"], [0, 1, "ORG"]]), "a span twice in after"),
        (line(after=[[0, 9, "ORG"]]), "the span [0, 9, 'ORG'] in a sentence of 4 tokens"),
        (line(after=WHOLE["before"]), "a correction that changes nothing"),
        (line(tokens=["EU"]), "tokens that are not those of the id: 'EU'"),
        (line(tokens="EU"), "tokens that are no list of texts"),
    ],
)
def test_a_line_that_is_none_is_a_fault(data: bytes, found: str) -> None:
    items, (fault,) = read_corrections(data)
    assert (items, fault.line, fault.code) == ((), 1, "broken-correction")
    assert fault.found.startswith(found)


def test_lines_that_disagree_or_repeat_name_the_earlier_one() -> None:
    items, faults = read_corrections(line() + line(after=[], who="Bo") + line(why="other words"))
    assert [one.line for one in items] == [1]
    assert [(fault.line, fault.code, fault.found) for fault in faults] == [
        (2, "conflicting-correction", "no span by Bo, and line 1 makes it 0:1=ORG 2:3=MISC by Ada"),
        (3, "needless-correction", "what line 1 says already"),
    ]


@pytest.mark.parametrize(
    ("spans", "result", "outcomes"),
    [
        (A, C, (APPLIED, APPLIED)),
        (B, C, (ALREADY, APPLIED)),
        (C, C, (ALREADY, ALREADY)),
        ((), (), (OTHER, OTHER)),
    ],
)
def test_corrections_follow_each_other(spans: Spans, result: Spans, outcomes: tuple[str, ...]) -> None:
    assert followed([step(A, B), step(B, C)], spans) == (result, outcomes)


def test_what_was_corrected_and_corrected_back_is_as_it_was() -> None:
    assert followed([step(A, B), step(B, A)], A) == (A, (APPLIED, APPLIED))
    assert followed([step(A, B), step(C, A)], A) == (B, (APPLIED, OTHER))


@given(st.lists(st.sampled_from([A, B, C, ()]), min_size=2, max_size=6))
def test_what_was_applied_can_be_taken_back(states: list[Spans]) -> None:
    chain = [step(one, other) for one, other in pairwise(states) if one != other]
    distinct = {one.before: one for one in reversed(chain)}
    chain = [one for one in chain if distinct[one.before] is one]
    if chain:
        result, outcomes = followed(chain, states[0])
        did = [one for one, outcome in zip(chain, outcomes, strict=True) if outcome == APPLIED]
        assert undone(did, result) == states[0]


@given(st.lists(st.sampled_from([0, 1, 2, 3, 4]), max_size=12))
def test_labels_and_spans_say_the_same(labels: list[int]) -> None:
    valid: list[int] = []
    for label in labels:
        follows = valid and valid[-1] in (label, label - 1)
        valid.append(label if label % 2 or not label or follows else label - 1)
    assert labels_of(spans_of(valid, ["A", "B"]), len(valid), ["A", "B"]).tolist() == valid


def test_two_people_are_merged_or_named() -> None:
    items, faults = merged([step(A, B)], [step(A, B, who="Bo"), step(B, C)])
    assert ([one.after for one in items], faults) == ([B, C], [])
    _, (fault,) = merged([step(A, B)], [step(A, C, who="Bo", line=7)])
    assert (fault.line, fault.found) == (7, f"{ID}: 0:1=A becomes 0:1=B by Ada, and 0:1=C by Bo")
