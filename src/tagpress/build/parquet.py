"""
The only writer of shards: one table in, one Parquet file out, hashed as it is written.

Same rows, same bytes: the options below are fixed, nothing in the file names a time or a machine, and a table is one
row group, encoded on its own. So an edit that stays in one row group leaves the bytes of all others as they are, only
further on: a store that finds equal content, as the Hub's does, is sent one row group. Chunking by content inside of
columns would add nothing to that but size. (The writer's own version is in the footer, so another pyarrow gives other
bytes.)
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.corpus.schema import TEXT

# Sentences in a row group, at most but for large documents, and at least half of it: the unit that a streaming reader
# fetches, and resumes from, at once.
ROW_GROUP_ROWS: Final = 25_000
# What `datasets` and the Hub expect of a file that people stream: see docs/pages/explained/streaming.md.
WRITER_OPTIONS: Final[dict[str, Any]] = {
    "compression": "zstd",
    "compression_level": 3,
    "write_page_index": True,
    "write_statistics": ["id", "doc_id"],  # nobody looks for sentences by the least of their tokens
}


def writer_options(schema: pa.Schema) -> dict[str, Any]:
    """Return the options for a table of this schema: a dictionary for every column but ids and texts, no two of which are equal."""
    columns = [path for field in schema for path in _leaves(field)]
    return {**WRITER_OPTIONS, "use_dictionary": [column for column in columns if column not in {"id", TEXT}]}


def _leaves(field: pa.Field) -> list[str]:
    """Return the paths of a column's values in a file."""
    if not pa.types.is_list(field.type):
        return [field.name]
    path, inner = f"{field.name}.list.element", field.type.value_type
    return [f"{path}.{part.name}" for part in inner] if pa.types.is_struct(inner) else [path]


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its size in bytes and its SHA-256 in hex."""

    bytes: int
    sha256: str


class _HashingSink:
    """A file that knows the SHA-256 of what went through it, so that no file is read again to be hashed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._hash = hashlib.sha256()
        self._size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        if not self.closed:
            self._file.close()
            self.closed = True

    def written(self) -> Written:
        return Written(self._size, self._hash.hexdigest())


def write_shard(path: Path, batches: Iterable[pa.Table], schema: pa.Schema) -> Written:
    """
    Write one shard; each table of `batches`, none of them empty, is one row group.

    Raises:
        OSError: the file cannot be written.

    """
    sink = _HashingSink(path)
    try:
        with pq.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, **writer_options(schema)) as writer:
            for table in batches:
                writer.write_table(table, row_group_size=len(table))
    finally:
        sink.close()
    return sink.written()
