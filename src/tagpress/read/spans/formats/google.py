"""
Google's Natural Language: the answer to `annotateText`, with sentences, and entities with the places of their mentions.

A mention counts from the beginning of the text, of which only the sentences are in the answer: each is a record. Where
the text has been put beside the answer, in `text`, that is the record.
"""

from bisect import bisect_right
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, listed, mapping
from tagpress.read.spans.texts import size_of

FIELDS: Final = frozenset({"sentences", "entities", "text", "document", "language", "languageCode"})
_BEGIN: Final = ("beginOffset", "begin_offset")


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is such an answer with its text."""
    return is_answer(row) and (isinstance(row.get("sentences"), list) or isinstance(row.get("text"), str))


def is_answer(row: dict[str, Any]) -> bool:
    """Return whether an object is such an answer, with a text or without."""
    items = row.get("entities")
    mentions = [one.get("mentions") for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    each = [one for own in mentions if isinstance(own, list) for one in own]
    return bool(each) and all(isinstance(one, dict) and isinstance(one.get("text"), dict) for one in each)


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """
    Return the record of each sentence.

    Raises:
        MalformedError: the text of the document is not in it, or what should be a sentence or an entity is none.

    """
    row = mapping(value)
    begins, texts = _texts(row, reading.text or "text")
    spans: list[list[Span]] = [[] for _ in texts]
    for number, entity in enumerate(map(mapping, listed(row.get("entities"), "entities"))):
        for each, mention in enumerate(map(mapping, listed(entity.get("mentions"), "mentions"))):
            said = mapping(mention.get("text"))
            at, words = _begin(said), said.get("content")
            owner = max(bisect_right(begins, at) - 1, 0)
            place = ("entities", number, "mentions", each)
            if not isinstance(words, str) or at < 0:
                fault = "has no text" if at >= 0 else "has no place: the request named no encodingType"
                spans[owner].append(Span(None, None, entity.get("type"), fault=fault, path=place))
                continue
            begin = at - begins[owner]
            stop = begin + size_of(words, reading.units)
            spans[owner].append(Span(begin, stop, entity.get("type"), words, path=place))
    return [Record(text, own) for text, own in zip(texts, spans, strict=True)]


def _texts(row: dict[str, Any], name: str) -> tuple[list[int], list[str]]:
    """Return the texts of a document and where each begins in it."""
    if isinstance(row.get(name), str):
        return [0], [row[name]]
    held = [mapping(mapping(one).get("text")) for one in listed(row.get("sentences"), "sentences")]
    texts = [one.get("content") for one in held]
    if not texts or not all(isinstance(one, str) for one in texts):
        raise MalformedError(f"an answer without the text of its sentences: {few(row) or 'nothing'}")
    begins = [_begin(one) for one in held]
    if begins != sorted(set(begins)):
        raise MalformedError("an answer whose sentences do not begin one behind the other")
    return begins, [str(one) for one in texts]


def _begin(said: dict[str, Any]) -> int:
    """Return where a text begins; what is written from a message of its protocol has no member that is 0."""
    at = next((said[name] for name in _BEGIN if name in said), 0)
    return at if type(at) is int else -1
