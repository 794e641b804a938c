"""Where in the sources is a sentence, by its id or by words of it? And which spans does it have, with the corrections that there are?"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np

from tagpress.build.check import Checked, inspect
from tagpress.build.declaration import Declaration
from tagpress.build.keyed_rows import keyed_rows
from tagpress.build.read_all import sources_of
from tagpress.build.survey import expectations
from tagpress.columnar.arrays import list_bounds
from tagpress.corpus.corrections import Spans
from tagpress.corpus.edited_spans import spans_of
from tagpress.corpus.identity import sentence_keys
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.place import placed
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import parse_piece, pieces, stored_piece
from tagpress.read.sources.source import Source

_ID: Final = re.compile(r"([0-9a-f]{32})(-[1-9]\d*)?")
_PARTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSentence:
    """A sentence: its id, its place in the sources (path:line), its tokens, and its spans in one layer."""

    id: str
    place: str
    tokens: tuple[str, ...]
    spans: Spans


def find_sentences(declaration: Declaration, wanted: str, layer: str, *, most: int) -> list[FoundSentence]:
    """Return the first sentences with this id, or with these words, each text with the same spans once."""
    found: dict[tuple[str, Spans], FoundSentence] = {}
    for one in _matching(declaration, wanted, layer):
        found.setdefault((one.id, one.spans), one)
        if len(found) == most:
            break
    return list(islice(found.values(), most))


def places_of(declaration: Declaration, keys: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the key of each sentence that has one of these, and where it is (path:line)."""
    for source, _ in sources_of(declaration):
        lines = 0
        for piece in pieces(source, declaration.dialect):
            parsed = parse_piece(piece, declaration.dialect, stored_piece(piece))
            for row, key in keyed_rows(parsed.tokens, keys):
                yield key, _place(source, lines, parsed, row)
            lines += parsed.lines


def _matching(declaration: Declaration, wanted: str, layer: str) -> Iterator[FoundSentence]:
    for source, _ in sources_of(declaration):
        lines = 0
        for piece in pieces(source, declaration.dialect):
            parsed = parse_piece(piece, declaration.dialect, stored_piece(piece))
            rows = _rows(parsed, wanted)
            if rows:
                checked = inspect(parsed, expectations(declaration), path=source.name, start=piece.start)
                keys = sentence_keys(checked.parsed.tokens)
                for row in rows:
                    place = _place(source, lines, checked.parsed, row)
                    tokens = tuple(checked.parsed.tokens[row].as_py())
                    spans = _spans(checked, declaration, layer, row)
                    yield FoundSentence(id=keys[row].tobytes().hex(), place=place, tokens=tokens, spans=spans)
            lines += parsed.lines


def _place(source: Source, lines: int, parsed: Parsed, row: int) -> str:
    return placed(source.name, lines + parsed.locate(int(parsed.sentence_at[row]))[0])


def _rows(parsed: Parsed, wanted: str) -> list[int]:
    match = _ID.fullmatch(wanted.strip())
    if match:
        key = bytes.fromhex(match[1])
        return np.flatnonzero((sentence_keys(parsed.tokens) == np.frombuffer(key, np.uint8)).all(axis=1)).tolist()
    words = " ".join(wanted.split()).casefold()
    return [row for row, tokens in enumerate(parsed.tokens.to_pylist()) if words in " ".join(tokens).casefold()]


def _spans(checked: Checked, declaration: Declaration, layer: str, row: int) -> Spans:
    bounds = list_bounds(checked.parsed.tokens)
    start, stop = int(bounds[row]), int(bounds[row + 1])
    if layer == MAIN:
        return spans_of(checked.label_ids[start:stop].tolist(), declaration.types_of(layer))
    values, types = checked.layers[layer][row].as_py(), declaration.types_of(layer)
    if isinstance(declaration.layers[layer], FlatSpans):
        return spans_of(values, types)
    return tuple(sorted((*values[i : i + 2], types[values[i + 2]]) for i in range(0, len(values), _PARTS)))
