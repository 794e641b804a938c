"""Which files does a pattern mean? Local globs, URLs, and the members of archives, each named."""

import glob
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tagpress.corpus.addresses import public
from tagpress.errors import SourceError
from tagpress.read.sources import archives
from tagpress.read.sources.once import once
from tagpress.read.sources.source import Source, checked_size, identity, stem, stored, unreadable

_WILD: Final = {"**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]"}
_SHOWN: Final = 5
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def listed(archive: Source) -> dict[str, int]:
    """
    Return the files of an archive with their bytes.

    Raises SourceError for one that cannot be read.
    """
    place = archive.path if archive.remote else os.path.realpath(archive.path)
    return once("archive", place, lambda: archives.members(stored(archive), archive.name))


def find(patterns: Iterable[str], base: Path) -> tuple[Source, ...]:
    """
    Return the sources that paths and globs mean, as they are found; a file that is named twice is there once.

    Patterns are relative to `base`; `**` goes into folders, and `a.zip::train/*.txt` into an archive. A document's id is its
    path below the fixed part of its pattern: two may share one, see `apart`.

    Raises SourceError for a pattern without a file, a folder, and a file that cannot be read or whose name is not UTF-8.
    """
    found: dict[tuple[str, str], Source] = {}
    for pattern in patterns:
        for source in _expand(pattern, base):
            found.setdefault(identity(source), source)
    return tuple(found.values())


def _expand(pattern: str, base: Path) -> Iterator[Source]:
    place, inside = archives.parted(pattern)
    files = _remote(place) if "://" in place else _local(place, base)
    if not files:
        raise _not_found(place, base)
    for path, name, below, size in files:
        source = Source(path=path, name=name, doc_id=stem(below), size=size)
        yield from _members(source, inside) if archives.is_archive(source.place) else (source,)


def _not_found(pattern: str, base: Path) -> SourceError:
    if "://" in pattern:
        hint = "check the address, and that it may be read; what signs an address may have run out"
        return SourceError(f"no file matches {public(pattern)!r}", hint)
    hint = "check the spelling; patterns are relative to the builder script's folder"
    return SourceError(f"no file matches {pattern!r} in {base}", hint)


def _members(archive: Source, inside: str) -> Iterator[Source]:
    """Return the files in an archive, or those of them that a name or a pattern means."""
    every = listed(archive)
    if not every:
        raise SourceError(f"there is no file in {archive.name}", "name an archive that holds a corpus")
    meant = re.compile(_inside(inside)) if inside else None
    members = [one for one in every if one == inside or meant is None or meant.fullmatch(one)]
    if not members:
        message = f"no file in {archive.name} matches {inside!r}"
        raise SourceError(message, f"check the spelling; in it are {', '.join(list(every)[:_SHOWN])}")
    for member in members:
        name, doc_id = checked_name(f"{archive.name}{archives.INSIDE}{member}"), f"{archive.doc_id}/{stem(member)}"
        yield replace(archive, name=name, doc_id=doc_id, member=member, unpacked=every[member])


def _inside(pattern: str) -> str:
    """
    Return a regular expression for the members that a pattern means: `**/` is any folders, `*` and `?` stay in one.

    >>> bool(re.fullmatch(_inside("**/*.txt"), "a/b/c.txt")), bool(re.fullmatch(_inside("a/*.txt"), "a/b/c.txt"))
    (True, False)

    """
    parts = re.split(r"(\*\*/|\*|\?|\[[^]]\])", pattern)
    return "".join(
        _WILD.get(part) or re.escape(part[1] if len(part) == len("[x]") and part[0] == "[" else part) for part in parts
    )


def _local(pattern: str, base: Path) -> list[tuple[str, str, str, int]]:
    """Return (path, name, path below the fixed part, size) of each file; a name that exists is no pattern."""
    literal = not _has_magic(pattern) or (base / pattern).exists()
    if literal and (base / pattern).is_dir():
        raise SourceError(f"{pattern} is a folder", f"name its files: '{pattern.rstrip('/')}/*.txt'")
    # Path.glob refuses absolute patterns.
    names = [pattern] if literal else glob.glob(pattern, root_dir=base, recursive=True)  # noqa: PTH207
    files = [(base / name, checked_name(Path(name).as_posix())) for name in names]
    whole = Path(pattern).as_posix()
    fixed = whole.rpartition("/")[0] if literal else _fixed_part(whole)
    return [
        (str(path), name, _below(name, fixed), checked_size(path, name)) for path, name in files if not path.is_dir()
    ]


def checked_name(name: str) -> str:
    """
    Return the name of a file, which is published: as the id of a document, in `release.json` and in scripts.

    Raises SourceError for one that is not UTF-8, as old archives and disks have, or that does not stay in one line.
    """
    if _CONTROL.search(name):
        message = f"the name of the file {name!r} has a line break or another control character in it"
        raise SourceError(message, "rename it: it is shown in lines, and published as the id of its document")
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = os.fsencode(name).decode("utf-8", "backslashreplace")
        hint = "rename it: it is the id of its document, and ids that are published are text"
        raise SourceError(f"the name of the file {shown} is not UTF-8", hint) from None
    return name


def urls_in(place: str) -> dict[str, int]:
    """
    Return the URLs that a URL or a pattern means, or those of every file in a folder that it names, with their bytes.

    Raises SourceError for what is not there or cannot be read.
    """
    try:
        found = _remote(place)
    except SourceError:
        found = _remote(f"{place.rstrip('/')}/**")
        if not found:
            raise
    if not found:
        raise _not_found(place, Path())
    return {url: size for url, _, _, size in found}


def _remote(pattern: str) -> list[tuple[str, str, str, int]]:
    return once("url", pattern, lambda: _asked(pattern))


def _asked(pattern: str) -> list[tuple[str, str, str, int]]:
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; slow to import, and only URLs need it

    try:
        system, root = fsspec.url_to_fs(pattern)
        place = public(root)
        fixed = _fixed_part(place) if _has_magic(place) else place.rpartition("/")[0]
        paths = system.glob(root) if _has_magic(place) else [root]
        infos = [(path, system.info(path)) for path in sorted(paths)]
    except FileNotFoundError:
        return []
    except Exception as error:  # noqa: BLE001 - each file system has errors of its own
        raise unreadable(public(pattern), error) from None  # a trace would show what signs its URL
    files = [(path, int(info["size"] or 0)) for path, info in infos if info["type"] == "file"]
    if not files and infos and not _has_magic(place):
        raise SourceError(
            f"{public(pattern)} is a folder", f"name its files: '{public(pattern).rstrip('/')}/**/*.parquet'"
        )
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


def _has_magic(pattern: str) -> bool:
    return glob.has_magic(pattern)
