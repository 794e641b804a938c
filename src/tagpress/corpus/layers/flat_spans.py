"""Spans side by side, such as chunks: published as IOB2 labels, a ClassLabel a token, as the main tags are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Ints, LabelIds
from tagpress.corpus.layers.layer import Given, Read, SpanRows, checked_names
from tagpress.corpus.layers.numbers import along, id_fault, narrowed, number_lists, widened
from tagpress.corpus.layers.rules import RULES, flat_labels
from tagpress.corpus.layers.spelled import Spelling, read_tags
from tagpress.corpus.schema import Labels
from tagpress.corpus.tags import scheme_named
from tagpress.corpus.tally.spans import find_spans
from tagpress.errors import ScriptError


@dataclass(frozen=True, slots=True)
class FlatSpans:
    """
    A layer of spans that do not overlap.

    `types` are their names, in the order of their ids, or a mapping from each to what it means; `scheme` and `joiner` are
    how the column spells them, as the dialect's where they are not given; `column` is the dialect's column, if it has another
    name than the layer. What is wrong is `unknown-tag` or `invalid-transition`.

    Without types, it is made of the spans of a nested layer: `of` names it, and `rule` says which of its spans are taken,
    "outermost", "innermost" or "longest".

    Raises:
        ScriptError: no name, a repeated name, one with a space in it, or a scheme that nobody knows.

    """

    types: Sequence[str] | Mapping[str, str] = ()
    scheme: str | None = field(default=None, kw_only=True)
    joiner: str | None = field(default=None, kw_only=True)
    column: str | None = field(default=None, kw_only=True)
    of: str | None = field(default=None, kw_only=True)
    rule: str | None = field(default=None, kw_only=True)
    kind: ClassVar[str] = "flat"
    arrow: ClassVar[pa.DataType] = pa.list_(pa.int64())
    called: ClassVar[str] = "spans side by side, as IOB2 labels"
    heading: ClassVar[str] = "Type"

    def __post_init__(self) -> None:
        if self.of is None or self.types:
            object.__setattr__(self, "types", checked_names(type(self).__name__, self.types))
        spelled = (self.scheme, self.joiner, self.column)
        if (self.of is None) != (self.rule is None) or (self.of is not None and spelled != (None, None, None)):
            message = f"FlatSpans has of={self.of!r} and rule={self.rule!r}"
            hint = 'name the nested layer and the rule, and nothing else: FlatSpans(of="entities", rule="outermost")'
            raise ScriptError(message, hint)
        if self.rule is not None and self.rule not in RULES:
            raise ScriptError(f"FlatSpans has rule={self.rule!r}", f"use one of {', '.join(RULES)}")
        if self.scheme is not None:
            scheme_named(self.scheme)

    @property
    def labels(self) -> Labels:
        """The labels of the types."""
        return Labels(tuple(self.types))

    @property
    def names(self) -> tuple[str, ...]:
        """The labels, in the order of their ids."""
        return self.labels.names

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the types mean."""
        assert isinstance(self.types, Mapping)  # since it was checked
        return self.types

    @property
    def feature(self) -> dict[str, Any]:
        """What `datasets` calls it in the metadata of a shard."""
        return {"feature": {"names": [*self.names], "_type": "ClassLabel"}, "_type": "Sequence"}

    @property
    def yaml(self) -> dict[str, Any]:
        """What `datasets` calls it in the front matter of a card."""
        return {"sequence": {"class_label": {"names": {str(i): name for i, name in enumerate(self.names)}}}}

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the column that a layer of this name is read from; what is made of another layer is read from none."""
        return (self.column or name,) if self.of is None else ()

    def read(self, name: str, given: Given) -> Read:
        """Return the ids of the labels, and what is wrong with the tags."""
        if self.of is not None:
            return Read(number_lists(self._derived(given), given.bounds))
        (column,) = self.sources(name)
        spelling = Spelling(
            labels=self.labels,
            scheme=scheme_named(self.scheme or given.scheme),
            joiner=given.joiner if self.joiner is None else self.joiner,
            types=given.types,
        )
        spelled = read_tags(column, given.tags(column), given.bounds, spelling)
        return Read(number_lists(spelled.label_ids, given.bounds), spelled.troubles)

    def _derived(self, given: Given) -> LabelIds:
        nested = given.layers[self.of or ""]
        parts = nested.values.to_numpy().reshape(-1, 3).astype(np.int64)
        first = np.repeat(given.bounds[:-1], np.diff(list_bounds(nested)) // 3)
        begin, end = parts[:, 0] + first, parts[:, 1] + first
        return flat_labels(begin, end, parts[:, 2], int(given.bounds[-1]), self.rule or "")

    def published(self, numbers: pa.ListArray) -> pa.Array:
        """Return the column of a shard."""
        return widened(numbers)

    def numbers(self, column: pa.Array) -> pa.ListArray:
        """Return what was read."""
        return narrowed(column)

    def count(self, column: pa.Array) -> dict[str, int]:
        """Return how many tokens each label has; those of a B- label are how many spans there are."""
        counts = np.bincount(column.flatten().to_numpy(zero_copy_only=False), minlength=len(self.names))
        return dict(zip(self.names, counts.tolist(), strict=True))

    def spans(self, counts: Mapping[str, int], name: str) -> int:
        """Return how many spans a type has."""
        return counts[f"B-{name}"]

    def marked(self, numbers: pa.ListArray, bounds: Ints) -> SpanRows:
        """Return the spans that the labels are of."""
        spans = find_spans(numbers.flatten().to_numpy().astype(np.int64), bounds)
        return SpanRows(spans.begins, spans.ends, spans.types, tuple(self.meanings))

    def shown(self, values: Sequence[Any]) -> list[str]:
        """Return the names of the ids."""
        return [self.names[value] for value in values]

    def fault(self, column: pa.Array, bounds: Ints | None) -> str:
        """Return what is wrong, if anything."""
        if not along(column, bounds):
            return "not as many labels as tokens in a row"
        values = column.values[slice(*list_bounds(column)[[0, -1]].tolist())]
        return id_fault(values.to_numpy(zero_copy_only=False), len(self.names))
