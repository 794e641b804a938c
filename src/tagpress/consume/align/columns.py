"""The columns of an aligned batch: subword ids, labels, and the account of labels that are in no row."""

import numpy as np

from tagpress.columnar.types import Bools, Ints
from tagpress.consume.align.model_layout import ModelLayout
from tagpress.consume.align.result import IGNORED, Column, Count, Lost
from tagpress.consume.align.sentences import Sentences
from tagpress.consume.align.subwords import Frame, Padding, Subwords
from tagpress.consume.align.windows import Windows


def kept_tokens(sentences: Sentences, subwords: Subwords, cut: Windows | None) -> Bools:
    """Say of each token whether its label is in the answer: whether its first subword is."""
    begins, any_ = subwords.bounds[:-1], np.diff(subwords.bounds) > 0
    if cut is None:
        return any_
    place = begins - np.repeat(subwords.bounds[sentences.bounds[:-1]], np.diff(sentences.bounds))
    return any_ & (place >= cut.start[sentences.rows]) & (place < cut.stop[sentences.rows])


def label_column(sentences: Sentences, subwords: Subwords, kept: Bools, *, goes_on: bool) -> Ints:
    """Return the label of every subword of the batch; `goes_on` also labels a token's further subwords."""
    if goes_on:
        further = np.where(kept, sentences.inside[sentences.label_ids], IGNORED)
        found = np.repeat(further, np.diff(subwords.bounds))
    else:
        found = np.full(subwords.ids.size, IGNORED, np.int64)
    found[subwords.bounds[:-1][kept]] = sentences.label_ids[kept]
    return found


def input_columns(layout: ModelLayout, frame: Frame, pad: Padding, ids: Ints) -> dict[str, Column]:
    """Return what a model takes, but for the labels."""
    before, after = len(frame.prefix), len(frame.suffix)
    return {
        "input_ids": layout.rows(frame.prefix, ids, frame.suffix, pad.pad_id),
        "attention_mask": layout.rows((1,) * before, 1, (1,) * after, 0),
        "token_type_ids": layout.rows(frame.prefix_types, frame.type_id, frame.suffix_types, pad.type_id),
    }


def account(sentences: Sentences, subwords: Subwords, windows: Windows, kept: Bools) -> tuple[dict[str, Column], Lost]:
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
