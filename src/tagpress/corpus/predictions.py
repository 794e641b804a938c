"""What does a file of predictions say, and what became of it?"""

from dataclasses import dataclass
from typing import Any

from tagpress.columnar.types import Array, Ints
from tagpress.corpus.problems import counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """
    The predictions of a model for sentences: of each the `ids`, where it stands in the file (`places`), and how many tokens it has.

    `values` are those of all tokens, one sentence after the other: label ids of shape [tokens] where tags were predicted, or
    probabilities of shape [tokens, labels], where each token's add up to 1. `unnamed` are labels of the corpus that no prediction names.
    """

    ids: tuple[str, ...]
    places: tuple[str, ...]
    lengths: Ints
    values: Array
    unnamed: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Return "probabilities" or "tags"."""
        return "tags" if self.values.ndim == 1 else "probabilities"


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionsUsed:
    """What became of predictions: of which `kind` they are, for how many of the published sentences, and what was said of them."""

    kind: str
    sentences: int
    published: int
    in_doubt: int
    method: str
    remarks: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """Return what a person is told."""
        of = f"{self.sentences:,} of {counted(self.published, 'published sentence')} have predictions ({self.kind})"
        return (f"predictions: {of}; {counted(self.in_doubt, 'place')} in doubt by {self.method}", *self.remarks)

    def to_json(self) -> dict[str, Any]:
        """Return what `check --json` prints of it."""
        return {
            "kind": self.kind,
            "sentences": self.sentences,
            "published": self.published,
            "in_doubt": self.in_doubt,
            "method": self.method,
            "remarks": list(self.remarks),
        }
