"""
How is a text cut into tokens? By a declared rule, which the release names, and by the same one on every machine.

`words` and `whitespace` are classes of characters and cut a piece in one pass over arrays; `spacy:en` is the tokeniser of a
blank language of spaCy, an extra; any other rule is a regular expression of what is a token.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.text_loops import BEHIND, BLANK, NOT_SEEN, OTHER, WORD, cut_characters
from tagpress.columnar.types import Bools, Bytes, Integers, Ints
from tagpress.errors import UsageError
from tagpress.read.spans.spacy_extra import blank
from tagpress.read.spans.texts import Texts

FILE: Final = "file"
SPACY: Final = "spacy:"
_POINTS: Final = 0x110000
_USUAL: Final = 4  # bytes of a text for each of its tokens, at least in most languages
_JOINERS: Final = "\u200c\u200d"


def _word_class(character: str) -> int:
    """Return the class of a character: a word is letters, digits and `_`; marks and joiners belong to what they stand behind."""
    if character.isspace():
        return BLANK
    if character.isalnum() or character == "_":
        return WORD
    return BEHIND if character in _JOINERS or unicodedata.category(character).startswith("M") else OTHER


def _space_class(character: str) -> int:
    return BLANK if character.isspace() else WORD


CLASSES: Final[Mapping[str, Callable[[str], int]]] = MappingProxyType(
    {"words": _word_class, "whitespace": _space_class}
)
MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "words": "a run of letters, digits and _, or one other character; with the combining marks and joiners behind it",
        "whitespace": "a run of characters without white space",
        FILE: "the tokens that the source has",
    }
)
_TABLES: Final[dict[str, Bytes]] = {}


def check(rule: str) -> None:
    """Raise UsageError for a rule that cannot cut a text."""
    if rule in MEANINGS:
        return
    if rule.startswith(SPACY):
        blank(rule.removeprefix(SPACY))
        return
    try:
        empty = re.compile(rule).match("") is not None
    except re.error as error:
        hint = (
            f"use one of {', '.join(map(repr, MEANINGS))}, spacy:LANGUAGE, or a regular expression of what is a token"
        )
        raise UsageError(f"tokens={rule!r} is no regular expression: {error}", hint) from error
    if empty:
        raise UsageError(f"tokens={rule!r} matches nothing at all", "give a pattern that takes a character")


@dataclass(frozen=True, slots=True)
class Cut:
    """Where tokens begin and stop, in the code points of all texts and in their UTF-8."""

    begin: Ints
    stop: Ints
    first: Ints
    last: Ints


def cut_texts(rule: str, texts: Texts) -> Cut:
    """Return the tokens of texts, in order; by classes of characters in one compiled pass, else as `cut` finds them."""
    if rule in CLASSES:
        return _in_one_pass(rule, texts)
    begin, stop = cut(rule, texts.each, texts.points, texts.bounds)
    return Cut(begin, stop, texts.bytes[begin], texts.bytes[stop])


def cut(rule: str, texts: Sequence[str], points: Integers, bounds: Ints) -> tuple[Ints, Ints]:
    """
    Return where the tokens of texts begin and stop, in the code points of all of them.

    `points` are the code points of the texts, and `bounds` where each text begins and stops in them. This says what
    `cut_texts` must find.
    """
    if rule in CLASSES:
        return _by_class(_classes(rule, points), bounds)
    if rule.startswith(SPACY):
        return _by_spacy(rule, texts, bounds)
    token = re.compile(rule)
    found: list[tuple[int, int]] = []
    before = [0]
    for text in texts:
        found.extend(map(re.Match.span, token.finditer(text)))
        before.append(len(found))
    places = np.fromiter(chain.from_iterable(found), np.int64, 2 * len(found)).reshape(-1, 2)
    places += np.repeat(bounds[:-1], np.diff(before))[:, None]
    begin, stop = places[places[:, 0] < places[:, 1]].T  # a rule may match nothing at all, which is no token
    return begin, stop


def _in_one_pass(rule: str, texts: Texts) -> Cut:
    table = _table(rule)
    data = np.frombuffer(texts.encoded, np.uint8)
    ends, unseen = texts.bounds, np.zeros(_POINTS, np.bool_)
    room = np.empty((4, len(data) // _USUAL + 1), np.int64)
    tokens, missing = cut_characters(data, ends, table, unseen, room).tolist()
    if missing:
        _look(rule, table, unseen)
    if missing or tokens > room.shape[1]:
        room = np.empty((4, max(tokens, len(data) // _USUAL + 1) if not missing else len(data)), np.int64)
        tokens, _ = cut_characters(data, ends, table, unseen, room).tolist()
    return Cut(*room[:, :tokens])


def _table(rule: str) -> Bytes:
    """Return the class of every code point that was looked at in the life of the process."""
    return _TABLES.setdefault(rule, np.full(_POINTS, NOT_SEEN, np.uint8))


def _look(rule: str, table: Bytes, seen: Bools) -> None:
    """Look at characters that nobody has looked at."""
    for point in np.flatnonzero(seen & (table == NOT_SEEN)).tolist():
        table[point] = CLASSES[rule](chr(point))


def _by_spacy(rule: str, texts: Sequence[str], bounds: Ints) -> tuple[Ints, Ints]:
    """Return the tokens that spaCy makes, but those of white space."""
    make = blank(rule.removeprefix(SPACY)).make_doc
    begins, stops = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for text, offset in zip(texts, bounds.tolist(), strict=False):  # the last bound begins no text
        lengths, spaced, blanks = make(text).to_array(["LENGTH", "SPACY", "IS_SPACE"]).astype(np.int64).T
        begin = bounds_of(lengths + spaced)[:-1] + offset
        begins.append(begin[blanks == 0])
        stops.append((begin + lengths)[blanks == 0])
    return np.concatenate(begins), np.concatenate(stops)


def _classes(rule: str, points: Integers) -> Bytes:
    """Return the class of each code point; each is looked at once in the life of the process."""
    table = _table(rule)
    seen = np.zeros(_POINTS, np.bool_)
    seen[points] = True
    _look(rule, table, seen)
    return table[points]


def _by_class(classes: Bytes, bounds: Ints) -> tuple[Ints, Ints]:
    first = np.zeros(len(classes) + 1, np.bool_)  # where a text begins; the end stands for one more
    first[bounds] = True
    before = np.concatenate([np.zeros(1, np.uint8), classes[:-1]]) if len(classes) else classes
    alone: Bools = (classes == BEHIND) & (first[:-1] | (before == BLANK))
    classes = np.where(alone, np.uint8(OTHER), classes)
    # The class of the character that a mark belongs to is that of the last one that is none.
    owner = np.maximum.accumulate(np.where(classes == BEHIND, 0, np.arange(len(classes))))
    base = classes[owner]
    last = np.concatenate([np.zeros(1, np.uint8), base[:-1]]) if len(base) else base
    goes_on = (classes == BEHIND) | ((classes == WORD) & (last == WORD))
    filled = classes != BLANK
    begins = filled & (first[:-1] | (last == BLANK) | ~goes_on)
    ends = np.append(begins[1:] | ~filled[1:], True) if len(filled) else filled
    ends |= first[1:]
    return np.flatnonzero(begins), np.flatnonzero(filled & ends) + 1


def described(rule: str) -> dict[str, Any]:
    """Return a rule as a release names it, with what it means where it is no pattern."""
    if rule.startswith(SPACY):
        words = "the tokens of this blank language of spaCy, without those of white space"
        return {"tokens": rule, "meaning": words, "spacy": version("spacy")}
    meaning = (
        {"meaning": MEANINGS[rule]} if rule in MEANINGS else {"meaning": "a match of this regular expression of Python"}
    )
    return {"tokens": rule, **meaning, **({} if rule == FILE else {"unicode": unicodedata.unidata_version})}
