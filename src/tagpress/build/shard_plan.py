"""Which rows has each shard, from which pieces, and which of them are in memory at once?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build.declaration import Declaration
from tagpress.build.parquet import ROW_GROUP_ROWS
from tagpress.build.repeated import SpilledPiece
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.corpus.shard_paths import shard_path
from tagpress.corpus.splits import CELLS, cells_of_shard, interval_of, parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPlan:
    """
    One shard: `path` is its place in the build, and `rows` is how many it has.

    They are those of some `cells`, whose part of the hash line is `interval`.
    """

    split: str
    path: str
    labels: Labels
    extra: tuple[str, ...]
    layers: Mapping[str, Layer]
    cells: range
    interval: tuple[int, int]
    rows: int

    @property
    def schema(self) -> pa.Schema:
        """Return what its columns are."""
        return arrow_schema(self.labels, self.extra, self.layers)

    def windows(self) -> list[list[int]]:
        """Return the windows of its rows."""
        return windows_of(self.interval, self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardPart:
    """
    Rows of one window from one place, as a batch with the columns of a spill, of which some are `rejected`.

    `doc_ids` and `doc_ranks` name and order the documents that the batch numbers, `positions` is to be added to its
    positions. The batch begins with row `first`; `copies` numbers rows that are copies from 2.
    """

    batch: pa.RecordBatch
    doc_ids: Sequence[str]
    doc_ranks: Ints
    positions: int
    first: int
    rejected: Ints
    copies: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRows:
    """Rows of a spilled piece but the `rejected` ones, whose numbers ascend; `copies` numbers copies from 2."""

    piece: SpilledPiece
    rows: range
    rejected: Ints
    copies: Mapping[int, int]

    def within(self, cells: range) -> "PieceRows":
        """Return those of a run of cells."""
        rows = self.piece.rows_of(cells)
        return PieceRows(
            piece=self.piece,
            rows=rows,
            rejected=self.rejected[slice(*np.searchsorted(self.rejected, (rows.start, rows.stop)))],
            copies={row: copy for row, copy in self.copies.items() if row in rows},
        )

    def between(self, low: int, high: int) -> ShardPart:
        """Read those that lie in a part of the hash line."""
        first, batch = self.piece.spill.read_sentences(low, high, self.rows)
        own = slice(*np.searchsorted(self.rejected, (first, first + len(batch))))
        return ShardPart(
            batch=batch,
            doc_ids=self.piece.doc_ids,
            doc_ranks=self.piece.doc_ranks,
            positions=self.piece.positions,
            first=first,
            rejected=self.rejected[own] - first,
            copies=self.copies,
        )


def windows_of(interval: tuple[int, int], rows: int) -> list[list[int]]:
    """
    Return the windows of a shard: for each the two bounds of what is in memory at once, on the hash line.

    Between them stands the point that cuts it into two row groups, if there is one.
    """
    points = parts_of(interval, rows, ROW_GROUP_ROWS)
    return [points[start : start + 3] for start in range(0, len(points) - 1, 2)]


def shard_plans(
    shards: Mapping[str, int], declaration: Declaration, pieces: Sequence[PieceRows]
) -> tuple[ShardPlan, ...]:
    """Return the plan of every shard of a build; `shards` is how many each split has."""
    cells = CELLS * len(shards)
    ends = sum(
        (one.piece.cell_ends - np.searchsorted(one.rejected, one.piece.cell_ends) for one in pieces),
        start=np.zeros(cells, dtype=np.int64),
    )
    rows = np.diff(ends, prepend=0)
    return tuple(
        ShardPlan(
            split=split,
            path=shard_path(declaration.config, split, shard, count),
            labels=declaration.labels,
            extra=declaration.extra,
            layers=declaration.layer_columns,
            cells=own,
            interval=interval_of(declaration.splits, own),
            rows=int(rows[own.start : own.stop].sum()),
        )
        for number, (split, count) in enumerate(shards.items())
        for shard in range(count)
        for own in (cells_of_shard(number, shard, count),)
    )
