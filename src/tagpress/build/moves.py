"""
The three moves of a build, on whatever engine there is: survey the pieces, settle the keys, press the shards.

Both ways call the same pure functions. They differ in how rows come to where they are wanted: where every worker reaches
every spill, a range of each is read; where the engine shuffles, each piece is read once and its rows are sent.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Protocol

from tagpress.build.declaration import Declaration
from tagpress.build.exchange import KEYS, Range, press_pushed, push_keys, push_rows, rows_schema, settle_pushed
from tagpress.build.reach import require_shared
from tagpress.build.repeated import SettleTask, SpilledPiece
from tagpress.build.settle import Settled, settle
from tagpress.build.shard import Shard, press_shard, shard_task
from tagpress.build.shard_plan import PieceRows, ShardPlan
from tagpress.build.spill import Spill
from tagpress.build.survey import Surveyed, SurveyTask, survey
from tagpress.corpus.splits import LINE
from tagpress.engine import Done, Engine, Shuffling
from tagpress.read.pieces import Piece
from tagpress.store import Store

# Sentences in a range of keys that is settled at once: about 100 MB of keys.
SETTLE_ROWS: Final = 1_000_000
# The same where they are sent, with everything that may be asked about them.
SENT_ROWS: Final = 250_000


class Moves(Protocol):
    """The moves; `size` is everywhere how many bytes of source they are about."""

    def survey(
        self,
        found: Sequence[tuple[tuple[Piece, ...], str | None]],
        declaration: Declaration,
        progress: Done,
        *,
        size: int,
    ) -> tuple[Surveyed, ...]:
        """Read and spill every piece; each comes with the split that it was given, if any."""
        ...

    def settle(
        self, pieces: tuple[SpilledPiece, ...], declaration: Declaration, progress: Done, *, size: int
    ) -> Iterator[Settled]:
        """Settle all keys, in ranges."""
        ...

    def press(
        self, plans: Sequence[ShardPlan], pieces: Sequence[PieceRows], progress: Done, *, size: int
    ) -> Iterator[tuple[Shard, str]]:
        """Write every shard of a build; each comes with its name in the store."""
        ...


class ReadingMoves:
    """The moves of an engine whose workers each read a part of every spill in `store`, which should be a folder."""

    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store

    def survey(
        self,
        found: Sequence[tuple[tuple[Piece, ...], str | None]],
        declaration: Declaration,
        progress: Done,
        *,
        size: int,
    ) -> tuple[Surveyed, ...]:
        """Read every piece and leave its spill in the store."""
        tasks = survey_tasks(found, declaration, self._store)
        return _as_given(self._engine.map(survey, tasks, progress, size=size), tasks)

    def settle(
        self, pieces: tuple[SpilledPiece, ...], declaration: Declaration, progress: Done, *, size: int
    ) -> Iterator[Settled]:
        """Settle ranges of keys that are read from all spills."""
        ranges = 1 + sentences_of(pieces) // SETTLE_ROWS
        tasks = [
            SettleTask(
                pieces=pieces,
                rule=declaration.splits,
                policies=declaration.policies,
                low=LINE * number // ranges,
                high=LINE * (number + 1) // ranges,
            )
            for number in range(ranges)
        ]
        return self._engine.map(settle, tasks, progress, size=size)

    def press(
        self, plans: Sequence[ShardPlan], pieces: Sequence[PieceRows], progress: Done, *, size: int
    ) -> Iterator[tuple[Shard, str]]:
        """Write every shard from rows that are read from all spills."""
        tasks = [shard_task(plan, pieces, self._store, f"shards/{number}.parquet") for number, plan in enumerate(plans)]
        return zip(self._engine.map(press_shard, tasks, progress, size=size), [one.name for one in tasks], strict=True)


class ShufflingMoves:
    """The moves of an engine that sends rows; its workers and this process all reach `store`."""

    def __init__(self, engine: Shuffling, store: Store) -> None:
        self._engine = engine
        self._store = store

    def survey(
        self,
        found: Sequence[tuple[tuple[Piece, ...], str | None]],
        declaration: Declaration,
        progress: Done,
        *,
        size: int,
    ) -> tuple[Surveyed, ...]:
        """Read every piece and leave its spill in the store, under a name that only the result knows."""
        require_shared(
            self._engine, self._store, list(dict.fromkeys(piece.source for own, _ in found for piece in own))
        )
        tasks = survey_tasks(found, declaration, self._store)
        return _as_given(self._engine.map(survey_once_more, tasks, progress, size=size), tasks)

    def settle(
        self,
        pieces: tuple[SpilledPiece, ...],
        declaration: Declaration,
        progress: Done,
        *,
        size: int,  # noqa: ARG002 - a cluster was asked for, whatever the size
    ) -> Iterator[Settled]:
        """Send every key to its range, and settle the ranges."""
        ranges = 1 + sentences_of(pieces) // SENT_ROWS
        known = Range(rule=declaration.splits, policies=declaration.policies, files=[piece.files for piece in pieces])
        return self._engine.shuffle(
            partial(push_keys, ranges),
            list(enumerate(pieces)),
            settle_pushed,
            [known] * ranges,
            schema=KEYS,
            progress=progress,
        )

    def press(
        self,
        plans: Sequence[ShardPlan],
        pieces: Sequence[PieceRows],
        progress: Done,
        *,
        size: int,  # noqa: ARG002 - a cluster was asked for, whatever the size
    ) -> Iterator[tuple[Shard, str]]:
        """Send every sentence to its shard; of all tries to write one, that whose result came counts."""
        return self._engine.shuffle(
            partial(push_rows, plans),
            pieces,
            partial(press_pushed, self._store),
            plans,
            schema=rows_schema(plans[0].extra),
            progress=progress,
        )


def _as_given(surveyed: Iterable[Surveyed], tasks: Sequence[SurveyTask]) -> tuple[Surveyed, ...]:
    """Return what came back, each with the task as it was given: what came with it is a declaration for each piece."""
    return tuple(
        replace(one, task=replace(task, spill=one.task.spill)) for one, task in zip(surveyed, tasks, strict=True)
    )


def survey_once_more(task: SurveyTask) -> Surveyed:
    """Survey a piece that others may be surveying too, or have surveyed: the spill has another name each time."""
    own = f"{task.spill.name}-{uuid.uuid4().hex}"
    return survey(replace(task, spill=replace(task.spill, name=own)))


def moves_on(engine: Engine, store: Store) -> Moves:
    """Return the moves for an engine; what they spill and write is in `store`."""
    return ShufflingMoves(engine.cluster, store) if engine.cluster else ReadingMoves(engine, store)


def survey_tasks(
    found: Sequence[tuple[tuple[Piece, ...], str | None]], declaration: Declaration, store: Store
) -> list[SurveyTask]:
    """Return the task of every piece, whose spill is named by its number; of all sources it needs to know its own."""
    bare = replace(declaration, sources=())
    return [
        SurveyTask(
            pieces=own,
            split=split,
            declaration=bare,
            spill=Spill(store, f"spills/{number}", declaration.extra),
        )
        for number, (own, split) in enumerate(found)
    ]


def sentences_of(pieces: Sequence[SpilledPiece]) -> int:
    """Return how many sentences are spilled."""
    return sum(int(piece.cell_ends[-1]) for piece in pieces)
