"""
Rows whose texts are numbers until somebody needs them: lists of codes, and the words that the codes stand for.

Parquet keeps tokens so, and moving a number is cheaper than moving a text: rows are mixed as codes and spelled out
once, in batches.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Ints

Chosen: TypeAlias = range | Ints  # rows: a run of them, or any


@dataclass(frozen=True, slots=True)
class Coded:
    """Rows; each column named in `words` is a list of int32 that are places in its words."""

    rows: pa.RecordBatch
    words: Mapping[str, pa.Array]

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    @classmethod
    def of(cls, table: pa.Table, coded: Sequence[str]) -> "Coded":
        """Take apart a table whose columns `coded` are lists of dictionary-encoded texts."""
        batch = one_batch(table)
        words, columns = {}, dict(zip(batch.schema.names, batch.columns, strict=True))
        for name in coded:
            values = columns[name].values
            words[name] = values.dictionary
            columns[name] = _list_like(columns[name], values.indices)
        return cls(pa.RecordBatch.from_pydict(columns), words)

    def take(self, rows: Chosen) -> "Coded":
        """Return some rows, in the order given."""
        return Coded(self._chosen(rows), self.words)

    def spelled(self, rows: Chosen, schema: pa.Schema) -> pa.RecordBatch:
        """Return some rows, in the order given, with their texts."""
        batch = self._chosen(rows)
        columns = [
            _spelled(batch.column(name), self.words[name]) if name in self.words else batch.column(name)
            for name in schema.names
        ]
        return pa.RecordBatch.from_arrays(columns, schema=schema)

    def _chosen(self, rows: Chosen) -> pa.RecordBatch:
        if isinstance(rows, range):
            return self.rows.slice(rows.start, len(rows))
        return pa.RecordBatch.from_arrays(list(_taken(self.rows.columns, rows)), names=self.rows.schema.names)


def joined(parts: Sequence[Coded]) -> Coded:
    """Return the rows of all parts, in their order; the words of a later part get later places."""
    if len(parts) == 1:
        return parts[0]
    words = {name: pa.concat_arrays([part.words[name] for part in parts]) for name in parts[0].words}
    moved = []
    first = dict.fromkeys(words, 0)
    for part in parts:
        columns = dict(zip(part.rows.schema.names, part.rows.columns, strict=True))
        for name in words:
            codes = pc.add(columns[name].values, pa.scalar(first[name], pa.int32()))
            columns[name] = _list_like(columns[name], codes)
            first[name] += len(part.words[name])
        moved.append(pa.RecordBatch.from_pydict(columns))
    return Coded(one_batch(pa.Table.from_batches(moved)), words)


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


def _taken(columns: Sequence[pa.Array], rows: Ints) -> Iterator[pa.Array]:
    """Yield some rows of each column; lists of equal lengths, as the columns of tokens are, are looked up once."""
    ends = values = offsets = None
    for column in columns:
        if not pa.types.is_list(column.type) or column.null_count:
            yield column.take(pa.array(rows))
            continue
        found = column.offsets.to_numpy()
        if ends is None or not np.array_equal(found, ends):
            ends = found
            lengths = ends[rows + 1] - ends[rows]
            offsets = bounds_of(lengths).astype(np.int32)
            values = np.repeat(ends[rows] - offsets[:-1], lengths) + np.arange(offsets[-1], dtype=np.int32)
        found = pc.take(column.values, pa.array(values), boundscheck=False)  # they are between the column's own offsets
        yield pa.ListArray.from_arrays(pa.array(offsets), found)


def _list_like(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """Return lists of the same lengths with other values; null stays null."""
    mask = lists.is_null() if lists.null_count else None
    return pa.ListArray.from_arrays(lists.offsets, values, mask=mask)


def _spelled(lists: pa.ListArray, words: pa.Array) -> pa.ListArray:
    first, last = lists.offsets[0].as_py(), lists.offsets[-1].as_py()
    texts = words.take(lists.values.slice(first, last - first))
    offsets = pc.subtract(lists.offsets, pa.scalar(first, pa.int32())) if first else lists.offsets
    mask = lists.is_null() if lists.null_count else None
    return pa.ListArray.from_arrays(offsets, texts, mask=mask)
