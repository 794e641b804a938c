import csv
import io
import pickle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read import reference
from read.strategies import dirty, sources
from read.values import fault_lines, sentences
from tagpress.errors import UsageError
from tagpress.read.columns import Columns
from tagpress.read.scanner import scan

CSV = Columns(delimiter=",", quote='"')
MARKED = Columns(sentence_start="<s>", sentence_end="</s>")

CASES = {
    # name: (dialect, source, sentences as "token/tag ...", faults as (code, at, sentence, detail))
    "blank lines": (Columns(), "a\tO\nb\tB-X\n\nc\tO\n", ["a/O b/B-X", "c/O"], []),
    "many blank lines": (Columns(), "\n\na\tO\n\n\n\nc\tO\n\n", ["a/O", "c/O"], []),
    "no last line end": (Columns(), "a\tO\n\nb\tO", ["a/O", "b/O"], []),
    "nothing": (Columns(), "", [], []),
    "a line end": (Columns(), "\n", [], []),
    "CRLF": (Columns(), "a\tO\r\n\r\nb\tO\r\n", ["a/O", "b/O"], []),
    "a lone CR is data": (Columns(), "a\rb\tO\n\r\tO\n", ["a\rb/O \r/O"], []),
    "a last CR is data": (Columns(), "a\tO\r", ["a/O\r"], []),
    "byte order mark": (Columns(), "\ufeffa\tO\n\ufeffb\tO\n", ["a/O \ufeffb/O"], []),
    "a space is a token": (Columns(), " \tO\n", [" /O"], []),
    "only LF ends lines": (Columns(), "\u2028\tO\n\x85\tO\n\x0b\tO\n\u00a0\tO\n", ["\u2028/O \x85/O \x0b/O \u00a0/O"], []),
    "ragged line": (Columns(), "a\tO\nb\nc\tO\tX\n", ["a/O"], [("ragged-line", 4, 0, 1), ("ragged-line", 6, 0, 3)]),
    "only ragged": (Columns(), "\nb\n\n", [""], [("ragged-line", 1, 0, 1), ("empty-sentence", 1, 0, 0)]),
    "empty token": (Columns(), "a\tO\n\tO\n", ["a/O /O"], [("empty-token", 4, 0, 1)]),
    "empty tag": (Columns(), "a\t\n", ["a/"], []),
    "delimiters are no blank": (Columns(), "a\tO\n\t\n", ["a/O /"], [("empty-token", 4, 0, 1)]),
    "delimiters as blank": (Columns(blank="delimiters"), "a\tO\n\t\nb\tO\n \nc\tO", ["a/O", "b/O c/O"], [("ragged-line", 10, 1, 1)]),
    "whitespace as blank": (Columns(blank="whitespace"), "a\tO\n\t \nb\tO\n \nc\tO", ["a/O", "b/O", "c/O"], []),
    "runs of whitespace": (Columns(delimiter=None), "a  O\n \t\n\tb \t O \n\u00a0 O\n", ["a/O", "b/O \u00a0/O"], []),
    "several characters": (Columns(delimiter=" ||| "), "a ||| O\nb || ||| O\n", ["a/O b ||/O"], []),
    "overlapping delimiters": (Columns(delimiter="||"), "a|||O\n", ["a/|O"], []),
    "delimiter beyond ASCII": (Columns(delimiter="│"), "a│O\né│O\n", ["a/O é/O"], []),
    "tag first": (Columns(token=1, tag=0), "O\ta\nB-X\tb\n", ["a/O b/B-X"], []),
    "from the end": (Columns(tag=-1, width=(2, 4)), "a\tx\ty\tO\nb\tO\nc\n", ["a/O b/O"], [("ragged-line", 12, 0, 1)]),
    "header": (Columns(header=True), "word\ttag\na\tO\n", ["a/O"], []),
    "comments between": (Columns(comment="#"), "# x\na\tO\n#b\tO\n\n# y\nc\tO\n", ["a/O #b/O", "c/O"], []),
    "a comment like a token": (
        Columns(comment="#"), "# x\n#a\tB-X\nb\tO\n\n#c\tno tag\n#d\tO\tX\n#\tO\n",
        ["#a/B-X b/O", "#/O"], [("ambiguous-comment", 4, 0, 8), ("ambiguous-comment", 33, 1, 8)],
    ),
    "an id like a token": (
        Columns(sentence_id="#"), "#1\na\tO\n\n#b\tI\n", ["a/O", "#b/I"], [("ambiguous-comment", 8, 1, 7)],
    ),
    "a document like a token": (
        Columns(document="-DOCSTART-", blank="delimiters"), "-DOCSTART-\tO\n\na\tO\n-DOCSTART-ish\tO\n-DOCSTART-\n",
        ["a/O -DOCSTART-ish/O"], [("ambiguous-comment", 18, 0, 5)],
    ),
    "a name like a token": (
        Columns(document_name="#", delimiter=None, width=(2, 3), tag=-1), "# doc a\n#b x O\n",
        ["#b/O"], [("ambiguous-comment", 8, 0, 6)],
    ),
    "what begins like a comment is a token": (
        Columns(comment="#", ambiguous="token"), "# x\n#a\tO\n\n#b\tO\tX\n", ["#a/O"], [],
    ),
    "what begins like a comment is one": (Columns(comment="#", ambiguous="comment"), "# x\n#a\tO\nb\tO\n", ["b/O"], []),
    "any text is a tag in IO": (
        Columns(comment="#", scheme="IO", delimiter=" "), "#a PER\n\n# \n", ["#a/PER"], [("ambiguous-comment", 0, 0, 8)],
    ),
    "a start marker alone": (
        Columns(sentence_start="--", comment="#"), "--\na\tO\n#b\tO\n# c\n", ["a/O #b/O"], [("ambiguous-comment", 7, 0, 8)],
    ),
    "CSV": (
        CSV, 'a,O\n"b",B-X\n"c,d",O\n"e""f","I-X"\n"""",O\n g"h,O\n\n"#",O\n', ['a/O b/B-X c,d/O e"f/I-X "/O  g"h/O', "#/O"], [],
    ),
    "a broken quote": (
        CSV, 'a,O\n"b,O\nc",O\n"d"e,O\n"f"g",O\n",O\nh,"\n',
        ['a/O c"/O'], [("broken-quote", 4, 0, 1), ("broken-quote", 14, 0, 2), ("broken-quote", 21, 0, 1), ("broken-quote", 29, 0, 1), ("broken-quote", 33, 0, 2)],
    ),
    "a quoted nothing": (CSV, '"",O\n', ["/O"], [("empty-token", 1, 0, 0)]),
    "quotes around nothing else": (CSV, '"a","O","z"\n"b,c"\n', [""], [
        ("ragged-line", 0, 0, 3), ("empty-sentence", 0, 0, 0), ("ragged-line", 12, 0, 1),
    ]),
    "a quoted comment is a token": (Columns(delimiter=",", quote="'", comment="#"), "#a\n'#b',O\n#c,'I-X'\n", ["#b/O #c/I-X"], []),
    "a comment with quotes": (
        Columns(delimiter=",", quote="'", comment="#"), "#it's, 'x\n#a,'O'\n", ["#a/O"], [("ambiguous-comment", 10, 0, 8)],
    ),
    "no quote is a quote by itself": (Columns(delimiter=","), '"a",O\n"b,O\n', ['"a"/O "b/O'], []),
    "markers": (MARKED, "<s>\na\tO\n</s>\n\n<s>\nb\tO\n</s>", ["a/O", "b/O"], []),
    "empty sentence": (MARKED, "<s>\n</s>\n", [""], [("empty-sentence", 0, 0, 0)]),
    "blank line inside": (MARKED, "<s>\na\tO\n\nb\tO\n</s>\n", ["a/O b/O"], [("ragged-line", 8, 0, 0)]),
    "marker with a space": (MARKED, "<s>\na\tO\n</s> \n</s>", ["a/O"], [("ragged-line", 8, 0, 1)]),
    "stray lines": (
        MARKED, "a\tO\nb\tO\n<s>\nc\tO\n</s>\nd\tO\n\ne\tO\n",
        ["a/O b/O", "c/O", "d/O", "e/O"], [("stray-line", 0, 0, 2), ("stray-line", 21, 2, 1), ("stray-line", 26, 3, 1)],
    ),
    "lone end": (MARKED, "</s>\n<s>\na\tO\n</s>\n</s>\n", ["a/O"], [("stray-line", 0, -1, 1), ("stray-line", 18, -1, 1)]),
    "stray lines with an end": (MARKED, "a\tO\n</s>\n", ["a/O"], [("stray-line", 0, 0, 1)]),
    "nested": (MARKED, "<s>\na\tO\n<s>\nb\tO\n</s>\n", ["a/O", "b/O"], [("nested-sentence", 8, 0, 0)]),
    "unclosed": (MARKED, "<s>\na\tO\nb", ["a/O"], [("unclosed-sentence", 0, 0, 2), ("ragged-line", 8, 0, 1)]),
    "unclosed at a document": (
        Columns(sentence_start="<s>", sentence_end="</s>", document="#doc"), "<s>\na\tO\n#doc\nb\tO\n",
        ["a/O", "b/O"], [("unclosed-sentence", 0, 0, 1), ("stray-line", 13, 1, 1)],
    ),
    "start marker only": (Columns(sentence_start="--"), "--\na\tO\n--\nb\tO\n", ["a/O", "b/O"], []),
    "end marker only": (Columns(sentence_end="EOS"), "a\tO\nEOS\nb\tO\nEOS\nEOS\n", ["a/O", "b/O"], [("stray-line", 16, -1, 1)]),
    "end marker missing": (Columns(sentence_end="EOS"), "a\tO\nEOS\nb\tO\n", ["a/O", "b/O"], [("unclosed-sentence", 8, 1, 1)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    dialect, source, expected, faults = CASES[name]
    parsed = dialect.parse(source.encode())
    spelled = [" ".join(f"{token}/{tag}" for token, tag in zip(*pair, strict=True)) for pair in sentences(parsed)]
    assert spelled == expected
    assert parsed.faults.rows() == faults


@settings(max_examples=300)
@given(sources)
def test_markers_equal_reference(data: bytes) -> None:
    expected, faults = reference.by_markers(data)
    parsed = MARKED.parse(data)
    assert (sentences(parsed), fault_lines(parsed)) == (expected, sorted(faults))


OPTIONS = [
    ({}, {}),
    ({"delimiter": None}, {}),
    ({"blank": "delimiters"}, {"rule": "delimiters"}),
    ({"blank": "whitespace"}, {"rule": "whitespace"}),
    ({"comment": "#"}, {}),
    ({"document": "-DOCSTART-", "comment": "#"}, {}),
    ({"token": 2, "tag": 0, "width": 3, "delimiter": " "}, {}),
]


@settings(max_examples=300)
@given(sources)
def test_blank_lines_equal_reference(data: bytes) -> None:
    for options, renamed in OPTIONS:
        given_ = {name: value for name, value in options.items() if name != "blank"} | renamed
        expected, faults = reference.by_blank_lines(data, **given_)
        parsed = Columns(**options).parse(data)
        assert (sentences(parsed), fault_lines(parsed)) == (expected, sorted(faults))


@settings(max_examples=300)
@given(dirty)
def test_no_bytes_lose_a_line(data: bytes) -> None:
    for dialect in (MARKED, Columns(), Columns(delimiter=None)):
        parsed = dialect.parse(data)
        ragged = sum(code == "ragged-line" for code, *_ in parsed.faults.rows())
        rows = [line for line in parsed.data[parsed.text_at :].split(b"\n") if b"\t" in line]
        assert len(parsed.tags) + ragged + sum(not line.strip() for line in rows) >= len(rows)
        parsed.tokens.validate(full=True)


cells = st.lists(st.sampled_from([",", '"', '""', "a", "é", " ", "\t", "\x00"]), max_size=4).map("".join)


@settings(max_examples=300)
@given(st.lists(st.tuples(cells, cells), min_size=1), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_what_the_csv_module_writes_is_read(rows: list[tuple[str, str]], quoting: Any) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, quoting=quoting, lineterminator="\n").writerows(rows)
    parsed = Columns(delimiter=",", quote='"', extra={"same": 0}).parse(f"\ufeff{file.getvalue()}".encode())
    expected = ([token for token, _ in rows], [tag for _, tag in rows])
    assert sentences(parsed) == [expected]
    assert parsed.extra["same"].to_pylist() == [expected[0]]
    assert {code for code, *_ in parsed.faults.rows()} <= {"empty-token"}


tokens = st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"]))
tags = st.sampled_from(["O", "B-X", "I-X", "B-a-very-long-type", "B-Ünïcode", ""])
corpora = st.lists(st.lists(st.tuples(tokens, tags), min_size=1))


@settings(max_examples=200)
@given(corpora, st.sampled_from(["\n", "\r\n"]))
def test_what_is_written_is_read(corpus: list[list[tuple[str, str]]], end: str) -> None:
    rows = ["".join(f"{token}\t{tag}{end}" for token, tag in sentence) for sentence in corpus]
    expected = [([token for token, _ in sentence], [tag for _, tag in sentence]) for sentence in corpus]
    marked = "".join(f"<s>{end}{row}</s>{end}" for row in rows)
    # An empty line first: a token that begins with U+FEFF must not begin the file.
    blank = end + end.join(rows)
    assert sentences(MARKED.parse(marked.encode())) == expected
    assert sentences(Columns().parse(blank.encode())) == expected


@given(st.binary())
def test_any_bytes_are_read(data: bytes) -> None:
    for dialect in (MARKED, Columns(), Columns(delimiter=None, encoding="utf-16"), Columns(encoding="cp1252")):
        parsed = dialect.parse(data)
        parsed.tokens.validate(full=True)
        assert parsed.lines == parsed.data.count(b"\n")


def test_a_piece_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "_LIMIT", 3)
    with pytest.raises(UsageError, match="a piece of 4 bytes is too large"):
        Columns().parse(b"a\tO\n")


def test_extra_columns_and_ids() -> None:
    dialect = Columns(tag=3, extra={"pos": 1, "chunk": 2}, sentence_id="# id = ", comment="#")
    parsed = dialect.parse(b"# id = s1\tmore\na\tNN\tx\tO\nbad\nb\tVB\ty\tO\n\n# text\nc\tNN\tz\tO\n")
    assert parsed.extra["pos"].to_pylist() == [["NN", "VB"], ["NN"]]
    assert parsed.extra["chunk"].to_pylist() == [["x", "y"], ["z"]]
    assert parsed.sentence_ids.to_pylist() == ["s1", ""]


def test_documents() -> None:
    dialect = Columns(document="-DOCSTART-", document_name="# doc = ")
    parsed = dialect.parse(
        b"a\tO\n\n# doc = x \nb\tO\n\nc\tO\n\n-DOCSTART-\tO\n\nd\tO\n\n-DOCSTART-\n# doc = x\ne\tO\n"
    )
    names = [parsed.documents[i] for i in parsed.document]
    assert names[:3] + names[4:] == ["", "x", "x", "x"]
    assert len(names[3]) == 16


def test_a_document_without_a_name_keeps_its_name_when_others_come() -> None:
    dialect = Columns(document="-DOCSTART-")
    one = dialect.parse(b"-DOCSTART-\n\na\tO\n\nb\tO\n")
    two = dialect.parse(b"-DOCSTART-\n\nz\tO\n\n-DOCSTART-\n\na\tB-X\n\nb\tO\n\n")
    assert one.documents == two.documents[1:]
    assert dialect.parse(b"-DOCSTART-\n\nab\tO\n").documents != dialect.parse(b"-DOCSTART-\n\na\tO\nb\tO\n").documents


def test_places() -> None:
    parsed = Columns().parse("\ufeffé\tO\r\nbad\r\n".encode())
    assert parsed.locate(int(parsed.tag_at[0])) == (1, 3)
    assert parsed.locate(parsed.faults.rows()[0][1]) == (2, 1)
    assert parsed.line_text(0) == parsed.line_text(5) == "é\tO"
    assert parsed.line_text(9) == "bad"
    assert parsed.sentence_text(0) == "é\tO\r\nbad\r\n"


def test_many_distinct_tags() -> None:
    tags = [f"tag-{i:x}" * (1 + i % 3) for i in range(5000)]
    parsed = Columns().parse("".join(f"a\t{tag}\n" for tag in tags + tags).encode())
    assert list(parsed.tag_names) == tags
    assert parsed.tags.tolist() == [*range(5000), *range(5000)]


def test_tags_of_every_length() -> None:
    tags = ["x" * i + "y" * j for i in range(26) for j in range(2) if i + j]
    distinct = list(dict.fromkeys(tags))
    parsed = Columns().parse("".join(f"a\t{tag}\n" for tag in tags).encode())
    assert [parsed.tag_names[tag] for tag in parsed.tags] == tags
    assert list(parsed.tag_names) == distinct


BAD_OPTIONS = {
    "encoding='utf-9' is not an encoding that Python knows": {"encoding": "utf-9"},
    "encoding='hex' is not an encoding that Python knows": {"encoding": "hex"},
    "delimiter='' cannot be found in a line": {"delimiter": ""},
    "comment='#\\n' cannot be found in a line": {"comment": "#\n"},
    "sentence_start and sentence_end are both '--'": {"sentence_start": "--", "sentence_end": "--"},
    "blank='none' is unknown": {"blank": "none"},
    "quote='\"\"' is not one ASCII character": {"quote": '""'},
    "quote='«' is not one ASCII character": {"quote": "«"},
    "quote='|' and delimiter='||' do not go together": {"quote": "|", "delimiter": "||"},
    "quote='\"' and delimiter=None do not go together": {"quote": '"', "delimiter": None},
    "ambiguous='row' is unknown": {"ambiguous": "row"},
    "columns are counted from the end (token=0, tag=-1) and width is not given": {"tag": -1},
    "width=(4, 2) is no number of columns": {"width": (4, 2)},
    "width=0 is no number of columns": {"width": 0},
    "a line may have only 2 columns, which leaves tag=3 outside": {"tag": 3, "width": (2, 4)},
    "token and tag are the same column (token=1, tag=1)": {"token": 1},
    "token and tag are the same column (token=1, tag=-1)": {"token": 1, "tag": -1, "width": 2},
}


@pytest.mark.parametrize("message", BAD_OPTIONS)
def test_bad_option(message: str) -> None:
    with pytest.raises(UsageError) as caught:
        Columns(**BAD_OPTIONS[message])
    assert caught.value.message == message
    assert caught.value.hint


def test_a_dialect_is_a_value() -> None:
    dialect = Columns(extra={"b": 2, "a": 3}, width=4, encoding="UTF8")
    assert pickle.loads(pickle.dumps(dialect)) == dialect == Columns(extra={"a": 3, "b": 2}, width=4)
    assert hash(dialect) == hash(Columns(extra=(("a", 3), ("b", 2)), width=4))


def test_what_lines_between_sentences_say_behind_a_tab_is_counted():
    dialect = Columns(sentence_id="## ", document_name="#doc ")
    text = "## made by\tus\n#doc d1\t[2010]\n## s1\ta b\na\tO\n\n## s2\nb\tO\n\n#doc d2\nc\tO\n"
    parsed = dialect.parse(text.encode())
    assert parsed.sentence_ids.to_pylist() == ["s1", "s2", ""]
    assert parsed.aside == {
        "ids that no sentence follows": 1,
        "texts behind a sentence's id": 1,
        "texts behind a document's name": 1,
    }


def test_ids_and_names_alone_leave_nothing_aside():
    dialect = Columns(sentence_id="## ", document_name="#doc ")
    assert dialect.parse(b"#doc d1\n## s1\na\tO\n\n## s2\nb\tO\n").aside == {}
