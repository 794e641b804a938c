"""Who has annotated, and what of which sentences?"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from tagpress.build import spill
from tagpress.build.repeated import SpilledPiece
from tagpress.build.spill import extra_name
from tagpress.columnar.bounds import bounds_of, rows_at
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.numbers import unspilled

Unit: TypeAlias = Hashable
"""What makes a sentence of one annotator that of another."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of pieces one after the other, and what is read of them."""

    pieces: Sequence[SpilledPiece]

    @property
    def _first(self) -> Ints:
        return bounds_of([int(piece.cell_ends[-1]) for piece in self.pieces])

    def layer(self, name: str, layer: Layer) -> pa.ListArray:
        """Return a layer of all rows, as it was read."""
        texts = pa.types.is_string(layer.arrow.value_type)
        column = "ner_tags" if name == MAIN else extra_name(name)
        found = [piece.spill.map_sentences()[column] for piece in self.pieces]
        if name != MAIN:
            found = [unspilled(one, texts=texts) for one in found]
        return pa.concat_arrays(found)

    def sizes(self) -> pa.Array:
        """Return how many tokens each row has."""
        return pa.concat_arrays([piece.spill.map_sentences()["tokens"].value_lengths() for piece in self.pieces])

    def place(self, row: int) -> str:
        """Return where a row stands in its source: `path:line`."""
        first = self._first
        number = int(rows_at(first[:-1], np.array([row]))[0])
        piece = self.pieces[number]
        line = spill.numbers(piece.spill.map_sentences(), "line")[row - first[number]] + piece.lines
        return f"{piece.path}:{line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """
    One who has annotated: the row of each sentence, in order, by what makes it the same as another's, and the layers by name.

    `read_as` is by layer the column of the rows that it is read from, where that has another name. `left_out` counts sentences that were
    read, and are not among these for their problems.
    """

    name: str
    units: Mapping[Unit, int]
    rows: Rows
    layers: Mapping[str, Layer]
    read_as: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0

    def column(self, layer: str) -> pa.ListArray:
        """Return a layer of all rows."""
        return self.rows.layer(self.read_as.get(layer, layer), self.layers[layer])
