"""
How does a reader get its batches? Row groups are fetched and decoded ahead in threads, mixed, and spelled out.

In memory are the window that is given, and what is fetched behind it. That is at most as much again, and it grows as
the window is given: who stops early has not fetched much for nothing.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.consume.streaming.coded import Chosen, Coded, joined, one_batch
from tagpress.consume.streaming.order import Order, Rows, Stretch
from tagpress.consume.streaming.row_groups import Files

AHEAD: Final = 50_000  # rows that are fetched and not given, the open window among them; a larger window is more
_THREADS: Final = 4  # requests under way at once
_SPELLED: Final = 8_192  # rows that are spelled out at once: fewer would cost more each


@dataclass(frozen=True, slots=True)
class Turn:
    """What one window still gives: its pieces, and which of them gives each row in turn."""

    pieces: tuple[Stretch, ...]
    turns: Rows

    def __len__(self) -> int:
        return len(self.turns)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads pieces of the files in an order; `columns` are those of `schema`."""

    files: Files
    order: Order
    schema: pa.Schema

    def batches(self, section: Sequence[Stretch], taken: int, size: int) -> Iterator[pa.RecordBatch]:
        """Yield what a section has behind its first `taken` rows, in batches of `size` rows; the last may have fewer."""
        limit = max(AHEAD, self.order.mixed)
        held: list[pa.RecordBatch] = []
        fetchers, speller = (ThreadPoolExecutor(count, thread_name_prefix="tagpress-stream") for count in (_THREADS, 1))
        try:
            ahead = _Ahead(self, fetchers, turns_left(self.order, section, taken), limit)
            for part in self._parts(ahead, speller, size * max(1, _SPELLED // size)):
                start = 0
                while start < len(part):
                    held.append(part.slice(start, size - sum(map(len, held))))
                    start += len(held[-1])
                    if sum(map(len, held)) == size:
                        yield one_batch(pa.Table.from_batches(held)) if len(held) > 1 else held[0]
                        held = []
            if held:
                yield one_batch(pa.Table.from_batches(held))
        finally:
            for pool in (fetchers, speller):
                pool.shutdown(wait=False, cancel_futures=True)

    def _parts(self, ahead: "_Ahead", speller: ThreadPoolExecutor, most: int) -> Iterator[pa.RecordBatch]:
        """Yield all rows in order, spelled out in parts of up to `most` rows while the part before is used."""
        waiting: deque[Future[pa.RecordBatch]] = deque()
        for coded, rows in ahead:
            for start in range(0, len(rows), most):
                waiting.append(speller.submit(coded.spelled, rows[start : start + most], self.schema))
                if len(waiting) > 1:
                    yield (part := waiting.popleft().result())
                    ahead.given(len(part))
        while waiting:
            yield (part := waiting.popleft().result())
            ahead.given(len(part))

    def fetch(self, piece: Stretch) -> tuple[Coded, Chosen]:
        """Return the row group of a piece and which of its rows the piece has, in order; or only those rows."""
        unit = self.order.units(len(self.files.units))[piece.place]
        where = self.files.units[unit]
        coded = [field.name for field in self.schema if field.type == pa.list_(pa.string())]
        found = Coded.of(self.files.read(where, self.schema.names, coded), coded)
        rows: Chosen = range(piece.start, piece.stop)
        if self.order.mixed:
            rows = self.order.rows(unit, where.rows)[piece.start : piece.stop]
            if len(piece) < where.rows:  # few rows must not hold many
                return found.take(rows), np.arange(len(piece))
        return found, rows


@dataclass
class _Ahead:
    """The windows of a reader, fetched until `limit` rows are waiting to be given."""

    reader: Reader
    pool: ThreadPoolExecutor
    turns: Iterator[Turn]
    limit: int
    waiting: deque[tuple[Turn, list[Future[tuple[Coded, Chosen]]]]] = field(default_factory=deque)
    rows: int = 0  # asked for, and not given

    def __iter__(self) -> Iterator[tuple[Coded, Chosen]]:
        """Yield the rows of each window and the order to give them in."""
        while self.waiting or self._ask():
            turn, asked = self.waiting[0]
            while len(asked) < len(turn.pieces):
                self._ask()
            self.waiting.popleft()
            yield _assembled(turn, [future.result() for future in asked])

    def given(self, rows: int) -> None:
        """Note that so many rows were given, and ask for as many others."""
        self.rows -= rows
        while self.rows < self.limit and self._ask():
            pass

    def _ask(self) -> bool:
        """Ask for one more piece, if there is one."""
        if not self.waiting or len(self.waiting[-1][1]) == len(self.waiting[-1][0].pieces):
            turn = next(self.turns, None)
            if turn is None:
                return False
            self.waiting.append((turn, []))
        turn, asked = self.waiting[-1]
        piece = turn.pieces[len(asked)]
        asked.append(self.pool.submit(self.reader.fetch, piece))
        self.rows += len(piece)
        return True


def turns_left(order: Order, section: Sequence[Stretch], taken: int) -> Iterator[Turn]:
    """Yield what the windows of a section give behind its first `taken` rows."""
    for window in order.windows(section):
        rows = sum(map(len, window))
        if taken < rows:
            turns = order.turns(window)
            given = np.bincount(turns[:taken], minlength=len(window)).tolist()
            pieces = [Stretch(p.place, p.start + count, p.stop) for p, count in zip(window, given, strict=True)]
            there = [number for number, piece in enumerate(pieces) if len(piece)]
            renumbered = np.zeros(len(window), dtype=np.int64)
            renumbered[there] = np.arange(len(there))
            yield Turn(tuple(pieces[number] for number in there), renumbered[turns[taken:]])
        taken = max(0, taken - rows)


def _assembled(turn: Turn, parts: Sequence[tuple[Coded, Chosen]]) -> tuple[Coded, Chosen]:
    """Return the rows of a window's pieces and the order to give them in."""
    if len(parts) == 1:
        return parts[0]
    order = np.empty(len(turn), dtype=np.int64)
    first = 0
    for number, (coded, rows) in enumerate(parts):
        order[turn.turns == number] = first + np.asarray(rows)
        first += len(coded)
    return joined([coded for coded, _ in parts]), order
