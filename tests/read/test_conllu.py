from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from read.values import everything, sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.conllu import ConllU, ConllUPlus
from tagpress.read.parsed import Parsed


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


def sentence(*rows: tuple[str, str, str], above: str = "") -> str:
    return above + "".join(line(*row) for row in rows) + "\n"


SPLIT = [("1-2", "don't", "_"), ("1", "do", "_"), ("2", "n't", "_"), ("3", "go", "SpaceAfter=No"), ("3.1", "ghost", "_"), ("4", "!", "_")]  # fmt: skip


def test_words_stand_in_the_text_above_them() -> None:
    text = sentence(*SPLIT, above="# text = don't  go!\r\n# sent_id = s\n") + sentence(
        ("1", "محمد", "name=B-PER|SpaceAfter=No"), ("2", "🚀e\u0301", "_"), ("3", "10 000", "_"), above="# text = محمد🚀e\u0301\u00a010 000\n"
    )  # fmt: skip
    parsed = ConllU(text=True).parse(text.encode())
    assert parsed.faults.rows() == []
    assert parsed.texts is not None
    assert parsed.texts.each() == ["don't  go!", "محمد🚀e\u0301\u00a010 000"]
    bounds = parsed.tokens.offsets.to_numpy()
    starts = parsed.texts.starts(bounds).tolist()
    assert starts == [0, 2, 7, 9, 0, 4, 8]
    for row, (begin, stop) in enumerate(pairwise(bounds)):
        for token, at in zip(parsed.tokens[row].as_py(), starts[begin:stop], strict=True):
            assert parsed.texts.each()[row][at : at + len(token)] == token
    assert sentences(parsed) == sentences(ConllU().parse(text.encode()))
    assert parsed.extra == {}


MISMATCHES = {
    "no text": (sentence(("1", "a", "_")), 1, "a sentence without # text"),
    "two texts": (sentence(("1", "a", "_"), above="# text = a\n# text = a\n"), 3, "a sentence with 2 comments # text"),
    "a text above a blank line": ("# text = a\n\n" + sentence(("1", "a", "_")), 3, "a sentence without # text"),
    "another token": (sentence(("1", "a", "_"), ("2", "c", "_"), above="# text = a b\n"), 3, "the token 'c' where the text goes on with 'b'"),
    "no more text": (sentence(("1", "a", "_"), ("2", "c", "_"), above="# text = a\n"), 3, "the token 'c' where the text ends"),
    "no more tokens": (sentence(("1", "a", "_"), above="# text = a b\n"), 2, "the text going on with 'b' behind the last token"),
    "no space": (sentence(("1", "a", "SpaceAfter=No"), ("2", "b", "_"), above="# text = a b\n"), 3, "SpaceAfter=No before 'b', and ' ' before it in the text"),
    "words that do not spell": (sentence(("1-2", "del", "_"), ("1", "de", "_"), ("2", "el", "_"), above="# text = del\n"), 2, "the words 'de', 'el' of the token 'del', which they do not spell"),
    "ids that count wrongly": (sentence(("1-2", "ab", "_"), ("1", "a", "_"), ("2-3", "b", "_"), above="# text = ab\n"), 2, "a sentence whose ids do not count its words"),
}  # fmt: skip


@pytest.mark.parametrize("case", MISMATCHES)
def test_a_text_that_does_not_fit_is_a_fault_at_its_place(case: str) -> None:
    text, at, found = MISMATCHES[case]
    before, behind = (sentence(("1", name, "_"), above=f"# text = {name}\n") for name in "xy")
    parsed = ConllU(text=True).parse((before + text + behind).encode())
    assert [(code, parsed.locate(place)[0], parsed.annotations[detail]) for code, place, _, detail in parsed.faults.rows()] == [
        ("text-mismatch", at + 3, found)
    ]  # fmt: skip
    assert parsed.texts is not None
    assert [parsed.texts.each()[one] for one in (0, -1)] == ["x", "y"]
    assert parsed.texts.starts(parsed.tokens.offsets.to_numpy())[-1] == 0
    assert ConllU().parse(text.encode()).faults.rows() == []


def test_comments_that_are_not_read_are_counted() -> None:
    text = "# newpar\n# text = a\n# text_en = b\n# a note\n# see http://x?y=z\n" + sentence(("1", "a", "_"))
    unread = {"comments # newpar": 1, "comments # text, which TEXT = True reads": 1, "comments # text_en": 1}
    assert ConllU().parse(text.encode()).aside == unread
    assert set(ConllU(text=True).parse(text.encode()).aside) == {"comments # newpar", "comments # text_en"}


def test_columns_that_are_named_have_texts_too() -> None:
    text = "# global.columns = FORM NER MISC\n# text = ab c\na\tB-X\tSpaceAfter=No\nb\tO\t_\nc\tO\t_\n"
    parsed = ConllUPlus(tag="NER", text=True).parse(text.encode())
    assert (parsed.faults.rows(), parsed.extra) == ([], {})
    assert parsed.texts is not None
    assert parsed.texts.starts(parsed.tokens.offsets.to_numpy()).tolist() == [0, 1, 3]


def placed(parts: list[tuple[int, Parsed]]) -> list[object]:
    """Return the texts, where words stand in them, and the faults in words, each by its place in the whole."""
    found: list[object] = []
    for _, part in parts:
        assert part.texts is not None
        bounds = part.tokens.offsets.to_numpy()
        starts = part.texts.starts(bounds)
        found += [(text, starts[bounds[i] : bounds[i + 1]].tolist()) for i, text in enumerate(part.texts.each())]
    for begin, part in parts:
        found += [
            (code, begin + at, part.annotations.get(detail))
            for code, at, _, detail in part.faults.rows()
            if code == "text-mismatch"
        ]
    return found


@given(texts.map("".join), st.integers(1, 60))
def test_texts_of_parts_are_those_of_the_whole(text: str, step: int) -> None:
    data, dialect = text.replace("# newdoc id = d", "# text = a").encode(), ConllU(text=True)
    parts, start = [], 0
    while start < len(data) or not parts:
        cut = dialect.boundary(data, start + step)
        parts.append((start, dialect.parse(data[start:cut], start)))
        start = cut
    assert placed(parts) == placed([(0, dialect.parse(data))])
