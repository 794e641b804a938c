from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from read.values import sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.guess.files import gather, of_one_format
from tagpress.read.pair import pair, unpair
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import parse_piece, pieces
from tagpress.read.sources.apart import expand
from tagpress.read.standoff import Standoff

TEXT = "Éa Barack Obama visited\nNew York-City. ok\n\nbye 😀 Paris\n"


def read(*annotations: str, text: str = TEXT, dialect: Standoff | None = None) -> Parsed:
    return (dialect or Standoff()).parse(pair(text.encode(), "".join(f"{line}\n" for line in annotations).encode()))


def test_tokens_keep_their_places() -> None:
    parsed = read("T1\tPER 3 15\tBarack Obama", "T2\tLOC 49 54\tParis", "R1\tlives Arg1:T1 Arg2:T2", "#1\tNote T1\tx")
    assert sentences(parsed) == [
        (["Éa", "Barack", "Obama", "visited"], ["O", "B-PER", "I-PER", "O"]),
        (["New", "York", "-", "City", ".", "ok"], ["O"] * 6),
        (["bye", "😀", "Paris"], ["O", "O", "B-LOC"]),
    ]
    assert parsed.faults.rows() == []
    assert [parsed.locate(int(at)) for at in parsed.token_at[[1, 12]]] == [(1, 4), (4, 7)]
    assert parsed.sentence_text(2) == "bye 😀 Paris"
    assert parsed.aside == {"relations": 1, "notes": 1}


REFUSED = {
    # annotation: (sentences it is a fault of, text at its place)
    "T1\tX 3 6;8 9\tBar b": [(0, "B")],  # a gap
    "T1\tX 3 15\tBarack  Obama": [(0, "B")],  # another text
    "T1\tX 16 27\tvisited New": [(0, "v"), (1, "v")],  # two sentences
    "T1\tX 54 55\t ": [(-1, "\n")],  # no token
    "T1\tX 490 500\tx": [(-1, "")],  # beyond the end
    "T1\tX 3": [(-1, "É")],  # no annotation at all
}


@pytest.mark.parametrize("annotation", REFUSED)
def test_an_annotation_that_does_not_align(annotation: str) -> None:
    parsed = read("", annotation)
    assert set(parsed.tag_names) == {"O"}
    found = [(row, parsed.data[at:].decode()[:1]) for code, at, row, detail in parsed.faults.rows() if detail == 2]
    assert found == REFUSED[annotation]
    assert {code for code, *_ in parsed.faults.rows()} == {"broken-annotation"}


def test_half_a_token_is_a_span_that_does_not_fit() -> None:
    parsed = read("T1\tX 3 5\tBa", f"T2\tX {'9' * 5000} 5\tBa")
    assert parsed.marks is not None
    assert (parsed.marks.fits.tolist(), parsed.marks.line.tolist(), parsed.marks.sentence.tolist()) == (
        [False],
        [1],
        [0],
    )
    assert [detail for *_, detail in parsed.faults.rows()] == [2]


def test_of_two_that_overlap_the_longer_one_stays() -> None:
    parsed = read("T1\tLOC 24 32\tNew York", "T2\tLOC 24 37\tNew York-City", "T3\tX 33 37\tCity")
    assert sentences(parsed)[1][1] == ["B-LOC", "I-LOC", "I-LOC", "I-LOC", "O", "O"]
    assert parsed.marks is not None
    assert parsed.marks.undisputed.tolist() == [1]


def test_own_patterns() -> None:
    dialect = Standoff(token=r"\S+", between=r"(?<=\.)\s")
    assert [row for row, _ in sentences(read(text="a b. c-d.\ne", dialect=dialect))] == [["a", "b."], ["c-d."], ["e"]]


def test_line_ends_and_marks_of_windows() -> None:
    data = pair("\ufeffa b\r\nc\r\n".encode(), "\ufeffT1\tX 2 3\tb\r\nT2\tY 5 6\tc\r\n".encode())
    parsed = Standoff().parse(data)
    assert sentences(parsed) == [(["a", "b"], ["O", "B-X"]), (["c"], ["B-Y"])]
    assert parsed.locate(int(parsed.token_at[1])) == (1, 3)


def test_bad_bytes() -> None:
    parsed = Standoff().parse(pair(b"a \xff b\nc", b""))
    assert sentences(parsed)[0][0] == ["a", "\\", "xff", "b"]
    assert parsed.faults.rows() == [("bad-encoding", 2, 0, 2)]


def test_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Paris\n")
    (tmp_path / "a.ann").write_text("T1\tLOC 0 5\tParis\n")
    (tmp_path / "b.txt").write_text("London\n")
    first, second = expand(("*.txt",), tmp_path)
    (piece,) = pieces(first, Standoff())
    assert sentences(parse_piece(piece, Standoff())) == [(["Paris"], ["B-LOC"])]
    with pytest.raises(SourceError, match=r"b\.txt has no b\.ann beside it"):
        [parse_piece(piece, Standoff()) for piece in pieces(second, Standoff())]


@given(st.binary(max_size=40), st.binary(max_size=80))
def test_no_bytes_stop_the_reader(text: bytes, annotations: bytes) -> None:
    assert unpair(pair(text, annotations)) == (text, annotations, "")
    assert unpair(pair(text, annotations, "a/é.txt")).path == "a/é.txt"
    Standoff().parse(pair(text, annotations)).tokens.validate(full=True)


def test_a_text_alone_is_refused() -> None:
    with pytest.raises(UsageError, match="a text came without its annotations"):
        Standoff().parse(b"Paris\n")


@pytest.mark.parametrize("pattern", ["(", r"\s*"])
def test_bad_options(pattern: str) -> None:
    with pytest.raises(UsageError):
        Standoff(token=pattern)


@pytest.mark.parametrize("rule", ["words", "whitespace"])
def test_texts_are_cut_by_the_rules_of_spans(rule):
    text = "  A\u0301da-Bo,\tran\r\n\nno\u200done "
    parsed = Standoff(token=rule).parse(pair(text.encode(), b"T1\tPER 2 5\tA\xcc\x81d\n"))
    wanted = {
        "words": [["A\u0301da", "-", "Bo", ",", "ran"], ["no\u200done"]],
        "whitespace": [["A\u0301da-Bo,", "ran"], ["no\u200done"]],
    }
    assert parsed.tokens.to_pylist() == wanted[rule]
    assert parsed.texts.each() == ["  A\u0301da-Bo,\tran", "no\u200done "]
    assert Standoff(token=rule).tokenisation["tokens"] == rule


def test_a_text_has_no_tokens_of_its_own():
    with pytest.raises(UsageError, match="a text has no tokens of its own"):
        Standoff(token="file")


def test_new_takes_the_texts_that_have_annotations_alone(tmp_path):
    for name, text in {
        "a.txt": "Ada ran\n",
        "a.ann": "T1\tPER 0 3\tAda\n",
        "b.txt": "Bo\n",
        "c.ann": "#1\tX T1\tno\n",
        "a.a2": "x\n",
    }.items():
        (tmp_path / name).write_text(text)
    left = dict(of_one_format(gather([str(tmp_path)])).left_out)
    assert {Path(path).name: reason for path, reason in left.items()} == {
        "b.txt": "no file of annotations is beside it; an empty .ann says that nothing is marked",
        "c.ann": "no text is beside it",
        "a.a2": "the corpus is texts with .ann files beside them",
    }
