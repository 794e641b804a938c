"""Where do the readings stand that are in doubt, and where those that speak against them?"""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.build.doubts.asked import AskedReadings
from tagpress.build.doubts.judge import FAINTEST, Doubts, Kind, wilson
from tagpress.build.doubts.layers import LayerTask
from tagpress.build.doubts.placed import PlacedDoubts, code_numbers, counted_kinds, first_lines_of
from tagpress.build.doubts.readings import Hits
from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.doubts.sought import Sought
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.edge_loops import LEFT
from tagpress.columnar.types import Array, Bools, Ints

_COUNTS: Final = 10  # as many places with the other reading count as one where something speaks for what stands there
_SPOKEN: Final = np.isin(
    np.array(Kind), (Kind.GAP, Kind.NAME, Kind.EDGE)
)  # [kind]: whether that makes a place less sure


@dataclass(frozen=True, slots=True)
class PlaceTask:
    """A layer of a piece, the names that were found there, and what to look for; both stand in the store."""

    layer: LayerTask
    hits: str
    sought: str


@dataclass(frozen=True, slots=True)
class _Spots:
    """Where something stands that is asked for: its number, sentence, first token, how many it has, and whether something speaks for it."""

    what: Ints
    row: Ints
    token: Ints
    size: Ints
    spoken: Bools

    def only(self, which: Array) -> "_Spots":
        return _Spots(*(getattr(self, name)[which] for name in self.__slots__))


def places_of(task: PlaceTask) -> PlacedDoubts:
    """Find in a piece what is in doubt."""
    sentences = sentences_of(task.layer.rows, task.layer.rows.piece.spill.map_sentences())
    hits, sought = Hits.load(task.layer.store, task.hits), Sought.load(task.layer.store, task.sought)
    doubts, asked = sought.doubts, sought.asked
    spots = _asked_for(hits, asked)
    reading, lines = first_lines_of(*_speaking(sentences, spots, hits, asked), len(asked.doubts))
    spots = spots.only(asked.doubts[spots.what] >= 0)
    spots = replace(spots, what=asked.doubts[spots.what])
    less = wilson(doubts.others / _COUNTS, doubts.weighed)
    spoken = spots.spoken & _SPOKEN[doubts.kind[spots.what]]
    scores = np.where(spoken, less[spots.what], doubts.score[spots.what])
    lowest = float(sought.lowest[0])
    left = _once(spots, scores, doubts, min(lowest, FAINTEST))
    spots, scores = spots.only(left), scores[left]
    kinds = doubts.kind[spots.what]
    sure = scores >= sought.least[kinds]
    return PlacedDoubts(
        counts=counted_kinds(kinds[scores >= lowest]),
        less_sure=counted_kinds(kinds[scores < lowest]),
        reading=reading,
        lines=lines,
        names=_texts(sentences, hits, sought.named),
        **_columns(sentences, spots.only(sure), scores[sure], doubts),
    )


def _asked_for(hits: Hits, asked: AskedReadings) -> _Spots:
    what = asked.numbers(hits.numbers, hits.readings)
    found = np.flatnonzero(what >= 0)
    numbers, rows, tokens, sizes = (
        column[found].astype(np.int64) for column in (what, hits.rows, hits.tokens, hits.sizes)
    )
    return _Spots(numbers, rows, tokens, sizes, hits.spoken[found].astype(np.bool_))


def _speaking(sentences: PieceSentences, spots: _Spots, hits: Hits, asked: AskedReadings) -> tuple[Ints, Ints]:
    """Return the readings that speak against another, and lines where they stand; of those without a type the first ones."""
    typed = np.flatnonzero(asked.speaks[spots.what])
    what = asked.numbers(hits.untyped, hits.untyped_readings)
    untyped = np.flatnonzero(what >= 0)
    untyped = untyped[asked.speaks[what[untyped]]]
    first, second = hits.lines.reshape(2, -1)[:, untyped]
    rows = spots.row[typed]
    return (
        np.concatenate([spots.what[typed], what[untyped], what[untyped]]),
        np.concatenate([sentences.lines[rows], first, second]),
    )


def _once(spots: _Spots, scores: Array, doubts: Doubts, lowest: float) -> Ints:
    """Return the places that are sure enough; of several that say the same of the same tokens, the surest."""
    codes = code_numbers()[doubts.kind[spots.what]]
    order = np.lexsort((spots.what, -scores, codes, spots.size, spots.token))
    columns = [column[order] for column in (codes, spots.size, spots.token)]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    found: Ints = np.sort(order[new & (scores[order] >= lowest)])
    return found


def _columns(sentences: PieceSentences, spots: _Spots, scores: Array, doubts: Doubts) -> dict[str, Any]:
    """Return what is said of each place."""
    last = doubts.reading[spots.what] != LEFT
    bounds = bounds_of(spots.size)
    every = np.arange(bounds[-1]) - np.repeat(bounds[:-1] - spots.token, spots.size)
    words = pa.ListArray.from_arrays(pa.array(bounds.astype(np.int32)), sentences.tokens.take(pa.array(every)))
    return {
        "score": scores,
        "doubt": spots.what,
        "line": sentences.lines[spots.row],
        "token": spots.token - sentences.bounds[spots.row] + 1,
        "row": spots.row,
        "key": sentences.keys[spots.row],
        "text": pc.binary_join(words, " "),
        "word": sentences.tokens.take(pa.array(spots.token + np.where(last, spots.size - 1, 0))),
    }


def _texts(sentences: PieceSentences, hits: Hits, wanted: Ints) -> dict[int, str]:
    """Return the texts of some names, by their number."""
    some = np.flatnonzero(np.isin(hits.numbers, wanted)) if len(wanted) else wanted
    number, first = np.unique(hits.numbers[some], return_index=True)
    found = {}
    for name, i in zip(number.tolist(), some[first].tolist(), strict=True):
        found[name] = " ".join(sentences.tokens.slice(int(hits.tokens[i]), int(hits.sizes[i])).to_pylist())
    return found
