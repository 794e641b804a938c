import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.values import sentences
from tagpress.errors import UsageError
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.parsed import Parsed

words = st.lists(st.text(), max_size=4)
rows = st.lists(
    st.fixed_dictionaries({"tokens": words, "ner_tags": words, "id": st.text(), "doc": st.integers()}) | st.integers()
)


@settings(max_examples=200)
@given(rows, st.sampled_from([None, 1]))
def test_a_list_is_read_like_its_lines(rows: list[Any], indent: int | None) -> None:
    options: dict[str, Any] = {"sentence_id": "id", "document": "doc"}
    listed = JsonArray(**options).parse(json.dumps(rows, indent=indent).encode())
    lined = JsonLines(**options).parse("".join(f"{json.dumps(row)}\n" for row in rows).encode())
    assert sentences(listed) == sentences(lined)
    assert [(code, row) for code, _, row, _ in listed.faults.rows()] == [
        (code, row) for code, _, row, _ in lined.faults.rows()
    ]
    for name in ("sentence_ids", "documents", "unread"):
        assert getattr(listed, name) == getattr(lined, name)


GOOD = '{"tokens": ["é"], "ner_tags": [1]}'
REST = "and nothing behind it is read"
CASES = {
    # by the text: how many are read, and where it is no list and why
    "": (0, None),
    " \n": (0, None),
    "[]": (0, None),
    f" [{GOOD}\n, {GOOD}\n]\n": (2, None),
    f"[{GOOD},\n {GOOD[:-1]}\n]": (1, (2, 2, f"no JSON (Expecting ',' delimiter at line 3, column 1), {REST}")),
    f"[{GOOD}\n{GOOD}]": (1, (2, 1, f"{GOOD[:20]!r} where the list should go on or end, {REST}")),
    f"[{GOOD},]": (1, None),
    f"[{GOOD}, ": (1, (1, 37, f"no JSON (Expecting value at line 1, column 38), {REST}")),
    f"[{GOOD}": (1, (1, 35, "a JSON document that does not end")),
    f"[{GOOD}]\n[]": (1, (2, 1, f"'[]' behind the end of the list, {REST}")),
    GOOD: (0, (1, 1, "no JSON list, for it begins with '{'")),
}  # fmt: skip


def told(parsed: Parsed) -> list[tuple[int, int, str]]:
    rows = [row for row in parsed.faults.rows() if row[0] != "empty-sentence"]
    return [(*parsed.locate(at), parsed.annotations[detail]) for code, at, _, detail in rows if code == "broken-record"]


@pytest.mark.parametrize("document", CASES)
def test_case(document: str) -> None:
    read, wrong = CASES[document]
    for data in (document.encode(), b"\xef\xbb\xbf" + document.encode()):
        parsed = JsonArray(names=("O", "B-X")).parse(data)
        assert [row for row in sentences(parsed) if row[0]] == [(["é"], ["B-X"])] * read
        assert told(parsed) == ([wrong] if wrong else [])
        assert {code for code, *_ in parsed.faults.rows()} <= {"broken-record", "empty-sentence"}


@settings(max_examples=200)
@given(st.lists(st.sampled_from(["[", "]", ",", "{}", GOOD, "\n", "\r\n", "x", "é", '"'])).map("".join))
def test_every_byte_is_accounted_for(document: str) -> None:
    data = document.encode()
    account = JsonArray().parse(data).account
    assert (account.lines, account.bytes) == (data.count(b"\n") + bool(data.rpartition(b"\n")[2]), len(data))


@settings(max_examples=200)
@given(rows, st.sampled_from([None, 1]), st.booleans())
def test_a_list_in_an_object_is_read_like_the_list(rows: list[Any], indent: int | None, first: bool) -> None:  # noqa: FBT001 - a case
    members = [("data", rows), ("version", {"a": [1]})]
    document = json.dumps(dict(members if first else members[::-1]), indent=indent)
    found, wanted = JsonArray(inside="data").parse(document.encode()), JsonArray().parse(json.dumps(rows).encode())
    assert sentences(found) == sentences(wanted)
    assert [row[0::2] for row in found.faults.rows()] == [row[0::2] for row in wanted.faults.rows()]
    assert found.account.bytes == len(document)
    assert found.unread == (*wanted.unread, "the list version.a")


@settings(max_examples=200)
@given(st.lists(st.fixed_dictionaries({"tokens": words, "ner_tags": words, "x": st.integers()})))
def test_an_object_of_rows_is_read_like_the_rows_whose_ids_are_its_keys(rows: list[Any]) -> None:
    document = json.dumps({f"k{i}": row for i, row in enumerate(rows)})
    named = json.dumps([{**row, "key": f"k{i}"} for i, row in enumerate(rows)])
    found = JsonArray(keyed=True, sentence_id="key").parse(document.encode())
    wanted = JsonArray(sentence_id="key").parse(named.encode())
    assert sentences(found) == sentences(wanted)
    assert found.sentence_ids == wanted.sentence_ids
    assert [row[0::2] for row in found.faults.rows()] == [row[0::2] for row in wanted.faults.rows()]


def test_what_is_no_object_by_its_key_is_a_broken_record() -> None:
    document = '{"a": {"tokens": ["x"], "ner_tags": ["O"]}, "b": [1]}'
    assert told(JsonArray(keyed=True).parse(document.encode())) == [(1, 50, "the member 'b', which is no object")]


@settings(max_examples=200)
@given(st.lists(st.fixed_dictionaries({"tokens": words, "ner_tags": words, "x": st.integers()})), st.booleans())
def test_columns_are_read_like_rows(rows: list[Any], keyed: bool) -> None:  # noqa: FBT001 - a case
    columns = {name: [row[name] for row in rows] for name in ("x", "tokens", "ner_tags")}
    made = (
        {name: {f"k{i}": cell for i, cell in enumerate(cells)} for name, cells in columns.items()} if keyed else columns
    )
    found, wanted = (
        JsonArray(columns=True).parse(json.dumps(made).encode()),
        JsonArray().parse(json.dumps(rows).encode()),
    )
    assert sentences(found) == sentences(wanted)
    assert found.unread == wanted.unread


STRANGE = {
    # by the document: how many rows, and what is said where
    '{"é": "é", "tokens": [["é"]], "ner_tags": [["O"]]}': (1, [(1, 7, "the member 'é', which is no column")]),
    '{"tokens": [["a"], ["b"]], "ner_tags": [["O"]]}': (1, [(1, 20, "1 column")]),
    '{"tokens": [["a"]], "ner_tags": {"7": ["O"]}}': (0, [(1, 13, ""), (1, 39, "")]),
    '{"tokens": [["a"]], "ner_tags": [["O"]], "version": 3}': (
        1,
        [(1, 53, "the member 'version', which is no column")],
    ),
    '{"tokens": [["a"]], "ner_tags": [["O"], [': (
        1,
        [(1, 41, f"no JSON (Expecting value at line 1, column 42), {REST}")],
    ),
    '{"tokens": [["a"]], "ner_tags": [["O"]]} x': (1, [(1, 42, f"'x' behind the end of the object, {REST}")]),
    '[["a"]]': (0, [(1, 1, "no JSON object, for it begins with '['")]),
    '{"tokens" 5}': (0, [(1, 11, f"'5}}' where a colon belongs, {REST}")]),
    "{5: 5}": (0, [(1, 2, f"'5: 5}}' where the name of a member belongs, {REST}")]),
}


@pytest.mark.parametrize("document", STRANGE)
def test_a_cell_that_is_missing_or_too_much_is_a_problem(document: str) -> None:
    read, wrong = STRANGE[document]
    parsed = JsonArray(columns=True).parse(document.encode())
    assert len([row for row in sentences(parsed) if row[0]]) == read
    codes = {(*parsed.locate(at), row) for code, at, row, _ in parsed.faults.rows() if code != "empty-sentence"}
    assert {place[:2] for place in codes} == {place[:2] for place in wrong}
    assert {words for *_, words in told(parsed)} <= {words for *_, words in wrong}


def test_a_member_that_is_not_there_or_no_list_is_a_broken_record() -> None:
    def said(document: str) -> list[str]:
        return [words for *_, words in told(JsonArray(inside="data").parse(document.encode()))]

    assert said("{}") == ["no member 'data' in the object"]
    assert said('{"data": 5}') == ["no JSON list, for it begins with '5'"]
    assert said('{"a": 1,, "data": []}') == [f"no JSON (Expecting value at line 1, column 9), {REST}"]
    assert said("[]") == ["no JSON object, for it begins with '['"]


def test_two_ways_to_hold_rows_do_not_go_together() -> None:
    with pytest.raises(UsageError, match="columns=True and inside= are ways to hold rows"):
        JsonArray(columns=True, inside="data")
    with pytest.raises(UsageError, match="columns=True and keyed=True are ways to hold rows"):
        JsonArray(columns=True, keyed=True)


def test_it_is_deep() -> None:
    parsed = JsonArray().parse(b"[" * 100_000)
    assert [text for _, _, text in told(parsed)] == ["too many brackets in brackets, and nothing behind it is read"]
