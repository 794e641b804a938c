"""What is kept for `rejected.jsonl` until it is written: many entries in little memory."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import pyarrow as pa

_AT_ONCE: Final = 256  # entries that are objects at a time
_CODEC: Final = "lz4"  # which takes less time than making the entries does


@dataclass(frozen=True, slots=True)
class Rejections:
    """Entries of `rejected.jsonl`, packed; they can be read any number of times."""

    blocks: tuple[tuple[bytes, int, int], ...] = ()
    """Each with its size unpacked, and the number of its entries."""

    @classmethod
    def of(cls, entries: Iterable[Mapping[str, Any]]) -> "Rejections":
        """Pack entries as they come."""
        return cls(tuple(_blocks(iter(entries))))

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for packed, size, _ in self.blocks:
            yield from json.loads(pa.decompress(packed, decompressed_size=size, codec=_CODEC, asbytes=True))

    def __len__(self) -> int:
        return sum(number for *_, number in self.blocks)


def _blocks(entries: Iterator[Mapping[str, Any]]) -> Iterator[tuple[bytes, int, int]]:
    while some := [*islice(entries, _AT_ONCE)]:
        data = json.dumps(some).encode()
        yield pa.compress(data, codec=_CODEC, asbytes=True), len(data), len(some)
