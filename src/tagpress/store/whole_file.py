"""
How is a file written? Beside its place, and renamed: nobody ever sees half of it, and what cannot be finished leaves nothing.

The embedded Hub alone does it otherwise: its drafts lie in one folder, and it waits until the disk has them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tagpress.errors import WriteError


@contextmanager
def written_beside(path: Path) -> Iterator[Path]:
    """
    Have a name beside a file's place for the block; at its end, and only then, the file takes that place.

    The folder is made. Several may write the same file at once: one of them stays.

    Raises:
        OSError: it cannot be written there.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{uuid.uuid4().hex}.partial")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_file(out: Path, data: bytes) -> None:
    """
    Write a file as a whole.

    Raises:
        WriteError: it cannot be written there.

    """
    with writing_file(out) as file:
        file.write(data)


@contextmanager
def writing_file(out: Path) -> Iterator[BinaryIO]:
    """
    Have a file to write to bit by bit; it is in its place at the end of the block.

    Raises:
        WriteError: it cannot be written there.

    """
    try:
        with written_beside(out) as beside, beside.open("wb") as file:
            yield file
    except OSError as error:
        raise WriteError(f"{out} cannot be written: {error.strerror}", "make room, or choose another place") from error
