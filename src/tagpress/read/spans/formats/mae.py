"""
XML of MAE, as the challenges of i2b2 have it: a text in `TEXT`, and below `TAGS` an element for each span, called as its type.

A place is written as `start` and `end`, or as `spans="0~3"`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span
from tagpress.read.spans.xml_nodes import Node, whole, without_text

MARKS: Final = (b"<TEXT>", b"<TAGS")
_PLACES: Final = re.compile(r"(\d{1,15})~(\d{1,15})")
_NUMBER: Final = re.compile(r"\d{1,15}")
_NOWHERE: Final = "-1~-1"
_OWN: Final = frozenset({"id", "start", "end", "spans", "text"})


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """Yield the text of a document; `layer` is an attribute that says the type, where the name of an element does not."""
    nodes, fault = whole(data, begin)
    texts = [node for node in nodes if node.name == "TEXT"]
    if fault or not texts:
        yield without_text(fault, data, begin, "a document without a text in <TEXT>")
        return
    spans, aside = list[Span](), Counter[str]()
    for mark in (one for node in nodes if node.name == "TAGS" for one in node.children):
        if "fromID" in mark.attributes or "from" in mark.attributes:
            aside["relations"] += 1
        elif mark.attributes.get("spans") == _NOWHERE or not {"spans", "start"} & mark.attributes.keys():
            aside["tags without a place"] += 1
        else:
            spans.append(_span(mark, reading.layer))
            read = {*_OWN, reading.layer}
            aside.update(f"values of {name}" for name, value in mark.attributes.items() if value and name not in read)
    yield Placed(texts[0].begin, texts[0].stop, Record(texts[0].text, spans, aside=tuple(aside.elements())))


def _span(mark: Node, layer: str | None) -> Span:
    kind = mark.attributes.get(layer) if layer else mark.name
    written = mark.attributes.get("spans") or f"{mark.attributes.get('start')}~{mark.attributes.get('end')}"
    said = mark.attributes.get("text") or None
    name = f"{quoted(mark.attributes.get('id', ''))} ({few([f'{kind} {written}'])})"
    match = _PLACES.fullmatch(written)
    if match:
        return Span(int(match[1]), int(match[2]), kind, said, at=mark.begin, name=name)
    gaps = _NUMBER.search(written) and "," in written
    return Span(None, None, kind, at=mark.begin, fault="has gaps" if gaps else "has a place that is none", name=name)
