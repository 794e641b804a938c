"""
The dialect of JSON lines: one object a line, with a list of tokens and a list of tags.

Arrow's reader takes a piece whose every line is what it should be; anything else is read again by the standard
library, line by line, which knows what is wrong with which line. A test holds the two to the same answer.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import json as arrow_json

from tagpress.columnar.types import Ints
from tagpress.read import records
from tagpress.read.account import LineAccount, total
from tagpress.read.json_paths import column_of, follow, left, steps_of, struct_of
from tagpress.read.parsed import KINDS, Faults, Parsed, bad_bytes, fault_rows, faults, merge
from tagpress.read.records import ListFields
from tagpress.read.sources import text
from tagpress.read.sources.filled_lines import line_places
from tagpress.read.sources.text import Text

_LOOKS: Final = 100  # records of a piece that are looked at for fields that nothing is read from
_BLOCK: Final = 1 << 20  # bytes, at least: Arrow's reader wants a line to fit into a block

_DIGITS: Final = 4_000  # of a number, fewer than those that Python refuses to read
_LONG: Final = re.compile(rb"\d{%d}" % _DIGITS)
_HALF: Final = re.compile("[\ud800-\udfff]")
_ARROW: Final = {str: pa.string(), int: pa.int64()}

_Read = tuple[dict[str, pa.Array], dict[str, pa.Array], Faults]  # what is read by any dialect, by this one, the faults
_Place = tuple[Ints, Ints]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLines(ListFields):
    """
    One JSON object a line.

    The fields are those of `ListFields`; but for `extra`, each may be a path into objects, such as `meta.split`. A line that is no
    such object, or has more or less of anything than tokens, is `ragged-line`.

    Raises UsageError for a value that makes no sense.
    """

    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        ListFields.__post_init__(self)
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a piece that begins at byte `start` of its file."""
        decoded = text.decode(data, self.encoding, start=start)
        place = line_places(decoded)
        return self._parsed(
            decoded, place, self._fast(decoded, *place) or self._slow(_loaded(decoded, *place), place[0])
        )

    def parse_objects(self, decoded: Text, place: tuple[Ints, Ints], rows: Sequence[dict[str, Any]]) -> Parsed:
        """Return the sentences of objects that begin and stop at these places of a text."""
        looked = rows[:: max(len(rows) // _LOOKS, 1)]
        return replace(self._parsed(decoded, place, self._slow(rows, place[0])), unread=self._left(looked))

    def boundary(self, data: bytes, at: int) -> int | None:
        """Return where the first line begins at `at` or behind it, or the length if none is in sight."""
        if not text.ends_lines_in_one_byte(self.encoding):
            return None
        return data.find(b"\n", max(at - 1, 0)) + 1 or len(data)

    def _fast(self, decoded: Text, begin: Ints, stop: Ints) -> _Read | None:
        """Return the columns if every line is sound, else None."""
        data = np.frombuffer(decoded.data, np.uint8)
        first = _load(decoded.data[begin[0] : stop[0]]) if len(begin) else {}
        schema = self._schema(first) if first else None
        # A line that begins with "{" and ends with "}" holds at least one object, or the whole is no JSON.
        if schema is None or (data[begin] != ord("{")).any() or (data[stop - 1] != ord("}")).any():
            return None
        try:
            table = arrow_json.read_json(
                pa.BufferReader(pa.py_buffer(decoded.data).slice(decoded.begin)),
                read_options=arrow_json.ReadOptions(use_threads=False, block_size=max(len(data), _BLOCK)),
                parse_options=arrow_json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore"),
            )
        except pa.ArrowInvalid:
            return None
        if len(table) != len(begin):
            return None
        named = {"tokens": self.tokens, "tags": self.tags, **self._one_each()}
        columns = {
            name: column_of(table, steps_of(field, first)).combine_chunks() for name, field in named.items() if field
        }
        extra = {name: table[name].combine_chunks() for name in self.extra}
        for name in self._one_each():
            if name in columns:
                columns[name] = columns[name].cast(pa.string())
        return columns, extra, fault_rows([])

    def _parsed(self, decoded: Text, place: _Place, read: _Read) -> Parsed:
        columns, extra, found = read
        begin, stop = place
        rows = records.Records(
            data=decoded.data, text_at=decoded.begin, begin=begin, stop=stop, names=self.names, extra=extra, **columns
        )
        found, lengths = merge(found, bad_bytes(decoded, begin, stop)), decoded.line_lengths()
        filled = _line_of(decoded.data, begin)
        parsed = records.parse(rows, spaced=False, found=found, lengths=lengths[filled])
        blank = LineAccount({"blank": (len(lengths) - len(filled), int(lengths.sum() - lengths[filled].sum()))})
        account = total([parsed.account, blank, LineAccount({"marks": (0, decoded.mark)})])
        return replace(parsed, account=account, unread=self._unread(decoded.data, begin, stop))

    def values_of(self, data: bytes) -> Iterator[Any]:
        """Yield the objects of a piece."""
        decoded = text.decode(data, self.encoding)
        begin, stop = line_places(decoded)
        yield from (_load(decoded.data[at:end]) for at, end in zip(begin.tolist(), stop.tolist(), strict=True))

    def _unread(self, data: bytes, begin: Ints, stop: Ints) -> tuple[str, ...]:
        """Return the fields of some records, from all over the piece, that nothing is read from."""
        some = range(0, len(begin), max(len(begin) // _LOOKS, 1))
        return self._left(_load(data[begin[row] : stop[row]]) for row in some)

    def _left(self, rows: Iterable[dict[str, Any]]) -> tuple[str, ...]:
        return left(rows, self.used)

    def _schema(self, row: dict[str, Any]) -> pa.Schema | None:
        """Return the types of the fields that are read, as the first line has them."""
        steps = {name: steps_of(name, row) for name in self.used}
        tags = follow(row, steps[self.tags]) if self.tags else []
        tag = tags[0] if isinstance(tags, list) and tags else ""
        values = (follow(row, steps[name]) for name in self._keys())
        kinds = [_ARROW.get(type(value)) for value in (tag, *("" if value is None else value for value in values))]
        if None in kinds:
            return None
        lists = [(steps[name], pa.list_(kinds[0] if name == self.tags else pa.string())) for name in self.lists]
        keys = [(steps[name], kind) for name, kind in zip(self._keys(), kinds[1:], strict=True)]
        return pa.schema(struct_of([*lists, *keys]))

    def _keys(self) -> list[str]:
        return [name for name in dict.fromkeys(self._one_each().values()) if name]

    def _one_each(self) -> dict[str, str | None]:
        """Return the fields that have one value, by what `Records` calls them."""
        return {"ids": self.sentence_id, "documents": self.document, "splits": self.split}

    def _slow(self, rows: Sequence[dict[str, Any]], begin: Ints) -> _Read:
        """Return the columns, with nulls for what is not sound, and a fault for each row with half a character."""
        steps = {name: steps_of(name, next(filter(None, rows), {})) for name in self.used}
        tokens = [_strings(follow(row, steps[self.tokens]), (str,)) for row in rows]
        columns = {"tokens": _array(tokens, pa.list_(pa.string()))}
        if self.tags:
            tags = [_strings(follow(row, steps[self.tags]), (str, int), self.names) for row in rows]
            columns["tags"] = _array(tags, pa.list_(pa.string()))
        for name, field in self._one_each().items():
            if field:
                values = [follow(row, steps[field]) for row in rows]
                columns[name] = _array(["" if value is None else str(value) for value in values], pa.string())
        extra = {
            name: _array([_strings(row.get(name), (str,)) for row in rows], pa.list_(pa.string()))
            for name in self.extra
        }
        halves = [i for i, row in enumerate(tokens) if row and any(map(_HALF.search, row))]
        at = begin[halves]
        return columns, extra, faults(np.full(len(at), KINDS["bad-encoding"]), at, halves, at)


def _line_of(data: bytes, at: Ints) -> Ints:
    """Return the number of the line, from 0, in which each of some places is."""
    ends: Ints = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n"))
    return np.searchsorted(ends, at)


def _loaded(decoded: Text, begin: Ints, stop: Ints) -> list[dict[str, Any]]:
    return [_load(decoded.data[at:end]) for at, end in zip(begin.tolist(), stop.tolist(), strict=True)]


def _load(line: bytes) -> dict[str, Any]:
    """Return the object on a line, or nothing; a number of more digits than Python reads stays a text, as Arrow passes over it."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = _with_long_numbers(line) if _LONG.search(line) else None
    return row if isinstance(row, dict) else {}


def _with_long_numbers(line: bytes) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(line, parse_int=lambda digits: digits if len(digits) > _DIGITS else int(digits))
    except (ValueError, RecursionError):
        return None


def _strings(value: Any, kinds: tuple[type, ...], names: tuple[str, ...] = ()) -> list[str] | None:  # noqa: ANN401 - JSON
    """Return a list as strings, a number by its name; None for what is no such list."""
    if not isinstance(value, list) or not all(type(item) in kinds for item in value):
        return None
    return [names[item] if type(item) is int and 0 <= item < len(names) else str(item) for item in value]


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    """Return values as a column; half of a surrogate pair, which JSON can spell and UTF-8 cannot, is shown."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array(_shown(values), kind)


def _shown(value: Any) -> Any:  # noqa: ANN401 - strings, and lists of them
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
