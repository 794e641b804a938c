"""Whatever a record holds, it is a sentence with a fault that says what is wrong and where, or an error of the source."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tagpress.errors import SourceError, UsageError
from tagpress.read.parsed import Parsed
from tagpress.read.sources import text as texts
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.formats.table import FORMATS
from tagpress.read.spans.tables import names


def said(parsed: Parsed) -> list[tuple[str, tuple[int, int], str]]:
    return [
        (code, parsed.locate(at), parsed.annotations.get(detail, "")) for code, at, _, detail in parsed.faults.rows()
    ]


def row(**changes: object) -> str:
    return json.dumps({"text": "Ada saw Bo.", "label": [[0, 3, "PER"]], **changes})


RECORDS = {
    "nonsense": ("broken-record", "a line that is no JSON: Expecting value at its character 1"),
    "[1]": ("broken-record", "'[1]' where an object belongs"),
    '{"label": []}': ("broken-record", "a record without a text in the field 'text': there are only label"),
    row(text=7): ("broken-record", "a record without a text in the field 'text': text is '7'"),
    '{"text": "a"}': ("broken-record", "a record without a list of spans: text"),
    "[" * 100_000: ("broken-record", "a line that is no JSON: it is nested too deeply"),
}
SPANS = {
    (0, 12, "PER"): "PER 0-12, which points at no place in its text",
    (-1, 3, "PER"): "PER -1-3, which points at no place in its text",
    (3, 0, "PER"): "PER 3-0, which ends before it begins",
    (3, 3, "PER"): "PER 3-3, which ends where it begins",
    (3, 4, "PER"): "PER 3-4, which has no token in it",
    (0, 3, None): "None 0-3, which has no label",
    (0, 3, ""): " 0-3, which has no label",
    (True, 3, "PER"): "PER True-3, which points at no place in its text",
    (0.0, 3.5, "PER"): "PER 0.0-3.5, which points at no place in its text",
    (0, 10**30, "PER"): f"PER 0-{10**30}, which points at no place in its text",
    ("0", "3", "PER"): "PER 0-3, which points at no place in its text",
    (0, 3): "None None-None, which is written as [0, 3], where a begin, an end and a label belong",
}


@pytest.mark.parametrize("line", RECORDS, ids=lambda line: line[:20])
def test_a_record_that_is_none_is_named_with_its_line(line: str) -> None:
    parsed = Spans(format="doccano").parse(f"{row()}\n{line}\n".encode())
    assert len(parsed) == 2
    assert said(parsed) == [
        ("empty-sentence", (2, 1), said(parsed)[0][2]),
        (RECORDS[line][0], (2, 1), RECORDS[line][1]),
    ]


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_a_span_that_is_none_is_named(span: tuple[object, ...]) -> None:
    text = row(label=[span])
    parsed = Spans(format="doccano").parse(text.encode())
    place = 1, text.index("[[") + 2
    assert said(parsed) == [("broken-annotation", place, f"the annotation {SPANS[span]}")]


def test_the_text_that_a_tool_says_is_compared_with_the_one_that_stands_there() -> None:
    span = {"start": 0, "end": 3, "label": "PER", "text": "Bo."}
    parsed = Spans().parse(row(label=[span]).encode())
    assert said(parsed)[0][2] == "the annotation PER 0-3, which says 'Bo.', and 'Ada' stands there"


ARRAYS = {
    "{}": "no JSON list, for it begins with '{'",
    "[nonsense]": "no JSON (Expecting value at line 1, column 2), and nothing behind it is read",
    '[["a", {"entities": []}]': "a JSON document that does not end",
    '[["a", {"entities": []}] ["b", 1]]': "'[\"b\", 1]]' where the list should go on or end, and nothing behind it is read",
    '[["a", {"entities": []}]] x': "'x' behind the end of the list, and nothing behind it is read",
    "[7]": "what is no pair of a text and its annotations",
    '[["a", {}]]': "annotations without 'entities': nothing",
}


@pytest.mark.parametrize("text", ARRAYS)
def test_an_array_that_is_none_is_named_at_the_place_where_it_breaks(text: str) -> None:
    parsed = Spans(format="spacy-train-data").parse(text.encode())
    assert [words for code, _, words in said(parsed) if code == "broken-record"] == [ARRAYS[text]]


def test_an_array_says_line_and_column_of_each_record() -> None:
    text = (
        '[\n  ["a", {"entities": [[0, 9, "X"]]}],\n  ["🚀", {"entities": []}], ["b", {"entities": [[5, 9, "X"]]}]\n]\n'
    )
    parsed = Spans(format="spacy-train-data").parse(text.encode())
    assert [place for _, place, _ in said(parsed)] == [(2, 23), (3, 48)]


PUBTATOR = {
    "1\t0\t3\tAda\tX": "no title above",
    "1|t|Ada\n1\tx": "the line '1\\tx' in a document of PubTator",
    "1|t|Ada\n2\t0\t3\tAda\tX": "the line '2\\t0\\t3\\tAda\\tX' in the document '1'",
    "1|t|Ada\n1\t0\t3\tBob\tX": "the annotation X 0-3, which says 'Bob', and 'Ada' stands there",
}


@pytest.mark.parametrize("text", PUBTATOR)
def test_what_is_no_pubtator_is_named(text: str) -> None:
    assert any(PUBTATOR[text] in words for _, _, words in said(Spans(format="pubtator").parse(text.encode())))


HEAD = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.NamedEntity|value\n\n\n"
WEBANNO = {
    "#Text=Ada\n1-1\t0-3\tBob\t_\t\n": "the token 'Bob', and 'Ada' stands at its place in #Text",
    "#Text=Ada\nx\ty\n": "'x\\ty', which is no token of WebAnno TSV",
    "1-1\t0-3\tAda\t_\t\n": "tokens without a line #Text= above them",
    "#Text=Ada Bo\n1-1\t0-3\tAda\tA[1]\t\n1-2\t4-6\tBo\tB[1]\t\n": "the annotation A 0-6, which is A on one token and B on another",
    "#Text=Ada\n1-1\t0-3\tAda\t*\t\n": "the annotation None 0-3, which has no label",
}


@pytest.mark.parametrize("text", WEBANNO)
def test_what_is_no_webanno_is_named(text: str) -> None:
    assert WEBANNO[text] in [words for _, _, words in said(Spans(format="webanno").parse((HEAD + text).encode()))]


def test_a_layer_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(
        SourceError, match=r"there is no layer 'x', among custom\.NamedEntity, custom\.NamedEntity\|value"
    ):
        Spans(format="webanno", layer="x").parse(f"{HEAD}#Text=a\n1-1\t0-1\ta\t_\t\n".encode())


def test_two_layers_of_which_none_is_of_named_entities_must_be_declared() -> None:
    text = "#FORMAT=WebAnno TSV 3.3\n#T_SP=a.X|v\n#T_SP=a.Y|v\n\n#Text=a\n1-1\t0-1\ta\t_\t_\t\n"
    with pytest.raises(SourceError, match="it is not clear which layer has the entities"):
        Spans(format="webanno").parse(text.encode())


def test_tokens_that_overlap_or_leave_their_text_are_named() -> None:
    for tokens in ([(0, 2), (1, 3)], [(0, 99)], [(2, 2)], [(4, 7), (0, 3)]):
        spelled = [{"start": begin, "end": stop} for begin, stop in tokens]
        line = json.dumps({"text": "Ada saw", "tokens": spelled, "spans": []})
        found = said(Spans(format="prodigy").parse(line.encode()))
        assert "tokens that are empty, overlap, or are not in their text" in [words for _, _, words in found]


def test_a_record_without_its_tokens_is_named() -> None:
    found = said(Spans(format="prodigy").parse(b'{"text": "a", "spans": []}'))
    assert "a record without tokens of its own" in [words for _, _, words in found]


def test_half_of_a_character_is_a_fault_and_moves_nothing() -> None:
    parsed = Spans().parse(b'{"text": "\\ud83d Ada", "label": [[2, 5, "PER"]]}')
    assert [code for code, *_ in parsed.faults.rows()] == ["bad-encoding"]
    assert parsed.tokens.to_pylist() == [["\ufffd", "Ada"]]


OPTIONS = {
    "format": "x",
    "units": "x",
    "sentences": "x",
    "container": "x",
    "tokens": "(",
}


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_that_makes_no_sense_is_refused(option: str) -> None:
    with pytest.raises(UsageError, match=f"{option}="):
        Spans(**{option: OPTIONS[option]})


def test_options_that_a_format_cannot_have_are_refused() -> None:
    with pytest.raises(UsageError, match="gliner counts in codepoints, not in utf16"):
        Spans(format="gliner", units="utf16")
    with pytest.raises(UsageError, match="pubtator is no JSON"):
        Spans(format="pubtator", container="lines")
    with pytest.raises(UsageError, match="sentence_id='id', and sentences are no records"):
        Spans(sentence_id="id", sentences="lines")
    with pytest.raises(UsageError, match="matches nothing at all"):
        Spans(tokens=r"\w*")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 30)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "a b", "é 🚀 x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "text",
                    "label",
                    "labels",
                    "entities",
                    "spans",
                    "tokens",
                    "start",
                    "end",
                    "data",
                    "annotations",
                    "result",
                    "value",
                    "type",
                    "answer",
                    "ner",
                    "tokenized_text",
                    "start_offset",
                    "end_offset",
                    "token_start",
                    "token_end",
                    "completed_by",
                    "relations",
                    "predictions",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(
    JSON,
    st.sampled_from(sorted(name for name, row in FORMATS.items() if row.read)),
    st.sampled_from(["lines", "array", "columns", "whole"]),
)
@settings(max_examples=200, deadline=None)
def test_no_value_of_json_stops_the_reader(value: object, name: str, container: str) -> None:
    data = {"array": json.dumps([value]), "columns": json.dumps({"text": [value]})}.get(container, json.dumps(value))
    parsed = Spans(format=name, container=container).parse(data.encode())
    parsed.tokens.validate(full=True)
    assert len(parsed) >= 1 or FORMATS[name].several  # a document without passages has no record
    assert parsed.account.bytes == len(data)


@given(
    st.binary() | st.text("ab|t\t01#-_[]*\n\\. =Text<>/&;", max_size=200).map(str.encode),
    st.sampled_from(sorted(name for name, row in FORMATS.items() if row.load is row.join is None)),
)
@example(b",", "rows")
@settings(max_examples=150, deadline=None)
def test_no_bytes_stop_the_reader(data: bytes, name: str) -> None:
    """But a first row that gives two columns one name: then nobody knows which cell is meant."""
    head = (HEAD + "#Text=").encode() if name == "webanno" else b""
    columns = names(texts.decode(data, "utf-8"), "csv") if name == "rows" else ()
    if len(set(columns)) < len(columns):
        with pytest.raises(SourceError, match="two columns are called"):
            Spans(format=name).parse(data)
        return
    parsed = Spans(format=name).parse(head + data)
    parsed.tokens.validate(full=True)
    assert parsed.account.lines == (head + data).count(b"\n") + (
        not (head + data).endswith(b"\n") and bool(data or head)
    )


HALF = "\ud800"
STRANGE = {
    # format: (what a record has besides, what is said of it)
    "an answer that is a list": ("prodigy", {"text": "a", "tokens": [], "answer": []}, "the answer '[]', which is none of"),
    "a long answer": ("prodigy", {"text": "a", "answer": "b" * 9_000}, "(9,000 characters), which is none of"),
    "fields with half a character": ("doccano", {HALF: 1}, "a record without a list of spans: '\\ud800'"),
    "many fields": ("doccano", {f"f{i}": 1 for i in range(5_000)}, "f8, f9 and 4,990 more"),
    "no tokens, and a long field": ("gliner", {"f" * 9_000: 1}, f"a record without a list of tokens: {'f' * 80}..."),
    "tokens that are texts": ("gliner", {"tokenized_text": ["a"], "ner": [[HALF, "b" * 9_000, "X"]]}, "points at the tokens '\\ud800' to 'bbb"),
    "a label with half a character": ("doccano", {"text": "a", "label": [[0, 1, HALF]]}, "which has half a character in its label"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRANGE)
def test_what_a_fuzzer_found_is_named_in_a_short_message(name: str) -> None:
    format_, value, words = STRANGE[name]
    parsed = Spans(format=format_, container="lines").parse(json.dumps(value).encode())
    (found,) = (one for code, _, one in said(parsed) if code in {"broken-record", "broken-annotation"})
    assert words in found
    assert len(found) < 1_000
    assert found.encode()


def test_a_result_of_label_studio_whose_type_is_a_list_is_another_result() -> None:
    results = [{"type": [1], "value": {}}, {"type": "labels", "value": {"start": 0, "end": 1, "labels": ["X"]}}]
    task = [{"data": {"text": "a"}, "annotations": [{"result": results}]}]
    parsed = Spans(format="label-studio").parse(json.dumps(task).encode())
    assert (dict(parsed.aside), parsed.faults.rows()) == ({"other results": 1}, [])


def test_ids_with_half_a_character_are_shown() -> None:
    rows = [{"id": HALF, "text": "a\nb", "label": []}]
    data = "".join(f"{json.dumps(one)}\n" for one in rows).encode()
    parsed = Spans(format="doccano", sentence_id="id").parse(data)
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["\\ud800"]
    assert Spans(format="doccano", sentences="lines").parse(data).documents == ("\\ud800",)


@pytest.mark.parametrize("depth", range(900, 1000, 3))
def test_what_is_read_can_be_shown_however_deep_it_is(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    for format_, record in (
        ("doccano", f'{{"text": "a", "label": [[0, 1, {deep}], {deep}]}}'),
        ("prodigy", f'{{"text": "a", "answer": {deep}}}'),
        ("prodigy", f'{{"text": "a", "spans": [{deep}]}}'),
        ("label-studio-min", f'{{"text": "a", "annotator": {deep}, "label": [{deep}]}}'),
    ):
        parsed = Spans(format=format_, container="lines", annotator="me").parse(record.encode())
        assert len(parsed.faults) > 0
