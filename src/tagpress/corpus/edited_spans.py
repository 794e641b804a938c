"""How do the spans of a few sentences become others, in columns of many?"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias, TypeVar

import numpy as np
import pyarrow as pa

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.types import Integers, LabelIds
from tagpress.corpus.corrections import Span, Spans
from tagpress.corpus.layers.numbers import number_lists
from tagpress.corpus.schema import OUTSIDE, Labels

Ids = TypeVar("Ids", bound=Integers)
Edit: TypeAlias = Callable[[int, Spans], Spans]
"""Given the number of a sentence and its spans, the spans that it shall have."""
_PARTS: Final = 3  # numbers of a nested span


def edited_labels(label_ids: Ids, bounds: Integers, types: Sequence[str], rows: Iterable[int], edit: Edit) -> Ids:
    """Return the IOB2 label ids of sentences with other spans in some `rows`."""
    changed = label_ids
    for row in rows:
        start, stop = int(bounds[row]), int(bounds[row + 1])
        before = spans_of(label_ids[start:stop].tolist(), types)
        after = edit(row, before)
        if after != before:
            changed = label_ids.copy() if changed is label_ids else changed
            changed[start:stop] = labels_of(after, stop - start, types)
    return changed


def edited_nested(numbers: pa.ListArray, types: Sequence[str], rows: Iterable[int], edit: Edit) -> pa.ListArray:
    """Return a column of nested spans with others in some `rows`, which ascend."""
    ends, values = list_bounds(numbers), numbers.values.to_numpy()
    lengths, parts, done = np.diff(ends), [], int(ends[0])
    for row in rows:
        flat = values[ends[row] : ends[row + 1]].reshape(-1, _PARTS).tolist()
        after = edit(row, tuple(sorted((start, end, types[kind]) for start, end, kind in flat)))
        found = sorted(((start, end, types.index(kind)) for start, end, kind in after), key=_outermost_first)
        parts += [values[done : ends[row]], np.array(found, dtype=values.dtype).reshape(-1)]
        done, lengths[row] = int(ends[row + 1]), _PARTS * len(found)
    if not parts:
        return numbers
    return number_lists(np.concatenate([*parts, values[done : ends[-1]]]), np.append(0, np.cumsum(lengths)))


def _outermost_first(span: tuple[int, int, int]) -> tuple[int, int, int]:
    return span[0], -span[1], span[2]


def spans_of(label_ids: Sequence[int], types: Sequence[str]) -> Spans:
    """
    Return the spans of one sentence's IOB2 label ids.

    >>> spans_of([0, 3, 4, 1], ["Person", "Place"])
    ((1, 3, 'Place'), (3, 4, 'Person'))

    """
    found: list[Span] = []
    for place, label in enumerate(label_ids):
        if label != OUTSIDE and label % 2:
            found.append((place, place + 1, types[label // 2]))
        elif label != OUTSIDE:
            found[-1] = (found[-1][0], place + 1, found[-1][2])
    return tuple(found)


def labels_of(spans: Spans, tokens: int, types: Sequence[str]) -> LabelIds:
    """
    Return the IOB2 label ids of one sentence with these spans.

    >>> labels_of(((1, 3, "Place"),), 4, ["Person", "Place"]).tolist()
    [0, 3, 4, 0]

    """
    ids = np.full(tokens, OUTSIDE, dtype=np.int16)
    for start, end, kind in spans:
        begin = Labels.begin(types.index(kind))
        ids[start:end] = begin + 1
        ids[start] = begin
    return ids
