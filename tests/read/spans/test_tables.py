"""Texts with spans in tables, as spreadsheets, data frames and `datasets` keep them, and in a file of Python."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from read.spans.made import Made, corpus
from read.spans.reading import marked
from tagpress.errors import SourceError
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans

MADE = corpus(9, gaps=(" ", "\t", "\n", "\r\n"), overlaps=True)


def saved(rows: list[list[object]], delimiter: str = ",") -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows(rows)
    return file.getvalue().encode()


def objects(one: Made) -> list[dict[str, Any]]:
    return [{"start": a, "end": b, "label": kind} for a, b, kind in one.spans]


def regions(one: Made) -> str:
    """Return what Label Studio writes into a cell, which is empty where nothing is marked."""
    found = [{"start": a, "end": b, "text": one.text[a:b], "labels": [kind]} for a, b, kind in one.spans]
    return json.dumps(found) if found else ""


def in_columns(one: Made) -> dict[str, list[Any]]:
    return {name: [each[name] for each in objects(one)] for name in ("start", "end", "label")}


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return bytes(sink.getvalue())


def arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


TABLE = pa.table({"text": [one.text for one in MADE], "entities": [objects(one) for one in MADE]})
PYTHON = "# -*- coding: latin-1 -*-\r\nLABELS = {'x'}\r\nTRAIN_DATA = [\r\n" + "".join(
    f"    ({one.text!r}, {{'entities': {one.spans!r}}}),\r\n" for one in MADE
)
# Files, and how they are read.
TABLES: dict[str, tuple[str, bytes, str]] = {
    "tuples": ("a.csv", saved([["text", "entities"], *([one.text, one.spans] for one in MADE)]), "csv"),
    "objects": ("a.csv", saved([["id", "text", "marks"], *([i, one.text, objects(one)] for i, one in enumerate(MADE))], ";"), "csv-semicolon"),
    "JSON": ("a.tsv", saved([["text", "label"], *([one.text, json.dumps(one.spans)] for one in MADE)], "\t"), "tsv"),
    "Label Studio": ("a.csv", saved([["id", "label", "text"], *([i, regions(one), one.text] for i, one in enumerate(MADE))]), "csv"),
    "an object of lists": ("a.jsonl", "".join(json.dumps({"text": one.text, "entities": in_columns(one)}) + "\n" for one in MADE).encode(), ""),
    "Parquet": ("a.parquet", parquet(TABLE), "parquet"),
    "Arrow": ("a.arrow", arrow(TABLE), "arrow"),
    "Python": ("a.py", (PYTHON + "]\r\n").encode(), "python"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_every_span_of_a_table_is_found_without_an_option(name: str, tmp_path: Path) -> None:
    file, data, container = TABLES[name]
    (tmp_path / file).write_bytes(data)
    sniffed = Columns.sniff(tmp_path / file)
    assert isinstance(sniffed.dialect, Spans)
    assert (sniffed.dialect.container or "") == container
    parsed = sniffed.dialect.parse(data)
    assert [sorted(one) for one in marked(parsed)] == [sorted(one.spans) for one in MADE]
    assert parsed.marks is not None
    assert list(parsed.marks.texts) == [one.text for one in MADE]


def test_labels_of_spans_that_are_numbers_have_the_names_of_their_class() -> None:
    feature = {
        "feature": {"start": {"_type": "Value"}, "label": {"names": ["PER", "LOC"], "_type": "ClassLabel"}},
        "_type": "List",
    }
    said = {
        b"huggingface": json.dumps({"info": {"features": {"text": {"_type": "Value"}, "entities": feature}}}).encode()
    }
    spans = [{"start": 1, "end": 3, "label": 1}, {"start": 0, "end": 1, "label": 7}]
    table = pa.table({"text": ["abc"], "entities": [spans]}).replace_schema_metadata(said)
    assert marked(Spans(container="parquet").parse(parquet(table))) == [[(1, 3, "LOC"), (0, 1, "7")]]


# What is no row, or no item, and where it stands.
BROKEN = {
    ("csv", 'text,entities\n"a\nb",[]\nc\n'): ((4, 1), "a row of 1 cell, where the first row has 2"),
    ("csv", 'text,entities\n"a"b,[]\n'): ((2, 1), "a row with a quote that is not closed, or that stands within a cell"),
    ("csv", 'text,entities\na,"[(0, 1, \'X\')]"\nb,[(0\n'): ((3, 1), "a list of spans '[(0', which is no list"),
    ("python", "x = [\n  ('a', {'entities': []}),\n  (f(1), 2),\n]"): ((3, 3), "an item that is no literal of Python, and nothing is run"),
    ("python", "x = [\n"): ((1, 1), "a file that is no Python: '[' was never closed in line 1"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_none_is_named_where_it_stands(case: tuple[str, str]) -> None:
    container, text = case
    format_, spans = ("spacy-train-data", None) if container == "python" else ("json", "entities")
    parsed = Spans(format=format_, container=container, spans=spans).parse(text.encode())
    (found,) = [
        (parsed.locate(at), parsed.annotations[detail])
        for code, at, _, detail in parsed.faults.rows()
        if code == "broken-record"
    ]
    assert found == BROKEN[case]


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(SourceError, match=r"two columns are called 'text', among text, entities, text"):
        Spans(container="csv").parse(b"text,entities,text\na,[],b\n")


def test_parts_of_spans_that_are_not_as_many_are_named() -> None:
    row = {"text": "ab", "entities": {"start": [0, 1], "end": [1], "label": ["X"]}}
    parsed = Spans().parse(json.dumps(row).encode())
    assert list(parsed.annotations.values()) == ["spans whose parts are not as many: 2 start, 1 end, 1 label"]


def test_escapes_of_others_warn_nobody() -> None:
    parsed = Spans(format="spacy-train-data", container="python").parse(b"x = [('\\d', {'entities': [(0, 2, 'X')]})]")
    assert marked(parsed) == [[(0, 2, "X")]]
    parsed = Spans(container="csv", spans="m").parse(b"text,m\nabc,\"[(0, 2, '\\d')]\"\n")
    assert marked(parsed) == [[(0, 2, "\\d")]]
