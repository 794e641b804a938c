"""Spans in and across each other: published as a list of start, end and type, in token places, half-open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import MAIN, Given, Read, SpanRows, Trouble, checked_names
from tagpress.corpus.layers.numbers import id_fault, number_lists
from tagpress.corpus.layers.span_columns import SpanColumn, read_span_column
from tagpress.corpus.layers.spelled import Spelling
from tagpress.corpus.problems import quoted
from tagpress.corpus.schema import Labels
from tagpress.corpus.tags import scheme_named
from tagpress.errors import ScriptError

_PARTS: Final = ("start", "end", "type")


@dataclass(frozen=True, slots=True)
class NestedSpans:
    """
    A layer of spans that may lie in each other, or overlap.

    `types` are their names, in the order of their ids, or a mapping from each to what it means. `columns` are those of the
    dialect whose spans are taken together, where `ner_tags` is that of its tags, or its spans where it has spans of characters;
    `scheme` and `joiner` are how they spell tags, as the dialect's where they are not given. `separator` stands between
    the tags of a token that has several, `B-a,B-b`; `brackets` says that they are written as CoNLL-2012 does: `(PER*`, `*)`.

    Raises:
        ScriptError: no name, a repeated name, one with a space in it, a scheme that nobody knows, or no column.

    """

    types: Sequence[str] | Mapping[str, str]
    columns: tuple[str, ...] = field(default=(MAIN,), kw_only=True)
    scheme: str | None = field(default=None, kw_only=True)
    joiner: str | None = field(default=None, kw_only=True)
    separator: str | None = field(default=None, kw_only=True)
    brackets: bool = field(default=False, kw_only=True)
    kind: ClassVar[str] = "nested"
    arrow: ClassVar[pa.DataType] = pa.list_(pa.struct([(name, pa.int64()) for name in _PARTS]))
    called: ClassVar[str] = (
        "a list of spans, which may lie in each other: `start` and `end` are places of tokens, the end behind the last one,"
        " and `type` is the id of a type"
    )
    heading: ClassVar[str] = "Type"

    def __post_init__(self) -> None:
        object.__setattr__(self, "types", checked_names(type(self).__name__, self.types))
        columns: object = self.columns  # whatever a script gives
        if isinstance(columns, str) or not self.columns or len(set(self.columns)) < len(self.columns):
            raise ScriptError(f"NestedSpans has columns={self.columns!r}", 'list each once: columns=("outer", "inner")')
        object.__setattr__(self, "columns", tuple(self.columns))
        if self.scheme is not None:
            scheme_named(self.scheme)
        if self.separator == "" or (self.separator is not None and self.brackets):
            message = f"NestedSpans has separator={self.separator!r} and brackets={self.brackets}"
            raise ScriptError(message, "give what stands between the tags of a token, or brackets=True, or neither")

    @property
    def names(self) -> tuple[str, ...]:
        """The types, in the order of their ids."""
        return tuple(self.types)

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the types mean."""
        assert isinstance(self.types, Mapping)  # since it was checked
        return self.types

    @property
    def feature(self) -> list[Any]:
        """
        What `datasets` calls it in the metadata of a shard.

        A JSON list is a list of dicts for every `datasets`; of a `Sequence` those before version 4 made a dict of lists.
        """
        number = {"dtype": "int64", "_type": "Value"}
        return [{"start": number, "end": number, "type": {"names": [*self.names], "_type": "ClassLabel"}}]

    @property
    def yaml(self) -> dict[str, Any]:
        """What `datasets` calls it in the front matter of a card: `list`, for the same reason."""
        names = {str(i): name for i, name in enumerate(self.names)}
        places: list[dict[str, Any]] = [{"name": name, "dtype": "int64"} for name in _PARTS[:2]]
        return {"list": [*places, {"name": "type", "dtype": {"class_label": {"names": names}}}]}

    def sources(self, name: str) -> tuple[str, ...]:  # noqa: ARG002 - the columns are always said
        """Return the columns that it is read from."""
        return self.columns

    def read(self, name: str, given: Given) -> Read:
        """Return the spans of all columns in order, and what is wrong with them."""
        if given.spans is not None and self.columns == (MAIN,):
            found = [self._of_characters(given.spans, given.types)]
        else:
            found = [read_span_column(column, given, self._spelling(given), self._written) for column in self.columns]
        rows, column_of = _together(found)
        order = np.lexsort((column_of, rows.type, -rows.end, rows.begin))
        rows, column_of = rows.take(order), column_of[order]
        again = rows.repeated
        troubles = [trouble for one in found for trouble in one.troubles]
        troubles += _repeated(rows, column_of, again, self, name)
        rows = rows.take(np.flatnonzero(~again))
        sentence = rows_at(given.bounds, rows.begin)
        first = given.bounds[sentence]
        numbers = np.stack([rows.begin - first, rows.end - first, rows.type], axis=1).reshape(-1)
        counts = np.bincount(sentence, minlength=len(given.bounds) - 1)
        return Read(number_lists(numbers, 3 * bounds_of(counts)), tuple(troubles))

    @property
    def _written(self) -> str:
        return "brackets" if self.brackets else self.separator or ""

    def _spelling(self, given: Given) -> Spelling:
        return Spelling(
            labels=Labels(self.names),
            scheme=scheme_named(self.scheme or given.scheme),
            joiner=given.joiner if self.joiner is None else self.joiner,
            types=given.types,
        )

    def _of_characters(self, spans: SpanRows, types: Mapping[str, str]) -> SpanColumn:
        """Return the spans of a source that has spans of characters; types that nobody declared are troubles."""
        ids = {name: place for place, name in enumerate(self.names)}
        known = np.array([ids.get(types.get(name, name), -1) for name in spans.names], dtype=np.int64)
        unknown = np.flatnonzero((known < 0)[spans.type]) if len(known) else np.zeros(0, dtype=np.int64)

        def describe(i: int) -> tuple[str, str]:
            return (
                f"the type {quoted(spans.names[spans.type[unknown[i]]])}",
                f"a declared type: {', '.join(self.names)}",
            )

        trouble = Trouble("unknown-tag", MAIN, spans.begin[unknown], describe)
        left = np.setdiff1d(np.arange(len(spans)), unknown)
        rows = spans.take(left)
        typed = SpanRows(rows.begin, rows.end, known[rows.type] if len(known) else rows.type, self.names)
        return SpanColumn(MAIN, typed, (trouble,) if len(unknown) else ())

    def published(self, numbers: pa.ListArray) -> pa.Array:
        """Return the column of a shard."""
        parts = numbers.values.to_numpy().reshape(-1, 3).astype(np.int64)
        values = pa.StructArray.from_arrays([pa.array(parts[:, i]) for i in range(3)], list(_PARTS))
        return pa.ListArray.from_arrays(pa.array((list_bounds(numbers) // 3).astype(np.int32)), values)

    def numbers(self, column: pa.Array) -> pa.ListArray:
        """Return what was read."""
        values = column.flatten()
        parts = [values.field(name).to_numpy(zero_copy_only=False) for name in _PARTS]
        bounds = list_bounds(column)
        return number_lists(np.stack(parts, axis=1).reshape(-1), 3 * (bounds - bounds[0]))

    def count(self, column: pa.Array) -> dict[str, int]:
        """Return how many spans of each type there are."""
        types = column.flatten().field("type").to_numpy(zero_copy_only=False)
        return dict(zip(self.names, np.bincount(types, minlength=len(self.names)).tolist(), strict=True))

    def spans(self, counts: Mapping[str, int], name: str) -> int:
        """Return how many spans a type has."""
        return counts[name]

    def marked(self, numbers: pa.ListArray, bounds: Ints) -> SpanRows:
        """Return the spans."""
        parts = numbers.flatten().to_numpy().reshape(-1, 3).astype(np.int64)
        first = np.repeat(bounds[:-1], np.diff(list_bounds(numbers)) // 3)
        return SpanRows(parts[:, 0] + first, parts[:, 1] + first, parts[:, 2], self.names)

    def shown(self, values: Sequence[Any]) -> list[str]:
        """Return the spans: type, and the places of their tokens."""
        parts = [*zip(*[iter(values)] * 3, strict=True)]
        return [f"{self.names[kind]} {start}-{end}" for start, end, kind in parts]

    def fault(self, column: pa.Array, bounds: Ints | None) -> str:
        """Return what is wrong, if anything."""
        values = column.flatten()
        if any(values.field(name).null_count for name in _PARTS):
            return "a span without a place or a type"
        start, end, kind = (values.field(name).to_numpy(zero_copy_only=False) for name in _PARTS)
        if len(start) and (start.min() < 0 or (end <= start).any()):
            return "a span of no tokens"
        row = np.repeat(np.arange(len(column)), np.diff(list_bounds(column)))
        if bounds is not None and (len(bounds) - 1 != len(column) or (end > np.diff(bounds)[row]).any()):
            return "a span that its sentence does not have"
        if not np.array_equal(np.lexsort((kind, -end, start, row)), np.arange(len(row))):
            return "spans that are not in order"
        return id_fault(kind, len(self.names))


def _together(found: Sequence[SpanColumn]) -> tuple[SpanRows, Ints]:
    """Return the spans of all columns, and the column of each."""
    parts = [(one.rows.begin, one.rows.end, one.rows.type) for one in found]
    begin, end, kind = (np.concatenate(part) for part in zip(*parts, strict=True))
    return SpanRows(begin, end, kind, ()), np.repeat(np.arange(len(found)), [len(one.rows) for one in found])


def _repeated(rows: SpanRows, column_of: Ints, again: Any, layer: NestedSpans, name: str) -> Iterator[Trouble]:  # noqa: ANN401 - a mask
    for number, column in enumerate(layer.columns):
        which = np.flatnonzero(again & (column_of == number))

        def describe(i: int, which: Ints = which) -> tuple[str, str]:
            length = int(rows.end[which[i]] - rows.begin[which[i]])
            return f"a span of {length:,} tokens of the type {layer.names[rows.type[which[i]]]} in {name} again", ""

        if len(which):
            yield Trouble("repeated-span", column, rows.begin[which], describe)
