"""Which tokens does each span touch? A span that can touch none rightly is a fault."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from tagpress.columnar.text_loops import tokens_of_spans
from tagpress.columnar.types import Bools, Integers, Ints
from tagpress.corpus.problems import quoted
from tagpress.read.marks import Marks, TokenPlaces, longest
from tagpress.read.spans.notes import Note, Notes
from tagpress.read.spans.record import Span, SpanColumns, places_of
from tagpress.read.spans.texts import HALF, Texts

_SHOWN: Final = 40  # characters of a value that a message shows as they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """
    Where tokens begin and stop in the code points of all texts, the record and the sentence of each, and its byte in the piece.

    `bytes` are where they begin and stop in the UTF-8 of all texts.
    """

    begin: Ints
    stop: Ints
    record: Ints
    sentence: Ints
    at: Integers
    bytes: tuple[Ints, Ints]

    def in_sentences(self, sentence: Ints) -> "Tokens":
        """Return the same tokens in other sentences."""
        return replace(self, sentence=sentence)


Locate = Callable[[Ints], Ints]
"""Returns the bytes of some spans, by their numbers."""


def lay(
    texts: Texts, tokens: Tokens, spans: SpanColumns, at: Ints, notes: Notes, *, locate: Locate | None = None
) -> Marks:
    """
    Return spans beside their tokens, and note those that are broken; `at` are the bytes of the records.

    Where a span stands is looked for with `locate`, if that is given, for those that a message may name.
    """
    owner, whole = spans.owner, spans.each or ()
    begin, stop = (texts.points_at(owner, places_of(each)) for each in (spans.begin, spans.stop))
    where = at[owner]
    if whole:
        own_at = np.array([span.at for span in whole], dtype=np.int64)
        where = np.where(own_at < 0, where, own_at)
    touching = np.empty((len(owner), 4), dtype=np.int64)
    ends = np.searchsorted(tokens.begin, texts.bounds)
    tokens_of_spans((owner, begin, stop), (tokens.begin, tokens.stop), ends, touching)
    outer, inner = touching[:, :2], touching[:, 2:]
    said = _of_themselves(texts, spans, owner, begin, stop)
    touched = (outer[:, 0] < outer[:, 1]) & (begin >= 0) & (stop >= 0)
    first, last = _sentences(tokens, outer, touched)
    fits = touched & (_taken(tokens.begin, outer[:, 0]) == begin) & (_taken(tokens.stop, outer[:, 1] - 1) == stop)
    torn = touched & (first != last)
    bad = ~touched | torn
    bad[list(said)] = True
    if locate is not None:
        loose = ~bad & ~fits
        over = _overlap(outer, ~bad)
        if loose.any():  # then policies decide which of them overlap
            over |= _overlap(outer, ~bad & fits)
        named = np.flatnonzero(bad | loose | over)
        where[named] = locate(named)
    for number in np.flatnonzero(bad).tolist():
        words = said.get(number) or ("reaches over the end of a sentence" if torn[number] else "has no token in it")
        own, span = (int(first[number]), int(last[number])), spans.span(number)
        message = f"the annotation {_name(span)}, which {words}"
        notes.add(Note("broken-annotation", int(owner[number]), int(where[number]), message, *own, span.line or -1))
    sound = np.flatnonzero(~bad)
    kinds = pa.array(
        (str(spans.type[one]) for one in sound.tolist()) if bad.any() or whole else spans.type, pa.string()
    )
    types = kinds.dictionary_encode()
    return Marks(
        sentence=first[sound],
        outer=outer[sound],
        inner=inner[sound],
        fits=fits[sound],
        type=types.indices.to_numpy().astype(np.int64),
        types=tuple(types.dictionary.to_pylist()),
        names=tuple(whole[one].name for one in sound.tolist()) if any(span.name for span in whole) else (),
        line=np.array([span.line for span in whole], dtype=np.int64)[sound] if whole else np.zeros_like(sound),
        at=where[sound],
        record=owner[sound],
        place=np.stack([begin, stop], axis=1)[sound] - texts.bounds[owner[sound]][:, None],
        texts=texts.each,
        tokens=TokenPlaces(tokens.begin, tokens.stop, texts.bounds),
    )


def _overlap(outer: Ints, sound: Bools) -> Bools:
    """Return which spans have a longer one over them, of those that are sound."""
    rows = np.flatnonzero(sound)
    found = np.zeros(len(outer), dtype=np.bool_)
    found[rows] = longest(outer[rows]) >= 0
    return found


def _taken(values: Ints, index: Ints) -> Ints:
    """Return values at places, and -1 at those that are outside."""
    inside = (index >= 0) & (index < len(values))
    return np.where(inside, values[np.where(inside, index, 0)], -1) if len(values) else np.full_like(index, -1)


def _sentences(tokens: Tokens, outer: Ints, touched: np.typing.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Return the sentences of the first and of the last token of each span; -1 where it touches none."""
    first, last = _taken(tokens.sentence, outer[:, 0]), _taken(tokens.sentence, outer[:, 1] - 1)
    return np.where(touched, first, -1), np.where(touched, last, -1)


def _of_themselves(texts: Texts, spans: SpanColumns, owner: Ints, begin: Ints, stop: Ints) -> dict[int, str]:
    """Return what is wrong with spans by themselves; those of which nothing can be wrong are not looked at."""
    odd = (begin < 0) | (stop <= begin)
    looked = set(np.flatnonzero(odd).tolist()) | {
        number
        for number, one in enumerate(spans.each or ())
        if one.fault or one.said is not None or type(one.type) is not str or not one.type or HALF.search(one.type)
    }
    found = {}
    for number in sorted(looked):
        record = int(owner[number])
        places = begin[number] - texts.bounds[record], stop[number] - texts.bounds[record]
        words = _wrong(spans.span(number), int(begin[number]), int(stop[number]), texts.each[record], places)
        if words:
            found[number] = words
    return found


def _wrong(span: Span, first: int, last: int, text: str, places: tuple[int, int]) -> str:
    """Return what is wrong with a span at a place of all texts, and of its own; or nothing."""
    if span.fault:
        return span.fault
    if first < 0 or last < 0:
        return "points at no place in its text"
    if last <= first:
        return "ends where it begins" if first == last else "ends before it begins"
    if type(span.type) not in {str, int} or span.type == "":
        return "has no label"
    if HALF.search(str(span.type)):
        return "has half a character in its label"
    return _other_text(span.said, text[places[0] : places[1]]) if span.said is not None else ""


def _other_text(said: str, own: str) -> str:
    """Say that a tool's text of a span is not that of its place; how white space is written is nobody's fault."""
    if said == own or _bare(said) == _bare(own):
        return ""
    return f"says {quoted(said)}, and {quoted(own)} stands there"


def _bare(text: str) -> str:
    return "".join(text.replace("\\n", "").replace("\\r", "").replace("\\t", "").split())


def _name(span: Span) -> str:
    return span.name or f"{_shown(span.type)} {_shown(span.begin)}-{_shown(span.stop)}"


def _shown(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value of a span as a message can show it."""
    try:
        text = str(value)
    except RecursionError:  # it was read nearer to the limit than it is shown
        return "what is nested too deeply"
    return text if text.isprintable() and len(text) <= _SHOWN else quoted(text)
