"""Where are the parts of spans that count in tokens? A list of tokens, and pairs of numbers that lie in it."""

from collections.abc import Sequence
from typing import Any, Final

from tagpress.read.guess.span_parts import common, label_of, leaves_of, pairs_of
from tagpress.read.spans.formats.parts import ENDS, place_of

_MOST: Final = 0.9  # share of spans that lie in their tokens
_LISTS: Final = 4
_SAMPLES: Final = 1000  # spans that are looked at


def in_tokens(rows: Sequence[Any]) -> dict[str, str] | None:
    """Return the parts of spans in tokens, as options of the dialect, if records have such."""
    objects = [row for row in rows if isinstance(row, dict)]
    names = [name for name in (objects[0] if objects else {}) if _mostly(objects, name, _are_words)]
    lists = [name for name in (objects[0] if objects else {}) if _mostly(objects, name, _are_marked)][:_LISTS]
    for text in names:
        for spans in lists:
            if found := _judged(objects, text, spans):
                return {"text": text, "spans": spans} | found
    return None


def _mostly(rows: Sequence[dict[str, Any]], name: str, is_it: Any) -> bool:  # noqa: ANN401 - a predicate
    return 2 * sum(bool(is_it(row.get(name))) for row in rows) > len(rows)


def _are_words(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and bool(value) and all(isinstance(word, str) for word in value)


def _are_marked(value: Any) -> bool:  # noqa: ANN401 - JSON
    return isinstance(value, list) and all(isinstance(item, dict | list) for item in value)


def _judged(rows: Sequence[dict[str, Any]], text: str, spans: str) -> dict[str, str] | None:
    """Return begin, end and label; an end is that of the last token if some span would have none otherwise."""
    marked = [row for row in rows if _are_words(row.get(text)) and _are_marked(row.get(spans))]
    samples = [(dict(leaves_of(item)), len(row[text])) for row in marked for item in row[spans]][:_SAMPLES]
    if not samples:
        return None
    leaves = [one for one, _ in samples]
    words = common(leaves, lambda value: isinstance(value, str))
    label = label_of(words, leaves)
    for begin, end, _ in pairs_of(common(leaves, lambda value: type(place_of(value)) is int), of_tokens=True):
        places = [(place_of(one.get(begin)), place_of(one.get(end))) for one in leaves]
        alone = any(first == last for first, last in places)
        more = int(alone)
        sound = sum(
            type(first) is int and type(last) is int and 0 <= first < last + more <= size
            for (first, last), (_, size) in zip(places, samples, strict=True)
        )
        if label and sound >= _MOST * len(samples):
            return {"begin": begin, "end": end, "label": label, "ends": ENDS[more]}
    return None
