"""
How are rows put in another order? The values of a row stand together, so they are moved as one block of bytes.

That is a copy for each row, where a place for each token has to be made and looked up otherwise, at three times the cost.
Tokens are moved as codes, which are half of their bytes, and are spelled out where they are given; numbers of 64 bits, such as
labels, as numbers of 16 where all of them are small, which are a quarter.
No column may have nulls: what is read of a release has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.types import Bytes, Ints
from tagpress.consume.streaming.batches import is_coded, spelled_out
from tagpress.errors import UsageError

_MOST: Final = (1 << 31) - 1  # bytes of text in a column
_CODE: Final = np.dtype(np.int32)
_SHORT: Final = pa.int16()
_LEAST: Final = -(1 << 15)


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of a table with the columns of `schema`; those that are lists of texts are kept as codes."""

    schema: pa.Schema
    columns: tuple["_Column", ...]

    def __len__(self) -> int:
        return len(self.columns[0])

    @classmethod
    def of(cls, batch: pa.RecordBatch, schema: pa.Schema) -> "Blocks":
        """Return the rows of a batch whose lists of texts are dictionary-encoded."""
        return cls(schema, tuple(map(_column, batch.columns)))

    @classmethod
    def joined(cls, parts: Sequence["Blocks"]) -> "Blocks":
        """Return the rows of all parts, in their order."""
        if len(parts) == 1:
            return parts[0]
        columns = zip(*(part.columns for part in parts), strict=True)
        return cls(parts[0].schema, tuple(column[0].joined(column) for column in columns))

    def take(self, rows: Ints) -> "Blocks":
        """Return some rows, in the order given."""
        chosen = pa.array(rows)
        return Blocks(self.schema, tuple(column.take(chosen) for column in self.columns))

    def compact(self) -> "Blocks":
        """Return the same rows without the texts that they do not have."""
        return Blocks(self.schema, tuple(column.compact() for column in self.columns))

    def batch(self) -> pa.RecordBatch:
        """
        Return the rows as a batch, with their texts.

        Raises:
            UsageError: their texts are too long for one batch.

        """
        return pa.RecordBatch.from_arrays([column.array() for column in self.columns], schema=self.schema)


class _Column(Protocol):
    """A column in a form whose rows are moved at little cost."""

    def __len__(self) -> int: ...

    def joined(self, parts: Sequence[Any], /) -> "_Column": ...

    def take(self, rows: pa.Array, /) -> "_Column": ...

    def compact(self) -> "_Column": ...

    def array(self) -> pa.Array: ...


@dataclass(frozen=True, slots=True)
class _AsItIs:
    values: pa.Array

    def __len__(self) -> int:
        return len(self.values)

    def joined(self, parts: Sequence["_AsItIs"]) -> "_AsItIs":
        return _AsItIs(pa.concat_arrays([part.values for part in parts]))

    def take(self, rows: pa.Array) -> "_AsItIs":
        return _AsItIs(self.values.take(rows))

    def compact(self) -> "_AsItIs":
        return self

    def array(self) -> pa.Array:
        return self.values


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Lists of numbers of a type: a block for each list, of the numbers as they are `kept`."""

    type: pa.DataType
    kept: pa.DataType
    blocks: pa.Array

    def __len__(self) -> int:
        return len(self.blocks)

    def joined(self, parts: Sequence["_Numbers"]) -> "_Numbers":
        """Return all parts; if they are kept in several ways, as numbers of the type that they have."""
        kept = self.kept if all(part.kept == self.kept for part in parts) else self.type
        return _Numbers(self.type, kept, pa.concat_arrays([part.as_kept(kept).blocks for part in parts]))

    def as_kept(self, kept: pa.DataType) -> "_Numbers":
        """Return the same rows with numbers that are kept in another way."""
        if kept == self.kept:
            return self
        lists = self.array()
        return _Numbers(self.type, kept, _list_blocks(lists.offsets.to_numpy().astype(np.int64), lists.values))

    def take(self, rows: pa.Array) -> "_Numbers":
        return _Numbers(self.type, self.kept, self.blocks.take(rows))

    def compact(self) -> "_Numbers":
        return self

    def array(self) -> pa.Array:
        ends, data = _read(self.blocks)
        width = self.kept.byte_width
        values = pa.Array.from_buffers(self.kept, len(data) // width, [None, pa.py_buffer(data)])
        return pa.ListArray.from_arrays(_offsets(ends // width), values.cast(self.type, safe=False))


@dataclass(frozen=True, slots=True)
class _Codes:
    """Lists of texts: a block for the codes of each list, and the text of each code, none of more than `longest` bytes."""

    texts: pa.StringArray
    longest: int
    blocks: pa.Array

    def __len__(self) -> int:
        return len(self.blocks)

    def joined(self, parts: Sequence["_Codes"]) -> "_Codes":
        """Return all parts, each with texts of its own: to find those that are the same costs more than it brings."""
        read = [_read(part.blocks) for part in parts]
        places = np.cumsum([0, *(len(data) for _, data in read)])
        ends = [bounds[:-1] + first for (bounds, _), first in zip(read, places, strict=False)]
        codes = np.empty(places[-1] // _CODE.itemsize, dtype=_CODE)
        before = 0
        for (_, data), part, first in zip(read, parts, places // _CODE.itemsize, strict=False):
            own = data.view(_CODE)
            np.add(own, before, out=codes[first : first + len(own)])
            before += len(part.texts)
        blocks = _blocks(np.concatenate([*ends, places[-1:]]), pa.py_buffer(codes))
        longest = max(part.longest for part in parts)
        return _Codes(pa.concat_arrays([part.texts for part in parts]), longest, blocks)

    def take(self, rows: pa.Array) -> "_Codes":
        return _Codes(self.texts, self.longest, self.blocks.take(rows))

    def compact(self) -> "_Codes":
        ends, data = _read(self.blocks)
        codes = data.view(_CODE)
        used = np.zeros(len(self.texts), dtype=bool)
        used[codes] = True
        renumbered = (np.cumsum(used, dtype=_CODE) - 1)[codes]
        return _Codes(self.texts.filter(pa.array(used)), self.longest, _blocks(ends, pa.py_buffer(renumbered)))

    def array(self) -> pa.Array:
        ends, data = _read(self.blocks)
        codes = data.view(_CODE)
        if len(codes) * self.longest > _MOST:
            lengths = pc.binary_length(self.texts).to_numpy(zero_copy_only=False)
            counts = np.bincount(codes, minlength=len(self.texts))
            if (size := int(np.dot(counts, lengths.astype(np.int64)))) > _MOST:
                message = f"A batch would have {size:,} bytes of text, more than a column can hold."
                raise UsageError(message, "Use a smaller batch_size.")
        return pa.ListArray.from_arrays(_offsets(ends // _CODE.itemsize), spelled_out(self.texts, pa.array(codes)))


def _column(column: pa.Array) -> _Column:
    if not pa.types.is_list(column.type):
        return _AsItIs(column)
    values = column.values
    ends = column.offsets.to_numpy().astype(np.int64)
    if is_coded(column.type):
        longest = pc.max(pc.binary_length(values.dictionary)).as_py() or 0
        return _Codes(values.dictionary, longest, _list_blocks(ends, values.indices))
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        kept = _shortened(values)
        return _Numbers(values.type, kept.type, _list_blocks(ends, kept))
    return _AsItIs(column)


def _shortened(values: pa.Array) -> pa.Array:
    """Return numbers of 64 bits in 16, if they are whole and none of them needs more; others as they are."""
    if values.type != pa.int64():
        return values
    found = pc.min_max(values)
    least, most = found["min"].as_py(), found["max"].as_py()
    is_short = least is None or _LEAST <= least <= most < -_LEAST
    return values.cast(_SHORT, safe=False) if is_short else values


def _list_blocks(ends: Ints, values: pa.Array) -> pa.Array:
    return _blocks(values.type.byte_width * (ends + values.offset), values.buffers()[1])


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
