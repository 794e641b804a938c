"""How do files begin, those in archives too? Each archive is read once for all of its files."""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

from tagpress.read.guess.packed import heads_in, slashed
from tagpress.read.sources import archives

_HEAD: Final = 16 << 10  # bytes of a file that are looked at
LARGEST: Final = 64 << 20
"""Bytes of annotations of many texts, which are read as a whole."""


class Beginning(NamedTuple):
    """How a file begins: its bytes, and the lines that are whole in them; its path, and that of the archive that it is in."""

    data: bytes
    lines: Sequence[str]
    path: str
    archive: str


Beginnings = Mapping[str, Beginning]
"""The beginnings of files by their paths, an archive being a folder."""


def beginnings(paths: Sequence[str]) -> dict[str, Beginning]:
    """Return how files begin, but for those that have nothing in them, or are packed."""
    heads = {path: head for path in paths if not archives.parted(path)[1] and (head := _head(path))}
    heads |= heads_in([path for path in paths if archives.parted(path)[1]], _HEAD)
    found = {}
    for path in paths:
        head = heads.get(path, b"")
        if not head or archives.is_packed(head[: archives.MAGIC]):
            continue
        lines = head.decode("utf-8-sig", "replace").replace("\r\n", "\n").split("\n")
        whole = lines[:-1] if len(head) == _HEAD or not lines[-1] else lines
        archive, inside = archives.parted(path)
        found[slashed(path)] = Beginning(head, whole, path, archive if inside else "")
    return found


def _head(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def whole(beginning: Beginning) -> bytes:
    """Return all of a file, or more of it than is read."""
    if beginning.archive:
        return heads_in([beginning.path], LARGEST + 1)[beginning.path]
    with Path(beginning.path).open("rb") as file:
        return file.read(LARGEST + 1)


def filled(head: Beginning) -> list[str]:
    """Return the lines of a file that are not empty."""
    return [line for line in head.lines if line.strip()]


def shared(name: str, other: str) -> str:
    """Return what two names begin with both."""
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(name, other, strict=False)))
