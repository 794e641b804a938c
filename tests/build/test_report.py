"""The report counts what was read, and names what no single piece could."""

import numpy as np
import pytest

from made_corpora import words, write_document
from made_spills import reading_of, report_of, small_corpus
from tagpress.build.report import missing_types
from tagpress.corpus.policies import Policies
from tagpress.store import Folder


def test_what_was_read_is_counted(tmp_path):
    report = report_of(reading_of(small_corpus(tmp_path / "corpus"), Folder(tmp_path)))
    assert (report.sentences, report.published, report.rejected) == (28, 25, 3)
    assert sum(report.splits.values()) == report.published
    assert sum(report.labels.values()) == report.tokens
    assert report.ok
    assert report.to_json()["readers"] == {"train": [1], "validation": [1], "test": [1]}


def test_the_cut_into_pieces_changes_nothing_in_it(tmp_path, monkeypatch):
    declaration = small_corpus(tmp_path / "corpus", max_tokens=2)
    whole = report_of(reading_of(declaration, Folder(tmp_path / "whole")))
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (60,))
    cut = report_of(reading_of(declaration, Folder(tmp_path / "cut")))
    assert cut == whole


def test_an_error_makes_a_report_that_cannot_be_built(tmp_path):
    report = report_of(reading_of(small_corpus(tmp_path / "corpus", policies=Policies({})), Folder(tmp_path)))
    assert not report.ok
    assert report.problem_counts["ragged-line"] == 1
    assert list(report.problem_counts) == sorted(report.problem_counts)
    assert list(report.problems) == sorted(report.problems)


@pytest.mark.parametrize("policy", ["warn", "error"])
def test_a_type_is_missing_where_no_entity_begins(tmp_path, policy):
    declaration = small_corpus(tmp_path, policies=Policies({"type-missing-in-split": policy}))
    counts = np.array([[9, 1, 0, 0, 5], [9, 0, 0, 1, 0], [9, 2, 0, 3, 0]])  # I- alone is no beginning
    found = missing_types(counts, declaration)
    assert [problem.found for problem in found] == ["no Device in train", "no Language in validation"]
    assert {problem.severity for problem in found} == {"warning" if policy == "warn" else "error"}


def test_near_copies_are_reported_at_the_first_of_them_with_its_id(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    write_document(tmp_path / "corpus" / "c.txt", [words("NO", name, "HERE") for name in ("ant", "bee", "cat", "dog")])
    write_document(tmp_path / "corpus" / "d.txt", [words("No", name, "Here") for name in ("ant", "bee", "cat", "dog")])
    found = reading_of(declaration, Folder(tmp_path))
    reported = [problem for problem in report_of(found).problems if problem.code == "near-duplicate"]
    assert len(reported) == len(found.settled.near) > 0
    for problem in reported:
        assert f"such as {problem.path}:{problem.line} and " in problem.found
        assert (problem.sentence, len(problem.id)) == (problem.line, 32)
