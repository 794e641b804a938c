"""What can a dialect not hold? Every fault of an export, counted, and the first of them named."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Final

import numpy as np

from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Bools, Integers
from tagpress.corpus.problems import counted, quoted
from tagpress.errors import DataError
from tagpress.export.rows import Rows

SHOWN: Final = 20  # faults that a refusal names; they are mostly one fault again and again
_WHOLE: Final = -1  # the `token` of a fault of the row as a whole


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something cannot be written, said behind its name, and what to do about it."""

    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Refusals:
    """
    What cannot be written of some rows, in order: parallel arrays.

    `token` counts in its sentence from 0, or is -1 for a fault of the row as a whole; `reason` counts in `reasons`.
    """

    rows: Rows
    row: Integers
    token: Integers
    reason: Integers
    reasons: tuple[Refusal, ...]

    def __len__(self) -> int:
        return len(self.row)

    def lines(self) -> Iterator[str]:
        """Yield one line for each fault: split, row id, token, reason."""
        rows = self.rows
        for row, token, reason in zip(self.row.tolist(), self.token.tolist(), self.reason.tolist(), strict=True):
            begin = int(rows.offsets[row])
            what = "" if token == _WHOLE else f" tokens[{token}] {quoted(rows.tokens[begin + token].as_py())}"
            row_id = rows.ids[row] if rows.ids[row].isprintable() else quoted(rows.ids[row])
            yield f"{rows.split} {row_id}{what} {self.reasons[reason].text}"

    def remedies(self) -> list[str]:
        """Return what to do, once for each reason."""
        return list(dict.fromkeys(self.reasons[reason].remedy for reason in np.unique(self.reason)))


Findings = Sequence[tuple[Bools, Refusal]]
"""Which tokens of some rows have a fault, and why; of two faults of a token the first counts."""


def token_faults(rows: Rows, findings: Findings) -> Refusals:
    """Return the faults of tokens."""
    reason = np.full(len(rows.tokens), -1)
    for number, (mask, _) in enumerate(findings):
        reason[mask & (reason < 0)] = number
    at = np.flatnonzero(reason >= 0)
    row = rows_at(rows.offsets, at)
    return Refusals(rows, row, at - rows.offsets[row], reason[at], tuple(reason for _, reason in findings))


def row_faults(rows: Rows, found: Sequence[tuple[int, Refusal]]) -> Refusals:
    """Return the faults of rows as a whole."""
    found = sorted(found, key=itemgetter(0))
    row = np.array([row for row, _ in found], dtype=np.int64)
    return Refusals(rows, row, np.full(len(row), _WHOLE), np.arange(len(row)), tuple(reason for _, reason in found))


def refuse(faults: Iterable[Refusals], dialect: str) -> None:
    """
    Read all faults, and raise if there are any.

    Raises:
        DataError: there are faults; it names the first ones and counts them all.

    """
    total, shown, remedies = 0, list[str](), dict[str, None]()
    for some in faults:
        total += len(some)
        shown += islice(some.lines(), SHOWN - len(shown))
        remedies |= dict.fromkeys(some.remedies())
    if total:
        more = [f"... and {total - len(shown):,} more"] if total > len(shown) else []
        message = [f"{dialect} cannot hold this build: {counted(total, 'fault')}", *shown, *more]
        raise DataError("\n  ".join(message), f"{'; '.join(remedies)}; nothing was written")
