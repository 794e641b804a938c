"""
GATE's XML: a text with numbered nodes in it, and sets of annotations from one node to another.

The places of nodes are those at which they stand. Types that only cut a text, or look words up, are no entities.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.spans.record import Placed, Record, RecordReading, Span
from tagpress.read.spans.xml_nodes import Node, whole, without_text

MARK: Final = b"<GateDocument"
_MARKUP: Final = "Original markups"
_NO_ENTITIES: Final = frozenset(
    {"Token", "SpaceToken", "Sentence", "Split", "Lookup", "paragraph", "NounChunk", "VG", "DEFAULT_TOKEN"}
)


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """
    Yield the text of a document.

    Raises SourceError for a document that has no such set of annotations, or several that could be it.
    """
    nodes, fault = whole(data, begin)
    texts = [node for node in nodes if node.name == "TextWithNodes"]
    if fault or not texts:
        yield without_text(fault, data, begin, "a document of GATE without a text")
        return
    sets = [node for node in nodes if node.name == "AnnotationSet"]
    chosen = _chosen(sets, reading.layer)
    places = {one.attributes.get("id", ""): one.before for one in texts[0].all("Node")}
    marks = [mark for one in chosen for mark in one.all("Annotation")]
    read = [mark for mark in marks if mark.attributes.get("Type") not in _NO_ENTITIES]
    kinds = Counter(mark.attributes.get("Type") for mark in marks)
    aside = Counter({f"{kind} annotations": count for kind, count in kinds.items() if kind in _NO_ENTITIES})
    for one in sets:
        if not any(one is own for own in chosen):
            aside[f"annotations of the set {one.attributes.get('Name', '')!r}"] += len(one.all("Annotation"))
    features = sum(len(mark.all("Feature")) for mark in read)
    aside["features"] += features
    record = Record(texts[0].text, [_span(mark, places) for mark in read], aside=tuple(aside.elements()))
    yield Placed(texts[0].begin, texts[0].stop, record)


def _chosen(sets: Sequence[Node], layer: str | None) -> list[Node]:
    """Return the set of annotations: as declared, the one without a name, or the only other one that has entities."""
    if layer is not None:
        return [one for one in sets if one.attributes.get("Name", "") == layer]
    filled = [
        one for one in sets if any(mark.attributes.get("Type") not in _NO_ENTITIES for mark in one.all("Annotation"))
    ]
    own = [one for one in filled if one.attributes.get("Name", "") != _MARKUP]
    unnamed = [one for one in own if not one.attributes.get("Name")]
    if len(own) > 1 and not unnamed:
        names = few(one.attributes["Name"] for one in own)
        raise SourceError(
            f"it is not clear which set of annotations has the entities, among {names}", "declare layer= in DIALECT"
        )
    return unnamed or own


def _span(mark: Node, places: dict[str, int]) -> Span:
    first, last = (places.get(mark.attributes.get(name, "")) for name in ("StartNode", "EndNode"))
    kind = mark.attributes.get("Type")
    name = few([f"{kind} {mark.attributes.get('StartNode')}-{mark.attributes.get('EndNode')}"])
    fault = "" if first is not None and last is not None else "begins or ends at a node that is not in the text"
    return Span(first, last, kind, at=mark.begin, fault=fault, name=name)
