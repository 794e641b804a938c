"""A corpus of spans tells how its tool counts, how its texts are cut, and where its sentences are."""

import json
from pathlib import Path

import pytest

from tagpress.errors import SourceError
from tagpress.read.columns import Columns


def sniffed(folder: Path, rows: list[object], name: str = "a.jsonl", *, array: bool = False) -> object:
    text = json.dumps(rows) if array else "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    (folder / name).write_text(text, encoding="utf-8")
    return Columns.sniff(folder / name)


def marked(text: str, *spans: tuple[int, int, str], **more: object) -> dict[str, object]:
    return {"text": text, "label": spans, **more}


# What the rows show, and what is concluded.
GUESSES = {
    "words": ([marked("I met Ada, too.", (6, 9, "PER"))], "Spans(format='doccano', tokens='words')"),
    "whitespace": (
        [marked("see C++ and C# , or .NET .", (4, 7, "X"), (20, 24, "X")), marked("Go !", (0, 2, "X"))],
        "Spans(format='doccano', tokens='whitespace')",
    ),
    "characters": ([marked("我去北京", (2, 4, "LOC"))], "Spans(format='doccano', tokens='\\\\S')"),
    "utf16": ([marked("🚀🚀 Ada ran", (5, 8, "PER"))], "Spans(format='doccano', tokens='words', units='utf16')"),
    "bytes": ([marked("é é Ada ran", (6, 9, "PER"))], "Spans(format='doccano', tokens='words', units='bytes')"),
    "lines": (
        [marked("Ada ran.\nBo ran.", (0, 3, "PER"), (9, 11, "PER"))],
        "Spans(format='doccano', tokens='words', sentences='lines')",
    ),
    "no lines": ([marked("Ada\nLovelace ran", (0, 12, "PER"))], "Spans(format='doccano', tokens='words')"),
    "ids": ([marked("Ada ran", (0, 3, "PER"), id=5)], "Spans(format='doccano', tokens='words', sentence_id='id')"),
    "own fields": (
        [{"content": "Ada ran", "marks": [{"start": 0, "end": 3, "type": "PER"}], "note": "none"}],
        "Spans(tokens='words', text='content', spans='marks')",
    ),
    "pairs on lines": (
        [["Ada ran", {"entities": [[0, 3, "PER"]]}]],
        "Spans(format='spacy-train-data', tokens='words', container='lines')",
    ),
}


@pytest.mark.parametrize("case", GUESSES)
def test_what_the_rows_show_is_concluded(tmp_path, case):
    rows, expected = GUESSES[case]
    assert sniffed(tmp_path, rows).spelled() == expected


def test_an_array_of_what_is_mostly_on_lines(tmp_path):
    rows = [marked("I met Ada, too.", (6, 9, "PER"))]
    assert sniffed(tmp_path, rows, "a.json", array=True).spelled() == (
        "Spans(format='doccano', tokens='words', container='array')"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_json_is_known_in_any_utf(tmp_path, encoding):
    rows = [marked("I met Ada, too.", (6, 9, "PER")), marked("\u00e9\U0001f680", (0, 1, "X"))]
    (tmp_path / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding=encoding)
    found = Columns.sniff(tmp_path / "a.jsonl")
    assert found.spelled().startswith("Spans(format='doccano', tokens='words'")
    assert found.entity_types == ("PER", "X")


ONE = marked("I met Ada, too.", (6, 9, "PER"), id=1)
DOCUMENTS = {
    "in a member": ({"version": 2, "data": [ONE]}, "Spans(format='doccano', tokens='words', container='array', inside='data', sentence_id='id')"),
    "columns": ({name: {"7": value} for name, value in ONE.items()}, "Spans(format='doccano', tokens='words', container='columns', sentence_id='id')"),
    "one value": (ONE, "Spans(format='doccano', tokens='words', container='whole', sentence_id='id')"),
    "tokens in a member": ({"v": [], "rows": [{"tokens": ["Ada"], "tags": ["B-PER"]}]}, "JsonArray(tags='tags', inside='rows')"),
    "tokens in columns": ({"tokens": [["Ada"], ["Bo", "x"]], "tags": [["B-PER"], ["O", "O"]]}, "JsonArray(tags='tags', columns=True)"),
}  # fmt: skip


@pytest.mark.parametrize("case", DOCUMENTS)
def test_rows_are_found_wherever_a_document_has_them(tmp_path, case):
    document, spelled = DOCUMENTS[case]
    for indent in (None, 2) if case != "one value" else (2,):
        (tmp_path / "a.json").write_text(json.dumps(document, indent=indent))
        assert Columns.sniff(tmp_path / "a.json").spelled() == spelled


def test_tokens_with_tags_are_read_as_before_whatever_else_is_there(tmp_path):
    row = {"text": "Ada ran", "tokens": ["Ada", "ran"], "ner_tags": ["B-PER", "O"], "entities": [[0, 3, "PER"]]}
    assert sniffed(tmp_path, [row]).spelled().startswith("JsonLines(")


def test_lists_that_are_mostly_empty_are_no_tokens_and_tags(tmp_path):
    rows = [{"text": f"Ada ran {i}", "ner": [[0, 3, "PER"]] if i % 5 == 0 else [], "relations": []} for i in range(20)]
    assert sniffed(tmp_path, rows).spelled() == "Spans(tokens='words', spans='ner')"


def test_what_will_be_reported_is_a_doubt(tmp_path):
    rows = [marked("see Ada-Bo", (4, 7, "A"), (4, 10, "B"), (5, 7, "C")), marked("Ada", (0, 99, "A"))]  # half of Ada
    doubts = " ".join(sniffed(tmp_path, rows).doubts)
    for code in ("unaligned-annotation", "overlapping-annotation", "broken-annotation"):
        assert f"{code}: will be reported 1 times, first at" in doubts


def test_a_type_that_only_spans_within_others_have_is_a_type(tmp_path):
    found = sniffed(tmp_path, [marked("the Oslo team", (0, 13, "ORG"), (4, 8, "LOC"))])
    assert found.entity_types == ("LOC", "ORG")


def test_texts_in_which_nothing_is_marked_are_no_corpus(tmp_path):
    with pytest.raises(SourceError, match="has no span in it"):
        sniffed(tmp_path, [marked("Ada ran")])


def test_the_list_with_most_spans_is_read(tmp_path):
    rows = [{"text": "Ada ran", "label": [], "entities": [[0, 3, "PER"]]}]
    assert sniffed(tmp_path, rows).spelled() == "Spans(format='doccano', tokens='words')"
    rows = [{"text": "Ada ran", "label": [[0, 3, "PER"]], "entities": [[0, 3, "PER"]]}]
    assert sniffed(tmp_path, rows).spelled() == "Spans(format='doccano', tokens='words', spans='label')"


def test_the_text_of_a_task_is_the_one_that_its_regions_say(tmp_path):
    value = {"start": 0, "end": 3, "text": "Ada", "labels": ["PER"]}
    data = {"source": "http://localhost/a/long/address", "review": "Ada ran"}
    task = {"id": 1, "data": data, "annotations": [{"result": [{"type": "labels", "value": value}]}]}
    found = sniffed(tmp_path, [task], array=True)
    assert found.spelled() == "Spans(format='label-studio', tokens='words', text='review', sentence_id='id')"


# What is marked and cannot be read, and what the error says.
UNREADABLE = {
    r"a\.jsonl:1:31 is the annotation PER 0-2, which says 'Bob', and 'Ad' stands there": [
        {"text": "Ada ran", "label": [{"start_offset": 0, "end_offset": 2, "label": "PER", "text": "Bob"}]}
    ],
    r"a\.jsonl:1:1 has a task without a text": [{"data": {"turns": []}, "annotations": [{"result": []}]}],
}


@pytest.mark.parametrize("message", UNREADABLE)
def test_what_is_marked_and_cannot_be_read_is_said(tmp_path, message):
    with pytest.raises(SourceError, match=message):
        sniffed(tmp_path, UNREADABLE[message])


def test_ends_that_most_words_say_are_in_their_spans_are_read_so_where_there_are_many(tmp_path):
    rows = [marked("Ada ran", (0, 2, "PER")), marked("I met Bob", (6, 8, "PER"))]
    (doubt,) = [doubt for doubt in sniffed(tmp_path, rows).doubts if doubt.startswith("ends:")]
    said = "ends: 2 of 2 spans end one character before a token does; if their tool counts the last character in"
    assert doubt == f'{said}, write ends="last" into DIALECT'
    found = sniffed(tmp_path, 5 * rows)
    assert found.spelled() == "Spans(tokens='words', spans='label', begin='0', end='1', label='2', ends='last')"
    assert "ends are the places of last characters: so words say" in [str(reason) for reason in found.reasons]
    assert any(doubt.startswith("ends: nothing but where words end says") for doubt in found.doubts)


def test_ends_behind_words_are_no_doubt(tmp_path):
    rows = [marked("Ada ran", (0, 3, "PER")), marked("I met Bob", (6, 9, "PER"))]
    assert not [doubt for doubt in sniffed(tmp_path, 5 * rows).doubts if doubt.startswith("ends:")]


def test_the_text_is_the_one_that_spans_point_into(tmp_path):
    title = "A title that is longer than the text, and that nobody marked anything in"
    rows = [{"title": title, "abstract": "I met Bob", "marks": [{"start": 6, "end": 9, "label": "PER"}]}]
    assert sniffed(tmp_path, rows).spelled() == "Spans(tokens='words', text='abstract', spans='marks')"


def test_names_of_pubannotation_are_known(tmp_path):
    rows = [{"text": "I met Bob", "denotations": [{"id": "T1", "span": {"begin": 6, "end": 9}, "obj": "PER"}]}]
    assert sniffed(tmp_path, rows).spelled() == (
        "Spans(tokens='words', spans='denotations', begin='span.begin', end='span.end', label='obj')"
    )
