"""The act: a batch in, aligned columns out, with one tokenizer and one set of options."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.consume.align.columns import account, input_columns, kept_tokens, label_column
from tagpress.consume.align.memory import Memory
from tagpress.consume.align.model_layout import ModelLayout
from tagpress.consume.align.result import IGNORED, Aligned, Column
from tagpress.consume.align.sentences import Batch, Sentences, read_sentences
from tagpress.consume.align.subwords import FastTokenizer, Padding, Subwords
from tagpress.consume.align.windows import Windows, ranges
from tagpress.consume.label_map import LabelMap
from tagpress.errors import UsageError

STRATEGIES: Final = ("first", "all")
PADDINGS: Final = (False, True, "longest", "max_length")


class Aligner:
    """
    Align batch after batch with one tokenizer, and remember the subwords of the tokens met so far.

    Called with a batch it answers as `align_labels`, whose options these are; small batches of one corpus take a
    fraction of the time. The tokenizer must not change meanwhile. One thread at a time; a process that is given an
    aligner begins with an empty memory.

    Raises:
        UsageError: the tokenizer is not a fast one, an option is not known, or a length leaves no room.

    """

    def __init__(
        self,
        tokenizer: Any,  # noqa: ANN401 - the user's: neither library is ours to import
        strategy: Literal["first", "all"] = "first",
        *,
        max_length: int | None = None,
        stride: int | None = None,
        padding: bool | Literal["longest", "max_length"] = False,
        tokens: str = "tokens",
        labels: str = "ner_tags",
        names: Sequence[str] | None = None,
        labels_of: LabelMap | None = None,
    ) -> None:
        _require_option("strategy", strategy, STRATEGIES)
        _require_option("padding", padding, PADDINGS)
        self._tokenizer = FastTokenizer.of(tokenizer)
        self._memory = Memory(self._tokenizer)
        self._strategy, self._stride = strategy, stride
        self._tokens, self._labels, self._names, self._labels_of = tokens, labels, names, labels_of
        limit = self._tokenizer.limit if max_length is None else max_length
        self._room = _room(self._tokenizer, limit, stride)
        self._padding, self._width = _padding(self._tokenizer, padding, limit)

    def __getstate__(self) -> dict[str, Any]:
        """Return all but what is remembered: `datasets` names its cache after it."""
        return {**self.__dict__, "_memory": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._memory = Memory(self._tokenizer)

    def __call__(self, batch: Batch) -> Aligned:
        """
        Align one batch.

        Raises:
            UsageError: a column is missing or wrong.

        """
        sentences = read_sentences(
            batch, tokens=self._tokens, labels=self._labels, names=self._names, labels_of=self._labels_of
        )
        subwords = self._memory.encode(sentences.tokens)
        windows = self._windows(np.diff(subwords.bounds[sentences.bounds]))
        kept = kept_tokens(sentences, subwords, windows if self._stride is None else None)
        counted, lost = account(sentences, subwords, windows, kept)
        mapping = {} if self._stride is None else {"overflow_to_sample_mapping": windows.row}

        frame = self._tokenizer.frame(_sample(sentences, subwords))
        layout = ModelLayout.of(windows, frame, self._padding, self._width)
        source = ranges(subwords.bounds[sentences.bounds[windows.row]] + windows.start, windows.sizes)
        columns: dict[str, Column] = input_columns(layout, frame, self._padding or Padding(), subwords.ids[source])
        if not self._tokenizer.has_types:
            del columns["token_type_ids"]
        every = label_column(sentences, subwords, kept, goes_on=self._strategy == "all")
        columns["labels"] = layout.labels(np.where(windows.owned, every[source], IGNORED), frame)
        return Aligned(columns={**columns, **counted, **mapping}, lost=lost)

    def _windows(self, sizes: Ints) -> Windows:
        if self._room is None:
            return Windows.whole(sizes)
        if self._stride is not None:
            return Windows.slide(sizes, self._room, self._stride)
        return Windows.cut(sizes, self._room, from_left=self._tokenizer.cuts_from_left)


def align_labels(
    batch: Batch,
    tokenizer: Any,  # noqa: ANN401 - the user's: neither library is ours to import
    strategy: Literal["first", "all"] = "first",
    *,
    max_length: int | None = None,
    stride: int | None = None,
    padding: bool | Literal["longest", "max_length"] = False,
    tokens: str = "tokens",
    labels: str = "ner_tags",
    names: Sequence[str] | None = None,
    labels_of: LabelMap | None = None,
) -> Aligned:
    """
    Encode the tokens of a batch with a fast tokenizer and put each token's label at its first subword.

    The batch is an Arrow RecordBatch or Table, or the dict of lists that `datasets.map(batched=True)` passes; the
    tokenizer a `tokenizers.Tokenizer` or a fast one of `transformers`. Subwords are those of
    `tokenizer(tokens, is_split_into_words=True)`. Special tokens and padding are labelled -100.

    strategy: the further subwords of a token have -100 ("first"); or I-X after B-X, else the label again ("all").
    max_length: the most subwords a row may hold, special tokens included. None: the tokenizer's own limit
        (`model_max_length`, or what `enable_truncation` was given), if it has one.
    stride: None cuts what is too long, on the tokenizer's truncation side, and counts it as lost. A number gives
        windows as further rows, each beginning with so many subwords of the one before it; each label stands in one
        window only, so the labels of a sentence's rows, read one after another, are those of its tokens.
    padding: False gives lists of arrays; True ("longest") and "max_length" give arrays [row, subword].
    tokens, labels: the names of the columns; `labels` may be any layer of classes or flat spans, such as "pos_tags".
    names: the label names by id, where their order is not the published `O, B-X, I-X, B-Y, I-Y`; tables that carry
        names need none.
    labels_of: what `tagpress.label_map` says of the labels of another release; those are given. A table whose labels have
        those names already is taken as it is.

    Raises:
        UsageError: the tokenizer is not a fast one, a column is missing or wrong, or a length leaves no room.

    """
    aligner = Aligner(
        tokenizer,
        strategy,
        max_length=max_length,
        stride=stride,
        padding=padding,
        tokens=tokens,
        labels=labels,
        names=names,
        labels_of=labels_of,
    )
    return aligner(batch)


def _require_option(name: str, value: object, accepted: Sequence[object]) -> None:
    if value not in accepted:
        raise UsageError(f"{name}={value!r} is not known.", f"It is {', '.join(map(repr, accepted))}.")


def _room(fast: FastTokenizer, limit: int | None, stride: int | None) -> int | None:
    """Return how many subwords of a sentence a row holds at most, or None where nothing limits it."""
    if limit is None:
        if stride is not None:
            raise UsageError("A stride needs a length, and the tokenizer has no limit of its own.", "Pass max_length=.")
        return None
    special: int = fast.backend.num_special_tokens_to_add(is_pair=False)
    room = limit - special
    if room < 1:
        message = f"A length of {limit} leaves no place for a subword beside {special} special tokens."
        raise UsageError(message, f"Pass max_length={special + 1} or more.")
    if stride is not None and not 0 <= stride < room:
        raise UsageError(f"A stride of {stride} does not fit windows of {room} subwords.", f"Pass 0 to {room - 1}.")
    return room


def _padding(fast: FastTokenizer, padding: str | bool, limit: int | None) -> tuple[Padding | None, int | None]:  # noqa: FBT001 - as transformers has it
    """Return how rows are padded, and the width if it does not depend on them."""
    if not padding:
        return None, None
    if padding != "max_length":
        return fast.padding, None
    if limit is None:
        message = 'padding="max_length" needs a length, and the tokenizer has no limit of its own.'
        raise UsageError(message, "Pass max_length=.")
    return fast.padding, limit


def _sample(sentences: Sentences, subwords: Subwords) -> str | None:
    """Return a token that has subwords, if there is one."""
    found = np.flatnonzero(np.diff(subwords.bounds))[:1].tolist()
    return sentences.tokens[found[0]].as_py() if found else None
