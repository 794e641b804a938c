"""Steps from the table of a row group to batches: its texts spelled out, its rows in one batch, a batch by itself."""

import json
from collections.abc import Sequence

import pyarrow as pa


def spelled(table: pa.Table, coded: Sequence[str], schema: pa.Schema) -> pa.RecordBatch:
    """
    Return the columns of `schema` of a table whose columns `coded` are lists of dictionary-encoded texts, with their texts.

    Parquet keeps tokens as codes: spelled out in the order of the file, by words that are close, they cost half of
    what it costs to decode texts.
    """
    batch = one_batch(table)
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    for name in coded:
        codes = columns[name].values
        columns[name] = pa.ListArray.from_arrays(columns[name].offsets, codes.dictionary.take(codes.indices))
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


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
