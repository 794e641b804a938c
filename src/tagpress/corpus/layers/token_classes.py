"""A class for each token, such as its part of speech: published as a ClassLabel a token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import Given, Read, SpanRows, Trouble, checked_names
from tagpress.corpus.layers.meant import Meant
from tagpress.corpus.layers.numbers import along, id_fault, narrowed, number_lists, widened
from tagpress.corpus.problems import counted, quoted

_SHOWN = 12  # names in a message: of more, how many there are says more


@dataclass(frozen=True, slots=True)
class TokenClasses:
    """
    A layer of classes along the tokens.

    `classes` are their names, in the order of their ids, or a mapping from each to what it means; `column` is the dialect's
    column, if it has another name than the layer. A text that is none of them is `unknown-tag`.

    Raises:
        ScriptError: no name, a repeated name, or one with a space in it.

    """

    classes: Sequence[str] | Mapping[str, str]
    column: str | None = field(default=None, kw_only=True)
    kind: ClassVar[str] = "classes"
    arrow: ClassVar[pa.DataType] = pa.list_(pa.int64())
    called: ClassVar[str] = "a class a token"
    heading: ClassVar[str] = "Class"

    def __post_init__(self) -> None:
        object.__setattr__(self, "classes", checked_names(type(self).__name__, self.classes))

    @property
    def names(self) -> tuple[str, ...]:
        """The classes, in the order of their ids."""
        return tuple(self.classes)

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the classes mean."""
        assert isinstance(self.classes, Mapping)  # since it was checked
        return self.classes

    @property
    def feature(self) -> dict[str, Any]:
        """What `datasets` calls it in the metadata of a shard."""
        return {"feature": {"names": [*self.names], "_type": "ClassLabel"}, "_type": "Sequence"}

    @property
    def yaml(self) -> dict[str, Any]:
        """What `datasets` calls it in the front matter of a card."""
        return {"sequence": {"class_label": {"names": {str(i): name for i, name in enumerate(self.names)}}}}

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the column that a layer of this name is read from."""
        return (self.column or name,)

    def read(self, name: str, given: Given) -> Read:
        """Return the ids of the classes, and the texts that are none."""
        (column,) = self.sources(name)
        tags = given.tags(column)
        ids = {each: place for place, each in enumerate(self.names)}
        meant_ids = ids | {
            spelled: ids[each] for spelled, each in given.types.items() if each in ids and spelled not in ids
        }
        known = np.array([meant_ids.get(text, -1) for text in tags.texts], dtype=np.int32)
        unknown = np.flatnonzero((known < 0)[tags.codes]) if (known < 0).any() else np.zeros(0, dtype=np.int64)

        meant = Meant(self.names)

        def describe(i: int) -> tuple[str, str]:
            text = tags.texts[tags.codes[unknown[i]]]
            return f"the class {quoted(text)} in {column}{meant(text)}", f"a class of the layer {name}: {self._listed}"

        trouble = Trouble("unknown-tag", column, unknown, describe)
        values = np.maximum(known, 0)[tags.codes] if len(known) else np.zeros(0, dtype=np.int32)
        return Read(number_lists(values, given.bounds), (trouble,) if len(unknown) else ())

    @property
    def _listed(self) -> str:
        return ", ".join(self.names) if len(self.names) <= _SHOWN else counted(len(self.names), "name")

    def published(self, numbers: pa.ListArray) -> pa.Array:
        """Return the column of a shard."""
        return widened(numbers)

    def numbers(self, column: pa.Array) -> pa.ListArray:
        """Return what was read."""
        return narrowed(column)

    def count(self, column: pa.Array) -> dict[str, int]:
        """Return how many tokens each class has."""
        counts = np.bincount(column.flatten().to_numpy(zero_copy_only=False), minlength=len(self.names))
        return dict(zip(self.names, counts.tolist(), strict=True))

    def spans(self, counts: Mapping[str, int], name: str) -> int:
        """Return how many tokens a class has."""
        return counts[name]

    def marked(self, numbers: pa.ListArray, bounds: Ints) -> SpanRows:
        """Return each token with its class."""
        places = np.arange(bounds[-1], dtype=np.int64)
        return SpanRows(places, places + 1, numbers.flatten().to_numpy().astype(np.int64), self.names)

    def shown(self, values: Sequence[Any]) -> list[str]:
        """Return the names of the ids."""
        return [self.names[value] for value in values]

    def fault(self, column: pa.Array, bounds: Ints | None) -> str:
        """Return what is wrong, if anything."""
        if not along(column, bounds):
            return "not as many classes as tokens in a row"
        values = column.values[slice(*list_bounds(column)[[0, -1]].tolist())]
        return id_fault(values.to_numpy(zero_copy_only=False), len(self.names))
