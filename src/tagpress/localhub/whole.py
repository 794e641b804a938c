"""
Is a stored large file still what it was?

Its name says what its bytes must be. They are read and hashed before they go out for the first time, and again when
size, time or inode of the file have changed since; what is damaged is refused, never sent as if it were whole.
"""

import hashlib
import os
import stat
import threading
from collections import defaultdict
from pathlib import Path

from tagpress.localhub.pointer import Pointer
from tagpress.localhub.refusals import damaged
from tagpress.localhub.storage import HubStorage, is_in_place

Stamp = tuple[int, int, int, int]


class WholeFiles:
    """What this process has found whole; nothing here outlives it."""

    def __init__(self) -> None:
        self._seen: dict[str, Stamp] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def path(self, store: HubStorage, pointer: Pointer) -> Path:
        """
        Return where the bytes of a large file are.

        Raises:
            RefusedError: 500 if they are not there, or not what they were.

        """
        path = store.large_file(pointer.sha256)
        stamp = _stamp(path)
        if stamp is None or stamp[1] != pointer.size:
            found = "is missing" if stamp is None else f"has {stamp[1]} bytes of {pointer.size}"
            raise damaged(f"The large file {pointer.sha256} {found}")
        with self._locks[pointer.sha256]:  # many ask for a new file at once: one reads it
            if self._seen.get(pointer.sha256) != stamp and file_sha256(path) != pointer.sha256:
                raise damaged(f"The bytes of the large file {pointer.sha256} have changed on disk")
            self._seen[pointer.sha256] = stamp
        return path

    def has(self, store: HubStorage, pointer: Pointer) -> bool:
        """Return whether a large file is here, whole, and stays; what is damaged is not, so that it is uploaded again."""
        if store.keep(store.large_file(pointer.sha256)) is None:
            return False
        stamp = _stamp(store.large_file(pointer.sha256))
        if stamp is None or stamp[1] != pointer.size:
            return False
        with self._locks[pointer.sha256]:
            return (
                self._seen.get(pointer.sha256) == stamp
                or file_sha256(store.large_file(pointer.sha256)) == pointer.sha256
            )

    def note(self, path: Path) -> None:
        """Remember that a file is whole: its bytes were hashed while they came in."""
        stamp = _stamp(path)
        if stamp is not None:
            self._seen[path.name] = stamp


def _stamp(path: Path) -> Stamp | None:
    """Return by what a change of a file shows, None if there is no such file in its place."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if not stat.S_ISREG(found.st_mode) or not is_in_place(path):
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file that is no link, in hex."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
