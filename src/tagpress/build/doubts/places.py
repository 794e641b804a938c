"""Where do the readings stand that are in doubt, and where those that speak against them?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from tagpress.build.doubts.judge import CODES, LEAST, MOST, Doubts, Kind, wilson
from tagpress.build.doubts.names import INSIDE, LEFT, OUTSIDE, edge_tokens, entities_of
from tagpress.build.doubts.placed import EXAMPLES, Line, Place, PlacedDoubts
from tagpress.build.doubts.readings import WantedNames, found_in
from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.doubts.sought import Sought
from tagpress.build.shard_plan import PieceRows
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.name_loops import span_keys
from tagpress.columnar.types import Array, Bools, Hashes, Integers, Ints
from tagpress.store import Store

_COUNTS: Final = 10  # as many places with the other reading count as one where something speaks for what stands there
_READINGS: Final = 1 << 20  # more than there are
_BITS: Final = 40  # more than the number of a line has


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceTask:
    """
    A piece, its number, and what to look for in it.

    Names and doubts stand in a store, where every worker reads them.
    """

    rows: PieceRows
    piece: int
    store: Store
    names: str
    sought: str


@dataclass(frozen=True, slots=True)
class _Hits:
    """Tokens where something stands, of some size: `what` is a doubt, or a name."""

    what: Integers
    token: Integers
    size: Integers

    def only(self, which: Array) -> "_Hits":
        return _Hits(self.what[which], self.token[which], self.size[which])


def places_of(task: PlaceTask) -> PlacedDoubts:
    """Find in a piece what is in doubt."""
    sentences, wanted = sentences_of(task.rows), WantedNames.load(task.store, task.names)
    sought = Sought.load(task.store, task.sought)
    doubts = sought.doubts
    number, reading, token = found_in(sentences, wanted)
    names = _Hits(number, token, wanted.sizes[number])
    inside, outside = _at_edges(sentences, sought)
    doubtful = _joined(_with_reading(names, reading, doubts, doubts.reading), inside)
    usual = _joined(_with_reading(names, reading, doubts, doubts.usual), outside)
    less = wilson(doubts.others / _COUNTS, doubts.weighed)
    scores = np.where(_less(sentences, doubtful, sought), less[doubtful.what], doubts.score[doubtful.what])
    left = _once(doubtful, scores, doubts)
    doubtful, scores = doubtful.only(left), scores[left]
    codes = np.array([CODES[Kind(kind)] for kind in doubts.kind.tolist()], dtype=object)[doubtful.what]
    sure = scores >= sought.least[doubts.kind[doubtful.what]]
    return PlacedDoubts(
        places=tuple(_surest(sentences, task, doubtful.only(sure), scores[sure], codes[sure])),
        counts=Counter(codes.tolist()),
        examples=_examples(sentences, task, usual),
        names=_texts(sentences, names, sought.named),
    )


def _with_reading(names: _Hits, reading: Integers, doubts: Doubts, wanted: Integers) -> _Hits:
    """Return the places of names that have the `wanted` reading of a doubt; a place may have that of several."""
    rows = np.flatnonzero(doubts.kind != Kind.EDGE)
    asked = doubts.name[rows].astype(np.int64) * _READINGS + wanted[rows]
    order = np.argsort(asked, kind="stable")
    there = names.what.astype(np.int64) * _READINGS + reading
    low, high = (np.searchsorted(asked[order], there, side=side) for side in ("left", "right"))
    hits = np.repeat(np.arange(len(there)), high - low)
    nth = np.arange(len(hits)) - np.repeat(np.cumsum(high - low) - (high - low), high - low)
    return _Hits(rows[order[low[hits] + nth]], names.token[hits], names.size[hits])


def _at_edges(sentences: PieceSentences, sought: Sought) -> tuple[_Hits, _Hits]:
    """Return the entities that begin or end with a word in doubt, and those that it stands outside of."""
    rows = np.flatnonzero(sought.doubts.kind == Kind.EDGE)
    spans = entities_of(sentences)
    sides: dict[int, list[_Hits]] = {INSIDE: [], OUTSIDE: []}
    for (edge, side), (tokens, entities) in edge_tokens(spans).items():
        own = rows[sought.doubts.reading[rows] == edge]
        words = sought.words[sought.doubts.name[own]]
        order = np.argsort(words, kind="stable")
        same = _among(sentences.hashes[tokens], words[order])
        at, of = np.searchsorted(words[order], sentences.hashes[tokens[same]]), entities[same]
        sides[side].append(_Hits(own[order[at]], spans.begins[of], (spans.ends - spans.begins)[of]))
    return _joined(*sides[INSIDE]), _joined(*sides[OUTSIDE])


def _joined(*some: _Hits) -> _Hits:
    return _Hits(*(np.concatenate([getattr(one, name) for one in some]) for name in _Hits.__slots__))


def _less(sentences: PieceSentences, hits: _Hits, sought: Sought) -> Bools:
    """
    Tell for which hits something speaks for what stands there.

    A name without a tag, and with a capital, beside another such word may be part of a longer name; a tagged name with a
    capital in mid-sentence may be one, though the word mostly is none; a word may belong to an entity that it nowhere stands
    right outside of.
    """
    kind, token = sought.doubts.kind[hits.what], hits.token
    row = rows_at(sentences.bounds, token)
    capital, first = sentences.capitals[token], sentences.bounds[row]
    left = _named_word(sentences, token - 1, token - 1 > first)
    right = _named_word(sentences, token + hits.size, token + hits.size < sentences.bounds[row + 1])
    edge = np.where(sought.doubts.reading[hits.what] == LEFT, token, token + hits.size - 2)[kind == Kind.EDGE]
    whole = np.zeros(len(token), dtype=np.bool_)
    whole[kind == Kind.EDGE] = ~_among(span_keys(sentences.hashes, edge, edge + 2), sought.divided)
    found: Bools = (
        capital & (kind == Kind.GAP) & (left | right) | capital & (kind == Kind.NAME) & (token > first) | whole
    )
    return found


def _among(keys: Hashes, known: Hashes) -> Bools:
    """Tell which keys are known; those that are stand sorted."""
    at = np.searchsorted(known, keys)
    there = at < len(known)
    there[there] = known[at[there]] == keys[there]
    return there


def _once(hits: _Hits, scores: Array, doubts: Doubts) -> Ints:
    """Return the hits that are sure enough; of several that say the same of the same tokens, the surest."""
    code = [*dict.fromkeys(CODES.values())]
    codes = np.array([code.index(CODES[kind]) for kind in Kind])[doubts.kind[hits.what]]
    order = np.lexsort((hits.what, -scores, codes, hits.size, hits.token))
    columns = [column[order] for column in (codes, hits.size, hits.token)]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    found: Ints = np.sort(order[new & (scores[order] >= LEAST)])
    return found


def _named_word(sentences: PieceSentences, tokens: Integers, there: Bools) -> Bools:
    """Tell which tokens have a capital and no tag; those that are not `there` have none."""
    at = np.where(there, tokens, 0)
    found: Bools = there & sentences.capitals[at] & (sentences.labels[at] == 0)
    return found


def _surest(sentences: PieceSentences, task: PlaceTask, hits: _Hits, scores: Array, codes: Array) -> Iterator[Place]:
    row = rows_at(sentences.bounds, hits.token)
    order = np.lexsort((hits.what, hits.token, sentences.lines[row], -scores))
    for code in sorted(set(codes.tolist())):
        for i in order[codes[order] == code][:MOST].tolist():
            at = int(row[i])
            yield Place(
                score=float(scores[i]),
                doubt=int(hits.what[i]),
                path=task.rows.piece.path,
                line=int(sentences.lines[at]),
                token=int(hits.token[i] - sentences.bounds[at]) + 1,
                words=_words(sentences, hits, i),
                key=sentences.keys[at].tobytes().hex(),
                piece=task.piece,
                row=at,
            )


def _words(sentences: PieceSentences, hits: _Hits, i: int) -> tuple[str, ...]:
    return tuple(sentences.tokens.slice(int(hits.token[i]), int(hits.size[i])).to_pylist())


def _examples(sentences: PieceSentences, task: PlaceTask, hits: _Hits) -> dict[int, tuple[Line, ...]]:
    """Return the first lines of the piece where each doubt's other reading stands."""
    lines = sentences.lines[rows_at(sentences.bounds, hits.token)]
    # One sort of numbers takes a tenth of one of rows.
    both = np.sort(hits.what.astype(np.int64) << _BITS | lines)
    both = both[np.diff(both, prepend=-1) != 0]
    what, lines = both >> _BITS, both & ((1 << _BITS) - 1)
    nth = np.arange(len(what)) - np.searchsorted(what, what)
    found: dict[int, tuple[Line, ...]] = {}
    for doubt, line in zip(what[nth < EXAMPLES].tolist(), lines[nth < EXAMPLES].tolist(), strict=True):
        found[doubt] = (*found.get(doubt, ()), (task.rows.piece.path, line))
    return found


def _texts(sentences: PieceSentences, names: _Hits, wanted: Ints) -> dict[int, str]:
    number, first = np.unique(names.what, return_index=True)
    some = np.isin(number, wanted)
    return {
        name: " ".join(_words(sentences, names, i))
        for name, i in zip(number[some].tolist(), first[some].tolist(), strict=True)
    }
