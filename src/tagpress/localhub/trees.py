"""Which files a commit holds, and how a new tree is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pygit2
from pygit2.enums import AttrCheck, FileMode

from tagpress.localhub.pointer import Pointer, pointer_in
from tagpress.localhub.refusals import bad_request, damaged

GITATTRIBUTES: Final = ".gitattributes"
POINTER_SIZE: Final = 200  # bytes; no pointer is longer
_LITERAL: Final = {" ": "[[:space:]]"} | {char: f"\\{char}" for char in "*?[]\\"}  # in a pattern of .gitattributes
_FROM_COMMIT: Final = AttrCheck.INCLUDE_COMMIT | AttrCheck.INDEX_ONLY | AttrCheck.NO_SYSTEM


@dataclass(frozen=True)
class Entry:
    """A file or folder of a tree."""

    path: str
    found: pygit2.Object

    @property
    def blob(self) -> pygit2.Blob | None:
        """Return the git blob of a file, None for a folder."""
        return self.found if isinstance(self.found, pygit2.Blob) else None

    @property
    def oid(self) -> str:
        """Return git's id of the blob or tree, in hex."""
        return str(self.found.id)

    @cached_property
    def pointer(self) -> Pointer | None:
        """Return what stands for a large file, None for a small file or a folder."""
        small_enough = self.blob is not None and self.blob.size <= POINTER_SIZE
        return pointer_in(self.blob.data) if self.blob is not None and small_enough else None

    @property
    def size(self) -> int:
        """Return the file's size in bytes."""
        if self.pointer is not None:
            return self.pointer.size
        return self.blob.size if self.blob is not None else 0

    @property
    def content_id(self) -> str:
        """Return what the clients compare a local file with: a large file's sha256, else git's id."""
        return self.pointer.sha256 if self.pointer is not None else self.oid


def find_entry(commit: pygit2.Commit, path: str) -> Entry | None:
    """
    Return the file or folder at `path`, None if there is none.

    Raises:
        RefusedError: 500 if there is one, but its bytes are lost.

    """
    found: pygit2.Object = commit.tree
    for name in path.split("/"):
        if not isinstance(found, pygit2.Tree) or name not in found:
            return None
        try:
            found = found[name]
            found.read_raw()
        except KeyError:
            raise damaged(f"{path[:200]!r} is lost") from None
    return Entry(path, found)


def list_entries(tree: pygit2.Tree, prefix: str = "", *, recursive: bool) -> Iterator[Entry]:
    """Yield what a tree holds, in git's order; a folder comes before what is in it."""
    for found in tree:
        entry = Entry(prefix + (found.name or ""), found)
        yield entry
        if recursive and isinstance(found, pygit2.Tree):
            yield from list_entries(found, entry.path + "/", recursive=True)


def all_files(tree: pygit2.Tree) -> dict[str, pygit2.Oid]:
    """Return every file below a tree: its path, and the id of its blob."""
    index = pygit2.Index()
    index.read_tree(tree)
    return {entry.path: entry.id for entry in index}


def write_tree(git: pygit2.Repository, base: pygit2.Tree | None, files: Mapping[str, pygit2.Oid]) -> pygit2.Oid:
    """
    Write the tree that holds exactly `files`, reusing what `base` holds already.

    Raises:
        RefusedError: 400 for a path that git itself refuses.

    """
    index = pygit2.Index()
    if base is not None:
        index.read_tree(base)
    before = {entry.path: entry.id for entry in index}
    for path in before.keys() - files.keys():
        index.remove(path)
    for path, blob in files.items():
        if before.get(path) != blob:
            _add(index, path, blob)
    return index.write_tree(git)


def _add(index: pygit2.Index, path: str, blob: pygit2.Oid) -> None:
    try:
        index.add(pygit2.IndexEntry(path, blob, FileMode.BLOB))
    except (pygit2.GitError, ValueError) as error:
        raise bad_request(f"Invalid path in repository: {path[:200]!r}: {error}") from error


def is_tracked(git: pygit2.Repository, commit: pygit2.Oid, path: str) -> bool:
    """Return whether the commit's `.gitattributes` send this path to LFS."""
    return git.get_attr(path, "filter", _FROM_COMMIT, commit) == "lfs"


def track_line(path: str) -> str:
    """Return the line of `.gitattributes` that sends exactly this path to LFS."""
    literal = "".join(_LITERAL.get(char, char) for char in path)
    return f"/{literal} filter=lfs diff=lfs merge=lfs -text\n"
