"""
Git's loose objects, read so that one that was cut ends with an answer.

libgit2 compares the bytes of an object with its name by itself. But in one that was cut it reads for ever, and lets no
other thread of Python run meanwhile. So the objects of a repository are unpacked here before libgit2 has its turn; what
is packed in packs, and what is written, it does itself.
"""

import os
import zlib
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import ObjectType

from tagpress.localhub.refusals import damaged

_FIRST: Final = 100  # before libgit2's own readers, which have 1 and 2
_KINDS: Final = {kind.name.lower().encode(): kind for kind in (ObjectType.COMMIT, ObjectType.TREE, ObjectType.BLOB)}
_KINDS[b"tag"] = ObjectType.TAG
_NAME: Final = 40  # hex digits
_PART: Final = 64 << 10  # bytes


def open_whole(git: Path) -> pygit2.Repository:
    """
    Return a git repository whose loose objects are read here.

    Raises:
        GitError: there is none.

    """
    repository = pygit2.Repository(str(git))
    repository.odb.add_backend(_Loose(git), _FIRST)
    return repository


class _Loose(pygit2.OdbBackend):
    """
    What libgit2 asks for objects first; a KeyError sends it on to its own readers.

    Any other error ends the call that wanted the object, which raises it.
    """

    def __init__(self, git: Path) -> None:
        super().__init__()
        self._git, self._objects = git, git / "objects"

    def read_cb(self, oid: object) -> tuple[int, bytes]:
        return self._read(str(oid))

    def read_header_cb(self, oid: object) -> tuple[int, int]:
        kind, data = self._read(str(oid))
        return kind, len(data)

    def read_prefix_cb(self, prefix: object) -> tuple[int, bytes, pygit2.Oid]:
        name = self._whole_name(str(prefix))
        return *self._read(name), pygit2.Oid(hex=name)

    def exists_cb(self, oid: object) -> bool:
        return self._path(str(oid)).is_file()

    def exists_prefix_cb(self, prefix: object) -> pygit2.Oid:
        return pygit2.Oid(hex=self._whole_name(str(prefix)))

    def write_cb(self, _oid: object, data: bytes, kind: int) -> None:
        pygit2.Repository(str(self._git)).write(kind, bytes(data))

    def refresh_cb(self) -> None:
        """Find what was written since: nothing is remembered here."""

    def _path(self, name: str) -> Path:
        return self._objects / name[:2] / name[2:]

    def _whole_name(self, prefix: str) -> str:
        if len(prefix) == _NAME:
            return prefix
        found = sorted(path.name for path in (self._objects / prefix[:2]).glob(f"{prefix[2:]}*"))
        if len(found) != 1:
            raise KeyError(prefix)  # libgit2 says whether there is none or more
        return prefix[:2] + found[0]

    def _read(self, name: str) -> tuple[int, bytes]:
        try:
            descriptor = os.open(self._path(name), os.O_RDONLY | os.O_NOFOLLOW)
        except OSError:
            raise KeyError(name) from None
        with os.fdopen(descriptor, "rb") as file:
            packed = file.read()
        unpacker = zlib.decompressobj()
        try:
            found = unpacker.decompress(packed)
        except zlib.error as error:
            raise damaged(f"The git object {name} cannot be unpacked ({error})") from None
        head, _, data = found.partition(b"\0")
        kind, _, size = head.partition(b" ")
        if not unpacker.eof or kind not in _KINDS or size != str(len(data)).encode():
            raise damaged(f"The git object {name} was cut" if not unpacker.eof else f"The git object {name} is none")
        return _KINDS[kind], data


def is_cut(path: Path) -> bool:
    """Return whether a loose object ends before its packed bytes do."""
    unpacker = zlib.decompressobj()
    try:
        with path.open("rb") as file:
            while part := file.read(_PART):
                unpacker.decompress(part)
    except zlib.error:
        return False  # git says what is wrong with it
    return not unpacker.eof and not path.name.startswith("tmp_")
