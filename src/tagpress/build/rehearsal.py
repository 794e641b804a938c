"""
What does a worker do for the first time with its first piece? A build of three sentences, to have it done before.

What is compiled is fetched from disk when a loop is first called, and pyarrow looks which libraries there are when it first
makes an array of NumPy's: a third of a second for each worker, four times as long as its first piece takes.
"""

from pathlib import Path
from typing import Final

import numpy as np

from tagpress.build.declaration import Declaration
from tagpress.build.repeated import SettleTask, SpilledPiece
from tagpress.build.settle import settle
from tagpress.build.shard import Shard, press_shard, shard_task
from tagpress.build.shard_plan import PieceRows, shard_plans
from tagpress.build.spill import Spill
from tagpress.build.survey import SurveyTask, survey
from tagpress.corpus.splits import LINE, GivenSplits
from tagpress.read.columns import Columns
from tagpress.read.pieces import Piece
from tagpress.read.sources.source import Source
from tagpress.store import Folder

# Two sentences that are nearly the same, with white space in a token, and one that is rejected for its tag and is no ASCII.
_SENTENCES: Final = "A\tB-X\nb c\tI-X\n\na\tO\nB C\tO\n\nÄ\tI-X\n"
_SPLIT: Final = "train"


def rehearse(folder: Path) -> Shard:
    """
    Survey, settle and press three sentences in a folder.

    Raises:
        OSError: nothing can be written there.

    """
    path, store = folder / "source.txt", Folder(folder)
    path.write_text(_SENTENCES, encoding="utf-8")
    declaration = Declaration(
        name="rehearsal",
        version="1.0.0",
        description="",
        entity_types={"X": ""},
        dialect=Columns(),
        sources=(),
        splits=GivenSplits(names=(_SPLIT,)),
        script=path,
    )
    source = Source(path=str(path), name=path.name, doc_id=path.stem, size=path.stat().st_size)
    found = survey(
        SurveyTask(pieces=(Piece(source),), split=_SPLIT, declaration=declaration, spill=Spill(store, "sentences"))
    )
    piece = SpilledPiece(
        spill=found.task.spill,
        files=found.piece_files,
        lines=0,
        positions=0,
        doc_ids=found.doc_ids,
        doc_ranks=np.arange(len(found.doc_ids)),
        cell_ends=found.cell_ends,
    )
    settle(SettleTask(pieces=(piece,), rule=declaration.splits, policies=declaration.policies, low=0, high=LINE))
    rows = PieceRows(piece=piece, rows=range(int(piece.cell_ends[-1])), rejected=np.zeros(0, dtype=np.int64), copies={})
    (plan,) = shard_plans({_SPLIT: 1}, declaration, [rows])
    return press_shard(shard_task(plan, [rows], store, "shard.parquet"))
