"""Tables with a span in each row, beside texts that are files, or rows of another table."""

from pathlib import Path

import pytest

from read.spans.made import Made, corpus
from read.spans.reading import marked
from tagpress.errors import SourceError
from tagpress.read.pair import pair
from tagpress.read.parsed import Parsed
from tagpress.read.spans.dialect import Spans
from tagpress.script.new import new_corpus

MADE = [one for one in corpus(41, 60, gaps=(" ", "  ")) if one.spans]
PARTS = {"begin": "off0", "end": "off1", "label": "label", "said": "span"}
FILES = Spans(format="row-marks", tokens="whitespace", text="filename", beside="*.txt>a.tsv", **PARTS)
HEAD = "filename\tmark\tlabel\toff0\toff1\tspan\n"
ROWS = Spans(format="drugprot", tokens="whitespace", text="0", begin="3", end="4", label="2", said="5")


def rows(made: list[Made], *, named: bool, head: str = "") -> str:
    lines = [
        f"{f'd{number}{chr(9)}' * named}T{place}\t{kind}\t{begin}\t{stop}\t{one.text[begin:stop]}\n"
        for number, one in enumerate(made)
        for place, (begin, stop, kind) in enumerate(one.spans, 1)
    ]
    return head + "".join(lines)


def read(dialect: Spans, text: str, notes: str, path: str = "c/d0.txt") -> Parsed:
    return dialect.parse(pair(text.encode(), notes.encode(), path))


def written(folder: Path, kind: str) -> Path:
    """Write a corpus whose table names its texts, is one for each, or is beside a table of texts."""
    (folder / "t").mkdir(parents=True)
    if kind == "rows":
        texts = (
            f"d{number}\t{one.text.split(' ', 1)[0]}\t{one.text.partition(' ')[2]}\n" for number, one in enumerate(MADE)
        )
        (folder / "x_abstracts.tsv").write_text("".join(texts), encoding="utf-8")
        (folder / "x_entities.tsv").write_text(rows(MADE, named=True), encoding="utf-8")
        return folder
    for number, one in enumerate(MADE):
        (folder / "t" / f"d{number}.txt").write_text(one.text, encoding="utf-8")
        if kind == "each":
            (folder / "m").mkdir(exist_ok=True)
            (folder / "m" / f"d{number}.labels.tsv").write_text(rows([one], named=False), encoding="utf-8")
    if kind != "each":
        comma = kind == "comma"
        table = rows(MADE, named=True, head=HEAD)
        quoted = "\n".join(
            ",".join('"' + cell.replace('"', '""') + '"' for cell in line.split("\t")) for line in table.splitlines()
        )
        (folder / f"spans.{'csv' if comma else 'tsv'}").write_text(quoted if comma else table, encoding="utf-8")
    return folder


@pytest.mark.parametrize("kind", ["named", "comma", "each", "rows"])
def test_a_corpus_is_read_as_it_was_written(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "c", kind)
    monkeypatch.chdir(tmp_path)
    new = new_corpus("mine", ["c"], tmp_path)
    dialect = new.guessed.sniffed.dialect
    assert isinstance(dialect, Spans)
    assert dialect.format == ("drugprot" if kind == "rows" else "row-marks")
    assert sum(count for label, count in new.report.labels.items() if label[0] == "B") == sum(
        len(one.spans) for one in MADE
    )
    assert new.report.problem_counts.keys() <= {"type-missing-in-split", "control-character"}
    assert {label[2:] for label in new.report.labels if label[0] == "B"} == {
        kind.replace(" ", "_") for one in MADE for _, _, kind in one.spans
    }


def test_rows_are_of_the_text_that_they_name_with_or_without_its_suffix() -> None:
    notes = HEAD + "d0\tT1\tPER\t0\t3\tAda\nd0.txt\tT2\tLOC\t8\t12\tOslo\nd1\tT1\tPER\t0\t3\tBob\n"
    parsed = read(FILES, "Ada saw Oslo", notes)
    assert list(map(sorted, marked(parsed))) == [[(0, 3, "PER"), (8, 12, "LOC")]]
    assert not parsed.annotations


def test_what_a_span_says_is_held_against_its_place() -> None:
    notes = HEAD + "d0\tT1\tPER\t0\t3\tBob\nd0\tT2\tLOC\t8\t99\tOslo\nd0\tT2\tLOC\tx\t99\tOslo\n"
    found = list(read(FILES, "Ada saw Oslo", notes).annotations.values())
    assert [words.partition(" in line ")[0] for words in found] == [
        "the annotation PER 0-3",
        "the annotation LOC 8-99",
        "the annotation LOC x-99",
    ]
    assert "says 'Bob', and 'Ada' stands there" in found[0]


@pytest.mark.parametrize(
    ("notes", "message"),
    [
        ("a\tb\tc\td\n", "the table beside the texts has no column filename, off0, off1, label, span, only a, b, c, d"),
        (HEAD + "d0\tT1\tPER\n", "row 2 of the table beside the texts has 3 cells, and 6 are read"),
    ],
)
def test_a_table_that_is_none_is_refused(notes: str, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(FILES, "Ada", notes)
    assert caught.value.message == message


def test_columns_must_be_declared() -> None:
    with pytest.raises(SourceError, match="begin=, end= and label= must name columns"):
        read(Spans(format="row-marks", beside="*.txt>a.tsv"), "Ada", HEAD)


def test_a_table_of_texts_has_a_title_and_a_text_in_each_row() -> None:
    notes = "7\tT1\tPER\t0\t3\tAda\n7\tT2\tLOC\t4\t8\tOslo\n9\tT1\tPER\t0\t1\tx\n"
    parsed = read(ROWS, "7\tAda\tOslo ran\nno row\n\n", notes)
    assert parsed.marks is not None
    assert [text for text in parsed.marks.texts if text] == ["Ada Oslo ran"]
    assert [spans for spans in marked(parsed) if spans] == [[(0, 3, "PER"), (4, 8, "LOC")]]
    assert min(parsed.annotations.values()).startswith(
        "an annotation beside it that belongs nowhere: PER 0-1 in line 3"
    )
    assert any(
        "'no row', where a document, its title and its text belong" in words for words in parsed.annotations.values()
    )


def test_a_text_that_a_table_names_and_nobody_reads_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = written(tmp_path / "c", "named")
    (folder / "t" / "d3.txt").unlink()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"says where spans are in d3, which is none of the sources"):
        new_corpus("mine", ["c"], tmp_path)


def test_a_token_a_row_with_its_place_is_no_table_of_spans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [f"Ada\td\t{n}\t{n + 3}\tB-PER\nran\td\t{n + 4}\t{n + 7}\tO\n\n" for n in range(0, 90, 8)]
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "d.tsv").write_text("".join(lines))
    (tmp_path / "c" / "d.txt").write_text("Ada ran " * 12)
    monkeypatch.chdir(tmp_path)
    new = new_corpus("mine", ["c/d.tsv"], tmp_path)
    assert (new.report.sentences, new.report.labels["B-PER"]) == (12, 12)
