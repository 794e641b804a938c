"""What is in an archive, as if it were a folder? Names in it say splits and configurations as those of a folder do."""

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tagpress.corpus.addresses import public
from tagpress.read.sources import archives
from tagpress.read.sources.archives import parted
from tagpress.read.sources.finding import find, listed
from tagpress.read.sources.source import Source


def unpacked(path: str) -> dict[str, int]:
    """
    Return the files of an archive on this machine, or those in it that a pattern means, with their bytes; of another file none.

    Raises SourceError for what is no archive, or a pattern that means nothing in it.
    """
    place = parted(path)[0]
    if not archives.is_archive(place) or "://" in place:
        return {}
    return {source.name: source.unpacked for source in find([path], Path())}


def in_archive(path: str) -> list[str]:
    """Return the paths of the files of an archive on this machine, sorted."""
    archive = Source(path=path, name=path, doc_id="", size=0)
    return [f"{path}{archives.INSIDE}{member}" for member in listed(archive)]


def heads_in(paths: Sequence[str], most: int) -> dict[str, bytes]:
    """Return no more than `most` bytes of files in archives; each archive is read once."""
    by_archive: dict[str, list[str]] = {}
    for path in paths:
        by_archive.setdefault(parted(path)[0], []).append(path)
    found: dict[str, bytes] = {}
    for archive, own in by_archive.items():
        inside = archives.beginnings(Path(archive).read_bytes(), archive, [parted(path)[1] for path in own], most)
        found |= dict(zip(own, inside, strict=True))
    return found


def places_of(paths: Sequence[str]) -> dict[str, PurePosixPath]:
    """Return where each path is below the folder in which all are, an archive being a folder: what names say is read of these."""
    unpacked = {path: slashed(path) for path in paths}
    above = os.path.commonpath([Path(one).absolute().parent for one in unpacked.values()])
    return {path: PurePosixPath(os.path.relpath(one, above)) for path, one in unpacked.items()}


def slashed(path: str) -> str:
    """
    Return a path as it would be with its archive unpacked into a folder of its name, and a URL without what signs it.

    >>> slashed("de.zip::train.txt"), slashed("train.txt")
    ('de/train.txt', 'train.txt')

    """
    place, inside = parted(path)
    if not inside:
        return public(path)
    suffix = max((one for one in archives.ARCHIVES if place.endswith(one)), key=len)
    return f"{place.removesuffix(suffix)}/{inside}"
