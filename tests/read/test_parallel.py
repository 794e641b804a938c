"""Words in one file and tags in another, line by line: read together, or not at all."""

from pathlib import Path

import pytest

from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.pair import pair
from tagpress.read.parallel import ParallelLines
from tagpress.read.parsed import Parsed

DIALECT = ParallelLines(beside="seq.in>seq.out")


def sentences(parsed: Parsed) -> list[list[tuple[str, str]]]:
    tags = iter(parsed.tag_names[tag] for tag in parsed.tags.tolist())
    return [[(token, next(tags)) for token in tokens] for tokens in parsed.tokens.to_pylist()]


def parse(words: bytes, tags: bytes, dialect: ParallelLines = DIALECT) -> Parsed:
    return dialect.parse(pair(words, tags, "a/seq.in"))


BOTH = [[("Ada", "B-PER"), ("ran", "O")], [("a\u00a0b", "O")]]
SPELLED = {
    "plain": ("Ada ran\na\u00a0b\n", "B-PER O\nO\n"),
    "no last line end": ("Ada ran\na\u00a0b", "B-PER O\nO"),
    "one with a last line end": ("Ada ran\na\u00a0b\n\n", "B-PER O\nO"),
    "CRLF, tabs and more spaces": ("Ada\t ran \r\na\u00a0b\r\n", " B-PER  O\r\nO\r\n"),
    "a blank line in both": ("Ada ran\n\na\u00a0b\n", "B-PER O\n \nO\n"),
    "byte order marks": ("\ufeffAda ran\na\u00a0b\n", "\ufeffB-PER O\nO\n"),
}


@pytest.mark.parametrize("name", SPELLED)
def test_lines_of_two_files_are_a_sentence(name: str) -> None:
    words, tags = (part.encode() for part in SPELLED[name])
    parsed = parse(words, tags)
    assert sentences(parsed) == BOTH
    assert not parsed.faults.rows()
    assert parsed.locate(int(parsed.token_at[0])) == (1, 1)
    assert parsed.account.bytes == len(words) + len(tags)


def test_a_line_may_be_a_token_and_a_blank_one_the_end_of_its_sentence() -> None:
    dialect = ParallelLines(beside=".tags", ends="blank")
    parsed = parse(b"Ada\nran\n\n\na\xc2\xa0b\n", b"B-PER\nO\n\n\nO\n", dialect)
    assert sentences(parsed) == BOTH
    assert parsed.sentence_text(0) == "Ada\nran"


def test_a_line_with_another_number_of_tags_is_a_fault_and_gives_no_token() -> None:
    parsed = parse(b"Ada ran\nBo saw Al\n\nEd\n", b"B-PER O\nB-PER O\nO\nB-PER\n")
    assert sentences(parsed) == [BOTH[0], [], [], [("Ed", "B-PER")]]
    told = [(parsed.locate(at)[0], parsed.annotations[detail]) for _, at, _, detail in parsed.faults.rows()]
    assert told == [
        (2, "3 words, and 2 tags in the same line of the other file"),
        (3, "0 words, and 1 tags in the same line of the other file"),
    ]


def test_files_of_another_number_of_lines_are_not_read() -> None:
    """From some line on each sentence would have the tags of another, and some would have as many."""
    message = "seq.in has 2 lines up to its last word, and seq.out beside it 1 up to its last tag"
    with pytest.raises(SourceError, match=message):
        parse(b"Ada\nBo\n", b"B-PER\n")


FOLDERS = {
    "*.in>*.out": ("train/seq.in", "train/seq.out", "test/seq.in", "test/seq.out"),
    "*.words.txt>*.tags.txt": ("train.words.txt", "train.tags.txt", "test.words.txt", "test.tags.txt"),
    "*.txt>*_tags.txt": ("train.txt", "train_tags.txt", "test.txt", "test_tags.txt"),
    "sentences.txt>labels.txt": ("train/sentences.txt", "train/labels.txt", "test/sentences.txt", "test/labels.txt"),
    "words/*.txt>tags/*.txt": ("words/train.txt", "tags/train.txt", "words/test.txt", "tags/test.txt"),
}


@pytest.mark.parametrize("rule", FOLDERS)
def test_which_file_belongs_to_which_is_seen_in_what_they_hold_and_are_called(tmp_path: Path, rule: str) -> None:
    for number, file in enumerate(FOLDERS[rule]):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("B-PER O\nO O B-LOC\n" if number % 2 else "Ada ran\nto see Oslo\n")
    found = Columns.sniff("**/*.*", base=tmp_path)
    assert found.dialect == ParallelLines(beside=rule)
    assert found.entity_types == ("LOC", "PER")


def test_tags_that_are_named_alone_are_said_to_belong_to_words(tmp_path: Path) -> None:
    (tmp_path / "seq.in").write_text("Ada ran\n")
    (tmp_path / "seq.out").write_text("B-PER O\n")
    assert Columns.sniff("seq.in", base=tmp_path).dialect == ParallelLines(beside="*.in>*.out")
    with pytest.raises(SourceError, match=r"seq\.out belongs to seq\.in: it says what is in that"):
        Columns.sniff("seq.out", base=tmp_path)


@pytest.mark.parametrize("options", [{"beside": "out"}, {"beside": "a>a"}, {"beside": "a>*"}, {"ends": "dot"}])
def test_what_makes_no_sense_is_refused(options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        ParallelLines(**{"beside": ".out"} | options)
