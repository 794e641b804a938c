"""
What a surveyed piece leaves on disk: its publishable sentences, and their keys.

Both files are Arrow, one batch each, sorted so that whoever needs a part of them reads a range and touches nothing else:
sentences by their group hash (so those of one shard lie together), keys by the near key (so all copies of a sentence, and
what is nearly one, lie together). Nothing of a corpus has to stay in memory between the moves of a build.
"""

import functools
import mmap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.spilled_columns import between, placed_columns, read_columns
from tagpress.columnar.types import Array, Keys
from tagpress.corpus.identity import KEY_BYTES
from tagpress.store import Store

# `document` numbers the documents of the piece; `position` is the sentence's number in the piece, rejected ones counted;
# `line` counts from the piece's first line. Label ids are int16 here (no tag set has more) and int64 when published.
SENTENCES: Final = pa.schema(
    [
        ("group", pa.uint64()),
        ("document", pa.int32()),
        ("position", pa.int64()),
        ("line", pa.int64()),
        ("key", pa.binary(KEY_BYTES)),
        ("tokens", pa.list_(pa.string())),
        ("ner_tags", pa.list_(pa.int16())),
    ]
)
# `row` is a row of the file of sentences; `labels` is a hash of the sentence's label ids.
KEYS: Final = pa.schema(
    [("near", pa.uint64()), ("key", pa.binary(KEY_BYTES)), ("labels", pa.uint64()), ("row", pa.int64())]
)
_SENTENCES: Final = "-sentences.arrow"
_KEYS: Final = "-keys.arrow"


@dataclass(frozen=True, slots=True)
class Spill:
    """
    The two files of a piece, which has a name in a store, and the names of its extra columns.

    `places` says where the columns of its sentences are, once they are written.
    """

    store: Store
    name: str
    extra: tuple[str, ...] = ()
    places: tuple[int, ...] = ()

    def write_sentences(self, columns: list[pa.Array]) -> "Spill":
        """Write the columns of `SENTENCES`, and then the extra ones; return the spill that has them."""
        with self.store.create(self.name + _SENTENCES) as path:
            _write(path, columns, self._schema)
            return replace(self, places=placed_columns(path, self._schema))

    def write_keys(self, columns: list[pa.Array]) -> None:
        """Write the columns of `KEYS`."""
        with self.store.create(self.name + _KEYS) as path:
            _write(path, columns, KEYS)

    def map_sentences(self) -> pa.RecordBatch:
        """Map the sentences into memory; nothing is read until it is used."""
        return self._map(_SENTENCES, self._schema)

    def read_sentences(self, low: int, high: int, rows: range) -> tuple[int, pa.RecordBatch]:
        """Return those of some rows that have group hashes from `low` to `high` (exclusive), and the first one's number."""
        with self.store.fetch(self.name + _SENTENCES) as path:
            return read_columns(path, self.places, self._schema, rows, (low, high))

    def read_keys(self, low: int, high: int) -> pa.RecordBatch:
        """Return the keys that have near keys from `low` to `high` (exclusive)."""
        batch = self._map(_KEYS, KEYS)
        start, stop = between(numbers(batch, "near"), low, high)
        # Copied: the system maps far more of a file than is touched, and that would count as memory for as long.
        return pa.ipc.read_record_batch(batch[start:stop].serialize(), KEYS)

    @property
    def _schema(self) -> pa.Schema:
        return _with_extra(self.extra)

    def _map(self, kind: str, schema: pa.Schema) -> pa.RecordBatch:
        # The mapping outlives a file that was only fetched: its room on the disk is free when the last array has gone.
        with self.store.fetch(self.name + kind) as path, path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # unmapped with the last array in it
        # Past the schema, which every reader would parse again: every shard opens the files of every piece.
        return pa.ipc.read_record_batch(pa.py_buffer(mapped)[_schema_size(schema) :], schema)


def extra_name(name: str) -> str:
    """Return what an extra column is called in a spill, where it cannot be taken for another."""
    return f"extra:{name}"


@functools.cache
def _with_extra(extra: tuple[str, ...]) -> pa.Schema:
    # All extra columns are lists of texts here, so that they go the same ways: of one text where a row has but one, which
    # is that of `packed_each` where it has numbers.
    return pa.schema([*SENTENCES, *(pa.field(extra_name(name), pa.list_(pa.string())) for name in extra)])


def _write(path: Path, columns: list[pa.Array], schema: pa.Schema) -> None:
    # A stream writes the columns from where they are; `serialize` would copy them all first.
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        stream.write_batch(pa.record_batch(columns, schema=schema))


@functools.cache
def _schema_size(schema: pa.Schema) -> int:
    """Return how many bytes the schema takes at the start of a stream."""
    return int(schema.serialize().size)


def key_column(keys: Keys) -> pa.Array:
    """Return keys of shape [sentences, 16] as a column."""
    buffers = [None, pa.py_buffer(np.ascontiguousarray(keys))]
    return pa.FixedSizeBinaryArray.from_buffers(pa.binary(KEY_BYTES), len(keys), buffers)


def keys_of(batch: pa.RecordBatch) -> Keys:
    """Return the key column of a batch, or of a slice of one, as an array of shape [sentences, 16]."""
    column = batch["key"]
    data = np.frombuffer(column.buffers()[1] or b"", dtype=np.uint8)
    start = column.offset * KEY_BYTES
    return data[start : start + len(column) * KEY_BYTES].reshape(-1, KEY_BYTES)


def numbers(batch: pa.RecordBatch, name: str) -> Array:
    """Return a column of numbers without copying it."""
    found: Array = batch[name].to_numpy()
    return found
