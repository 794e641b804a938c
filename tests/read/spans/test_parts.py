"""Spans whose parts have other names, ends in them, lengths, or a row each: `new` needs no option, and what is read is what was written."""

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from read.spans.made import Made, corpus
from read.spans.reading import marked
from tagpress.errors import UsageError
from tagpress.read.columns import Columns
from tagpress.read.spans.dialect import Spans

MADE = corpus(7, 200, gaps=(" ", "  "))
Spell = Callable[[str, int, int, str], Any]


def records(record: Callable[[str, list[Any]], Any], span: Spell) -> list[Any]:
    return [record(one.text, [span(one.text, *place) for place in one.spans]) for one in MADE]


def lines(rows: list[Any]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def table(head: list[str], row: Callable[[int, Made, int, int, str], list[Any]], delimiter: str = ",") -> str:
    text = io.StringIO()
    rows = [row(number, one, *place) for number, one in enumerate(MADE) for place in one.spans]
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    return text.getvalue()


def dataturks(text: str, begin: int, stop: int, label: str) -> dict[str, Any]:
    return {"label": [label], "points": [{"start": begin, "end": stop - 1, "text": text[begin:stop]}]}


def automl(_: str, begin: int, stop: int, label: str) -> dict[str, Any]:
    return {"text_extraction": {"text_segment": {"end_offset": stop, "start_offset": begin}}, "display_name": label}


# As each tool writes it: the name of the file, what is in it, and the dialect that is found.
EXPORTS = {
    "dataturks": (
        "a.json",
        lines(records(lambda text, spans: {"content": text, "annotation": spans or None, "extras": None}, dataturks)),
        "Spans(format='dataturks', tokens=T)",
    ),
    "lighttag": (
        "a.json",
        json.dumps(
            {
                "examples": records(
                    lambda text, spans: {"example_id": "x", "content": text, "annotations": spans},
                    lambda t, a, b, k: {"start": a, "end": b, "tag": k, "value": t[a:b]},
                ),
                "relations": [],
            }
        ),
        "Spans(format='lighttag', tokens=T)",
    ),
    "ubiai": (
        "a.json",
        json.dumps(
            records(
                lambda text, spans: {"documentName": "d", "document": text, "tokens": spans, "relations": []},
                lambda t, a, b, k: {"text": t[a:b], "start": a, "end": b, "token_start": 0, "entityLabel": k},
            )
        ),
        "Spans(format='ubiai', tokens=T)",
    ),
    "rasa": (
        "nlu.json",
        json.dumps(
            {
                "rasa_nlu_data": {
                    "regex_features": [],
                    "common_examples": records(
                        lambda text, spans: {"text": text, "intent": "inform"} | ({"entities": spans} if spans else {}),
                        lambda _, a, b, k: {"start": a, "end": b, "value": "a synonym", "entity": k},
                    ),
                }
            },
            indent=1,
        ),
        "Spans(format='rasa', tokens=T)",
    ),
    "vertex": (
        "a.jsonl",
        lines(
            records(
                lambda text, spans: {"textContent": text, "textSegmentAnnotations": spans},
                lambda _, a, b, k: {"startOffset": str(a), "endOffset": str(b), "displayName": k},
            )
        ),
        "Spans(format='vertex', tokens=T)",
    ),
    "automl": (
        "a.jsonl",
        lines(records(lambda text, spans: {"annotations": spans, "text_snippet": {"content": text}}, automl)),
        "Spans(format='automl', tokens=T)",
    ),
    "ground truth": (
        "output.manifest",
        lines(
            records(
                lambda text, spans: {
                    "source": text,
                    "my-job": {"annotations": {"labels": [{"label": "PER"}], "entities": spans}},
                    "my-job-metadata": {"job-name": "labeling-job/my-job", "type": "groundtruth/text-span", "entities": [{"confidence": 0.1}] * len(spans)},
                },
                lambda _, a, b, k: {"startOffset": a, "endOffset": b, "label": k},
            )
        ),
        "Spans(tokens=T, text='source', spans='my-job.annotations.entities', begin='startOffset', end='endOffset')",
    ),
    "lengths": (
        "a.jsonl",
        lines(
            records(
                lambda text, spans: {"text": text, "entities": spans},
                lambda _, a, b, k: {"category": k, "offset": a, "length": b - a},
            )
        ),
        "Spans(tokens=T, spans='entities', begin='offset', end='length', label='category', ends='length')",
    ),
    "places in a list": (
        "a.json",
        json.dumps(
            records(
                lambda text, spans: {"sentence": text, "mentions": spans},
                lambda t, a, b, k: {"type": k, "pos": [a, b], "name": t[a:b]},
            )
        ),
        ("Spans(tokens=T, container='array', text='sentence', spans='mentions', begin='pos.0', end='pos.1', label='type',"
        " said='name')"),
    ),
    "the label first": (
        "a.jsonl",
        lines(records(lambda text, spans: {"text": text, "entities": spans}, lambda _, a, b, k: [k, a, b])),
        "Spans(tokens=T, spans='entities', begin='1', end='2', label='0')",
    ),
    "a text before the label": (
        "a.jsonl",
        lines(records(lambda text, spans: {"text": text, "entities": spans}, lambda t, a, b, k: [a, b, t[a:b], k])),
        "Spans(tokens=T, spans='entities', begin='0', end='1', label='3', said='2')",
    ),
    "ends in their spans": (
        "a.jsonl",
        lines(
            records(
                lambda text, spans: {"text": text, "spans": spans},
                lambda t, a, b, k: {"start": a, "end": b - 1, "label": k, "word": t[a:b]},
            )
        ),
        "Spans(tokens=T, said='word', ends='last')",
    ),
    "an object above": (
        "a.jsonl",
        lines(
            records(
                lambda text, spans: {"data": {"body": text}, "out": {"ner": spans}},
                lambda _, a, b, k: {"start": a, "end": b, "label": k},
            )
        ),
        "Spans(tokens=T, text='data.body', spans='out.ner', label='label')",
    ),
    "a span a row": (
        "a.csv",
        table(["doc_id", "text", "start", "end", "label"], lambda n, one, a, b, k: [f"d{n}", one.text, a, b, k]),
        "Spans(format='rows', tokens=T, sentence_id='doc_id')",
    ),
    "a span a row, its end in it": (
        "a.tsv",
        table(["sentence", "begin", "stop", "type", "mention"], lambda _, m, a, b, k: [m.text, a, b - 1, k, m.text[a:b]], "\t"),
        ("Spans(format='rows', tokens=T, container='tsv', text='sentence', begin='begin', end='stop', label='type',"
        " said='mention', ends='last')"),
    ),
    "as Excel saves it": (
        "a.csv",
        "sep=;\r\n" + table(["Text", "Start", "End", "Label"], lambda _, one, a, b, k: [one.text, f"{a}.0", b, k], ";"),
        "Spans(format='rows', tokens=T, container='csv-semicolon', text='Text', begin='Start', end='End', label='Label')",
    ),
    "rows of JSON": (
        "a.json",
        json.dumps([{"text": m.text, "start": a, "end": b, "label": k} for m in MADE for a, b, k in m.spans]),
        "Spans(format='rows', tokens=T, container='array')",
    ),
}  # fmt: skip


def written(folder: Path, name: str) -> tuple[Path, str]:
    file, text, spelled = EXPORTS[name]
    path = folder / file
    path.write_bytes(text.encode())
    return path, spelled


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_read_without_an_option(tmp_path: Path, name: str) -> None:
    path, spelled = written(tmp_path, name)
    found = Columns.sniff(path)
    assert isinstance(found.dialect, Spans)
    assert found.spelled().replace(f"tokens={found.dialect.tokens!r}", "tokens=T") == spelled
    parsed = found.dialect.parse(path.read_bytes())
    assert not [code for code in parsed.annotations.values() if "annotation" in code]
    assert parsed.marks is not None
    pairs = zip(parsed.marks.texts, marked(parsed), strict=True)
    read = {(text, *span) for text, spans in pairs for span in spans}
    assert read == {(one.text, *span) for one in MADE for span in one.spans}
    assert len(read) > 200
    assert parsed.account.bytes == path.stat().st_size


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_the_text_of_a_span_is_found_and_checked_however_many_are_wrong(tmp_path: Path, share: float) -> None:
    draw = random.Random(1)
    places = {(one.text, place) for one in MADE for place in one.spans}
    wrong = {place for place in sorted(places) if draw.random() < share}

    def spelled(text: str, place: tuple[int, int, str]) -> list[Any]:
        (begin, stop, kind), moved = place, (text, place) in wrong
        return [begin + moved, stop + moved, text[begin:stop], kind]

    items = {one.text: [spelled(one.text, place) for place in one.spans] for one in MADE}
    path = tmp_path / "a.jsonl"
    path.write_text(lines([{"text": text, "entities": spans} for text, spans in items.items()]), encoding="utf-8")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.label, dialect.said) == ("3", "2")
    parsed = dialect.parse(path.read_bytes())
    found = [said for said in parsed.annotations.values() if "which says" in said or "points at no place" in said]
    assert len(found) == len(wrong)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_rows_are_known_in_any_utf(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(EXPORTS["a span a row"][1].encode(encoding))
    assert "format='rows'" in Columns.sniff(path).spelled()


ROWS = b"text,start,end,label,said\n"
BAD_ROWS = {
    b"Ada ran,0,3,PER,Bob\n": "the annotation PER 0-3, which says 'Bob', and 'Ada' stands there",
    b"Ada ran,0,30,PER,Ada\n": "the annotation PER 0-30, which points at no place in its text",
    b"Ada ran,x,3,PER,Ada\n": "the annotation PER x-3, which points at no place in its text",
    b"Ada ran,0,3,,Ada\n": "the annotation  0-3, which has no label",
    b"Ada ran,0,3\n": "a row of 3 cells, where the first row has 5",
}


@pytest.mark.parametrize("row", BAD_ROWS)
def test_a_row_that_is_wrong_is_named_where_it_stands(row: bytes) -> None:
    parsed = Spans(format="rows", tokens="words", said="said").parse(ROWS + b"Bob ran,0,3,PER,Bob\n" + row)
    assert list(parsed.annotations.values()) == [BAD_ROWS[row]]
    assert {parsed.locate(at) for _, at, *_ in parsed.faults.rows()} == {(3, 1)}


def test_rows_of_a_text_that_follow_each_other_are_one_record() -> None:
    rows = b"Ada met Bob,0,3,PER,Ada\nAda met Bob,8,11,PER,Bob\nAda met Bob,0,3,PER,Ada\nno one,,,,\nno one,,,,\n"
    parsed = Spans(format="rows", tokens="words", said="said").parse(ROWS + rows)
    assert marked(parsed) == [[(0, 3, "PER"), (8, 11, "PER")], []]
    assert parsed.aside == {"rows that say the same again": 2}


APART = b"Ada met Bob,0,3,PER,Ada,1\nno one,,,,,2\nAda met Bob,8,11,PER,Bob,%d\nAda met Bob,0,3,PER,Ada,%d\n"


def test_a_text_that_comes_again_is_no_part_of_a_record_unless_an_id_says_so() -> None:
    head, dialect = ROWS.replace(b"said", b"said,doc"), Spans(format="rows", tokens="words", said="said")
    parsed = dialect.parse(head + APART % (1, 1))
    assert marked(parsed) == [[], []]
    (said,) = parsed.annotations.values()
    assert said == (
        "3 rows of the text 'Ada met Bob' in 2 places: sort the rows by their texts if they are one record, "
        "or name the field of its id, sentence_id="
    )
    assert [(code, parsed.locate(at)[0]) for code, at, *_ in parsed.faults.rows() if code == "broken-record"] == [
        ("broken-record", 2)
    ]
    named = replace(dialect, sentence_id="doc")
    one = named.parse(head + APART % (1, 1))
    assert marked(one) == [[(0, 3, "PER"), (8, 11, "PER")], []]
    assert one.aside == {"rows that say the same again": 1}
    assert marked(named.parse(head + APART % (3, 3))) == [[(0, 3, "PER")], [], [(8, 11, "PER"), (0, 3, "PER")]]


FORMS: dict[str, Any] = {
    "objects": lambda one: {"text": one.text, "entities": [{"start": a, "end": b, "label": k} for a, b, k in one.spans]},
    "lists": lambda one: {"text": one.text, "label": one.spans},
    "other names": lambda one: {"content": one.text, "ner": [{"begin": a, "stop": b, "kind": k} for a, b, k in one.spans]},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("indent", [None, 1])
def test_records_by_their_ids_are_read_with_them(tmp_path: Path, form: str, indent: int | None) -> None:
    path = tmp_path / "a.json"
    rows = {f"doc{number}": FORMS[form](one) for number, one in enumerate(MADE)}
    path.write_text(json.dumps(rows, indent=indent, ensure_ascii=indent is None), encoding="utf-8", newline="")
    dialect = Columns.sniff(path).dialect
    assert isinstance(dialect, Spans)
    assert (dialect.container, dialect.sentence_id) == ("keyed", "id")
    parsed = dialect.parse(path.read_bytes())
    assert marked(parsed) == [one.spans for one in MADE]
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == [*rows]
    assert parsed.unread == ()


def test_what_is_wrong_among_records_by_their_ids_is_at_its_place() -> None:
    data = b'{"a": {"id": "own", "text": "Ada", "entities": [[0, 30, "PER"]]},\n "version": 2,\n "b": {"text": "Bob", "entities": []}}'
    parsed = Spans(container="keyed", tokens="words", sentence_id="id").parse(data)
    found = {
        (parsed.locate(at), parsed.annotations[detail])
        for code, at, _, detail in parsed.faults.rows()
        if code != "empty-sentence"
    }
    assert found == {
        ((1, 49), "the annotation PER 0-30, which points at no place in its text"),
        ((2, 13), "the member 'version', which is no object"),
    }
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["own", "", "b"]


def test_rows_with_a_token_each_are_none_of_spans(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    words = "".join(f"Ada ran,{word},{at},{at + 3},{tag}\n" for word, at, tag in [("Ada", 0, "B-PER"), ("ran", 4, "O")])
    path.write_text("sentence,token,start,end,tag\n" + 9 * words)
    assert "rows" not in Columns.sniff(path).spelled()


def test_records_under_names_are_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    one = {"text": "Ada ran", "spans": [{"start": 0, "end": 3, "label": "PER"}]}
    path.write_text(json.dumps({"docs": {"a": one, "b": one, "c": one}}))
    found = Columns.sniff(path)
    parsed = found.dialect.parse(path.read_bytes())
    assert len(parsed) == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ends": "after"}, "ends='after' is unknown"),
        ({"format": "prodigy", "label": "type"}, "label='type', and prodigy has its own way to spell a span"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Spans(**options)
