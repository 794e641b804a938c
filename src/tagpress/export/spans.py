"""
Write the files of annotation tools: a text, and the entities as spans of its characters.

A text is that of the release, where it publishes texts, or else the tokens with a space between them. A tool that keeps no
tokens is refused a sentence that its dialect would cut into others: one with the tokenisation that the release names.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np

from tagpress.errors import UsageError
from tagpress.export.refusals import Refusal, Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.sentences import Sentence, sentences_of
from tagpress.export.target import OfEntities, check_utf8, empty_rows, empty_tokens
from tagpress.read.spans.dialect import Spans
from tagpress.read.spans.texts import texts_of
from tagpress.read.spans.tokenise import FILE, cut_texts

# JSON allows them as they are, but many readers take them for line ends.
_LINE_ENDS: Final = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


def _doccano(one: Sentence) -> dict[str, Any]:
    return {"id": one.id, "text": one.text, "label": list(one.characters()), "doc_id": one.doc_id}


def _prodigy(one: Sentence) -> dict[str, Any]:
    tokens = [
        {"text": token, "start": begin, "end": stop, "id": number, "ws": one.text[stop : stop + 1] == " "}
        for number, (token, (begin, stop)) in enumerate(zip(one.tokens, one.places, strict=True))
    ]
    spans = [
        {"start": begin, "end": stop, "token_start": first, "token_end": behind - 1, "label": kind}
        for (begin, stop, kind), (first, behind, _) in zip(one.characters(), one.spans, strict=True)
    ]
    meta = {"doc_id": one.doc_id}
    return {"id": one.id, "text": one.text, "tokens": tokens, "spans": spans, "answer": "accept", "meta": meta}


def _label_studio(one: Sentence) -> dict[str, Any]:
    text = one.text
    results = [
        {
            "id": f"{one.id}-{number}",
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": begin, "end": stop, "text": text[begin:stop], "labels": [kind]},
        }
        for number, (begin, stop, kind) in enumerate(one.characters())
    ]
    annotation = {"was_cancelled": False, "result": results}
    return {"id": one.id, "data": {"text": text}, "meta": {"doc_id": one.doc_id}, "annotations": [annotation]}


def _train_data(one: Sentence) -> list[Any]:
    return [one.text, {"entities": list(one.characters())}]


def _gliner(one: Sentence) -> dict[str, Any]:
    ner = [[first, behind - 1, kind] for first, behind, kind in one.spans]
    return {"id": one.id, "tokenized_text": one.tokens, "ner": ner, "doc_id": one.doc_id}


_WRITERS: Final[Mapping[str, Callable[[Sentence], Any]]] = MappingProxyType(
    {
        "doccano": _doccano,
        "label-studio": _label_studio,
        "prodigy": _prodigy,
        "gliner": _gliner,
        "spacy-train-data": _train_data,
    }
)
_CUT: Final = "whitespace"  # how a text is cut that is tokens with spaces between them
_IDS: Final = frozenset({"doccano", "label-studio", "prodigy", "gliner"})
_WITH_TOKENS: Final = frozenset({"prodigy", "gliner", "webanno"})
TOOLS: Final[Mapping[str, Spans]] = MappingProxyType(
    {
        name: Spans(
            format=name,
            tokens=FILE if name in _WITH_TOKENS else _CUT,
            sentence_id="id" if name in _IDS else None,
        )
        for name in (*_WRITERS, "webanno", "bioc-json")
    }
)
"""The dialects in which the tools' files are written, by the names of the tools."""
_FIXED: Final = ("units", "sentences", "container", "inside", "text", "spans", "annotator", "layer")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpansTarget(OfEntities):
    """
    The file of a tool, which the dialect reads; the names of `documents` are written beside, and no dialect reads them.

    Raises UsageError for a dialect that is not written: of another tool, or with options that say how another file is.
    """

    name: ClassVar[str] = "spans of characters"
    suffix: ClassVar[str] = ".jsonl"
    packed: ClassVar[bool] = False
    holds_spans: ClassVar[bool] = True

    dialect: Spans
    documents: bool = True

    def __post_init__(self) -> None:
        own = self.dialect
        check_utf8(own.encoding, f"the file of {own.format}")
        if own.format not in TOOLS:
            raise UsageError(f"Spans(format={own.format!r}) cannot be written", f"use one of {', '.join(TOOLS)}")
        given = [name for name in _FIXED if getattr(own, name) is not None]
        if given or own.sentence_id not in {None, TOOLS[own.format].sentence_id}:
            message = f"{given[0] if given else 'sentence_id'} means nothing to what is written as {own.format}"
            raise UsageError(message, "leave it out of the dialect; tokens= says how texts are cut when they are read")

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, [*empty_rows(rows), *self._cut_otherwise(rows)])
            yield token_faults(rows, empty_tokens(rows))

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, batch by batch."""
        yield from (f"{line}\n".encode() for line in self._lines(batches))

    def _lines(self, batches: Iterable[Rows]) -> Iterator[str]:
        """Yield the JSON of each sentence."""
        unwritten = {"meta", "doc_id"} if not self.documents else set()
        if self.dialect.sentence_id is None:
            unwritten |= {"id"}
        for one in sentences_of(batches):
            row = _WRITERS[self.dialect.format](one)
            if isinstance(row, dict):
                row = {name: value for name, value in row.items() if name not in unwritten}
            yield written(row)

    def _rule(self, rows: Rows) -> str:
        """Return how the texts of rows will be cut: as the release says, unless it is said otherwise."""
        own = self.dialect.tokens
        said = own != TOOLS[self.dialect.format].tokens
        return self.dialect.rules.tokens if said or own == FILE or rows.rule in {None, FILE} else rows.rule

    def _cut_otherwise(self, rows: Rows) -> Iterator[tuple[int, Refusal]]:
        """Yield each row whose text the dialect would cut into other tokens."""
        rule = self._rule(rows)
        if rule == FILE:
            return
        why = Refusal(
            f"would be cut into other tokens, as tokens={rule!r} says",
            "write prodigy, gliner or webanno, which have tokens",
        )
        sentences = list(sentences_of([rows]))
        texts = texts_of([one.text for one in sentences], "codepoints")
        found = cut_texts(rule, texts)
        begin, stop = found.begin, found.stop
        first = np.searchsorted(begin, texts.bounds)
        for row, one in enumerate(sentences):
            own = slice(first[row], first[row + 1])
            again = zip(
                (begin[own] - texts.bounds[row]).tolist(), (stop[own] - texts.bounds[row]).tolist(), strict=True
            )
            if list(again) != list(one.places):
                yield row, why


@dataclass(frozen=True, slots=True, kw_only=True)
class SpansArrayTarget(SpansTarget):
    """The file of a tool that keeps all in one array."""

    suffix: ClassVar[str] = ".json"

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, batch by batch."""
        yield b"["
        yield from ((",\n" * (number > 0) + line).encode() for number, line in enumerate(self._lines(batches)))
        yield b"]\n"


def written(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a value as JSON on one line, whatever a reader takes for a line end."""
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)
