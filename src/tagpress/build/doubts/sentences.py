"""What is published of a piece, as arrays over its tokens: what every look for doubts begins with."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.shard_plan import PieceRows
from tagpress.build.spill import keys_of
from tagpress.columnar.arrays import list_bounds, string_bounds, string_bytes
from tagpress.columnar.name_loops import token_hashes
from tagpress.columnar.types import Bools, Hashes, Ints, Keys, LabelIds
from tagpress.corpus.splits import CELLS


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceSentences:
    """
    The sentences of a piece: `kept` are published.

    Of tokens there are texts, `hashes`, whether they begin with a capital, and `labels`; sentence `i` is what stands between
    `bounds[i]` and `bounds[i + 1]`. `splits` and `lines` have the number of its split, and where it begins in its source.
    """

    tokens: pa.StringArray
    hashes: Hashes
    capitals: Bools
    labels: LabelIds
    bounds: Ints
    kept: Bools
    splits: Ints
    lines: Ints
    keys: Keys


def sentences_of(rows: PieceRows) -> PieceSentences:
    """Read what is published of a piece."""
    batch, piece = rows.piece.spill.map_sentences(), rows.piece
    bounds, tokens = list_bounds(batch["tokens"]), batch["tokens"].values
    hashes, capitals = token_hashes(string_bytes(tokens), string_bounds(tokens))
    kept = np.ones(len(batch), dtype=np.bool_)
    kept[rows.rejected] = False
    return PieceSentences(
        tokens=tokens,
        hashes=hashes,
        capitals=capitals,
        labels=batch["ner_tags"].values.to_numpy(),
        bounds=bounds,
        kept=kept,
        splits=np.searchsorted(piece.cell_ends, np.arange(len(batch)), side="right") // CELLS,
        lines=spill.numbers(batch, "line") + piece.lines,
        keys=keys_of(batch),
    )
