"""W2NER's JSON: a list of tokens, and spans that name each of their tokens by its number, so that one may have gaps."""

from collections.abc import Sequence
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.formats.gliner import places_of_words
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

FIELDS: Final = frozenset({"sentence", "ner", "word", "id"})


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object has a list of tokens, and spans with the numbers of theirs."""
    items = row.get("ner")
    marked = isinstance(items, list) and all(isinstance(one, dict) and "index" in one for one in items)
    return marked and isinstance(row.get("sentence"), list)


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in an object; its text is the tokens with spaces between them.

    Raises:
        MalformedError: it has no list of tokens.

    """
    row = mapping(value)
    words = row.get(reading.text or "sentence")
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise MalformedError(f"a record without a list of tokens: {few(row) or 'nothing'}")
    name = reading.spans or "ner"
    places = places_of_words(words)
    items = enumerate(map(mapping, listed(row.get(name), name)))
    return Record(
        " ".join(words),
        [_span(item, places)._replace(path=(name, number)) for number, item in items],
        tokens=places,
        id=identifier(row.get("id")),
    )


def _span(item: dict[str, Any], places: Sequence[tuple[int, int]]) -> Span:
    numbers, label = item.get("index"), item.get("type")
    if not isinstance(numbers, list) or not numbers or not all(type(one) is int for one in numbers):
        return Span(None, None, label, fault=f"has {numbers!r:.60} where the numbers of its tokens belong")
    if not all(0 <= one < len(places) for one in numbers):
        return Span(None, None, label, fault=f"points at the tokens {numbers!r:.60} of {len(places):,}")
    first, last = numbers[0], numbers[-1]
    fault = "" if numbers == list(range(first, last + 1)) else f"has gaps: its tokens are {numbers!r:.60}"
    return Span(places[first][0], places[last][1], label, fault=fault)
