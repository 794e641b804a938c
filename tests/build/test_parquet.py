"""One table, one row group; same rows, same bytes; hashed as it is written."""

import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.build.parquet import write_shard, writer_options
from tagpress.corpus.schema import Labels, arrow_schema

SCHEMA = arrow_schema(Labels(("Language",)), ("pos",))


def table(*names):
    columns = [
        names,
        ["d"] * len(names),
        [[name, "x"] for name in names],
        [[1, 0]] * len(names),
        [["A", "B"]] * len(names),
    ]
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)], schema=SCHEMA)


def test_each_table_is_a_row_group_and_comes_back(tmp_path):
    tables = [table("a", "b"), table("c")]
    written = write_shard(tmp_path / "s.parquet", tables, SCHEMA)
    data = (tmp_path / "s.parquet").read_bytes()
    assert (written.bytes, written.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    found = pq.ParquetFile(tmp_path / "s.parquet")
    assert [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)] == [2, 1]
    assert found.read().equals(pa.concat_tables(tables))
    assert found.schema_arrow.metadata[b"huggingface"] == SCHEMA.metadata[b"huggingface"]


def test_same_rows_same_bytes_and_a_changed_row_group_leaves_the_others(tmp_path):
    shas = [write_shard(tmp_path / f"{n}.parquet", [table("a"), table("b")], SCHEMA).sha256 for n in range(2)]
    assert shas[0] == shas[1]
    write_shard(tmp_path / "2.parquet", [table("a"), table("z")], SCHEMA)
    one, other = ((tmp_path / f"{n}.parquet").read_bytes() for n in (0, 2))
    second = pq.ParquetFile(tmp_path / "0.parquet").metadata.row_group(1)
    start = min(second.column(n).dictionary_page_offset or second.column(n).data_page_offset for n in range(5))
    assert one[:start] == other[:start]
    assert one != other


def test_every_column_but_the_ids_has_a_dictionary_and_a_page_index(tmp_path):
    assert "id" not in writer_options(SCHEMA)["use_dictionary"]
    write_shard(tmp_path / "s.parquet", [table("a", "b")], SCHEMA)
    group = pq.ParquetFile(tmp_path / "s.parquet").metadata.row_group(0)
    columns = {group.column(n).path_in_schema: group.column(n) for n in range(group.num_columns)}
    assert {name for name, column in columns.items() if not column.has_dictionary_page} == {"id"}
    assert {name for name, column in columns.items() if column.is_stats_set} == {"id", "doc_id"}
    assert all(column.compression == "ZSTD" and column.has_offset_index for column in columns.values())


def test_a_shard_without_rows_is_a_file_all_the_same(tmp_path):
    write_shard(tmp_path / "s.parquet", [], SCHEMA)
    assert pq.read_table(tmp_path / "s.parquet").num_rows == 0
    found = pq.read_schema(tmp_path / "s.parquet")
    assert (found.names, found.metadata) == (SCHEMA.names, SCHEMA.metadata)


def test_what_stops_the_rows_closes_the_file(tmp_path, monkeypatch):
    opened = []
    original = type(tmp_path).open
    monkeypatch.setattr(
        type(tmp_path), "open", lambda *args, **more: opened.append(original(*args, **more)) or opened[-1]
    )

    def rows():
        yield table("a")
        raise KeyError("row")

    with pytest.raises(KeyError):
        write_shard(tmp_path / "s.parquet", rows(), SCHEMA)
    assert [file.closed for file in opened] == [True]
