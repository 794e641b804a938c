"""The doubts of a corpus that was read: its three looks at every piece, and what they add up to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from tagpress.build.doubts.copies import CopyTask, OtherCopy, other_copies
from tagpress.build.doubts.judge import MOST, Kind, doubtful_edges, doubtful_readings, surest
from tagpress.build.doubts.names import Counted, Names, added, added_names, names_of
from tagpress.build.doubts.placed import PlacedDoubts, bounded, together
from tagpress.build.doubts.places import PlaceTask, places_of
from tagpress.build.doubts.readings import ReadTask, WantedNames, readings_of
from tagpress.build.doubts.sought import Sought
from tagpress.build.doubts.splits import OtherUse, other_uses
from tagpress.build.doubts.words import note_of_copy, note_of_place, note_of_use
from tagpress.build.moves import SETTLE_ROWS, sentences_of
from tagpress.build.read_all import Reading, by_piece
from tagpress.build.repeated import SettleTask
from tagpress.corpus.problems import Problem
from tagpress.corpus.splits import LINE
from tagpress.engine import Engine
from tagpress.store import Store

_NAMES: Final = "doubts/names.npz"
_CHOSEN: Final = "doubts/chosen.npz"
_SOUGHT: Final = "doubts/sought.npz"


DOUBTS: Final = "labels in doubt are looked for"
"""What is done here, in messages."""


@dataclass(frozen=True, slots=True)
class FoundDoubts:
    """Notes, the surest of each code, and how many of each code were left out."""

    notes: tuple[Problem, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


def find_doubts(reading: Reading, engine: Engine, store: Store) -> FoundDoubts:
    """Return what is in doubt in a corpus; what one look tells the next is in `store`, which every worker reaches."""
    rows = reading.rows()
    if not rows:
        return FoundDoubts()
    names = added_names(list(engine.map(names_of, rows, _quiet, size=reading.size)))
    wanted = WantedNames.of(names.names)
    wanted.save(store, _NAMES)
    reads = [ReadTask(one, store, _NAMES) for one in rows]
    readings = added(list(engine.map(readings_of, reads, _quiet, size=reading.size)))
    last = _last_look(readings, names, wanted)
    last.names.save(store, _CHOSEN)
    last.sought.save(store, _SOUGHT)
    looks = [
        PlaceTask(rows=one, piece=number, store=store, names=_CHOSEN, sought=_SOUGHT) for number, one in enumerate(rows)
    ]
    placed = together(engine.map(places_of, looks, _quiet, size=reading.size))
    copies = [
        found for some in engine.map(other_copies, _copy_tasks(reading), _quiet, size=reading.size) for found in some
    ]
    return _found(reading, placed, copies, last)


def _quiet(done: int, total: int) -> None:
    """Report nothing: a look takes no time to speak of beside reading."""


@dataclass(frozen=True, slots=True)
class _LastLook:
    """What the last look seeks: names that are numbered anew, and what is not sought by code, as many places."""

    sought: Sought
    names: WantedNames
    uses: tuple[OtherUse, ...]
    passed: Mapping[str, int]


def _last_look(readings: Counted, names: Names, wanted: WantedNames) -> _LastLook:
    chosen = surest(doubtful_readings(readings, len(wanted.keys)).joined(doubtful_edges(names.edges)))
    doubts, of_edge = chosen.doubts, chosen.doubts.kind == Kind.EDGE
    uses = other_uses(names.names, np.searchsorted(wanted.keys, names.names.columns[0]))
    named = np.concatenate([np.zeros(0, dtype=np.int64), *(use.names for use in uses)])
    numbers = np.union1d(doubts.name[~of_edge], named)  # [new number]: old number
    renumbered = np.where(of_edge, np.cumsum(of_edge) - 1, np.searchsorted(numbers, doubts.name))
    return _LastLook(
        sought=Sought(
            doubts=replace(doubts, name=renumbered),
            least=chosen.least,
            words=names.edges.columns[0][doubts.name[of_edge]],
            divided=names.divided,
            named=np.searchsorted(numbers, named),
        ),
        names=wanted.only(numbers, names.names),
        uses=tuple(replace(use, names=np.searchsorted(numbers, use.names)) for use in uses),
        passed=chosen.passed,
    )


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
            rejected=rejected,
        )
        for number in range(ranges)
    ]


def _found(reading: Reading, placed: PlacedDoubts, copies: Sequence[OtherCopy], last: _LastLook) -> FoundDoubts:
    declaration, settled, doubts = reading.declaration, reading.settled, last.sought.doubts
    types = declaration.labels.entity_types
    notes = [
        settled.published(
            note_of_place(place, doubts, placed.examples.get(place.doubt, ()), types), (place.piece, place.row)
        )
        for place in bounded(placed.places, doubts)
    ]
    notes += [settled.published(note_of_copy(one, types), (one.here.piece, one.here.row)) for one in copies[:MOST]]
    notes += [note_of_use(use, [placed.names[name] for name in use.names.tolist()], declaration) for use in last.uses]
    found = {"doubtful-copy": len(copies), "doubtful-split": len(last.uses)}
    left = Counter(placed.counts) + Counter(last.passed) + Counter(found) - Counter(note.code for note in notes)
    return FoundDoubts(tuple(sorted(notes)), dict(sorted(left.items())))
