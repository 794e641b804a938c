"""The arrays behind a column say what the column says, also where the column is a slice of another."""

import itertools

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.arrays import cut_where, list_bounds, read_only, string_bounds, string_bytes

TEXTS = st.lists(st.text(max_size=4), max_size=8)
CUT = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(sorted)


@given(TEXTS, CUT)
def test_strings_are_the_bytes_between_their_bounds(texts, cut):
    column = pa.array(texts, pa.string())[slice(*cut)]
    bounds, data = string_bounds(column), string_bytes(column).tobytes()
    found = [data[start:stop].decode() for start, stop in itertools.pairwise(bounds)]
    assert found == column.to_pylist() == texts[slice(*cut)]


@given(st.lists(TEXTS, max_size=6), CUT)
def test_lists_are_the_values_between_their_bounds(lists, cut):
    column = pa.array(lists, pa.list_(pa.string()))[slice(*cut)]
    bounds, values = list_bounds(column), column.values.to_pylist()
    assert bounds.dtype == np.int64
    found = [values[start:stop] for start, stop in itertools.pairwise(bounds)]
    assert found == lists[slice(*cut)]


@given(st.lists(st.lists(st.integers(0, 2), max_size=6), max_size=4))
def test_batches_are_cut_where_a_number_changes_and_nowhere_else(batches):
    made = [pa.RecordBatch.from_pydict({"place": pa.array(numbers, pa.int32())}) for numbers in batches]
    parts = [(number, part["place"].to_pylist()) for number, part in cut_where(made, "place")]
    assert all(set(rows) == {number} for number, rows in parts)
    assert [row for _, rows in parts for row in rows] == [row for numbers in batches for row in numbers]
    changes = sum(1 + sum(a != b for a, b in itertools.pairwise(one)) for one in batches if one)
    assert len(parts) == changes


def test_an_array_that_may_only_be_read_is_the_same_memory_and_its_owner_may_write():
    owned = np.arange(3)
    seen = read_only(owned)
    owned[0] = 7
    assert seen.tolist() == [7, 1, 2]
    assert (seen.flags.writeable, owned.flags.writeable) == (False, True)
