"""Is a file a table with a span in each row, whose texts are other files, and what is in its columns?"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from tagpress.read.guess.beginnings import Beginning, Beginnings, filled, shared, whole
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.spans.formats.row_marks import MarkColumns, cells_of

_LINES: Final = 400  # that are looked at
_FEW: Final = 5  # that are looked at first
_WIDE: Final = (4, 12)  # columns
EACH: Final = "row-marks/each"
"""A table for each text, which is called as it is."""
KINDS: Final = frozenset({"row-marks", "drugprot", EACH})
"""The formats of such tables."""
_OF_ROWS: Final = "drugprot"  # whose texts are rows of a table too
_SOME: Final = 1e-9  # share of rows that names the one text that is known
MOST: Final = 0.9
"""The share of rows that must name a text, where all texts are known."""
_SAID: Final = 0.6  # share of rows whose text is as long as its place
_TYPES: Final = 200  # different types, at most
_NUMBER: Final = re.compile(r"\d{1,9}")
_LABEL: Final = re.compile(r"(?i)(?:entity|mention|ner|semantic)?[ _-]?(?:label|type|category|class|tag|technique)")
_MARK: Final = re.compile(r"[A-Z]\d+")  # what counts spans, as brat does


def roles(lines: Sequence[str], names: Collection[str] | None, least: float = MOST) -> MarkColumns | None:
    """
    Return what the columns of a table are, given how texts may be called, and how many rows must name one at `least`.

    None, if it is no such table. Without names, all rows are of one text.
    """
    few = [row for row in cells_of("\n".join(lines[:_FEW])) if row]
    if not few or not _WIDE[0] <= len(few[0]) <= _WIDE[1] or any(len(row) != len(few[0]) for row in few):
        return None
    table = [row for row in cells_of("\n".join(lines[:_LINES])) if row]
    width = len(table[0]) if table else 0
    if not _WIDE[0] <= width <= _WIDE[1] or any(len(row) != width for row in table):
        return None
    header = not any(map(_NUMBER.fullmatch, table[0])) and len(set(table[0])) == width and len(table) > 1
    columns = list(zip(*table[header:], strict=True))
    begin, end = _places(columns) or (-1, -1)
    others = [n for n in range(width) if n not in {begin, end}]
    text = -1 if names is None else next((n for n in others if _share(columns[n], names) >= least), -1)
    if begin < 0 or (text < 0 and names is not None):
        return None
    rest = [n for n in range(width) if n not in {begin, end, text} and not all(map(_MARK.fullmatch, columns[n]))]
    said = next((n for n in reversed(rest) if _fits(columns[n], columns[begin], columns[end])), None)
    types = [n for n in rest if n != said and len(set(columns[n])) <= _TYPES and all(columns[n])]
    types = [n for n in types if not all(map(_NUMBER.fullmatch, columns[n]))] or types
    called = [n for n in types if header and _LABEL.fullmatch(table[0][n])]
    if not types or any(all(map(TAG.fullmatch, columns[n])) for n in types):  # then it is a token a row, with its place
        return None
    label = (called or sorted(types, key=lambda n: len(set(columns[n]))))[0]
    name = table[0] if header else [str(n) for n in range(width)]
    return MarkColumns(
        name[text] if text >= 0 else None, name[begin], name[end], name[label], None if said is None else name[said]
    )


def _places(columns: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """Return the first two columns side by side that are the places of spans."""
    for n in range(len(columns) - 1):
        pairs = list(zip(columns[n], columns[n + 1], strict=True))
        if all(_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b) and int(a) < int(b) for a, b in pairs):
            return n, n + 1
    return None


def _share(column: Sequence[str], names: Collection[str]) -> float:
    return sum(cell in names for cell in column) / max(len(column), 1)


def _fits(column: Sequence[str], begin: Sequence[str], end: Sequence[str]) -> bool:
    """Return whether what a column says is as long as the places say."""
    long = sum(len(said) == int(stop) - int(at) for said, at, stop in zip(column, begin, end, strict=True))
    return long >= _SAID * len(column)


def is_table(head: Beginning) -> bool:
    """Return whether the first line of a file has cells enough for a span."""
    return bool(head.lines) and ("\t" in head.lines[0] or head.lines[0].count(",") > 2)  # noqa: PLR2004 - columns


def _abstracts(head: Beginning) -> list[str]:
    """Return the documents of a table of texts: each row has one, its title and its text."""
    rows = [line.split("\t") for line in filled(head)]
    return [row[0] for row in rows] if rows and all(len(row) == 3 for row in rows) else []  # noqa: PLR2004 - columns


class Known(NamedTuple):
    """What texts may be called: by the names of files, with and without suffix, and by the rows of tables of texts; files by their stems."""

    files: frozenset[str]
    rows: frozenset[str]
    stems: Mapping[str, Sequence[str]]


def known(heads: Beginnings) -> Known:
    """Return what the texts may be called that tables of spans name; it is looked at once for all of them."""
    stems = _by_stem(tuple(heads))
    names = {name for path in heads for name in (PurePosixPath(path).name, PurePosixPath(path).stem)}
    rows = frozenset(row for head in heads.values() for row in _abstracts(head))
    return Known(frozenset(names) - rows, rows, stems)


def roles_in(heads: Beginnings, path: str, kind: str, texts: Known, *, alone: bool) -> MarkColumns | None:
    """Return what the columns of a file are, if it is a table of spans whose texts are files, or rows of one; one text may be known `alone`."""
    if kind == EACH:
        return roles(heads[path].lines, None) if len(_own_texts(path, texts)) == 1 else None
    names = texts.rows if kind == _OF_ROWS else texts.files
    return roles(heads[path].lines, names, _SOME if alone else MOST) if names else None


def _own_texts(path: str, texts: Known) -> list[str]:
    """Return the files that are called as a table, up to its first dot."""
    return [one for one in texts.stems.get(PurePosixPath(path).name.partition(".")[0], ()) if one != path]


def rows_of(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the table of texts whose rows a table of spans names: the one that is called most alike."""
    own = PurePosixPath(path)
    there = [one for one in heads if one not in marks and _abstracts(heads[one])]
    named = [one for one in there if roles(heads[path].lines, set(_abstracts(heads[one])))]
    near = [one for one in named if PurePosixPath(one).parent == own.parent]
    near.sort(key=lambda one: (-len(shared(PurePosixPath(one).name, own.name)), one))
    yield from ((one, path) for one in near[:1])


def named_texts(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the texts that a table of spans names, and those beside them."""
    table = cells_of(whole(heads[path]).decode("utf-8-sig", "replace"))
    names = {cell for row in table for cell in row}
    files = {one: PurePosixPath(one) for one in heads if one not in marks}
    found = {one for one, file in files.items() if {file.name, file.stem} & names}
    alike = {(files[one].suffix, files[one].parent) for one in found}
    yield from ((one, path) for one, file in files.items() if (file.suffix, file.parent) in alike)


def own_text(path: str, heads: Beginnings, marks: set[str]) -> Iterator[tuple[str, str]]:
    """Yield the text that is called as a table, up to its first dot."""
    stem = PurePosixPath(path).name.partition(".")[0]
    stems = _by_stem(tuple(heads))
    alike = [one for one in stems.get(stem, ()) if one not in marks]
    yield from ((one, path) for one in alike if len(alike) == 1)


@lru_cache(maxsize=1)
def _by_stem(paths: tuple[str, ...]) -> Mapping[str, Sequence[str]]:
    stems: dict[str, list[str]] = {}
    for path in paths:
        stems.setdefault(PurePosixPath(path).stem, []).append(path)
    return stems
