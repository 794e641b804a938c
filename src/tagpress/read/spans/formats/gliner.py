"""GLiNER's training data: tokens, and spans from the first token to the last one, which is in the span."""

from itertools import accumulate
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

_THREE: Final = 3
FIELDS: Final = frozenset({"tokenized_text", "ner", "id", "relations"})


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """
    Return the record in an object with `tokenized_text` and `ner`; its text is the tokens with spaces between them.

    Raises:
        MalformedError: it has no list of tokens, or its spans are none.

    """
    row = mapping(value)
    tokens = listed(row.get(reading.text or "tokenized_text"), "tokenized_text")
    if not isinstance(row.get(reading.text or "tokenized_text"), list):
        raise MalformedError(f"a record without a list of tokens: {few(row) or 'nothing'}")
    if not all(isinstance(token, str) for token in tokens):
        raise MalformedError("a token that is no text")
    places = places_of_words(tokens)
    name = reading.spans or "ner"
    items = listed(row.get(name), "ner")
    return Record(
        " ".join(tokens),
        tuple(_span(item, places)._replace(path=(name, number)) for number, item in enumerate(items)),
        tokens=places,
        id=identifier(row.get("id")),
        aside=("relations",) * len(listed(row.get("relations"), "relations")),
    )


def places_of_words(words: list[str]) -> list[tuple[int, int]]:
    """Return where words begin and stop that have a space between them."""
    stops = [end - 1 for end in accumulate(len(word) + 1 for word in words)]
    return [(stop - len(word), stop) for word, stop in zip(words, stops, strict=True)]


def _span(item: Any, places: list[tuple[int, int]]) -> Span:  # noqa: ANN401 - JSON
    if not isinstance(item, list) or len(item) != _THREE:
        return Span(None, None, None, fault=f"is written as {item!r:.60}, where two tokens and a label belong")
    first, last, label = item
    if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(places):
        return Span(first, last, label, fault=f"points at the tokens {first!r:.20} to {last!r:.20} of {len(places)}")
    return Span(places[first][0], places[last][1], label)
