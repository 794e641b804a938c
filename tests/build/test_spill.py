"""What is spilled comes back, whole or by a range, from slices too."""

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.build.spill import Spill, key_column, keys_of, numbers
from tagpress.corpus.splits import LINE
from tagpress.store import Folder

POINTS = st.integers(0, LINE - 1) | st.sampled_from([0, 1, LINE - 1])
ROWS = st.lists(st.tuples(POINTS, st.lists(st.text(max_size=3), max_size=3)), max_size=8).map(sorted)


def spilled(folder, rows, extra=()):
    """Write rows of a group hash and tokens."""
    spill, numbered = Spill(Folder(Path(folder)), "s", extra), list(range(len(rows)))
    tokens = pa.array([texts for _, texts in rows], pa.list_(pa.string()))
    labels = pa.array([[0] * len(texts) for _, texts in rows], pa.list_(pa.int16()))
    keys = np.arange(16 * len(rows), dtype=np.uint8).reshape(-1, 16)
    points = pa.array([group for group, _ in rows], pa.uint64())
    places = [pa.array(numbered, kind) for kind in (pa.int32(), pa.int64(), pa.int64())]
    spill = spill.write_sentences([points, *places, key_column(keys), tokens, labels, *[tokens] * len(extra)])
    spill.write_keys([points, key_column(keys), points, pa.array(numbered, pa.int64())])
    return spill, keys


@given(ROWS, POINTS, POINTS | st.just(LINE), st.integers(0, 8), st.integers(0, 8))
def test_a_range_of_some_rows_is_what_lies_between(rows, low, high, start, stop):
    start, stop = sorted((min(start, len(rows)), min(stop, len(rows))))
    with tempfile.TemporaryDirectory() as folder:
        spill, keys = spilled(folder, rows)
        wanted = [n for n in range(start, stop) if low <= rows[n][0] < high]
        first, batch = spill.read_sentences(low, high, range(start, stop))
        assert batch["tokens"].to_pylist() == [rows[n][1] for n in wanted]
        assert keys_of(batch).tolist() == keys[wanted].tolist()
        assert not wanted or first == wanted[0]
        every = [n for n, (group, _) in enumerate(rows) if low <= group < high]
        assert numbers(spill.read_keys(low, high), "row").tolist() == every


@given(ROWS, st.integers(0, 8))
def test_the_keys_of_a_slice_are_its_own(rows, start):
    with tempfile.TemporaryDirectory() as folder:
        spill, keys = spilled(folder, rows)
        assert keys_of(spill.map_sentences()[start:]).tolist() == keys[start:].tolist()


def test_extra_columns_cannot_be_taken_for_others(tmp_path):
    spill, _ = spilled(tmp_path, [(1, ["a"]), (2, ["b", "c"])], extra=("tokens", "key"))
    batch = spill.map_sentences()
    assert batch.schema.names[-2:] == ["extra:tokens", "extra:key"]
    assert batch["extra:key"].to_pylist() == [["a"], ["b", "c"]]


@given(ROWS, st.integers(0, 8), st.integers(0, 8))
def test_rows_that_are_read_are_those_that_are_mapped(rows, start, stop):
    start, stop = sorted((min(start, len(rows)), min(stop, len(rows))))
    with tempfile.TemporaryDirectory() as folder:
        spill, _ = spilled(folder, rows, extra=("x", "y"))
        first, batch = spill.read_sentences(0, LINE, range(start, stop))
        assert first == start
        assert batch.to_pylist() == spill.map_sentences()[start:stop].to_pylist()
        batch.validate(full=True)


def test_a_file_that_became_shorter_is_said(tmp_path):
    spill, _ = spilled(tmp_path, [(group, ["word"]) for group in range(9)])
    path = tmp_path / "s-sentences.arrow"
    path.write_bytes(path.read_bytes()[: spill.places[-1]])
    with pytest.raises(OSError, match="has become shorter"):
        spill.read_sentences(0, LINE, range(9))
