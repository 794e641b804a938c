"""
The dialect of brat: a text, and beside it a file of annotations that point into it by character.

The text is cut into tokens and sentences by two patterns, and every token keeps its place. An annotation that has gaps,
or whose own text is not what stands at its place, is a fault of the sentence; what else may be wrong with it is the same as
with any span of characters (`spans`).
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import ClassVar, Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.loops import lines_before
from tagpress.columnar.types import Integers, Ints
from tagpress.corpus.problems import few, quoted
from tagpress.errors import UsageError
from tagpress.read.account import LineAccount, count, total
from tagpress.read.marks import SentenceTexts, labelled, tag_names
from tagpress.read.pair import unpair
from tagpress.read.parsed import Parsed, bad_bytes, gather, list_array, merge
from tagpress.read.sources import text
from tagpress.read.sources.text import Text
from tagpress.read.spans.lay import Tokens, lay
from tagpress.read.spans.notes import Notes
from tagpress.read.spans.record import Placed, Record, Span, batch_of
from tagpress.read.spans.texts import UNITS, texts_of
from tagpress.read.spans.tokenise import CLASSES, FILE, SPACY, check, cut_texts, described

# T1 <tab> Type 0 5 <tab> text; a gap is written 0 5;8 12
_ENTITY: Final = re.compile(
    r"(?P<name>T\d+)\t(?P<type>\S+) (?P<spans>\d{1,15} \d{1,15}(?:;\d{1,15} \d{1,15})*)\t(?P<text>.*)"
)


_OTHERS: Final = {
    "R": "relations",
    "E": "events",
    "A": "attributes",
    "M": "modifications",
    "N": "normalisations",
    "#": "notes",
    "*": "equivalences",
}
_NOTES: Final = ("annotations", "unread", "faulty", "blank")

_Sentence = tuple[tuple[int, int], list[tuple[int, int]]]  # its bounds, and those of each token


@dataclass(frozen=True, slots=True, kw_only=True)
class Standoff:
    r"""
    A text file and its `.ann` file, as brat writes them.

    `token` is a pattern of what is a token, or a rule of `Spans` ("words", "whitespace", "spacy:en"), `between` a pattern of
    what stands between sentences; the text that is no token is left out. Entities are read, everything else that brat can note is
    counted.

    `units` says how its offsets count, as with `Spans`.

    Raises UsageError for a pattern that is none.
    """

    token: str = r"\w+|[^\w\s]"  # noqa: S105 - a pattern, no secret
    between: str = r"\n"
    units: str = "codepoints"
    encoding: str = "utf-8"
    scheme: ClassVar[str] = "IOB2"
    joiner: ClassVar[str] = "-"
    beside: ClassVar[str] = ".ann"
    has_tags: ClassVar[bool] = True
    has_ids: ClassVar[bool] = False
    has_text: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        if self.units not in UNITS:
            raise UsageError(f"units={self.units!r} is unknown", f"use one of {', '.join(map(repr, UNITS))}")
        if self.token == FILE:
            raise UsageError(
                f"token={self.token!r}, and a text has no tokens of its own", "leave it out, or give a rule"
            )
        if _is_named(self.token):
            check(self.token)
        for name in ("between",) if _is_named(self.token) else ("token", "between"):
            pattern = getattr(self, name)
            try:
                empty = re.compile(pattern).match("") is not None
            except re.error as error:
                raise UsageError(f"{name}={pattern!r} is no regular expression: {error}", "see Python's re") from error
            if empty:
                raise UsageError(f"{name}={pattern!r} matches nothing at all", "give a pattern that takes a character")

    @property
    def tokenisation(self) -> dict[str, str]:
        """Return how texts are cut, as the release names it."""
        return described(self.token) | {"sentences": self.between}

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a text and its annotations, which are one by `pair`."""
        source, beside, _ = unpair(data)
        decoded = text.decode(source, self.encoding, start=start)
        characters = decoded.characters
        notes = text.decode(beside, self.encoding)
        lines = notes.characters.split("\n")
        parsed = _parsed(decoded, characters, sentences_in(self, characters), lines, self.units)
        account = total([_text_account(decoded, parsed.token_at), _notes_account(notes, lines)])
        return replace(
            parsed, account=account, aside=Counter(_OTHERS[line[0]] for line in lines if line[:1] in _OTHERS)
        )

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: annotations count from the beginning of their text."""


def sentences_in(dialect: Standoff, source: str) -> list[_Sentence]:
    """Return each sentence: its own bounds, and those of its tokens; text without a token is no sentence."""
    gaps = [match.span() for match in re.finditer(dialect.between, source)]
    begins, stops = [0, *(stop for _, stop in gaps)], [*(begin for begin, _ in gaps), len(source)]
    lines = list(zip(begins, stops, strict=True))
    if _is_named(dialect.token):
        found = _cut_lines(dialect.token, source, lines)
    else:
        token = re.compile(dialect.token)
        found = [[match.span() for match in token.finditer(source, begin, stop)] for begin, stop in lines]
    both = zip(lines, found, strict=True)
    return [((begin, _without_return(source, stop)), tokens) for (begin, stop), tokens in both if tokens]


def _is_named(rule: str) -> bool:
    return rule in CLASSES or rule.startswith(SPACY)


def _cut_lines(rule: str, source: str, lines: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Return where the tokens of each part of a text begin and stop, by a rule that has a name."""
    texts = texts_of([source[begin:stop] for begin, stop in lines], "codepoints")
    found = cut_texts(rule, texts)
    begin, stop = found.begin, found.stop
    line = np.searchsorted(texts.bounds, begin, side="right") - 1
    shift = np.array([first for first, _ in lines], dtype=np.int64)[line] - texts.bounds[line]
    places = list(zip((begin + shift).tolist(), (stop + shift).tolist(), strict=True))
    ends = np.searchsorted(begin, texts.bounds).tolist()
    return [places[first:last] for first, last in pairwise(ends)]


def _without_return(source: str, stop: int) -> int:
    """Return where a line stops that ends before the character at `stop`: its carriage return belongs to the line end."""
    return stop - (source[max(stop - 1, 0) : stop + 1] == "\r\n")


def _annotations(lines: list[str], source: str, places: Ints, units: Ints | None) -> Iterator[Span]:
    """
    Yield the entities, and whatever is written like nothing that brat knows.

    `places` are the bytes of characters, and `units` count what stands before each, if offsets do not count characters.
    """
    points = range(len(source) + 1) if units is None else units.tolist()
    for number, line in enumerate(lines, 1):
        match = _ENTITY.fullmatch(line.removesuffix("\r"))
        if match:
            spans = [[int(place) for place in span.split()] for span in match["spans"].split(";")]
            begin, stop = spans[0][0], spans[-1][1]
            first, last = (min(bisect_left(points, place), len(source)) for place in (begin, stop))
            own = _in_a_line(source[first:last])
            fault = "has gaps" if len(spans) > 1 else ""
            if not fault and own != _in_a_line(match["text"]):
                fault = f"says {quoted(match['text'])}, and {quoted(own)} stands there"
            name = few([f"{match['name']} ({match['type']} {match['spans']})"])
            at = int(places[first])
            yield Span(begin, stop, match["type"], at=at, fault=fault, name=name, line=number)
        elif line.strip() and line[:1] not in _OTHERS:
            fault, at = "is written like nothing that brat knows", int(places[0])
            yield Span(None, None, None, at=at, fault=fault, name=quoted(line), line=number)


def _in_a_line(piece: str) -> str:
    """Return a text as brat shows it beside its place: a line end is a space."""
    return piece.replace("\r\n", " ").replace("\n", " ")


def _text_account(decoded: Text, token_at: Integers) -> LineAccount:
    """Return what the lines of a text are: with a token, with text that is none, or blank."""
    lengths = decoded.line_lengths()
    lines = decoded.data[decoded.begin :].split(b"\n")[: len(lengths)]
    filled = np.unique(lines_before(np.frombuffer(decoded.data, np.uint8), token_at))
    kinds = np.array([1 if line.strip() else 2 for line in lines], dtype=np.int64)
    kinds[filled] = 0
    return total([count(("text", "unread", "blank"), kinds, lengths), LineAccount({"marks": (0, decoded.mark)})])


def _notes_account(notes: Text, lines: list[str]) -> LineAccount:
    """Return what the lines of annotations are: entities, what brat notes besides, what it does not know, or blank."""
    lengths = notes.line_lengths()
    kinds = np.array([_kind_of_note(line) for line in lines[: len(lengths)]], dtype=np.int64)
    return total([count(_NOTES, kinds, lengths), LineAccount({"marks": (0, notes.mark)})])


def _kind_of_note(line: str) -> int:
    if _ENTITY.fullmatch(line.removesuffix("\r")):
        return 0
    return 3 if not line.strip() else 1 if line[:1] in _OTHERS else 2


def _parsed(decoded: Text, characters: str, sentences: list[_Sentence], lines: list[str], units: str) -> Parsed:
    texts, notes = texts_of([characters], units), Notes(whole=False)
    places = texts.bytes + decoded.begin
    spans = np.array(list(chain.from_iterable(own for _, own in sentences)), dtype=np.int64).reshape(-1, 2)
    sizes = np.array([len(own) for _, own in sentences], dtype=np.int64)
    offsets = bounds_of(sizes)
    begin, stop = places[spans.T]
    sentence_at, sentence_stop = begin[offsets[:-1]], stop[offsets[1:] - 1]
    owner = np.repeat(np.arange(len(sizes)), sizes)
    tokens = Tokens(
        begin=spans[:, 0],
        stop=spans[:, 1],
        record=np.zeros_like(owner),
        sentence=owner,
        at=begin,
        bytes=(begin - decoded.begin, stop - decoded.begin),
    )
    record = Record(characters, tuple(_annotations(lines, characters, places, texts.units)))
    marks = lay(texts, tokens, batch_of([Placed(0, 0, record)]).spans, places[:1], notes)
    rows = marks.undisputed
    return Parsed(
        data=decoded.data,
        tokens=list_array(offsets.astype(np.int32), gather(decoded.data, begin, stop)),
        tags=labelled(marks.outer[rows], marks.type[rows], len(begin)),
        tag_names=tag_names(marks.types),
        token_at=begin.astype(np.int32),
        tag_at=begin.astype(np.int32),
        sentence_at=sentence_at.astype(np.int32),
        sentence_stop=sentence_stop.astype(np.int32),
        documents=("",) if sentences else (),
        document=np.zeros(len(sentences), np.int32),
        faults=merge(notes.faults(np.zeros(len(sentences), np.int64)), bad_bytes(decoded, sentence_at, sentence_stop)),
        lines=decoded.data.count(b"\n"),
        annotations=notes.words,
        beside=Standoff.beside,
        text_at=decoded.begin,
        marks=marks,
        texts=SentenceTexts(
            texts=texts.each,
            record=np.zeros(len(sizes), dtype=np.int64),
            place=np.array([bounds for bounds, _ in sentences], dtype=np.int64).reshape(-1, 2),
            tokens=marks.tokens,
        ),
    )
