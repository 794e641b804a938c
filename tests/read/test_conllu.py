import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from read.values import everything, sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.conllu import ConllU, ConllUPlus


def line(number: str, form: str, misc: str = "_") -> str:
    return "\t".join([number, form, *"_X______"[:7].ljust(7, "_"), misc]) + "\n"


TEXT = (
    "# newdoc id = d1\n# sent_id = s1\n# text = del x\n"
    + line("1-2", "del")
    + line("1", "de", "SpaceAfter=No|name=B-PER")
    + line("2", "el", "name=I-PER|x=y")
    + line("2.1", "ghost")
    + line("3", "x")
    + "\n# sent_id = s2\n"
    + line("1", "#", "nickname=B-ORG")
    + "\n"
)


def test_words_and_tags() -> None:
    parsed = ConllU().parse(TEXT.encode())
    assert sentences(parsed) == [(["de", "el", "x"], ["B-PER", "I-PER", "O"]), (["#"], ["O"])]
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["s1", "s2"]
    assert parsed.documents == ("d1",)
    assert parsed.faults.rows() == []
    assert parsed.locate(int(parsed.token_at[0])) == (5, 3)


def test_another_key() -> None:
    assert sentences(ConllU(key="nickname", outside="").parse(TEXT.encode()))[1] == (["#"], ["B-ORG"])
    assert ConllU(key="x", outside="-").parse(TEXT.encode()).tag_names == ("-", "y")


def test_extra_columns() -> None:
    parsed = ConllU(extra=("ID", "UPOS")).parse(TEXT.encode())
    assert parsed.extra["ID"].to_pylist() == [["1", "2", "3"], ["1"]]
    assert set(parsed.extra) == {"ID", "UPOS"}


def test_a_tag_on_a_line_that_is_no_word() -> None:
    parsed = ConllU().parse((line("1-2", "del", "name=B-PER") + line("1", "de") + line("2", "el")).encode())
    assert parsed.faults.rows() == [("broken-annotation", 22, 0, 0)]


def test_faults_move_with_the_words() -> None:
    text = line("1-2", "") + line("1", "a") + line("2", "") + "\n" + line("1-2", "ab") + "\n" + "1\tshort\n"
    codes = [(code, sentence, detail) for code, _, sentence, detail in ConllU().parse(text.encode()).faults.rows()]
    assert codes == [("empty-token", 0, 1), ("empty-sentence", 1, 0), ("ragged-line", 2, 2), ("empty-sentence", 2, 0)]


HASHES = b"# global.columns = FORM LEMMA NER\n# newdoc\n#haiti\t#haiti\tB-LOC\nis\tbe\tO\n\n#a\tb\tno tag\n#x\tx\t_\n"


def test_a_token_that_begins_like_a_comment() -> None:
    parsed = ConllUPlus(tag="NER").parse(HASHES)
    assert sentences(parsed) == [(["#haiti", "is"], ["B-LOC", "O"]), (["#x"], ["O"])]
    rows = [(code, parsed.locate(at)[0], sentence) for code, at, sentence, _ in parsed.faults.rows()]
    assert rows == [("ambiguous-comment", 3, 0), ("ambiguous-comment", 7, 1)]
    declared = ConllUPlus(tag="NER", ambiguous="token").parse(HASHES)
    assert (sentences(declared), len(declared.faults)) == (sentences(parsed), 0)
    assert sentences(ConllUPlus(tag="NER", ambiguous="comment").parse(HASHES)) == [(["is"], ["O"])]


def test_where_ids_come_first_no_comment_is_a_token() -> None:
    for dialect, text in (
        (ConllU(), "#" + line("1", "a", "name=B-PER") + line("1", "b")),
        (ConllUPlus(tag="NER"), "# global.columns = ID FORM NER\n#1\ta\tB-PER\n1\tb\tO\n"),
    ):
        parsed = dialect.parse(text.encode())
        assert (sentences(parsed), len(parsed.faults)) == ([(["b"], ["O"])], 0)


words = st.tuples(
    st.sampled_from(["1", "1-2", "1.1", "x"]), st.sampled_from(["", "a", "é"]), st.sampled_from(["_", "name=B-X"])
)
texts = st.lists(
    st.one_of(words.map(lambda word: line(*word)), st.sampled_from(["\n", "# sent_id = 1\n", "# newdoc id = d\n"]))
)


@example("# sent_id = 1\n# newdoc id = d\n# newdoc id = d\n" + line("1", ""), 1)
@example("# newdoc id = d\n# sent_id = 1\n# newdoc\n# text = a\n# newdoc id = e\n" + line("1", "a"), 20)
@given(texts.map("".join), st.integers(1, 60))
def test_parts_read_like_the_whole(text: str, step: int) -> None:
    data, dialect = text.encode(), ConllU()
    parts, start = [], 0
    while start < len(data) or not parts:
        cut = dialect.boundary(data, start + step)
        parts.append((start, dialect.parse(data[start:cut], start)))
        start = cut
    assert everything(parts) == everything([(0, dialect.parse(data))])


PLUS = "# global.columns = ID FORM NER UPOS\n1-2\tab\t_\t_\n1\ta\tB-X\tN\n2\tb\t*\tV\n\n"


def test_columns_named_in_the_first_line() -> None:
    parsed = ConllUPlus(tag="NER", extra=("UPOS",)).parse(PLUS.encode())
    assert sentences(parsed) == [(["a", "b"], ["B-X", "O"])]
    assert parsed.extra["UPOS"].to_pylist() == [["N", "V"]]
    assert ConllUPlus(tag="NER").boundary(PLUS.encode(), 3) is None


def test_columns_without_ids() -> None:
    parsed = ConllUPlus(token="WORD", tag="NER").parse(b"# global.columns = NER WORD\nO\t1-2\n")
    assert sentences(parsed) == [(["1-2"], ["O"])]


@pytest.mark.parametrize("text", ["", "1\ta\n", "# global.columns = ID FORM\n", "# text = x\n" + PLUS])
def test_columns_that_are_not_named(text: str) -> None:
    with pytest.raises(SourceError, match="does not name the columns FORM and NER"):
        ConllUPlus(tag="NER").parse(text.encode())


def test_bad_options() -> None:
    with pytest.raises(UsageError, match="cannot be a key"):
        ConllU(key="a=b")
    with pytest.raises(UsageError, match="there is no column 'NER'"):
        ConllU(extra=("NER",))
    with pytest.raises(UsageError, match="are both the column FORM"):
        ConllUPlus(tag="FORM")
