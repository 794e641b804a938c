"""Which layer of a corpus are predictions of?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from tagpress.build.declaration import Declaration
from tagpress.build.spilled_rows import SpilledRows
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.errors import UsageError

_KINDS: Final = frozenset({FlatSpans.kind, TokenClasses.kind})  # a label for each token, and a name for each label


@dataclass(frozen=True, slots=True, kw_only=True)
class Predicted:
    """A layer with a label for each token: its name, and the names of its labels."""

    name: str
    layer: Layer

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the labels, in the order of their ids."""
        return self.layer.names

    @property
    def called(self) -> str:
        """Return what a note calls it; the main tags need no name."""
        return "" if self.name == MAIN else f" of the layer {self.name}"

    def labels(self, rows: SpilledRows) -> pa.ListArray:
        """Return the label ids of all rows."""
        return rows.layer(self.name, self.layer)


def predicted_layer(declaration: Declaration, name: str | None) -> Predicted:
    """
    Return the layer of this name; the main tags if none is named.

    Raises:
        UsageError: there is no such layer, or it has no label for each token.

    """
    main: Mapping[str, Layer] = {MAIN: FlatSpans(declaration.entity_types)} if declaration.entity_types else {}
    every = {**main, **declaration.layer_columns}
    able = [one for one, layer in every.items() if layer.kind in _KINDS]
    wanted = MAIN if name is None else name
    if wanted in able:
        return Predicted(name=wanted, layer=every[wanted])
    hint = (
        f"name one that has: --layer {' or '.join(able)}" if able else "leave that out, or name another configuration"
    )
    if wanted in every:
        raise UsageError(
            f"labels are held against predictions token by token, and the layer {wanted} has {every[wanted].called}",
            hint,
        )
    what = "no entity types" if name is None else f"no layer {name!r:.60}"
    raise UsageError(f"labels are held against predictions, and {declaration.title} has {what}", hint)
