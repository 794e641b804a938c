"""Which sentences of a piece does somebody correct? They are found by their text, and get the spans that they should have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from tagpress.build.keyed_rows import keyed_rows
from tagpress.columnar.types import Ints, LabelIds
from tagpress.corpus.corrections import Correction, Corrections, Spans, followed, shown
from tagpress.corpus.edited_spans import Edit, edited_labels, edited_nested
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.numbers import number_lists


@dataclass(frozen=True, slots=True)
class Met:
    """A correction, by its line, and a sentence that it is about: what became of it, and which spans the sentence had."""

    line: int
    outcome: str
    sentence: int
    found: str


@dataclass(frozen=True, slots=True)
class PieceCorrections:
    """The corrections of a piece, by the sentence and the layer that they are about; `met` grows as layers are corrected."""

    rows: Mapping[int, Mapping[str, Sequence[Correction]]] = field(default_factory=dict)
    met: list[Met] = field(default_factory=list)

    @classmethod
    def among(cls, corrections: Corrections, tokens: pa.ListArray) -> "PieceCorrections":
        """Return the corrections whose sentences are among these."""
        return cls(dict(_rows_of(corrections, tokens)))

    def labels(self, layer: str, label_ids: LabelIds, bounds: Ints, types: Sequence[str]) -> LabelIds:
        """Return the label ids of a layer, corrected."""
        return edited_labels(label_ids, bounds, types, self._of(layer), self._edit(layer, bounds))

    def column(self, name: str, layer: Layer, numbers: pa.ListArray, bounds: Ints) -> pa.ListArray:
        """Return the column of a layer, corrected; what is made of another layer is so already."""
        if not self._of(name):
            return numbers
        if isinstance(layer, NestedSpans):
            return edited_nested(numbers, layer.names, self._of(name), self._edit(name, bounds))
        assert isinstance(layer, FlatSpans)  # as the declaration has checked
        types, edit = tuple(layer.types), self._edit(name, bounds)
        return number_lists(edited_labels(numbers.values.to_numpy(), bounds, types, self._of(name), edit), bounds)

    def _of(self, layer: str) -> list[int]:
        return sorted(row for row, chains in self.rows.items() if layer in chains)

    def _edit(self, layer: str, bounds: Ints) -> Edit:
        def edit(row: int, before: Spans) -> Spans:
            # A span that its sentence does not have: the text of an id is always as long, so the line is wrong.
            chain, tokens = self.rows[row][layer], int(bounds[row + 1] - bounds[row])
            fits = [one for one in chain if all(end <= tokens for _, end, _ in (*one.before, *one.after))]
            after, outcomes = followed(fits, before) if fits else (before, ())
            told = dict(zip((one.line for one in fits), outcomes, strict=True))
            self.met.extend(Met(one.line, told.get(one.line, ""), row, shown(before)) for one in chain)
            return after

        return edit


def _rows_of(
    corrections: Corrections, tokens: pa.ListArray
) -> Iterator[tuple[int, Mapping[str, Sequence[Correction]]]]:
    for row, key in keyed_rows(tokens, corrections.by_key):
        yield row, corrections.by_key[key]
