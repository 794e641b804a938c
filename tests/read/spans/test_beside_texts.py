"""Texts, and a file beside each or beside all that says where spans are: what belongs nowhere is a problem, never lost."""

import json
import zipfile
from pathlib import Path

import pytest

from made_corpora import declare
from read.spans.reading import marked
from tagpress.build.read_all import sources_of
from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.pair import pair
from tagpress.read.spans.dialect import Spans
from tagpress.script.new import new_corpus

TEXT = b"Ada met Bo\n\nin Oslo\n"
HEAD = "File,Line,Begin Offset,End Offset,Type\n"


def labels(*spans: tuple[int, int, str], location: str = "in/a.txt", region: int = 0) -> str:
    own = [{"category": kind, "offset": a, "length": b - a} for a, b, kind in spans]
    entities = [{"regionOffset": region, "regionLength": 20, "labels": own}]
    kind = {"projectKind": "CustomEntityRecognition"}
    return json.dumps({"metadata": kind, "assets": {"documents": [{"location": location, "entities": entities}]}})


CONCEPT = 'c="ada" 1:0 1:0||t="PER"\n'
MENTION = "7\tT\t0\t3\tAda\tPER\n"
FAULTS: dict[str, tuple[str, bytes, str]] = {
    "the annotation PER 1:0 1:0 in line 2 of the file beside it, which says 'bo', and 'Ada' stands there": (
        "i2b2", TEXT, '\nc="bo" 1:0 1:0||t="PER"\n',
    ),
    "the annotation PER 1:0 3:1 in line 1 of the file beside it, which reaches over the end of a line": (
        "i2b2", TEXT, 'c="x" 1:0 3:1||t="PER"\n',
    ),
    "the annotation PER 1:3 1:3 in line 1 of the file beside it, which points at the tokens 3 to 3 of 3": (
        "i2b2", TEXT, 'c="x" 1:3 1:3||t="PER"\n',
    ),
    "an annotation beside it that belongs nowhere: the line 1, 'c=\"x\" 9:0 9:0||t=\"PER\"', which is of no line of the text": (
        "i2b2", TEXT, 'c="x" 9:0 9:0||t="PER"\n',
    ),
    "an annotation beside it that belongs nowhere: PER 8 T 0-3 in line 1 of the file beside it, whose document is none of the text": (
        "chemdner", b"7\tAda met Bo\tin Oslo\n", MENTION.replace("7", "8"),
    ),
    "the annotation PER 7 T 0-3 in line 1 of the file beside it, which says 'Bo', and 'Ada' stands there": (
        "chemdner", b"7\tAda met Bo\tin Oslo\n", MENTION.replace("Ada", "Bo"),
    ),
    "the line 'Ada met Bo', where a document, its title and its text belong": ("chemdner", b"Ada met Bo\n", ""),
    "an annotation beside it that belongs nowhere: the line 1, '7 T', which is no mention": ("chemdner", b"", "7 T\n"),
    "an annotation beside it that belongs nowhere: PER 0-3 in line 2 of the file beside it, for a.txt has 3 lines": (
        "comprehend", TEXT, f"{HEAD}a.txt,7,0,3,PER\n",
    ),
    "the annotation PER 0-99 in line 2 of the file beside it, which points at no place in its text": (
        "comprehend", TEXT, f"{HEAD}a.txt,2,0,99,PER\n",
    ),
    "a text that is none of the documents of the labels": ("azure-ner", TEXT, labels(location="b.txt")),
    "the annotation PER 0-3, which is in a region that begins at 5: from where it counts is not known": (
        "azure-ner", TEXT, labels((0, 3, "PER"), region=5),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_what_belongs_nowhere_is_a_problem(fault: str) -> None:
    format_, text, notes = FAULTS[fault]
    parsed = Spans(format=format_).parse(pair(text, notes.encode(), "in/a.txt"))
    assert list(parsed.annotations.values()) == [fault]
    assert sum(map(len, marked(parsed))) == 0


def test_a_row_counts_in_its_line_or_in_the_file_where_each_is_a_document() -> None:
    rows = HEAD + "b.txt,9,0,2,X\na.txt,{},0,3,PER\na.txt,{},{},{},LOC\n"
    by_line = pair(TEXT, rows.format(0, 2, 3, 7).encode(), "a.txt")
    assert marked(Spans(format="comprehend").parse(by_line)) == [[(0, 3, "PER")], [(3, 7, "LOC")]]
    whole = pair(TEXT, rows.format(0, 0, 15, 19).encode(), "in/a.txt")
    assert marked(Spans(format="comprehend").parse(whole)) == [[(0, 3, "PER"), (15, 19, "LOC")]]


TABLES = {
    "row 2 of the annotations has 2 cells, and the first 5": f"{HEAD}a.txt,0\n",
    "the annotations beside the texts have the columns Text, Type": "Text,Type\nAda,PER\n",
}


@pytest.mark.parametrize("message", TABLES)
def test_a_table_that_is_none_is_refused(message: str) -> None:
    with pytest.raises(SourceError, match=message):
        Spans(format="comprehend").parse(pair(TEXT, TABLES[message].encode(), "a.txt"))
    with pytest.raises(SourceError, match="the labels beside the texts cannot be read"):
        Spans(format="azure-ner").parse(pair(TEXT, b"[]", "a.txt"))


def test_a_text_that_annotations_name_and_nobody_reads_is_missed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    (tmp_path / "annotations.csv").write_text(f"{HEAD}a.txt,0,0,3,PER\nb.txt,0,0,2,PER\n")
    declared = declare(tmp_path, dialect=Spans(format="comprehend"), sources="*.txt", entity_types={"PER": "x"})
    with pytest.raises(
        SourceError, match=r"annotations\.csv says where spans are in b\.txt, which is none of the sources"
    ):
        sources_of(declared)
    (tmp_path / "b.txt").write_bytes(b"Bo\n")
    assert [source.doc_id for source, _ in sources_of(declared)] == ["a", "b"]


LAYOUTS: dict[str, tuple[str, dict[str, str]]] = {
    "*.txt>*.con": ("i2b2", {"a.txt": "Ada ran\n", "a.con": CONCEPT, "b.txt": "no\n", "b.con": ""}),
    "txt/*.txt>concept/*.con": ("i2b2", {"txt/a.txt": "Ada ran\n", "concept/a.con": CONCEPT, "ast/a.ast": 'c="ada" 1:0 1:0||t="PER"||a="present"\n'}),
    "*_abstracts.txt>*_annotations.txt": ("chemdner", {"x_abstracts.txt": "7\tAda ran\tA text.\n", "x_annotations.txt": MENTION}),
    "*.txt>annotations.csv": ("comprehend", {"documents.txt": "Ada ran\n", "more.txt": "no\n", "annotations.csv": f"{HEAD}documents.txt,0,0,3,PER\n"}),
    "docs/*.txt>annotations.csv": ("comprehend", {"docs/a.txt": "Ada ran\n", "annotations.csv": f"{HEAD}a.txt,0,0,3,PER\n"}),
    "*.txt>labels.json": ("azure-ner", {"a.txt": "Ada ran\n", "labels.json": labels((0, 3, "PER"))}),
}  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("rule", LAYOUTS)
def test_a_folder_or_an_archive_is_known_with_all_that_belongs_together(
    tmp_path: Path, rule: str, monkeypatch: pytest.MonkeyPatch, *, packed: bool
) -> None:
    format_, files = LAYOUTS[rule]
    if packed:
        with zipfile.ZipFile(tmp_path / "d.zip", "w") as archive:
            for file, text in files.items():
                archive.writestr(f"d/{file}", text)
    for file, text in files.items():
        (tmp_path / "d" / file).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / "d" / file).write_text(text)
    monkeypatch.chdir(tmp_path)
    new = new_corpus("x", ["d.zip" if packed else "d"], tmp_path / "out")
    assert (new.guessed.sniffed.dialect.format, new.guessed.sniffed.dialect.beside) == (format_, rule)  # type: ignore[attr-defined]  # of spans
    assert new.report.labels["B-PER"] == 1
    assert any(f"beside={rule!r}" in str(reason) for reason in new.guessed.reasons)


def test_a_file_in_a_folder_beside_is_never_taken_for_one_that_belongs(tmp_path: Path) -> None:
    for folder, text in (("mine", "Ada ran\n"), ("other", f"{HEAD}a.txt,0,0,3,PER\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ("a.txt" if folder == "mine" else "annotations.csv")).write_text(text)
    with pytest.raises(SourceError, match="no column reads like tags"):
        Columns.sniff("mine/a.txt", base=tmp_path)


def test_other_formats_have_nothing_beside_them() -> None:
    with pytest.raises(UsageError, match="doccano has all that it says in one file"):
        Spans(format="doccano", beside=".ann")


def test_a_list_of_labels_beside_a_list_of_words_is_no_corpus_of_both(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("vocab.txt").write_text("Ada\nran\n")
    Path("tags.vocab").write_text("O\nB-PER\n")
    Path("train.txt").write_text("Ada B-PER\nran O\n\n" * 9)
    new = new_corpus("x", ["train.txt", "vocab.txt", "tags.vocab"], tmp_path / "out")
    assert new.report.labels["B-PER"] == 9
