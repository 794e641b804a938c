"""
What is a xorb called? By the root of a tree of hashes over its chunks, as Xet's specification says.

Each chunk has a BLAKE3 hash with one key, each node above has one with another key over the lines `HASH : SIZE` of its
children. Nodes have 2 to 9 children: one ends behind the third or a later child whose hash, in its last eight bytes, is
a multiple of four. So it stays the same whatever comes before.
"""

from collections.abc import Iterable, Iterator, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Final

from blake3 import blake3

from tagpress.localhub.xet_format import hash_text, read_xorb, unpack

Node = tuple[bytes, int]  # a hash, and how many plain bytes it stands for
_OF_CHUNKS: Final = bytes.fromhex("6697f5775b9550de3135cbaca597181c9de421109beb2b58b4d0b04b93adf229")
_OF_NODES: Final = bytes.fromhex("017ec5c7a5472996fd946666b48a02e65ddd536f37c76dd2f86352e64a53713f")
_MOST: Final = 9  # children of a node
_FEWEST: Final = 2  # behind which a node may end, with one more
_MEAN: Final = 4


def xorb_name(chunks: Iterable[bytes]) -> str:
    """Return the name of a xorb with these plain chunks, of which there is at least one."""
    nodes = [(blake3(chunk, key=_OF_CHUNKS).digest(), len(chunk)) for chunk in chunks]
    while len(nodes) > 1:
        nodes = [_above(group) for group in _grouped(nodes)]
    return hash_text(nodes[0][0])


def name_of_file(path: Path) -> str:
    """
    Return the name that a stored xorb has by its content.

    Raises:
        ValueError: it is no xorb.

    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            msg = "it is empty"
            raise ValueError(msg)
        with mmap(file.fileno(), 0, access=ACCESS_READ) as block:
            return xorb_name(unpack(block, chunk) for chunk in read_xorb(block))


def _grouped(nodes: Sequence[Node]) -> Iterator[Sequence[Node]]:
    start = 0
    while start < len(nodes):
        end = min(start + _MOST, len(nodes))
        ends = (at + 1 for at in range(start + _FEWEST, end) if _ends(nodes[at]))
        stop = next(ends, end)
        yield nodes[start:stop]
        start = stop


def _ends(node: Node) -> bool:
    return int.from_bytes(node[0][24:], "little") % _MEAN == 0


def _above(nodes: Sequence[Node]) -> Node:
    lines = "".join(f"{hash_text(digest)} : {size}\n" for digest, size in nodes)
    return blake3(lines.encode(), key=_OF_NODES).digest(), sum(size for _, size in nodes)
