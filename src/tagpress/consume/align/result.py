"""What alignment gives: the columns that a model takes, and an account of the labels that are not in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from tagpress.columnar.types import Ints

IGNORED: Final = -100  # what the loss functions of PyTorch and of Hugging Face leave out

Column: TypeAlias = Ints | list[Ints]


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Tokens, those of them with a label other than `O`, and the sentences that they are in."""

    sentences: int
    tokens: int
    labelled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """
    The tokens of a batch whose label is nowhere in the answer.

    `cut`: their first subword is beyond the length. `empty`: the tokenizer makes no subword of them, as of a token
    that is only a zero-width character.
    """

    cut: Count
    empty: Count


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aligned(Mapping[str, Any]):
    """
    The columns of an aligned batch, as a mapping that `datasets.map(batched=True)` takes; `lost` is the batch's account.

    A row is a sentence, or one of its windows. A column of subwords is a list of int64 arrays, one a row; with padding
    it is one array of int64 [row, subword]. The other columns are int64 [row].

    Columns: `input_ids`, `attention_mask`, `token_type_ids` if the tokenizer's model takes it, `labels`;
    `lost_tokens` and `lost_labelled`, the tokens of a row's sentence whose label is lost and those of them with a label
    other than `O` (in its first window only, so that sums are right); with windows `overflow_to_sample_mapping`, the
    place of a row's sentence in the batch.
    """

    columns: Mapping[str, Column]
    lost: Lost

    @property
    def inputs(self) -> dict[str, Column]:
        """Return only the columns that a model takes, `labels` among them."""
        return {name: self.columns[name] for name in self.columns if name in MODEL_INPUTS}

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


MODEL_INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids", "labels")
