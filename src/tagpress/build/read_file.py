"""What is in one file, or a part of one, read and checked by itself: what nothing else of a piece has a say in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.build.check import Checked, inspect
from tagpress.build.declaration import Declaration
from tagpress.build.expectations import Expectations
from tagpress.columnar.arrays import list_bounds, one_each, packed_each
from tagpress.columnar.loops import lines_before
from tagpress.columnar.types import Ints, Keys
from tagpress.corpus.forgotten import FORGOTTEN
from tagpress.corpus.identity import sentence_keys
from tagpress.corpus.layers.numbers import spilled
from tagpress.corpus.schema import OFFSETS, SOURCE_ID, TEXT
from tagpress.read.parsed import Parsed
from tagpress.read.pieces import Piece, parse_piece, stored_piece


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """
    Checked sentences, each with its key and the line at which it begins, from 1 and from the piece's start.

    `sha256` is that of the source as it is stored, in hex, where the piece is all of it: nobody has to fetch it once more.
    """

    piece: Piece
    sha256: str | None
    checked: Checked
    keys: Keys
    lines: Ints
    doc_ids: tuple[str, ...]

    @property
    def parsed(self) -> Parsed:
        """Return what was read."""
        return self.checked.parsed

    def column(self, name: str) -> pa.ListArray:
        """Return an extra column as a spill has it; what is not a list of texts is a list of one."""
        parsed = self.parsed
        if name in self.checked.layers:
            return spilled(self.checked.layers[name])
        if name == SOURCE_ID:
            return one_each(parsed.sentence_ids)
        if name not in {TEXT, OFFSETS}:
            return parsed.extra[name]
        assert parsed.texts is not None
        if name == TEXT:
            return one_each(pa.array(parsed.texts.each(), pa.string()))
        bounds = list_bounds(parsed.tokens)
        return one_each(packed_each(parsed.texts.starts(bounds), bounds))

    def rejected(self) -> Iterator[dict[str, Any]]:
        """Describe each sentence that stays behind: its place, its reasons, and its text, if that is not to be forgotten."""
        parsed, reasons, offsets = self.parsed, self.checked.reasons, list_bounds(self.parsed.tokens)
        sentences = np.array(sorted(reasons), dtype=np.int64)
        for sentence, line in zip(sentences.tolist(), self.lines[sentences].tolist(), strict=True):
            yield {
                "path": self.piece.source.name,
                "line": line,
                "doc_id": self.doc_ids[parsed.document[sentence]],
                "reasons": list(dict.fromkeys(reasons[sentence])),
                **_told(parsed, sentence, offsets, reasons[sentence]),
            }


def read_file(piece: Piece, declaration: Declaration, expected: Expectations) -> ReadFile:
    """
    Read and check a file, or a part of one.

    Raises:
        SourceError: it cannot be read.

    """
    source = piece.source
    stored = stored_piece(piece) if piece.whole else None
    parsed = parse_piece(piece, declaration.dialect, stored)
    return ReadFile(
        piece=piece,
        sha256=None if stored is None else hashlib.sha256(stored).hexdigest(),
        checked=inspect(parsed, expected, path=source.name, start=piece.start),
        keys=sentence_keys(parsed.tokens),
        lines=1 + lines_before(np.frombuffer(parsed.data, dtype=np.uint8), parsed.sentence_at),
        doc_ids=tuple(f"{source.doc_id}#{name}" if name else source.doc_id for name in parsed.documents),
    )


def _told(parsed: Parsed, sentence: int, offsets: Ints, reasons: tuple[str, ...]) -> dict[str, Any]:
    """Return the tokens and tags of a sentence, and its lines as read."""
    if FORGOTTEN in reasons:
        return {"tokens": [], "tags": [], "text": ""}
    tags = parsed.tags[offsets[sentence] : offsets[sentence + 1]]
    return {
        "tokens": parsed.tokens[sentence].as_py(),
        "tags": [parsed.tag_names[tag] for tag in tags],
        "text": parsed.sentence_text(sentence),
    }
