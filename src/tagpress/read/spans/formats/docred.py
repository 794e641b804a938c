"""DocRED's documents: sentences of tokens, and the mentions of each entity, which say their sentence and their tokens."""

from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.formats.gliner import places_of_words
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

FIELDS: Final = frozenset({"title", "sents", "vertexSet", "labels"})
_PAIR: Final = 2


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is a document of DocRED."""
    return isinstance(row.get("sents"), list) and isinstance(row.get("vertexSet"), list)


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401, ARG001 - JSON; as every reader
    """
    Return the record of each sentence; its text is the tokens with spaces between them.

    Raises:
        MalformedError: a sentence is no list of tokens, or a mention is of none.

    """
    row = mapping(value)
    sentences = [_words(one) for one in listed(row.get("sents"), "sents")]
    places = [places_of_words(words) for words in sentences]
    spans: list[list[Span]] = [[] for _ in sentences]
    for entity, mentions in enumerate(listed(row.get("vertexSet"), "vertexSet")):
        for number, one in enumerate(map(mapping, listed(mentions, "vertexSet"))):
            at = one.get("sent_id")
            if type(at) is not int or not 0 <= at < len(sentences):
                raise MalformedError(f"a mention in the sentence {quoted(str(at))} of {len(sentences):,}")
            spans[at].append(_span(one, places[at])._replace(path=("vertexSet", entity, number)))
    relations = ("relations",) * len(listed(row.get("labels"), "labels"))
    document = identifier(row.get("title"))
    return [
        Record(" ".join(words), own, tokens=cut, document=document, aside=relations if number == 0 else ())
        for number, (words, own, cut) in enumerate(zip(sentences, spans, places, strict=True))
    ]


def _words(sentence: Any) -> list[str]:  # noqa: ANN401 - JSON
    if not isinstance(sentence, list) or not all(isinstance(word, str) for word in sentence):
        raise MalformedError(f"the sentence {quoted(str(sentence))}, which is no list of tokens")
    return sentence


def _span(mention: dict[str, Any], places: list[tuple[int, int]]) -> Span:
    bounds, label = mention.get("pos"), mention.get("type")
    if not isinstance(bounds, list) or len(bounds) != _PAIR or not all(type(one) is int for one in bounds):
        return Span(None, None, label, fault=f"has {bounds!r:.60} where its first token and the one behind it belong")
    first, stop = bounds
    if not 0 <= first < stop <= len(places):
        return Span(first, stop, label, fault=f"points at the tokens {first:,} to {stop:,} of {len(places):,}")
    return Span(places[first][0], places[stop - 1][1], label)
