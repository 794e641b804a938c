"""
XML with a text for each sentence, and elements that say where in it something is.

So are aspects of SemEval (ABSA), drugs of DDI, and proteins as AIMed, BioInfer and others have them in one form.

    <sentence><text>..</text><aspectTerms><aspectTerm term= polarity= from= to=/>   2014
    <sentence><text>..</text><Opinions><Opinion target= category= from= to=/>       2015, 2016
    <sentence text=".."><entity charOffset="0-4" type= text=/>                      DDI, PPI
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span, broken
from tagpress.read.spans.xml_nodes import BrokenXmlError, Node, children

_SENTENCE: Final = "sentence"
_RANGE: Final = re.compile(r"(\d{1,9})-(\d{1,9})")
_NOWHERE: Final = "NULL"
_GAPS: Final = re.compile(r"[,;]")


@dataclass(frozen=True, slots=True)
class _MarkAttributes:
    """What an element says by which attributes: its type, the text that it marks, and its place, in one or in two."""

    type: str
    said: str
    place: tuple[str, ...]


_MARKS: Final[Mapping[str, _MarkAttributes]] = {
    "aspectTerm": _MarkAttributes("polarity", "term", ("from", "to")),
    "Opinion": _MarkAttributes("category", "target", ("from", "to")),
    "entity": _MarkAttributes("type", "text", ("charOffset",)),
}
_ASIDE: Final = frozenset({"aspectCategory", "pair", "interaction", "ddi"})
MARK: Final = re.compile(rb"<aspectTerm\s|<Opinion\s[^<]*\sfrom=|<entity\s[^<]*\bcharOffset=")
"""What is in such a document, and in no other that is known."""


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """Yield the sentences; `label` is the attribute that says the type of a mark, where another one is wanted."""
    document = ""
    try:
        for node in children(data, begin):
            name = node.attributes.get("id") or node.attributes.get("rid") or ""
            document = name if node.name != _SENTENCE else ""
            for one in [node] if node.name == _SENTENCE else node.below(_SENTENCE):
                yield Placed(one.begin, one.stop, _record(one, document, reading.label))
    except BrokenXmlError as error:
        yield Placed(error.at, len(data), broken(f"{error}, and nothing behind it is read"))


def _record(sentence: Node, document: str, label: str | None) -> Record:
    texts = sentence.all("text")
    text = texts[0].text if texts else sentence.attributes.get("text")
    if text is None:
        return broken("a sentence without a text")
    spans, seen, aside = list[Span](), set[tuple[object, ...]](), Counter[str]()
    for mark in sentence.below(*_MARKS):
        row = _MARKS[mark.name]
        said = mark.attributes.get(row.said)
        if said == _NOWHERE or not set(row.place) & mark.attributes.keys():
            aside[f"<{mark.name}> without a place"] += 1
            continue
        span = _span(mark, row, label, text)
        aside["marks that stand there twice"] += (span[:3] in seen) and not span.fault
        if span[:3] not in seen or span.fault:
            spans.append(span)
        seen.add(span[:3])
    for other in _ASIDE:
        aside[f"<{other}>"] += sum(1 for _ in sentence.below(other))
    return Record(
        text,
        spans,
        id=sentence.attributes.get("id", ""),
        document=document,
        aside=tuple(aside.elements()),
    )


def _span(mark: Node, row: _MarkAttributes, label: str | None, text: str) -> Span:
    kind = mark.attributes.get(label or row.type)
    said = mark.attributes.get(row.said)
    written = "-".join(mark.attributes.get(part, "") for part in row.place)
    name = f"{quoted(mark.attributes.get('id', ''))} ({few([f'{kind} {written}'])})"
    match = _RANGE.fullmatch(written)
    if not match or kind is None:
        what = "has gaps" if _GAPS.search(written) else "has a place that is none" if kind else "has no type"
        return Span(None, None, kind, at=mark.begin, fault=what, name=name)
    begin, stop = int(match[1]), int(match[2])
    if len(row.place) == 1 and text[begin:stop] != said:  # the last character, but for those who count as others do
        stop += 1
    return Span(begin, stop, kind, said, at=mark.begin, name=name)
