import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.values import sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.csvlists import CsvLists

TEXT = """\ufeff,tokens,ner_tags,pos,doc
0,"['a' 'b'
 'c']","['O' 'B-X' 'O']",X Y Z,d
1,"['a']",O,X,d
2,"[""O'N"", ""\\u00e9\\ud83d\\ude80""]","[1, 9]",X Y,e

3,"['a'],"['O']",X,e
4,"['a']","['O']"
5,"['a', 'b']",['O'],X Y,e
6,[],[],,
"""


def test_rows() -> None:
    dialect = CsvLists(extra=("pos",), words=("pos",), document="doc", names=("O", "B-Y"))
    parsed = dialect.parse(TEXT.encode())
    assert sentences(parsed) == [
        *((["a", "b", "c"], ["O", "B-X", "O"]), ([], []), (["O'N", "é🚀"], ["B-Y", "9"])),
        *(([], []), ([], []), ([], []), ([], [])),
    ]
    faults = [row for row in parsed.faults.rows() if row[0] != "empty-sentence"]
    assert [
        (code, parsed.locate(at), row, parsed.annotations.get(detail, detail)) for code, at, row, detail in faults
    ] == [
        ("broken-record", (4, 11), 1, "no list, it begins with 'O' in column ner_tags"),
        ("broken-quote", (7, 1), 3, 0),
        ("ragged-line", (8, 1), 4, 3),
        ("broken-record", (9, 16), 5, "2 tokens and 1 in column ner_tags"),
    ]
    assert parsed.extra["pos"].to_pylist() == [["X", "Y", "Z"], [], ["X", "Y"], [], [], [], []]
    assert [parsed.documents[i] for i in parsed.document] == ["d", "d", "e", "", "", "e", ""]
    assert [parsed.locate(at) for at in parsed.tag_at[[0, 3]]] == [(3, 8), (5, 39)]
    assert parsed.unread == ("a column without a name",)
    assert parsed.account.kinds == {
        "records": (4, 108), "faulty": (4, 82), "blank": (1, 1), "headers": (1, 25), "marks": (0, 3),
    }  # fmt: skip


tokens = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5)


@settings(max_examples=200)
@given(st.lists(tokens, min_size=1), st.sampled_from([",", "\t", ";", "||"]), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_is_read(rows: list[list[str]], delimiter: str, end: str) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter[0], lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("tokens", "ner_tags", "id"), *((row, ["O"] * len(row), "\n") for row in rows)])
    data = file.getvalue().replace('"|"', '"||"').encode()
    parsed = CsvLists(delimiter=delimiter, sentence_id="id").parse(data)
    assert sentences(parsed) == [(row, ["O"] * len(row)) for row in rows]
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["\n"] * len(rows)
    assert {code for code, *_ in parsed.faults.rows()} <= {"empty-sentence", "empty-token"}


@settings(max_examples=200)
@given(
    st.lists(st.sampled_from(["tokens,ner_tags\n", '"', ",", "\n", "\r\n", "['a']", '"[""a""]"', "é", "\r"])).map(
        "".join
    )
)
def test_every_byte_is_accounted_for(text: str) -> None:
    data = ("tokens,ner_tags\n" + text).encode()
    account = CsvLists().parse(data).account
    assert (account.lines, account.bytes) == (data.count(b"\n") + (not data.endswith(b"\n")), len(data))


def test_a_column_that_is_not_there() -> None:
    with pytest.raises(SourceError, match="there is no column 'ner_tags', only 'tokens', 'tags'"):
        CsvLists().parse(b"tokens,tags\n")


BAD: dict[str, dict[str, Any]] = {
    "tokens and tags are both the column 'x'": {"tokens": "x", "tags": "x"},
    "quote='\"' and delimiter='' do not go together": {"delimiter": ""},
    "quote='||' and delimiter=',' do not go together": {"quote": "||"},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_option(message: str) -> None:
    with pytest.raises(UsageError) as caught:
        CsvLists(**BAD[message])
    assert caught.value.message == message
