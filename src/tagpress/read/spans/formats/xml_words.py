"""
XML with an element for each word, and marks that name the words they are of: FoLiA, TCF of WebLicht, NAF, CCL of KPWr.

A mark whose words do not follow each other in one sentence is a span with its fault.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import Placed, Record, RecordReading, Span
from tagpress.read.spans.xml_nodes import Node, whole, without_text


class _Word(NamedTuple):
    id: str
    text: str
    at: int


class _MarkedWords(NamedTuple):
    """A mark: its type, the ids of its words, and where it is written."""

    type: str
    words: Sequence[str]
    at: int


class _Document(NamedTuple):
    """The words of each sentence, with the element that it is, and what is marked."""

    sentences: Sequence[tuple[Node, Sequence[_Word]]]
    marks: Sequence[_MarkedWords]
    aside: Mapping[str, int]


def find(data: bytes, begin: int, reading: RecordReading, *, name: str) -> Iterator[Placed]:
    """Yield the sentences of a document; `layer` names the types of marks that are read."""
    nodes, fault = whole(data, begin)
    document = None if fault else _READ[name](nodes)
    if document is None or not document.sentences:
        yield without_text(fault, data, begin, "a document without words")
        return
    wanted = set(reading.layer.split()) if reading.layer else None
    marks = [mark for mark in document.marks if wanted is None or mark.type in wanted]
    aside = Counter(document.aside)
    aside["marks of other types"] += len(document.marks) - len(marks)
    of = {word.id: number for number, (_, words) in enumerate(document.sentences) for word in words}
    own: dict[int, list[_MarkedWords]] = {}
    for mark in marks:
        own.setdefault(next((of[word] for word in mark.words if word in of), 0), []).append(mark)
    for number, (node, words) in enumerate(document.sentences):
        record = _record(words, own.get(number, ()))
        yield Placed(node.begin, node.stop, record._replace(aside=() if number else tuple(aside.elements())))


def _record(words: Sequence[_Word], marks: Iterable[_MarkedWords]) -> Record:
    """Return the record of a sentence: its text is its words with spaces between them."""
    places, at = list[tuple[int, int]](), 0
    for word in words:
        places.append((at, at + len(word.text)))
        at += len(word.text) + 1
    number = {word.id: place for place, word in enumerate(words)}
    spans = []
    for mark in marks:
        held = [number.get(one, -1) for one in mark.words]
        name = f"{quoted(mark.type)} of {few(mark.words)}"
        if not held or -1 in held:
            fault = "names words that are not in its sentence" if held else "names no words"
        else:
            fault = "" if sorted(held) == [*range(min(held), max(held) + 1)] else "has gaps"
        begin, stop = (None, None) if fault else (places[min(held)][0], places[max(held)][1])
        spans.append(Span(begin, stop, mark.type, at=mark.at, fault=fault, name=name))
    return Record(" ".join(word.text for word in words), spans, tokens=places, token_at=[word.at for word in words])


def _folia(nodes: Sequence[Node]) -> _Document:
    sentences, marks, aside = list[tuple[Node, list[_Word]]](), list[_MarkedWords](), Counter[str]()
    for text in (node for node in nodes if node.name in {"text", "speech"}):
        own = [*text.below("s")] or [text]
        for one in own:
            words = [_Word(word.attributes.get("id", ""), word.text_of("t"), word.begin) for word in one.below("w")]
            sentences += [(one, words)] if words else []
        aside["words outside of sentences"] += _count(text, "w") - sum(_count(one, "w") for one in own)
        for entity in text.below("entity"):
            words_of = [ref.attributes.get("id", "") for ref in entity.all("wref")]
            marks.append(_MarkedWords(entity.attributes.get("class", ""), words_of, entity.begin))
    return _Document(sentences, marks, aside)


def _tcf(nodes: Sequence[Node]) -> _Document:
    sentences, marks = list[tuple[Node, list[_Word]]](), list[_MarkedWords]()
    for corpus in (node for node in nodes if node.name == "TextCorpus"):
        words = {one.attributes.get("ID", ""): one for one in corpus.below("token")}
        held = [(one, one.attributes.get("tokenIDs", "").split()) for one in corpus.below("sentence")]
        for node, ids in held or [(corpus, [*words])]:
            sentences.append((node, [_Word(one, words[one].text, words[one].begin) for one in ids if one in words]))
        for layer in corpus.all("namedEntities"):
            for one in layer.below("entity"):
                marks.append(
                    _MarkedWords(one.attributes.get("class", ""), one.attributes.get("tokenIDs", "").split(), one.begin)
                )
    return _Document([one for one in sentences if one[1]], marks, {})


def _naf(nodes: Sequence[Node]) -> _Document:
    layers = {node.name: node for node in nodes}
    forms = layers["text"].all("wf") if "text" in layers else []
    sentences = []
    for _, group in groupby(forms, key=lambda one: one.attributes.get("sent")):
        own = [*group]
        node = Node("", "sent", {}, own[0].begin, own[-1].stop)
        sentences.append((node, [_Word(one.attributes.get("id", ""), one.text, one.begin) for one in own]))
    terms = {
        term.attributes.get("id", term.attributes.get("tid", "")): _targets(term)
        for term in (layers["terms"].all("term") if "terms" in layers else ())
    }
    marks = []
    for entity in layers["entities"].all("entity") if "entities" in layers else ():
        words = [word for target in _targets(entity) for word in terms.get(target, [target])]
        marks.append(_MarkedWords(entity.attributes.get("type", ""), words, entity.begin))
    return _Document(sentences, marks, {})


def _targets(node: Node) -> list[str]:
    return [target.attributes.get("id", "") for span in node.below("span") for target in span.all("target")]


def _ccl(nodes: Sequence[Node]) -> _Document:
    sentences, marks = list[tuple[Node, list[_Word]]](), list[_MarkedWords]()
    for chunk in nodes:
        for sentence in chunk.below("sentence"):
            words, found = [], dict[tuple[str, str], list[str]]()
            for token in sentence.all("tok"):
                word = _Word(f"{token.begin}", token.text_of("orth"), token.begin)
                words.append(word)
                for one in token.all("ann"):
                    if one.text.strip() not in {"", "0"}:
                        found.setdefault((one.attributes.get("chan", ""), one.text.strip()), []).append(word.id)
            sentences += [(sentence, words)] if words else []
            marks += [_MarkedWords(kind, ids, int(ids[0])) for (kind, _), ids in found.items()]
    return _Document(sentences, marks, {})


def _count(node: Node, name: str) -> int:
    return sum(1 for _ in node.below(name))


_READ: Final[Mapping[str, Callable[[Sequence[Node]], _Document]]] = {
    "folia": _folia,
    "tcf": _tcf,
    "naf": _naf,
    "ccl": _ccl,
}
NAMES: Final = tuple(_READ)
ROOTS: Final[Mapping[str, str]] = {"FoLiA": "folia", "D-Spin": "tcf", "NAF": "naf", "chunkList": "ccl"}
"""The formats by the names of their roots."""
