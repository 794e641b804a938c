import csv
import io
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.values import everything, sentences
from tagpress.errors import UsageError
from tagpress.export.columns import ColumnsTarget
from tagpress.read.columns import Columns

SHEET = Columns(token=1, tag=2, delimiter=",", quote='"', header=True, sentence=0)
CASES = {
    # by what it shows: rows, their sentences, and the ids of those
    "in the first row alone": ("1,a,O\n,b,O\n2,c,O\n", [["a", "b"], ["c"]], ["1", "2"]),
    "in each row": ("1,a,O\n1,b,O\n2,c,O\n", [["a", "b"], ["c"]], ["1", "2"]),
    "the same again": ("1,a,O\n2,b,O\n1,c,O\n", [["a"], ["b"], ["c"]], ["1", "2", "1"]),
    "alone and the same again": ("1,a,O\n,b,O\n1,c,O\n", [["a", "b"], ["c"]], ["1", "1"]),
    "none in the first row": (",a,O\n,b,O\n2,c,O\n", [["a", "b"], ["c"]], ["", "2"]),
    "blank lines too": ("1,a,O\n\n,b,O\n2,c,O\n\n\n", [["a"], ["b"], ["c"]], ["1", "", "2"]),
    "quoted": ('"x,""1""",a,O\n"x,""1""",b,O\n2,c,O\n', [["a", "b"], ["c"]], ['x,"1"', "2"]),
    "CRLF": ("1,a,O\r\n,b,O\r\n2,c,O", [["a", "b"], ["c"]], ["1", "2"]),
    "nothing": ("", [], []),
}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    rows, expected, ids = CASES[name]
    parsed = SHEET.parse(f"sentence,word,tag\n{rows}".encode())
    assert parsed.tokens.to_pylist() == expected
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ids
    assert not len(parsed.faults)


def test_a_fault_belongs_to_the_sentence_above_it() -> None:
    parsed = SHEET.parse(b"s,w,t\n1,a,O\n2,b,O\n,c\n3,d,O\n,,O\n")
    assert [(code, parsed.locate(at), row) for code, at, row, _ in parsed.faults.rows()] == [
        ("ragged-line", (4, 1), 1),
        ("empty-token", (6, 2), 2),
    ]
    assert [parsed.sentence_text(i) for i in range(3)] == ["1,a,O\n", "2,b,O\n,c\n", "3,d,O\n,,O\n"]


cells = st.sampled_from(["1", "2", "", "", "x,", '"', "é"])
rows = st.lists(st.tuples(cells, cells.filter(bool), st.sampled_from(["O", "B-X"])))


@settings(max_examples=200)
@given(rows)
def test_it_equals_a_plain_loop(rows: list[tuple[str, str, str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\n").writerows([("s", "w", "t"), *rows])
    number, last, expected = 0, "", []
    for cell, word, tag in csv.reader(io.StringIO(file.getvalue()[len("s,w,t\n") :])):
        number += bool(cell) and cell != last
        last = cell
        expected.append((number, word, tag))
    groups = [list(group) for _, group in groupby(expected, key=lambda row: row[0])]
    assert sentences(SHEET.parse(file.getvalue().encode())) == [
        ([word for _, word, _ in group], [tag for _, _, tag in group]) for group in groups
    ]


lines = st.lists(
    st.sampled_from(["1,a,O\n", ",b,O\n", "2,c,O\r\n", "\n", ",,\n", "2,d\n", '"1",e,O\n', '"1,f,O\n', "é,\xff,O\n"])
)


@settings(max_examples=300)
@given(lines, st.integers(1, 12), st.integers(1, 30), st.sampled_from(["utf-8", "latin-1"]))
def test_parts_read_like_the_whole(drawn: list[str], step: int, length: int, encoding: str) -> None:
    data = "".join(["s,w,t\n", *drawn]).encode("latin-1")
    dialect = Columns(
        token=1, tag=2, delimiter=",", quote='"', header=True, sentence=0, encoding=encoding, blank="delimiters"
    )
    parts, start = [], 0
    while (cut := dialect.boundary(data, start + step)) != len(data):
        parts.append((start, dialect.parse(data[start:cut], start)))
        start = cut
    parts.append((start, dialect.parse(data[start:], start)))
    assert everything(parts) == everything([(0, dialect.parse(data))])
    window = data[step - 1 : step - 1 + length]
    seen = dialect.boundary(window, 1)
    assert seen == len(window) or step - 1 + seen == dialect.boundary(data, step)


def test_a_sheet_is_cut_where_it_was_wanted() -> None:
    data = b"s,w,t\n" + b"".join(b"%d,a,O\n,b,O\n" % i for i in range(100, 200))
    assert SHEET.boundary(data, 600) == 617  # the row that is cut by 600 says nothing of the next
    assert Columns(token=1, tag=2, sentence=0, encoding="utf-16").boundary(data, 600) is None


BAD: dict[str, dict[str, Any]] = {
    "sentence=0 and comment='#' do not go together": {"token": 1, "tag": 2, "sentence": 0, "comment": "#"},
    "sentence=1 is the column of the token or the tag": {"sentence": 1},
    "a line may have only 2 columns, which leaves sentence=2 outside": {"sentence": 2, "width": 2},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_option(message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Columns(**BAD[message])
    assert caught.value.message == message


def test_it_is_not_written() -> None:
    with pytest.raises(UsageError, match="sentence=0 cannot be written"):
        ColumnsTarget(dialect=SHEET)
