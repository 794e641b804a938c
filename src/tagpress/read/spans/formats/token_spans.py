"""
Spans that count in the tokens of their record: a list of tokens beside a list of spans, as SpERT and many corpora have them.

DyGIE, as SciERC is written, has a document on a line: a list of sentences, and for each its spans, which count in the document.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.formats.gliner import places_of_words
from tagpress.read.spans.formats.parts import Parts, spans_of, steps
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, identifier, listed, mapping

USUAL: Final = Parts(text="tokens", spans="entities", begin="start", end="end", label="type")
DYGIE: Final = Parts(text="sentences", spans="ner", begin="0", end="1", label="2", ends="last")
FIELDS: Final = frozenset({"tokens", "entities", "relations", "id", "orig_id"})
DYGIE_FIELDS: Final = frozenset({"sentences", "ner", "doc_key", "relations", "clusters"})

_ASIDE: Final = ("relations", "clusters")

_Places = list[tuple[int, int]]


def read(value: Any, reading: RecordReading) -> Record:  # noqa: ANN401 - JSON
    """Return the record in an object with tokens and spans; its text is the tokens with spaces between them."""
    row, parts = mapping(value), USUAL.declared(reading)
    words = _words(row.get(parts.text), parts.text)
    places = places_of_words(words)
    return Record(
        " ".join(words),
        tuple(_spans(listed(row.get(parts.spans), parts.spans), parts, places, 0)),
        tokens=places,
        id=identifier(row.get("id", row.get("orig_id"))),
        aside=("relations",) * len(listed(row.get("relations"), "relations")),
    )


def read_dygie(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """Return the sentences of a document of DyGIE."""
    row, parts = mapping(value), DYGIE.declared(reading)
    if not isinstance(row.get(parts.text), list):
        raise MalformedError(f"a document without {parts.text}: {few(row) or 'nothing'}")
    sentences = [_words(one, "a sentence") for one in row[parts.text]]
    marked = listed(row.get(parts.spans), parts.spans)
    if len(marked) != len(sentences):
        raise MalformedError(f"{len(sentences):,} sentences, and spans of {len(marked):,}")
    firsts = [0, *accumulate(map(len, sentences))]
    name = identifier(row.get("doc_key"))
    found = []
    for words, items, first in zip(sentences, marked, firsts, strict=False):  # the last one begins no sentence
        places = places_of_words(words)
        spans = tuple(_spans(listed(items, parts.spans), parts, places, first))
        found.append(Record(" ".join(words), spans, tokens=places, document=name))
    held = (listed(row.get(kind), kind) for kind in _ASIDE)
    besides = tuple(kind for kind, own in zip(_ASIDE, held, strict=True) for one in own for _ in listed(one, kind))
    return [found[0]._replace(aside=besides), *found[1:]] if found else []


def _words(value: Any, name: str) -> list[str]:  # noqa: ANN401 - JSON
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise MalformedError(f"a record without a list of tokens in {name!r}")
    return value


def _spans(items: Sequence[Any], parts: Parts, places: _Places, first: int) -> Iterator[Span]:
    """Yield spans at the characters of their tokens, of which `first` stand before the sentence."""
    for number, item in enumerate(items):
        for span in spans_of(item, parts, (*steps(parts.spans), number)):
            begin, stop = span.begin, span.stop
            if span.fault:
                yield span
            elif type(begin) is not int or type(stop) is not int or not first <= begin < stop <= first + len(places):
                fault = f"points at no tokens of {few([f'{len(places)}'])}"
                yield span._replace(fault=fault)
            else:
                yield span._replace(begin=places[begin - first][0], stop=places[stop - first - 1][1])


def is_dygie(row: dict[str, Any]) -> bool:
    """Return whether an object is a document of DyGIE: sentences of tokens, and for each a list of spans."""
    sentences, spans = row.get(DYGIE.text), row.get(DYGIE.spans)
    if not isinstance(sentences, list) or not isinstance(spans, list) or len(sentences) != len(spans):
        return False
    return bool(sentences) and all(isinstance(one, list) for one in (*sentences, *spans))
