"""
UIMA XMI, as INCEpTION and WebAnno write it: a text in an attribute, and elements that point into it in UTF-16 units.

An element of the declared layer is a span; `Sentence` and `Token` of DKPro cut the text, where they are there. What no view
has as a member is what its tool has deleted, or uses for something else.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.spans.record import Placed, Record, RecordReading, Span
from tagpress.read.spans.xml_nodes import Node, whole, without_text

CAS: Final = "http:///uima/cas.ecore"
_SEGMENTS: Final = "/segmentation/type.ecore"
_KNOWN: Final = ("Sentence", "Token")
_PLACES: Final = frozenset({"id", "sofa", "begin", "end"})
_FEATURES: Final = ("value", "label", "type", "category", "class", "tag", "entity")  # the likelier one first
_ENTITY: Final = "NamedEntity"
_ABOUT: Final = ("DocumentAnnotation", "DocumentMetaData")  # they say something of the whole text
MARK: Final = b"http://www.omg.org/XMI"


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """
    Yield the sentences of a text, or the text, if nothing says where its sentences are.

    Raises SourceError for a file that has no such layer, or several that could be it.
    """
    nodes, fault = whole(data, begin)
    sofas = [node for node in nodes if node.space == CAS and node.name == "Sofa"]
    if fault or not sofas or "sofaString" not in sofas[0].attributes:
        yield without_text(fault, data, begin, "a file of XMI without a text")
        return
    yield from sentences(sofas[0], nodes, reading)


def sentences(sofa: Node, nodes: Sequence[Node], reading: RecordReading) -> Iterator[Placed]:
    """
    Yield the sentences of a text, given by the elements of its file.

    Raises SourceError for a layer that is not there, or that could be any of several.
    """
    own = sofa.attributes.get("id")
    placed = [node for node in nodes if {"begin", "end"} <= node.attributes.keys()]
    others = sum(node.attributes.get("sofa") != own for node in placed)
    indexed = _members(nodes, own)
    placed = [
        node
        for node in placed
        if node.attributes.get("sofa") == own and (indexed is None or node.attributes.get("id") in indexed)
    ]
    cuts = {name: _sorted(node for node in placed if _cuts(node) == name) for name in _KNOWN}
    text = sofa.attributes["sofaString"]
    encoded = text.encode("utf-16-le", "surrogatepass")
    bounds = [(node, *_place(node)) for node in cuts["Sentence"]] or [(sofa, 0, len(encoded) // 2)]
    layer, feature = _layer(placed, reading.layer)
    spans: list[list[Span]] = [[] for _ in bounds]
    tokens: list[list[Node]] = [[] for _ in bounds]
    begins = [first for _, first, _ in bounds]
    for node in cuts["Token"]:
        tokens[max(bisect_right(begins, _place(node)[0]) - 1, 0)].append(node)
    for node in (one for one in placed if _named(one) == layer):
        number = max(bisect_right(begins, _place(node)[0]) - 1, 0)
        spans[number].append(_span(node, feature, bounds[number][1:]))
    aside = _besides(nodes, placed, layer) + Counter({"annotations of other views": others})
    aside += _other_features(placed, layer, feature) + Counter(
        {"stretches of text in no sentence": _outside(encoded, bounds)}
    )
    for number, (node, first, last) in enumerate(bounds):
        record = Record(
            encoded[2 * first : 2 * last].decode("utf-16-le", "surrogatepass"),
            spans[number],
            tokens=[_shifted(one, first) for one in tokens[number]] if cuts["Token"] else None,
            token_at=[one.begin for one in tokens[number]],
            aside=tuple(aside.elements()) if number == 0 else (),
        )
        yield Placed(node.begin, node.stop, record)


def _members(nodes: Sequence[Node], sofa: str | None) -> set[str] | None:
    """Return the elements that the view of a text has, or None where nothing says it."""
    views = [node for node in nodes if node.space == CAS and node.name == "View"]
    own = [node.attributes.get("members", "") for node in views if node.attributes.get("sofa") == sofa]
    return set(" ".join(own).split()) if views else None


def _layer(placed: Sequence[Node], declared: str | None) -> tuple[str, str]:
    """Return the layer and its feature: as declared, the named entities, or the only one that has a feature."""
    found: dict[str, Counter[str]] = {}
    for node in placed:
        if not _cuts(node) and node.name not in _ABOUT:
            found.setdefault(_named(node), Counter()).update(node.attributes.keys() - _PLACES)
    wanted, _, feature = (declared or "").partition("|")
    names = [name for name in found if name == wanted or name.rpartition(".")[2] == wanted] if wanted else []
    entities = [name for name in found if name.endswith(_ENTITY)]
    custom = [name for name, features in found.items() if features and name.startswith(("webanno.custom.", "custom."))]
    chosen = names if declared else entities or custom or [name for name, features in found.items() if features]
    if len(chosen) != 1 and (declared or found):
        message = f"there is no layer {declared!r}" if declared else "it is not clear which layer has the entities"
        raise SourceError(f"{message}, among {few(sorted(found)) or 'none'}", "declare layer= in DIALECT")
    layer = chosen[0] if chosen else ""
    return layer, feature or next((one for one in _FEATURES if found.get(layer, Counter())[one]), _only(found, layer))


def _only(found: dict[str, Counter[str]], layer: str) -> str:
    return next(iter(sorted(found.get(layer, ()))), _FEATURES[0])


def _span(node: Node, feature: str, sentence: tuple[int, int]) -> Span:
    first, last = _place(node)
    fault = "" if sentence[0] <= first and last <= sentence[1] else "is not in one sentence"
    kind = node.attributes.get(feature)
    return Span(
        first - sentence[0], last - sentence[0], kind, at=node.begin, fault=fault, name=few([f"{kind} {first}-{last}"])
    )


def _place(node: Node) -> tuple[int, int]:
    """Return the place of an element in UTF-16 units, or -1 for what is none."""
    first, last = (node.attributes[name] for name in ("begin", "end"))
    return tuple(int(one) if one.isascii() and one.isdecimal() and len(one) < 16 else -1 for one in (first, last))  # type: ignore[return-value]  # noqa: PLR2004 - two; no text is as long


def _shifted(node: Node, by: int) -> tuple[int, int]:
    first, last = _place(node)
    return first - by, last - by


def _sorted(nodes: Iterator[Node]) -> list[Node]:
    return sorted(nodes, key=_place)


def _cuts(node: Node) -> str:
    """Return what an element cuts a text into, if it does."""
    return node.name if node.name in _KNOWN and node.space.endswith(_SEGMENTS) else ""


def _named(node: Node) -> str:
    """Return the name of a type of UIMA: `http:///a/b/type.ecore` and `C` are `a.b.type.C`."""
    return f"{node.space.removeprefix('http:///').removesuffix('.ecore').replace('/', '.')}.{node.name}".lstrip(".")


def _besides(nodes: Sequence[Node], placed: Sequence[Node], layer: str) -> Counter[str]:
    """Count what the file has besides its text, its tokens, its sentences and the layer that is read."""
    read = {id(node) for node in placed if _cuts(node) or _named(node) == layer}
    others = (node for node in nodes if id(node) not in read and node.space != CAS and node.name not in _ABOUT)
    return Counter(f"{node.name} annotations" for node in others if not _elsewhere(node, placed))


def _other_features(placed: Sequence[Node], layer: str, feature: str) -> Counter[str]:
    """Count the values of the features of a layer that are not read."""
    read = {*_PLACES, feature}
    own = (node.attributes for node in placed if _named(node) == layer)
    return Counter(
        f"values of {name}" for attributes in own for name, value in attributes.items() if value and name not in read
    )


def _outside(encoded: bytes, bounds: Sequence[tuple[Node, int, int]]) -> int:
    """Count the stretches of text, in UTF-16, between sentences, before and behind them, that are not blank."""
    found = end = 0
    for first, last in [*((first, last) for _, first, last in bounds), (len(encoded) // 2,) * 2]:
        found += bool(encoded[2 * end : 2 * first].decode("utf-16-le", "replace").strip()) if first > end else 0
        end = max(end, last)
    return found


def _elsewhere(node: Node, placed: Sequence[Node]) -> bool:
    """Return whether an element is of another view, which is counted by itself."""
    return bool(placed) and node.attributes.get("sofa", placed[0].attributes["sofa"]) != placed[0].attributes["sofa"]
