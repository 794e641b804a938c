import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from read.strategies import dirty
from read.values import everything
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU
from tagpress.read.dialect import Dialect
from tagpress.read.jsonl import JsonLines

NAMED = {"document_name": "# doc = ", "sentence_id": "# id = ", "comment": "#"}
BOUNDS = [{}, {"sentence_start": "<s>", "sentence_end": "</s>"}, {"sentence_start": "<s>"}, {"sentence_end": "</s>"}]
DIALECTS = [
    *(Columns(**bounds, sentence_id="# id = ", comment="#") for bounds in BOUNDS),
    *(Columns(**bounds, **NAMED, document="-DOCSTART-", blank="whitespace") for bounds in BOUNDS),
    *(Columns(**bounds, **NAMED, document="-DOCSTART-", ambiguous="token") for bounds in BOUNDS),
    Columns(**NAMED, document="-DOCSTART-", ambiguous="comment"),
    *(Columns(delimiter=None), Columns(blank="delimiters"), Columns(header=True)),
    *(Columns(token=0, tag=1, width=3, sentence=2), Columns(delimiter=None, width=(2, 3), sentence=-1, tag=1)),
    *(Columns(encoding="cp1252"), Columns(delimiter="y", encoding="latin-1", document="é")),
]


@pytest.mark.parametrize("dialect", DIALECTS, ids=range(len(DIALECTS)))
@settings(max_examples=60)
@given(dirty, st.integers(1, 40), st.integers(0, 40))
def test_parts_read_like_the_whole(dialect: Columns, data: bytes, step: int, first: int) -> None:
    parts = []
    start, cut = 0, dialect.boundary(data, first)
    while True:
        parts.append((start, dialect.parse(data[start:cut], start)))
        if cut == len(data):
            break
        start, cut = cut, dialect.boundary(data, cut + step)
    assert everything(parts) == everything([(0, dialect.parse(data))])


@pytest.mark.parametrize("dialect", [*DIALECTS, JsonLines(), ConllU()], ids=range(len(DIALECTS) + 2))
@settings(max_examples=60)
@given(dirty, st.integers(1, 40), st.integers(1, 60))
def test_a_window_shows_what_the_file_does(dialect: Dialect, data: bytes, at: int, length: int) -> None:
    whole = dialect.boundary(data, at)
    window = data[at - 1 : at - 1 + length]
    seen = dialect.boundary(window, 1)
    assert seen == len(window) or at - 1 + seen == whole
    assert at - 1 + len(window) < len(data) or at - 1 + seen == max(whole, at - 1)


def test_a_cut_is_near_where_it_was_wanted() -> None:
    data = b"<s>\na\tO\n</s>\n" * 1000
    assert Columns(sentence_start="<s>", sentence_end="</s>").boundary(data, 6503) == 6513
    assert Columns().boundary(data, 6503) == 13000


def test_a_file_in_utf_16_is_not_cut() -> None:
    data = "a\tO\n\nb\tO\n".encode("utf-16")
    assert Columns(encoding="utf-16").boundary(data, 1) is None
