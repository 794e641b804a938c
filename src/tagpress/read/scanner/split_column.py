"""Which split is a sentence in, where a column of its rows says it?"""

from dataclasses import replace
from typing import Final

import numpy as np

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import rows_at
from tagpress.read.parsed import Parsed
from tagpress.read.said_splits import SaidSplits

COLUMN: Final = "\0split"
"""What the scanner calls the column, among the extra ones."""


def said_by_column(parsed: Parsed) -> Parsed:
    """
    Return what was read with the splits that the column `COLUMN` says.

    The first row of a sentence says its split. A row below it says the same, or nothing, as spreadsheets have it.
    """
    cells, bounds = parsed.extra[COLUMN].values.dictionary_encode(), list_bounds(parsed.tokens)
    values, of_row = cells.dictionary.to_pylist(), cells.indices.to_numpy()
    if "" not in values:
        values.append("")
    none, filled = values.index(""), np.diff(bounds) > 0
    first = np.where(filled, bounds[:-1], 0)
    code = np.where(filled, np.append(of_row, none)[first], none).astype(np.int32)
    at = np.where(filled, np.append(parsed.extra_at[COLUMN], 0)[first], parsed.sentence_at).astype(np.int32)
    sentence = rows_at(bounds[:-1], np.arange(len(of_row)))
    odd = np.flatnonzero((of_row != code[sentence]) & (of_row != none)) if len(of_row) else np.zeros(0, np.int64)
    torn, where = np.unique(sentence[odd], return_index=True)
    rows = odd[where].tolist()
    others = tuple(
        (number, int(parsed.extra_at[COLUMN][row]), values[of_row[row]])
        for number, row in zip(torn.tolist(), rows, strict=True)
    )
    return replace(
        parsed,
        split=SaidSplits(values=tuple(values), code=code, at=at, others=others),
        extra={name: column for name, column in parsed.extra.items() if name != COLUMN},
        extra_at={name: column for name, column in parsed.extra_at.items() if name != COLUMN},
    )
