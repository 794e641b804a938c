"""Where does an export go? One file a split, written beside its place and renamed when all are done."""

import bz2
import gzip
import lzma
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final, cast

import pyarrow as pa

from tagpress.errors import UsageError, WriteError
from tagpress.export.target import Target
from tagpress.store.whole_file import written_beside

PLACE: Final = "{split}"

# No name, no time: the same rows give the same bytes.
_PACKERS: Final[Mapping[str, Callable[[IO[bytes]], IO[bytes]]]] = {
    ".gz": lambda file: cast(IO[bytes], gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0)),
    ".bz2": lambda file: cast(IO[bytes], bz2.BZ2File(file, "wb")),
    ".xz": lambda file: cast(IO[bytes], lzma.LZMAFile(file, "wb")),  # noqa: SIM115 - closed by `_packed`, like the others
    ".zst": lambda file: cast(IO[bytes], pa.CompressedOutputStream(pa.PythonFile(file, "w"), "zstd")),
}


def places(out: str, splits: tuple[str, ...], target: Target, build: Path) -> dict[str, Path]:
    """
    Return the file of each split.

    1. `{split}` in `out` is the split's name.
    2. A folder, there or named with a slash at its end, takes one file a split, named after it.
    3. Anything else is the file of one split.

    Raises:
        UsageError: several splits would go into one file, or a place or suffix cannot be.

    """
    if out.endswith(("/", os.sep)) or Path(out).is_dir():
        out = str(Path(out) / f"{PLACE}{target.suffix}")
    if PLACE not in out and len(splits) > 1:
        raise UsageError(
            f"{out} is one file, and there are {len(splits)} splits: {', '.join(splits)}",
            f"put {PLACE} into the file's name, give a folder, or choose one with --split",
        )
    packed = ".zip", *(_PACKERS if target.packed else ())
    if out.endswith(packed):
        raise UsageError(f"{out} is not a name for {target.name}", f"name it {target.suffix}, not {Path(out).suffix}")
    found = {split: Path(out.replace(PLACE, split)).absolute() for split in splits}
    for path in found.values():
        _refuse_in_build(path, build)
        if path.is_dir():
            raise UsageError(f"{path} is a folder", "choose another name")
    return found


def folders(out: str, splits: tuple[str, ...], target: Target, build: Path) -> dict[str, Path]:
    """
    Return the folder of each split: `{split}` in `out` is its name; else `out` is that of one split, or has one for each.

    Raises:
        UsageError: a folder is not empty, for what is left there would be read with the rest, or cannot be.

    """
    several = PLACE not in out and len(splits) > 1
    found = {split: Path(out.replace(PLACE, split), *([split] if several else [])).absolute() for split in splits}
    for path in found.values():
        _refuse_in_build(path, build)
        if path.is_file() or (path.is_dir() and any(path.iterdir())):
            message = (
                f"{path} is {'a file' if path.is_file() else 'not empty'}, and {target.name} is a folder by itself"
            )
            raise UsageError(message, "name a new folder, or remove what is there")
    return found


def _refuse_in_build(path: Path, build: Path) -> None:
    if build.resolve() in path.resolve().parents:
        raise UsageError(f"{path} is in the build, which holds what is released and no more", "name another place")


def write_all(parts: Mapping[Path, Iterable[bytes]]) -> None:
    """
    Write every file beside its place, then rename them all; what stood there is replaced.

    Raises:
        WriteError: a file cannot be written; then none is there that was not there before.

    """
    try:
        with ExitStack() as stack:
            beside = {path: stack.enter_context(written_beside(path)) for path in parts}
            for path, data in parts.items():
                with beside[path].open("wb") as file, _packed(path, file) as packer:
                    for part in data:
                        packer.write(part)
    except OSError as error:
        raise WriteError(
            f"the export cannot be written: {error.filename or ''}: {error.strerror or error}",
            "nothing was left behind; make room, or choose another place",
        ) from error


@contextmanager
def _packed(path: Path, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Compress what is written to a file if its name says so."""
    packer = _PACKERS.get(path.suffix)
    if packer is None:
        yield file
        return
    with packer(file) as packing:
        yield packing
