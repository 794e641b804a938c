"""A shard's rows: which they are, in which order, and what they are called."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_spills import reading_of, small_corpus
from tagpress.build.shard import _ids, read_windows, row_groups, shard_task
from tagpress.build.shard_plan import shard_plans, windows_of
from tagpress.corpus.identity import group_hashes, row_id, sentence_keys
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import CELLS, interval_of
from tagpress.store import Folder


@given(st.lists(st.tuples(st.binary(min_size=16, max_size=16), st.integers(1, 12)), max_size=5))
def test_ids_are_the_keys_and_count_copies(rows):
    keys = np.frombuffer(b"".join(key for key, _ in rows), dtype=np.uint8).reshape(-1, 16)
    copies = np.array([copy for _, copy in rows], dtype=np.int64)
    found = _ids(keys, copies)
    found.validate(full=True)
    assert found.to_pylist() == [row_id(key.hex(), copy) for key, copy in rows]


@given(st.integers(0, 1000), st.integers(1, 500), st.integers(0, 1_000_000))
def test_windows_cover_the_interval_end_to_end_two_row_groups_each(low, width, rows):
    windows = windows_of((low, low + width), rows)
    assert (windows[0][0], windows[-1][-1]) == (low, low + width)
    assert [one[-1] for one in windows[:-1]] == [one[0] for one in windows[1:]]
    assert {len(one) for one in windows} <= {2, 3}


@pytest.mark.parametrize("count", [1, 2, 12])
@pytest.mark.parametrize("row_group", [4, 25_000])
@pytest.mark.parametrize(("policy", "rows"), [("warn", 26), ("drop", 25)])
def test_every_published_row_is_in_the_shard_of_its_cell_and_in_order(
    tmp_path, monkeypatch, *, count, row_group, policy, rows
):
    monkeypatch.setattr("tagpress.build.shard.ROW_GROUP_ROWS", row_group)
    declaration = small_corpus(tmp_path / "corpus", policies=Policies({"ragged-line": "drop", "duplicate": policy}))
    reading = reading_of(declaration, Folder(tmp_path))
    pieces = reading.rows()
    plans = shard_plans(dict.fromkeys(declaration.splits.names, count), declaration, pieces)
    assert sum(plan.rows for plan in plans) == rows
    published = []
    for plan in plans:
        low, high = interval_of(declaration.splits, plan.cells)
        task = shard_task(plan, pieces, Folder(tmp_path), "shard")
        assert all(part.rows for part in task.parts)  # a task names only rows of its own
        groups = list(row_groups(plan, read_windows(task)))
        assert all(0 < len(one.table) <= 2 * row_group for one in groups)
        tables = [one.table for one in groups]
        assert sum(map(len, tables)) == plan.rows
        if tables:
            tokens = pa.concat_tables(tables)["tokens"].combine_chunks()
            tokens = tokens.chunk(0) if isinstance(tokens, pa.ChunkedArray) else tokens
            keys = sentence_keys(tokens)
            assert keys.tolist() == np.concatenate([one.keys for one in groups]).tolist()
            hashes = group_hashes(keys, declaration.splits.salt).tolist()
            assert hashes == sorted(hashes)
            assert all(low <= one < high for one in hashes)
            published += pa.concat_tables(tables)["id"].to_pylist()
        assert plan.path == f"data/{plan.split}-{plan.cells.start % CELLS * count // CELLS:05d}-of-{count:05d}.parquet"
    assert len(set(published)) == len(published) == rows
    assert sum(name.endswith("-2") for name in published) == rows - 25
