"""A corpus as the subject of a page, as it was read for a check: with every fault, and without a build."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build import WARM, spill
from tagpress.build.account import account_for
from tagpress.build.advice import better_dialect
from tagpress.build.declaration import Declaration
from tagpress.build.doubts.find import find_doubts
from tagpress.build.doubts.layers import require_spans
from tagpress.build.moves import moves_on
from tagpress.build.parts import full_report
from tagpress.build.read_all import Reading, read_corpus
from tagpress.build.shard_counts import shard_counts
from tagpress.build.shard_plan import PieceRows
from tagpress.build.workplace import spill_store
from tagpress.columnar.arrays import list_bounds
from tagpress.corpus.identity import row_id
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.numbers import unspilled
from tagpress.corpus.place import placed
from tagpress.corpus.splits import CELLS
from tagpress.engine import LocalEngine
from tagpress.engine.progress import Progress
from tagpress.export.rows import Rows
from tagpress.preview.subject import Subject

_BATCH: Final = 2_000  # rows in memory at a time


@contextmanager
def subject_of_corpus(
    declaration: Declaration, *, workers: int | None, doubts: bool, personal_data: bool, progress: Progress
) -> Iterator[Subject]:
    """
    Read a corpus, with its `doubts` and `personal_data` if wanted, and have it as a subject for the block: its sentences stand on disk for as long.

    Raises:
        UsageError: a source cannot be read, or doubts are wanted where there are no spans.
        EngineError: a worker died.

    """
    declaration = replace(declaration, personal=declaration.personal or personal_data)
    if doubts:
        require_spans(declaration)
    with spill_store() as spills, LocalEngine(workers, preload=WARM) as engine:
        reading = read_corpus(declaration, moves_on(engine, spills), progress=progress)
        account = account_for(reading, engine)
        report = full_report(reading, account, shard_counts(reading, account.rows))
        if doubts:
            found = find_doubts(reading, engine, spills)
            report = report.with_notes(found.notes, found.left_out, found.less_sure)
        reasons = Counter(reason for entry in account.rejected for reason in entry["reasons"])
        yield Subject(
            name=declaration.title,
            version=declaration.version,
            label_names=declaration.labels.published,
            layers=declaration.layer_columns,
            config="" if declaration.is_unnamed else declaration.config,
            correctable=MAIN not in declaration.layers,
            sentences=report.splits,
            rejected=report.rejected,
            reasons=dict(sorted(reasons.items())),
            rows=partial(_rows, reading),
            problems=lambda: (found.to_json() for found in report.problems),
            left_out=lambda: account.rejected,
            only_read=True,
            verdict=report.verdict,
            unnoted=report.unnoted,
            advice=better_dialect(declaration.dialect, [*reading.sources], report.problems.counts()),
        )


def _rows(reading: Reading, split: str) -> Iterator[Rows]:
    """Yield the sentences of a split that would be published; where a build has the document, each has its place."""
    declaration = reading.declaration
    number = declaration.splits.names.index(split)
    for piece in reading.rows():
        part = piece.within(range(number * CELLS, (number + 1) * CELLS))
        batch = part.piece.spill.map_sentences()
        for start in range(part.rows.start, part.rows.stop, _BATCH):
            kept = np.setdiff1d(np.arange(start, min(start + _BATCH, part.rows.stop)), part.rejected)
            if len(kept):
                yield _some(part, batch.take(pa.array(kept)), kept.tolist(), declaration, split)


def _some(part: PieceRows, batch: pa.RecordBatch, numbers: list[int], declaration: Declaration, split: str) -> Rows:
    places = map(part.piece.place, spill.numbers(batch, "line").tolist())
    keys = (key.hex() for key in batch["key"].to_pylist())
    bounds = list_bounds(batch["tokens"])
    return Rows(
        split=split,
        labels=declaration.labels,
        ids=[row_id(key, part.copies.get(number, 1)) for key, number in zip(keys, numbers, strict=True)],
        doc_ids=[placed(path, line) for path, line in places],
        tokens=batch["tokens"].flatten(),
        offsets=bounds - bounds[0],
        label_ids=batch["ner_tags"].flatten().to_numpy(),
        layers={
            name: unspilled(batch[spill.extra_name(name)], texts=not layer.names)
            for name, layer in declaration.layer_columns.items()
        },
        kinds=declaration.layer_columns,
    )
