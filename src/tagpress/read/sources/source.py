"""
Find the files that a pattern means, and name each one.

A source's `doc_id` is its document: its path below the fixed part of the pattern, without suffixes, so that a corpus
keeps its ids when its folder moves. Sources are in the order of their ids, whatever the file system's order is.
"""

import glob
import hashlib
import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tagpress.corpus.addresses import public, query_of
from tagpress.errors import SourceError, without_secrets
from tagpress.read.sources import archives

SUFFIXES: Final = frozenset(
    (
        *(
            ".txt",
            ".tsv",
            ".csv",
            ".dat",
            ".data",
            ".json",
            ".jsonl",
            ".ndjson",
            ".parquet",
            ".arrow",
            ".feather",
            ".ann",
            ".ner",
            ".tags",
        ),
        *(".conll", ".conllu", ".conllup", ".bio", ".bioes", ".iob", ".iob2", ".iobes", ".tagged"),
    )
)
"""What may be cut off a file's name to make an id; another suffix may be part of a title, like `St._Louis`."""

_CHUNK: Final = 8 << 20  # bytes hashed at a time; from a URL they are one request


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    One file of a corpus, or one member of a zip archive.

    `path` is a local path or an fsspec URL, which may be signed, so nothing of it is shown, kept or hashed; `name` is how
    messages show it, as the user gave it, a URL by its place; `size` is what is stored, in bytes, compressed or not.
    """

    path: str = field(repr=False)
    name: str
    doc_id: str
    size: int
    member: str = ""

    @property
    def remote(self) -> bool:
        """Return whether it is an fsspec URL."""
        return "://" in self.path

    @property
    def place(self) -> str:
        """Where the file is, whoever asks for it: its path, or of a URL the file itself without what signs it."""
        return public(_file_of(self.path)[1]) if self.remote else self.path


def find(patterns: Iterable[str], base: Path) -> tuple[Source, ...]:
    """
    Return the sources that paths and globs mean, as they are found; a file that is named twice is there once.

    Patterns are relative to `base`; `**` goes into folders. A document's id is its path below the fixed part of its
    pattern: two may share one, see `apart`.

    Raises SourceError for a pattern without a file, a folder, and a file that cannot be read.
    """
    found: dict[tuple[str, str], Source] = {}
    for pattern in patterns:
        for source in _expand(pattern, base):
            found.setdefault(identity(source), source)
    return tuple(found.values())


def identity(source: Source) -> tuple[str, str]:
    """Return what is the same for two names of one file."""
    return source.path if source.remote else os.path.realpath(source.path), source.member


def read(source: Source) -> bytes:
    """
    Return all that a source holds, unpacked.

    Raises SourceError for what cannot be read or unpacked.
    """
    return unpacked(source, stored(source))


def unpacked(source: Source, data: bytes) -> bytes:
    """
    Return all that a source holds, of its bytes as they are stored.

    Raises SourceError for what cannot be unpacked.
    """
    return archives.unpack(data, source.place, source.member)


def stored(source: Source) -> bytes:
    """
    Return the bytes of a source as they are stored.

    Raises SourceError for what cannot be read, or is shorter than it was.
    """
    with reading(source):
        if source.remote:
            system, path = system_of(source)
            data = bytes(system.cat_file(path))
        else:
            data = Path(source.path).read_bytes()
    if len(data) < source.size:
        raise shortened(source, len(data))
    return data


def companion(source: Source, suffix: str) -> Source:
    """
    Return the file beside a source whose name differs in the suffix: `a.ann` beside `a.txt`.

    Raises SourceError for a file that is not there or cannot be read.
    """
    if source.member:
        raise SourceError(f"{source.name} has no file beside it", f"unpack it with its {suffix} file into a folder")
    if source.remote:
        return _remote_companion(source, suffix)
    path, name = Path(source.path).with_suffix(suffix), Path(source.name).with_suffix(suffix).as_posix()
    return Source(path=str(path), name=name, doc_id=source.doc_id, size=_size(path, name))


def _remote_companion(source: Source, suffix: str) -> Source:
    before, file, behind = _file_of(source.path)
    query = query_of(file)
    url = f"{before}{posixpath.splitext(file.removesuffix(query))[0]}{suffix}{query}{behind}"
    beside = replace(source, path=url, name=public(url), size=0)
    with reading(beside):
        system, path = system_of(beside)
        return replace(beside, size=int(system.info(path)["size"] or 0))


def _file_of(url: str) -> tuple[str, str, str]:
    """Return the URL of the file itself in a chain of them, the first that has a path, and what stands around it."""
    links = url.split("::")
    number = next(number for number, link in enumerate(links) if "://" in link)
    return "::".join([*links[:number], ""]), links[number], "::".join(["", *links[number + 1 :]])


def sha256(source: Source) -> str:
    """Return the sha256 of a source as it is stored, in hex."""
    digest = hashlib.sha256()
    with reading(source):
        try:
            with open_source(source) as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except ValueError:  # a server that sends all of it or nothing
            return hashlib.sha256(stored(source)).hexdigest()
    return digest.hexdigest()


def open_source(source: Source) -> Any:  # noqa: ANN401 - fsspec's files have no common type
    """Open the stored bytes of a source; of a URL no more is fetched than is read."""
    if source.remote:
        system, path = system_of(source)
        return system.open(path, "rb", cache_type="none")
    return Path(source.path).open("rb")


def system_of(source: Source) -> tuple[Any, str]:
    """Return the file system of a source on a URL, and its path there."""
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; slow to import, and only URLs need it

    system, path = fsspec.url_to_fs(source.path)
    return system, str(path)


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """
    Read a source in this block.

    Raises SourceError for whatever goes wrong; each file system has errors of its own.
    """
    try:
        yield
    except SourceError:
        raise
    except OSError as error:
        raise _unreadable(source.name, error) from error
    except Exception as error:
        if not source.remote:
            raise
        raise _unreadable(source.name, error) from None  # a trace would show what signs its URL


def shortened(source: Source, size: int) -> SourceError:
    """Return the error of a source that has become shorter."""
    message = f"{source.name} ends at byte {size:,}, it was longer when the run began"
    return SourceError(message, "leave the sources alone while they are read, and start again")


def _expand(pattern: str, base: Path) -> Iterator[Source]:
    files = _remote(pattern) if "://" in pattern else _local(pattern, base)
    if not files:
        raise _not_found(pattern, base)
    for path, name, below, size in files:
        source = Source(path=path, name=name, doc_id=stem(below), size=size)
        yield from _members(source) if source.place.endswith(archives.ZIP) else (source,)


def _not_found(pattern: str, base: Path) -> SourceError:
    if "://" in pattern:
        hint = "check the address, and that it may be read; what signs an address may have run out"
        return SourceError(f"no file matches {public(pattern)!r}", hint)
    hint = "check the spelling; patterns are relative to the builder script's folder"
    return SourceError(f"no file matches {pattern!r} in {base}", hint)


def _members(archive: Source) -> Iterator[Source]:
    members = archives.members(stored(archive), archive.name)
    if not members:
        raise SourceError(f"there is no file in {archive.name}", "name an archive that holds a corpus")
    for member in members:
        name, doc_id = f"{archive.name}::{member}", f"{archive.doc_id}/{stem(member)}"
        yield replace(archive, name=name, doc_id=doc_id, member=member)


def _local(pattern: str, base: Path) -> list[tuple[str, str, str, int]]:
    """Return (path, name, path below the fixed part, size) of each file; a name that exists is no pattern."""
    literal = not _has_magic(pattern) or (base / pattern).exists()
    if literal and (base / pattern).is_dir():
        raise SourceError(f"{pattern} is a folder", f"name its files: '{pattern.rstrip('/')}/*.txt'")
    # Path.glob refuses absolute patterns.
    names = [pattern] if literal else glob.glob(pattern, root_dir=base, recursive=True)  # noqa: PTH207
    files = [(base / name, Path(name).as_posix()) for name in names]
    whole = Path(pattern).as_posix()
    fixed = whole.rpartition("/")[0] if literal else _fixed_part(whole)
    return [(str(path), name, _below(name, fixed), _size(path, name)) for path, name in files if not path.is_dir()]


def _remote(pattern: str) -> list[tuple[str, str, str, int]]:
    import fsspec  # noqa: PLC0415 - slow to import, and only URLs need it

    try:
        system, root = fsspec.url_to_fs(pattern)
        place = public(root)
        fixed = _fixed_part(place) if _has_magic(place) else place.rpartition("/")[0]
        paths = system.glob(root) if _has_magic(place) else [root]
        infos = [(path, system.info(path)) for path in sorted(paths)]
    except FileNotFoundError:
        return []
    except Exception as error:  # noqa: BLE001 - each file system has errors of its own
        raise _unreadable(public(pattern), error) from None  # a trace would show what signs its URL
    files = [(path, int(info["size"] or 0)) for path, info in infos if info["type"] == "file"]
    # A URL is kept as it was given: fsspec cannot spell a chained one from its path.
    urls = [pattern if path == root else system.unstrip_protocol(path) for path, _ in files]
    return [
        (url, public(url), _below(public(path), fixed), size) for url, (path, size) in zip(urls, files, strict=True)
    ]


def _below(path: str, folder: str) -> str:
    return path.removeprefix(folder).removeprefix("/")


def _fixed_part(pattern: str) -> str:
    """Return the folders of a pattern in front of the first that is a wildcard."""
    parts = pattern.split("/")[:-1]
    return "/".join(parts[: next((i for i, part in enumerate(parts) if _has_magic(part)), len(parts))])


def _size(path: Path, name: str) -> int:
    try:
        found = path.stat()
    except FileNotFoundError:
        raise SourceError(
            f"no file is called {name!r}", "check the spelling; paths are relative to the script"
        ) from None
    except OSError as error:
        raise _unreadable(name, error) from error
    if not os.access(path, os.R_OK):
        raise SourceError(f"{name} cannot be read: permission denied", "change the file's permissions")
    if not stat.S_ISREG(found.st_mode):  # a pipe is waited for, a device never ends
        raise SourceError(
            f"{name} is a pipe or a device, and no file", "write what it holds into a file, and name that"
        )
    return found.st_size


def _has_magic(pattern: str) -> bool:
    return glob.has_magic(pattern)


def stem(name: str) -> str:
    """Return a file's name without the suffixes of what packs it and of what it is."""
    for suffix in archives.SUFFIXES:
        name = name.removesuffix(suffix)
    stem, dot, suffix = name.rpartition(".")
    return stem if stem and f"{dot}{suffix}".lower() in SUFFIXES else name


def _unreadable(name: str, error: Exception) -> SourceError:
    reason = without_secrets(str(getattr(error, "strerror", None) or error))
    return SourceError(f"{name} cannot be read: {reason}", "check that it is there and may be read")
