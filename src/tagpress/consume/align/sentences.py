"""The tokens and label ids of a batch, whatever the batch is: an Arrow table, or the lists that `datasets` passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Ints
from tagpress.consume.label_map import LabelMap
from tagpress.corpus.schema import OUTSIDE, is_nested, label_names
from tagpress.errors import UsageError

Batch: TypeAlias = pa.RecordBatch | pa.Table | Mapping[str, Any]

PUBLISHED = "O, B-X, I-X, B-Y, I-Y"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """
    The tokens of a batch, one sentence after another: those of sentence i are at `bounds[i]` to `bounds[i + 1]`.

    `outside` is the id of `O`; `inside[id]` is the label of a token's further subwords.
    """

    tokens: pa.StringArray
    label_ids: Ints
    bounds: Ints
    outside: int
    inside: Ints

    def __len__(self) -> int:
        return self.bounds.size - 1

    @property
    def rows(self) -> Ints:
        """Return the sentence of each token."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))


def read_sentences(
    batch: Batch, *, tokens: str, labels: str, names: Sequence[str] | None, labels_of: LabelMap | None = None
) -> Sentences:
    """
    Return the sentences of a batch, with the labels of another release where `labels_of` leads to it.

    Raises:
        UsageError: a column is missing, holds something else or nulls, or the two columns or the labels do not agree.

    """
    columns, schema = _opened(batch)
    if schema is not None and labels in schema.names and is_nested(schema.field(labels).type):
        hint = f'A script makes flat labels of it: "flat": tagpress.FlatSpans(of={labels!r}, rule="outermost").'
        raise UsageError(f"{labels!r} is a nested layer: a token may be in several of its spans.", hint)
    words, bounds = _lists(columns, tokens, "tokens", pa.string(), "text")
    label_values, label_bounds = _lists(columns, labels, "labels", pa.int64(), "label ids")
    label_ids = label_values.to_numpy()
    _require_equal(bounds, label_bounds, tokens, labels)
    known = names if names is not None else _names_of(schema, labels)
    if labels_of is not None:
        known, label_ids = _of_release(labels_of, labels, known, label_ids, bounds)
    if known is None:
        _require_published(label_ids, bounds, labels)
        inside = _published_inside(label_ids)
        return Sentences(tokens=words, label_ids=label_ids, bounds=bounds, outside=OUTSIDE, inside=inside)
    _require_known(label_ids, bounds, labels, known)
    outside = known.index("O") if "O" in known else -1
    return Sentences(tokens=words, label_ids=label_ids, bounds=bounds, outside=outside, inside=_named_inside(known))


def _of_release(
    labels_of: LabelMap, labels: str, known: Sequence[str] | None, label_ids: Ints, bounds: Ints
) -> tuple[tuple[str, ...], Ints]:
    """Return the label names of another release, and the ids there; what has those names already has those ids."""
    column = labels_of.columns.get(labels)
    if column is None:
        known_columns = ", ".join(map(repr, labels_of.columns))
        raise UsageError(f"labels_of says nothing of the column {labels!r}.", f"It is about {known_columns}.")
    if known is not None and tuple(known) == column.labels_of:
        return column.labels_of, label_ids
    if known is not None and tuple(known) != column.names:
        message = f"The column {labels!r} has other label names than the release that labels_of leads from."
        raise UsageError(message, "Make the map of the release that the batch is of: tagpress.label_map.")
    _require_known(label_ids, bounds, labels, column.names)
    return column.labels_of, np.array(column.ids, dtype=np.int64)[label_ids]


def _opened(batch: Batch) -> tuple[Mapping[str, Any], pa.Schema | None]:
    """Return the columns of a batch by name, and its schema if it is a table."""
    if isinstance(batch, pa.RecordBatch | pa.Table):
        return dict(zip(batch.schema.names, batch.columns, strict=True)), batch.schema
    if isinstance(batch, Mapping):
        return batch, None
    message = f"A batch is a RecordBatch, a Table or a mapping of columns, not {type(batch).__name__}."
    raise UsageError(message, "With datasets.map, pass batched=True.")


def _lists(
    columns: Mapping[str, Any], name: str, option: str, kind: pa.DataType, meaning: str
) -> tuple[pa.Array, Ints]:
    """Return the values of a column of lists, end to end, and the n + 1 bounds of its lists."""
    if name not in columns:
        message = f"The batch has no column {name!r}; it has {', '.join(map(repr, columns)) or 'none'}."
        raise UsageError(message, f"Name the column of {option} with {option}=.")
    try:
        column = _as_array(columns[name], pa.list_(kind))
    except (pa.ArrowException, TypeError, ValueError) as error:
        message = f"The column {name!r} does not hold lists of {meaning}: {error}"
        hint = f"Name the column of {option} with {option}=; with datasets.map, pass batched=True."
        raise UsageError(message, hint) from error
    bounds = list_bounds(column)
    values = column.values.slice(bounds[0], bounds[-1] - bounds[0])
    if column.null_count or values.null_count:
        raise UsageError(f"The column {name!r} has nulls.", f"Each sentence needs its {meaning}: leave such rows out.")
    return values, bounds - bounds[0]


def _as_array(column: Any, wanted: pa.DataType) -> pa.ListArray:  # noqa: ANN401 - whatever a mapping of columns holds
    if not isinstance(column, pa.Array | pa.ChunkedArray):
        rows = [np.asarray(row) if hasattr(row, "__array__") else row for row in column]  # of NumPy, or of torch
        if any(isinstance(row, str) for row in rows):  # Arrow would take its characters
            raise TypeError("a row is a text, not a list")
        return pa.array(rows, wanted)
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole if whole.type == wanted else whole.cast(wanted)


def _names_of(schema: pa.Schema | None, labels: str) -> tuple[str, ...] | None:
    """Return the label names that a published table carries for a column of labels, or a layer of classes or flat spans."""
    return label_names(schema, labels) if schema is not None else None


def _require_equal(bounds: Ints, label_bounds: Ints, tokens: str, labels: str) -> None:
    if bounds.size != label_bounds.size:
        raise UsageError(f"{tokens!r} has {bounds.size - 1} rows, {labels!r} has {label_bounds.size - 1}.")
    lengths, label_lengths = np.diff(bounds), np.diff(label_bounds)
    for row in np.flatnonzero(lengths != label_lengths)[:1].tolist():
        message = f"Row {row} of the batch has {lengths[row]} in {tokens!r} and {label_lengths[row]} in {labels!r}."
        raise UsageError(message, "Each token needs one label.")


def _require_known(label_ids: Ints, bounds: Ints, labels: str, names: Sequence[str]) -> None:
    wrong = np.flatnonzero((label_ids < 0) | (label_ids >= len(names)))
    _refuse(wrong, label_ids, bounds, labels, f"the ids of its {len(names)} names are 0 to {len(names) - 1}")


def _require_published(label_ids: Ints, bounds: Ints, labels: str) -> None:
    """Refuse ids that cannot mean O, B-X, I-X, ...: an I-X that follows neither B-X nor I-X, or a negative one."""
    before = np.concatenate(([OUTSIDE], label_ids))[:-1]
    before[bounds[:-1][np.diff(bounds) > 0]] = OUTSIDE
    is_inside = (label_ids > OUTSIDE) & (label_ids % 2 == 0)
    follows = (before == label_ids) | (before == label_ids - 1)
    wrong = np.flatnonzero((label_ids < 0) | (is_inside & ~follows))
    _refuse(wrong, label_ids, bounds, labels, f"in the published order {PUBLISHED} it cannot stand there")


def _refuse(wrong: Ints, label_ids: Ints, bounds: Ints, labels: str, reason: str) -> None:
    first = wrong[:1]
    for token, row in zip(first.tolist(), rows_at(bounds, first).tolist(), strict=True):
        message = (
            f"{labels!r} has the label id {label_ids[token]} at token {token - bounds[row]} of row {row}: {reason}."
        )
        raise UsageError(message, "For ids in another order, pass names=, such as features[...].feature.names.")


def _published_inside(label_ids: Ints) -> Ints:
    ids = np.arange(int(label_ids.max(initial=OUTSIDE)) + 1)
    return ids + ids % 2


def _named_inside(names: Sequence[str]) -> Ints:
    """Return for each label what its further subwords have: I-X for B-X where there is one, else the label again."""
    places = {name: place for place, name in enumerate(names)}
    return np.array([places.get(f"I-{name[2:]}", i) if name[:2] == "B-" else i for i, name in enumerate(names)])
