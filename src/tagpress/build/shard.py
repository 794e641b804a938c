"""
The third move of a build, for one shard: its rows are put in canonical order, gathered, written, hashed and counted.

Only the rows of two row groups are in memory at once, however large the shard.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.parquet import ROW_GROUP_ROWS, Written, write_shard
from tagpress.build.shard_plan import PieceRows, ShardPart, ShardPlan
from tagpress.columnar.arrays import string_bounds, unpacked_each
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.gather import Tagged, gather
from tagpress.columnar.orders import order_of
from tagpress.columnar.types import Array, Hashes, Ints, Keys
from tagpress.corpus.identity import KEY_BYTES, layer_digest, row_digest, row_id
from tagpress.corpus.layers.digests import column_keys, labels_of
from tagpress.corpus.layers.numbers import unspilled
from tagpress.corpus.schema import OUTSIDE, TAGS, extra_type
from tagpress.corpus.splits import cut
from tagpress.corpus.tally import Tally, tally
from tagpress.store import Store

# The points that cut a window into row groups, and the parts that have its rows.
Window: TypeAlias = tuple[Sequence[int], Sequence[ShardPart]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask:
    """One shard to write, as `name` in a store, from the rows that lie in the spills of pieces."""

    plan: ShardPlan
    store: Store
    name: str
    parts: tuple[PieceRows, ...]


@dataclass(frozen=True, slots=True)
class LayerTally:
    """A layer of some sentences: what its kind counts in it, and its digest."""

    counts: Mapping[str, int]
    digest: int

    def __add__(self, other: "LayerTally") -> "LayerTally":
        counts = {name: self.counts.get(name, 0) + count for name, count in other.counts.items()}
        return LayerTally(counts, self.digest + other.digest)


NO_LAYER: Final = LayerTally({}, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A written shard; `digest` is its row digest, `doc_id_bytes` and `extra_bytes` the size of those columns."""

    split: str
    path: str
    written: Written
    rows: int
    digest: int
    doc_id_bytes: int
    extra_bytes: int
    tally: Tally
    layers: Mapping[str, LayerTally]


def shard_task(plan: ShardPlan, pieces: Sequence[PieceRows], store: Store, name: str) -> ShardTask:
    """Return the task of writing a shard; it names only the rows of its own."""
    parts = (piece.within(plan.cells) for piece in pieces)
    return ShardTask(plan=plan, store=store, name=name, parts=tuple(part for part in parts if part.rows))


def press_shard(task: ShardTask) -> Shard:
    """Gather, write and count one shard, read from the spills."""
    with task.store.create(task.name) as target:
        return press_windows(task.plan, target, read_windows(task))


def press_windows(plan: ShardPlan, target: Path, windows: Iterable[Window]) -> Shard:
    """Write and count one shard, given its rows in the order of its windows."""
    counts = _Counts(plan)
    tables = map(counts.add, row_groups(plan, windows))
    written = write_shard(target, tables, plan.schema)
    return Shard(
        split=plan.split,
        path=plan.path,
        written=written,
        rows=counts.tally.sentences,
        digest=counts.digest,
        doc_id_bytes=counts.doc_id_bytes,
        extra_bytes=counts.extra_bytes,
        tally=counts.tally,
        layers=counts.layers,
    )


def read_windows(task: ShardTask) -> Iterator[Window]:
    """Yield the windows of a shard as they are read from the spills of its pieces."""
    for low, *inner, high in task.plan.windows():
        yield inner, [part.between(low, high) for part in task.parts]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A row group: `table` as it is published, and the sentence keys of its rows."""

    keys: Keys
    table: pa.Table


class _Counts:
    """What is added up while row groups go by on their way to the file."""

    def __init__(self, plan: ShardPlan) -> None:
        self._plan = plan
        self.tally, self.digest, self.doc_id_bytes, self.extra_bytes = Tally.empty(plan.labels), 0, 0, 0
        self.layers = dict.fromkeys(plan.layers, NO_LAYER)

    def add(self, rows: RowGroup) -> pa.Table:
        columns = {name: rows.table[name].chunk(0) for name in rows.table.column_names}
        ids, doc_ids, tokens = (columns[name] for name in ("id", "doc_id", "tokens"))
        extra = [columns[name] for name in self._plan.extra]
        label_ids, bounds = labels_of(columns.get(TAGS), len(ids))
        layers = self._plan.layers
        keys = {
            name: column_keys(column, layers.get(name)) for name, column in zip(self._plan.extra, extra, strict=True)
        }
        counted = label_ids if self._plan.labels.published else np.full(len(tokens.values), OUTSIDE)
        self.tally += tally(tokens, counted, self._plan.labels)
        self.digest += row_digest(rows.keys, label_ids, bounds, ids=ids, doc_ids=doc_ids, extra=keys.values())
        for name, layer in layers.items():
            found = LayerTally(layer.count(rows.table[name].chunk(0)), layer_digest(keys[name], ids))
            self.layers[name] += found
        self.doc_id_bytes += int(np.diff(string_bounds(doc_ids)).sum())
        self.extra_bytes += sum(column.nbytes for column in extra)
        return rows.table


def row_groups(plan: ShardPlan, windows: Iterable[Window]) -> Iterator[RowGroup]:
    """Yield a shard's rows as they are published, in canonical order, a row group at a time."""
    for inner, parts in windows:
        rows = _rows(parts)
        sentences = [Tagged(part.batch["tokens"], part.batch["ner_tags"].values.to_numpy()) for part in parts]
        for start, stop in pairwise(cut(rows.hashes, list(inner), ROW_GROUP_ROWS)):
            yield _row_group(plan, parts, sentences, rows.between(start, stop))


@dataclass(frozen=True, slots=True, kw_only=True)
class _WindowRows:
    """
    The published rows of a window in canonical order, as columns [row].

    Each is row `row` of part `source`; `document` is its place among the documents of all parts, one after the other.
    """

    source: Ints
    row: Ints
    hashes: Hashes
    keys: Keys
    document: Ints
    copies: Ints

    def between(self, start: int, stop: int) -> "_WindowRows":
        """Return some of them that follow each other."""
        return _WindowRows(**{one.name: getattr(self, one.name)[start:stop] for one in fields(self)})


def _rows(parts: Sequence[ShardPart]) -> _WindowRows:
    """Return the published rows of a window along the line: what is small of all parts is joined, and looked at once."""
    starts = bounds_of([len(part.batch) for part in parts])  # [part]: the place of its rows among all
    hashes = _joined([spill.numbers(part.batch, "group") for part in parts], np.uint64)
    positions = _joined([spill.numbers(part.batch, "position") + part.positions for part in parts])
    first = bounds_of([len(part.doc_ids) for part in parts])
    document = _joined(
        [spill.numbers(part.batch, "document") + place for part, place in zip(parts, first[:-1], strict=True)]
    )
    copies = np.ones(len(hashes), dtype=np.int64)
    published = np.ones(len(hashes), dtype=np.bool_)
    for part, start in zip(parts, starts[:-1].tolist(), strict=True):
        published[start + part.rejected] = False
        if part.copies:
            own = range(part.first, part.first + len(part.batch))
            copies[start : start + len(own)] = [part.copies.get(row, 1) for row in own]
    rows = np.flatnonzero(published)
    ranks = _joined([part.doc_ranks for part in parts])[document[rows]]
    rows = rows[order_of(hashes[rows], ranks, positions[rows])]
    source = rows_at(starts, rows)
    keys = _joined([spill.keys_of(part.batch).reshape(-1) for part in parts], np.uint8).reshape(-1, KEY_BYTES)
    return _WindowRows(
        source=source,
        row=rows - starts[source],
        hashes=hashes[rows],
        keys=keys[rows],
        document=document[rows],
        copies=copies[rows],
    )


def _joined(columns: Sequence[Array], kind: type[np.generic] = np.int64) -> Array:
    return np.concatenate([np.zeros(0, dtype=kind), *columns], dtype=kind)


def _row_group(plan: ShardPlan, parts: Sequence[ShardPart], sentences: list[Tagged], rows: _WindowRows) -> RowGroup:
    names = [name for part in parts for name in part.doc_ids]
    tagged = gather(sentences, rows.source, rows.row)
    labels = pa.ListArray.from_arrays(tagged.tokens.offsets, pa.array(tagged.label_ids.astype(np.int64)))
    ner_tags = [labels] if plan.labels.published else []
    extra = [_published(plan, name, gather(_extra(parts, name), rows.source, rows.row).tokens) for name in plan.extra]
    doc_ids = pa.array(names, pa.string()).take(pa.array(rows.document))
    columns = [_ids(rows.keys, rows.copies), doc_ids, tagged.tokens, *ner_tags, *extra]
    return RowGroup(rows.keys, pa.Table.from_arrays(columns, schema=plan.schema))


def _published(plan: ShardPlan, name: str, column: pa.ListArray) -> pa.Array:
    """Return an extra column as it is published, given as it was spilled."""
    if name in plan.layers:
        layer = plan.layers[name]
        return layer.published(unspilled(column, texts=not layer.names))
    kind = extra_type(name)
    if not pa.types.is_list(kind):
        return column.values
    return unpacked_each(column.values) if pa.types.is_integer(kind.value_type) else column


def _extra(parts: Sequence[ShardPart], name: str) -> list[Tagged]:
    columns = [part.batch[spill.extra_name(name)] for part in parts]
    return [Tagged(column, np.zeros(len(column.values), dtype=np.int16)) for column in columns]


def _ids(keys: Keys, copies: Ints) -> pa.StringArray:
    """Return the ids of rows, as `row_id` makes them; where no row is a copy, without a Python object for each."""
    digits = keys.tobytes().hex()
    if (copies == 1).all():
        ends = np.arange(len(keys) + 1, dtype=np.int32) * (2 * KEY_BYTES)
        return pa.StringArray.from_buffers(len(keys), pa.py_buffer(ends), pa.py_buffer(digits.encode()))
    names = [digits[at : at + 2 * KEY_BYTES] for at in range(0, len(digits), 2 * KEY_BYTES)]
    return pa.array(map(row_id, names, copies.tolist()), pa.string())
