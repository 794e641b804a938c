"""The pages of a column say what it would cost; headers that lie, or are no headers, are an error and nothing else."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.hub.pages import pages
from tagpress.hub.shards import extent


def written(table: pa.Table, **options) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    return sink.getvalue()


def reader(data: bytes):
    return lambda at, size: data[at : at + size]


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("statistics", [True, False])
@given(rows=st.lists(st.lists(st.text("ab", max_size=5), max_size=5), min_size=1, max_size=30))
def test_pages_have_what_pyarrow_wrote(version, statistics, rows):
    table = pa.table({"tokens": pa.array(rows, pa.list_(pa.string())), "text": ["x" * 9_000] * len(rows)})
    data = written(table, data_page_version=version, write_statistics=statistics, data_page_size=64)
    group = pq.read_metadata(io.BytesIO(data)).row_group(0)
    for chunk in map(group.column, range(group.num_columns)):
        found = list(pages(reader(data), *extent(chunk)))
        assert sum(page.values for page in found if not page.dictionary) == chunk.num_values
        assert sum(page.unpacked for page in found) <= chunk.total_uncompressed_size


@given(data=st.binary(max_size=300))
def test_what_is_no_page_is_a_value_error(data):
    try:
        found = list(pages(reader(data), 0, len(data)))
    except ValueError:
        return
    assert len(found) <= len(data)


LIES = {
    "nested": (b"\x5c" * 50, "nested too deeply"),
    "lists in lists": (b"\x19" * 5_000, "nested too deeply"),
    "a number without end": (b"\x15" + b"\xff" * 20, "does not end"),
    "a size below zero": (b"\x15\x00\x15\x01\x15\x00\x00", "where a size must be"),
    "longer than its column": (b"\x15\x00\x15\x02\x15\x7e\x00", "longer than its column"),
    "nothing of what it holds": (b"\x15\x00\x15\x02\x15\x00\x00", "does not say what it holds"),
    "cut": (b"\x15", "does not end"),
}


@pytest.mark.parametrize("name", LIES)
def test_lies(name):
    data, said = LIES[name]
    with pytest.raises(ValueError, match=said):
        list(pages(reader(data), 0, len(data)))
