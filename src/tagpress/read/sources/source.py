"""
What is one source, and how are its bytes had? A file, a member of an archive, or a URL.

A source's `doc_id` is its document: its path below the fixed part of the pattern that found it, without suffixes, so that
a corpus keeps its ids when its folder moves.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from tagpress.corpus.addresses import public, query_of
from tagpress.errors import SourceError, without_secrets
from tagpress.read.sources import archives
from tagpress.read.sources.beside import beside
from tagpress.read.sources.once import once

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
    messages show it, as the user gave it, a URL by its place; `size` is what is stored, in bytes, compressed or not, of a
    member the whole archive; `unpacked` is what a member alone has, unpacked, where it is known.
    """

    path: str = field(repr=False)
    name: str
    doc_id: str
    size: int
    member: str = ""
    unpacked: int = 0

    @property
    def remote(self) -> bool:
        """Return whether it is an fsspec URL."""
        return "://" in self.path

    @property
    def place(self) -> str:
        """Where the file is, whoever asks for it: its path, or of a URL the file itself without what signs it."""
        return public(_file_of(self.path)[1]) if self.remote else self.path


def identity(source: Source) -> tuple[str, str]:
    """Return what is the same for two names of one file."""
    return source.path if source.remote else os.path.realpath(source.path), source.member


def read(source: Source, most: int | None = None) -> bytes:
    """
    Return all that a source holds, or no more than `most` bytes of it, unpacked.

    Raises SourceError for what cannot be read or unpacked.
    """
    if source.member and not source.remote:
        with reading(source):
            return archives.read_member(Path(source.path), source.path, source.member, most)
    data = once("bytes", source.path, lambda: stored(source)) if source.member else stored(source)
    return unpacked(source, data, most)


def unpacked(source: Source, data: bytes, most: int | None = None) -> bytes:
    """
    Return all that a source holds, or no more than `most` bytes of it, of its bytes as they are stored.

    Raises SourceError for what cannot be unpacked.
    """
    return archives.unpack(data, source.place, source.member, most)


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


def companion(source: Source, rule: str) -> Source:
    """
    Return the file that belongs to a source by a rule (`beside`): `a.ann` beside `a.txt`, also in an archive.

    Raises SourceError for a file that is not there or cannot be read.
    """
    name = _beside(source, source.member or source.name, rule)
    if source.member:
        return replace(source, member=name, unpacked=0, name=f"{source.name.removesuffix(source.member)}{name}")
    if source.remote:
        return _remote_companion(source, rule)
    path = Path(_beside(source, source.path, rule))
    if not path.exists():
        what = f"write an empty {rule} where nothing is marked" if rule.startswith(".") else "put it there"
        raise SourceError(f"{source.name} has no {name} beside it", f"{what}, or leave the text out")
    return Source(path=str(path), name=name, doc_id=source.doc_id, size=checked_size(path, name))


def _beside(source: Source, path: str, rule: str) -> str:
    found = beside(path, rule)
    if found is None:
        message = f"{source.name} is none of the files that {rule!r} speaks of, so which one belongs to it is not known"
        raise SourceError(message, "name the files before the > in SOURCES, or change beside= of the dialect")
    return found


def _remote_companion(source: Source, rule: str) -> Source:
    before, file, behind = _file_of(source.path)
    query = query_of(file)
    url = f"{before}{_beside(source, file.removesuffix(query), rule)}{query}{behind}"
    other = replace(source, path=url, name=public(url), size=0)
    with reading(other):
        system, path = system_of(other)
        return replace(other, size=int(system.info(path)["size"] or 0))


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
        raise unreadable(source.name, error) from error
    except Exception as error:
        if not source.remote:
            raise
        raise unreadable(source.name, error) from None  # a trace would show what signs its URL


def shortened(source: Source, size: int) -> SourceError:
    """Return the error of a source that has become shorter."""
    message = f"{source.name} ends at byte {size:,}, it was longer when the run began"
    return SourceError(message, "leave the sources alone while they are read, and start again")


_LINKS: Final = {errno.ENOENT: "nothing", errno.ELOOP: "itself"}


def checked_size(path: Path, name: str) -> int:
    """
    Return the size of a local file in bytes.

    Raises SourceError for what is not there, may not be read, or is no regular file.
    """
    try:
        found = path.stat()
    except OSError as error:
        to = _LINKS.get(error.errno or 0) if path.is_symlink() else None
        if to:
            raise SourceError(f"{name} is a link to {to}", "mend the link, or remove it") from None
        if error.errno != errno.ENOENT:
            raise unreadable(name, error) from error
        hint = "check the spelling; paths are relative to the script"
        raise SourceError(f"no file is called {name!r}", hint) from None
    if not os.access(path, os.R_OK):
        raise SourceError(f"{name} cannot be read: permission denied", "change the file's permissions")
    if not stat.S_ISREG(found.st_mode):  # a pipe is waited for, a device never ends
        raise SourceError(
            f"{name} is a pipe or a device, and no file", "write what it holds into a file, and name that"
        )
    return found.st_size


def stem(name: str) -> str:
    """Return a file's name without the suffixes of what packs it and of what it is."""
    for suffix in archives.SUFFIXES:
        name = name.removesuffix(suffix)
    stem, dot, suffix = name.rpartition(".")
    return stem if stem and f"{dot}{suffix}".lower() in SUFFIXES else name


def unreadable(name: str, error: Exception) -> SourceError:
    """Return the error of a source that cannot be read, without what signs its address."""
    reason = without_secrets(str(getattr(error, "strerror", None) or error))
    return SourceError(f"{name} cannot be read: {reason}", "check that it is there and may be read")
