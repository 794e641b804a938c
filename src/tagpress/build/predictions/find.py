"""The labels of a corpus that a model's predictions speak against."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.parts import ConfigPart
from tagpress.build.predictions.judge import Judged, judge
from tagpress.build.predictions.layers import Predicted, predicted_layer
from tagpress.build.predictions.read import read_predictions, refuse_faults
from tagpress.build.read_all import Reading
from tagpress.build.spilled_rows import SpilledRows, published
from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Ints
from tagpress.corpus.identity import row_id
from tagpress.corpus.predictions import Predictions, PredictionsUsed
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import Problem, counted, few, problem, quoted

CODE: Final = "doubtful-label"
MOST: Final = 1_000
"""Notes that are made; how many more there are is said."""
_SUREST: Final = 0.0001  # what is left of doubt in a note; a fault has none
_HINT: Final = (
    "predict for the sentences of this release: the id of each is that of its row, and changes with its tokens"
)


@dataclass(frozen=True, slots=True)
class FoundByPredictions:
    """Notes, the surest first, how many are left out, and what became of the predictions."""

    notes: tuple[Problem, ...]
    left_out: Mapping[str, int]
    used: PredictionsUsed


@dataclass(frozen=True, slots=True)
class _Run:
    """Tokens in doubt beside each other in a sentence, from the place of the first, and how sure the surest of them is."""

    score: float
    row: int
    begin: int
    end: int


def find_by_predictions(reading: Reading, path: Path, layer: str | None = None) -> FoundByPredictions:
    """
    Return the labels of what is published that a file of predictions speaks against; those of a layer if one is named.

    Raises:
        UsageError: the file cannot be read, or has predictions that do not fit.
        NotInstalledError: cleanlab is wanted, and not installed.

    """
    of = predicted_layer(reading.declaration, layer)
    predictions = read_predictions(path, of.names)
    rows = SpilledRows(reading.pieces)
    by_id = {row_id(key.hex(), copy): row for row, key, copy in published(reading.rows())}
    order, predictions = _in_order(predictions, by_id, rows.sizes(), path)
    taken = of.labels(rows).take(pa.array(order))
    labels, bounds = taken.flatten().to_numpy().astype(np.int64), list_bounds(taken)
    judged = judge(labels, predictions)
    runs = _runs(judged, bounds)
    ids = {row: name for name, row in by_id.items()}
    notes = tuple(_note(run, rows, int(order[run.row]), (of, labels, judged, bounds), ids) for run in runs[:MOST])
    used = PredictionsUsed(
        kind=predictions.kind,
        sentences=len(order),
        published=len(by_id),
        in_doubt=len(runs),
        method=judged.method,
        remarks=(*_unnamed(predictions), *judged.remarks),
    )
    return FoundByPredictions(
        tuple(sorted(notes)), {CODE: len(runs) - len(notes)} if len(runs) > len(notes) else {}, used
    )


def predicted_part(part: ConfigPart, path: Path | None, layer: str | None) -> ConfigPart:
    """Return a configuration with what its predictions speak against in its report; nothing changes where it has no file of them."""
    if path is None:
        return part
    found = find_by_predictions(part.reading, path, layer)
    report = part.report.with_notes(found.notes, found.left_out)
    return replace(part, report=replace(report, predictions=found.used))


def _unnamed(predictions: Predictions) -> tuple[str, ...]:
    return (f"no prediction names {few(predictions.unnamed)}",) if predictions.unnamed else ()


def _in_order(predictions: Predictions, by_id: Mapping[str, int], sizes: Ints, path: Path) -> tuple[Ints, Predictions]:
    """Return the rows that have predictions, ascending, and their predictions: no order of the file changes anything."""
    faults = []
    rows = np.array([by_id.get(name, -1) for name in predictions.ids], dtype=np.int64)
    for number, row in enumerate(rows.tolist()):
        name, place, length = predictions.ids[number], predictions.places[number], int(predictions.lengths[number])
        if row < 0:
            faults.append(f"{place}: found the id {name}, and no sentence that is published has it")
        elif sizes[row] != length:
            faults.append(f"{place}: found {counted(length, 'token')} of {name}, which has {int(sizes[row]):,}")
    refuse_faults(path, faults, _HINT)
    order = np.argsort(rows, kind="stable")
    bounds = bounds_of(predictions.lengths)
    tokens = np.concatenate([np.arange(bounds[one], bounds[one + 1]) for one in order.tolist()])
    return rows[order], replace(predictions, values=predictions.values[tokens])


def _runs(judged: Judged, bounds: Ints) -> list[_Run]:
    """Return the tokens in doubt in runs, the surest first: a name is not noted for each of its tokens."""
    by_token = np.argsort(judged.tokens, kind="stable")
    tokens, scores = judged.tokens[by_token], judged.scores[by_token]
    rows = rows_at(bounds, tokens)
    goes_on = (np.diff(tokens, prepend=-2) == 1) & (np.diff(rows, prepend=-1) == 0)
    begins = np.flatnonzero(~goes_on)
    ends = np.append(begins, len(tokens))[1:]
    runs = [
        _Run(float(scores[begin:end].max()), int(rows[begin]), int(tokens[begin]), int(tokens[end - 1]) + 1)
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)
    ]
    return sorted(runs, key=lambda run: (-run.score, run.begin))


def _note(
    run: _Run,
    rows: SpilledRows,
    row: int,
    known: tuple[Predicted, Ints, Judged, Ints],
    ids: Mapping[int, str],
) -> Problem:
    of, labels, judged, bounds = known
    first = run.begin - int(bounds[run.row])
    tokens = rows.tokens(row)[first : first + run.end - run.begin]
    path, line = rows.path_and_line(row)
    here, better = (
        " ".join(of.names[one] for one in some[run.begin : run.end].tolist()) for some in (labels, judged.better)
    )
    made = problem(
        CODE,
        Policy.NOTE,
        path=path,
        place=(line, 1),
        found=f"{quoted(' '.join(tokens))} as {here}, at token {first + 1}{of.called}",
        expected=f"{better}, as predicted",
    )
    doubt = min(max(1 - run.score, _SUREST), 1 - _SUREST)
    return replace(made, doubt=doubt, sentence=line, id=ids[row])
