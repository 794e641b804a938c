"""
How far do annotators agree who tagged the same sentences?

Two measures, because each hides what the other shows: F1 of exact spans between two of them, which ignores where both saw nothing,
and Krippendorff's alpha on tokens over all of them, which takes off what chance would give and bears that some are missing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
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
    How far annotators agree in one layer.

    `between` says what they are: "configurations", "annotators" (with files of their own) or "layers"; `config` is the configuration
    that the latter two are of, where that has a name. `layer` is what was compared; where layers are the annotators, their names
    with a slash between. `unit` is what F1 counts, "spans" or "tokens". Sentences are the same `by` what it says.

    `sentences` are those that two of them have or more, `alone` by annotator those that nobody else has, `alone_at` the place of the
    first of them, and `left_out` by annotator those that were read and not compared, for their problems. `alpha` is over the types of
    all tokens, `types` over whether a token is in an entity of a type; None where there is nothing to tell apart.
    """

    between: str
    config: str = ""
    layer: str
    unit: str = "spans"
    by: str
    pairs: tuple[PairAgreement, ...]
    sentences: int
    alone: Mapping[str, int]
    alone_at: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)
    alpha: float | None
    types: Mapping[str, float | None]

    @property
    def title(self) -> str:
        """Return what was compared, in words."""
        return f"{self.config + ': ' if self.config else ''}{self.layer} between {self.between}"

    @property
    def unaligned(self) -> tuple[str, ...]:
        """Return a line for each annotator that has sentences which nobody else has, with the first place, or has some left out."""
        alone = [
            f"{name}: {count:,} sentences that nobody else has, the first at {self.alone_at[name]}"
            for name, count in self.alone.items()
            if count and name in self.alone_at
        ]
        left = [
            f"{name}: {count:,} sentences left out for their problems" for name, count in self.left_out.items() if count
        ]
        return (*alone, *left)

    @property
    def least(self) -> PairAgreement | None:
        """Return the pair with the lowest F1, the first of equals; None where no pair has anything to compare."""
        some = [(one.spans.f1, place) for place, one in enumerate(self.pairs) if one.spans.f1 is not None]
        return self.pairs[min(some)[1]] if some else None

    def lowest(self, kind: str) -> PairAgreement | None:
        """Return the pair with the lowest F1 of a type, the first of equals; None where no pair has any of it."""
        some = [(one.types[kind].f1, place) for place, one in enumerate(self.pairs) if one.types[kind].f1 is not None]
        return self.pairs[min(some)[1]] if some else None

    def fault(self, minimum: float) -> str:
        """Say why the lowest F1 is below a minimum, or nothing."""
        where = f"in {self.layer}" + (f" of {self.config}" if self.config else "")
        if self.least is None:
            return f"no two {self.between} have {self.unit} in the same sentences {where}, where an agreement of {minimum:g} is wanted"
        found = self.least.spans.f1 or 0.0
        if found >= minimum:
            return ""
        pair = f"{self.least.first} and {self.least.second}"
        return f"{pair} agree in {found:.3f} of their {self.unit} (F1) {where}, and {minimum:g} is wanted"

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as `check --json` prints it."""
        return {
            "between": self.between,
            **({"config": self.config} if self.config else {}),
            "layer": self.layer,
            "unit": self.unit,
            "aligned_by": self.by,
            "sentences": self.sentences,
            "alone": dict(self.alone),
            "alone_at": dict(self.alone_at),
            **({"left_out": dict(self.left_out)} if self.left_out else {}),
            "alpha": rounded(self.alpha),
            "types": {name: rounded(one) for name, one in self.types.items()},
            "pairs": [one.to_json() for one in self.pairs],
        }


@dataclass(frozen=True, slots=True)
class Agreements:
    """How far the annotators of a corpus agree, in each layer that several of them have; and what was not compared, and why."""

    compared: tuple[Agreement, ...] = ()
    not_compared: tuple[str, ...] = ()

    def fault(self, minimum: float) -> str:
        """Say which of them are below a minimum, or nothing."""
        return "; ".join(filter(None, (one.fault(minimum) for one in self.compared)))

    def __iter__(self) -> Iterator[Agreement]:
        return iter(self.compared)

    def to_json(self) -> dict[str, Any]:
        """Return the agreement as `check --json` prints it."""
        return {"compared": [one.to_json() for one in self.compared], "not_compared": list(self.not_compared)}


def rounded(value: float | None) -> float | None:
    """Return a measure with four digits behind the point."""
    return None if value is None else round(value, 4)


def krippendorff_alpha(said: Sequence[Integers]) -> float | None:
    """
    Return Krippendorff's alpha for names; `said[annotator][unit]` is the number of a name, negative where nothing was said.

    Units of which fewer than two have said something count for nothing. None where all say one name: then nothing can be told.

    The only library that is kept up for this is under the GPL, and this is the definition (Krippendorff 2011, section 6). Sums are
    of whole numbers until the last, so that the order of units and annotators changes nothing.

    >>> krippendorff_alpha([np.array([0, 1, 0, 0, 0]), np.array([0, 1, 1, 0, -1])])
    0.5333333333333333

    """
    raters = sum(((one >= 0).astype(np.int64) for one in said), np.zeros(len(said[0]) if len(said) else 0, np.int64))
    names = [one[(one >= 0) & (raters > 1)] for one in said]
    counts = np.bincount(np.concatenate(names)) if names else np.zeros(0, dtype=np.int64)
    total = int(counts.sum())
    expected = total**2 - sum(count**2 for count in counts[counts > 0].tolist())
    if not expected:
        return None
    agreed = np.zeros(len(raters), dtype=np.int64)
    for one, other in combinations(said, 2):
        agreed += (one == other) & (one >= 0)
    by_raters = np.bincount(raters, weights=agreed, minlength=2)  # exact: whole numbers far below 2^53
    same = sum(2 * count / (number - 1) for number, count in enumerate(by_raters.tolist()) if number > 1)
    return float(1 - (total - 1) * (total - same) / expected)
