"""
The dialect of brat: a text, and beside it a file of annotations that point into it by character.

The text is cut into tokens and sentences by two patterns, and every token keeps its place. An annotation becomes tags
only if it covers whole tokens of one sentence. One that does not, that has gaps, that overlaps another, or whose own
text is not what stands at its place, is a fault of the sentence; nothing is moved to fit.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.loops import lines_before
from tagpress.columnar.types import Integers
from tagpress.corpus.problems import quoted
from tagpress.errors import UsageError
from tagpress.read.account import LineAccount, count, total
from tagpress.read.pair import unpair
from tagpress.read.parsed import KINDS, NO_SENTENCE, Parsed, bad_bytes, fault_rows, gather, list_array, merge
from tagpress.read.sources import text
from tagpress.read.sources.text import Text

# T1 <tab> Type 0 5 <tab> text; a gap is written 0 5;8 12
_ENTITY: Final = re.compile(r"(?P<name>T\d+)\t(?P<type>\S+) (?P<spans>\d+ \d+(?:;\d+ \d+)*)\t(?P<text>.*)")


# Relations, events, attributes, modifications, normalisations, notes, equivalences.
_OTHERS: Final = tuple("REAMN#*")
_NOTES: Final = ("annotations", "unread", "faulty", "blank")


@dataclass(frozen=True, slots=True)
class _Annotation:
    """
    An annotation: its line from 1, what messages call it, and its place in code points.

    `fault` says what is wrong with it by itself: nothing if it has one span, with its own text.
    """

    line: int
    name: str
    type: str
    begin: int
    stop: int
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standoff:
    r"""
    A text file and its `.ann` file, as brat writes them.

    `token` is a pattern of what is a token, `between` one of what stands between sentences; the text that is no token
    is left out. Entities are read, everything else that brat can note is not.

    Raises UsageError for a pattern that is none.
    """

    token: str = r"\w+|[^\w\s]"  # noqa: S105 - a pattern, no secret
    between: str = r"\n"
    encoding: str = "utf-8"
    scheme: ClassVar[str] = "IOB2"
    joiner: ClassVar[str] = "-"
    beside: ClassVar[str] = ".ann"
    has_ids: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))
        for name in ("token", "between"):
            pattern = getattr(self, name)
            try:
                empty = re.compile(pattern).match("") is not None
            except re.error as error:
                raise UsageError(f"{name}={pattern!r} is no regular expression: {error}", "see Python's re") from error
            if empty:
                raise UsageError(f"{name}={pattern!r} matches nothing at all", "give a pattern that takes a character")

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a text and its annotations, which are one by `pair`."""
        source, beside = unpair(data)
        decoded = text.decode(source, self.encoding, start=start)
        characters = decoded.data[decoded.begin :].decode()
        sentences = _tokens(self, characters)
        notes = text.decode(beside, self.encoding)
        lines = notes.data[notes.begin :].decode().split("\n")
        tags, refused = _tag(sentences, _annotations(lines, characters))
        parsed = _parsed(decoded, characters, sentences, tags, refused)
        return replace(parsed, account=total([_text_account(decoded, parsed.token_at), _notes_account(notes, lines)]))

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: annotations count from the beginning of their text."""


def _tokens(dialect: Standoff, source: str) -> list[list[tuple[int, int]]]:
    """Return where the tokens of each sentence begin and stop; text without a token is no sentence."""
    token = re.compile(dialect.token)
    gaps = [match.span() for match in re.finditer(dialect.between, source)]
    begins, stops = [0, *(stop for _, stop in gaps)], [*(begin for begin, _ in gaps), len(source)]
    found = [
        [match.span() for match in token.finditer(source, begin, stop)]
        for begin, stop in zip(begins, stops, strict=True)
    ]
    return [spans for spans in found if spans]


def _annotations(lines: list[str], source: str) -> Iterator[_Annotation]:
    """Yield the entities, and whatever is written like nothing that brat knows."""
    for number, line in enumerate(lines, 1):
        match = _ENTITY.fullmatch(line.removesuffix("\r"))
        if match:
            spans = tuple(tuple(map(int, span.split())) for span in match["spans"].split(";"))
            begin, stop = spans[0][0], spans[-1][1]
            name = f"{match['name']} ({match['type']} {match['spans']})"
            own = source[begin:stop].replace("\n", " ")
            fault = "that has gaps" if len(spans) > 1 else ""
            if not fault and own != match["text"]:
                fault = f"whose text is {quoted(match['text'])}, and {quoted(own)} stands there"
            yield _Annotation(number, name, match["type"], begin, stop, fault)
        elif line.strip() and not line.startswith(_OTHERS):
            yield _Annotation(number, quoted(line), "", -1, -1, "that is written like nothing that brat knows")


def _tag(
    sentences: list[list[tuple[int, int]]], annotations: Iterator[_Annotation]
) -> tuple[list[str], list[tuple[int, _Annotation]]]:
    """Return a tag for each token, and (sentence, annotation with its fault) for each annotation that gives none."""
    owner = [number for number, spans in enumerate(sentences) for _ in spans]
    begins = {begin: i for i, (begin, _) in enumerate(chain.from_iterable(sentences))}
    stops = {stop: i for i, (_, stop) in enumerate(chain.from_iterable(sentences))}
    tags = ["O"] * len(owner)
    names: dict[int, str] = {}
    refused = []
    for annotation in sorted(annotations, key=lambda one: (one.begin, -one.stop, one.line)):
        first, last = begins.get(annotation.begin, -1), stops.get(annotation.stop, -1)
        fault = annotation.fault
        if not fault and not (0 <= first <= last and owner[first] == owner[last]):
            fault = "that does not begin and end with tokens of one sentence"
        other = next((names[token] for token in range(first, last + 1) if token in names), "") if not fault else ""
        if not fault and not other:
            tags[first : last + 1] = [f"B-{annotation.type}", *[f"I-{annotation.type}"] * (last - first)]
            names |= dict.fromkeys(range(first, last + 1), annotation.name)
            continue
        faulty = replace(annotation, fault=fault or f"that overlaps {other}")
        refused += [(sentence, faulty) for sentence in _touched(sentences, annotation)]
    return tags, refused


def _touched(sentences: list[list[tuple[int, int]]], annotation: _Annotation) -> list[int]:
    """Return the sentences that an annotation reaches into, or that it reaches into none."""
    begins = [spans[0][0] for spans in sentences]
    first = max(bisect_right(begins, annotation.begin) - 1, 0)
    touched = [i for i in range(first, bisect_left(begins, annotation.stop)) if annotation.begin < sentences[i][-1][1]]
    return touched or [NO_SENTENCE]


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
    return 3 if not line.strip() else 1 if line.startswith(_OTHERS) else 2


def _parsed(
    decoded: Text,
    characters: str,
    sentences: list[list[tuple[int, int]]],
    tags: list[str],
    refused: list[tuple[int, _Annotation]],
) -> Parsed:
    places = _places(characters) + decoded.begin
    spans = np.array(list(chain.from_iterable(sentences)), dtype=np.int64).reshape(-1, 2)
    offsets = bounds_of(list(map(len, sentences))).astype(np.int32)
    begin, stop = places[spans.T].astype(np.int32)
    sentence_at, sentence_stop = begin[offsets[:-1]], stop[offsets[1:] - 1]
    encoded = pa.array(tags, pa.string()).dictionary_encode()
    kind, last = KINDS["unaligned-annotation"], len(characters)
    unaligned = [(kind, places[min(max(one.begin, 0), last)], owner, one.line) for owner, one in refused]
    return Parsed(
        data=decoded.data,
        tokens=list_array(offsets, gather(decoded.data, begin, stop)),
        tags=encoded.indices.to_numpy(),
        tag_names=tuple(encoded.dictionary.to_pylist()),
        token_at=begin,
        tag_at=begin,
        sentence_at=sentence_at,
        sentence_stop=sentence_stop,
        documents=("",) if sentences else (),
        document=np.zeros(len(sentences), np.int32),
        faults=merge(fault_rows(unaligned), bad_bytes(decoded, sentence_at, sentence_stop)),
        lines=decoded.data.count(b"\n"),
        annotations={one.line: f"{one.name} {one.fault}," for _, one in refused},
        beside=Standoff.beside,
        text_at=decoded.begin,
    )


def _places(characters: str) -> NDArray[np.int64]:
    """Return the offset in UTF-8 of each character, and of the end."""
    points = np.frombuffer(characters.encode("utf-32-le"), "<u4")
    lengths = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)  # noqa: PLR2004 - UTF-8
    return bounds_of(lengths)
