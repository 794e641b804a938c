"""
Is everything that a Hub stores still what was stored?

Every byte is read: large files and Xet's blocks against the digest in their name, git objects against theirs, every file of every branch
and tag down to the large file that it stands for. Nothing is changed.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2

from tagpress.errors import UsageError
from tagpress.localhub.collect import Unneeded, collect
from tagpress.localhub.loose import is_cut
from tagpress.localhub.pointer import pointer_in
from tagpress.localhub.refusals import RefusedError
from tagpress.localhub.storage import HubStorage, is_in_place, read_json
from tagpress.localhub.trees import POINTER_SIZE
from tagpress.localhub.whole import file_sha256
from tagpress.localhub.xet_hash import name_of_file


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageCheck:
    """What was read, what is not what it was, and what no commit needs, where that can be known."""

    root: Path
    repositories: int
    large_files: int
    problems: tuple[str, ...]
    unneeded: Unneeded | None

    @property
    def ok(self) -> bool:
        """Return whether all is as it was stored."""
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        """Return the document that `tagpress hub --check --json` prints."""
        return {
            "ok": self.ok,
            "root": str(self.root),
            "repositories": self.repositories,
            "large_files": self.large_files,
            "problems": list(self.problems),
            "unneeded": self.unneeded.counts() if self.unneeded else None,
        }


def check_storage(root: Path) -> StorageCheck:
    """
    Read all that the Hub at `root` stores.

    Raises:
        UsageError: there is no Hub at `root`.

    """
    store = HubStorage(root.resolve())
    if not (store.root / "repos").is_dir():
        raise UsageError(f"there is no embedded Hub in {root}", "name its folder with --hub-root")
    large = sorted(path for path in (store.root / "lfs").glob("*/*/*"))
    bad = {path.name: found for path in large if (found := _fault(path)) is not None}
    repositories = sorted((store.root / "repos").glob("*/*/*"))
    problems = [f"large file {name}: {fault}" for name, fault in bad.items()]
    blocks = sorted((store.root / "xorbs").glob("*/*"))
    problems += [f"block {path.name}: {fault}" for path in blocks if (fault := _block_fault(path)) is not None]
    problems += _check_collections(store)
    for folder in repositories:
        name = "/".join(folder.parts[-3:])
        problems += [f"{name}: {problem}" for problem in _check_repository(store, folder, bad)]
    unneeded = None
    with contextlib.suppress(UsageError):  # a repository that cannot be read is among the problems
        unneeded = collect(root, remove=False)
    return StorageCheck(
        root=root,
        repositories=len(repositories),
        large_files=len(large),
        problems=tuple(dict.fromkeys(problems)),
        unneeded=unneeded,
    )


def _check_collections(store: HubStorage) -> Iterator[str]:
    for path in sorted((store.root / "collections").glob("*/*.json")):
        name = "/".join(path.parts[-3:])
        if not is_in_place(path):
            yield f"{name}: it is a symbolic link"
            continue
        try:
            read_json(path)
        except RefusedError as error:
            yield f"{name}: {error}"


def _fault(path: Path) -> str | None:
    if not is_in_place(path):
        return "it is a symbolic link"
    digest = file_sha256(path)
    return None if digest == path.name else f"its bytes have the sha256 {digest}; publish again what it belongs to"


def _block_fault(path: Path) -> str | None:
    """Return what is wrong with a xorb; files that were made of it are whole without it."""
    if not is_in_place(path):
        return "it is a symbolic link"
    with contextlib.suppress(ValueError):
        if name_of_file(path) == path.name:
            return None
    return "its content has changed; delete it, and clients that do not remember it send it again"


def _check_repository(store: HubStorage, folder: Path, bad: dict[str, str]) -> Iterator[str]:
    yield from (
        f"{path.relative_to(folder)} is a symbolic link" for path in (folder, *folder.rglob("*")) if path.is_symlink()
    )
    try:
        if is_in_place(folder) and read_json(folder / "settings.json") is None:
            yield "settings.json is missing"
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it is the finding
        yield str(error)
    try:
        git = pygit2.Repository(str(folder / "git"))
        cut = [path for path in (folder / "git/objects").glob("??/*") if is_cut(path)]
        if cut:  # git would read in them for ever
            yield from (f"git object {path.parent.name}{path.name}: it was cut" for path in sorted(cut))
            return
        broken = {str(oid): fault for oid in git if (fault := _unreadable(git, oid)) is not None}
        yield from (f"git object {oid}: {fault}" for oid, fault in broken.items())
        for name in sorted(git.references):
            yield from (f"{name}: {problem}" for problem in _check_reference(store, git, name, bad))
    except (pygit2.GitError, OSError) as error:
        yield f"git: {error}"


def _unreadable(git: pygit2.Repository, oid: pygit2.Oid) -> str | None:
    """Return why an object can't be read; git compares its bytes with its name."""
    try:
        git.read(oid)
    except (pygit2.GitError, KeyError, OSError) as error:
        return str(error)
    return None


def _check_reference(store: HubStorage, git: pygit2.Repository, name: str, bad: dict[str, str]) -> Iterator[str]:
    """Go through every file of every commit that a reference leads to."""
    seen: set[pygit2.Oid] = set()
    try:
        for commit in git.walk(git.references[name].peel(pygit2.Commit).id):
            yield from _check_tree(store, git, commit.tree, seen, bad)
    except (pygit2.GitError, KeyError, ValueError) as error:
        yield f"its history can't be read: {error}"


def _check_tree(
    store: HubStorage, git: pygit2.Repository, tree: pygit2.Tree, seen: set[pygit2.Oid], bad: dict[str, str]
) -> Iterator[str]:
    if tree.id in seen:
        return
    seen.add(tree.id)
    for entry in tree:
        if isinstance(entry, pygit2.Tree):
            yield from _check_tree(store, git, entry, seen, bad)
        elif isinstance(entry, pygit2.Blob) and entry.id not in seen and entry.size <= POINTER_SIZE:
            seen.add(entry.id)
            pointer = pointer_in(entry.data)
            if pointer is None or pointer.sha256 in bad:
                continue
            path = store.large_file(pointer.sha256)
            found = path.stat().st_size if path.exists() else None
            if found != pointer.size:
                state = "is missing" if found is None else f"has {found} bytes of {pointer.size}"
                yield f"{entry.name}: its large file {pointer.sha256} {state}"
