"""Which tokens does each span of a source touch, and which labels do spans give? Nothing is moved here: see `build.marks`."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Bools, Integers, Ints
from tagpress.corpus.problems import few, quoted

_AROUND: Final = 2  # tokens on each side that a message shows


@dataclass(frozen=True, slots=True)
class TokenPlaces:
    """Where tokens begin and stop in the code points of all texts, of which the first ones of each are at `bounds`."""

    begin: Ints
    stop: Ints
    bounds: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceTexts:
    """
    Where sentences and tokens stand in the texts of their records, in code points.

    `record` indexes `texts`, and `place`, of shape [sentences, 2], bounds a sentence in it; `tokens` are those of all.
    """

    texts: tuple[str, ...]
    record: Ints
    place: Ints
    tokens: "TokenPlaces"

    def each(self) -> list[str]:
        """Return the text of each sentence."""
        places = zip(self.record.tolist(), self.place.tolist(), strict=True)
        return [self.texts[record][begin:stop] for record, (begin, stop) in places]

    def starts(self, bounds: Integers) -> Ints:
        """Return where each token begins in the text of its sentence; `bounds` are the sentences'."""
        base = self.place[:, 0] + self.tokens.bounds[self.record]
        starts: Ints = self.tokens.begin - np.repeat(base, np.diff(bounds))
        return starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """
    Spans as their source has them, beside the tokens: parallel arrays, in the order of the source.

    `outer` bounds the tokens that a span touches and `inner` those wholly inside it (there may be none), both of shape
    [spans, 2], half-open, in the tokens of the piece; `fits` says that it begins and ends with tokens. `type` indexes
    `types`. `at` is its byte in the piece; `place` of shape [spans, 2] its code points in the text of its record, which is
    `texts[record]`, and `tokens` says those of every token. `line` is a span's line in the file beside the
    text, or 0; `names` are what messages call spans that have names.
    """

    sentence: Ints
    outer: Ints
    inner: Ints
    fits: Bools
    type: Ints
    types: tuple[str, ...]
    at: Ints
    record: Ints
    place: Ints
    texts: tuple[str, ...]
    tokens: TokenPlaces
    line: Ints
    names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.type)

    @property
    def undisputed(self) -> Ints:
        """Return the spans that give labels whatever the policies: those that fit, and of those that overlap the longest."""
        rows = np.flatnonzero(self.fits)
        return rows[longest(self.outer[rows]) < 0]

    def name(self, mark: int) -> str:
        """Return what messages call a span: its type, its place, its text."""
        begin, stop = self.place[mark].tolist()
        text = self.texts[self.record[mark]][begin:stop]
        name = self.names[mark] if self.names else f"{few([self.types[self.type[mark]]])} {begin}-{stop}"
        return f"{name} {quoted(text)}"

    def context(self, mark: int, bounds: Integers) -> str:
        """Return the tokens around a span that does not fit, and the text between its ends and theirs; `bounds` are the sentences'."""
        text, (begin, stop) = self.texts[self.record[mark]], self.place[mark].tolist()
        first, last = int(self.outer[mark, 0]), int(self.outer[mark, 1]) - 1
        low, high = bounds[self.sentence[mark]], bounds[self.sentence[mark] + 1]
        shown, base = (
            slice(max(first - _AROUND, low), min(last + 1 + _AROUND, high)),
            self.tokens.bounds[self.record[mark]],
        )
        begins, stops = ((places[shown] - base).tolist() for places in (self.tokens.begin, self.tokens.stop))
        tokens = " ".join(repr(text[at:end]) for at, end in zip(begins, stops, strict=True))
        between = [
            _between(text, begin, int(self.tokens.begin[first] - base), "begins"),
            _between(text, stop, int(self.tokens.stop[last] - base), "ends"),
        ]
        return f"{' and '.join(one for one in between if one)}, among the tokens {tokens}"


def _between(text: str, own: int, token: int, verb: str) -> str:
    """Say what stands between an end of a span and that of the token there, or nothing."""
    if own == token:
        return ""
    inside = own > token if verb == "begins" else own < token
    side = "behind the first part of a token," if verb == "begins" else "before the last part of a token,"
    outside = "before its first token," if verb == "begins" else "behind its last token,"
    return f"{verb} {side if inside else outside} {quoted(text[min(own, token) : max(own, token)])}"


def tag_names(types: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags of types, as `labelled` numbers them."""
    return ("O", *(f"{letter}-{name}" for name in types for letter in "BI"))


def labelled(ranges: Integers, types: Integers, tokens: int) -> npt.NDArray[np.int32]:
    """Return a number of `tag_names` for every token, from spans of tokens that do not overlap."""
    tags = np.zeros(tokens, dtype=np.int32)
    lengths = ranges[:, 1] - ranges[:, 0]
    bounds = bounds_of(lengths)
    tags[np.arange(bounds[-1]) + np.repeat(ranges[:, 0] - bounds[:-1], lengths)] = np.repeat(2 * types + 2, lengths)
    tags[ranges[:, 0]] = 2 * types + 1
    return tags


def longest(ranges: Integers) -> Ints:
    """
    Return for each span of tokens the longer one that it overlaps, or -1 where it can stay.

    The longest stays first, of equals the one that begins first, then the one that came first.

    >>> longest(np.array([[0, 2], [1, 2], [3, 4]])).tolist()
    [-1, 0, -1]

    """
    rival = np.full(len(ranges), -1, dtype=np.int64)
    if not len(ranges):
        return rival
    order = np.lexsort((-ranges[:, 1], ranges[:, 0]))
    reach = np.maximum.accumulate(ranges[order, 1])
    clash = ranges[order[1:], 0] < reach[:-1]
    if clash.any():
        for cluster in np.split(order, np.flatnonzero(~clash) + 1):
            if len(cluster) > 1:
                _settle(ranges, sorted(cluster.tolist(), key=lambda one: _rank(ranges, one)), rival)
    return rival


def _rank(ranges: Integers, one: int) -> tuple[int, int, int]:
    begin, stop = ranges[one].tolist()
    return begin - stop, begin, one


def _settle(ranges: Integers, ranked: list[int], rival: Ints) -> None:
    """Note for each of some spans, the longest first, the one that takes its place."""
    owner: dict[int, int] = {}
    for one in ranked:
        own = range(*ranges[one].tolist())
        rival[one] = next((owner[token] for token in own if token in owner), -1)
        if rival[one] < 0:
            owner |= dict.fromkeys(own, one)
