"""
How does a reader get its batches? Row groups are fetched and decoded ahead in threads, and mixed beside who uses them.

In memory are the window that is given, and what is fetched behind it. That is at most as much again, and it grows as
the window is given: who stops early has not fetched much for nothing.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from threading import Semaphore
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.consume.streaming.batches import coded, one_batch, spelled
from tagpress.consume.streaming.blocks import Blocks
from tagpress.consume.streaming.order import Order, Rows, Stretch
from tagpress.consume.streaming.row_groups import Files

AHEAD: Final = 50_000  # rows that are fetched and not given, the open window among them; a larger window is more
_MIXED_AHEAD: Final = 1.5  # times as many where they are mixed: the next window is ready when this one ends
_THREADS: Final = 4  # requests under way at once
_TAKERS: Final = 2  # parts that are put in order at once
_TAKEN: Final = 8_192  # rows that are put in order at once: fewer would cost more each


@dataclass(frozen=True, slots=True)
class Turn:
    """What one window still gives: its pieces, and which of them gives each row in turn."""

    pieces: tuple[Stretch, ...]
    turns: Rows

    def __len__(self) -> int:
        return len(self.turns)


@dataclass(frozen=True, slots=True)
class _InOrder:
    """Rows that are given as they stand."""

    rows: pa.RecordBatch

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def part(self, start: int, stop: int) -> pa.RecordBatch:
        return self.rows.slice(start, stop - start)


@dataclass(frozen=True, slots=True)
class _Mixed:
    """Rows, and which of them is given when."""

    rows: Blocks
    order: Rows

    def __len__(self) -> int:
        return len(self.order)

    def part(self, start: int, stop: int) -> pa.RecordBatch:
        return self.rows.take(self.order[start:stop]).batch()


_Given: TypeAlias = _InOrder | _Mixed


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads pieces of the files in an order; `columns` are those of `schema`."""

    files: Files
    order: Order
    schema: pa.Schema

    def batches(self, section: Sequence[Stretch], taken: int, size: int) -> Iterator[pa.RecordBatch]:
        """Yield what a section has behind its first `taken` rows, in batches of `size` rows; the last may have fewer."""
        limit = max(AHEAD, int(_MIXED_AHEAD * self.order.mixed))
        held: list[pa.RecordBatch] = []
        fetchers, mixer, taker = (
            ThreadPoolExecutor(count, thread_name_prefix="tagpress-stream") for count in (_THREADS, 1, _TAKERS)
        )
        try:
            ahead = _Ahead(self, fetchers, mixer, turns_left(self.order, section, taken), limit)
            for part in _parts(ahead, taker, size * max(1, _TAKEN // size)):
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
            for pool in (fetchers, mixer, taker):
                pool.shutdown(wait=False, cancel_futures=True)

    @cached_property
    def units(self) -> list[int]:
        """The units in the order in which they are read."""
        return self.order.units(len(self.files.units))

    @cached_property
    def decoding(self) -> Semaphore:
        """As many row groups are decoded at once as there are processors: more would only take more memory."""
        return Semaphore(pa.cpu_count())

    def fetch(self, piece: Stretch) -> _Given:
        """Return the row group of a piece, and which of its rows the piece has; or only those rows."""
        unit = self.units[piece.place]
        where = self.files.units[unit]
        lists = [field.name for field in self.schema if field.type == pa.list_(pa.string())]
        packed = self.files.read(where, self.schema.names)
        with self.decoding:
            found = coded(self.files.decode(where, packed, self.schema.names, lists), self.schema)
            if not self.order.mixed:
                return _InOrder(spelled(found, self.schema).slice(piece.start, len(piece)))
            rows = self.order.rows(unit, where.rows)[piece.start : piece.stop]
            read = Blocks.of(found, self.schema)
            if len(piece) < where.rows:  # few rows must not hold many
                return _Mixed(read.take(rows).compact(), np.arange(len(piece)))
            return _Mixed(read, rows)


def _parts(ahead: "_Ahead", taker: ThreadPoolExecutor, most: int) -> Iterator[pa.RecordBatch]:
    """Yield all rows in order, in parts of up to `most` rows, each made while the part before is used."""
    waiting: deque[Future[pa.RecordBatch]] = deque()
    for window in ahead:
        for start in range(0, len(window), most):
            waiting.append(taker.submit(window.part, start, min(start + most, len(window))))
            if len(waiting) > _TAKERS:
                yield (part := waiting.popleft().result())
                ahead.given(len(part))
    while waiting:
        yield (part := waiting.popleft().result())
        ahead.given(len(part))


@dataclass
class _Ahead:
    """The windows of a reader, fetched until `limit` rows are waiting to be given."""

    reader: Reader
    fetchers: ThreadPoolExecutor
    mixer: ThreadPoolExecutor
    turns: Iterator[Turn]
    limit: int
    windows: deque[Future[_Given]] = field(default_factory=deque)
    turn: Turn | None = None  # of the window that is asked for, and the pieces of it that are
    asked: list[Future[_Given]] = field(default_factory=list)
    rows: int = 0  # asked for, and not given

    def __iter__(self) -> Iterator[_Given]:
        """Yield each window when it is there."""
        while True:
            while not self.windows and self._ask():
                pass
            if not self.windows:
                return
            if self.rows < self.limit:
                self._ask()  # one more, or a processor would wait for who decodes the last of a window
            yield self.windows.popleft().result()

    def given(self, rows: int) -> None:
        """Note that so many rows were given, and ask for as many others."""
        self.rows -= rows
        while self.rows < self.limit and self._ask():
            pass

    def _ask(self) -> bool:
        """Ask for one more piece, if there is one, and with the last of a window for the window."""
        if self.turn is None:
            self.turn = next(self.turns, None)
        if self.turn is None:
            return False
        piece = self.turn.pieces[len(self.asked)]
        self.asked.append(self.fetchers.submit(self.reader.fetch, piece))
        self.rows += len(piece)
        if len(self.asked) == len(self.turn.pieces):
            self.windows.append(self.mixer.submit(_assembled, self.turn, self.asked))
            self.turn, self.asked = None, []
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


def _assembled(turn: Turn, asked: Sequence[Future[_Given]]) -> _Given:
    """Return the rows of a window, when its pieces are there, and the order to give them in."""
    if len(asked) == 1:
        return asked[0].result()
    order = np.empty(len(turn), dtype=np.int64)
    parts: list[Blocks] = []
    first = 0
    for number, future in enumerate(asked):
        part = future.result()
        assert isinstance(part, _Mixed)  # in the order of the files, each piece is a window
        order[turn.turns == number] = first + part.order
        first += len(part.rows)
        parts.append(part.rows)
    return _Mixed(Blocks.joined(parts), order)
