"""The NumPy arrays behind Arrow's columns, without a copy and without a Python object per string."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Array, Bytes, Ints, Offsets


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


def one_each(texts: pa.StringArray) -> pa.ListArray:
    """Return texts as lists of one."""
    return pa.ListArray.from_arrays(pa.array(np.arange(len(texts) + 1, dtype=np.int32)), texts)


def cut_where(batches: Iterable[pa.RecordBatch], name: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Cut batches where a column of numbers changes; yield each part that has rows with the number they share."""
    for batch in batches:
        values = batch[name].to_numpy()
        bounds = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
        for start, stop in pairwise(bounds):
            if stop > start:
                yield int(values[start]), batch[start:stop]
