"""
Some rows of a spill, read from where they are in its file.

A shard wants a few rows of every piece, and a large corpus has many of both, so what counts is what each of these reads costs
beside its bytes: a map of the whole file, and pages of it that come one by one, would be most of it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Array
from tagpress.corpus.splits import LINE

_LABELS: Final = "ner_tags"


def placed_columns(path: Path, schema: pa.Schema) -> tuple[int, ...]:
    """
    Return where the parts of the columns begin in a file of one batch, which has no nulls.

    Of numbers and keys they are the values; of lists of texts the bounds of the lists, those of the texts, and the bytes; of the
    labels the values, whose lists are those of the tokens.
    """
    with pa.memory_map(str(path)) as file:
        whole = file.read_buffer()
        batch = pa.ipc.open_stream(whole).read_next_batch()
        found = (one for name in schema.names for one in _parts(batch[name], name))
        return tuple(one.address - whole.address if one else 0 for one in found)


def _parts(column: pa.Array, name: str) -> Iterator[pa.Buffer | None]:
    parts = column.buffers()  # with room for nulls before those of each level
    if name == _LABELS:
        yield parts[3]
    elif pa.types.is_list(column.type):
        yield from (parts[1], parts[3], parts[4])
    else:
        yield parts[1]


def read_columns(
    path: Path, places: Sequence[int], schema: pa.Schema, rows: range, points: tuple[int, int]
) -> tuple[int, pa.RecordBatch]:
    """
    Return those of some rows whose first column, which ascends, is from one point to another (exclusive), and the first one's number.

    Raises:
        OSError: the file is shorter than it was.

    """
    with pa.OSFile(str(path)) as file:
        groups = _numbers(file, places[0], rows, np.uint64)
        own = rows[slice(*between(groups, *points))]
        columns = _columns(file, iter(places), schema, own) if own else [pa.array([], kind) for kind in schema.types]
        return own.start, pa.record_batch(columns, schema=schema)


def between(ascending: Array, low: int, high: int) -> tuple[int, int]:
    """Return the bounds of those of some ascending numbers that are from `low` to `high` (exclusive)."""
    start = int(np.searchsorted(ascending, np.uint64(low)))
    return start, len(ascending) if high >= LINE else int(np.searchsorted(ascending, np.uint64(high)))


def _columns(file: pa.NativeFile, places: Iterator[int], schema: pa.Schema, rows: range) -> list[pa.Array]:
    columns: list[pa.Array] = []
    lists, tokens = pa.array([0], pa.int32()), range(0)
    for field in schema:
        if field.name == _LABELS:
            columns.append(pa.ListArray.from_arrays(lists, _values(file, next(places), tokens, field.type.value_type)))
        elif pa.types.is_list(field.type):
            lists, tokens = _bounds(file, next(places), rows)  # of the tokens when their labels come, right behind them
            columns.append(pa.ListArray.from_arrays(lists, _texts(file, places, tokens)))
        else:
            columns.append(_values(file, next(places), rows, field.type))
    return columns


def _texts(file: pa.NativeFile, places: Iterator[int], which: range) -> pa.StringArray:
    bounds, letters = _bounds(file, next(places), which)
    text = _bytes(file, next(places) + letters.start, len(letters))
    return pa.StringArray.from_buffers(len(which), bounds.buffers()[1], pa.py_buffer(text))


def _bounds(file: pa.NativeFile, at: int, which: range) -> tuple[pa.Int32Array, range]:
    """Return the bounds of some lists or texts, from 0, and which of the values below them are theirs."""
    if not which:
        return pa.array([0], pa.int32()), range(0)
    bounds = _numbers(file, at, range(which.start, which.stop + 1), np.int32)
    return pa.array(bounds - bounds[0]), range(int(bounds[0]), int(bounds[-1]))


def _values(file: pa.NativeFile, at: int, which: range, kind: pa.DataType) -> pa.Array:
    width = kind.bit_width // 8
    data = _bytes(file, at + width * which.start, width * len(which))
    return pa.Array.from_buffers(kind, len(which), [None, pa.py_buffer(data)])


def _numbers(file: pa.NativeFile, at: int, which: range, kind: type[np.uint64 | np.int32]) -> Array:
    width = np.dtype(kind).itemsize
    return np.frombuffer(_bytes(file, at + width * which.start, width * len(which)), dtype=kind)


def _bytes(file: pa.NativeFile, at: int, size: int) -> bytes:
    data: bytes = file.read_at(size, at) if size else b""
    if len(data) < size:
        message = (
            f"of {size:,} bytes from {at:,} on there are {len(data):,}: a file of what was read has become shorter"
        )
        raise OSError(message)
    return data
