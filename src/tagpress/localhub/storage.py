"""
Where the Hub's bytes live, and when they are safe.

    <root>/
      token                         the owner's token, mode 0600
      repos/KIND/NAMESPACE/NAME/    one repository
        git/                        a bare git repository: refs, trees, commits, small files, LFS pointers
        settings.json               visibility, gate, date of birth
        discussions/000001.json     pull requests and discussions
      collections/NAMESPACE/ID.json   titled lists of repositories: see `collection`
      moved/KIND/NAMESPACE/NAME.json  what a repository is called that was called so: see `renames`
      lfs/ab/cd/SHA256              large files, shared by all repositories
      xorbs/ab/HASH                 Xet's blocks of chunks, shared by all repositories
      locks/                        one lock file per repository, outside of it so that it outlives a deletion, and one
                                    for the collections of a namespace, one for what is collected
      tmp/                          half-written files

A file appears under its final name only when it is whole: it is written in `tmp/`, synced, renamed, and the folder that
holds the name is synced. Several processes may use one root at once; no process keeps state that another would need.

Git is spoken by libgit2 (pygit2) rather than dulwich: told `core.fsyncObjectFiles`, it syncs every object and reference
and the folder of each before it returns, and it reads `.gitattributes` and `.gitignore` as git does.
"""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from tagpress.localhub.names import RepoName
from tagpress.localhub.refusals import conflict, damaged

LOCK_PATIENCE: Final = 60.0  # seconds that a change waits for another one on the same repository
STALE: Final = 24 * 3600  # seconds after which what was begun has surely lost whoever began it


@dataclass(frozen=True, slots=True)
class HubStorage:
    """The folder that holds everything, as paths."""

    root: Path

    def repository(self, name: RepoName) -> Path:
        """Return the folder of a repository, whether or not it exists."""
        return self.root / "repos" / name.kind / name.namespace / name.name

    def large_file(self, sha256: str) -> Path:
        """Return the path of the large file with this digest, whether or not it exists."""
        return self.root / "lfs" / sha256[:2] / sha256[2:4] / sha256

    def xorb(self, name: str) -> Path:
        """Return the path of a Xet block, whether or not it exists."""
        return self.root / "xorbs" / name[:2] / name

    @property
    def tmp(self) -> Path:
        """Return the folder of half-written files, on the same file system as everything else."""
        return self.root / "tmp"

    @contextlib.contextmanager
    def lock(self, name: RepoName) -> Iterator[None]:
        """
        Hold the right to change a repository; no other thread or process has it meanwhile.

        Raises:
            RefusedError: 409 when another change takes longer than `LOCK_PATIENCE`.

        """
        with self._locked(f"{name.kind}--{name.namespace}--{name.name}", "Another commit", "on this repository"):
            yield

    @contextlib.contextmanager
    def lock_collections(self, namespace: str) -> Iterator[None]:
        """
        Hold the right to change the collections of a namespace.

        Raises:
            RefusedError: 409 when another change takes longer than `LOCK_PATIENCE`.

        """
        with self._locked(f"collections--{namespace}", "Another change", "to these collections"):
            yield

    def keep(self, path: Path) -> int | None:
        """
        Return the size of a large file or a block that somebody counts on, None if it is not there.

        It stays for half a day then, and longer, whoever collects meanwhile: its time says when it was last asked for.
        One that is new is not touched, because a file of another time is read again before it goes out.
        """
        with contextlib.suppress(FileNotFoundError), self._collecting():
            found = path.stat()
            if time.time() - found.st_mtime > STALE / 2:
                os.utime(path)
            return found.st_size
        return None

    def drop(self, path: Path, age: float) -> bool:
        """Remove a large file or a block unless it was asked for in the last `age` seconds; return whether it is gone."""
        with contextlib.suppress(FileNotFoundError), self._collecting():
            if time.time() - path.stat().st_mtime > age:
                path.unlink()
                return True
        return False

    def _collecting(self) -> FileLock:
        """Return the lock under which large files and blocks are counted on, or go."""
        return FileLock(self.root / "locks" / "collecting", timeout=LOCK_PATIENCE, poll_interval=0.005)

    @contextlib.contextmanager
    def _locked(self, name: str, what: str, where: str) -> Iterator[None]:
        lock = FileLock(self.root / "locks" / name, timeout=LOCK_PATIENCE, poll_interval=0.005, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise conflict(f"{what} is in progress {where}, please try again.") from None
        try:
            yield
        finally:
            lock.release()


def open_store(root: Path) -> HubStorage:
    """Return the store at `root`, made if it is missing; clears what dead writers left behind."""
    store = HubStorage(root.resolve())
    for folder in ("repos", "lfs", "xorbs", "locks", "tmp"):
        make_folder(store.root / folder)
    for path in store.tmp.iterdir():
        _forget_if_stale(path)
    return store


def _forget_if_stale(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        if time.time() - path.stat().st_mtime < STALE:
            return
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def owner_token(store: HubStorage) -> str:
    """Return the token kept in the store; the first process to ask makes it."""
    path = store.root / "token"
    if not path.exists():
        draft = store.tmp / f"token-{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(f"hf_{secrets.token_hex(20)}\n", encoding="ascii")
        sync_file(draft)
        with contextlib.suppress(FileExistsError):  # another process was first: its token is the token
            os.link(draft, path)
        draft.unlink()
        sync_folder(store.root)
    return _read_in_place(path).decode("ascii").strip()


def is_in_place(path: Path) -> bool:
    """Return whether a path below the root (which is resolved) is where it says, not behind a symbolic link."""
    return os.path.realpath(path) == str(path)


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


sync_folder = sync_file  # a folder is synced the same way, and holds the names of its files


def sync_tree(folder: Path) -> None:
    """Wait until a folder, its files and its subfolders are on disk."""
    for path, _, files in os.walk(folder):
        for name in files:
            sync_file(Path(path, name))
        sync_folder(Path(path))


def make_folder(path: Path) -> None:
    """Make a folder and its parents; each new name is on disk afterwards."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def place(draft: Path, final: Path) -> None:
    """Give a finished draft, a file or a folder, its final name, durably; what had that name is replaced as a whole."""
    sync_tree(draft) if draft.is_dir() else sync_file(draft)
    make_folder(final.parent)
    draft.replace(final)
    sync_folder(final.parent)


@contextlib.contextmanager
def gone_on_failure(draft: Path) -> Iterator[None]:
    """Remove a draft, a file or a folder, if the block fails: of a full disk not even that is left."""
    try:
        yield
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink(missing_ok=True)
        raise


def write_json(store: HubStorage, path: Path, value: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
    """Replace a small JSON file as a whole, durably."""
    text = json.dumps(value, indent=1, sort_keys=True)
    with tempfile.NamedTemporaryFile("w", dir=store.tmp, encoding="utf-8", delete=False) as draft:
        name = Path(draft.name)
    with gone_on_failure(name):
        name.write_text(text, encoding="utf-8")
        place(name, path)


def read_json(path: Path) -> dict[str, Any] | None:
    """
    Return the content of a JSON file, None if there is none.

    Raises:
        RefusedError: the file is damaged.

    """
    try:
        found: dict[str, Any] = json.loads(_read_in_place(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise damaged(f"{path.name} of {path.parent.name} can't be read ({error})") from error
    return found


def _read_in_place(path: Path) -> bytes:
    """Return a small file's bytes; what is behind a symbolic link is not there."""
    if not is_in_place(path):
        raise FileNotFoundError(path)
    return path.read_bytes()
