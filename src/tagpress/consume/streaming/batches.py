"""Steps from the table of a row group to batches: its texts spelled out, its rows in one batch, a batch by itself."""

import json
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc


def coded(table: pa.Table, schema: pa.Schema) -> pa.RecordBatch:
    """Return the columns of `schema` of a table as one batch, lists of texts as the codes that they are read as."""
    return one_batch(table.select(schema.names))


def is_coded(column: pa.DataType) -> bool:
    """Return whether a column has lists of dictionary-encoded texts."""
    return bool(pa.types.is_list(column) and pa.types.is_dictionary(column.value_type))


def spelled(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """
    Return a batch with the texts of its codes.

    Parquet keeps tokens as codes: spelled out when all are read, they cost half of what it costs to decode texts.
    """
    columns = list(batch.columns)
    for place, column in enumerate(columns):
        if is_coded(column.type):
            texts = spelled_out(column.values.dictionary, column.values.indices)
            columns[place] = pa.ListArray.from_arrays(column.offsets, texts)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def spelled_out(texts: pa.StringArray, codes: pa.Array) -> pa.StringArray:
    """Return the text of each code; each must be the place of a text."""
    return pc.take(texts, codes, boundscheck=False)


def one_batch(table: pa.Table) -> pa.RecordBatch:
    """Return the rows of a table as one batch; `pa.concat_batches` is younger than the oldest pyarrow that is taken."""
    (batch,) = table.combine_chunks().to_batches()
    return batch


def compact(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the same rows in buffers of their own: pickling a slice would send all that it is a slice of."""
    return pa.ipc.read_record_batch(batch.serialize(), batch.schema)


def narrowed(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Return the schema of some columns, also in what its metadata says to `datasets`."""
    metadata = dict(schema.metadata or {})
    described = json.loads(metadata.get(b"huggingface", b"{}"))
    features = described.get("info", {}).get("features", {})
    for name in set(features) - set(columns):
        del features[name]
    if described:
        metadata[b"huggingface"] = json.dumps(described).encode()
    return pa.schema([schema.field(name) for name in columns], metadata=metadata)
