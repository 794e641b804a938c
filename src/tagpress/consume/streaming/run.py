"""One run through what is left of an epoch: who gives which rows, in how many batches, and the batches themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, TypeAlias

import pyarrow as pa

from tagpress.consume.streaming.batches import narrowed, one_batch
from tagpress.consume.streaming.order import Order, Stretch, left_over, section
from tagpress.consume.streaming.reader import Reader
from tagpress.consume.streaming.row_groups import Files
from tagpress.consume.streaming.state import Origin, State
from tagpress.errors import UsageError

Equal: TypeAlias = Literal["pad", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What some readers read until the end of the epoch; `bytes` are those of the column chunks, compressed."""

    rows: int = 0
    batches: int = 0
    row_groups: int = 0
    bytes: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            rows=self.rows + other.rows,
            batches=self.batches + other.batches,
            row_groups=self.row_groups + other.row_groups,
            bytes=self.bytes + other.bytes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a stream reads: everything but who reads, and how far."""

    origin: Origin
    seed: int
    mixed: int
    batch_size: int
    equal: Equal | None
    columns: tuple[str, ...]

    def order(self, epoch: int) -> Order:
        """Return the order of an epoch."""
        return Order(seed=self.seed, epoch=epoch, mixed=self.mixed)


@dataclass(frozen=True, kw_only=True)
class Run:
    """What `state` leaves to its readers; it need not say how far readers are that nobody asks about."""

    files: Files
    settings: Settings
    state: State

    @cached_property
    def pieces(self) -> list[Stretch]:
        """What the readers share out."""
        return self.state.pieces(self.files.unit_rows)

    def section(self, reader: int) -> list[Stretch]:
        """Return what one reader has of it."""
        return section(self.pieces, reader, self.state.readers)

    def aim(self, reader: int) -> int:
        """
        Return how many rows a reader gives in all: those of its section, or as many as every other reader.

        Raises:
            UsageError: it should be padded, and has no row to repeat.

        """
        total, readers = sum(map(len, self.pieces)), self.state.readers
        if self.settings.equal == "pad" and 0 < total < readers:
            raise UsageError(f"{total} rows are too few to pad {readers} readers.", 'Use equal="drop".')
        mine = total * (reader + 1) // readers - total * reader // readers
        return {None: mine, "drop": total // readers, "pad": -(-total // readers)}[self.settings.equal]

    def rows_left(self, reader: int) -> int:
        """Return how many rows a reader still gives."""
        return max(0, self.aim(reader) - self.state.read[reader])

    def batches_left(self, reader: int) -> int:
        """Return how many batches a reader still gives."""
        return -(-self.rows_left(reader) // self.settings.batch_size)

    def share(self, reader: int) -> Share:
        """Return what a reader reads until the end; a row group counts for each reader that fetches a part of it."""
        units = self.state.order.units(len(self.files.units))
        left = left_over(self.state.order, self.section(reader), self.state.read[reader])
        fetched = [self.files.units[units[piece.place]] for piece in left]
        return Share(
            rows=self.rows_left(reader),
            batches=self.batches_left(reader),
            row_groups=len(fetched),
            bytes=sum(len(self.files.span(unit, self.settings.columns)) for unit in fetched),
        )

    def after(self, steps: Sequence[int]) -> State:
        """Return the state after each rank took so many batches from a loader that asks its workers in turn."""
        per_rank = self.state.readers // len(steps)
        read = {}
        for rank, taken in enumerate(steps):
            readers = range(rank * per_rank, (rank + 1) * per_rank)
            dealt = _dealt([self.batches_left(reader) for reader in readers], taken)
            for reader, batches in zip(readers, dealt, strict=True):
                before = self.state.read[reader]
                read[reader] = min(before + batches * self.settings.batch_size, before + self.rows_left(reader))
        return replace(self.state, read=read)

    def batches(self, reader: int) -> Iterator[tuple[pa.RecordBatch, int]]:
        """Yield what a reader still gives, each batch with the rows that the reader has given up to its end."""
        rows, aim, read = self.section(reader), self.aim(reader), self.state.read[reader]
        mine, size = sum(map(len, rows)), self.settings.batch_size
        schema = narrowed(self.files.schema, self.settings.columns)
        source = Reader(files=self.files, order=self.state.order, schema=schema)
        last = None
        for found in source.batches(rows, read, size) if read < min(mine, aim) else ():
            batch = last = found.slice(0, aim - read)
            if read + len(batch) == mine < aim and len(batch) < size:
                batch = one_batch(pa.Table.from_batches([batch, batch.slice(len(batch) - 1)]))
            read += len(batch)
            yield batch, read
            if read >= min(mine, aim):
                break
        if read == mine < aim:  # the row that makes it equal begins a batch
            last = last if last is not None else next(source.batches(rows, mine - 1, 1))
            yield last.slice(len(last) - 1), aim


def _dealt(available: Sequence[int], taken: int) -> list[int]:
    """
    Return how many batches each worker has given when `taken` are taken from them in turn.

    >>> _dealt([3, 2, 3], 7)
    [3, 2, 2]

    """
    rounds = 0
    while rounds < max(available, default=0) and sum(min(count, rounds + 1) for count in available) <= taken:
        rounds += 1
    dealt = [min(count, rounds) for count in available]
    more = taken - sum(dealt)
    for worker, count in enumerate(available):
        if more > 0 and count > rounds:
            dealt[worker] += 1
            more -= 1
    return dealt
