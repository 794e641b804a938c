"""
The third move of a build, for one shard: its rows are put in canonical order, gathered, written, hashed and counted.

Only the rows of two row groups are in memory at once, however large the shard.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress import spill
from tagpress.arrays import list_bounds, string_bounds
from tagpress.copies import SpilledPiece
from tagpress.gather import Tagged, by_source, gather
from tagpress.identity import KEY_BYTES, Keys, row_digest, sentence_keys
from tagpress.parquet import ROW_GROUP_ROWS, Written, write_shard
from tagpress.schema import Labels, arrow_schema
from tagpress.split import cut, parts_of
from tagpress.tally import Tally, tally

Ints: TypeAlias = npt.NDArray[np.int64]
Hashes: TypeAlias = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRows:
    """Rows `start` to `stop` of a spilled piece but the `rejected` ones; `copies` numbers copies from 2."""

    piece: SpilledPiece
    start: int
    stop: int
    rejected: Ints
    copies: Mapping[int, int]

    def between(self, low: int, high: int) -> "_Part":
        """Read those that lie in a part of the hash line."""
        first, batch = self.piece.spill.read_sentences(low, high, range(self.start, self.stop))
        own = slice(*np.searchsorted(self.rejected, (first, first + len(batch))))
        return _Part(self, first, batch, self.rejected[own] - first)


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of a piece from row `first` on, as a batch, of which some are `rejected`."""

    of: PieceRows
    first: int
    batch: pa.RecordBatch
    rejected: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask:
    """One shard to write to `target`; `path` is its place in the build, `interval` its part of the hash line."""

    split: str
    path: str
    target: Path
    labels: Labels
    extra: tuple[str, ...]
    interval: tuple[int, int]
    parts: tuple[PieceRows, ...]


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


def press_shard(task: ShardTask) -> Shard:
    """Gather, write and count one shard."""
    counts = _Counts(task.labels)
    written = write_shard(task.target, map(counts.add, row_groups(task)), arrow_schema(task.labels, task.extra))
    return Shard(
        split=task.split,
        path=task.path,
        written=written,
        rows=counts.tally.sentences,
        digest=counts.digest,
        doc_id_bytes=counts.doc_id_bytes,
        extra_bytes=counts.extra_bytes,
        tally=counts.tally,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """A row group: `table` as it is published, and the sentence keys of its rows."""

    keys: Keys
    table: pa.Table


class _Counts:
    """What is added up while row groups go by on their way to the file."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self.tally, self.digest, self.doc_id_bytes, self.extra_bytes = Tally.empty(labels), 0, 0, 0

    def add(self, rows: Rows) -> pa.Table:
        ids, doc_ids, tokens, ner_tags, *extra = (column.chunk(0) for column in rows.table.columns)
        label_ids = ner_tags.values.to_numpy()
        self.tally += tally(tokens, label_ids, self._labels)
        self.digest += row_digest(
            rows.keys, label_ids, list_bounds(ner_tags), ids=ids, doc_ids=doc_ids, extra=map(sentence_keys, extra)
        )
        self.doc_id_bytes += int(np.diff(string_bounds(doc_ids)).sum())
        self.extra_bytes += sum(column.nbytes for column in extra)
        return rows.table


def row_groups(task: ShardTask) -> Iterator[Rows]:
    """Yield a shard's rows as they are published, in canonical order, a row group at a time."""
    rows = sum(part.stop - part.start - len(part.rejected) for part in task.parts)
    points = parts_of(task.interval, rows, ROW_GROUP_ROWS)
    for window in range(0, len(points) - 1, 2):  # two parts at a time: every spill is opened half as often
        low, *inner, high = points[window : window + 3]
        parts = [part.between(low, high) for part in task.parts]
        source, row, hashes, order = _rows(parts)
        sentences = [Tagged(part.batch["tokens"], part.batch["ner_tags"].values.to_numpy()) for part in parts]
        for start, stop in pairwise(cut(hashes[order], inner, ROW_GROUP_ROWS)):
            here = order[start:stop]
            yield _row_group(task, parts, sentences, source[here], row[here])


def _rows(parts: list[_Part]) -> tuple[Ints, Ints, Hashes, Ints]:
    """Return the part, row and group hash of sentences, and their canonical order: along the line."""
    rows = [np.setdiff1d(np.arange(len(part.batch)), part.rejected, assume_unique=True) for part in parts]
    none = np.zeros(0, dtype=np.int64)
    columns: list[tuple[npt.NDArray[Any], ...]] = [(none, none, none.astype(np.uint64))]
    for part, own in zip(parts, rows, strict=True):
        ranks = part.of.piece.doc_ranks[spill.numbers(part.batch, "document")[own]]
        positions = spill.numbers(part.batch, "position")[own] + part.of.piece.positions
        columns.append((positions, ranks, spill.numbers(part.batch, "group")[own]))
    source = np.repeat(np.arange(len(parts)), [len(own) for own in rows])
    keys = [np.concatenate(column) for column in zip(*columns, strict=True)]
    return source, np.concatenate([none, *rows]), keys[-1], np.lexsort(keys)


def _row_group(task: ShardTask, parts: list[_Part], sentences: list[Tagged], source: Ints, row: Ints) -> Rows:
    keys = np.zeros((len(row), KEY_BYTES), dtype=np.uint8)
    documents, copies = np.zeros(len(row), dtype=np.int64), np.ones(len(row), dtype=np.int64)
    names = [name for part in parts for name in part.of.piece.doc_ids]
    first = np.cumsum([0, *(len(part.of.piece.doc_ids) for part in parts)])
    for number, mine in by_source(source):
        part = parts[number]
        keys[mine] = spill.keys_of(part.batch)[row[mine]]
        documents[mine] = first[number] + spill.numbers(part.batch, "document")[row[mine]]
        if part.of.copies:
            copies[mine] = [part.of.copies.get(part.first + own, 1) for own in row[mine].tolist()]
    tagged = gather(sentences, source, row)
    ner_tags = pa.ListArray.from_arrays(tagged.tokens.offsets, pa.array(tagged.label_ids.astype(np.int64)))
    extra = [gather(_extra(parts, name), source, row).tokens for name in task.extra]
    doc_ids = pa.array(names, pa.string()).take(pa.array(documents))
    columns = [_ids(keys, copies), doc_ids, tagged.tokens, ner_tags, *extra]
    return Rows(keys, pa.Table.from_arrays(columns, schema=arrow_schema(task.labels, task.extra)))


def _extra(parts: list[_Part], name: str) -> list[Tagged]:
    columns = [part.batch[spill.extra_name(name)] for part in parts]
    return [Tagged(column, np.zeros(len(column.values), dtype=np.int16)) for column in columns]


def _ids(keys: Keys, copies: Ints) -> pa.StringArray:
    """Return the ids of rows: the hex of the sentence key, and a number behind it for the second copy and later ones."""
    digits = keys.tobytes().hex()
    if (copies == 1).all():
        ends = np.arange(len(keys) + 1, dtype=np.int32) * (2 * KEY_BYTES)
        return pa.StringArray.from_buffers(len(keys), pa.py_buffer(ends), pa.py_buffer(digits.encode()))
    names = [digits[at : at + 2 * KEY_BYTES] for at in range(0, len(digits), 2 * KEY_BYTES)]
    numbered = [
        name if number == 1 else f"{name}-{number}" for name, number in zip(names, copies.tolist(), strict=True)
    ]
    return pa.array(numbered, pa.string())
