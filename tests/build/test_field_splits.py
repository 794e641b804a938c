"""Splits that a field of the source says: the same rows in the same splits as where each split has files of its own."""

import json
import random
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from made_corpora import declare, shas
from made_spills import reading_of, report_of, surveyed
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.build.exchange import push_rows, pushed_windows
from tagpress.build.shard import read_windows, row_groups, shard_task
from tagpress.build.shard_plan import shard_plans
from tagpress.corpus.field_splits import FieldSplits
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import GivenSplits, HashSplits
from tagpress.errors import DataError, ScriptError
from tagpress.read.jsonl import JsonLines
from tagpress.store import Folder

VALUES = {"train": "train", "dev": "validation", "test": "test"}
SPLITS = FieldSplits(VALUES)
BESIDE = Policies({"type-missing-in-split": "warn", "split-leakage": "drop", "conflicting-duplicate": "warn"})


def made(sentences: int = 90, seed: int = 1) -> list[dict[str, object]]:
    """Sentences with copies, leaks and conflicts among them, in no order."""
    chance = random.Random(seed)
    return [
        {
            "tokens": ["Rust", chance.choice(["runs", "is"]), f"w{chance.randrange(sentences // 2)}"],
            "ner_tags": ["B-Language" if chance.random() < 0.9 else "O", "O", "O"],
            "doc": f"d{chance.randrange(8)}",
            "said": chance.choice(["train", "train", "dev", "test"]),
        }
        for _ in range(sentences)
    ]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


def said(folder: Path, rows: list[dict[str, object]], **changes: object) -> Declaration:
    folder.mkdir(exist_ok=True)
    write(folder / "all.jsonl", rows)
    own = {"dialect": JsonLines(split="said"), "splits": SPLITS, "policies": BESIDE, "sources": "*.jsonl"}
    return declare(folder, **{**own, **changes})


def published(build: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of each shard, without their documents, which are called after files."""
    files = sorted((build / "data").iterdir())
    return {file.name: [{**row, "doc_id": ""} for row in pq.read_table(file).to_pylist()] for file in files}


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_and_splits_are_those_of_a_corpus_with_a_file_for_each_split(tmp_path, seed):
    rows = made(seed=seed)
    one = build_corpus(said(tmp_path / "one", rows), tmp_path / "a", workers=1)
    other = tmp_path / "other"
    other.mkdir()
    for value, split in VALUES.items():
        write(other / f"{split}.jsonl", [row for row in rows if row["said"] == value])
    files = {split: f"{split}.jsonl" for split in VALUES.values()}
    two = build_corpus(declare(other, dialect=JsonLines(), sources=files, policies=BESIDE), tmp_path / "b", workers=1)
    assert published(tmp_path / "a") == published(tmp_path / "b")
    assert one.report.splits == two.report.splits
    assert one.report.problem_counts == two.report.problem_counts
    assert one.report.problem_counts.keys() >= {"split-leakage", "duplicate"}
    record, given = one.manifest.sole.split_rule, two.manifest.sole.split_rule
    assert (record.kind, record.field, record.values) == ("given", "said", VALUES)
    assert record == given, "where given splits stand is no part of the rule: no release is a major one for that"
    assert given.field is given.values is None
    card = (tmp_path / "a" / "README.md").read_text()
    assert "The splits are those of the source, as its field `said` says them: `dev` is `validation` here." in card


@pytest.mark.parametrize("group", ["sentence", "document"])
def test_bytes_are_the_same_whatever_the_workers_the_pieces_and_the_engine(tmp_path, monkeypatch, group):
    splits = FieldSplits(VALUES, group=group, salt="5")
    declaration = said(tmp_path / "c", made(), splits=splits, dialect=JsonLines(split="said", document="doc"))
    build_corpus(declaration, tmp_path / "one", workers=1)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (300,))
    build_corpus(declaration, tmp_path / "two", workers=1)
    build_corpus(declaration, tmp_path / "three", engine=Shuffler())
    assert shas(tmp_path / "one") == shas(tmp_path / "two") == shas(tmp_path / "three")


@pytest.mark.parametrize("count", [1, 4])
def test_the_rows_of_a_shard_are_sent_as_they_are_read(tmp_path, monkeypatch, count):
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (300,))
    declaration = said(tmp_path / "c", made())
    pieces = reading_of(declaration, Folder(tmp_path)).rows()
    plans = shard_plans(dict.fromkeys(SPLITS.names, count), declaration, pieces)
    pushed = [push_rows(plans, piece) for piece in pieces]
    for number, plan in enumerate(plans):
        own = [
            batch.slice(row, 1) for batch in pushed for row in range(len(batch)) if batch["part"][row].as_py() == number
        ]
        own.sort(key=lambda batch: batch["place"][0].as_py())
        task = shard_task(plan, pieces, Folder(tmp_path), "shard")
        read = [one.table for one in row_groups(plan, read_windows(task))]
        assert read == [one.table for one in row_groups(plan, pushed_windows(plan, own))]
        assert sum(map(len, read)) == plan.rows


def test_documents_are_counted_in_each_split_that_has_sentences_of_theirs(tmp_path, monkeypatch):
    """As many shards as groups fill: here documents, of which one may have sentences in two splits."""
    monkeypatch.setattr("tagpress.corpus.splits.ONE_SHARD_BELOW", 10)
    monkeypatch.setattr("tagpress.corpus.splits.GROUPS_PER_SHARD", 1)
    rows = [
        {"tokens": ["Rust", f"w{number}"], "ner_tags": ["B-Language", "O"], "doc": f"d{number % 12}", "said": "train"}
        for number in range(48)
    ]
    rows += [
        {**row, "tokens": ["Go", *row["tokens"]], "ner_tags": ["B-Language", "O", "O"], "said": "dev"}
        for row in rows[:11]
    ]
    splits = FieldSplits({"train": "train", "dev": "validation"}, group="document")
    declaration = said(tmp_path / "c", rows, splits=splits, dialect=JsonLines(split="said", document="doc"))
    assert report_of(reading_of(declaration, Folder(tmp_path))).shards == {"train": 12, "validation": 1}


def test_a_leak_names_both_splits_and_is_the_owners_to_mend(tmp_path):
    rows = [
        {"tokens": ["Rust", "runs"], "ner_tags": ["B-Language", "O"], "said": value}
        for value in ("train", "test", "dev")
    ]
    report = check_corpus(said(tmp_path / "c", rows, policies=Policies({"type-missing-in-split": "warn"})), workers=1)
    found = {problem.place: problem.found for problem in report.problems if problem.code == "split-leakage"}
    assert found == {
        "all.jsonl:1:1": "a sentence of train that test has with the same tags at all.jsonl:2",
        "all.jsonl:3:1": "a sentence of validation that test has with the same tags at all.jsonl:2",
    }
    assert not report.ok


def test_every_sentence_without_a_known_split_is_named_and_none_is_guessed(tmp_path):
    rows = made(40)
    for number, value in ((3, "tset"), (17, None), (30, "Train")):
        rows[number]["said"] = value
    declaration = said(tmp_path / "c", rows)
    with pytest.raises(DataError) as error:
        build_corpus(declaration, tmp_path / "out", workers=1)
    found = [(one.place, one.found) for one in error.value.problems if one.code == "unknown-split"]
    assert found == [
        ("all.jsonl:4:1", "the split 'tset'"),
        ("all.jsonl:18:1", "no split"),
        ("all.jsonl:31:1", "the split 'Train'"),
    ]
    dropped = Policies({**BESIDE.chosen, "unknown-split": "drop"})
    built = build_corpus(said(tmp_path / "c", rows, policies=dropped), tmp_path / "out", workers=1)
    assert built.manifest.sole.rejected["unknown-split"] == 3
    assert built.report.sentences == 40 == built.report.published + built.report.rejected


def test_a_split_that_no_sentence_says_is_an_error(tmp_path):
    splits = FieldSplits({**VALUES, "extra": "unlabelled"})
    report = check_corpus(said(tmp_path / "c", made(), splits=splits), workers=1)
    (found,) = [one for one in report.problems if one.code == "empty-split"]
    assert (found.found, "leave the split out of SPLITS" in found.hint) == ("no sentence is left for unlabelled", True)


def test_a_piece_is_spilled_in_the_order_of_its_cells(tmp_path):
    (one,) = surveyed(said(tmp_path / "c", made()), Folder(tmp_path))
    batch = one.task.spill.map_sentences()
    groups = batch["group"].to_numpy()
    ends = [0, *one.cell_ends[47::48].tolist()]
    assert (len(ends), ends[-1]) == (4, len(batch))
    assert all((groups[low:high][1:] >= groups[low:high][:-1]).all() for low, high in pairwise(ends))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dialect": JsonLines()}, "SPLITS has the values of a field, and JsonLines reads none of them"),
        ({"splits": HashSplits()}, "split='said' of DIALECT says the split of each sentence, and SPLITS has others"),
        ({"splits": GivenSplits(names=("train",))}, "split='said' of DIALECT says the split"),
        ({"sources": {"train": "all.jsonl"}}, "SOURCES gives the splits and SPLITS has them in a field"),
    ],
)
def test_splits_come_from_one_place(tmp_path, changes, message):
    with pytest.raises(ScriptError, match=message):
        said(tmp_path / "c", made(), **changes)


def test_other_sources_say_their_splits_too_and_splits_of_files_win(tmp_path):
    declaration = said(tmp_path / "c", made())
    other = declaration.with_sources((SourceGlobs(("other.jsonl",), tmp_path),))
    assert (other.splits, other.dialect) == (declaration.splits, declaration.dialect)
    given = declaration.with_sources((SourceGlobs(("other.jsonl",), tmp_path, "test"),))
    assert (given.splits, given.dialect) == (GivenSplits(names=("test",)), JsonLines())
