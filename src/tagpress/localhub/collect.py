"""
What of a Hub's storage does no commit need, and how is the room had back?

A large file is needed if a pointer to it is in the git objects of any repository, in a branch or not: a tag may be made of
any commit. Xet's blocks are needed by no file, since each is put together when it comes in; but clients remember for
three weeks what they have sent, and refer to it without asking, so a block is kept for longer than that since it was last
sent or used.

Uploads may run meanwhile, and this may be killed: a file goes only while its lock is held, and only if it was not asked
for since a day (see `HubStorage.keep`), and each goes by itself.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pygit2
from pygit2.enums import ObjectType

from tagpress.errors import UsageError
from tagpress.localhub.loose import is_cut
from tagpress.localhub.pointer import pointer_in
from tagpress.localhub.storage import STALE, HubStorage, is_in_place
from tagpress.localhub.trees import POINTER_SIZE

REMEMBERED: Final = 28 * 24 * 3600  # seconds; hf_xet keeps what it has sent for three weeks of them


@dataclass(frozen=True, slots=True)
class Heap:
    """Files of one kind that no commit needs: how many, and how many bytes."""

    files: int
    bytes: int

    def __str__(self) -> str:
        return f"{self.files:,} ({self.bytes:,} bytes)"

    @classmethod
    def of(cls, sizes: list[int]) -> "Heap":
        """Return how many files of these sizes are."""
        return cls(len(sizes), sum(sizes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Unneeded:
    """What no commit needs of large files and Xet's blocks, and what of it is old enough to go, or gone."""

    root: Path
    large: Heap
    blocks: Heap
    collected: Heap

    def __str__(self) -> str:
        return f"large files that no commit needs: {self.large}; blocks of Xet, which no file needs: {self.blocks}"

    def counts(self) -> dict[str, dict[str, int]]:
        """Return how much of each kind there is, and how much of both is old enough to go, or gone."""
        kinds = {"large_files": self.large, "blocks": self.blocks, "collected": self.collected}
        return {name: {"files": kind.files, "bytes": kind.bytes} for name, kind in kinds.items()}

    def to_json(self) -> dict[str, Any]:
        """Return the document that `tagpress hub --collect --json` prints."""
        return {"root": str(self.root), **self.counts()}


def collect(root: Path, *, remove: bool = True) -> Unneeded:
    """
    Remove what no commit needs and nobody has asked for in a while from the Hub at `root`, or only count it.

    Raises:
        UsageError: there is no Hub at `root`, or what its commits need cannot be read: then nothing is removed.

    """
    store = HubStorage(root.resolve())
    if not (store.root / "repos").is_dir():
        raise UsageError(f"there is no embedded Hub in {root}", "name its folder with --hub-root")
    needed = {name for folder in sorted((store.root / "repos").glob("*/*/*")) for name in _pointed_to(folder)}
    large = [path for path in sorted((store.root / "lfs").glob("*/*/*")) if path.name not in needed]
    blocks = sorted((store.root / "xorbs").glob("*/*"))
    sizes = {path: path.lstat().st_size for path in (*large, *blocks)}
    aged = [(path, STALE) for path in large] + [(path, REMEMBERED) for path in blocks]
    gone = [sizes[path] for path, age in aged if _old(path, age) and (not remove or store.drop(path, age))]
    kinds = (Heap.of([sizes[path] for path in some]) for some in (large, blocks))
    return Unneeded(root=root, large=next(kinds), blocks=next(kinds), collected=Heap.of(gone))


def _old(path: Path, age: float) -> bool:
    return is_in_place(path) and time.time() - path.lstat().st_mtime > age


def _pointed_to(folder: Path) -> Iterator[str]:
    """Yield the large files that the git objects of a repository point to."""
    name = "/".join(folder.parts[-3:])
    try:
        git = _whole(folder / "git")
        for oid in git:
            kind, data = git.read(oid)
            pointer = pointer_in(data) if kind == ObjectType.BLOB and len(data) <= POINTER_SIZE else None
            if pointer is not None:
                yield pointer.sha256
    except (pygit2.GitError, KeyError, OSError) as error:
        message = f"what the commits of {name} need cannot be read ({error}), so nothing is removed"
        raise UsageError(message, "see `tagpress hub --check`; a repository that is given up can be deleted") from error


def _whole(folder: Path) -> pygit2.Repository:
    """Open a git repository of which no loose object was cut: libgit2 would read in that for ever."""
    if any(map(is_cut, (folder / "objects").glob("??/*"))):
        raise pygit2.GitError("an object was cut")
    return pygit2.Repository(str(folder))
