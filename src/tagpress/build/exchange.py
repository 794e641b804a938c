"""
How rows of spills reach the part that they belong to, where an engine moves them: pushed by a piece, taken up by a part.

    push_keys      the keys of a piece, to the ranges in which they are settled
    settle_pushed  a range
    push_rows      the sentences of a piece, to the windows of the shards that they are published in
    press_pushed   a shard

What is done with them then is the same as where they are read from the spills (see `settle` and `shard`).
"""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.piece_files import PieceFiles
from tagpress.build.repeated import PLACES, SpilledPiece, in_order, more_than_once, places_of
from tagpress.build.settle import Settled, settle_repeated
from tagpress.build.shard import Shard, Window, press_windows
from tagpress.build.shard_plan import PieceRows, ShardPart, ShardPlan, windows_of
from tagpress.columnar.arrays import cut_where
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.gather import Tagged, gather
from tagpress.columnar.pack import (
    pack,
    pack_lists,
    pack_strings,
    schema_of,
    table_of,
    unpack,
    unpack_lists,
    unpack_strings,
)
from tagpress.columnar.types import Hashes, Ints, LabelIds
from tagpress.corpus.identity import KEY_BYTES
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import LINE, MOST_SHARDS, SplitRule
from tagpress.store import Store

# The numbers of a key: those of a spill, the number of its piece, and where its sentence stands.
_KEYS: Final = {"near": np.uint64, "labels": np.uint64, "piece": np.int32, "row": np.int32, **PLACES}
KEYS: Final = schema_of("key", *_KEYS)
# Sentences in one pushed row, at most.
_TOGETHER: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """What is known of every range of keys: the rules, and the files of every piece."""

    rule: SplitRule
    policies: Policies
    files: Sequence[PieceFiles]


def push_keys(ranges: int, numbered: tuple[int, SpilledPiece]) -> pa.RecordBatch:
    """Push the keys of a piece, which comes with its number, to equal ranges of near keys."""
    number, piece = numbered
    batch = piece.spill.read_keys(0, LINE)
    near, row = spill.numbers(batch, "near"), spill.numbers(batch, "row")
    edges = np.array([LINE * each // ranges for each in range(1, ranges)], dtype=np.uint64)
    part, ends = _stretches(np.array([0, *np.searchsorted(near, edges).tolist(), len(near)]))
    columns = {
        "near": near,
        "labels": spill.numbers(batch, "labels"),
        "piece": np.full(len(near), number),
        "row": row,
        **places_of(piece, row),
    }
    packed = {name: pack(columns[name].astype(kind), ends) for name, kind in _KEYS.items()}
    return table_of(part, np.zeros(len(part)), {"key": pack(spill.keys_of(batch), ends), **packed})


def settle_pushed(known: Range, batches: Iterator[pa.RecordBatch]) -> Settled:
    """Settle a range of keys that were pushed to it."""
    pushed = list(batches)
    columns = {name: unpack([batch[name] for batch in pushed], kind) for name, kind in _KEYS.items()}
    columns["key"] = unpack([batch["key"] for batch in pushed], np.uint8, KEY_BYTES)
    some = more_than_once(columns["near"])
    repeated = in_order({name: column[some] for name, column in columns.items()}, known.rule.names, known.files)
    return settle_repeated(repeated, known.rule, known.policies)


def rows_schema(extra: Sequence[str]) -> pa.Schema:
    """Return the columns of pushed sentences."""
    lists = (
        f"{name}:{part}" for name in ("tokens", *map(spill.extra_name, extra)) for part in ("counts", "bytes", "text")
    )
    return schema_of("group", "position", "copy", "key", "label_ids", "doc_id:bytes", "doc_id:text", *lists)


def push_rows(plans: Sequence[ShardPlan], rows: PieceRows) -> pa.RecordBatch:
    """Push the published sentences of a piece to the windows of their shards."""
    batch = rows.piece.spill.map_sentences()
    kept = np.setdiff1d(np.arange(len(batch)), rows.rejected, assume_unique=True)
    group = spill.numbers(batch, "group")[kept]
    part, place, ends = _windows(plans, rows, group)
    taken = _taker(batch, kept)
    tagged = taken("tokens", batch["ner_tags"].values.to_numpy())
    documents = pa.array(rows.piece.doc_ids, pa.string()).take(batch["document"].take(pa.array(kept)))
    copies = np.array([rows.copies.get(row, 1) for row in kept.tolist()] if rows.copies else np.ones(len(kept)))
    columns = {
        "group": pack(group, ends),
        "position": pack(spill.numbers(batch, "position")[kept] + rows.piece.positions, ends),
        "copy": pack(copies.astype(np.int32), ends),
        "key": pack(spill.keys_of(batch)[kept], ends),
        "label_ids": pack(tagged.label_ids, tagged.bounds[ends]),
        **pack_strings("doc_id", documents, ends),
        **pack_lists("tokens", tagged.tokens, ends),
    }
    for name in map(spill.extra_name, plans[0].extra):
        columns |= pack_lists(name, taken(name).tokens, ends)
    return table_of(part, place, columns)


def press_pushed(store: Store, plan: ShardPlan, batches: Iterator[pa.RecordBatch]) -> tuple[Shard, str]:
    """Write a shard of the sentences that were pushed to it, under a name in `store` that no other try has."""
    name = f"shards/{uuid.uuid4().hex}.parquet"
    with store.create(name) as target:
        return press_windows(plan, target, pushed_windows(plan, batches)), name


def pushed_windows(plan: ShardPlan, batches: Iterable[pa.RecordBatch]) -> Iterator[Window]:
    """Yield the windows of a shard as its rows come in, in the order of their places."""
    windows = plan.windows()
    for place, same in groupby(cut_where(batches, "place"), key=itemgetter(0)):
        yield windows[place][1:-1], (_part([batch for _, batch in same], plan.extra),)


def _stretches(bounds: Ints) -> tuple[Ints, Ints]:
    """Return which of the stretches between bounds hold anything, and the bounds of those."""
    some = np.diff(bounds) > 0
    return np.flatnonzero(some), np.concatenate([[0], bounds[1:][some]])


def _windows(plans: Sequence[ShardPlan], rows: PieceRows, group: Hashes) -> tuple[Ints, Ints, Ints]:
    """Return the shard and the window of each stretch of a piece's published rows, and the stretches' bounds."""
    parts, places, starts = [], [], []
    for number, plan in enumerate(plans):
        own = rows.piece.rows_of(plan.cells)
        first, last = np.array([own.start, own.stop]) - np.searchsorted(rows.rejected, (own.start, own.stop))
        lows = _lows(plan.interval, plan.rows)
        starts.append(first + np.searchsorted(group[first:last], lows))
        parts.append(np.full(len(lows), number))
        places.append(np.arange(len(lows)))
    found = np.concatenate(starts)
    ends = np.unique(np.concatenate([found, np.arange(0, len(group), _TOGETHER), [len(group)]]))
    which = rows_at(found, ends[:-1])  # the last that begins there: the others are empty
    return np.concatenate(parts)[which], np.concatenate(places)[which], ends


@lru_cache(maxsize=sum(MOST_SHARDS.values()))
def _lows(interval: tuple[int, int], rows: int) -> Hashes:
    """Return where the windows of a shard begin; the first also has what rounding puts before it."""
    return np.array([0, *(low for low, *_ in windows_of(interval, rows)[1:])], dtype=np.uint64)


def _taker(batch: pa.RecordBatch, kept: Ints) -> Callable[..., Tagged]:
    """Return what takes the kept rows of a column of lists, without a copy where all are kept."""

    def take(name: str, label_ids: LabelIds | None = None) -> Tagged:
        column = batch[name]
        tagged = Tagged(column, np.zeros(len(column.values), dtype=np.int16) if label_ids is None else label_ids)
        return tagged if len(kept) == len(batch) else gather([tagged], np.zeros(len(kept), dtype=np.int64), kept)

    return take


def _part(batches: list[pa.RecordBatch], extra: Sequence[str]) -> ShardPart:
    """Return the rows of a window, with the documents that they name numbered in their order."""
    tokens = unpack_lists("tokens", batches)
    named = unpack_strings("doc_id", batches).dictionary_encode()
    doc_ids = named.dictionary.to_pylist()
    ranks = np.empty(len(doc_ids), dtype=np.int64)  # [document]: its place among the sorted names
    ranks[sorted(range(len(doc_ids)), key=doc_ids.__getitem__)] = np.arange(len(doc_ids))
    copies = unpack([batch["copy"] for batch in batches], np.int32)
    label_ids = pa.array(unpack([batch["label_ids"] for batch in batches], np.int16))
    columns = {
        "group": pa.array(unpack([batch["group"] for batch in batches], np.uint64)),
        "document": named.indices,
        "position": pa.array(unpack([batch["position"] for batch in batches], np.int64)),
        "key": spill.key_column(unpack([batch["key"] for batch in batches], np.uint8, KEY_BYTES)),
        "tokens": tokens,
        "ner_tags": pa.ListArray.from_arrays(tokens.offsets, label_ids),
        **{name: unpack_lists(name, batches) for name in map(spill.extra_name, extra)},
    }
    return ShardPart(
        batch=pa.RecordBatch.from_pydict(columns),
        doc_ids=doc_ids,
        doc_ranks=ranks,
        positions=0,
        first=0,
        rejected=np.zeros(0, dtype=np.int64),
        copies={row: int(copies[row]) for row in np.flatnonzero(copies > 1).tolist()},
    )
