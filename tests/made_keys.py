"""Sentences as settling sees them: keys and places, without a corpus on disk."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from tagpress.build.piece_files import PieceFiles
from tagpress.build.repeated import Repeated, in_order, more_than_once
from tagpress.corpus.identity import near_keys, sentence_keys

PATH = "a.txt"


class Sentence(NamedTuple):
    """One token, one label, and the split that it is in; where it stands in its list is its line."""

    text: str
    label: int
    split: str


def columns_of(sentences: Sequence[Sentence], splits: Sequence[str], pieces: Sequence[int] | None = None) -> dict:
    """Return the columns of `Repeated` and of `PLACES`; a row has its sentence's number, whatever its piece."""
    tokens = pa.array([[one.text] for one in sentences], pa.list_(pa.string()))
    places = np.arange(len(sentences))
    keys = sentence_keys(tokens)
    return {
        "near": near_keys(tokens),
        "key": keys,
        "labels": np.array([one.label for one in sentences], dtype=np.uint64),
        "piece": np.zeros(len(sentences), dtype=np.int64) if pieces is None else np.array(pieces, dtype=np.int64),
        "row": places,
        "line": 1 + places,
        "split": np.array([splits.index(one.split) for one in sentences], dtype=np.int64),
        "group": np.ascontiguousarray(keys[:, :8]).view(np.uint64).reshape(-1),
        "rank": np.zeros(len(sentences), dtype=np.int64),
        "position": places,
    }


def repeated_of(
    sentences: Sequence[Sentence],
    splits: Sequence[str],
    pieces: Sequence[int] | None = None,
    within: range | None = None,
) -> Repeated:
    """Return those whose near key occurs more than once, as a move finds them, of all near keys or `within` a range."""
    columns = columns_of(sentences, splits, pieces)
    if within is not None:
        inside = [number for number, near in enumerate(columns["near"].tolist()) if near in within]
        columns = {name: column[inside] for name, column in columns.items()}
    some = more_than_once(columns["near"])
    files = [PieceFiles((PATH,))] * (1 + max(pieces or [0]))
    return in_order({name: column[some] for name, column in columns.items()}, tuple(splits), files)
