"""What is known of the places in doubt: of one piece, and of several together."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.build.doubts.judge import CODES, MOST, Doubts, Kind
from tagpress.build.piece_files import PieceFiles, places
from tagpress.columnar.place_loops import NOWHERE
from tagpress.columnar.types import Array, Integers, Ints, Keys

EXAMPLES: Final = 2  # places with the other reading that a note names

# Path and line.
Line: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDoubts:
    """
    What a piece has of what is in doubt.

    Of each place that is sure enough: `score`; `doubt`, its number among all; the `line` of its sentence; `token`, the first one's
    number in it, from 1; `row` and `key`, those of the sentence; `text`, of all tokens there, and `word`, that at the edge. `counts` has how many there
    are of each code that are sure enough to be counted, `less_sure` how many that are not. `lines` are the first with what speaks against some, `reading` by reading; `names` has texts by the number of the name.
    """

    score: Array
    doubt: Ints
    line: Ints
    token: Ints
    row: Ints
    key: Keys
    text: pa.StringArray
    word: pa.StringArray
    counts: Mapping[str, int]
    less_sure: Mapping[str, int]
    reading: Ints
    lines: Ints
    names: Mapping[int, str]

    def __len__(self) -> int:
        return len(self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """
    Places in doubt, as above, of several pieces, which have numbers; the columns are parallel.

    `file` is a number among `paths`, those of all files of all pieces, and `line` is counted there.
    """

    score: Array
    doubt: Ints
    paths: Sequence[str]
    piece: Ints
    file: Ints
    row: Ints
    line: Ints
    token: Ints
    key: Keys
    text: pa.StringArray
    word: pa.StringArray


def surest_places(pieces: Sequence[PlacedDoubts], files: Sequence[PieceFiles], doubts: Doubts) -> Places:
    """Return the surest places of each code, the surest first, and then by place; `files` are those of the pieces."""
    piece = np.repeat(np.arange(len(pieces)), [len(one) for one in pieces])
    every = {
        name: np.concatenate([getattr(one, name) for one in pieces])
        for name in ("score", "doubt", "row", "line", "token", "key")
    }
    paths, file, every["line"] = places(files, piece, every["line"])
    code = code_numbers()[doubts.kind[every["doubt"]]]
    keys = (every["doubt"], every["token"], every["line"], path_ranks(paths)[file], -every["score"])
    order = np.lexsort(keys)
    first = np.concatenate([order[code[order] == number][:MOST] for number in np.unique(code)] or [order])
    texts = {name: pa.concat_arrays([getattr(one, name) for one in pieces]) for name in ("text", "word")}
    return Places(
        paths=paths,
        piece=piece[first],
        file=file[first],
        **{name: column[first] for name, column in every.items()},
        **{name: column.take(pa.array(first)) for name, column in texts.items()},
    )


def first_lines_of(what: Ints, lines: Ints, numbers: int) -> tuple[Ints, Ints]:
    """Return the first lines of a piece where each of so many readings stands: parallel arrays."""
    found = []
    for _ in range(EXAMPLES):  # each time the first line of those that are left: a sort would take five times as long
        first = np.full(numbers, NOWHERE)
        np.minimum.at(first, what, lines)
        readings = np.flatnonzero(first < NOWHERE)
        found.append((readings, first[readings]))
        left = lines > first[what]
        what, lines = what[left], lines[left]
    readings, firsts = (np.concatenate(column) for column in zip(*found, strict=True))
    return readings, firsts


def first_lines(pieces: Sequence[PlacedDoubts], files: Sequence[PieceFiles]) -> dict[int, tuple[Line, ...]]:
    """Return by the number of a reading the first lines where it stands."""
    reading, line = (np.concatenate([getattr(one, name) for one in pieces]) for name in ("reading", "lines"))
    piece = np.repeat(np.arange(len(pieces)), [len(one.lines) for one in pieces])
    paths, file, line = places(files, piece, line)
    path = path_ranks(paths)[file]
    order = np.lexsort((line, path, reading))
    reading, path, line, file = reading[order], path[order], line[order], file[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.any([column[1:] != column[:-1] for column in (reading, path, line)], axis=0)
    reading, line, file = reading[new], line[new], file[new]
    first = first_of_each(reading, EXAMPLES)
    found: dict[int, tuple[Line, ...]] = {}
    for number, at, where in zip(*(column[first].tolist() for column in (reading, file, line)), strict=True):
        found[number] = (*found.get(number, ()), (paths[at], where))
    return found


def first_of_each(values: Integers, most: int) -> Ints:
    """Return the numbers of the first of each value, at most so many; equal values stand together."""
    new = np.flatnonzero(np.diff(values, prepend=values[0] - 1)) if len(values) else np.zeros(0, dtype=np.int64)
    nth = np.arange(len(values)) - np.repeat(new, np.diff(new, append=len(values)))
    found: Ints = np.flatnonzero(nth < most)
    return found


def path_ranks(paths: Sequence[str]) -> Ints:
    """Return the rank of each path."""
    ranks = {path: rank for rank, path in enumerate(sorted({*paths}))}
    return np.array([ranks[path] for path in paths], dtype=np.int64)


def counted_kinds(kinds: Integers, weights: Ints | None = None) -> Counter[str]:
    """Return how many places there are of each code, given their kinds; each counts once, or as often as it weighs."""
    found = np.bincount(code_numbers()[kinds], weights=weights, minlength=len(code_names())).astype(np.int64)
    return Counter({code: count for code, count in zip(code_names(), found.tolist(), strict=True) if count})


def code_names() -> list[str]:
    """Return the codes, each of which has a number."""
    return [*dict.fromkeys(CODES.values())]


def code_numbers() -> Ints:
    """Return the number of the code of each kind."""
    names = code_names()
    return np.array([names.index(CODES[kind]) for kind in Kind])
