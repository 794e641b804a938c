"""
How far do annotators agree who tagged the same sentences?

Two measures, because each hides what the other shows: F1 of exact spans between two of them, which ignores where both saw nothing,
and Krippendorff's alpha on tokens over all of them, which takes off what chance would give and bears that some are missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tagpress.columnar.types import Integers


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """Spans of two annotators, and how many of them are the same: sentence, tokens and type."""

    first: int
    second: int
    same: int

    @property
    def f1(self) -> float | None:
        """Return the F1 of the spans of one against the other, which is the same both ways; None without any span."""
        total = self.first + self.second
        return 2 * self.same / total if total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Two annotators: the sentences that both have, those that only one has of the two, and their spans by type."""

    first: str
    second: str
    sentences: int
    only_first: int
    only_second: int
    types: Mapping[str, SpanCounts]

    @property
    def spans(self) -> SpanCounts:
        """Return the spans of all types."""
        every = self.types.values()
        return SpanCounts(
            sum(one.first for one in every), sum(one.second for one in every), sum(one.same for one in every)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the pair as `check --json` prints it."""
        return {
            "first": self.first,
            "second": self.second,
            "sentences": self.sentences,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "span_f1": rounded(self.spans.f1),
            "types": {name: rounded(one.f1) for name, one in self.types.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """
    How far the annotators of a corpus agree.

    `sentences` are those that two of them have or more, `alone` by annotator those that nobody else has. `alpha` is over the
    types of all tokens, `types` over whether a token is in an entity of a type; None where there is nothing to tell apart.
    """

    pairs: tuple[PairAgreement, ...]
    sentences: int
    alone: Mapping[str, int]
    alpha: float | None
    types: Mapping[str, float | None]

    @property
    def least(self) -> PairAgreement | None:
        """Return the pair with the lowest F1 of spans, the first of equals; None where no pair has any to compare."""
        some = [(one.spans.f1, place) for place, one in enumerate(self.pairs) if one.spans.f1 is not None]
        return self.pairs[min(some)[1]] if some else None

    def fault(self, minimum: float) -> str:
        """Say why the lowest F1 of spans is below a minimum, or nothing."""
        if self.least is None:
            return (
                f"no two configurations have spans in the same sentences, where an agreement of {minimum:g} is wanted"
            )
        found = self.least.spans.f1 or 0.0
        if found >= minimum:
            return ""
        return f"{self.least.first} and {self.least.second} agree in {found:.3f} of their spans (F1), and {minimum:g} is wanted"

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as `check --json` prints it."""
        return {
            "sentences": self.sentences,
            "alone": dict(self.alone),
            "alpha": rounded(self.alpha),
            "types": {name: rounded(one) for name, one in self.types.items()},
            "pairs": [one.to_json() for one in self.pairs],
        }


def rounded(value: float | None) -> float | None:
    """Return a measure with four digits behind the point."""
    return None if value is None else round(value, 4)


def krippendorff_alpha(counts: Integers) -> float | None:
    """
    Return Krippendorff's alpha for names; `counts[unit, name]` is how many annotators gave a unit this name.

    Units that fewer than two annotators have count for nothing. None where all have one name: then nothing can be told.

    The only library that is kept up for this is under the GPL, and this is the definition (Krippendorff 2011, section 6).

    >>> krippendorff_alpha(np.array([[2, 0], [0, 2], [1, 1], [2, 0], [1, 0]]))
    0.5333333333333333

    """
    raters = counts.sum(axis=1)
    counts, raters = counts[raters > 1].astype(np.float64), raters[raters > 1]
    names = counts.sum(axis=0)
    total = names.sum()
    expected = total**2 - (names**2).sum()
    if not expected:
        return None
    same = (counts * (counts - 1)).sum(axis=1) / (raters - 1)
    return float(1 - (total - 1) * (total - same.sum()) / expected)
