"""
How are rows put in another order? The values of a row stand together, so they are moved as one block of bytes.

That is a copy for each row, where a place for each token has to be made and looked up otherwise, at three times the cost.
No column may have nulls: what is read of a release has none.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import string_bounds
from tagpress.columnar.types import Bytes, Ints
from tagpress.errors import UsageError

_MOST: Final = (1 << 31) - 1  # bytes of text in a column, or values in its lists
_LENGTH: Final = pa.int32()  # of a token, in bytes


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows with the columns of `schema`, each in one array or two, which have an entry for each row."""

    schema: pa.Schema
    arrays: tuple[pa.Array, ...]

    def __len__(self) -> int:
        return len(self.arrays[0])

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> "Blocks":
        """Return the rows of a batch."""
        packed = (_form(field.type).packed(column) for field, column in zip(batch.schema, batch.columns, strict=True))
        return cls(batch.schema, tuple(array for arrays in packed for array in arrays))

    @classmethod
    def joined(cls, parts: Sequence["Blocks"]) -> "Blocks":
        """Return the rows of all parts, in their order."""
        if len(parts) == 1:
            return parts[0]
        return cls(parts[0].schema, tuple(map(pa.concat_arrays, zip(*(part.arrays for part in parts), strict=True))))

    def take(self, rows: Ints) -> "Blocks":
        """Return some rows, in the order given."""
        chosen = pa.array(rows)
        return Blocks(self.schema, tuple(array.take(chosen) for array in self.arrays))

    def batch(self) -> pa.RecordBatch:
        """
        Return the rows as a batch.

        Raises:
            UsageError: their texts are too long for one batch.

        """
        arrays, forms = iter(self.arrays), [_form(field.type) for field in self.schema]
        return pa.RecordBatch.from_arrays([form.unpacked(arrays) for form in forms], schema=self.schema)


class _Form(Protocol):
    """How a column is kept in arrays with an entry for each row."""

    def packed(self, column: pa.Array) -> tuple[pa.Array, ...]: ...

    def unpacked(self, arrays: Iterator[pa.Array]) -> pa.Array: ...


class _AsItIs:
    def packed(self, column: pa.Array) -> tuple[pa.Array, ...]:
        return (column,)

    def unpacked(self, arrays: Iterator[pa.Array]) -> pa.Array:
        return next(arrays)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Lists of numbers of so many bytes: a block for each list."""

    type: pa.DataType
    width: int

    def packed(self, column: pa.ListArray) -> tuple[pa.Array, ...]:
        values = column.values
        places = self.width * (column.offsets.to_numpy().astype(np.int64) + values.offset)
        return (_blocks(places, values.buffers()[1]),)

    def unpacked(self, arrays: Iterator[pa.Array]) -> pa.Array:
        ends, data = _read(next(arrays))
        values = pa.Array.from_buffers(self.type, len(data) // self.width, [None, pa.py_buffer(data)])
        return pa.ListArray.from_arrays(_offsets(ends // self.width), values)


class _Texts:
    """Lists of texts: a block for the bytes of each list, and one for how long its texts are."""

    def packed(self, column: pa.ListArray) -> tuple[pa.Array, ...]:
        texts, ends = column.values, column.offsets.to_numpy().astype(np.int64)
        bounds = string_bounds(texts)
        lengths = pa.py_buffer(np.diff(bounds))
        return _blocks(bounds[ends].astype(np.int64), texts.buffers()[2]), _blocks(ends * _LENGTH.byte_width, lengths)

    def unpacked(self, arrays: Iterator[pa.Array]) -> pa.Array:
        (_, text), (ends, lengths) = _read(next(arrays)), _read(next(arrays))
        if len(text) > _MOST:
            message = f"A batch would have {len(text):,} bytes of text, more than a column can hold."
            raise UsageError(message, "Use a smaller batch_size.")
        sizes = lengths.view(np.int32)
        bounds = np.zeros(len(sizes) + 1, dtype=np.int32)
        np.cumsum(sizes, out=bounds[1:])
        texts = pa.StringArray.from_buffers(len(sizes), pa.py_buffer(bounds), pa.py_buffer(text))
        return pa.ListArray.from_arrays(_offsets(ends // _LENGTH.byte_width), texts)


_AS_IT_IS, _TEXTS = _AsItIs(), _Texts()


def _form(column: pa.DataType) -> _Form:
    if not pa.types.is_list(column):
        return _AS_IT_IS
    if pa.types.is_string(column.value_type):
        return _TEXTS
    if pa.types.is_integer(column.value_type) or pa.types.is_floating(column.value_type):
        return _Numbers(column.value_type, column.value_type.byte_width)
    return _AS_IT_IS


def _blocks(places: Ints, data: pa.Buffer | None) -> pa.Array:
    """Return the blocks between ascending places of some bytes."""
    return pa.Array.from_buffers(
        pa.large_binary(), len(places) - 1, [None, pa.py_buffer(places), data or pa.py_buffer(b"")]
    )


def _read(blocks: pa.Array) -> tuple[Ints, Bytes]:
    """Return the bounds of blocks, from 0, and the bytes between them."""
    _, bounds, data = blocks.buffers()
    ends = np.frombuffer(bounds, dtype=np.int64)[blocks.offset : blocks.offset + len(blocks) + 1]
    return ends - ends[0], np.frombuffer(data or b"", dtype=np.uint8)[ends[0] : ends[-1]]


def _offsets(ends: Ints) -> pa.Array:
    return pa.array(ends.astype(np.int32))
