"""Which layers of a corpus are looked at, and how is one of them read from a piece?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

import pyarrow as pa

from tagpress.build.declaration import Declaration
from tagpress.build.doubts.sentences import PieceSentences, sentences_of
from tagpress.build.doubts.spans import (
    PieceSpans,
    Span,
    flat_spans,
    nested_spans,
    spans_of_classes,
    spans_of_labels,
    spans_of_parts,
)
from tagpress.build.shard_plan import PieceRows
from tagpress.build.spill import extra_name
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.numbers import unspilled
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.errors import UsageError
from tagpress.store import Store

DOUBTS: Final = "labels in doubt are looked for"
"""What is done here, in messages."""

# From the numbers of a layer, as they were read, to its spans in the sentences that are published.
SpanReader: TypeAlias = Callable[[pa.ListArray, PieceSentences], PieceSpans]

# A kind of layers that has spans of tokens: what reads them.
_READERS: Final[Mapping[str, SpanReader]] = MappingProxyType(
    {FlatSpans.kind: flat_spans, NestedSpans.kind: nested_spans}
)
# The same for one sentence, whose tokens are numbered from 0; a class is the span of its token.
_ROW_READERS: Final[Mapping[str, Callable[[list[int]], list[Span]]]] = MappingProxyType(
    {FlatSpans.kind: spans_of_labels, NestedSpans.kind: spans_of_parts, TokenClasses.kind: spans_of_classes}
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A layer that is looked at: the name of its column, its kind, and its types in the order of their ids."""

    name: str
    kind: str
    types: tuple[str, ...]

    @property
    def classes(self) -> bool:
        """Tell whether it has a class for each token, and no spans."""
        return self.kind == TokenClasses.kind

    @property
    def called(self) -> str:
        """Return what a note calls it; the main tags need no name."""
        return "" if self.name == MAIN else f" of the layer {self.name}"

    def spans(self, batch: pa.RecordBatch, sentences: PieceSentences) -> PieceSpans:
        """Return its spans in a piece."""
        return _READERS[self.kind](self.numbers(batch), sentences)

    def spans_of_row(self, batch: pa.RecordBatch, row: int) -> list[Span]:
        """Return its spans in one sentence."""
        return _ROW_READERS[self.kind](self.numbers(batch[row : row + 1])[0].as_py())

    def numbers(self, batch: pa.RecordBatch) -> pa.ListArray:
        """Return what was read of it."""
        return batch[MAIN] if self.name == MAIN else unspilled(batch[extra_name(self.name)], texts=False)


def looked_at(declaration: Declaration) -> tuple[Looked, ...]:
    """
    Return the layers that are looked at, the main tags first.

    What is made of a nested layer says nothing that this does not say.
    """
    nested = any(layer.kind == NestedSpans.kind for layer in declaration.layers.values())
    made = {name for name, layer in declaration.layers.items() if isinstance(layer, FlatSpans) and layer.of}
    main = [Looked(MAIN, FlatSpans.kind, declaration.labels.entity_types)] if declaration.entity_types else []
    layers = [
        Looked(name, layer.kind, tuple(layer.meanings))
        for name, layer in declaration.layer_columns.items()
        if layer.kind in _ROW_READERS
    ]
    return tuple(one for one in (*main, *layers) if not (nested and one.name in made))


def require_spans(declaration: Declaration) -> None:
    """
    Stop where there is nothing to look at.

    Raises:
        UsageError: no layer has spans or classes.

    """
    if not looked_at(declaration):
        message = f"{DOUBTS} among entities, other spans and classes, and {declaration.title} has none"
        raise UsageError(
            message, "leave that out, or name a configuration that has entity types, or a layer of spans or of classes"
        )


@dataclass(frozen=True, slots=True)
class LayerTask:
    """A layer of a piece, and a store that every worker reaches."""

    layer: Looked
    rows: PieceRows
    store: Store


def read_layer(task: LayerTask) -> tuple[PieceSentences, PieceSpans]:
    """Return the sentences of a piece, and the spans of its layer."""
    batch = task.rows.piece.spill.map_sentences()
    sentences = sentences_of(task.rows, batch)
    return sentences, task.layer.spans(batch, sentences)
