"""What is published of a piece, as arrays over its tokens: what every look for doubts begins with."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.shard_plan import PieceRows
from tagpress.build.spill import keys_of
from tagpress.columnar.arrays import list_bounds, string_bounds, string_bytes
from tagpress.columnar.name_loops import token_hashes, words_within
from tagpress.columnar.types import Bools, Bytes, Hashes, Ints, Keys, Offsets
from tagpress.corpus.splits import CELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSentences:
    """
    The sentences of a piece: `kept` are published.

    Sentence `i` has the tokens between `bounds[i]` and `bounds[i + 1]`. `splits` and `lines` have the number of its split, and where
    it begins in its source.
    """

    tokens: pa.StringArray
    bounds: Ints
    kept: Bools
    splits: Ints
    lines: Ints
    keys: Keys

    def hashes(self, wanted: Bools | None = None) -> Hashes:
        """Return a hash of each token, or of those that are wanted."""
        every = np.ones(len(self.tokens), dtype=np.bool_) if wanted is None else wanted
        return token_hashes(words_within(self.letters), self.text_bounds, every)

    @property
    def letters(self) -> Bytes:
        """Return the bytes of all tokens, bounded by `text_bounds`."""
        return string_bytes(self.tokens)

    @property
    def text_bounds(self) -> Offsets:
        """Return where each token begins, and where the last one ends."""
        return string_bounds(self.tokens)


def sentences_of(rows: PieceRows, batch: pa.RecordBatch) -> PieceSentences:
    """Return what is published of a piece, given its spill."""
    piece = rows.piece
    kept = np.ones(len(batch), dtype=np.bool_)
    kept[rows.rejected] = False
    return PieceSentences(
        tokens=batch["tokens"].values,
        bounds=list_bounds(batch["tokens"]),
        kept=kept,
        splits=np.repeat(np.arange(len(piece.cell_ends)) // CELLS, np.diff(piece.cell_ends, prepend=0)),
        lines=spill.numbers(batch, "line") + piece.lines,
        keys=keys_of(batch),
    )
