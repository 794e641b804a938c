"""The act: sentences and a tokenizer in, aligned columns out."""

from collections.abc import Sequence
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from tagpress.align.layout import Layout
from tagpress.align.result import IGNORED, Aligned, Column, Count, Lost
from tagpress.align.sentences import Batch, Ints, Sentences, read_sentences
from tagpress.align.subwords import FastTokenizer, Frame, Padding, Subwords
from tagpress.align.windows import Windows, ranges
from tagpress.errors import UsageError

STRATEGIES: Final = ("first", "all")
PADDINGS: Final = (False, True, "longest", "max_length")


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
    tokens, labels: the names of the columns.
    names: the label names by id, where their order is not the published `O, B-X, I-X, B-Y, I-Y`; tables that carry
        names need none.

    Raises:
        UsageError: the tokenizer is not a fast one, a column is missing or wrong, or a length leaves no room.

    """
    _require_option("strategy", strategy, STRATEGIES)
    _require_option("padding", padding, PADDINGS)
    fast = FastTokenizer.of(tokenizer)
    limit = fast.limit if max_length is None else max_length
    room = _room(fast, limit, stride)
    pad, width = _padding(fast, padding, limit)
    sentences = read_sentences(batch, tokens=tokens, labels=labels, names=names)

    subwords = fast.encode(sentences.tokens)
    windows = _windows(np.diff(subwords.bounds[sentences.bounds]), room, stride, from_left=fast.cuts_from_left)
    kept = _kept(sentences, subwords, windows if stride is None else None)
    account, lost = _account(sentences, subwords, windows, kept)
    mapping = {} if stride is None else {"overflow_to_sample_mapping": windows.row}

    frame = fast.frame(_sample(sentences, subwords))
    layout = Layout.of(windows, frame, pad, width)
    source = ranges(subwords.bounds[sentences.bounds[windows.row]] + windows.start, windows.sizes)
    columns: dict[str, Column] = _inputs(layout, frame, pad or Padding(), subwords.ids[source])
    if not fast.has_types:
        del columns["token_type_ids"]
    found = _labels(sentences, subwords, kept, strategy)[source]
    found[~_owned(windows)] = IGNORED
    columns["labels"] = layout.rows((IGNORED,) * len(frame.prefix), found, (IGNORED,) * len(frame.suffix), IGNORED)
    return Aligned(columns={**columns, **account, **mapping}, lost=lost)


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


def _windows(sizes: Ints, room: int | None, stride: int | None, *, from_left: bool) -> Windows:
    if room is None:
        return Windows.whole(sizes)
    return Windows.cut(sizes, room, from_left=from_left) if stride is None else Windows.slide(sizes, room, stride)


def _sample(sentences: Sentences, subwords: Subwords) -> str | None:
    """Return a token that has subwords, if there is one."""
    found = np.flatnonzero(np.diff(subwords.bounds))[:1].tolist()
    return sentences.tokens[found[0]].as_py() if found else None


def _kept(sentences: Sentences, subwords: Subwords, cut: Windows | None) -> npt.NDArray[np.bool_]:
    """Say of each token whether its label is in the answer: whether its first subword is."""
    begins, any_ = subwords.bounds[:-1], np.diff(subwords.bounds) > 0
    if cut is None:
        return any_
    place = begins - np.repeat(subwords.bounds[sentences.bounds[:-1]], np.diff(sentences.bounds))
    return any_ & (place >= cut.start[sentences.rows]) & (place < cut.stop[sentences.rows])


def _labels(sentences: Sentences, subwords: Subwords, kept: npt.NDArray[np.bool_], strategy: str) -> Ints:
    """Return the label of every subword of the batch."""
    label_ids = np.where(kept, sentences.label_ids, IGNORED)
    if strategy == "all":
        further = np.where(kept, sentences.inside[sentences.label_ids], IGNORED)
        found = np.repeat(further, np.diff(subwords.bounds))
    else:
        found = np.full(subwords.ids.size, IGNORED, np.int64)
    found[subwords.bounds[:-1][kept]] = label_ids[kept]
    return found


def _owned(windows: Windows) -> npt.NDArray[np.bool_]:
    """Say of each subword of the answer whether this is the window that has its label."""
    place = ranges(windows.start, windows.sizes)
    return (place >= np.repeat(windows.first, windows.sizes)) & (place < np.repeat(windows.last, windows.sizes))


def _inputs(layout: Layout, frame: Frame, pad: Padding, ids: Ints) -> dict[str, Column]:
    before, after = len(frame.prefix), len(frame.suffix)
    return {
        "input_ids": layout.rows(frame.prefix, ids, frame.suffix, pad.pad_id),
        "attention_mask": layout.rows((1,) * before, 1, (1,) * after, 0),
        "token_type_ids": layout.rows(frame.prefix_types, frame.type_id, frame.suffix_types, pad.type_id),
    }


def _account(
    sentences: Sentences, subwords: Subwords, windows: Windows, kept: npt.NDArray[np.bool_]
) -> tuple[dict[str, Column], Lost]:
    """Return the columns of lost labels, and their sums apart by what became of them."""
    rows, labelled = sentences.rows, sentences.label_ids != sentences.outside
    empty = np.diff(subwords.bounds) == 0
    counts = {
        name: Count(
            sentences=np.unique(rows[which]).size,
            tokens=int(np.count_nonzero(which)),
            labelled=int(np.count_nonzero(which & labelled)),
        )
        for name, which in {"cut": ~kept & ~empty, "empty": empty}.items()
    }
    columns: dict[str, Column] = {}
    for name, which in {"lost_tokens": ~kept, "lost_labelled": ~kept & labelled}.items():
        column = np.zeros(windows.row.size, np.int64)
        column[windows.leads] = np.bincount(rows[which], minlength=len(sentences))
        columns[name] = column
    return columns, Lost(**counts)
