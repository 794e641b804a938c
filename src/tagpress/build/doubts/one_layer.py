"""The doubts of one layer of a corpus: three looks at every piece, and what they add up to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np

from tagpress.build.doubts.asked import AskedReadings
from tagpress.build.doubts.counted import Counted, together
from tagpress.build.doubts.found import FoundDoubts, added_up, notes_of, quiet
from tagpress.build.doubts.judge import FAINTEST, Doubts, doubtful_edges, doubtful_readings, surest
from tagpress.build.doubts.layers import LayerTask, Looked
from tagpress.build.doubts.names import Names, added_names, names_of
from tagpress.build.doubts.placed import counted_kinds
from tagpress.build.doubts.places import PlaceTask, places_of
from tagpress.build.doubts.readings import ReadTask, WantedNames, added_readings, readings_of
from tagpress.build.doubts.sought import Sought
from tagpress.build.doubts.splits import OtherUse, other_uses
from tagpress.build.doubts.words import note_of_use
from tagpress.build.read_all import Reading
from tagpress.columnar.types import Hashes
from tagpress.corpus.problem_table import ProblemTable
from tagpress.engine import Engine
from tagpress.store import Store

_WANTED: Final = "doubts/wanted.arrow"
_SOUGHT: Final = "doubts/sought.arrow"


def layer_doubts(layer: Looked, reading: Reading, engine: Engine, store: Store, lowest: float) -> FoundDoubts:
    """Return what is in doubt in a layer, with no score below `lowest`; what one look tells the next is in `store`, which every worker reaches."""
    tasks = [LayerTask(layer, rows, store) for rows in reading.rows()]
    look = partial(engine.map, size=reading.size)
    names = added_names(list(look(names_of, tasks, quiet)))
    keys = together([names.names.keys])  # [number of a name]
    edges = doubtful_edges(names.edges, min(lowest, FAINTEST))
    faint, edges = edges.only(edges.score < lowest), edges.only(edges.score >= lowest)
    WantedNames.of(names, keys, edges, lowest).save(store, _WANTED)
    hits = [f"doubts/hits-{number}.arrow" for number in range(len(tasks))]
    reads = [ReadTask(one, _WANTED, own) for one, own in zip(tasks, hits, strict=True)]
    readings = added_readings(names, keys, list(look(readings_of, reads, quiet)))
    last = _last_look(names, keys, (edges, faint), readings, lowest)
    last.sought.save(store, _SOUGHT)
    looks = [PlaceTask(one, own, _SOUGHT) for one, own in zip(tasks, hits, strict=True)]
    placed = list(look(places_of, looks, quiet))
    texts = {number: text for one in placed for number, text in one.names.items()}
    notes = [
        notes_of(layer, reading, placed, last.sought.doubts, last.sought.asked.usual),
        _notes_of_uses(layer, reading, last.uses, texts),
    ]
    counts = [*(one.counts for one in placed), last.passed, {"doubtful-split": len(last.uses)}]
    less_sure = added_up([last.less_sure, *(one.less_sure for one in placed)])
    return FoundDoubts.of(ProblemTable.joined(notes), added_up(counts), less_sure)


@dataclass(frozen=True, slots=True)
class _LastLook:
    """What the last look seeks, and what is not sought: by code, as many places; and those that are less sure than was asked for."""

    sought: Sought
    uses: tuple[OtherUse, ...]
    passed: Mapping[str, int]
    less_sure: Mapping[str, int]


def _last_look(names: Names, keys: Hashes, edges: tuple[Doubts, Doubts], readings: Counted, lowest: float) -> _LastLook:
    """Choose what is sought; of the `edges` in doubt come those that are sure enough, and the others."""
    sure, faint = edges
    words = replace(sure, name=len(keys) + sure.name)  # words are numbered behind the names
    every = doubtful_readings(readings, len(keys), min(lowest, FAINTEST))
    chosen = surest(every.only(every.score >= lowest).joined(words), lowest)
    less = every.only(every.score < lowest).joined(faint)
    uses = other_uses(names.names, np.searchsorted(keys, names.names.keys), min(lowest, FAINTEST))
    told = tuple(use for use in uses if use.score >= lowest)
    return _LastLook(
        sought=Sought(
            doubts=chosen.doubts,
            asked=AskedReadings.of(chosen.doubts, len(keys) + len(names.edges.keys)),
            least=chosen.least,
            lowest=np.array([lowest]),
            named=np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(use.names for use in told)])),
        ),
        uses=told,
        passed=chosen.passed,
        less_sure=counted_kinds(less.kind, less.here) + Counter({"doubtful-split": len(uses) - len(told)}),
    )


def _notes_of_uses(layer: Looked, reading: Reading, uses: Sequence[OtherUse], names: Mapping[int, str]) -> ProblemTable:
    return ProblemTable.of(
        note_of_use(use, [names[name] for name in use.names.tolist()], layer, reading.declaration) for use in uses
    )
