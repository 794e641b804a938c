"""spaCy 2's JSON for `spacy train`: documents of paragraphs of sentences of tokens, each with its entity as BILUO."""

from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.formats.gliner import places_of_words
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping, string

_UNKNOWN: Final = ("-", "", None)
FIELDS: Final = frozenset({"id", "paragraphs"})


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401, ARG001 - JSON; as every format
    """
    Return the sentences of a document; the text of each is its tokens with spaces between them.

    Raises:
        MalformedError: it is no document of paragraphs.

    """
    row = mapping(value)
    if not isinstance(row.get("paragraphs"), list):
        raise MalformedError("a document without paragraphs")
    name = identifier(row.get("id"))
    return [
        _sentence(mapping(sentence), name)
        for paragraph in row["paragraphs"]
        for sentence in listed(mapping(paragraph).get("sentences"), "sentences")
    ]


def _sentence(sentence: dict[str, Any], document: str) -> Record:
    tokens = [mapping(one) for one in listed(sentence.get("tokens"), "tokens")]
    words = [string(one, "orth") for one in tokens]
    unknown = [word for word, one in zip(words, tokens, strict=True) if one.get("ner") in _UNKNOWN]
    faults = [("broken-record", f"the token {quoted(unknown[0])}, whose entity is not known")] if unknown else []
    places = places_of_words(words)
    found = [] if unknown else _spans([str(one["ner"]) for one in tokens], places)
    return Record(" ".join(words), tuple(found), tokens=places, document=document, faults=tuple(faults))


def _spans(tags: list[str], places: list[tuple[int, int]]) -> list[Span]:
    """Return the entities that tags spell; one that does not begin or end as it must is a fault."""
    found: list[Span] = []
    first = -1  # the token that an entity began with which is not yet at its end
    for number, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        goes_on = first >= 0 and prefix in {"I", "L"} and kind == tags[first].partition("-")[2]
        if first >= 0 and not goes_on:
            found.append(_broken(tags, places, first, number - 1))
            first = -1
        if number == len(tags) or prefix == "O":
            continue
        if prefix == "U" and kind:
            found.append(Span(*places[number], kind))
        elif prefix == "B" and kind:
            first = number
        elif goes_on and prefix == "L":
            found.append(Span(places[first][0], places[number][1], kind))
            first = -1
        elif not goes_on:
            found.append(_broken(tags, places, number, number))
    return found


def _broken(tags: list[str], places: list[tuple[int, int]], first: int, last: int) -> Span:
    spelled = " ".join(tags[first : last + 1])
    fault = f"is spelled {quoted(spelled)}, and BILUO has B- I- L- or U-"
    return Span(places[first][0], places[last][1], tags[first].partition("-")[2], fault=fault)
