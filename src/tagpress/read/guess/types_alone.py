"""Which column has types without prefixes, and `O` for less than half of the tokens? One of a few names that come again and again."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

_OUTSIDE: Final = "O"
_NAME: Final = re.compile(r"[^\W\d_][\w.&/-]{0,39}")
_LEAST: Final = 0.05  # share of rows with O, without which it could be any column of classes
_NEARLY: Final = 0.95  # share of rows with a name that comes again: what else is there is a header, or a slip
_TYPES: Final = 40
_AGAIN: Final = 2  # times that a name must be there
_WORDS: Final = 4  # different texts of some other column, for each type


class TypeColumn(NamedTuple):
    """The column, its types with `O`, and in how many rows one of them stands."""

    column: int
    types: frozenset[str]
    rows: int


def find_types(rows: Sequence[Sequence[str]]) -> TypeColumn | None:
    """Return the column of types, if one of the columns of rows, which are as wide as each other, has but these."""
    columns = [Counter(cells) for cells in zip(*rows, strict=True)]
    found = [one for number, cells in enumerate(columns) if (one := _types(number, cells, len(rows)))]
    best = max(found, key=lambda one: (columns[one.column][_OUTSIDE], one.column), default=None)
    if best is None:
        return None
    words = max(len(cells) for number, cells in enumerate(columns) if number != best.column)
    return best if words >= _WORDS * len(best.types) else None


def _types(column: int, cells: Counter[str], rows: int) -> TypeColumn | None:
    if len(cells) > rows // _AGAIN or cells[_OUTSIDE] < _LEAST * rows:
        return None
    types = frozenset(text for text, count in cells.items() if count >= _AGAIN and _NAME.fullmatch(text))
    covered = sum(cells[text] for text in types)
    few = 1 < len(types) <= _TYPES and covered >= _NEARLY * rows
    return TypeColumn(column, types, covered) if few else None
