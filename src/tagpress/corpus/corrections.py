"""
What does somebody correct in a corpus? A line of JSON for each sentence and layer, which says what it expects to find.

    {"id": "b8b0318aceeb4e83d8ba10412cd3096a", "tokens": ["EU", "rejects"], "before": [[0, 1, "MISC"]],
     "after": [[0, 1, "Organisation"]], "who": "Ada", "why": "the EU is no nationality", "source": "guidelines, 3.2"}

`before` and `after` are all spans of the sentence in the layer, half-open in its tokens. The id is that of its text, so a
correction of a text that is no more finds nothing, and says so; copies of a text have one id, and `before` says which is meant.
Lines about one sentence may follow each other: each goes on from what the one before it left.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from tagpress.corpus.careful_json import load_json
from tagpress.corpus.identity import sentence_key
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.problems import few, quoted

Span: TypeAlias = tuple[int, int, str]
Spans: TypeAlias = tuple[Span, ...]

BROKEN: Final = "broken-correction"
CONFLICTING: Final = "conflicting-correction"
NEEDLESS: Final = "needless-correction"
_ID: Final = re.compile(r"[0-9a-f]{32}(-[1-9]\d*)?")
_SPAN_PARTS: Final = 3
_SPANS: Final = ("before", "after")
_TEXTS: Final = ("id", "who", "why", "source", "layer", "config")
_REQUIRED: Final = ("id", "before", "after", "who", "why")
_FIELDS: Final = (*_REQUIRED, "layer", "tokens", "source", "config")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One correction; `line` is where it stands, `tokens` are the sentence's where it says them, as a person reads them."""

    line: int = 0
    id: str
    layer: str = MAIN
    before: Spans
    after: Spans
    who: str
    why: str
    source: str = ""
    tokens: tuple[str, ...] = ()
    config: str = ""

    @property
    def key(self) -> str:
        """Return the key of the sentence's text in hex, which all of its copies have."""
        return self.id.partition("-")[0]

    @property
    def subject(self) -> tuple[str, str, str]:
        """Return what it is about: two corrections of one subject follow each other, or disagree."""
        return self.config, self.key, self.layer

    def to_line(self) -> bytes:
        """Return the line of a file of corrections."""
        fields: dict[str, Any] = {
            "id": self.id,
            "config": self.config,
            "layer": "" if self.layer == MAIN else self.layer,
        }
        fields |= {"tokens": self.tokens, "before": self.before, "after": self.after}
        fields |= {"who": self.who, "why": self.why, "source": self.source}
        told = {name: value for name, value in fields.items() if value or name in _REQUIRED}
        return json.dumps(told, ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class CorrectionFault:
    """What is wrong with a line of a file of corrections, by its problem code."""

    line: int
    code: str = BROKEN
    found: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """
    A file of corrections: the lines that can be tried, in order, and what is wrong with the others.

    `name` is what messages call the file. `by_key` has the corrections of each sentence and layer, in order.
    """

    name: str = ""
    items: tuple[Correction, ...] = ()
    faults: tuple[CorrectionFault, ...] = ()
    by_key: Mapping[str, Mapping[str, Sequence[Correction]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, dict[str, list[Correction]]] = {}
        for one in self.items:
            found.setdefault(one.key, {}).setdefault(one.layer, []).append(one)
        object.__setattr__(self, "by_key", found)


def read_corrections(data: bytes) -> tuple[tuple[Correction, ...], tuple[CorrectionFault, ...]]:
    """Read a file of corrections; empty lines are passed over, and what disagrees or repeats is a fault."""
    found = [_read(line, number) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    items = [one for one in found if isinstance(one, Correction)]
    faults = [one for one in found if isinstance(one, CorrectionFault)]
    more = list(_disagreeing(items))
    wrong = {one.line for one in more}
    return tuple(one for one in items if one.line not in wrong), tuple(sorted([*faults, *more]))


def _read(line: bytes, number: int) -> Correction | CorrectionFault:
    try:
        document = load_json(line)
    except ValueError as error:
        return CorrectionFault(
            line=number, found=f"a line that is not JSON: {error}", expected="one JSON object a line"
        )
    fault = next(_wrong_fields(document), "") or next(_wrong_content(document), "")
    if fault:
        return CorrectionFault(line=number, found=fault)
    before, after = (tuple(sorted((start, end, kind) for start, end, kind in document[name])) for name in _SPANS)
    texts = {name: document[name] for name in _TEXTS if name in document}
    return Correction(line=number, tokens=tuple(document.get("tokens", ())), before=before, after=after, **texts)


def _wrong_fields(document: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(document, dict):
        yield f"a line that is {quoted(json.dumps(document, ensure_ascii=False))}, and no object"
        return
    missing = [name for name in _REQUIRED if name not in document]
    if missing:
        yield f"a correction without {few(missing)}"
    unknown = [name for name in document if name not in _FIELDS]
    if unknown:
        yield f"a correction with {few(unknown)}, which nothing reads; its fields are {', '.join(_FIELDS)}"


def _wrong_content(document: Mapping[str, Any]) -> Iterator[str]:
    for name in _TEXTS:
        if name in document and (
            not isinstance(document[name], str) or (name in _REQUIRED and not document[name].strip())
        ):
            yield f"{name} that is {quoted(json.dumps(document[name], ensure_ascii=False))}"
            return
    if not _ID.fullmatch(document["id"]):
        yield f"the id {quoted(document['id'])}, which is none of a sentence"
    for name in _SPANS:
        yield from _wrong_spans(name, document[name])
    if sorted(map(tuple, document["before"])) == sorted(map(tuple, document["after"])):
        yield "a correction that changes nothing"
    yield from _wrong_tokens(document)


def _wrong_spans(name: str, spans: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if not isinstance(spans, list):
        yield f"{name} that is no list of spans"
        return
    for span in spans:
        is_span = (
            isinstance(span, list)
            and len(span) == _SPAN_PARTS
            and all(type(place) is int for place in span[:2])
            and isinstance(span[2], str)
        )
        if not is_span or not 0 <= span[0] < span[1]:
            yield f"{quoted(json.dumps(span, ensure_ascii=False))} in {name}, which is no span [start, end, type]"
            return
    if len({tuple(span) for span in spans}) < len(spans):
        yield f"a span twice in {name}"


def _wrong_tokens(document: Mapping[str, Any]) -> Iterator[str]:
    tokens = document.get("tokens")
    if tokens is None:
        return
    if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
        yield "tokens that are no list of texts"
    elif sentence_key(tokens).hex() != document["id"].partition("-")[0]:
        yield f"tokens that are not those of the id: {quoted(' '.join(tokens))}"
    else:
        beyond = [span for name in _SPANS for span in document[name] if span[1] > len(tokens)]
        if beyond:
            yield f"the span {beyond[0]} in a sentence of {len(tokens)} tokens"


def _disagreeing(items: Sequence[Correction]) -> Iterator[CorrectionFault]:
    """Yield the corrections that say of the same spans something else, or the same, as an earlier line."""
    seen: dict[tuple[object, ...], Correction] = {}
    for one in items:
        earlier = seen.setdefault((*one.subject, one.before), one)
        if earlier is one:
            continue
        if earlier.after == one.after:
            yield CorrectionFault(line=one.line, code=NEEDLESS, found=f"what line {earlier.line} says already")
        else:
            what = f"{shown(one.after)} by {one.who}, and line {earlier.line} makes it {shown(earlier.after)} by {earlier.who}"
            yield CorrectionFault(line=one.line, code=CONFLICTING, found=what)


def shown(spans: Spans) -> str:
    """
    Return spans as messages and the command line have them.

    >>> shown(((0, 1, "MISC"), (3, 5, "Person"))), shown(())
    ('0:1=MISC 3:5=Person', 'no span')

    """
    return " ".join(f"{start}:{end}={kind}" for start, end, kind in spans) or "no span"


APPLIED: Final = "applied"
ALREADY: Final = "already"
OTHER: Final = "other"


def followed(chain: Sequence[Correction], spans: Spans) -> tuple[Spans, tuple[str, ...]]:
    """
    Return what a sentence has after the corrections of a layer, in their order, and what became of each of them.

    One is applied where it finds what it expects; what comes before the first of those, or all of them where the sentence has
    what the last one makes of it, is so already.
    """
    begin = next((place for place, one in enumerate(chain) if one.before == spans), None)
    if begin is None:
        outcome = ALREADY if chain[-1].after == spans else OTHER
        return spans, (outcome,) * len(chain)
    outcomes = [ALREADY] * begin
    for one in chain[begin:]:
        outcomes.append(APPLIED if one.before == spans else OTHER)
        spans = one.after if one.before == spans else spans
    return spans, tuple(outcomes)


def undone(chain: Sequence[Correction], spans: Spans) -> Spans:
    """Return what a sentence had before corrections that were applied."""
    for one in reversed(chain):
        spans = one.before if one.after == spans else spans
    return spans


def merged(first: Sequence[Correction], second: Sequence[Correction]) -> tuple[list[Correction], list[CorrectionFault]]:
    """Return the corrections of two files behind each other, each once; lines of faults count through both."""
    items: list[Correction] = []
    seen: dict[tuple[object, ...], Correction] = {}
    faults = []
    for one in (*first, *second):
        earlier = seen.setdefault((*one.subject, one.before), one)
        if earlier is one:
            items.append(one)
        elif earlier.after != one.after:
            faults.append(CorrectionFault(line=one.line, code=CONFLICTING, found=_both(earlier, one)))
    return items, faults


def _both(one: Correction, other: Correction) -> str:
    text = f" ({quoted(' '.join(one.tokens))})" if one.tokens else ""
    return f"{one.id}{text}: {shown(one.before)} becomes {shown(one.after)} by {one.who}, and {shown(other.after)} by {other.who}"
