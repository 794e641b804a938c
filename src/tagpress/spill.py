"""
What a surveyed piece leaves on disk: its publishable sentences, and their keys.

Both files are Arrow, one batch each, sorted so that whoever needs a part of them maps a range and touches nothing else:
sentences by their group hash (so those of one shard lie together), keys by the near key (so all copies of a sentence, and
what is nearly one, lie together). Nothing of a corpus has to stay in memory between the moves of a build.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress.identity import KEY_BYTES, Keys

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


@dataclass(frozen=True, slots=True)
class Spill:
    """The two files of a piece."""

    sentences: Path
    keys: Path


def sentences_schema(extra: Sequence[str]) -> pa.Schema:
    """Return the schema of the file of sentences of a corpus with these extra columns."""
    return pa.schema([*SENTENCES, *(pa.field(extra_name(name), pa.list_(pa.string())) for name in extra)])


def extra_name(name: str) -> str:
    """Return what an extra column is called in a spill, where it cannot be taken for another."""
    return f"extra:{name}"


def write(path: Path, schema: pa.Schema, columns: list[pa.Array]) -> None:
    """Write one batch."""
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch(columns, schema=schema))


@lru_cache(maxsize=512)
def mapped(path: Path) -> pa.RecordBatch:
    """
    Map a file into memory; nothing is read until it is used.

    Every shard needs every piece, so the last ones stay mapped until `letting_go` lets them go.
    """
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).get_batch(0)


@contextmanager
def letting_go() -> Iterator[None]:
    """Unmap what is mapped when the block ends, so that the space of deleted files is free."""
    try:
        yield
    finally:
        mapped.cache_clear()


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


def numbers(batch: pa.RecordBatch, name: str) -> npt.NDArray[Any]:
    """Return a column of numbers without copying it."""
    found: npt.NDArray[Any] = batch[name].to_numpy()
    return found
