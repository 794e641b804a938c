"""
Does a field, or a column, of the source say which split each sentence is in?

It does if all that it says are words for splits, and its name says so too (split, set, subset, partition, fold, dataset). A column
without a name does if it says two of them at least, the same in each row of a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tagpress.corpus.problems import few
from tagpress.corpus.split_names import SPLITS, checked_names, is_called_split, kind_of_word, words
from tagpress.errors import ScriptError, SourceError, UsageError
from tagpress.read.csvlists import CsvLists
from tagpress.read.dialect import Dialect
from tagpress.read.guess.samples import Reason
from tagpress.read.guess.trial import some_of
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonarray import JsonArray
from tagpress.read.jsonl import JsonLines
from tagpress.read.pieces import Piece, parse_piece, pieces, read_piece
from tagpress.read.scanner.by_column import split_cells
from tagpress.read.sources import text
from tagpress.read.sources.source import Source
from tagpress.read.spans.dialect import Spans
from tagpress.read.tagged_lines import TaggedLines

_NAMES: Final = frozenset({"split", "splits", "set", "subset", "partition", "fold", "dataset"})
_LOOK: Final = 64 << 10  # bytes of the first source in which a field must look like one of splits
_RECORDS: Final = 20  # of them, whose fields are looked at
_COLUMNS: Final = 20  # that are looked at
_MOST: Final = 20  # values of one field
_LONGEST: Final = 4  # words of a value
_TWO: Final = 2

_Records = JsonLines | JsonArray | CsvLists | HubParquet


@dataclass(frozen=True, slots=True)
class FoundSplits:
    """A dialect that reads what says splits, and the split by what is said there; none where nothing says any."""

    dialect: Dialect
    values: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """A field or a column that may say splits, its name, where it has one, and what such a thing is called."""

    split: str | int
    name: str
    kind: str = "field"

    @property
    def called(self) -> str:
        """Return what messages call it."""
        if isinstance(self.split, str):
            return f"the {self.kind} {self.split}"
        return f"column {self.split}" + (f" ({self.name})" if self.name else "")

    @property
    def is_named(self) -> bool:
        """Return whether it is called as what says splits is."""
        return may_say_splits(self.name.rpartition(".")[2])

    @property
    def is_split(self) -> bool:
        """Return whether it is called so that it says splits, whatever it says."""
        return is_called_split(self.name)


def find_splits(dialect: Dialect, sources: Sequence[Source]) -> FoundSplits:
    """Return a dialect that was guessed with the field, or the column, of its sources that says splits, if one does."""
    first = next(some_of(sources))
    part = next(iter(pieces(first, dialect, _LOOK)))
    found, doubts = FoundSplits(dialect), list[str]()
    for place in _places(dialect, part):
        with suppress(SourceError, UsageError):  # it is a list, or not in every line
            trial: Any = replace(dialect, split=place.split)  # type: ignore[type-var]  # dialects are dataclasses
            looks = bool(_splits_in(trial, place, [part], kinds=1))
            values = _splits_in(trial, place, _pieces(trial, sources), kinds=_TWO) if looks else {}
            if values and not found.values:
                found = FoundSplits(trial, values, (Reason(_told(place, values)),))
            elif values:
                doubts.append(f"splits: {place.called} says splits too, and is not read")
            elif place.is_split:
                doubts.append(_doubt(place, trial, part))
    return replace(found, doubts=tuple(doubts))


def field_splits(dialect: Dialect, sources: Sequence[Source]) -> dict[str, str]:
    """Return the split by what the sources say, in a field that a dialect reads; nothing where it reads none."""
    if getattr(dialect, "split", None) is None:
        return {}
    return splits_by_value(values_said(dialect, sources))


def values_said(dialect: Dialect, sources: Sequence[Source]) -> list[str]:
    """Return what sources say of splits, sorted, in the field that a dialect reads."""
    return sorted(_counted(dialect, _pieces(dialect, sources))[0])


def may_say_splits(name: str) -> bool:
    """Return whether a field is called as one that says splits is."""
    return bool(_NAMES & {*words(name)})


def splits_by_value(values: Iterable[str]) -> dict[str, str]:
    """
    Return the split that each of some values is, in the order of splits; nothing where any is no word for one.

    >>> splits_by_value(["test", "dev", "Train"]), splits_by_value(["train", "test_a", "test_b"])
    ({'Train': 'train', 'dev': 'validation', 'test': 'test'}, {'train': 'train', 'test_a': 'test_a', 'test_b': 'test_b'})
    >>> splits_by_value(["train", "other"]), splits_by_value(["train_dev"])
    ({}, {})

    """
    kinds: dict[str, int] = {}
    for value in values:
        kind = _kind(value)
        if kind is None or len(kinds) == _MOST:
            return {}
        kinds[value] = kind
    alike = {kind: {value.strip().casefold() for value in kinds if kinds[value] == kind} for kind in kinds.values()}
    named = {
        value: SPLITS[kind] if len(alike[kind]) == 1 else re.sub(r"\W+", "_", value.strip())
        for value, kind in sorted(kinds.items(), key=lambda pair: (pair[1], pair[0]))
    }
    with suppress(ScriptError):  # two names that some systems take for one, or one that is none
        return named if checked_names(tuple(dict.fromkeys(named.values()))) else {}
    return {}


def _kind(value: str) -> int | None:
    said = words(value)
    kinds = {kind for word in said if (kind := kind_of_word(word)) is not None}
    return kinds.pop() if len(kinds) == 1 and len(said) <= _LONGEST else None


def told_splits(values: Mapping[str, str]) -> str:
    """
    Return the splits that values are, in words.

    >>> told_splits({"train": "train", "dev": "validation", "test": "test"})
    'train, dev (published as validation) or test'

    """
    *most, last = [value if value == split else f"{value} (published as {split})" for value, split in values.items()]
    return f"{', '.join(most)} or {last}" if most else last


def _told(place: _Place, values: Mapping[str, str]) -> str:
    return f"{place.called} says {told_splits(values)} of each sentence: the splits are given"


def _doubt(place: _Place, dialect: Dialect, part: Piece) -> str:
    said = few(map(repr, sorted(_counted(dialect, [part])[0])))
    return (
        f"splits: {place.called} says {said or 'nothing'}, and is not read, for these are no words for splits; split= in DIALECT "
        "and SPLITS = tagpress.FieldSplits({...}) read it"
    )


def _pieces(dialect: Dialect, sources: Sequence[Source]) -> Iterator[Piece]:
    return (piece for source in some_of(sources) for piece in pieces(source, dialect))


def _splits_in(dialect: Dialect, place: _Place, parts: Iterable[Piece], *, kinds: int) -> dict[str, str]:
    """Return the splits by what some pieces say of them, if that is all; of so many `kinds` at least where no name says it."""
    counts, torn = _counted(dialect, parts)
    values = splits_by_value(counts)
    if place.is_named:
        return values
    return values if not torn and len({*map(_kind, values)}) >= kinds else {}


def _counted(dialect: Dialect, parts: Iterable[Piece]) -> tuple[Counter[str], int]:
    """Count the sentences that say each value, those that say none left out, and those whose rows do not agree."""
    counts, torn = Counter[str](), 0
    for part in parts:
        said = parse_piece(part, dialect).split
        assert said is not None
        often = np.bincount(said.code, minlength=len(said.values)).tolist()
        counts.update({value: count for value, count in zip(said.values, often, strict=True) if value and count})
        torn += len(said.others)
    return counts, torn


def _places(dialect: Dialect, part: Piece) -> Iterator[_Place]:
    """Yield what may say splits: what is called so, or any column without a name; what is surely called so goes first."""
    if isinstance(dialect, TaggedLines):
        yield from sorted(_columns(dialect, part), key=_surely)
        return
    names: Iterable[str] = ()
    if isinstance(dialect, Spans):
        names = _fields(dialect, part)
    elif isinstance(dialect, _Records):
        names = parse_piece(part, dialect).unread
        names = [*names, *_inner_columns(dialect, part)]
    places = [_Place(name, name, getattr(dialect, "called", "field")) for name in dict.fromkeys(names)]
    yield from sorted((place for place in places if place.is_named), key=_surely)


def _surely(place: _Place) -> bool:
    return not place.is_split


def _columns(dialect: TaggedLines, part: Piece) -> Iterator[_Place]:
    unread = [name.removeprefix("column ") for name in parse_piece(part, dialect).unread]
    names = _header(dialect, part) if dialect.header else []
    for column in map(int, unread[:_COLUMNS]):
        yield _Place(column, names[column] if column < len(names) else "")


def _header(dialect: TaggedLines, part: Piece) -> list[str]:
    decoded = text.decode(read_piece(part), dialect.encoding)
    line = decoded.data[decoded.begin :].partition(b"\n")[0].removesuffix(b"\r")
    cells = split_cells(line, (dialect.delimiter or "").encode(), (dialect.quote or "").encode())
    return [cell.decode() for cell in cells or ()]


def _inner_columns(dialect: _Records, part: Piece) -> Iterator[str]:
    """Yield what is in the objects of records, and in columns of objects."""
    if isinstance(dialect, JsonLines | JsonArray):
        yield from (name for name in _fields(dialect, part) if "." in name)
    elif isinstance(dialect, HubParquet):
        for column in dialect.opened(read_piece(part)).schema:
            inner = column.type if pa.types.is_struct(column.type) else ()
            yield from (f"{column.name}.{below.name}" for below in inner)


def _fields(dialect: Spans | JsonLines | JsonArray, part: Piece) -> Iterator[str]:
    """Yield the fields of the first records, and those of the objects in them."""
    for value in islice(dialect.values_of(read_piece(part)), _RECORDS):
        for name, inner in value.items() if isinstance(value, dict) else ():
            if isinstance(inner, dict):
                yield from (f"{name}.{below}" for below in inner)
            elif not isinstance(inner, list):
                yield name
