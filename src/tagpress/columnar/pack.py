"""
Many sentences in one row, for engines that move rows: each column is the bytes of an array, one stretch of it a row.

A row costs an engine more than its bytes do, so what goes the same way travels together. Arrow makes the rows of whole
columns without a copy or a Python object for any of them, and so are they put together again, as whole columns.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds, string_bounds, string_bytes
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Array


def pack(values: Array, ends: Array) -> pa.BinaryArray:
    """
    Return one binary value for each stretch `ends[i]` to `ends[i + 1]` of an array along its first axis.

    Raises:
        OverflowError: they hold 2 GiB or more, which no binary column can.

    """
    width = values.dtype.itemsize * int(np.prod(values.shape[1:]))
    if ends[-1] * width >= 1 << 31:
        raise OverflowError(f"{ends[-1] * width:,} bytes are too many for one column")
    offsets = pa.py_buffer((ends * width).astype(np.int32))
    return pa.Array.from_buffers(
        pa.binary(), len(ends) - 1, [None, offsets, pa.py_buffer(np.ascontiguousarray(values))]
    )


def unpack(columns: Sequence[pa.BinaryArray], dtype: Any, width: int = 1) -> Array:  # noqa: ANN401 - whatever NumPy takes
    """Return the array that was packed, of shape [n] or [n, width]."""
    parts = [string_bytes(column)[slice(*string_bounds(column)[[0, -1]])] for column in columns]
    # Concatenated first: a part of a column need not begin where its numbers may.
    values: Array = np.concatenate([np.zeros(0, dtype=np.uint8), *parts]).view(dtype)
    return values.reshape(-1, width) if width > 1 else values


def pack_strings(name: str, strings: pa.StringArray, ends: Array) -> dict[str, pa.BinaryArray]:
    """Return the two columns of strings: their lengths in bytes, and their text."""
    bounds = string_bounds(strings).astype(np.int64)
    text = string_bytes(strings)[bounds[0] : bounds[-1]]
    return {
        f"{name}:bytes": pack(np.diff(bounds).astype(np.int32), ends),
        f"{name}:text": pack(text, (bounds - bounds[0])[ends]),
    }


def unpack_strings(name: str, batches: Sequence[pa.RecordBatch]) -> pa.StringArray:
    """
    Return the strings that were packed.

    Raises:
        OverflowError: they hold 2 GiB of text or more, which no string column can.

    """
    lengths = unpack([batch[f"{name}:bytes"] for batch in batches], np.int32)
    text = unpack([batch[f"{name}:text"] for batch in batches], np.uint8)
    if len(text) >= 1 << 31:
        raise OverflowError(f"{len(text):,} bytes of text are too many for one column")
    return pa.StringArray.from_buffers(
        len(lengths), pa.py_buffer(bounds_of(lengths).astype(np.int32)), pa.py_buffer(text)
    )


def pack_lists(name: str, lists: pa.ListArray, ends: Array) -> dict[str, pa.BinaryArray]:
    """Return the three columns of lists of strings: how long each list is, and those of its strings."""
    bounds = list_bounds(lists)
    strings = lists.values[bounds[0] : bounds[-1]]
    counts = {f"{name}:counts": pack(np.diff(bounds).astype(np.int32), ends)}
    return counts | pack_strings(name, strings, (bounds - bounds[0])[ends])


def unpack_lists(name: str, batches: Sequence[pa.RecordBatch]) -> pa.ListArray:
    """Return the lists of strings that were packed."""
    counts = unpack([batch[f"{name}:counts"] for batch in batches], np.int32)
    return pa.ListArray.from_arrays(pa.array(bounds_of(counts).astype(np.int32)), unpack_strings(name, batches))


def table_of(part: Array, place: Array, columns: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Return packed rows with the part that each of them goes to, and its place there."""
    where = {"part": pa.array(part, pa.int32()), "place": pa.array(place, pa.int32())}
    return pa.RecordBatch.from_pydict(where | dict(columns))


def schema_of(*columns: str) -> pa.Schema:
    """Return the schema of packed rows."""
    where = [pa.field("part", pa.int32()), pa.field("place", pa.int32())]
    return pa.schema([*where, *(pa.field(name, pa.binary()) for name in columns)])
