"""
Write WebAnno TSV 3, which INCEpTION imports: a line for each token, with its place in the file's text in UTF-16 units.

The text of a file is those of its sentences, with a line end behind each. The tokens are written, so nothing is cut again.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

from tagpress.export.refusals import Refusal, Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.sentences import Sentence, sentences_of
from tagpress.export.spans import SpansTarget
from tagpress.export.target import empty_rows, empty_tokens

_LAYER: Final = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|value"
_HEAD: Final = f"#FORMAT=WebAnno TSV 3.3\n#T_SP={_LAYER}\n\n"
_CONTROLS: Final = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_TEXT: Final = str.maketrans(_CONTROLS)
_VALUE: Final = str.maketrans(_CONTROLS | {sign: f"\\{sign}" for sign in "[]|_;*"})
_FIRST: Final = re.compile(r"\S")
_BESIDE: Final = "write doccano, prodigy or bioc-json, which hold any text"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebannoTarget(SpansTarget):
    """A file of WebAnno for each split; it names neither sentences nor documents."""

    suffix: ClassVar[str] = ".tsv"

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, [*empty_rows(rows), *_beside(rows), *_overlapping(rows), *self._cut_otherwise(rows)])
            yield token_faults(rows, empty_tokens(rows))

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, sentence by sentence."""
        yield _HEAD.encode()
        offset = entities = 0
        for number, one in enumerate(sentences_of(batches), 1):
            yield f"\n#Text={one.text.translate(_TEXT)}\n".encode()
            yield "".join(f"{line}\n" for line in _lines(one, number, offset, entities)).encode()
            offset += _units(one.text) + 1
            entities += len(one.spans)


def _lines(one: Sentence, number: int, offset: int, entities: int) -> Iterator[str]:
    """Yield the lines of the tokens of a sentence; `entities` are those before it."""
    values = ["_"] * len(one.tokens)
    for entity, (first, stop, kind) in enumerate(one.spans, entities + 1):
        value = kind.translate(_VALUE) + (f"[{entity}]" if stop - first > 1 else "")
        values[first:stop] = [value] * (stop - first)
    at, units = 0, offset
    for place, (token, (begin, stop), value) in enumerate(zip(one.tokens, one.places, values, strict=True), 1):
        first = units + _units(one.text[at:begin])
        at, units = stop, first + _units(token)
        yield f"{number}-{place}\t{first}-{units}\t{token.translate(_TEXT)}\t{value}\t"


def _beside(rows: Rows) -> Iterator[tuple[int, Refusal]]:
    """Yield the rows in whose texts something stands before the first token: the file says no place but those of tokens."""
    why = Refusal("has more than white space before its first token, which takes the place of its text", _BESIDE)
    for row, one in enumerate(sentences_of([rows])):
        first = _FIRST.search(one.text)
        begin = one.places[0][0] if one.places else 0
        if begin != (first.start() if first else len(one.text)):
            yield row, why


def _overlapping(rows: Rows) -> Iterator[tuple[int, Refusal]]:
    """Yield the rows with spans that overlap: a token has one value."""
    for row, one in enumerate(sentences_of([rows])):
        over = next(((a, b) for a, b in pairwise(one.spans) if b[0] < a[1]), None)
        if over:
            shown = " and ".join(f"{kind} {begin}-{end}" for begin, end, kind in over)
            yield row, Refusal(f"has spans that overlap, {shown}", _BESIDE.replace(", which hold any text", ""))


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
