"""What does a note say: what was found, what the corpus says elsewhere, and where?"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.build.declaration import Declaration
from tagpress.build.doubts.copies import SURE, OtherCopy
from tagpress.build.doubts.judge import TYPES_FROM, Doubts, Kind
from tagpress.build.doubts.layers import Looked
from tagpress.build.doubts.placed import Line, Places, code_names, code_numbers
from tagpress.build.doubts.splits import OtherUse
from tagpress.columnar.edge_loops import LEFT
from tagpress.corpus.place import placed
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy
from tagpress.corpus.problem_table import ProblemTable, shared, texts
from tagpress.corpus.problems import SEVERITY, Problem, counted, few, quoted

_KEY: Final = 32  # hex digits of a key
_SUREST: Final = 0.0001  # what is left of doubt in a note; a fault has none
# What is found, behind the name, and what was expected.
_SAID: Final = {
    Kind.TYPE: (" as {reading}", "{usual}"),
    Kind.GAP: (" without a tag", "{usual}"),
    Kind.NAME: (" as {reading}", "no tag"),
    Kind.PART: (" not tagged as one", "one {usual}"),
    Kind.WHOLE: (" as one {reading}", "only a part of it tagged"),
    Kind.EDGE: (" with {word} in it", "{word} outside, as it stands {side} an entity"),
    Kind.BEFORE: (" as {reading}", "{usual} behind {word}"),
    Kind.BEHIND: (" as {reading}", "{usual} before {word}"),
    Kind.ALONE: (" as {reading}", "{usual}"),
}
# What stands where there is no word beside a token.
_EDGES: Final = {Kind.BEFORE: "the beginning", Kind.BEHIND: "the end"}


def notes_of_places(
    places: Places, doubts: Doubts, examples: Mapping[int, Sequence[Line]], layer: Looked
) -> ProblemTable:
    """
    Return the notes of places in doubt; the id of each is the sentence's key.

    `examples` has by the number of a doubt what speaks against it. Whose a note is, is said by piece and row.
    """
    known, first, which = np.unique(places.doubt, return_index=True, return_inverse=True)
    words = places.word.take(pa.array(first)).to_pylist()  # at an edge that is what the doubt is about
    said = [
        _said(at, word, doubts, examples.get(at, ()), layer) for at, word in zip(known.tolist(), words, strict=True)
    ]
    found = [
        f"{quoted(text)}{said[doubt][0]}, at token {token}{said[doubt][1]}"
        for text, token, doubt in zip(places.text.to_pylist(), places.token.tolist(), which.tolist(), strict=True)
    ]
    codes, keys, every = code_names(), places.key.tobytes().hex(), np.zeros(len(which), dtype=np.int64)
    code = code_numbers()[doubts.kind[places.doubt]]
    return ProblemTable.of_columns(
        {
            "doubt": pa.array(np.maximum(np.round(1 - places.score, 4), _SUREST)),
            "path": shared(places.paths, places.file),
            "line": pa.array(places.line),
            "col": pa.array(every + 1),
            "code": shared(codes, code),
            "severity": shared([SEVERITY[Policy.NOTE]], every),
            "found": texts(found),
            "expected": shared([expected for _, _, expected in said], which),
            "hint": shared([RULES[one].hint for one in codes], code),
            "sentence": pa.array(places.line),
            "id": texts(keys[start : start + _KEY] for start in range(0, len(keys), _KEY)),
            "piece": pa.array(places.piece),
            "row": pa.array(places.row),
        }
    )


def _said(at: int, edge: str | None, doubts: Doubts, examples: Sequence[Line], layer: Looked) -> tuple[str, str, str]:
    """Return what the notes of a doubt say behind the name, behind the token, and of what is expected."""
    kind = Kind(int(doubts.kind[at]))
    reading, usual = (
        layer.types[int(values[at]) - TYPES_FROM] if kind != Kind.EDGE and values[at] >= TYPES_FROM else ""
        for values in (doubts.reading, doubts.usual)
    )
    word = _EDGES.get(kind, "") if edge is None else quoted(edge)
    side = "before" if doubts.reading[at] == LEFT else "behind"
    found, expected = (text.format(reading=reading, usual=usual, word=word, side=side) for text in _SAID[kind])
    more = int(doubts.here[at]) - 1
    also = f", as in {counted(more, 'other place')}" if more else ""
    such = ", ".join(placed(other, line) for other, line in examples)
    others = f", as in {counted(int(doubts.others[at]), 'place')}{such and f' such as {such}'}"
    return found, f"{layer.called}{also}", expected + others


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
