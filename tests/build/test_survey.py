"""What a piece holds: counted, spilled or described, and sorted for those who come after."""

import numpy as np
import pytest

from made_spills import small_corpus, surveyed
from tagpress.build.spill import keys_of, numbers
from tagpress.corpus.identity import sentence_keys
from tagpress.corpus.splits import CELLS, HashSplits, cell_of
from tagpress.store import Folder


@pytest.mark.parametrize("group", ["sentence", "document"])
@pytest.mark.parametrize("target", [60, 1 << 20])
def test_everything_read_is_spilled_or_described_and_counted_once(tmp_path, group, target):
    declaration = small_corpus(tmp_path / "corpus", splits=HashSplits(group=group))
    found = surveyed(declaration, Folder(tmp_path), target)
    batches = [one.task.spill.map_sentences() for one in found]
    assert sum(one.sentences for one in found) == 28
    assert sum(map(len, batches)) + sum(len(file.rejected) for one in found for file in one.files) == 28
    entries = [entry for one in found for file in one.files for entry in file.rejected]
    reasons = [(entry["path"], *entry["reasons"]) for entry in entries]
    assert reasons == [("a.txt", "empty-sentence"), ("b.txt", "ragged-line")]
    assert sum(one.lines for one in found) == sum(
        len(p.read_text().splitlines()) for p in (tmp_path / "corpus").glob("*.txt")
    )
    assert sum(one.label_counts.sum() for one in found) == sum(one.tokens for one in found)


def test_a_spill_is_sorted_and_says_where_its_cells_end(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    for one in surveyed(declaration, Folder(tmp_path)):
        batch = one.task.spill.map_sentences()
        groups = numbers(batch, "group")
        assert (np.diff(groups.astype(object)) >= 0).all()
        cells = cell_of(groups, declaration.splits)
        assert one.cell_ends.tolist() == [int((cells <= cell).sum()) for cell in range(3 * CELLS)]
        assert keys_of(batch).tolist() == sentence_keys(batch["tokens"]).tolist()
        labels = [np.bincount(np.array(row, dtype=int), minlength=5) for row in batch["ner_tags"].to_pylist()]
        for split in range(3):
            own = [label for label, cell in zip(labels, cells // CELLS, strict=True) if cell == split]
            assert one.split_labels[split].tolist() == np.sum([np.zeros(5, dtype=int), *own], axis=0).tolist()


def test_keys_name_the_rows_of_their_sentences(tmp_path):
    for one in surveyed(small_corpus(tmp_path / "corpus"), Folder(tmp_path)):
        keys, batch = one.task.spill.read_keys(0, 1 << 64), one.task.spill.map_sentences()
        assert sorted(numbers(keys, "row").tolist()) == list(range(len(batch)))
        assert keys_of(keys).tolist() == keys_of(batch)[numbers(keys, "row")].tolist()


def test_a_problem_names_the_row_of_its_sentence_or_none(tmp_path):
    found = surveyed(small_corpus(tmp_path / "corpus", max_tokens=2), Folder(tmp_path))
    for one in found:
        batch = one.task.spill.map_sentences()
        for problem, row in zip(one.problems, one.problems.numbers("row").tolist(), strict=True):
            assert (row == -1) == (problem.code != "overlong-sentence") == (problem.id == "")
            if row >= 0:
                assert problem.id == keys_of(batch)[row].tobytes().hex()
                assert problem.sentence == numbers(batch, "line")[row]
    assert sum(problem.code == "overlong-sentence" for one in found for problem in one.problems) == 12


def test_the_hash_of_a_source_is_known_where_a_piece_is_all_of_it(tmp_path):
    declaration = small_corpus(tmp_path / "corpus")
    whole, cut = surveyed(declaration, Folder(tmp_path)), surveyed(declaration, Folder(tmp_path), target=60)
    assert all(file.sha256 for one in whole for file in one.files)
    assert not any(file.sha256 for one in cut for file in one.files)
