"""A document of which several given splits have sentences is named, whether files or a field say the splits."""

import json
from pathlib import Path

import pytest

from made_corpora import declare
from tagpress.build.corpus import check_corpus
from tagpress.build.declaration import Declaration
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.read.jsonl import JsonLines

SPLITS = ("train", "validation", "test")
BESIDE = {"type-missing-in-split": "warn"}
Row = tuple[str, str, str]


def write(path: Path, rows: list[Row]) -> None:
    """Write a sentence for each document, split and word."""
    lines = [
        {"tokens": ["Rust", word], "ner_tags": ["B-Language", "O"], "doc": document, "said": split}
        for document, split, word in rows
    ]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def in_a_field(folder: Path, rows: list[Row], **changes: object) -> Declaration:
    folder.mkdir()
    write(folder / "all.jsonl", rows)
    splits = FieldSplits({split: split for split in SPLITS if any(row[1] == split for row in rows)})
    dialect = JsonLines(document="doc", split="said")
    own = {"dialect": dialect, "splits": splits, "sources": "*.jsonl", "policies": Policies(BESIDE)}
    return declare(folder, **{**own, **changes})


def in_files(folder: Path, rows: list[Row]) -> Declaration:
    folder.mkdir()
    files = {}
    for split in SPLITS:
        if own := [row for row in rows if row[1] == split]:
            files[split] = f"{split}.jsonl"
            write(folder / files[split], own)
    return declare(folder, dialect=JsonLines(document="doc"), sources=files, policies=Policies(BESIDE))


def torn(declaration: Declaration) -> list[tuple[str, str, str]]:
    report = check_corpus(declaration, workers=1)
    return [(one.place, one.severity, one.found) for one in report.problems if one.code == "torn-document"]


def test_a_field_that_tears_documents(tmp_path):
    rows = [("d1", "train", "a"), ("d1", "train", "b"), ("d2", "train", "c"), ("d1", "test", "d"), ("d3", "test", "e")]
    found = "1 document of train that is in test too: 'd1' (2 sentences of train, 1 of test from all.jsonl:4 on)"
    assert torn(in_a_field(tmp_path / "c", rows)) == [("all.jsonl:1:1", "warning", found)]


def test_files_that_tear_documents(tmp_path):
    rows = [
        ("d0", "train", "z"),
        ("d1", "train", "a"),
        ("d1", "test", "b"),
        ("d3", "test", "e"),
        ("d1", "validation", "f"),
    ]
    assert torn(in_files(tmp_path / "c", rows)) == [
        (
            "train.jsonl:2:1",
            "warning",
            "1 document of train that is in test too: 'd1' (1 sentence of train, 1 of test from test.jsonl:1 on)",
        ),
        (
            "validation.jsonl:1:1",
            "warning",
            "1 document of validation that is in test too: 'd1' (1 sentence of validation, 1 of test from test.jsonl:1 on)",
        ),
    ]


def test_three_documents_are_named_and_all_are_counted(tmp_path):
    rows = [(f"d{number}", split, f"{split}{number}") for split in ("test", "train") for number in range(5)]
    [(place, _, found)] = torn(in_a_field(tmp_path / "c", rows))
    assert (place, found.count("'")) == ("all.jsonl:6:1", 6)
    assert found.startswith("5 documents of train that are in test too: such as 'd0' (1 sentence of train, 1 of test")


@pytest.mark.parametrize("name", ["", "17"])
def test_names_that_only_count_are_the_same_document_in_one_file_alone(tmp_path, name):
    rows = [(name, "train", "a"), (name, "test", "b")]
    assert torn(in_files(tmp_path / "files", rows)) == []
    assert len(torn(in_a_field(tmp_path / "field", rows))) == bool(name)


def test_documents_in_one_split_are_whole(tmp_path):
    rows = [("d1", "train", "a"), ("d1", "train", "b"), ("d2", "test", "c")]
    assert torn(in_a_field(tmp_path / "field", rows)) == torn(in_files(tmp_path / "files", rows)) == []


def test_splits_that_we_compute_tear_documents_where_the_script_says_so(tmp_path):
    rows = [("d1", "train", f"w{number}") for number in range(40)]
    splits = HashSplits(train=50, validation=0, test=50)
    report = check_corpus(in_a_field(tmp_path / "c", rows, splits=splits, dialect=JsonLines(document="doc")), workers=1)
    assert min(report.splits["train"], report.splits["test"]) > 0
    assert "torn-document" not in report.problem_counts


def test_a_policy_makes_it_an_error(tmp_path):
    rows = [("d1", "train", "a"), ("d1", "test", "b")]
    declaration = in_a_field(tmp_path / "c", rows, policies=Policies({**BESIDE, "torn-document": "error"}))
    report = check_corpus(declaration, workers=1)
    assert (report.ok, report.counts_of("error")) == (False, {"torn-document": 1})
