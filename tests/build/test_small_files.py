"""Small files are read several at a time, and nothing of it is seen: each alone gives the same build and the same words."""

import json
import shutil
from pathlib import Path

import pytest

from corrected_news import correction
from made_corpora import MARKED, declare, shas, words, write_document
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declaration import Declaration
from tagpress.build.piece_files import PieceFiles, places
from tagpress.build.survey import survey
from tagpress.corpus.corrections import Corrections, read_corrections
from tagpress.corpus.identity import sentence_key
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import HashSplits
from tagpress.read.columns import Columns
from tagpress.read.sources.archives import _opened
from tagpress.read.sources.source import sha256
from tagpress.read.standoff import Standoff

FILES = 40
LAX = Policies(
    dict.fromkeys(("ragged-line", "stray-line", "empty-sentence", "unknown-tag", "invalid-transition"), "drop")
    | {"unclosed-sentence": "repair", "type-missing-in-split": "warn", "conflicting-duplicate": "warn"}
)


def write_many(folder: Path) -> None:
    """Write files with copies in each other, conflicts, faults, a mark of order, and some without anything."""
    for number in range(FILES):
        sentences = [words("Rust", f"w{number}", f"x{n}") for n in range(number % 4)]
        sentences += [words("the", "same", "Everywhere"), words("nearly", "The" if number % 2 else "the", "same")]
        write_document(folder / f"d{number:02}.txt", sentences if number % 7 else [])
    (folder / "d03.txt").write_text("﻿<s>\nRust\tB-Language\nis\n</s>\n<s>\nfast\tO\n", encoding="utf-8")
    (folder / "d11.txt").write_text("<s>\nRust\tB-Stone\n</s>\n\nstray\tO\n<s>\n</s>\n")
    (folder / "d12.txt").write_text("<s>\nGo\tI-Language\r\n</s>", encoding="utf-8")


def made(declaration: Declaration, out: Path, **how: object) -> tuple[object, ...]:
    """Return all that a build leaves: its files, and every problem and rejected sentence."""
    build = build_corpus(declaration, out, workers=1, **how)
    beside = [Path(f"{out}.{name}.jsonl") for name in ("problems", "rejected")]
    return shas(out), [path.read_text() for path in beside if path.exists()], build.report.to_json() | {"out": ""}


@pytest.mark.parametrize("group", ["sentence", "document"])
@pytest.mark.parametrize("doubts", [False, True])
def test_files_alone_give_the_same_build(tmp_path, monkeypatch, group, doubts):
    write_many(tmp_path)
    declaration = declare(tmp_path, policies=LAX, splits=HashSplits(salt="1", group=group))
    together = made(declaration, tmp_path / "together", doubts=doubts)
    monkeypatch.setattr("tagpress.build.read_all._TOGETHER", 0)
    assert made(declaration, tmp_path / "alone", doubts=doubts) == together
    monkeypatch.setattr("tagpress.build.read_all._TOGETHER", 400)
    assert made(declaration, tmp_path / "some", doubts=doubts) == together


def test_problems_and_rejected_sentences_are_in_their_files(tmp_path):
    write_many(tmp_path)
    build_corpus(declare(tmp_path, policies=LAX), tmp_path / "out", workers=1)
    rejected = [json.loads(line) for line in Path(f"{tmp_path / 'out'}.rejected.jsonl").read_text().splitlines()]
    by_place = {(one["path"], one["line"]): one for one in rejected}
    assert by_place["d03.txt", 1]["reasons"] == ["ragged-line"]
    assert by_place["d11.txt", 1]["reasons"] == ["unknown-tag"]
    assert by_place["d05.txt", 6]["tokens"] == ["the", "same", "Everywhere"]
    assert by_place["d05.txt", 6]["doc_id"] == "d05"
    report = check_corpus(declare(tmp_path, policies=LAX), workers=1)
    assert ("d11.txt", 5) in {(one.path, one.line) for one in report.problems if one.code == "stray-line"}


@pytest.mark.parametrize("kind", ["zip", "tar", "gztar"])
def test_files_in_an_archive_are_read_together(tmp_path, monkeypatch, kind):
    folder = tmp_path / "all"
    write_many(folder)
    alone = check_corpus(declare(folder, policies=LAX), workers=1)
    archive = Path(shutil.make_archive(str(tmp_path / "packed"), kind, folder))
    hashed, surveyed = [], []
    monkeypatch.setattr("tagpress.build.pressed.sha256", lambda source: hashed.append(source) or sha256(source))
    monkeypatch.setattr("tagpress.build.moves.survey", lambda task: surveyed.append(task) or survey(task))
    _opened.cache_clear()
    declaration = declare(tmp_path, policies=LAX, sources=f"{archive.name}::*.txt")
    together = made(declaration, tmp_path / "together")
    assert (len(surveyed), len(hashed), _opened.cache_info().misses) == (1, 1, 1)
    assert together[2]["sentences"] == alone.sentences
    found = [(one["path"], one["line"]) for one in map(json.loads, together[1][0].splitlines()) if one["line"]]
    assert found == [(f"{archive.name}::{one.path}", one.line) for one in alone.problems if one.line]
    monkeypatch.setattr("tagpress.build.read_all._TOGETHER", 0)
    assert made(declaration, tmp_path / "each") == together
    assert len(surveyed) == 1 + FILES


def test_given_splits_are_not_mixed(tmp_path):
    for number in range(6):
        write_document(tmp_path / f"{'ab'[number % 2]}{number}.txt", [words("Rust", f"w{number}")])
    report = check_corpus(declare(tmp_path, sources={"train": "a*.txt", "test": "b*.txt"}), workers=1)
    assert report.splits == {"train": 3, "test": 3}


def test_a_correction_is_placed_in_its_file(tmp_path):
    for number in range(5):
        write_document(tmp_path / f"d{number}.txt", [words("Rust", f"w{number}")])
    line = correction(sentence_key(["Rust", "w3"]).hex(), [[1, 2, "Device"]], [])
    items, _ = read_corrections(json.dumps(line).encode())
    report = check_corpus(declare(tmp_path, corrections=Corrections("corrections.jsonl", items)), workers=1)
    (found,) = [one for one in report.problems if one.code == "outdated-correction"]
    assert "d3.txt:1" in found.found


@pytest.mark.parametrize("dialect", [MARKED, Columns(delimiter=" ", document="-DOCSTART-"), Standoff()])
def test_dialects_of_small_files_are_read_the_same_way(tmp_path, monkeypatch, dialect):
    for number in range(9):
        path = tmp_path / f"d{number}.txt"
        if isinstance(dialect, Standoff):
            path.write_text(f"Rust is w{number}.\nGo too.\n")
            path.with_suffix(".ann").write_text(f"T1\tLanguage 0 {4 + number % 2}\tRust{' ' * (number % 2)}\n")
        elif dialect == MARKED:
            write_document(path, [words("Rust", f"w{number}"), words("Rust")])
        else:
            path.write_text(f"-DOCSTART- O\n\nRust B-Language\nw{number} O\n\n-DOCSTART- O\n\nGo B-Language\n")
    declaration = declare(
        tmp_path,
        dialect=dialect,
        policies=Policies({"unaligned-annotation": "drop", "type-missing-in-split": "warn"}),
        splits=HashSplits(train=1, validation=0, test=0),
    )
    together = made(declaration, tmp_path / "together")
    monkeypatch.setattr("tagpress.build.read_all._TOGETHER", 0)
    assert made(declaration, tmp_path / "alone") == together


def test_a_line_is_in_the_file_that_has_it():
    import numpy as np

    files = [PieceFiles(("a", "empty", "b"), (0, 10, 10)), PieceFiles(("c",))]
    paths, which, own = places(files, np.array([0, 0, 0, 1]), np.array([1, 10, 11, 7]))
    assert [(paths[number], line) for number, line in zip(which.tolist(), own.tolist(), strict=True)] == [
        ("a", 1),
        ("a", 10),
        ("b", 1),
        ("c", 7),
    ]
    assert [files[0].place(line) for line in (1, 10, 11)] == [("a", 1), ("a", 10), ("b", 1)]
