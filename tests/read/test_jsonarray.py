import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.values import sentences
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
    f"[{GOOD}": (1, (1, 35, "a JSON list that does not end")),
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


def test_it_is_deep() -> None:
    parsed = JsonArray().parse(b"[" * 100_000)
    assert [text for _, _, text in told(parsed)] == ["too many brackets in brackets, and nothing behind it is read"]
