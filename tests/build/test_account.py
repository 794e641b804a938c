"""What stays behind is described as it was read, and counted where it was."""

import numpy as np

from made_spills import account_of, reading_of, small_corpus, surveyed
from tagpress.build.account import LeftTask, left_behind
from tagpress.build.read_all import _spilled
from tagpress.build.spill import numbers
from tagpress.corpus.splits import CELLS
from tagpress.store import Folder


def test_a_row_that_stays_behind_is_described_and_taken_away_from_its_split(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    found = surveyed(declaration, Folder(tmp_path), target=60)
    names = declaration.labels.names
    rows, labels = np.zeros(3, dtype=np.int64), np.zeros((3, len(names)), dtype=np.int64)
    for one, piece in zip(found, _spilled(found), strict=True):
        batch = one.task.spill.map_sentences()
        left = left_behind(
            LeftTask(piece=piece, reasons={row: f"why-{row}" for row in range(len(batch))}, labels=names, splits=3)
        )
        rows, labels = rows + left.rows, labels + left.label_counts
        assert left.rows.tolist() == np.diff(one.cell_ends[CELLS - 1 :: CELLS], prepend=0).tolist()
        assert left.label_counts.tolist() == one.split_labels.tolist()
        (path,) = piece.files.paths
        text = (tmp_path / "corpus" / path).read_text().splitlines()
        by_line = np.argsort(numbers(batch, "line")).tolist()
        for row, entry in zip(by_line, left.entries, strict=True):
            assert entry["reasons"] == [f"why-{row}"]
            assert (entry["path"], entry["doc_id"]) == (path, path.removesuffix(".txt"))
            read = text[entry["line"] - 1 :][: len(entry["tokens"]) + 2]
            lines = [f"{token}\t{tag}" for token, tag in zip(entry["tokens"], entry["tags"], strict=True)]
            assert read == ["<s>", *lines, "</s>"]
    assert rows.sum() == 26
    assert labels.sum() == sum(one.tokens for one in found)


def test_of_what_nothing_stays_behind_nothing_is_taken_away(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    [piece, _] = _spilled(surveyed(declaration, Folder(tmp_path)))
    left = left_behind(LeftTask(piece=piece, reasons={}, labels=declaration.labels.names, splits=3))
    assert (len(left.entries), left.rows.sum(), left.label_counts.sum()) == (0, 0, 0)


def test_every_sentence_that_was_read_is_published_or_rejected_in_the_order_of_the_sources(tmp_path, monkeypatch):
    declaration = small_corpus(tmp_path / "corpus")
    whole = account_of(reading_of(declaration, Folder(tmp_path / "whole")))
    assert (sum(whole.rows.values()), len(whole.rejected)) == (25, 3)
    places = [(entry["path"], entry["line"]) for entry in whole.rejected]
    assert places == sorted(places)
    monkeypatch.setattr("tagpress.read.pieces.pieces.__defaults__", (60,))
    reading = reading_of(declaration, Folder(tmp_path / "cut"))
    cut = account_of(reading)
    assert len(reading.pieces) > 4
    assert (cut.rows, cut.labels.tolist()) == (whole.rows, whole.labels.tolist())
    assert [*cut.rejected] == [*whole.rejected]
