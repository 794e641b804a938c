"""The doubts of a corpus that was read: those of each of its layers, and sentences that are nearly the same."""

from collections.abc import Callable
from functools import partial

from tagpress.build.doubts.class_layer import class_doubts
from tagpress.build.doubts.copies import SURE, CopyTask, other_copies
from tagpress.build.doubts.found import FoundDoubts, quiet
from tagpress.build.doubts.judge import LEAST, MOST
from tagpress.build.doubts.layers import Looked, looked_at
from tagpress.build.doubts.one_layer import layer_doubts
from tagpress.build.doubts.words import note_of_copy
from tagpress.build.moves import SETTLE_ROWS, sentences_of
from tagpress.build.read_all import Reading, by_piece
from tagpress.build.repeated import SettleTask
from tagpress.corpus.problem_table import ProblemTable
from tagpress.corpus.splits import LINE
from tagpress.engine import Engine
from tagpress.store import Store


def find_doubts(reading: Reading, engine: Engine, store: Store, lowest: float = LEAST) -> FoundDoubts:
    """Return what is in doubt in a corpus, with no score below `lowest`; `store` is reached by every worker."""
    looked = looked_at(reading.declaration)
    if not looked or not reading.pieces:
        return FoundDoubts()
    parts = [_looks(layer)(layer, reading, engine, store, lowest) for layer in looked]
    return FoundDoubts.joined([*parts, _copies(reading, engine, lowest)])


def _looks(layer: Looked) -> Callable[[Looked, Reading, Engine, Store, float], FoundDoubts]:
    return class_doubts if layer.classes else layer_doubts


def _copies(reading: Reading, engine: Engine, lowest: float) -> FoundDoubts:
    look = partial(engine.map, size=reading.size)
    copies = [found for some in look(other_copies, _copy_tasks(reading), quiet) for found in some]
    if lowest > SURE:
        return FoundDoubts(less_sure={"doubtful-copy": len(copies)} if copies else {})
    said = copies[:MOST]
    rows = [(one.here.piece, one.here.row) for one in said]
    notes = reading.settled.each_published([*map(note_of_copy, said)], rows)
    left = len(copies) - len(notes)
    return FoundDoubts(ProblemTable.of(notes), {"doubtful-copy": left} if left else {})


def _copy_tasks(reading: Reading) -> list[CopyTask]:
    declaration, pieces = reading.declaration, reading.pieces
    ranges = 1 + sentences_of(pieces) // SETTLE_ROWS
    rejected = {piece: frozenset(rows) for piece, rows in by_piece(reading.settled.rejected).items()}
    return [
        CopyTask(
            settle=SettleTask(
                pieces=pieces,
                rule=declaration.splits,
                policies=declaration.policies,
                low=LINE * number // ranges,
                high=LINE * (number + 1) // ranges,
            ),
            layers=looked_at(declaration),
            rejected=rejected,
        )
        for number in range(ranges)
    ]
