"""Every publishable sentence of a corpus, as columns of keys and numbers; the texts stay in the spilled pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tagpress.identity import KEY_BYTES, Keys, document_keys, group_hashes
from tagpress.split import HashSplits, SplitRule, split_of
from tagpress.survey import Surveyed

Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """
    Parallel columns: sentence i of the corpus is row `row[i]` of `spills[piece[i]]`.

    `key` is the sentence key as two uint64; `document` numbers `doc_ids`, which are sorted;
    `position` and `line` count in the sentence's source; `split` numbers the names of the split rule; `group` is the
    place of the sentence's group on the line. `paths` names the source of each piece.
    """

    spills: tuple[pa.Table, ...]
    paths: tuple[str, ...]
    doc_ids: tuple[str, ...]
    piece: npt.NDArray[np.int32]
    row: Ints
    key: npt.NDArray[np.uint64]
    document: Ints
    position: Ints
    line: Ints
    split: npt.NDArray[np.int8]
    group: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.row)

    def place(self, i: int) -> tuple[str, int]:
        """Return the path and line where a sentence begins."""
        return self.paths[self.piece[i]], int(self.line[i])

    def text(self, i: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return a sentence's tokens and label ids, from its spill."""
        spill, row = self.spills[self.piece[i]], int(self.row[i])
        return tuple(spill["tokens"][row].as_py()), tuple(spill["ner_tags"][row].as_py())

    def canonical_order(self) -> Ints:
        """Return all rows by group hash, document and position: an order that no cut and no file order changes."""
        return np.lexsort((self.position, self.document, self.group))


def collect(surveyed: Sequence[Surveyed], rule: SplitRule) -> Sentences:
    """Bring the columns of all surveyed pieces together; pieces of one source must follow one another in order."""
    spills = tuple(map_spill(one.task.spill) for one in surveyed)
    piece = np.repeat(np.arange(len(spills), dtype=np.int32), [len(spill) for spill in spills])
    names = [doc_names(one) for one in surveyed]
    doc_ids = sorted({name for piece_names in names for name in piece_names})
    document = _documents(spills, names, doc_ids)
    keys = np.concatenate([key_column(spill) for spill in spills])
    groups = group_hashes(keys, rule.salt)
    if rule.group == "document":
        groups = group_hashes(document_keys(doc_ids), rule.salt)[document]
    return Sentences(
        spills=spills,
        paths=tuple(one.task.piece.source.name for one in surveyed),
        doc_ids=tuple(doc_ids),
        piece=piece,
        row=np.concatenate([np.arange(len(spill)) for spill in spills]),
        key=keys.view(np.uint64),
        document=document,
        position=_column(spills, "position") + bases(surveyed, [one.sentences for one in surveyed])[piece],
        line=_column(spills, "line") + bases(surveyed, [one.lines for one in surveyed])[piece],
        split=_splits(surveyed, piece, groups, rule),
        group=groups,
    )


def map_spill(path: Path) -> pa.Table:
    """Map a spilled piece into memory; nothing is read until it is used."""
    with pa.memory_map(str(path)) as mapped:
        return pa.ipc.open_file(mapped).read_all()


def key_column(spill: pa.Table) -> Keys:
    """Return the sentence keys of a spill, as an array of shape [sentences, 16]."""
    if not len(spill):
        return np.zeros((0, KEY_BYTES), dtype=np.uint8)
    (chunk,) = spill["key"].chunks  # a spill is one batch
    return np.frombuffer(chunk.buffers()[1], dtype=np.uint8)[: len(chunk) * KEY_BYTES].reshape(-1, KEY_BYTES)


def doc_names(surveyed: Surveyed) -> list[str]:
    """Return the document ids of a piece: the source's own, with the name of a document inside it where it has one."""
    source = surveyed.task.piece.source.doc_id
    return [f"{source}#{name}" if name else source for name in surveyed.documents]


def bases(surveyed: Sequence[Surveyed], sizes: Sequence[int]) -> Ints:
    """Return, for every piece, the sum of `sizes` over the pieces of its source before it."""
    result, total, source = [], 0, None
    for one, size in zip(surveyed, sizes, strict=True):
        if one.task.piece.source != source:
            source, total = one.task.piece.source, 0
        result.append(total)
        total += size
    return np.array(result, dtype=np.int64)


def _column(spills: Sequence[pa.Table], name: str) -> npt.NDArray[np.int64]:
    return np.concatenate([spill[name].to_numpy() for spill in spills])


def _documents(spills: Sequence[pa.Table], names: Sequence[list[str]], doc_ids: Sequence[str]) -> Ints:
    number = {name: i for i, name in enumerate(doc_ids)}
    numbers = [np.array([number[name] for name in piece_names], dtype=np.int64) for piece_names in names]
    return np.concatenate([own[spill["document"].to_numpy()] for own, spill in zip(numbers, spills, strict=True)])


def _splits(
    surveyed: Sequence[Surveyed], piece: npt.NDArray[np.int32], groups: npt.NDArray[np.uint64], rule: SplitRule
) -> npt.NDArray[np.int8]:
    if isinstance(rule, HashSplits):
        return split_of(groups, rule)
    given = [rule.names.index(one.task.split or "") for one in surveyed]
    return np.array(given, dtype=np.int8)[piece]
