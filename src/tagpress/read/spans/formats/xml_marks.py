"""
XML whose text has its marks in it, over as many lines as it likes: TEI, TimeML, GENIA.

A row of the table says which elements are the text of one record, which are marks, and which hold no text of the document.
White space is one space, as XML means it, and none is at the edge of a mark.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span, broken
from tagpress.read.spans.xml_nodes import BrokenXmlError, Node, children

_SPACE: Final = re.compile(r"[ \t\r\n]+")
_IN_LINE: Final = re.compile(r"[ \t\r]+")
_EDGES: Final = " \n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """
    What the elements of a kind of document are.

    `blocks` are the text of a record, unless there are others in them; `marks` are spans, with the attribute that says the
    type, or none where their name does; `inner` are too, but not in a mark. `skipped` is no text; of those in a
    `choice`, one of `taken` is read. `breaks` stand for white space. With `lines`, line ends are kept: they part sentences.
    """

    blocks: frozenset[str]
    marks: Mapping[str, str]
    inner: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    choice: str = ""
    taken: tuple[str, ...] = ()
    breaks: frozenset[str] = frozenset()
    lines: bool = False


_TEI: Final = _Layout(
    blocks=frozenset(
        {"p", "head", "l", "ab", "item", "cell", "s", "u", "quote", "salute", "signed", "dateline", "opener"}
    ),
    marks={
        **dict.fromkeys(("persName", "placeName", "orgName", "geogName", "objectName", "eventName"), ""),
        **dict.fromkeys(("date", "time", "measure", "term"), ""),
        **dict.fromkeys(("name", "rs"), "type"),
    },
    inner=frozenset({"settlement", "country", "region", "district", "bloc"}),
    skipped=frozenset({"teiHeader", "note", "fw", "figDesc", "del", "facsimile", "standOff", "sourceDoc"}),
    choice="choice",
    taken=("corr", "reg", "expan"),
    breaks=frozenset({"lb", "pb", "cb", "space"}),
)
LAYOUTS: Final[Mapping[str, _Layout]] = {
    "tei": _TEI,
    "timeml": _Layout(
        blocks=frozenset({"TEXT"}),
        marks=dict.fromkeys(("TIMEX3", "EVENT", "SIGNAL", "ENAMEX"), "") | {"ENAMEX": "TYPE"},
        skipped=frozenset({"DOCID", "DCT", "TITLE", "EXTRAINFO"}),
        lines=True,
    ),
    "genia": _Layout(
        blocks=frozenset({"sentence"}), marks={"cons": "sem"}, skipped=frozenset({"articleinfo"}), lines=False
    ),
}
ROOTS: Final[Mapping[str, str]] = {"TEI": "tei", "TEI.2": "tei", "teiCorpus": "tei", "TimeML": "timeml", "set": "genia"}
"""The formats by the names of their roots."""


@dataclass(slots=True)
class _Writing:
    """The text of a record while it is put together, and what was met in it."""

    layout: _Layout
    wanted: frozenset[str] | None
    aside: Counter[str]
    parts: list[str] = field(default_factory=list)
    length: int = 0
    last: str = ""
    spans: list[Span] = field(default_factory=list)

    def add(self, text: str) -> None:
        plain = _IN_LINE.sub(" ", text) if self.layout.lines else _SPACE.sub(" ", text)
        if not self.last or self.last in _EDGES:
            plain = plain.lstrip(" ")
        if plain:
            self.parts.append(plain)
            self.length += len(plain)
            self.last = plain[-1]

    def node(self, node: Node, *, marked: bool = False) -> None:
        """Take what is in an element."""
        layout = self.layout
        if node.name in layout.skipped:
            self.aside[f"elements <{node.name}>"] += 1
        elif node.name in layout.breaks:
            self.add("" if node.attributes.get("break") == "no" else " ")
        elif node.name == layout.choice:
            self._choose(node, marked=marked)
        elif node.name in layout.marks or (node.name in layout.inner and not marked):
            self._mark(node)
        else:
            apart = " " if node.name in layout.blocks else ""
            self.add(apart)
            self._inside(node, marked=marked)
            self.add(apart)

    def _inside(self, node: Node, *, marked: bool) -> None:
        for part in node.parts():
            if isinstance(part, str):
                self.add(part)
            else:
                self.node(part, marked=marked)

    def _choose(self, node: Node, *, marked: bool) -> None:
        taken = next((one for name in self.layout.taken for one in node.all(name)), *node.children[:1])
        if taken is not None:
            self.node(taken, marked=marked)
            self.aside["other readings in <choice>"] += len(node.children) - 1

    def _mark(self, node: Node) -> None:
        number, begin, after = len(self.spans), self.length, len(self.parts)
        self._inside(node, marked=True)
        inside = "".join(self.parts[after:])
        first, last = len(inside) - len(inside.lstrip(_EDGES)), len(inside.rstrip(_EDGES))
        named = self.layout.marks.get(node.name, "")
        kind = node.attributes.get(named) or node.name
        if last <= first:
            self.aside["marks without a text"] += 1
        elif self.wanted is not None and not {kind, node.name} & self.wanted:
            self.aside[f"marks <{node.name}> that layer= leaves out"] += 1
        else:
            self.spans.insert(number, Span(begin + first, begin + last, kind, at=node.begin, name=quoted(kind)))


def find(data: bytes, begin: int, reading: RecordReading, *, name: str) -> Iterator[Placed]:
    """Yield the blocks of text of a document; `layer` names the marks that are read, by their elements or their types."""
    layout = LAYOUTS[name]
    wanted = frozenset(reading.layer.split()) if reading.layer else None
    aside = Counter[str]()
    try:
        for node in children(data, begin):
            for block in _blocks(node, layout, aside):
                writing = _Writing(layout, wanted, aside)
                writing.node(block)
                text = "".join(writing.parts).rstrip(_EDGES)
                if text:
                    record = Record(text, writing.spans, aside=tuple(aside.elements()))
                    yield Placed(block.begin, block.stop, record)
                    aside.clear()
    except BrokenXmlError as error:
        yield Placed(error.at, len(data), broken(f"{error}, and nothing behind it is read"))


def _blocks(node: Node, layout: _Layout, aside: Counter[str]) -> Iterator[Node]:
    """Yield the elements that are a record each: blocks without others in them, and whatever else has a text of its own."""
    if node.name in layout.skipped:
        aside[f"elements <{node.name}>"] += 1
    elif (
        node.text.strip()
        or node.name in layout.marks
        or node.name in layout.inner
        or node.name == layout.choice
        or (node.name in layout.blocks and not any(True for _ in node.below(*layout.blocks)))
    ):
        yield node
    else:
        for one in node.children:
            yield from _blocks(one, layout, aside)
