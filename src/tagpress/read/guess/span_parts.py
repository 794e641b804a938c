"""
Where are the parts of spans, in records or rows that no tool is known to write? What the texts show decides.

A pair of numbers is a place where it lies in a text. Which pair, which text, and whether an end is in its span, is said by the
text that a span carries, if it carries one, or else by where words begin and end. Where nothing is shown, nothing is concluded.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

from tagpress.read.guess.shapes import PARTS_OF_TEXTS
from tagpress.read.guess.spelled_tags import TAG
from tagpress.read.spans.formats.parts import ENDS, end_of, follow, has_more, place_of

_DEEP: Final = 4  # objects in objects
_ITEMS: Final = 4  # of a list in a span, that are looked at
_SAMPLES: Final = 300  # spans that are looked at
_MOST: Final = 0.9  # share of spans that have a part, or lie in their text
_SAID: Final = 0.3  # share of spans whose own text is that of their place: then it is meant to be, in the others too
_ENOUGH: Final = 10  # spans, where nothing but words says what an end is
_FIT: Final = 0.5  # share of spans that begin and end with words
_LABELS: Final = (
    *("label", "labels", "type", "tag", "entity", "entity_type", "entity_group", "class", "category", "displayname"),
    *(
        "entitylabel",
        "entitytype",
        "nertag",
        "nerlabel",
        "nertype",
        "labelname",
        "tagname",
        "classid",
        "ner",
        "kind",
        "concept",
        "obj",
        "title",
        "name",
        "value",
    ),
)
_BEGIN: Final = re.compile(r".*(start|begin|from).*|offset|charoffset|b|s|lo|left")
_END: Final = re.compile(r".*(end|stop|until|finish).*|to|e|hi|right")
_LENGTH: Final = re.compile(r".*(length|len|size)")
_OTHER_UNITS: Final = re.compile(r"tok|word|line|sent|time|page|byte")
_TYPES: Final = 200  # different labels, at most
_SEVERAL: Final = 0.5  # different labels for each span, at most, of many


@dataclass(frozen=True, slots=True)
class Found:
    """Paths of the parts, as options of a dialect; and the shares of spans of which their own text and the words speak for it."""

    options: dict[str, str]
    said: float
    fits: float


class _Sample(NamedTuple):
    """A span and the texts that it may point into, by their paths."""

    span: Any
    texts: dict[str, str]


def in_records(rows: Sequence[Any]) -> Found | None:
    """Return the parts of spans that are in lists of records."""
    objects = [row for row in rows if isinstance(row, dict)]
    lists = Counter(path for row in objects for path, value in leaves_of(row, lists=False) if _has_spans(value))
    others = Counter({path: count for path, count in lists.items() if _last(path).lower() not in PARTS_OF_TEXTS})
    found = {
        name: Found({"spans": name} | one.options, one.said, one.fits)
        for name, _ in (others or lists).most_common(_ITEMS)
        if (one := _best(_samples(objects, name)))
    }
    if len(found) > len(set(map(_last, found))):
        return None  # lists of one name in several objects: each of these is a record
    return max(found.values(), key=lambda one: (one.said, one.fits), default=None)


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def in_rows(rows: Sequence[Any]) -> Found | None:
    """Return the parts of spans that are rows themselves, beside their text."""
    objects = [row for row in rows if isinstance(row, dict)]
    marked = [row for row in objects if any(type(place_of(value)) is int for value in row.values())]
    if 2 * len(marked) <= len(objects):
        return None
    found = _best([_Sample(row, _texts(row)) for row in marked[:_SAMPLES]], rows=True)
    labels = [str(follow(row, found.options["label"])) for row in marked] if found else []
    return None if all(map(TAG.fullmatch, labels)) else found  # then a row is a token


def are_places(names: Sequence[str]) -> bool:
    """Return whether names of columns say that rows have a begin, an end and a label."""
    found = [_bare(name) for name in names]
    begins, ends, labels = (
        any(is_it(name) for name in found)
        for is_it in (
            _BEGIN.fullmatch,
            lambda name: _END.fullmatch(name) or _LENGTH.fullmatch(name),
            _LABELS.__contains__,
        )
    )
    return begins and ends and labels


def _has_spans(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict | list) for item in value)


def _samples(rows: Sequence[dict[str, Any]], name: str) -> list[_Sample]:
    found = [(row, follow(row, name)) for row in rows]
    pairs = ((item, _texts(row)) for row, items in found if _has_spans(items) for item in items)
    return [_Sample(item, texts) for (item, texts), _ in zip(pairs, range(_SAMPLES), strict=False)]


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {path: value for path, value in leaves_of(row, lists=False) if isinstance(value, str)}


def leaves_of(value: Any, path: str = "", deep: int = _DEEP, *, lists: bool = True) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """Yield what a value holds that is no object, with its path; the items of a list too, if those are wanted."""
    inner: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        inner = [(str(name), one) for name, one in value.items()]
    elif isinstance(value, list) and lists:
        inner = [(str(number), one) for number, one in enumerate(value[:_ITEMS])]
    else:
        yield path, value
    if deep:
        for name, one in inner:
            yield from leaves_of(one, f"{path}.{name}" if path else name, deep - 1, lists=lists)


def _best(samples: Sequence[_Sample], *, rows: bool = False) -> Found | None:
    """Return the parts that the texts speak for, if they speak for any; of spans that are rows, their text is one part."""
    leaves = [dict(leaves_of(sample.span)) for sample in samples]
    numbers = common(leaves, lambda value: type(place_of(value)) is int)
    words = common(leaves, lambda value: isinstance(value, str))
    texts = Counter(path for sample in samples for path in sample.texts)
    usual = [path for path, count in texts.items() if count >= _MOST * len(samples)]
    tried = [
        found
        for text, (begin, end, modes) in product(usual, pairs_of(numbers))
        for ends in modes
        if (
            found := _judged(
                samples, leaves, [path for path in words if not rows or path != text], (text, begin, end, ends)
            )
        )
    ]
    behind = max((one.fits for one in tried if one.options["ends"] == ENDS[0]), default=0.0)
    sure = [
        one
        for one in tried
        if one.said
        or one.options["ends"] != ENDS[1]
        or (len(samples) >= _ENOUGH and one.fits >= _MOST and behind <= _FIT)
    ]
    # Where two are as good, the first: ends are behind, and texts are those that come first.
    return max(sure, key=lambda one: (one.said, one.fits), default=None)


def common(leaves: Sequence[dict[str, Any]], is_it: Any) -> list[str]:  # noqa: ANN401 - a predicate
    """Return the paths that lead to such a thing in nearly all spans."""
    counts = Counter(path for one in leaves for path, value in one.items() if is_it(value))
    return [path for path, count in counts.items() if count >= _MOST * len(leaves)]


def pairs_of(numbers: Sequence[str], *, of_tokens: bool = False) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield paths of two numbers that may be a place, and what the second may say."""
    own = [path for path in numbers if of_tokens or not _OTHER_UNITS.search(path.lower())]
    for begin, end in product(own, own):
        one, other = begin.rpartition("."), end.rpartition(".")
        if begin == end or one[0] != other[0]:
            continue
        if one[2].isdecimal() and other[2].isdecimal():
            if int(other[2]) == int(one[2]) + 1:
                yield begin, end, ENDS[:2]
        elif _BEGIN.fullmatch(_bare(one[2])) and _END.fullmatch(_bare(other[2])):
            yield begin, end, ENDS[:2]
        elif _BEGIN.fullmatch(_bare(one[2])) and _LENGTH.fullmatch(_bare(other[2])):
            yield begin, end, ENDS[2:]


def _bare(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())


def _judged(
    samples: Sequence[_Sample], leaves: Sequence[dict[str, Any]], words: Sequence[str], paths: tuple[str, str, str, str]
) -> Found | None:
    text, begin, end, ends = paths
    if any(has_more(sample.span, begin) for sample in samples):
        return None  # what the path does not name would be left out
    slices = [_slice(sample, one, paths) for sample, one in zip(samples, leaves, strict=True)]
    sound = [piece for piece in slices if piece is not None]
    if len(sound) < _MOST * len(samples):
        return None
    pairs = list(zip(slices, leaves, strict=True))
    shares = {
        path: sum(piece is not None and _same(piece[0], one.get(path)) for piece, one in pairs) / len(samples)
        for path in words
    }
    said = max(shares, key=lambda path: shares[path], default="")
    share = shares.get(said, 0.0)
    said = said if share >= _SAID else ""
    fits = sum(piece[1] for piece in sound) / len(samples)
    label = label_of([path for path in words if path != said], leaves)
    if not label or (not said and fits < _FIT):
        return None
    options = {"text": text, "begin": begin, "end": end, "label": label, "said": said, "ends": ends}
    return Found({name: value for name, value in options.items() if value}, share if said else 0.0, fits)


def _slice(sample: _Sample, leaves: dict[str, Any], paths: tuple[str, str, str, str]) -> tuple[str, bool] | None:
    """Return the text of a span, and whether it begins and ends with words; None where it lies in no text."""
    text, begin, end, ends = paths
    inside = sample.texts.get(text, "")
    first, last = place_of(leaves.get(begin)), place_of(leaves.get(end))
    last = end_of(first, last, ends)
    if type(first) is not int or type(last) is not int or not 0 <= first < last <= len(inside):
        return None
    torn = any(0 < at < len(inside) and inside[at - 1].isalnum() and inside[at].isalnum() for at in (first, last))
    piece = inside[first:last]
    return piece, not torn and piece == piece.strip()


def _same(piece: str, said: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(said, str) and (piece == said or "".join(piece.split()) == "".join(said.split()) != "")


def label_of(words: Sequence[str], leaves: Sequence[dict[str, Any]]) -> str:
    """Return the path of the label: of the likely names the likeliest, or else the only text with few values."""
    kinds = {path: {str(one.get(path)) for one in leaves} for path in words}
    few = [path for path in words if len(kinds[path]) <= min(_TYPES, max(_SEVERAL * len(leaves), _ITEMS))]
    names = {path: _bare(path.removesuffix(".0").rpartition(".")[2]) for path in few}
    named = [path for path in few if names[path] in _LABELS]
    likely = min(named, key=lambda path: _LABELS.index(names[path]), default="")
    found = likely or (few[0] if len(few) == 1 else "")
    # A label in a list of labels: the list is the label, for it may have several.
    head, dot, number = found.rpartition(".")
    return head if dot and number == "0" else found
