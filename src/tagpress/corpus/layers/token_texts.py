"""A text for each token, such as its lemma: published as it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Final

import pyarrow as pa

from tagpress.columnar.types import Ints
from tagpress.corpus.layers.layer import Given, Read
from tagpress.corpus.layers.numbers import along

_NO_NAMES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTexts:
    """
    A layer of texts along the tokens.

    `column` is the dialect's column, if it has another name than the layer.
    """

    column: str | None = None
    kind: ClassVar[str] = "texts"
    arrow: ClassVar[pa.DataType] = pa.list_(pa.string())
    called: ClassVar[str] = "a text a token"
    heading: ClassVar[str] = "Text"
    names: ClassVar[tuple[str, ...]] = ()
    meanings: ClassVar[Mapping[str, str]] = _NO_NAMES
    feature: ClassVar[Any] = {"feature": {"dtype": "string", "_type": "Value"}, "_type": "Sequence"}
    yaml: ClassVar[dict[str, Any]] = {"sequence": "string"}

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the column that a layer of this name is read from."""
        return (self.column or name,)

    def read(self, name: str, given: Given) -> Read:
        """Return the texts as they are."""
        return Read(given.texts(*self.sources(name)))

    def published(self, numbers: pa.ListArray) -> pa.Array:
        """Return the column of a shard."""
        return numbers

    def numbers(self, column: pa.Array) -> pa.ListArray:
        """Return what was read."""
        return column

    def count(self, column: pa.Array) -> dict[str, int]:
        """Return how many texts there are."""
        return {"texts": len(column.flatten())}

    def spans(self, counts: Mapping[str, int], name: str) -> int:
        """Return how many texts there are."""
        return counts[name]

    def marked(self, numbers: pa.ListArray, bounds: Ints) -> None:
        """Return nothing: texts are of no type."""

    def shown(self, values: Sequence[Any]) -> list[str]:
        """Return the texts."""
        return [*map(str, values)]

    def fault(self, column: pa.Array, bounds: Ints | None) -> str:
        """Return what is wrong, if anything."""
        return "" if along(column, bounds) else "not as many texts as tokens in a row"
