"""
Measure what one machine is left with when a corpus has been surveyed, and what it costs to settle it, by the size of the corpus.

    python tests/bench/settling.py [--megabytes 50 200 1000] [--folder DIR]

What a survey leaves in the process that leads is measured there: its workers are others. Settling is measured in this
process, with as many ranges of keys as a build has, and with eight times as many: every range opens the spill of every
piece, and the difference is what that costs. Of what is `sent`, the tasks of all ranges are pickled.
"""

import argparse
import gc
import os
import pickle
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import synthetic
from measure import _pss, table

from tagpress.build import WARM, moves
from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.build.read_all import _spilled, sources_of
from tagpress.build.repeated import SettleTask, SpilledPiece
from tagpress.build.settle import settle
from tagpress.build.survey import Surveyed
from tagpress.corpus.splits import LINE
from tagpress.engine import LocalEngine
from tagpress.engine.progress import silent
from tagpress.read.pieces import pieces
from tagpress.script.builder import load_script
from tagpress.store import store_of

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "wikiser-small"
SCRIPT = ROOT / "dataset_script" / "software_entities.py"
MORE = 8  # times as many ranges


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was measured of one corpus."""

    megabytes: float
    pieces: int
    keys: int
    problems: int
    held: int  # bytes of memory of this process, for all that was surveyed
    apart: int  # bytes of it for all but problems, pickled
    ranges: int
    seconds: float  # of CPU, to settle
    opening: float  # seconds of CPU to open one spill for one range
    sent: int  # bytes of the tasks

    def row(self) -> tuple[str, ...]:
        """Return the line of the table."""
        return (
            f"{self.megabytes:,.0f} MB",
            f"{self.pieces:,}",
            f"{self.keys:,}",
            f"{self.problems:,}",
            f"{self.held / 1e6:,.1f} MB",
            f"{self.apart / self.pieces:,.0f}",
            f"{self.ranges:,}",
            f"{self.seconds:,.2f}",
            f"{1e6 * self.opening:,.0f}",
            f"{self.sent / 1e3:,.0f} kB",
        )


COLUMNS = (
    "source",
    "pieces",
    "keys",
    "problems",
    "held by the one who leads",
    "bytes a piece, but for problems",
    "ranges",
    "settle, CPU s",
    "to open a spill, us",
    "sent",
)


def measured(declaration: Declaration, scratch: Path) -> Found:
    """Survey with two workers, and settle here."""
    store, _ = store_of(scratch / "store" / "x")
    found = [
        ((piece,), split) for source, split in sources_of(declaration) for piece in pieces(source, declaration.dialect)
    ]
    size = sum(piece.size for (piece,), _ in found)
    with LocalEngine(2, preload=WARM) as engine:
        reading = moves.ReadingMoves(engine, store)
        gc.collect()
        before = _pss(os.getpid())[1]
        surveyed = reading.survey(found, declaration, partial(silent, ""), size=size)
        gc.collect()
        held = _pss(os.getpid())[1] - before
    spilled = _spilled(surveyed)
    ranges = 1 + moves.sentences_of(spilled) // moves.SETTLE_ROWS
    settled(declaration, spilled, 1)  # what is compiled or read for the first time
    seconds, more = (settled(declaration, spilled, times * ranges) for times in (1, MORE))
    return Found(
        megabytes=size / 1e6,
        pieces=len(spilled),
        keys=moves.sentences_of(spilled),
        problems=sum(len(one.problems) for one in surveyed),
        held=held,
        apart=sum(len(pickle.dumps(bare(one))) for one in surveyed),
        ranges=ranges,
        seconds=seconds,
        opening=max(0.0, more - seconds) / ((MORE - 1) * ranges * len(spilled)),
        sent=sum(len(pickle.dumps(task)) for task in tasks(declaration, spilled, ranges)),
    )


def bare(one: Surveyed) -> list[object]:
    """Return what was surveyed without its problems."""
    return [getattr(one, field.name) for field in fields(one) if field.name != "problems"]


def tasks(declaration: Declaration, spilled: tuple[SpilledPiece, ...], ranges: int) -> Sequence[SettleTask]:
    """Return the tasks that settle so many ranges."""
    return [
        SettleTask(
            pieces=spilled,
            rule=declaration.splits,
            policies=declaration.policies,
            low=LINE * number // ranges,
            high=LINE * (number + 1) // ranges,
        )
        for number in range(ranges)
    ]


def settled(declaration: Declaration, spilled: tuple[SpilledPiece, ...], ranges: int) -> float:
    """Settle in so many ranges, and return the CPU seconds."""
    before = time.process_time()
    for task in tasks(declaration, spilled, ranges):
        settle(task)
    return time.process_time() - before


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--folder", type=Path, help="a corpus of synthetic.py, of which the first files are taken")
    options = parser.parse_args()
    lines = []
    for megabytes in options.megabytes:
        with tempfile.TemporaryDirectory(prefix="tagpress-bench-") as scratch:
            made = options.folder or Path(scratch) / "corpus"
            if options.folder is None:
                synthetic.make(options.corpus, made, megabytes)
            files = sorted(map(str, made.glob("*.txt")))[: -(-megabytes * 1_000_000 // synthetic.FILE_BYTES)]
            declaration = load_script(SCRIPT).declaration().with_sources((SourceGlobs(tuple(files), ROOT),))
            lines.append(measured(declaration, Path(scratch)).row())
    print(table(COLUMNS, lines))


if __name__ == "__main__":
    main()
