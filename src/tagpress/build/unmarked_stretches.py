"""
Which long stretches of a corpus have no entity, where chance would not leave one out for so long?

Texts are annotated one after the other, and exports have all of them: what nobody has come to yet looks like text in which
there is nothing to mark. Where sentences have an entity as often as all others do, and independently, a stretch without one of
so many sentences comes by chance once in so many corpora; texts that differ make it more likely, so that the limit is far away.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log10
from operator import itemgetter
from typing import Final

from tagpress.build.marked import LEAST
from tagpress.build.read_all import Reading
from tagpress.corpus.place import placed
from tagpress.corpus.problems import Problem, problem

CODE: Final = "unmarked-stretch"
_CHANCE: Final = -12  # log10 of how often it comes; the longest of 28 real files came to -8
_SURE: Final = 0.99  # share of sentences with an entity, at most, for reckoning


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Sentences of which none has an entity, and the places of the first and the last."""

    sentences: int
    first: tuple[str, int]
    last: tuple[str, int]


def unmarked_stretches(reading: Reading) -> Iterator[Problem]:
    """Report each stretch at its first sentence; files follow each other by name, whatever the order in which they were given."""
    files = [file.unmarked for one in reading.surveyed for file in one.files]
    every, marked = sum(one.sentences for one in files), sum(one.marked for one in files)
    for stretch in _stretches(reading):
        others = every - stretch.sentences
        if marked and stretch.sentences >= LEAST and _by_chance(stretch.sentences, marked / others, every) <= _CHANCE:
            path, line = stretch.first
            yield problem(
                CODE,
                reading.declaration.policies[CODE],
                path=path,
                place=(line, 1),
                found=f"{stretch.sentences:,} sentences without an entity, to {placed(*stretch.last)}; "
                f"of the other {others:,}, {marked:,} have one",
            )


def _by_chance(sentences: int, share: float, every: int) -> float:
    """Return log10 of how many such stretches a corpus of `every` sentences has, if chance makes them."""
    return sentences * log10(1 - min(share, _SURE)) + log10(every)


def _stretches(reading: Reading) -> Iterator[_Stretch]:
    """Yield stretches in the order of sources and lines, those that go on in the next piece as one."""
    parts = [
        (file.piece.source.name, file.piece.start, file.unmarked, piece.lines)
        for one, piece in zip(reading.surveyed, reading.pieces, strict=True)
        for file in one.files
    ]
    going: _Stretch | None = None
    for path, _, found, lines in sorted(parts, key=itemgetter(0, 1)):
        columns = (found.start, found.stop, found.first + lines, found.last + lines)
        if going and not (len(found.start) and found.start[0] == 0) and found.sentences:
            yield going
            going = None
        for start, stop, first, last in zip(*(column.tolist() for column in columns), strict=True):
            own = _Stretch(stop - start, (path, first), (path, last))
            if going:
                own = replace(own, sentences=going.sentences + own.sentences, first=going.first)
                going = None
            if stop == found.sentences:
                going = own
            else:
                yield own
    if going:
        yield going
