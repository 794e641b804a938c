"""Many problems in little memory: a column for each of their fields, and an object only for the one that is looked at."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Final, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.orders import tied_at
from tagpress.columnar.types import Array, Bools, Integers, Ints
from tagpress.corpus.problems import SEVERITY, Problem

_FEW: Final = frozenset({"path", "code", "severity", "expected", "hint"})  # texts that many problems share
_KINDS: Final = {float: pa.float64(), int: pa.int64(), str: pa.large_binary()}
# In the order of the fields of a problem, which is that in which problems sort.
_TYPES: Final = {one.name: _KINDS[one.type] for one in fields(Problem)}  # type: ignore[index]
_PLACE: Final = 4  # of them, the first: how sure one is, and its path, line and column
_WHOSE: Final = ("piece", "row")
_ENCODED: Final = ("utf-8", "surrogatepass")  # a file's name need not be UTF-8; bytes sort as their characters do
_AT_ONCE: Final = 4_096  # problems that are objects at a time
EACH: Final = 1_000  # problems of a code in a document that is printed; a file has all
NOBODY: Final = (-1, -1)


@dataclass(frozen=True, slots=True, eq=False)
class ProblemTable(Sequence[Problem]):
    """
    Problems in columns, about a tenth of what they take as objects.

    Beside the fields of a problem there are columns `piece` and `row`, which say whose it is, as the maker counts them.
    """

    table: pa.Table

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> "ProblemTable":
        """Pack problems, which stay in their order and are nobody's."""
        packer = ProblemPacker()
        for one in problems:
            packer.append(one)
        return packer.table()

    @classmethod
    def of_columns(cls, columns: Mapping[str, pa.Array]) -> "ProblemTable":
        """Take the fields of problems, and whose they are, as columns: of numbers, of texts (`texts`), and of texts that many share (`shared`)."""
        return cls(pa.table({name: columns[name].cast(kind) for name, kind in _schema().items()}))

    @classmethod
    def joined(cls, tables: Iterable["ProblemTable"]) -> "ProblemTable":
        """Return the problems of several tables, one after the other."""
        some = [one.table for one in tables if len(one)]
        if not some:  # which is so of most small files
            return cls(_empty())
        return cls(pa.concat_tables([_empty(), *some]).unify_dictionaries().combine_chunks())

    def in_order(self) -> "ProblemTable":
        """Return the problems as they sort; of equal ones, those of lower rows first."""
        names = (*_TYPES, *_WHOSE)
        places = [_ranks(self.table[name]) for name in names[:_PLACE]]
        order = np.lexsort(places[::-1])
        tied = tied_at(np.logical_and.reduce([place[order][1:] == place[order][:-1] for place in places]))
        if tied.size:  # few stand at one place, and the texts of the others need not be compared
            some = self.table.take(order[tied])
            keys = [_ranks(some[name]) for name in names]
            order[tied] = order[tied][np.lexsort(keys[::-1])]
        return ProblemTable(self.table.take(order))

    def counts(self) -> dict[tuple[str, str], int]:
        """Return how many problems there are of each severity and code, sorted."""
        grouped = self.table.select(["severity", "code"]).group_by(["severity", "code"]).aggregate([([], "count_all")])
        columns = [_plain(grouped[name]).to_pylist() for name in ("severity", "code", "count_all")]
        return {(_text(severity), _text(code)): n for severity, code, n in sorted(zip(*columns, strict=True))}

    def heads(self, most: int, *names: str) -> "ProblemTable":
        """Return the first problems, at most so many, of each value that some columns have together."""
        value = np.zeros(len(self), dtype=np.int64)
        for name in names:
            # Ranks may go beyond the number of problems: a column may know texts that none of these has.
            ranks = np.unique(_ranks(self.table[name]), return_inverse=True)[1]
            value = np.unique(value * (len(self) + 1) + ranks, return_inverse=True)[1]
        order = np.argsort(value, kind="stable")
        begins = np.flatnonzero(np.diff(value[order], prepend=-1))
        place = np.arange(len(self)) - np.repeat(begins, np.diff(begins, append=len(self)))
        return ProblemTable(self.table.take(np.sort(order[place < most])))

    def chosen(self, which: Bools) -> "ProblemTable":
        """Return some of the problems."""
        return ProblemTable(self.table.filter(pa.array(which)))

    def outside(self, paths: Collection[str]) -> "ProblemTable":
        """Return the problems that are in none of some files."""
        own = [*map(_text, _plain(self.table["path"]).to_pylist())]
        return self.chosen(np.array([path not in paths for path in own], dtype=np.bool_))

    def numbers(self, name: str) -> Array:
        """Return a column of numbers."""
        values: Array = self.table[name].to_numpy()
        return values

    def below(self, lines: int) -> "ProblemTable":
        """Return the same problems in a piece that begins `lines` lines further down its file."""
        sentence = self.numbers("sentence")
        moved = {"line": self.numbers("line") + lines, "sentence": np.where(sentence, sentence + lines, 0)}
        return self._with({name: pa.array(values) for name, values in moved.items()})

    def of_sentences(self, lines: Ints, ids: pa.LargeBinaryArray, rows: Ints) -> "ProblemTable":
        """Return the same problems, with the line of each one's sentence (0 for none), its id, and the row that it is in."""
        return self._with({"sentence": pa.array(lines), "id": ids, "row": pa.array(rows)})

    def of_piece(self, piece: int) -> "ProblemTable":
        """Return the same problems as those of one piece."""
        return self._with({"piece": pa.array(np.full(len(self), piece))})

    def ids(self, which: Bools) -> list[str]:
        """Return the ids of some of the problems."""
        return [*map(_text, self.table["id"].filter(pa.array(which)).to_pylist())]

    def with_ids(self, which: Bools, ids: Sequence[str]) -> "ProblemTable":
        """Return the same problems, of which some have other ids, one after another."""
        if not len(ids):
            return self
        others = pa.array([one.encode() for one in ids], pa.large_binary())
        return self._with({"id": pc.replace_with_mask(self.table["id"].combine_chunks(), pa.array(which), others)})

    def _with(self, columns: Mapping[str, pa.Array]) -> "ProblemTable":
        table = self.table
        for name, column in columns.items():
            table = table.set_column(table.schema.get_field_index(name), name, column)
        return ProblemTable(table)

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the fields of each problem, in the order in which a problem has them."""
        for batch in self.table.select([*_TYPES]).to_batches(max_chunksize=_AT_ONCE):
            yield from zip(*(_values(batch[name]) for name in _TYPES), strict=True)

    def __iter__(self) -> Iterator[Problem]:
        for values in self.rows():
            yield Problem(**dict(zip(_TYPES, values, strict=True)))

    @overload
    def __getitem__(self, place: int) -> Problem: ...
    @overload
    def __getitem__(self, place: slice) -> "ProblemTable": ...
    def __getitem__(self, place: int | slice) -> "Problem | ProblemTable":
        numbers = np.arange(len(self))[place]  # which knows negative numbers, steps, and what is out of range
        if isinstance(place, slice):
            return ProblemTable(self.table.take(numbers))
        (found,) = ProblemTable(self.table.slice(int(numbers), 1))
        return found

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # as that of a list


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemGroup:
    """All problems of one code that were treated alike: how many, and the first of them by place."""

    code: str
    severity: str
    count: int
    first: tuple[Problem, ...]

    @property
    def hint(self) -> str:
        """Return what to do about them."""
        return self.first[0].hint


def grouped(problems: Sequence[Problem], places: int) -> tuple[ProblemGroup, ...]:
    """Return problems by code, each with its first `places`: what stops a build comes first, then the most frequent."""
    table = _packed(problems)
    # Of notes that say the same of one name only the first is shown; the others of a name are not looked at.
    noted = table.numbers("doubt") > 0
    notes = table.chosen(noted).heads(1, "code", "expected").heads(places, "code")
    first: dict[tuple[str, str], list[Problem]] = {}
    for one in (*table.chosen(~noted).heads(places, "severity", "code"), *notes):
        first.setdefault((one.severity, one.code), []).append(one)
    groups = [
        ProblemGroup(code=code, severity=severity, count=count, first=tuple(first[severity, code]))
        for (severity, code), count in table.counts().items()
    ]
    order = [*SEVERITY.values()]
    return tuple(sorted(groups, key=lambda group: (order.index(group.severity), -group.count, group.code)))


def first_of_each(problems: Sequence[Problem]) -> tuple[ProblemTable, int]:
    """Return the first problems of each code, as many as a document may hold, and how many are left out."""
    table = _packed(problems)
    kept = table.heads(EACH, "code")
    return kept, len(table) - len(kept)


def _packed(problems: Sequence[Problem]) -> ProblemTable:
    return problems if isinstance(problems, ProblemTable) else ProblemTable.of(sorted(problems))


@dataclass(slots=True)
class ProblemPacker:
    """Problems that come one by one, packed as they come."""

    _packed: list[ProblemTable] = field(default_factory=list)
    _loose: list[tuple[Problem, tuple[int, int]]] = field(default_factory=list)

    def append(self, found: Problem, whose: tuple[int, int] = NOBODY) -> None:
        """Take a problem, and whose it is: a number of a piece and one in that piece."""
        self._loose.append((found, whose))
        if len(self._loose) >= _AT_ONCE:
            self._pack()

    def extend(self, other: "ProblemPacker") -> None:
        """Take over what another one has."""
        self._packed.append(other.table())

    def table(self) -> ProblemTable:
        """Return all problems, as they came."""
        self._pack()
        return ProblemTable.joined(self._packed)

    def _pack(self) -> None:
        if self._loose:
            columns = {name: _column([getattr(one, name) for one, _ in self._loose], name) for name in _TYPES}
            whose = np.array([place for _, place in self._loose], dtype=np.int64)
            columns |= {name: pa.array(whose[:, number]) for number, name in enumerate(_WHOSE)}
            self._packed.append(ProblemTable(pa.table(columns)))
            self._loose = []


def _schema() -> dict[str, pa.DataType]:
    shared = {name: pa.dictionary(pa.int32(), pa.large_binary()) for name in _FEW}
    return _TYPES | shared | dict.fromkeys(_WHOSE, pa.int64())


@cache
def _empty() -> pa.Table:
    return pa.schema(_schema().items()).empty_table().combine_chunks()


def texts(values: Iterable[str]) -> pa.Array:
    """Return texts as a column of problems."""
    return pa.array([value.encode(*_ENCODED) for value in values], pa.large_binary())


def shared(values: Iterable[str], which: Integers) -> pa.Array:
    """Return texts as a column of problems, of which each has the one with the number in `which`."""
    return pa.DictionaryArray.from_arrays(pa.array(which.astype(np.int32)), texts(values))


def _column(values: list[object], name: str) -> pa.Array:
    if _TYPES[name] != pa.large_binary():
        return pa.array(values, _TYPES[name])
    made = texts(map(str, values))
    return made.dictionary_encode() if name in _FEW else made


def _text(value: bytes) -> str:
    return value.decode(*_ENCODED)


def _plain(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _values(column: pa.Array) -> list[object]:
    """Return a column as Python values, of which equal ones of a dictionary are the same object."""
    if not pa.types.is_dictionary(column.type):
        values: list[object] = column.to_pylist()
        return [*map(_text, values)] if pa.types.is_large_binary(column.type) else values  # type: ignore[arg-type]
    used, which = np.unique(column.indices.to_numpy(), return_inverse=True)
    texts = [*map(_text, column.dictionary.take(pa.array(used)).to_pylist())]
    return [texts[number] for number in which.tolist()]


def _ranks(column: pa.ChunkedArray) -> Array:
    """Return numbers that sort as a column does."""
    if not len(column):  # pyarrow 24 cannot join no chunks of a dictionary
        return np.zeros(0, dtype=np.int64)
    if pa.types.is_dictionary(column.type):
        whole = column.combine_chunks()
        rank: Array = pc.rank(whole.dictionary, tiebreaker="dense").to_numpy()
        numbers: Array = rank[whole.indices.to_numpy()]
        return numbers
    values = pc.rank(column, tiebreaker="dense") if pa.types.is_large_binary(column.type) else column
    found: Array = values.to_numpy()
    return found
