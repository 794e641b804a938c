"""Spreadsheets and data frames, as they are saved: no option is needed, and what was read is right."""

import csv
import io
import json
import random
import re
from pathlib import Path

import pytest

from read.values import sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.csvlists import CsvLists
from tagpress.read.guess.sniff import Sniffed

CASES = Path(__file__).parent / "cases"
WORDS = ["der", "Haus", ",", '"', "It's", "läuft", "🚀", "e\u0308", "محمد", "''", '"x, y"', ";", "a\\b", "100,5"]
TAGS = ["O", "O", "O", "B-PER", "B-LOC"]


def corpus(count: int = 250) -> list[tuple[list[str], list[str]]]:
    draw = random.Random(7)
    lengths = [draw.randrange(1, 12) for _ in range(count)]
    return [([draw.choice(WORDS) for _ in range(n)], [draw.choice(TAGS) for _ in range(n)]) for n in lengths]


S = corpus()


def saved(rows: list[list[object]], delimiter: str = ",", **options: object) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter, **options).writerows(rows)  # type: ignore[arg-type]
    return file.getvalue().encode()


def a_token_a_row(spell_id: object = lambda i, first: f"Sentence: {i}" if first else "") -> list[list[object]]:
    rows = [
        [spell_id(i, j == 0), word, "NN", tag]  # type: ignore[operator]
        for i, pair in enumerate(S, 1)
        for j, (word, tag) in enumerate(zip(*pair, strict=True))
    ]
    return [["Sentence #", "Word", "POS", "Tag"], *rows]


def numpy_list(items: list[str]) -> str:
    return "[" + " ".join(map(repr, items)) + "]"


SHEETS: dict[str, tuple[bytes, str]] = {
    "Kaggle": (saved(a_token_a_row()), "Columns(token=1, tag=3, delimiter=',', quote='\"', sentence=0, header=True)"),
    "each row numbered": (
        saved([["sentence_id", *row[1:]] if i == 0 else row for i, row in enumerate(a_token_a_row(lambda i, _: i))]),
        "Columns(token=1, tag=3, delimiter=',', quote='\"', sentence=0, header=True)",
    ),
    "semicolons, all quoted": (
        b"\xef\xbb\xbf" + saved(a_token_a_row(), ";", quoting=csv.QUOTE_ALL),
        "Columns(token=1, tag=3, delimiter=';', quote='\"', sentence=0, header=True)",
    ),
    "tabs": (
        saved(a_token_a_row(), "\t"), "Columns(token=1, tag=3, quote='\"', sentence=0, header=True)",
    ),
    "pandas": (saved([["", "tokens", "ner_tags"], *([i, *pair] for i, pair in enumerate(S))]), "CsvLists()"),
    "JSON in cells": (
        saved([["text", "words", "labels"], *(["x y", *map(json.dumps, pair)] for pair in S)]), "CsvLists(tokens='words', tags='labels')",
    ),
    "NumPy": (saved([["tokens", "ner_tags"], *(map(numpy_list, pair) for pair in S)], "\t"), "CsvLists(delimiter='\\t')"),
}  # fmt: skip


def sniff(folder: Path, name: str, data: bytes) -> Sniffed:
    (folder / name).write_bytes(data)
    return Columns.sniff(name, base=folder)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_read_as_it_was_saved(tmp_path: Path, name: str) -> None:
    data, spelled = SHEETS[name]
    found = sniff(tmp_path, "a.csv", data)
    assert found.spelled() == spelled
    parsed = found.dialect.parse(data)
    assert sentences(parsed) == S
    assert not len(parsed.faults)


def test_words_with_a_space_between(tmp_path: Path) -> None:
    rows = [([word.replace(" ", "") for word in words], tags) for words, tags in S]
    data = saved([["sentence", "word_labels"], *(map(" ".join, pair) for pair in rows)])
    found = sniff(tmp_path, "a.csv", data)
    assert found.spelled() == "CsvLists(tokens='sentence', tags='word_labels', words=('sentence', 'word_labels'))"
    assert sentences(found.dialect.parse(data)) == rows


def test_tags_with_a_comma_between(tmp_path: Path) -> None:
    rows = [([word.replace(" ", "") for word in words], tags) for words, tags in S]
    data = saved([["sentence", "word_labels"], *([" ".join(words), ",".join(tags)] for words, tags in rows)])
    found = sniff(tmp_path, "a.csv", data)
    spelled = "CsvLists(tokens='sentence', tags='word_labels', words=('sentence',), commas=('word_labels',))"
    assert found.spelled() == spelled
    assert sentences(found.dialect.parse(data)) == rows


def test_a_column_is_parted_by_one_thing() -> None:
    with pytest.raises(UsageError, match="words= and commas= both name the column 'ner_tags'"):
        CsvLists(words=("ner_tags",), commas=("ner_tags",))


@pytest.mark.parametrize("name", ["spreadsheet.csv", "lists-as-text.csv"])
def test_both_say_the_same_as_the_expected_spans(name: str) -> None:
    found = Columns.sniff(CASES / name)
    (tokens, tags), *others = sentences(found.dialect.parse((CASES / name).read_bytes()))
    assert list(zip(tokens, tags, strict=True))[:2] == [("Ada", "B-PER"), ("Lovelace", "I-PER")]
    assert [" ".join(words) for words, _ in others][:2] == [
        "The 🚀 of Arianespace left Kourou at 9 o ' clock .", "Zoe \u0308 Müller moved to São Tomé .",
    ]  # fmt: skip
    assert (len(others), found.entity_types) == (6, ("LOC", "ORG", "PER"))


def test_numbers_are_named_from_a_file_beside(tmp_path: Path) -> None:
    data = saved([["tokens", "ner_tags"], *([words, [int(tag != "O") for tag in tags]] for words, tags in S)])
    with pytest.raises(SourceError, match="holds the numbers 0, 1, and nothing says what they mean"):
        sniff(tmp_path, "a.csv", data)
    (tmp_path / "a.names.json").write_text('["O", "B-PER"]')
    found = sniff(tmp_path, "a.csv", data)
    assert found.entity_types == ("PER",)
    assert found.spelled() == "CsvLists(names=('O', 'B-PER'))"


def test_a_frame_without_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=re.escape("the first row of a.csv is a sentence")):
        sniff(tmp_path, "a.csv", saved([list(pair) for pair in S]))


def test_quotes_that_are_tokens_stay_tokens(tmp_path: Path) -> None:
    rows = "".join(f"{word}\t{tag}\n" for words, tags in S for word, tag in zip(words, tags, strict=True))
    found = sniff(tmp_path, "a.tsv", rows.encode())
    assert found.spelled() == "Columns()"


def test_quotes_in_tokens_are_no_proof(tmp_path: Path) -> None:
    (tmp_path / "b.tsv").write_text('"\tO\nx\tO\n')
    (tmp_path / "a.tsv").write_text('5"\tO\nx\tB-X\n')
    assert Columns.sniff("*.tsv", base=tmp_path).spelled() == "Columns()"
    (tmp_path / "a.tsv").write_text('""""\tO\nx\tB-X\n')  # as CSV would write it, but not the other file
    assert Columns.sniff("*.tsv", base=tmp_path).spelled() == "Columns()"
    (tmp_path / "b.tsv").unlink()
    assert Columns.sniff("*.tsv", base=tmp_path).spelled() == "Columns(quote='\"')"


def test_a_sentence_that_comes_again_is_a_doubt(tmp_path: Path) -> None:
    rows = [["id", "word", "tag"], [1, '"', "O"], ["", "b", "O"], [2, "c", "B-X"], ["", "d", "O"], ["", "d", "O"]]
    rows[0][0] = "sentence"
    found = sniff(tmp_path, "a.csv", saved([*rows, [1, "e", "O"], ["", "f", "O"]]))
    assert "sentences: '1' is the sentence of 2 runs of rows; each is taken for one" in found.doubts


def test_a_first_row_of_fewer_cells_is_no_header_and_no_error(tmp_path: Path) -> None:
    text = (
        "Sord,Tag\n"
        "Sentence: 1,a,O\n"
        ",b,B-X\n"
        'Sentence: 2,"c, d",O\n'
        ",e,O\n"
        "Sentence #,Word,Tag\n"
        'Sente,"c, d",O\n'
        ",e,O\n"
        "Sentence #,Word 1,a<<\n"
        "\n"
        'Sentence: 2,"c, d",O\n'
        "\n"
        ",e,O\n"
    )
    (tmp_path / "a.txt").write_text(text)
    assert "header" not in Columns.sniff("a.txt", base=tmp_path).spelled()


def test_a_word_that_is_missing_leaves_its_column_one_of_words(tmp_path: Path) -> None:
    rows = [
        ["sentence_id", "word", "tag"],
        [0, "Ada", "B-PER"],
        [0, "ran", "O"],
        [1, "", "O"],
        [1, "Bo", "B-PER"],
        [1, ".", "O"],
    ]
    sniffed = sniff(tmp_path, "a.csv", saved(rows))  # type: ignore[arg-type]
    assert sniffed.spelled() == "Columns(token=1, tag=2, delimiter=',', quote='\"', sentence=0, header=True)"
    assert any(doubt.startswith("empty-token") for doubt in sniffed.doubts)


# What a column without a name that is known holds, and whether it says the sentence.
COUNTING = {
    (1, 1, 1, 2, 2, 3, 3): True,
    (0, 0, 0, 1, 1, 2, 2): True,
    (1, 1, 1, 3, 3, 4, 4): False,
    (3, 3, 3, 1, 1, 2, 2): False,
}


@pytest.mark.parametrize("numbers", COUNTING)
def test_a_column_that_counts_up_says_the_sentence_in_any_language(tmp_path: Path, numbers: tuple[int, ...]) -> None:
    words = [("Ada", "B-PER"), ("ging", "O"), (";", "O"), ("Bo", "B-PER"), ("sah", "O"), ("Cy", "B-PER"), (".", "O")]
    rows = [["Satz", "Wort", "Tag"], *([number, *pair] for number, pair in zip(numbers, words, strict=True))]
    found = sniff(tmp_path, "a.csv", saved(rows, ";"))  # type: ignore[arg-type]
    assert ("sentence=0" in found.spelled()) == COUNTING[numbers]
