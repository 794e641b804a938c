"""What does a note say: what was found, what the corpus says elsewhere, and where?"""

from collections.abc import Sequence
from typing import Final

from tagpress.build.declaration import Declaration
from tagpress.build.doubts.copies import SURE, OtherCopy
from tagpress.build.doubts.judge import CODES, TYPES_FROM, Doubts, Kind
from tagpress.build.doubts.layers import Looked
from tagpress.build.doubts.placed import Line, Place
from tagpress.build.doubts.splits import OtherUse
from tagpress.columnar.edge_loops import LEFT
from tagpress.corpus.place import placed
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problems import SEVERITY, Problem, counted, few, quoted

_SUREST: Final = 0.0001  # what is left of doubt in a note; a fault has none
_SAID: Final = {
    Kind.TYPE: ("{name} as {reading}", "{usual}"),
    Kind.GAP: ("{name} without a tag", "{usual}"),
    Kind.NAME: ("{name} as {reading}", "no tag"),
    Kind.PART: ("{name} not tagged as one", "one {usual}"),
    Kind.WHOLE: ("{name} as one {reading}", "only a part of it tagged"),
    Kind.EDGE: ("{name} with {word} in it", "{word} outside, as it stands {side} an entity"),
}


def note_of_place(place: Place, doubts: Doubts, examples: Sequence[Line], layer: Looked, path: str) -> Problem:
    """Return the note of one place in doubt; its id is the sentence's key."""
    at = place.doubt
    kind = Kind(int(doubts.kind[at]))
    reading, usual = (
        layer.types[int(values[at]) - TYPES_FROM] if kind != Kind.EDGE and values[at] >= TYPES_FROM else ""
        for values in (doubts.reading, doubts.usual)
    )
    side = "before" if doubts.reading[at] == LEFT else "behind"
    found, expected = (
        text.format(name=quoted(place.text), reading=reading, usual=usual, word=quoted(place.word), side=side)
        for text in _SAID[kind]
    )
    more = int(doubts.here[at]) - 1
    also = f", as in {counted(more, 'other place')}" if more else ""
    such = ", ".join(placed(other, line) for other, line in examples)
    return _note(
        CODES[kind],
        place.score,
        path=path,
        line=place.line,
        key=place.key,
        found=f"{found}, at token {place.token}{layer.called}{also}",
        expected=f"{expected}, as in {counted(int(doubts.others[at]), 'place')}{such and f' such as {such}'}",
    )


def note_of_copy(found: OtherCopy) -> Problem:
    """Return the note of a sentence that another one nearly has with other tags."""
    what = f"{quoted(found.text)} as {found.type}{found.layer.called}"
    return _note(
        "doubtful-copy",
        SURE,
        path=found.here.path,
        line=found.here.line,
        key=found.here.key,
        found=f"nearly the sentence of {found.other.place}, {'without' if found.missing else 'with'} {what}",
        expected=f"the tags of {found.other.place}",
    )


def note_of_use(found: OtherUse, names: Sequence[str], layer: Looked, declaration: Declaration) -> Problem:
    """Return the note of a type that one split uses otherwise than another; it has no place in a source."""
    types, splits = layer.types, declaration.splits.names
    here, other = declaration.called(splits[found.split]), declaration.called(splits[found.other])
    listed = few(map(quoted, names)) + (f" and {found.count - len(names):,} more" if found.count > len(names) else "")
    same = f", and {found.same:,} in both" if found.same else ""
    return _note(
        "doubtful-split",
        found.score,
        path=declaration.script.name,
        line=0,
        key="",
        found=f"{counted(found.count, 'name')} as {types[found.here]} in {here} and {types[found.there]} in {other}{layer.called}{same}: {listed}",
        expected="the same type in both splits",
    )


def _note(code: str, score: float, *, path: str, line: int, key: str, found: str, expected: str) -> Problem:
    return Problem(
        path=path,
        line=line,
        col=1 if line else 0,
        code=code,
        severity=SEVERITY[Policy.NOTE],
        found=found,
        expected=expected,
        hint=RULES[code].hint,
        sentence=line,
        id=key,
        doubt=max(round(1 - score, 4), _SUREST),
    )
