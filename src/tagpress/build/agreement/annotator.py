"""Who has annotated, and what of which sentences?"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pyarrow as pa

from tagpress.build.spilled_rows import SpilledRows
from tagpress.corpus.layers.layer import Layer

Unit: TypeAlias = Hashable
"""What makes a sentence of one annotator that of another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotator:
    """
    One who has annotated: the row of each sentence, in order, by what makes it the same as another's, and the layers by name.

    `read_as` is by layer the column of the rows that it is read from, where that has another name. `left_out` counts sentences that were
    read, and are not among these for their problems.
    """

    name: str
    units: Mapping[Unit, int]
    rows: SpilledRows
    layers: Mapping[str, Layer]
    read_as: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0

    def column(self, layer: str) -> pa.ListArray:
        """Return a layer of all rows."""
        return self.rows.layer(self.read_as.get(layer, layer), self.layers[layer])
