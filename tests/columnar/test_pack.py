"""What is packed comes back, whole columns from the rows of any number of batches."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.columnar.pack import (
    pack,
    pack_lists,
    pack_strings,
    schema_of,
    table_of,
    unpack,
    unpack_lists,
    unpack_strings,
)

TEXTS = st.lists(st.text(max_size=4), max_size=8)


def stretches(data, size):
    """Draw bounds of stretches of so many items, some of them empty."""
    return np.array([0, *sorted(data.draw(st.lists(st.integers(0, size), max_size=4))), size])


def batches(columns, data):
    """Return packed rows in one batch or two, as an engine may hand them on."""
    rows = len(next(iter(columns.values())))
    table = table_of(np.zeros(rows), np.arange(rows), columns)
    cut = data.draw(st.integers(0, rows))
    return [table[:cut], table[cut:]]


@given(st.lists(st.integers(-100, 100), max_size=9), st.sampled_from([np.int16, np.int64]), st.data())
def test_numbers_come_back(numbers, dtype, data):
    found = batches({"n": pack(np.array(numbers, dtype), stretches(data, len(numbers)))}, data)
    assert unpack([one["n"] for one in found], dtype).tolist() == numbers


@given(st.integers(0, 6), st.data())
def test_keys_come_back_in_their_rows(size, data):
    keys = np.arange(16 * size, dtype=np.uint8).reshape(-1, 16)
    packed = pack(keys, stretches(data, size))
    assert unpack([packed], np.uint8, 16).tolist() == keys.tolist()


@given(TEXTS, st.integers(0, 3), st.data())
def test_strings_come_back(texts, first, data):
    column = pa.array(texts, pa.string())[first:]
    found = batches(pack_strings("s", column, stretches(data, len(column))), data)
    assert unpack_strings("s", found).to_pylist() == texts[first:]


@given(st.lists(TEXTS, max_size=5), st.integers(0, 3), st.data())
def test_lists_come_back(lists, first, data):
    column = pa.array(lists, pa.list_(pa.string()))[first:]
    found = batches(pack_lists("l", column, stretches(data, len(column))), data)
    back = unpack_lists("l", found)
    back.validate(full=True)
    assert back.to_pylist() == lists[first:]


def test_a_packed_row_says_where_it_goes_and_fits_its_schema():
    columns = {"n": pack(np.arange(3), np.array([0, 1, 3]))}
    table = table_of(np.array([7, 8]), np.array([0, 1]), columns)
    assert table.schema == schema_of("n")
    assert (table["part"].to_pylist(), table["place"].to_pylist()) == ([7, 8], [0, 1])
    assert [len(value) for value in table["n"].to_pylist()] == [8, 16]


def test_what_no_column_holds_is_refused():
    row = np.zeros((1, 1 << 20), dtype=np.uint8)
    many = np.broadcast_to(row, (1 << 11, 1 << 20))  # 2 GiB to look at, 1 MiB of memory
    with pytest.raises(OverflowError, match="2,147,483,648 bytes are too many for one column"):
        pack(many, np.array([0, len(many)]))
