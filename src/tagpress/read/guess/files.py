"""
Which files of a folder are a corpus?

What is hidden, what a person reads (README, LICENSE), scripts, cards and what tagpress itself wrote are none; each is
named with its reason. What a user names by itself is taken as it is.
"""

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from tagpress.errors import SourceError
from tagpress.read.guess.companions import belonging
from tagpress.read.guess.no_corpus import ARROW, BESIDE, is_hidden, no_corpus
from tagpress.read.guess.no_text import is_binary
from tagpress.read.guess.packed import slashed, unpacked
from tagpress.read.guess.projects import project_in
from tagpress.read.sources import archives
from tagpress.read.sources.archives import parted
from tagpress.read.sources.arguments import part_of
from tagpress.read.sources.finding import find, urls_in
from tagpress.read.sources.source import checked_size
from tagpress.read.standoff import Standoff

_OF_TOOLS: Final = ((re.compile(r"_usersays_[A-Za-z-]+\.json$"), "Dialogflow has training phrases in other files"),)
_SHOWN: Final = 5
_BUILD: Final = "release.json"
# Formats that no one dialect reads together, by suffix; all others are text.
_FORMATS: Final = {
    **dict.fromkeys(ARROW, "Arrow"),
    ".parquet": "Parquet",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
    ".spacy": "spaCy",
    ".xmi": "XMI",
    ".xml": "XML",
}
# Files that are not looked into before they are sampled: of corpora, or of what is read otherwise than as text.
_KNOWN: Final = frozenset((*_FORMATS, *archives.SUFFIXES, ".txt", ".tsv", ".csv", ".conll", ".ann"))


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """
    One file, a member of an archive, or a URL, and what it came from: `chosen` if that is its own name.

    `size` is in bytes where it is known, which is that of members. `split` and `config`, its configuration, are what the user gave, or what names say (`named`, of the split).
    """

    path: str
    argument: str
    split: str | None = None
    chosen: bool = False
    named: bool = False
    config: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files of a corpus, what was left out, each with its reason, and what is read `beside` the files."""

    files: tuple[CorpusFile, ...]
    left_out: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()

    def without(self, paths: Iterable[str], reason: str) -> "Gathered":
        """Return the same without some files."""
        gone = set(paths)
        left = tuple((one.path, reason) for one in self.files if one.path in gone)
        return Gathered(tuple(one for one in self.files if one.path not in gone), (*self.left_out, *left))


def gather(arguments: Sequence[str]) -> Gathered:
    """
    Return the files that arguments mean: files, patterns, folders and URLs, perhaps with `SPLIT=` or `CONFIG/SPLIT=` before.

    They may be in several formats: `of_one_format` leaves those of one.

    Raises:
        SourceError: one of them means no file, or a project that several people annotated.
        UsageError: no split can have its name.

    """
    found: dict[str, CorpusFile] = {}
    for argument in arguments:
        config, split, place = part_of(argument)
        if "://" in place:
            urls = urls_in(place)
            found |= {url: CorpusFile(url, place, split, url == place, config=config, size=urls[url]) for url in urls}
            continue
        chosen = Path(place).is_file()
        in_archive = bool(parted(place)[1])
        paths = [place] if chosen or in_archive else sorted(_walk(place) if Path(place).is_dir() else matches(place))
        if not paths and not Path(place).is_dir():
            raise SourceError(f"no file matches {place!r}", "check the spelling; paths are relative to this folder")
        for path in paths:
            members = unpacked(path)
            found |= {one: CorpusFile(one, place, split, config=config, size=size) for one, size in members.items()}
            if not members:
                found[path] = CorpusFile(path, place, split, chosen, config=config)
    # A shell makes names of `FOLDER/*`, so also what was named is looked at, unless nothing else was.
    reasons = {path: reason for path, one in found.items() if (reason := no_corpus(path) or _no_text(one))}
    kept = [file for path, file in found.items() if path not in reasons] or [
        one for one in found.values() if one.chosen
    ]
    if not kept:
        seen = ", ".join(f"{path} ({reason})" for path, reason in list(reasons.items())[:_SHOWN]) or "nothing is there"
        raise SourceError(f"no file could be a corpus: {seen}", "name the files of the corpus")
    left = [(path, reason) for path, reason in reasons.items() if found[path] not in kept and reason != BESIDE]
    return _with_companions(_without_plain(_of_a_tool(_of_a_project(Gathered(tuple(kept), tuple(left))))))


def _no_text(file: CorpusFile) -> str:
    """Return why a file is left out that nobody named, and whose name says nothing: its bytes are no text."""
    if file.chosen or file.size is not None or "://" in file.path or Path(file.path).suffix.lower() in _KNOWN:
        return ""
    return "it is no text" if is_binary(Path(file.path)) else ""


def _of_a_project(found: Gathered) -> Gathered:
    """Return the documents of a project of an annotation tool, and the others as left out; what was named is kept."""
    project = project_in([file.path for file in found.files if not file.chosen])
    if project is None:
        return found
    for reason in dict.fromkeys(project.left_out.values()):
        found = found.without([path for path, why in project.left_out.items() if why == reason], reason)
    return found


def _of_a_tool(found: Gathered) -> Gathered:
    """Leave out what a tool exports beside its texts, known by the names of those that have them; what was named is kept."""
    for pattern, reason in _OF_TOOLS:
        if any(pattern.search(file.path) for file in found.files):
            return found.without(
                [one.path for one in found.files if not (one.chosen or pattern.search(one.path))], reason
            )
    return found


def _without_plain(found: Gathered) -> Gathered:
    """Leave out the texts that YEDDA has written with their marks into files of their own, `a.txt.ann` beside `a.txt`."""
    paths = {file.path for file in found.files}
    plain = sorted(path for path in paths if f"{path}{Standoff.beside}" in paths)
    return found.without(plain, f"it is in its {Standoff.beside} file too, with its marks") if plain else found


def _with_companions(found: Gathered) -> Gathered:
    """Return the files to which others belong, where some do; what is beside them is read with them."""
    pairs = belonging([file.path for file in found.files if "://" not in file.path])
    if pairs is None:
        return found
    others = [file.path for file in found.files if file.path not in {*pairs.texts, *pairs.others}]
    files = tuple(file for file in found.files if file.path in pairs.texts)
    left = found.without(others, f"the corpus is files with others beside them, {pairs.rule}").left_out
    return Gathered(files, left, pairs.others)


def of_one_format(found: Gathered) -> Gathered:
    """Return the files that one dialect can read together, and the others as left out; what a user named is always kept."""
    return _with_pairs_alone(_one_format(found))


def _walk(folder: str) -> Iterator[str]:
    for above, folders, files in os.walk(folder):
        inside = Path(above)
        folders[:] = sorted(one for one in folders if one != "__pycache__" and not is_hidden(one))
        folders[:] = [one for one in folders if not (inside / one / _BUILD).is_file()]
        yield from ((inside / one).as_posix() for one in files if not is_hidden(one))


def matches(pattern: str) -> Iterator[str]:
    """Yield the files that a pattern means, on this machine, in an archive, or at a URL."""
    if "://" in pattern:
        return iter(urls_in(pattern))
    if parted(pattern)[1]:
        return (source.name for source in find([pattern], Path()))
    # Path.glob refuses absolute patterns.
    names = glob.glob(pattern, recursive=True)  # noqa: PTH207
    return (PurePosixPath(name).as_posix() for name in names if not Path(name).is_dir())


def _one_format(found: Gathered) -> Gathered:
    """Leave out the files in other formats than most of what was found, by size."""
    sizes = Counter[str]()
    for file in found.files:
        sizes[_format(file.path)] += 1 + _size(file)
    main = sizes.most_common(1)[0][0]
    others = {file.path for file in found.files if _format(file.path) != main and not file.chosen}
    return found.without(others, f"the corpus is {main}")


def _size(file: CorpusFile) -> int:
    return checked_size(Path(file.path), file.path) if file.size is None else file.size


def _with_pairs_alone(found: Gathered) -> Gathered:
    """Leave out the files that are no text with its annotations, where some are: nothing would tell that they are none."""
    beside = Standoff.beside
    paths = [file.path for file in found.files]
    pairs = [
        path for path in paths if path.endswith(".txt") and _is_there(f"{path.removesuffix('.txt')}{beside}", found)
    ]
    if not pairs:
        return found
    read = {f"{path.removesuffix('.txt')}{beside}" for path in pairs}
    found = replace(found, files=tuple(file for file in found.files if file.path not in read))
    alone = {path for path in paths if path.endswith(".txt")} - set(pairs)
    texts = found.without(alone, f"no file of annotations is beside it; an empty {beside} says that nothing is marked")
    marks = texts.without([path for path in paths if path.endswith(beside)], "no text is beside it")
    others = [path for path in paths if not path.endswith((".txt", beside))]
    return marks.without(others, f"the corpus is texts with {beside} files beside them")


def _is_there(path: str, found: Gathered) -> bool:
    """Return whether there is a file on this machine, or one of those of an archive."""
    return any(file.path == path for file in found.files) if parted(path)[1] else Path(path).is_file()


def _format(path: str) -> str:
    return _FORMATS.get(suffix_of(path).lower(), "text")


def suffix_of(path: str) -> str:
    """Return the suffix of a file, with that of what packs it."""
    name = PurePosixPath(slashed(path))
    packed = name.suffix if name.suffix in archives.SUFFIXES else ""
    return name.with_suffix("").suffix + packed if packed else name.suffix


def with_splits(files: Sequence[CorpusFile], splits: dict[str, str]) -> tuple[CorpusFile, ...]:
    """Return files with the splits that were found for them."""
    return tuple(replace(one, split=splits[one.path], named=True) if one.path in splits else one for one in files)
