"""What does a source say of each sentence's split, where a field of its records or a column of its rows says it?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tagpress.columnar.types import Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidSplits:
    """
    What is said of the split of each sentence: `values[code]`, which is "" where nothing is.

    `at` is the byte where it is said. `others` are the sentences whose rows do not agree: the sentence, the byte of its first
    row that says something else, and what that says.
    """

    values: tuple[str, ...]
    code: NDArray[np.int32]
    at: NDArray[np.int32]
    others: tuple[tuple[int, int, str], ...] = ()

    @classmethod
    def of(cls, texts: Iterable[str], at: Integers) -> Self:
        """Return what texts say, one for each sentence."""
        numbers: dict[str, int] = {}
        code = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), dtype=np.int32)
        return cls(values=tuple(numbers), code=code, at=at.astype(np.int32))

    def taken(self, sentences: Sequence[int] | Integers) -> Self:
        """Return what is said of records, for the sentences that these became."""
        return replace(self, code=self.code[sentences], at=self.at[sentences])


def said(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return what a value of JSON says of a split."""
    return "" if value is None else str(value)


def texts_of(column: pa.ChunkedArray, names: Sequence[str]) -> pa.StringArray:
    """Return a column as texts: of its labels' names, where it has numbers and they have names."""
    plain = column.combine_chunks()
    if names and pa.types.is_integer(plain.type):
        encoded = plain.dictionary_encode()
        spelled = [
            names[number] if number is not None and 0 <= number < len(names) else said(number)
            for number in encoded.dictionary.to_pylist()
        ]
        plain = pa.array(spelled, pa.string()).take(encoded.indices)
    return pc.fill_null(plain.cast(pa.string()), "")
