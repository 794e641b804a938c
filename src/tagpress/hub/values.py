"""What a Hub says about a repository, as values; and what a commit changes in one."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from tagpress.corpus.requirements import is_inner_path

if TYPE_CHECKING:
    from hashlib import _Hash

MAIN: Final = "main"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """
    One file at one commit.

    The Hub knows the SHA-256 of files in its large storage, and the git blob id of all others.
    """

    path: str
    size: int
    blob_id: str
    sha256: str | None = None

    def holds(self, content: bytes) -> bool:
        """Return whether this file has exactly `content`."""
        if self.sha256 is not None:
            return self.sha256 == hashlib.sha256(content).hexdigest()
        return self.blob_id == git_blob_id(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    """
    Where the branch `main`, the tags and the pull requests of a repository point; `head` is None if it is empty.

    `moved_to` is the name to which the Hub led whoever asked by an older one.
    """

    head: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    pulls: Mapping[int, str] = field(default_factory=dict)
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may see a repository, and who may read its files: `gated` is off, auto or manual."""

    private: bool
    gated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A titled list of repositories; `datasets` are the names of the datasets in it, `slug` is its address."""

    slug: str
    title: str
    private: bool
    datasets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit in the history of a ref."""

    sha: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One pull request; `status` is draft, open, closed or merged."""

    number: int
    title: str
    status: str

    @property
    def ref(self) -> str:
        """The ref that holds its commits."""
        return f"refs/pr/{self.number}"

    @property
    def is_open(self) -> bool:
        """Return whether it can still be merged."""
        return self.status in {"open", "draft"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """Content that is in the large storage of a repository already, whoever sent it: its SHA-256 in hex, and its size."""

    sha256: str
    bytes: int


# What a file will hold.
Content: TypeAlias = Path | bytes | Uploaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one commit does: content by path, and paths to delete."""

    adds: Mapping[str, Content] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        bad = [path for path in (*self.adds, *self.deletes) if not is_inner_path(path)]
        if bad or not self.adds.keys().isdisjoint(self.deletes):
            message = f"a change needs distinct plain relative paths, found {bad or sorted(self.adds)}"
            raise ValueError(message)

    def __len__(self) -> int:
        return len(self.adds) + len(self.deletes)


def git_blob_id(content: bytes) -> str:
    """Return the id that git gives to a file with this content."""
    hasher = blob_hasher(len(content))
    hasher.update(content)
    return hasher.hexdigest()


def blob_hasher(size: int) -> "_Hash":
    """Return the hasher whose digest is the git blob id, once it is fed a content of `size` bytes."""
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
