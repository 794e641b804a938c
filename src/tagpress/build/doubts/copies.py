"""Which sentences are nearly the same as another one, and tagged otherwise?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import pyarrow as pa

from tagpress.build.doubts.layers import Looked
from tagpress.build.repeated import Copy, Repeated, SettleTask, find_repeated

SURE: Final = 0.9
"""The score of a sentence that another one nearly has with other tags: all around the entity says the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTask:
    """A range of near keys, the layers that are looked at, and by piece the rows that are not published."""

    settle: SettleTask
    layers: tuple[Looked, ...]
    rejected: Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class OtherCopy:
    """A sentence, one that is nearly the same, and the first span that only one of them has, with its layer and its type."""

    here: Copy
    other: Copy
    text: str
    layer: Looked
    type: str
    missing: bool


def other_copies(task: CopyTask) -> list[OtherCopy]:
    """Return the sentences of a range that most of their near copies contradict; of two the later one."""
    repeated = find_repeated(task.settle)
    return [found for copies in _groups(repeated, task.rejected) for found in _contradicted(copies, task)]


def _groups(repeated: Repeated, rejected: Mapping[int, frozenset[int]]) -> Iterator[list[Copy]]:
    """Yield the published sentences of each near key, where they are several and not all tagged alike."""
    near = repeated.near.tolist()
    for _, numbers in groupby(range(len(repeated)), key=near.__getitem__):
        copies = [repeated.copy(i) for i in numbers]
        copies = [copy for copy in copies if copy.row not in rejected.get(copy.piece, ())]
        if len({copy.key for copy in copies}) > 1 and len({copy.labels for copy in copies}) > 1:
            yield copies


def _contradicted(copies: Sequence[Copy], task: CopyTask) -> Iterator[OtherCopy]:
    batches = [task.settle.pieces[copy.piece].spill.map_sentences() for copy in copies]
    cuts = {tuple(map(_folded, batch["tokens"][copy.row].as_py())) for copy, batch in zip(copies, batches, strict=True)}
    # Where tokens end elsewhere, others have the classes, and rightly so.
    layers = [(number, layer) for number, layer in enumerate(task.layers) if not layer.classes or len(cuts) == 1]
    texts = [_spans(batch, copy.row, layers) for copy, batch in zip(copies, batches, strict=True)]
    entities = [tuple((_folded(text), layer, kind) for text, layer, kind in some) for some in texts]
    counts = Counter(entities)
    usual = max(counts, key=lambda one: (counts[one], -entities.index(one)))
    first = entities.index(usual)
    for copy, own, shown in zip(copies, entities, texts, strict=True):
        if own != usual and copy.key != copies[first].key:
            missing = [at for at, one in enumerate(usual) if one not in own]
            extra = [at for at, one in enumerate(own) if one not in usual]
            text, number, kind = texts[first][missing[0]] if missing else shown[extra[0] if extra else 0]
            layer = task.layers[number]
            yield OtherCopy(copy, copies[first], text, layer, layer.types[kind], missing=bool(missing))


def _spans(batch: pa.RecordBatch, row: int, layers: Sequence[tuple[int, Looked]]) -> list[tuple[str, int, int]]:
    """Return the spans of a row: text, number of the layer, and type."""
    tokens = batch["tokens"][row].as_py()
    return [
        (" ".join(tokens[begin:end]), number, kind)
        for number, layer in layers
        for begin, end, kind in layer.spans_of_row(batch, row)
    ]


def _folded(text: str) -> str:
    """Return a text as near keys see it: without case, digits and white space."""
    return "".join(
        "0" if character.isdecimal() else character for character in text.casefold() if not character.isspace()
    )
