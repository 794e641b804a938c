"""What rarer tools write: each is read as a reader of a few lines reads it, or what is in doubt is said."""

import json
from pathlib import Path
from typing import Any

import pytest

from read.spans.made import corpus
from read.spans.reading import marked
from tagpress.errors import UsageError
from tagpress.read.columns import Columns
from tagpress.read.guess.sniff import Sniffed
from tagpress.read.spans.dialect import Spans

MADE = corpus(17, 200, gaps=(" ", "  "))
PLACES = [{(a, b, k) for a, b, k in one.spans} for one in MADE]


def sniffed(path: Path, text: str) -> Sniffed:
    path.write_text(text, encoding="utf-8", newline="")
    return Columns.sniff(path)


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def held(spans: list[tuple[int, int, str]], spelled: Any) -> dict[str, list[Any]]:
    """Return places below their types."""
    return {
        kind: [spelled(a, b) for a, b, own in spans if own == kind] for kind in sorted({kind for *_, kind in spans})
    }


SPELLINGS: dict[str, tuple[Any, dict[str, str]]] = {
    "GATE": (lambda a, b: {"indices": [a, b], "rule": "x"}, {}),
    "objects": (lambda a, b: {"start": a, "end": b}, {}),
    "pairs": (lambda a, b: [a, b], {}),
    "pairs whose end is in the span": (lambda a, b: [a, b - 1], {"ends": "last"}),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_places_below_their_types_are_spans_of_all_of_them(tmp_path: Path, name: str) -> None:
    spelled, said = SPELLINGS[name]
    rows = [{"text": one.text, "entities": held(one.spans, spelled), "relations": []} for one in MADE]
    dialect = sniffed(tmp_path / "a.jsonl", lines(*rows)).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.format, {"ends": dialect.ends} if dialect.ends else {}) == ("by-type", said)
    parsed = dialect.parse((tmp_path / "a.jsonl").read_bytes())
    assert list(map(set, marked(parsed))) == PLACES
    assert not parsed.annotations
    assert parsed.unread == ("relations",)


def test_what_is_no_place_below_a_type_is_named() -> None:
    row = {"text": "Ada met Bo", "entities": {"PER": [{"indices": [0, 3]}, "Bo", {"indices": [8]}]}}
    parsed = Spans(format="by-type").parse(lines(row).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert list(parsed.annotations.values()) == [
        "the annotation PER None-None, which is written as 'Bo', where a begin and an end belong",
        "the annotation PER None-None, which is written as {'indices': [8]}, where a begin and an end belong",
    ]
    with pytest.raises(UsageError, match="label='type', and by-type has its own way to spell a span"):
        Spans(format="by-type", label="type")


def test_lists_beside_the_spans_in_an_inner_object_are_not_left_out_in_silence() -> None:
    inner = {"entities": [{"from": 0, "to": 3, "type": "PER"}], "events": [{"from": 4, "to": 7, "type": "MEET"}]}
    row = {"text": "Ada met Bo", "doc": {"annotations": inner, "lang": "en"}}
    dialect = Spans(spans="doc.annotations.entities", begin="from", end="to", label="type")
    parsed = dialect.parse(lines(row).encode())
    assert marked(parsed) == [[(0, 3, "PER")]]
    assert parsed.unread == ("doc.annotations.events", "doc.lang")
    both = {"doc": {"text": "Ada met Bo", "spans": [[0, 3, "PER"]]}}
    parts = Spans(text="doc.text", spans="doc.spans", begin="0", end="1", label="2")
    assert parts.parse(lines(both).encode()).unread == ()


def region(control: str, begin: int, end: int, label: str) -> dict[str, Any]:
    return {"type": "labels", "from_name": control, "value": {"start": begin, "end": end, "labels": [label]}}


TASK = {
    "id": 1,
    "data": {"text": "Ada met Bo"},
    "annotations": [{"id": 1, "result": [region("ner", 0, 3, "PER"), region("mood", 4, 7, "Good"), region("ner", 8, 10, "PER")]}],
}  # fmt: skip


def test_regions_of_several_controls_of_label_studio_are_a_doubt_and_one_can_be_declared(tmp_path: Path) -> None:
    found = sniffed(tmp_path / "a.json", json.dumps([TASK]))
    assert (
        "layers: regions are of 2 controls, 'ner' (2x), 'mood' (1x); layer='ner' reads but one of them" in found.doubts
    )
    parsed = Spans(format="label-studio", layer="ner").parse((tmp_path / "a.json").read_bytes())
    assert marked(parsed) == [[(0, 3, "PER"), (8, 10, "PER")]]
    assert parsed.aside == {"regions of other controls": 1}


def test_types_that_are_numbers_are_a_doubt(tmp_path: Path) -> None:
    rows = [{"text": "Ada", "annotations": [{"label": 3, "start_offset": 0, "end_offset": 3, "user": 1}]}] * 3
    said = (
        "tags: types are numbers, 3, and nothing says what they mean; give them names: SOURCE_TYPES = {'3': 'Person'}"
    )
    assert said in sniffed(tmp_path / "a.jsonl", lines(*rows)).doubts
