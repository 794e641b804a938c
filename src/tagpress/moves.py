"""
The three moves of a build, on whatever engine there is: survey the pieces, settle the keys, press the shards.

Both ways call the same pure functions. They differ in how rows come to where they are wanted: where every worker reaches
every spill, a range of each is read; where the engine shuffles, each piece is read once and its rows are sent.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from tagpress.copies import SettleTask, SpilledPiece
from tagpress.declaration import Declaration
from tagpress.engine import Done, Engine, Shuffling
from tagpress.push import KEYS, Range, press_pushed, push_keys, push_rows, rows_schema, settle_pushed
from tagpress.read.pieces import Piece
from tagpress.settle import Settled, settle
from tagpress.shard import PieceRows, Shard, ShardPlan, press_shard, shard_task
from tagpress.shared import require_shared
from tagpress.spill import Spill
from tagpress.split import LINE
from tagpress.survey import Surveyed, SurveyTask, survey

# Sentences in a range of keys that is settled at once: about 100 MB of keys.
SETTLE_ROWS: Final = 1_000_000
# The same where they are sent, with everything that may be asked about them.
SENT_ROWS: Final = 250_000


class Moves(Protocol):
    """The moves; `size` is everywhere how many bytes of source they are about."""

    @property
    def engine(self) -> Engine:
        """What runs them."""
        ...

    def survey(
        self, found: Sequence[tuple[Piece, str | None]], declaration: Declaration, progress: Done, *, size: int
    ) -> tuple[Surveyed, ...]:
        """Read and spill every piece; each comes with the split that it was given, if any."""
        ...

    def settle(
        self, pieces: tuple[SpilledPiece, ...], declaration: Declaration, progress: Done, *, size: int
    ) -> Iterator[Settled]:
        """Settle all keys, in ranges."""
        ...

    def press(
        self, plans: Sequence[ShardPlan], pieces: Sequence[PieceRows], build: Path, progress: Done, *, size: int
    ) -> Iterator[Shard]:
        """Write every shard of a build."""
        ...


class ReadingMoves:
    """The moves of an engine whose workers all reach the folder of the spills."""

    def __init__(self, engine: Engine, spills: Path) -> None:
        self.engine = engine
        self._spills = spills

    def survey(
        self, found: Sequence[tuple[Piece, str | None]], declaration: Declaration, progress: Done, *, size: int
    ) -> tuple[Surveyed, ...]:
        """Read every piece and leave its spill in the folder."""
        tasks = survey_tasks(found, declaration, self._spills)
        return tuple(self.engine.map(survey, tasks, progress, size=size))

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
        return self.engine.map(settle, tasks, progress, size=size)

    def press(
        self, plans: Sequence[ShardPlan], pieces: Sequence[PieceRows], build: Path, progress: Done, *, size: int
    ) -> Iterator[Shard]:
        """Write every shard from rows that are read from all spills."""
        tasks = [shard_task(plan, pieces, build) for plan in plans]
        return self.engine.map(press_shard, tasks, progress, size=size)


class ShufflingMoves:
    """The moves of an engine that sends rows; its workers and this process share the folder `scratch`."""

    engine: Shuffling

    def __init__(self, engine: Shuffling, scratch: Path) -> None:
        self.engine = engine
        self._scratch = scratch

    def survey(
        self, found: Sequence[tuple[Piece, str | None]], declaration: Declaration, progress: Done, *, size: int
    ) -> tuple[Surveyed, ...]:
        """Read every piece and leave its spill in the folder, under a name that only the result knows."""
        require_shared(self.engine, self._scratch, list(dict.fromkeys(piece.source for piece, _ in found)))
        tasks = survey_tasks(found, declaration, self._scratch)
        return tuple(self.engine.map(survey_once_more, tasks, progress, size=size))

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
        known = Range(rule=declaration.splits, policies=declaration.policies, paths=[piece.path for piece in pieces])
        return self.engine.shuffle(
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
        build: Path,
        progress: Done,
        *,
        size: int,  # noqa: ARG002 - a cluster was asked for, whatever the size
    ) -> Iterator[Shard]:
        """Send every sentence to its shard; of all tries to write one, that whose result came is moved to its place."""
        tries = self._scratch / "tries"
        tries.mkdir()
        pressed = self.engine.shuffle(
            partial(push_rows, plans),
            pieces,
            partial(press_pushed, tries),
            plans,
            schema=rows_schema(plans[0].extra),
            progress=progress,
        )
        for shard, written in pressed:
            written.replace(build / shard.path)
            yield shard


def survey_once_more(task: SurveyTask) -> Surveyed:
    """Survey a piece that others may be surveying too, or have surveyed: the spill has another name each time."""
    spill = task.spill
    own = uuid.uuid4().hex
    sentences, keys = (path.with_suffix(f".{own}.arrow") for path in (spill.sentences, spill.keys))
    return survey(replace(task, spill=replace(spill, sentences=sentences, keys=keys)))


def moves_on(engine: Engine, scratch: Path) -> Moves:
    """Return the moves for an engine; what they spill is in `scratch`."""
    return ShufflingMoves(engine, scratch) if isinstance(engine, Shuffling) else ReadingMoves(engine, scratch)


def survey_tasks(found: Sequence[tuple[Piece, str | None]], declaration: Declaration, folder: Path) -> list[SurveyTask]:
    """Return the task of every piece, whose spill is named in the folder by its number."""
    return [
        SurveyTask(
            piece=piece,
            split=split,
            declaration=declaration,
            spill=Spill(folder / f"{number}-sentences.arrow", folder / f"{number}-keys.arrow", declaration.extra),
        )
        for number, (piece, split) in enumerate(found)
    ]


def sentences_of(pieces: Sequence[SpilledPiece]) -> int:
    """Return how many sentences are spilled."""
    return sum(int(piece.cell_ends[-1]) for piece in pieces)
