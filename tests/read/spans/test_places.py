"""A fault of a span is named where the span stands in JSON, and not where its record begins."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.read.json_items import Children
from tagpress.read.spans.dialect import Spans

TEXT = "é🚀 Ada saw Bo."


def span(begin: int, stop: int, label: str) -> dict[str, Any]:
    return {"start": begin, "end": stop, "label": label}


def region(begin: int, stop: int, label: str) -> dict[str, Any]:
    return {"type": "labels", "value": {"start": begin, "end": stop, "labels": [label]}}


def mark(begin: int, stop: int, label: str) -> dict[str, Any]:
    return {"id": label, "infons": {"type": label}, "locations": [{"offset": begin, "length": stop - begin}]}


def passage(*marks: Any, **more: Any) -> dict[str, Any]:
    return {"offset": 0, "text": TEXT, "annotations": list(marks), **more}


GOOD, BAD = (3, 6, "PER"), (3, 99, "BAD")
TOKENS = [{"text": TEXT[a:b], "start": a, "end": b} for a, b in ((0, 2), (3, 6), (7, 10), (11, 13), (13, 14))]
# A value of each format, and the item in it that is the bad span.
VALUES: dict[str, tuple[Any, Any]] = {
    "doccano": ({"text": TEXT, "label": [list(GOOD), list(BAD)]}, list(BAD)),
    "doccano, objects": ({"text": TEXT, "entities": [span(*GOOD), span(*BAD)], "x": [1]}, span(*BAD)),
    "json": ({"text": TEXT, "spans": [span(*GOOD), {**span(*BAD), "text": "no"}]}, {**span(*BAD), "text": "no"}),
    "prodigy": ({"text": TEXT, "tokens": TOKENS, "spans": [span(*GOOD), span(*BAD)]}, span(*BAD)),
    "label-studio": (
        {"data": {"text": TEXT}, "annotations": [{"was_cancelled": True, "result": []}, {"result": [region(*GOOD), region(*BAD)]}]},
        region(*BAD),
    ),
    "label-studio-min": ({"text": TEXT, "label": [span(*GOOD), span(*BAD)]}, span(*BAD)),
    "spacy-train-data": ([TEXT, {"entities": [list(GOOD), list(BAD)]}], list(BAD)),
    "gliner": ({"tokenized_text": ["é🚀", "Ada"], "ner": [[1, 1, "PER"], [1, 99, "BAD"]]}, [1, 99, "BAD"]),
    "bioc-json": ({"id": "1", "passages": [passage(), passage(mark(*GOOD), mark(*BAD))]}, mark(*BAD)),
    "bioc-json, sentences": ({"id": "1", "passages": [{"sentences": [passage(mark(*BAD))]}]}, mark(*BAD)),
    "bioc-json, beside": ({"id": "1", "passages": [passage()], "annotations": [mark(*BAD)]}, mark(*BAD)),
    "bioc-json, in a collection": ({"documents": [{"id": "1", "passages": [passage(mark(*BAD))]}]}, mark(*BAD)),
}  # fmt: skip


def dumped(value: Any, container: str, *, ascii_only: bool) -> str:
    """Return a value as a container holds it."""
    held, indent = {"lines": (value, None), "array": ([value], 2), "whole": (value, 1)}[container]
    return f"\n  {json.dumps(held, indent=indent, ensure_ascii=ascii_only)}\n"


@pytest.mark.parametrize("container", ["lines", "array", "whole"])
@pytest.mark.parametrize("name", VALUES)
def test_a_broken_span_is_named_where_it_stands(name: str, container: str) -> None:
    value, bad = VALUES[name]
    for ascii_only in (True, False):
        data = dumped(value, container, ascii_only=ascii_only).encode()
        dialect = Spans(format=name.partition(",")[0], container=container)
        places = [at for code, at, _, _ in dialect.parse(data).faults.rows() if code == "broken-annotation"]
        assert [json.JSONDecoder().raw_decode(data[at:].decode())[0] for at in places] == [bad]


LOOSE = {"text": "Ada-Bo saw Ada", "label": [[0, 3, "PER"], [0, 6, "PER"], [11, 14, "PER"], [11, 14, "ORG"]]}


def test_spans_that_do_not_fit_or_overlap_are_named_where_they_stand() -> None:
    data = f"{json.dumps({'text': 'x', 'label': []})}\n{json.dumps(LOOSE)}\n".encode()
    parsed = Spans(format="doccano", tokens="whitespace").parse(data)
    assert parsed.marks is not None
    items = [json.JSONDecoder().raw_decode(data[at:].decode())[0] for at in parsed.marks.at.tolist()]
    # Moved to whole tokens, the second is where the first is; of two that are equal the first stays.
    assert items == [LOOSE["label"][0], LOOSE["label"][1], LOOSE, LOOSE["label"][3]]


def test_a_row_of_columns_is_named_where_its_first_cell_stands() -> None:
    data = json.dumps({"text": ["a", TEXT], "label": [[], [list(BAD)]]}).encode()
    parsed = Spans(format="doccano", container="columns").parse(data)
    assert [data[at : at + 3] for code, at, _, _ in parsed.faults.rows()] == [b'"\\u']


JSON = st.recursive(
    st.integers() | st.text(max_size=3) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_every_value_inside_is_found(value: Any, indent: int | None, ascii_only: bool) -> None:  # noqa: FBT001 - a case
    document = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    children = Children(document)

    def look(inner: Any, *path: str | int) -> None:
        assert json.JSONDecoder().raw_decode(document, children.at(path))[0] == inner
        for key, one in (
            inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ()
        ):
            look(one, *path, key)

    look(value)
    assert children.at(["no such key in it"]) == 0
