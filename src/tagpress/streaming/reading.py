"""
How does a reader get its batches? Row groups are fetched and decoded ahead in threads, mixed, and spelled out.

In memory are the window that is given, and what is fetched ahead of it: at most the next window, or a few row groups
where nothing is mixed.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.streaming.coded import Chosen, Coded, joined
from tagpress.streaming.files import Files
from tagpress.streaming.plan import Order, Piece, Rows

AHEAD: Final = 50_000  # rows that are fetched ahead, or the next window if it has more
_THREADS: Final = 4  # requests under way at once


@dataclass(frozen=True, slots=True)
class Turn:
    """What one window still gives: its pieces, and which of them gives each row in turn."""

    pieces: tuple[Piece, ...]
    turns: Rows

    def __len__(self) -> int:
        return len(self.turns)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads pieces of the files in an order; `columns` are those of `schema`."""

    files: Files
    order: Order
    schema: pa.Schema

    def batches(self, section: Sequence[Piece], taken: int, size: int) -> Iterator[pa.RecordBatch]:
        """Yield what a section has behind its first `taken` rows, in batches of `size` rows; the last may have fewer."""
        held: list[pa.RecordBatch] = []
        for coded, rows in self._windows(turns_left(self.order, section, taken)):
            start = 0
            while start < len(rows):
                stop = min(len(rows), start + size - sum(map(len, held)))
                held.append(coded.spelled(rows[start:stop], self.schema))
                start = stop
                if sum(map(len, held)) == size:
                    yield pa.concat_batches(held) if len(held) > 1 else held[0]
                    held = []
        if held:
            yield pa.concat_batches(held)

    def _windows(self, turns: Iterable[Turn]) -> Iterator[tuple[Coded, Chosen]]:
        """Yield the rows of each window and the order to give them in."""
        units = self.order.units(len(self.files.units))
        waiting: deque[tuple[Turn, list[Future[tuple[Coded, Chosen]]]]] = deque()
        pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="tagpress-stream")
        try:
            for turn in turns:
                waiting.append((turn, [pool.submit(self._fetch, units[piece.place], piece) for piece in turn.pieces]))
                if sum(len(ahead) for ahead, _ in waiting) - len(waiting[0][0]) >= AHEAD:
                    yield _assembled(*waiting.popleft())
            while waiting:
                yield _assembled(*waiting.popleft())
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _fetch(self, unit: int, piece: Piece) -> tuple[Coded, Chosen]:
        """Return the row group of a piece and which of its rows the piece has, in order; or only those rows."""
        where = self.files.units[unit]
        coded = [field.name for field in self.schema if field.type == pa.list_(pa.string())]
        found = Coded.of(self.files.read(where, self.schema.names, coded), coded)
        rows: Chosen = range(piece.start, piece.stop)
        if self.order.mixed:
            rows = self.order.rows(unit, where.rows)[piece.start : piece.stop]
            if len(piece) < where.rows:  # few rows must not hold many
                return found.take(rows), np.arange(len(piece))
        return found, rows


def turns_left(order: Order, section: Sequence[Piece], taken: int) -> Iterator[Turn]:
    """Yield what the windows of a section give behind its first `taken` rows."""
    for window in order.windows(section):
        rows = sum(map(len, window))
        if taken < rows:
            turns = order.turns(window)
            given = np.bincount(turns[:taken], minlength=len(window)).tolist()
            pieces = [Piece(p.place, p.start + count, p.stop) for p, count in zip(window, given, strict=True)]
            there = [number for number, piece in enumerate(pieces) if len(piece)]
            renumbered = np.zeros(len(window), dtype=np.int64)
            renumbered[there] = np.arange(len(there))
            yield Turn(tuple(pieces[number] for number in there), renumbered[turns[taken:]])
        taken = max(0, taken - rows)


def _assembled(turn: Turn, futures: Sequence[Future[tuple[Coded, Chosen]]]) -> tuple[Coded, Chosen]:
    """Return the rows of a window's pieces and the order to give them in."""
    parts = [future.result() for future in futures]
    if len(parts) == 1:
        return parts[0]
    order = np.empty(len(turn), dtype=np.int64)
    first = 0
    for number, (coded, rows) in enumerate(parts):
        order[turn.turns == number] = first + np.asarray(rows)
        first += len(coded)
    return joined([coded for coded, _ in parts]), order
