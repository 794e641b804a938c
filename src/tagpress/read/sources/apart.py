"""What are documents called whose files have one name? By where they are, and only they."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from tagpress.corpus.addresses import public
from tagpress.errors import SourceError
from tagpress.read.sources.beside import beside
from tagpress.read.sources.finding import find
from tagpress.read.sources.source import Source, stem


def expand(patterns: Iterable[str], base: Path) -> tuple[Source, ...]:
    """
    Return the sources that paths and globs mean, sorted by id; a file that is named twice is there once.

    Raises SourceError for a pattern without a file, a folder, and a file that cannot be read.
    """
    return apart(find(patterns, base))


def apart(sources: Sequence[Source]) -> tuple[Source, ...]:
    """
    Return sources with ids that differ, sorted by id.

    Those that share one are named by their paths below the folder above all of them, with their suffixes where the
    paths differ in nothing else. All others keep their ids, so that a new file never renames a stranger.

    Raises:
        SourceError: one file stands there twice, or a name is taken all the same.

    """
    groups: dict[str, list[Source]] = {}
    for source in sources:
        groups.setdefault(source.doc_id, []).append(source)
    named = [one for group in groups.values() for one in (_by_path(group) if len(group) > 1 else group)]
    ids: dict[str, Source] = {}
    for source in named:
        other = ids.setdefault(source.doc_id, source)
        if other is not source:
            message = f"{other.name} and {source.name} are both the document {source.doc_id!r}"
            raise SourceError(message, "give each file another name, and name it in one place")
    return tuple(ids[doc_id] for doc_id in sorted(ids))


def without_companions(sources: Sequence[Source], rule: str) -> tuple[Source, ...]:
    """Return the sources that belong to no other by a rule: not `a.ann` where `a.txt` is, if the rule is `.ann`."""
    if not rule:
        return tuple(sources)
    belong = {
        (source.path if source.member else "", other)
        for source in sources
        if (other := beside(_name(source), rule)) is not None and other != _name(source)
    }
    return tuple(one for one in sources if (one.path if one.member else "", _name(one)) not in belong)


def _name(source: Source) -> str:
    return source.member or source.place


def _by_path(group: list[Source]) -> list[Source]:
    places = [_place(source) for source in group]
    above = os.path.commonpath([place.parent for place in places])
    below = [place.relative_to(above) for place in places]
    short = [stem(path.as_posix()) for path in below]
    full = [path.as_posix() for path in below]
    names = short if len(set(short)) == len(short) else full
    return [replace(source, doc_id=name) for source, name in zip(group, names, strict=True)]


def _place(source: Source) -> PurePosixPath:
    # A link is named as it stands, not as where it leads; the slash lets URLs stand beside paths.
    path = PurePosixPath("/", public(source.path) if source.remote else os.path.normpath(Path(source.path).absolute()))
    return path / source.member if source.member else path
