"""
Do some files of a corpus belong to others: tags to words, or places to the texts in which they are?

It is seen in what files hold, and which belongs to which in what they are called, or in what they name. Files of an archive are
as those of a folder, and belong to none outside of it.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Final

from tagpress.errors import SourceError
from tagpress.read.guess import mark_tables
from tagpress.read.guess.beginnings import LARGEST, Beginning, Beginnings, beginnings, filled, shared, whole
from tagpress.read.guess.packed import in_archive, slashed
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.sources import archives
from tagpress.read.sources.beside import beside
from tagpress.read.sources.source import Source
from tagpress.read.spans.formats import beside_texts
from tagpress.read.spans.formats.row_marks import MarkColumns

WORDS: Final = "words"
_FILES: Final = 5_000  # that are looked at
_NEAR: Final = 8  # files by whose names one is looked for
_LINES: Final = 200  # of words and tags that are compared
_ALIKE: Final = 0.9  # share of them with as many tags as words, at least
_COMPREHEND: Final = re.compile(r"(?i)\W*file\W*,.*begin.?offset.*end.?offset.*type")


_Partners = Callable[[str, Beginnings, set[str]], Iterator[tuple[str, str]]]
"""Yields the texts that a file belongs to, each with it: of the beginnings of files by their paths, but for the `marks`."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """Files to which others belong, by a rule (`beside`), and those others; `kind` is WORDS or a format of spans, `roles` what the columns of a table are."""

    kind: str
    rule: str
    texts: tuple[str, ...]
    others: tuple[str, ...]
    roles: MarkColumns | None = None


def belonging(paths: Sequence[str], own: str | None = None) -> Belonging | None:
    """
    Return which of some local files belong to which, or only what belongs to `own`; None where none does, or by no one rule.

    Raises SourceError for annotations that cannot be read.
    """
    heads = beginnings(paths[:_FILES]) if len(paths) > 1 else {}
    texts = mark_tables.known(heads)
    for kind, (is_it, partners) in _KINDS.items():
        tables = partial(mark_tables.roles_in, heads, kind=kind, texts=texts, alone=own is not None)
        marks = [path for path in heads if is_it(heads[path]) and (kind not in mark_tables.KINDS or tables(path))]
        among = set(marks)
        pairs = list(dict.fromkeys(pair for path in marks for pair in partners(path, heads, among)))
        pairs = [(text, other) for text, other in pairs if heads[text].archive == heads[other].archive]
        if own is not None:
            pairs = sorted((pair for pair in pairs if slashed(own) in pair), key=_alike, reverse=True)[:1]
        if pairs and (rule := _rule(pairs, one_for_all=kind in _SHARED)):
            read, others = ([heads[pair[number]].path for pair in pairs] for number in (0, 1))
            roles = tables(pairs[0][1]) if kind in mark_tables.KINDS else None
            return Belonging(kind.partition("/")[0], rule, tuple(read), tuple(dict.fromkeys(others)), roles)
    return None


def apart_from_others(sources: Sequence[Source]) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """Return sources without those that belong to others of them, and the paths of these."""
    found = belonging([_path(one) for one in sources if not one.remote])
    others = () if found is None else found.others
    return tuple(one for one in sources if _path(one) not in others), others


def of_source(source: Source, others: Sequence[str] = ()) -> Belonging | None:
    """
    Return what belongs to a local source: of some files that are known to belong to sources, or of those in its folder.

    Raises SourceError for a source that belongs to another file itself.
    """
    if source.remote:
        return None
    own = _path(source)
    around = [str(Path(one).absolute()) for one in others] or _around(source)
    found = belonging([own, *around], own)
    if found and own in found.others:
        message = f"{source.name} belongs to {PurePosixPath(found.texts[0]).name}: it says what is in that"
        raise SourceError(message, "name both, or their folder")
    return found


def _path(source: Source) -> str:
    return f"{source.path}{archives.INSIDE}{source.member}" if source.member else source.path


def _around(source: Source) -> list[str]:
    """Return the files around one: those of its folder, or of its archive."""
    if source.member:
        return [one for one in in_archive(source.path) if one != _path(source)][:_FILES]
    return list(map(str, _near(Path(source.path))))


def _near(path: Path) -> list[Path]:
    """Return the files of a folder that are called most alike, and those that could belong to all."""
    files = [one for one in _entries(path.parent) if one != path and one.is_file()]
    alike = sorted(files, key=lambda one: (-len(shared(one.name, path.name)), one.name))[:_NEAR]
    return [*alike, *[one for one in files if one not in alike and one.suffix in {".csv", ".json"}][:_NEAR]]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:_FILES]
    except OSError:
        return []


def _is_tags(head: Beginning) -> bool:
    """Return whether nothing but tags is in the first lines, several in a line, or one in each and blank lines between."""
    lines = [line.split() for line in head.lines[:_LINES]]
    tags = [tag for line in lines for tag in line]
    listed = len(set(tags)) == len(tags) and all(len(line) == 1 for line in lines)  # each label once, and no sentence
    return len(tags) > 1 and not listed and all(map(TAG.fullmatch, tags))


def _words_of(path: str, heads: Beginnings, tags: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the file whose lines have as many words as this one has tags: in its folder, or called as it beside that."""
    own = PurePosixPath(path)
    others = [PurePosixPath(one) for one in heads if one not in tags]
    near = [one for one in others if one.parent == own.parent]
    near += [one for one in others if one.name == own.name and one.parent.parent == own.parent.parent]
    near.sort(key=lambda one: (one.parent != own.parent, -len(shared(one.name, own.name)), str(one)))
    found = next((one for one in near[:_NEAR] if _are_aligned(heads[str(one)], heads[path])), None)
    if found is not None:
        yield str(found), path


def _are_aligned(words: Beginning, tags: Beginning) -> bool:
    pairs = list(zip(words.lines[:_LINES], tags.lines[:_LINES], strict=False))
    alike = sum(len(one.split()) == len(other.split()) for one, other in pairs)
    return bool(pairs) and alike >= _ALIKE * len(pairs)


def _is_concepts(head: Beginning) -> bool:
    lines = filled(head)
    # Assertions are written so too, of the same concepts.
    return bool(lines) and all(beside_texts.I2B2.fullmatch(line.strip()) and "||a=" not in line for line in lines)


def _text_of(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the text that is called as this file: in its folder, or in the only other one that has such a text."""
    own = PurePosixPath(path)
    alike = [one for one in heads if one not in marks and PurePosixPath(one).stem == own.stem]
    called = [one for one in alike if not heads[one].data.startswith(b'c="')]
    here = [one for one in called if PurePosixPath(one).parent == own.parent]
    found = here or called
    if len(found) == 1:
        yield found[0], path


def _is_mentions(head: Beginning) -> bool:
    lines = filled(head)
    return bool(lines) and all(map(beside_texts.CHEMDNER.fullmatch, lines))


def _abstracts_of(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the file in the same folder that has a title and a text for the document of the first mention."""
    own = PurePosixPath(path)
    named = {line.partition("\t")[0] for line in heads[path].lines}
    near = [one for one in heads if one not in marks and PurePosixPath(one).parent == own.parent]
    near.sort(key=lambda one: (-len(shared(PurePosixPath(one).name, own.name)), one))
    for one in near:
        rows = [line.split("\t") for line in filled(heads[one])]
        if rows and all(len(row) == 3 for row in rows) and named & {row[0] for row in rows}:  # noqa: PLR2004 - columns
            yield one, path
            return


def _named_texts(kind: str) -> _Partners:
    """Return what yields the texts that annotations of many texts name."""

    def texts(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
        notes = whole(heads[path])
        if len(notes) > LARGEST:
            return
        names = beside_texts.named_in(kind, notes.decode("utf-8-sig", "replace"))
        found = [one for one in heads if one not in marks and PurePosixPath(one).name in names]
        suffixes = {PurePosixPath(one).suffix for one in found}
        folders = {PurePosixPath(one).parent for one in found}
        for one in heads:  # a text in which nothing is marked is not named
            own = PurePosixPath(one)
            if one not in marks and own.suffix in suffixes and own.parent in folders:
                yield one, path

    return texts


_KINDS: Final[Mapping[str, tuple[Callable[[Beginning], bool], _Partners]]] = {
    "i2b2": (_is_concepts, _text_of),
    "chemdner": (_is_mentions, _abstracts_of),
    "comprehend": (lambda head: any(map(_COMPREHEND.match, head.lines[:1])), _named_texts("comprehend")),
    "azure-ner": (lambda head: beside_texts.AZURE.search(head.data) is not None, _named_texts("azure-ner")),
    "drugprot": (mark_tables.is_table, mark_tables.rows_of),
    "row-marks": (mark_tables.is_table, mark_tables.named_texts),
    mark_tables.EACH: (mark_tables.is_table, mark_tables.own_text),
    WORDS: (_is_tags, _words_of),
}
"""How the files of each kind are known that belong to others, and what yields pairs of these with them."""
_SHARED: Final = frozenset({"comprehend", "azure-ner", "row-marks"})


def _rule(pairs: Sequence[tuple[str, str]], *, one_for_all: bool) -> str:
    """Return the one rule by which all pairs belong together, or nothing."""
    rules = Counter(_rule_of(text, other, one_for_all=one_for_all) for text, other in pairs)
    rule = next(iter(rules))
    sound = len(rules) == 1 and all(beside(text, rule) == other for text, other in pairs)
    return rule if sound else ""


def _rule_of(text: str, other: str, *, one_for_all: bool) -> str:
    """Return a rule for two paths: what their names begin with both, up to a sign, is a star."""
    above = (
        os.path.commonpath([PurePosixPath(text).parent, PurePosixPath(other).parent])
        if _are_apart(text, other)
        else None
    )
    one, two = (_below(path, above) for path in (text, other))
    name, own = PurePosixPath(one).name, PurePosixPath(two).name
    if one_for_all:
        return f"{one.removesuffix(name)}*{PurePosixPath(name).suffix}>{two}"
    stem = _shared_stem(name, own)
    if not stem:
        return f"{one}>{two}"
    starred = [f"{path.removesuffix(last)}*{last.removeprefix(stem)}" for path, last in ((one, name), (two, own))]
    return ">".join(starred)


def _are_apart(text: str, other: str) -> bool:
    return PurePosixPath(text).parent != PurePosixPath(other).parent


def _below(path: str, above: str | None) -> str:
    """Return the end of a path: its name, or all of it below a folder."""
    return PurePosixPath(path).name if above is None else PurePosixPath(path).relative_to(above).as_posix()


def _alike(pair: tuple[str, str]) -> int:
    """Return how much of the names of two files is the same."""
    return len(shared(*(PurePosixPath(path).name for path in pair)))


def _shared_stem(name: str, other: str) -> str:
    """Return what two names begin with both, as far as that ends before a sign in each, or is a whole name."""
    if name == other:
        return PurePosixPath(name).stem
    stem = shared(name, other)
    if not (name[len(stem) :][:1] in "._-" and other[len(stem) :][:1] in "._-"):
        stem = re.sub(r"[._-]?[^._-]*$", "", stem)
    return stem
