"""
The three moves of a build, on whatever engine there is: survey the pieces, settle the keys, press the shards.

Both ways call the same pure functions. They differ in how rows come to where they are wanted: where every worker reaches
every spill, a range of each is read; where the engine shuffles, each piece is read once and its rows are sent.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from tagpress.copies import SettleTask, SpilledPiece
from tagpress.declaration import Declaration
from tagpress.engine import Done, Engine
from tagpress.read.pieces import Piece
from tagpress.settle import Settled, settle
from tagpress.shard import PieceRows, Shard, ShardPlan, press_shard, shard_task
from tagpress.spill import Spill
from tagpress.split import LINE
from tagpress.survey import Surveyed, SurveyTask, survey

# Sentences in a range of keys that is settled at once: about 100 MB of keys.
SETTLE_ROWS: Final = 1_000_000


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
        tasks = [
            SurveyTask(
                piece=piece, split=split, declaration=declaration, spill=spill_in(self._spills, number, declaration)
            )
            for number, (piece, split) in enumerate(found)
        ]
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


def spill_in(folder: Path, number: int, declaration: Declaration) -> Spill:
    """Return where a piece is spilled in a folder."""
    return Spill(folder / f"{number}-sentences.arrow", folder / f"{number}-keys.arrow", declaration.extra)


def sentences_of(pieces: Sequence[SpilledPiece]) -> int:
    """Return how many sentences are spilled."""
    return sum(int(piece.cell_ends[-1]) for piece in pieces)
