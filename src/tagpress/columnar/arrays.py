"""The NumPy arrays behind Arrow's columns, without a copy and without a Python object per string."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Array, Bytes, Integers, Ints, Offsets


def string_bounds(strings: pa.StringArray) -> Offsets:
    """Return the n + 1 byte offsets of a string column in `string_bytes` of the same column."""
    if not len(strings):
        return np.zeros(1, dtype=np.int32)
    offsets = np.frombuffer(strings.buffers()[1], dtype=np.int32)
    return offsets[strings.offset : strings.offset + len(strings) + 1]


def string_bytes(strings: pa.StringArray) -> Bytes:
    """Return the UTF-8 bytes that a string column points into."""
    data = strings.buffers()[2]
    return np.frombuffer(data if data is not None else b"", dtype=np.uint8)


def list_bounds(lists: pa.ListArray) -> Ints:
    """Return the n + 1 offsets of a list column in its `values`; the first is not 0 in a slice."""
    bounds: Array = lists.offsets.to_numpy()
    return bounds.astype(np.int64)


def read_only(array: Array) -> Array:
    """Return an array as it is, but not to be written: numba compiles a loop once for those that can be and once for others."""
    seen = array.view()
    seen.flags.writeable = False
    return seen


def one_each(texts: pa.StringArray) -> pa.ListArray:
    """Return texts as lists of one."""
    return pa.ListArray.from_arrays(pa.array(np.arange(len(texts) + 1, dtype=np.int32)), texts)


def packed_each(values: Integers, bounds: Integers) -> pa.StringArray:
    """Return lists of numbers as texts of four bytes a number, which go where texts go; `bounds` are those of the lists."""
    ends = pa.array((4 * (bounds - bounds[0])).astype(np.int32)).buffers()[1]
    data = np.ascontiguousarray(values[bounds[0] : bounds[-1]], dtype="<i4")
    return pa.StringArray.from_buffers(len(bounds) - 1, ends, pa.py_buffer(data))


def unpacked_each(texts: pa.StringArray) -> pa.ListArray:
    """Return the lists of numbers that were packed."""
    bounds = string_bounds(texts)
    values = string_bytes(texts)[bounds[0] : bounds[-1]].view("<i4")
    return pa.ListArray.from_arrays(pa.array((bounds - bounds[0]) // 4), pa.array(values, pa.int32()))


def cut_where(batches: Iterable[pa.RecordBatch], name: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Cut batches where a column of numbers changes; yield each part that has rows with the number they share."""
    for batch in batches:
        values = batch[name].to_numpy()
        bounds = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
        for start, stop in pairwise(bounds):
            if stop > start:
                yield int(values[start]), batch[start:stop]
