"""Which kinds of NumPy arrays are there? Each has one name, here; a shape is one-dimensional unless it is given."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
"""Numbers as we make them: bounds, counts, places, rows."""

Integers: TypeAlias = npt.NDArray[np.integer[Any]]
"""Numbers as they come, of any width, with a sign or without: from Arrow's columns, or to where each width will do."""

Offsets: TypeAlias = npt.NDArray[np.int32]
"""Arrow's own bounds of strings and lists: one more than there are, ascending."""

LabelIds: TypeAlias = npt.NDArray[np.int16]
"""One label id a token, flat over all sentences; `O` is 0."""

Bytes: TypeAlias = npt.NDArray[np.uint8]
"""The bytes of a text."""

Bools: TypeAlias = npt.NDArray[np.bool_]
"""Yes or no for each row or token: a mask, or a table of any shape."""

Hashes: TypeAlias = npt.NDArray[np.uint64]
"""Numbers that are as good as random and always the same for the same content: near keys, group hashes, ranks."""

Keys: TypeAlias = npt.NDArray[np.uint8]
"""Content keys of 128 bits, shape [n, 16]."""

Array: TypeAlias = npt.NDArray[Any]
"""An array of any type and shape: where compiled code or a store of columns takes them all."""

Arrays: TypeAlias = tuple[Array, ...]
"""Arrays that travel together."""
