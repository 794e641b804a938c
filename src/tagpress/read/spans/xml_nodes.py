"""
What is in a file of XML, and where? The children of its root, one after the other, each with its place.

Expat reads it, which fetches nothing; a file that declares or uses an entity of its own is refused, for a few of them can
become gigabytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat  # entities are refused below, and nothing else of XML grows

from tagpress.read.spans.record import Placed, broken

_CHUNK: Final = 1 << 16  # bytes that are read before what they hold is handed on
_DEEP: Final = 100  # elements in elements


@dataclass(slots=True)
class Node:
    """
    An element: its name and those of its attributes without prefixes, and where it begins and stops, in bytes.

    `before` are the characters of its parent's own text that stand before it, `length` those of its own.
    """

    space: str
    name: str
    attributes: dict[str, str]
    begin: int
    stop: int = 0
    texts: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    before: int = 0
    length: int = 0

    @property
    def text(self) -> str:
        """Return the text in the element itself."""
        return "".join(self.texts)

    def all(self, name: str) -> list["Node"]:
        """Return the children of a name."""
        return [one for one in self.children if one.name == name]

    def text_of(self, name: str) -> str:
        """Return the text of the first child of a name, or nothing."""
        return next((one.text for one in self.children if one.name == name), "")

    def below(self, *names: str) -> Iterator["Node"]:
        """Yield the elements of some names in this one, however deep, in their order; not those in one of them."""
        for one in self.children:
            if one.name in names:
                yield one
            else:
                yield from one.below(*names)

    def parts(self) -> Iterator["str | Node"]:
        """Yield what is in the element, in its order: its own text, and its children."""
        text, at = self.text, 0
        for one in self.children:
            if one.before > at:
                yield text[at : one.before]
            yield one
            at = one.before
        if len(text) > at:
            yield text[at:]


class BrokenXmlError(Exception):
    """A file is no XML that can be read, from this byte on; the text says why."""

    def __init__(self, at: int, words: str) -> None:
        super().__init__(words)
        self.at = at


def children(data: bytes, begin: int) -> Iterator[Node]:
    """
    Yield the children of the root of a file in UTF-8 whose text begins at `begin`.

    Raises BrokenXmlError behind those that could be read.
    """
    tree = _Tree(data, begin)
    view = memoryview(data)
    for start in range(begin, max(len(data), begin + 1), _CHUNK):
        stop = min(start + _CHUNK, len(data))
        try:
            tree.parser.Parse(bytes(view[start:stop]), stop == len(data))
        except expat.ExpatError as error:
            yield from tree.taken()
            at = begin + max(tree.parser.ErrorByteIndex, 0)  # it is -1 where there is nothing
            raise BrokenXmlError(min(at, max(len(data) - 1, 0)), f"no XML: {expat.ErrorString(error.code)}") from error
        except BrokenXmlError:
            yield from tree.taken()
            raise
        yield from tree.taken()


def whole(data: bytes, begin: int) -> tuple[list[Node], BrokenXmlError | None]:
    """Return the children of the root of a file, and what is wrong with it, where these are not all."""
    nodes: list[Node] = []
    try:
        nodes.extend(children(data, begin))
    except BrokenXmlError as error:
        return nodes, error
    return nodes, None


def without_text(fault: BrokenXmlError | None, data: bytes, begin: int, what: str) -> Placed:
    """Return what stands for a document that is broken, or else is `what`: nothing of it is read."""
    words = f"{fault}, and nothing of the text is read" if fault else what
    return Placed(fault.at if fault else begin, len(data), broken(words))


class _Tree:
    """What is open while a file is read, and what is closed and not yet taken."""

    def __init__(self, data: bytes, begin: int) -> None:
        self.parser = expat.ParserCreate("utf-8", " ")  # whatever the file says: it was decoded
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._declared
        self.parser.SkippedEntityHandler = self._skipped
        self._data, self._begin = data, begin
        self._open: list[Node] = []
        self._done: list[Node] = []

    def taken(self) -> list[Node]:
        done, self._done = self._done, []
        return done

    def _at(self) -> int:
        return self._begin + self.parser.CurrentByteIndex

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) == _DEEP:
            raise BrokenXmlError(self._at(), f"elements that are more than {_DEEP} deep in each other")
        space, _, local = name.rpartition(" ")
        plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        before = self._open[-1].length if self._open else 0
        self._open.append(Node(space, local, plain, self._at(), before=before))

    def _end(self, _: str) -> None:
        node = self._open.pop()
        at = self._at()  # of an element without an end tag, that of its only one
        node.stop = self._data.find(b">" if at > node.begin else b"/>", at) + (1 if at > node.begin else 2)
        if len(self._open) == 1:
            self._done.append(node)
        elif self._open:
            self._open[-1].children.append(node)

    def _characters(self, text: str) -> None:
        if len(self._open) > 1:  # that of the root is white space, and its children are gone
            self._open[-1].texts.append(text)
            self._open[-1].length += len(text)

    def _declared(self, name: str, *_: object) -> None:
        raise BrokenXmlError(self._at(), f"the declaration of the entity {name!r:.60}, which is not read")

    def _skipped(self, name: str, _: bool) -> None:  # noqa: FBT001 - as expat calls it
        raise BrokenXmlError(self._at(), f"the entity {name!r:.60}, which the file does not say")
