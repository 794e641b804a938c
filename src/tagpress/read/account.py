"""
What became of every line and byte of a source? An account of them by kind, whose sum is the source.

Nothing that is read is skipped without being counted here; `check --json` shows it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

from tagpress.columnar.types import Bools, Integers
from tagpress.read.sources.text import Text

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "rows": "a token and its tag",
        "records": "a sentence: an object of JSON, a row of Parquet; the bytes of the columns that are read",
        "text": "a text with tokens in it",
        "annotations": "an entity beside a text",
        "faulty": "what could not be read, and is a problem",
        "blank": "nothing, or what the dialect takes for nothing",
        "markers": "the start or the end of a sentence",
        "documents": "the start of a document",
        "ids": "the id of a sentence",
        "comments": "a comment",
        "headers": "the names of the columns",
        "no-words": "a multiword token or an empty node of a treebank",
        "unread": "what tagpress does not read: relations of brat, text without a token, columns of Parquet",
        "structure": "what holds a file together",
        "marks": "a byte order mark",
    }
)
"""The kinds of lines, and what a line of each holds."""


@dataclass(frozen=True, slots=True)
class LineAccount:
    """How many lines and bytes of a source are of each kind, as (lines, bytes); kinds without any are left out."""

    kinds: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """Return the number of lines."""
        return sum(lines for lines, _ in self.kinds.values())

    @property
    def bytes(self) -> int:
        """Return the number of bytes."""
        return sum(size for _, size in self.kinds.values())

    def moved(self, source: str, target: str, lengths: Integers) -> "LineAccount":
        """Return the account with lines of these lengths counted as another kind."""
        lines, size = len(lengths), int(lengths.sum())
        return total([self, LineAccount({source: (-lines, -size), target: (lines, size)})])

    def to_json(self) -> dict[str, dict[str, int]]:
        """Return the account as `--json` prints it, with its sum."""
        kinds = {kind: {"lines": lines, "bytes": size} for kind, (lines, size) in self.kinds.items()}
        return {**kinds, "sum": {"lines": self.lines, "bytes": self.bytes}}


def total(accounts: Iterable[LineAccount]) -> LineAccount:
    """Return several accounts as one, in the order of `KINDS`."""
    sums = dict.fromkeys(KINDS, (0, 0))
    for account in accounts:
        for kind, (lines, size) in account.kinds.items():
            sums[kind] = (sums[kind][0] + lines, sums[kind][1] + size)
    return LineAccount({kind: both for kind, both in sums.items() if any(both)})


def count(kinds: Iterable[str], of: Integers, lengths: Integers) -> LineAccount:
    """Return the account of lines: `of` numbers the kind of each, and `lengths` has its bytes."""
    named = list(kinds)
    lines = np.bincount(of, minlength=len(named)).tolist()
    sizes = np.bincount(of, weights=lengths, minlength=len(named)).astype(np.int64).tolist()
    return total(LineAccount({kind: (n, size)}) for kind, n, size in zip(named, lines, sizes, strict=True))


def filled_or_blank(given: Text, kind: str, filled: Bools | None = None) -> LineAccount:
    """Return the account of a text whose lines are of a kind, or blank; `filled` says which are not, if that is known."""
    lengths = given.line_lengths()
    if filled is None:
        lines = given.data[given.begin :].split(b"\n")[: len(lengths)]
        filled = np.array([bool(line.strip()) for line in lines], np.bool_)
    kinds = np.ones(len(lengths), np.int64)
    kinds[: len(filled)] = ~filled[: len(lengths)]
    return total([count((kind, "blank"), kinds, lengths), LineAccount({"marks": (0, given.mark)})])
