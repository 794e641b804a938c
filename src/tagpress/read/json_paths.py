"""
Where in an object of JSON is a field that a path names, such as `meta.split`? In the objects that its names lead through.

A field whose own name has dots in it is that field: whoever has `{"meta.split": ...}` names it so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

Steps = tuple[str, ...]


def steps_of(name: str, row: Mapping[str, Any]) -> Steps:
    """
    Return the names that lead to a field, given an object that says whether one has that name as it is.

    >>> steps_of("meta.split", {"meta": {"split": "dev"}}), steps_of("meta.split", {"meta.split": "dev"})
    (('meta', 'split'), ('meta.split',))

    """
    return (name,) if name in row else tuple(name.split("."))


def follow(row: Mapping[str, Any], steps: Steps) -> Any:  # noqa: ANN401 - JSON
    """Return the value that names lead to; None where they lead to nothing."""
    value: Any = row
    for step in steps:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def struct_of(fields: Iterable[tuple[Steps, pa.DataType]]) -> pa.StructType:
    """Return objects that have a value of a type wherever some names lead."""
    own: dict[str, pa.DataType] = {}
    below: dict[str, list[tuple[Steps, pa.DataType]]] = {}
    for (first, *rest), kind in fields:
        if rest:
            below.setdefault(first, []).append((tuple(rest), kind))
        else:
            own[first] = kind
    return pa.struct([*own.items(), *((name, struct_of(inner)) for name, inner in below.items() if name not in own)])


def column_of(table: pa.Table, steps: Steps) -> pa.ChunkedArray:
    """Return the column of a table that names lead to, through columns of objects; null where there is no object."""
    first, *rest = steps
    column = table[first]
    return pc.struct_field(column, rest) if rest else column


def left(rows: Iterable[Mapping[str, Any]], used: Sequence[str]) -> tuple[str, ...]:
    """Return the fields of objects that nothing is read from, sorted; of an object that something is read from, those in it."""
    return tuple(sorted({name for row in rows for name in _left(row, {steps_of(name, row) for name in used})}))


def _left(row: Mapping[str, Any], used: set[Steps]) -> Iterator[str]:
    for name, value in row.items():
        inner = {steps[1:] for steps in used if steps[0] == name}
        if not inner:
            yield name
        elif () not in inner and isinstance(value, Mapping):
            yield from (f"{name}.{below}" for below in _left(value, inner))
