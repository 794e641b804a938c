"""Argilla as tables: records of its first version, and those of its second as a data frame writes them."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.made import corpus
from read.spans.reading import marked
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans

MADE = [one for one in corpus(23, 60, gaps=(" ",)) if one.spans]
PLACES = [one.spans for one in MADE]
FIRST = ("text", "tokens", "prediction", "prediction_agent", "annotation", "annotation_agent", "id", "status")
SECOND = ("id", "status", "_server_id", "text", "ner.responses", "ner.responses.users", "ner.responses.status")


def objects(spans: list[tuple[int, int, str]]) -> list[dict[str, Any]]:
    return [{"label": kind, "start": a, "end": b} for a, b, kind in spans]


TABLES: dict[str, tuple[tuple[str, ...], Any]] = {
    "pairs": (FIRST, lambda i, one: [one.text, [], "", "", [(k, a, b) for a, b, k in one.spans], "me", i, "Validated"]),
    "objects, and predictions before them": (
        FIRST,
        lambda i, one: [one.text, [], [("X", 0, 1, 0.5)], "m", json.dumps(objects(one.spans)), "me", i, "Validated"],
    ),
    "lists": (SECOND, lambda i, one: [i, "completed", "s", one.text, [objects(one.spans)], ["u"], ["submitted"]]),
    "arrays": (
        SECOND,
        lambda i, one: [i, "", "s", one.text, f"[array({objects(one.spans)}, dtype=object)]", ["u"], ["submitted"]],
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_argilla_is_read_by_its_annotations(tmp_path: Path, name: str) -> None:
    head, row = TABLES[name]
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *(row(f"r{i}", one) for i, one in enumerate(MADE))])
    dialect = Columns.sniff("a.csv", base=tmp_path).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, dialect.container) == ("argilla", "csv")
    parsed = dialect.parse((tmp_path / "a.csv").read_bytes())
    assert marked(parsed) == PLACES
    assert not parsed.annotations
    assert parsed.aside.get("suggestions", 0) == (len(MADE) if "predictions" in name else 0)


STATES = {
    "Validated": "",
    "Default": "a record that nobody annotated",
    "Discarded": "a record that its annotator discarded",
}


@pytest.mark.parametrize("status", STATES)
def test_what_is_no_annotation_of_the_first_version_is_a_problem(status: str) -> None:
    row = dict.fromkeys(FIRST) | {"text": "Ada", "annotation": None, "prediction": [["PER", 0, 3]], "status": status}
    parsed = Spans(format="argilla").parse(json.dumps([row]).encode())
    assert list(parsed.annotations.values()) == [STATES[status]] * bool(STATES[status])
    assert marked(parsed) == [[]]


def test_other_lists_of_marks_are_counted_where_the_parts_of_spans_are_declared() -> None:
    """Of two lists one is read; that there was another was said of no record."""
    row = {"text": "Ada met Bo", "spans": [{"from": 0, "to": 3, "type": "PER"}], "annotation": [["PER", 8, 10]]}
    parsed = Spans(spans="spans", begin="from", end="to", label="type").parse(f"{json.dumps(row)}\n".encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert parsed.aside == {"values of annotation": 1}
