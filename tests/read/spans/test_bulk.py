"""What is read of many lines at once is what is read of each by itself."""

import json
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.spans.made import WRITERS, corpus
from tagpress.columnar.text_loops import tokens_of_spans
from tagpress.read.parsed import Parsed
from tagpress.read.sources.text import decode
from tagpress.read.spans.assemble import assemble
from tagpress.read.spans.containers import lines_at_once
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.record import batch_of

numbers = st.integers(-1, 6)
labels = st.sampled_from(["A", "B", "A b", "", 7, None, "\ud800"])
lists = st.lists(numbers | labels, min_size=2, max_size=4) | st.tuples(numbers, numbers, st.sampled_from("AB")).map(
    list
)
objects = st.fixed_dictionaries(
    {"start": numbers, "end": numbers, "label": labels},
    optional={"text": st.sampled_from(["Ada", "no"]), "begin": numbers},
) | st.fixed_dictionaries({"start": numbers, "label": st.just("A")}, optional={"": numbers, "end": numbers})
same = st.fixed_dictionaries(
    {"start_offset": numbers, "end_offset": numbers, "label": st.sampled_from(["A", "B", "\ud800"])}
)
spans = st.lists(st.tuples(numbers, numbers, st.sampled_from("AB")).map(list), max_size=3)
rows = st.lists(
    st.fixed_dictionaries(
        {"text": st.sampled_from(["Ada ran", "", "é🚀 \u0301x", "a\nb", "\ud800"])},
        optional={
            "label": spans | st.lists(same, max_size=2),
            "entities": spans,
            "id": st.integers() | st.text(max_size=2),
            "": spans,
            "relations": st.lists(st.none(), max_size=2),
            "Comments": st.just(5),
        },
    )
    | st.fixed_dictionaries(
        {"text": st.just("Ada ran") | st.none(), "label": spans | st.lists(lists | objects, max_size=2)}
    )
    | st.integers(),
    max_size=5,
)


def same_value(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return bool(np.array_equal(one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same_value(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    return bool(one == other)


def both(dialect: Spans, data: bytes) -> tuple[Parsed, Parsed] | None:
    """Return what is read of the lines at once and one by one, if they can be read at once."""
    decoded = decode(data, "utf-8")
    bulk = dialect._bulk(decoded)
    if bulk is None:
        return None
    plain = batch_of(list(dialect._placed(decoded)))
    assert (list(bulk.texts), list(bulk.ids), dict(bulk.aside)) == (
        list(plain.texts),
        list(plain.ids),
        dict(plain.aside),
    )
    return tuple(assemble(decoded, one, dialect.rules, ids=True) for one in (bulk, plain))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "options", [{}, {"sentences": "lines"}, {"units": "utf16"}, {"sentence_id": "id"}, {"spans": "entities"}]
)
@given(rows)
@settings(max_examples=150, deadline=None)
def test_both_ways_find_the_same(options: dict[str, str], found: list[Any]) -> None:
    found_both = both(Spans(format="doccano", **options), "".join(f"{json.dumps(row)}\n" for row in found).encode())
    if found_both is not None:
        assert same_value(*found_both)


@pytest.mark.parametrize("units", ["codepoints", "utf16", "bytes"])
def test_a_plain_corpus_is_read_at_once(units: str) -> None:
    data = WRITERS["doccano"](corpus(3, size=400)).encode()
    found = both(Spans(format="doccano", units=units), data)
    assert found is not None
    assert same_value(*found)


def test_lines_that_are_objects_only_together_are_not_read_at_once() -> None:
    good = '{"text": "a", "label": []}'
    for lines in (
        ['{"a": [{}', "{}]}", "{}, {}"],
        ['{"a": [{}', "{}]}", "{}, 0, {}"],
        [good, "{}, {}"],
        [good, "{} {}"],
        [good, "[]"],
        [good, '{"text": }'],
        ['{"a": "x}', '{"}'],
    ):
        assert lines_at_once(decode("\n".join(lines).encode(), "utf-8")) is None
    read = lines_at_once(decode(f"\n {good}\t\r\n\n{good}".encode(), "utf-8"))
    assert read is not None
    assert (read[0].tolist(), [row["text"] for row in read[2]]) == ([2, 32], ["a", "a"])


@given(st.data())
def test_the_tokens_that_a_span_touches_are_those_that_a_search_in_all_finds(data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, 30), unique=True, max_size=12).map(sorted))
    first, last = (np.array(places[k : len(places) // 2 * 2 : 2], dtype=np.int64) for k in (0, 1))
    ends = data.draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6))
    begin, stop = np.array(ends, dtype=np.int64).reshape(-1, 2).T
    out = np.empty((len(ends), 4), dtype=np.int64)
    tokens_of_spans((np.zeros_like(begin), begin, stop), (first, last), np.array([0, len(first)]), out)
    assert out.T.tolist() == [
        np.searchsorted(last, begin, "right").tolist(),
        np.searchsorted(first, stop).tolist(),
        np.searchsorted(first, begin).tolist(),
        np.searchsorted(last, stop, "right").tolist(),
    ]
