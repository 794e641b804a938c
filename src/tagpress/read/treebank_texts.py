"""
Where do the words of a treebank stand in the texts of its sentences? `# text = ...` above each says the text.

A word is looked for where the last one ended, behind white space. Those of a multiword token (`3-4`) stand in its form if they
spell it; empty nodes (`8.1`) stand nowhere. What does not fit is a fault, and no place is guessed.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Bools
from tagpress.corpus.problems import quoted
from tagpress.read.marks import SentenceTexts, TokenPlaces
from tagpress.read.parsed import KINDS, Faults, Parsed, fault_rows

# Both begin with the end of the line before: what begins with a literal is found many times faster than with `^`.
_TEXT: Final = re.compile(rb"\n#[ \t]*text[ \t]*=[ \t]?([^\n]*)")
_COMMENT: Final = re.compile(rb"\n#[ \t]*(?:([\w.:-]+)[ \t]*=|(newpar)\b)")
_BLANK: Final = re.compile(rb"\n[ \t\r]*\n")
_RANGE: Final = re.compile(r"([0-9]+)-([0-9]+)")
_NUMBER: Final = re.compile("[0-9]+")
_EMPTY_NODE: Final = re.compile(r"[0-9]+\.[0-9]+")
_NO_SPACE: Final = re.compile(r"(?:^|\|)SpaceAfter=No(?:\||$)")
_USED: Final = ("sent_id", "newdoc id", "global.columns")
# A sentence with one of these is not published whatever its text is.
_HOPELESS: Final = tuple(KINDS[code] for code in ("ragged-line", "bad-encoding", "empty-token"))

Row: TypeAlias = tuple[str, str, str]
"""The ID, the FORM and the MISC of a line."""


@dataclass(frozen=True, slots=True)
class MismatchError(Exception):
    """What does not fit, in words, at a row of the sentence; -1 is the sentence as a whole."""

    row: int
    found: str


@dataclass(frozen=True, slots=True)
class FoundTexts:
    """The texts of all sentences with the places of their words, and what does not fit, in words by the detail of its fault."""

    texts: SentenceTexts
    faults: Faults
    annotations: dict[int, str]


def comments(parsed: Parsed, *, texts: bool) -> dict[str, int]:
    """Return how many comments of each name there are that are not read, as `# text` where `texts` are not."""
    counts = Counter((name or other).decode() for name, other in _COMMENT.findall(_behind_an_end(parsed)))
    read = (*_USED, *(["text"] if texts else []))
    hints = {"text": "comments # text, which TEXT = True reads"}
    return {hints.get(name, f"comments # {name}"): counts[name] for name in sorted(counts) if name not in read}


def find_texts(parsed: Parsed, ids: pa.Array | None, misc: pa.Array | None, is_word: Bools) -> FoundTexts:
    """Return the texts of sentences of which `parsed` has every line; `is_word` says which of these are words."""
    forms = parsed.tokens.values.to_pylist()
    said_ids = ["1"] * len(forms) if ids is None else ids.to_pylist()
    said_misc = ["_"] * len(forms) if misc is None else misc.to_pylist()
    rows = [*zip(said_ids, forms, said_misc, strict=True)]
    bounds = parsed.tokens.offsets.to_numpy().tolist()
    said = _said(parsed)
    hopeless = set(parsed.faults.sentence[np.isin(parsed.faults.kind, _HOPELESS)].tolist())
    texts, begins, stops, wrong = [], [], [], []
    base = 0
    for sentence, (first, stop) in enumerate(pairwise(bounds)):
        own = said.get(sentence, [])
        text = own[0] if own else ""
        places = [(0, 0)] * int(np.count_nonzero(is_word[first:stop]))
        if sentence not in hopeless and stop > first:
            try:
                places = _fitting(_only(own), rows[first:stop], len(places))
            except MismatchError as error:
                at = parsed.sentence_at[sentence] if error.row < 0 else parsed.token_at[first + error.row]
                wrong.append((int(at), sentence, error.found))
        texts.append(text)
        begins += [base + begin for begin, _ in places]
        stops += [base + end for _, end in places]
        base += len(text)
    details = range(1, len(wrong) + 1)
    kind = KINDS["text-mismatch"]
    return FoundTexts(
        SentenceTexts(
            texts=tuple(texts),
            record=np.arange(len(texts)),
            place=np.array([(0, len(text)) for text in texts], dtype=np.int64).reshape(-1, 2),
            tokens=TokenPlaces(np.array(begins, np.int64), np.array(stops, np.int64), bounds_of([*map(len, texts)])),
        ),
        fault_rows((kind, at, sentence, detail) for detail, (at, sentence, _) in zip(details, wrong, strict=True)),
        {detail: found for detail, (_, _, found) in zip(details, wrong, strict=True)},
    )


def _said(parsed: Parsed) -> dict[int, list[str]]:
    """Return the texts that stand above each sentence, by its number."""
    found: dict[int, list[str]] = {}
    matches, moved = list(_TEXT.finditer(_behind_an_end(parsed))), parsed.text_at - 1
    sentences = np.searchsorted(parsed.sentence_at, [match.end() + moved for match in matches])
    for match, sentence in zip(matches, sentences.tolist(), strict=True):
        own = sentence < len(parsed)
        if own and not _BLANK.search(parsed.data, match.end() + moved, int(parsed.sentence_at[sentence])):
            found.setdefault(sentence, []).append(match[1].decode().removesuffix("\r"))
    return found


def _behind_an_end(parsed: Parsed) -> bytes:
    """Return the text of a piece as if a line had ended before it."""
    return b"\n" + parsed.data[parsed.text_at :]


def _only(said: Sequence[str]) -> str:
    if not said:
        raise MismatchError(-1, "a sentence without # text")
    if len(said) > 1:
        raise MismatchError(-1, f"a sentence with {len(said):,} comments # text")
    return said[0]


def _fitting(text: str, rows: Sequence[Row], words: int) -> list[tuple[int, int]]:
    places = list(_placed(text, rows))
    if len(places) != words:
        raise MismatchError(-1, "a sentence whose ids do not count its words")
    return places


def _placed(text: str, rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """
    Yield where each word stands in a text.

    Raises MismatchError for a token that does not stand there.
    """
    at, joined, number = 0, False, 0
    while number < len(rows):
        name, form, misc = rows[number]
        if _EMPTY_NODE.fullmatch(name):
            number += 1
            continue
        begin = _behind_space(text, at)
        if joined and begin > at:
            found = f"SpaceAfter=No before {quoted(form)}, and {quoted(text[at:begin])} before it in the text"
            raise MismatchError(number, found)
        if not text.startswith(form, begin):
            goes_on = (
                f"the text goes on with {quoted(text[begin : begin + len(form)])}" if text[begin:] else "the text ends"
            )
            raise MismatchError(number, f"the token {quoted(form)} where {goes_on}")
        at, joined = begin + len(form), bool(_NO_SPACE.search(misc))
        match = _RANGE.fullmatch(name)
        if match is None:
            yield begin, at
            number += 1
            continue
        words = _words_of(rows, number, int(match[2]))
        if "".join(words) != form:
            found = f"the words {', '.join(map(quoted, words))} of the token {quoted(form)}, which they do not spell"
            raise MismatchError(number, found)
        for word in words:
            yield begin, begin + len(word)
            begin += len(word)
        number = _behind(rows, number, int(match[2]))
    if text[at:].strip():
        raise MismatchError(len(rows) - 1, f"the text going on with {quoted(text[at:].strip())} behind the last token")


def _behind_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _behind(rows: Sequence[Row], number: int, last: int) -> int:
    """Return the first row behind the words of a multiword token."""
    number += 1
    while number < len(rows) and (match := _NUMBER.match(rows[number][0])) and int(match[0]) <= last:
        number += 1
    return number


def _words_of(rows: Sequence[Row], number: int, last: int) -> list[str]:
    return [form for name, form, _ in rows[number + 1 : _behind(rows, number, last)] if not _EMPTY_NODE.fullmatch(name)]
