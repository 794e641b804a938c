"""
In which steps are the shards of a release sent? In such that a publisher that dies loses at most a tenth of them.

What is sent counts when its step has ended and is noted. Over LFS that is a file. Over Xet it is a session: its one list
of chunks is registered last, and without it nothing that was sent is known. So shards are grouped by bytes, a group a
session; and a shard that is larger than a step is sent in parts before it is sent whole: of what the Hub has as parts,
Xet sends nothing again. LFS cannot know a part, so there a shard is the smallest step.
"""

from collections.abc import Sequence
from typing import Final

from tagpress.corpus.records import FileRecord
from tagpress.release.stored_file import Stored

Shard = tuple[FileRecord, Stored]

AT_ONCE: Final = 16 << 20  # bytes that are worth no steps, because each costs some requests
_STEPS: Final = 11  # at least: a tenth, less what a protocol sends besides
_PARTS: Final = 16  # at most, of all shards: around the end of each, Xet sends some 200 kB twice
_LEAST_PART: Final = 8 << 20


def size_of(shards: Sequence[Shard]) -> int:
    """Return the bytes of shards."""
    return sum(record.bytes for record, _ in shards)


def in_steps(shards: Sequence[Shard], total: int) -> list[tuple[Shard, ...]]:
    """Group shards, in their order; `total` bytes are all that the release sends, also in an earlier run."""
    groups: list[tuple[Shard, ...]] = []
    for shard in shards:
        if groups and size_of([*groups[-1], shard]) <= total // _STEPS:
            groups[-1] = (*groups[-1], shard)
        else:
            groups.append((shard,))
    return groups


def in_parts(size: int, total: int) -> list[range]:
    """
    Cut a shard that is larger than a step; none where it goes at once.

    >>> in_parts(40 << 20, total=1 << 30), len(in_parts(1 << 30, total=1 << 30))
    ([], 16)

    """
    if size <= max(AT_ONCE, total // _STEPS):
        return []
    most = max(_LEAST_PART, -(-total // _PARTS))
    return [range(start, min(start + most, size)) for start in range(0, size, most)]
