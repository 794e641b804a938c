"""How are the numbers of a layer laid out? As a list of numbers a sentence, or packed into one text, which goes where texts go."""

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds, one_each, packed_each, unpacked_each
from tagpress.columnar.types import Integers, Ints


def number_lists(values: Integers, bounds: Integers) -> pa.ListArray:
    """Return lists of numbers, given all of them and the bounds of the lists."""
    offsets = pa.array((bounds - bounds[0]).astype(np.int32))
    return pa.ListArray.from_arrays(offsets, pa.array(values[bounds[0] : bounds[-1]].astype(np.int32)))


def spilled(column: pa.ListArray) -> pa.ListArray:
    """Return a layer as it goes from one move of a build to the next: as lists of texts, one text for all numbers of a list."""
    if pa.types.is_string(column.type.value_type):
        return column
    return one_each(packed_each(column.values.to_numpy(), list_bounds(column)))


def unspilled(column: pa.ListArray, *, texts: bool) -> pa.ListArray:
    """Return a layer of texts or of numbers as it was read; the inverse of `spilled`."""
    return column if texts else unpacked_each(column.flatten())


def widened(numbers: pa.ListArray) -> pa.ListArray:
    """Return lists of numbers as shards have them."""
    return pa.ListArray.from_arrays(numbers.offsets, numbers.values.cast(pa.int64()))


def narrowed(column: pa.ListArray) -> pa.ListArray:
    """Return lists of numbers as they are read; the inverse of `widened`."""
    bounds = list_bounds(column)
    return number_lists(column.values.to_numpy(zero_copy_only=False), bounds)


def along(column: pa.ListArray, bounds: Ints | None) -> bool:
    """Return whether there is a value for each token, as far as the tokens are known."""
    return bounds is None or bool(np.array_equal(list_bounds(column) - column.offsets[0].as_py(), bounds - bounds[0]))


def id_fault(ids: Integers, names: int) -> str:
    """Return what is wrong with ids of which there are so many, if anything."""
    if len(ids) and not 0 <= ids.min() <= ids.max() < names:
        return f"the id {int(ids.min() if ids.min() < 0 else ids.max())}, and there are {names:,} names"
    return ""
