"""The doubts of a corpus that was read: those of each of its layers, and sentences that are nearly the same."""

from collections import Counter
from functools import partial

from tagpress.build.doubts.copies import SURE, CopyTask, other_copies
from tagpress.build.doubts.judge import LEAST, MOST
from tagpress.build.doubts.layers import looked_at
from tagpress.build.doubts.one_layer import FoundDoubts, layer_doubts, quiet
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
    parts = [layer_doubts(layer, reading, engine, store, lowest) for layer in looked]
    parts.append(_copies(reading, engine, lowest))
    left, less = (
        dict(sorted(sum(map(Counter, counts), Counter[str]()).items()))
        for counts in ([one.left_out for one in parts], [one.less_sure for one in parts])
    )
    return FoundDoubts(ProblemTable.joined(one.notes for one in parts), left, less)


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
