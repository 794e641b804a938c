"""Rows of bytes that are gathered from columns and lie in blocks, as hashes take them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tagpress.columnar.arrays import read_only
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.loops import copy_rows
from tagpress.columnar.types import Bytes, Integers, Ints

Column: TypeAlias = tuple[Bytes, Integers]
"""Some bytes, and the bounds of rows in them."""


@dataclass(frozen=True, slots=True)
class BlockRows:
    """
    Rows of `sizes` bytes: each begins a block of `block` bytes, and behind it are zeros up to where the next begins.

    `bounds` are the bounds of the rows, in blocks: an empty row has one too.
    """

    data: Bytes
    bounds: Ints
    sizes: Ints
    block: int

    def __len__(self) -> int:
        return len(self.sizes)

    def __iter__(self) -> Iterator[memoryview]:
        """Yield the bytes of each row."""
        data, begins = self.data.data, self.bounds[:-1] * self.block
        for begin, end in zip(begins.tolist(), (begins + self.sizes).tolist(), strict=True):
            yield data[begin:end]


def join_rows(columns: Sequence[Column], block: int, room: int = 0) -> BlockRows:
    """Return rows, each what stands between its two bounds in one column after the other, with zeros behind it: `room` or more."""
    sizes: Ints = np.sum([np.diff(bounds) for _, bounds in columns], axis=0, dtype=np.int64)
    bounds = bounds_of(np.maximum(-(-(sizes + room) // block), 1))
    data, places = np.zeros(bounds[-1] * block, dtype=np.uint8), bounds[:-1] * block
    for own, own_bounds in columns:
        copy_rows(read_only(own), own_bounds.astype(np.int64), data, places)
    return BlockRows(data, bounds, sizes, block)
