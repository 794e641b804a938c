"""The third move of a build, for one shard: its rows are gathered in canonical order, written, hashed and counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from tagpress.arrays import list_bounds, string_bounds
from tagpress.gather import gather_lists
from tagpress.identity import KEY_BYTES, Keys, row_digest
from tagpress.parquet import ROW_GROUP_ROWS, Written, write_shard
from tagpress.reading import Reading
from tagpress.schema import Labels, arrow_schema
from tagpress.sentences import Ints, key_column, map_spill
from tagpress.tally import Tally, tally


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardTask:
    """
    One shard to write: row i is row `row[i]` of `spills[piece[i]]`.

    `document[i]` numbers `doc_ids`; `copy[i]` tells published copies of one sentence apart, from 1.
    """

    split: str
    path: str
    target: Path
    labels: Labels
    spills: tuple[Path, ...]
    piece: Ints
    row: Ints
    doc_ids: tuple[str, ...]
    document: Ints
    copy: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A written shard; `digest` is its row digest, `doc_id_bytes` the length of all its document ids."""

    split: str
    path: str
    written: Written
    rows: int
    digest: int
    doc_id_bytes: int
    tally: Tally


def shard_tasks(reading: Reading, labels: Labels, out: Path) -> list[ShardTask]:
    """Return the task of every shard; each holds only the numbers of its own rows."""
    sentences, settled = reading.sentences, reading.settled
    spills = [one.task.spill for one in reading.surveyed]
    tasks = []
    for (split, shard), rows in settled.published.items():
        path = f"data/{split}-{shard:05d}-of-{settled.shards[split]:05d}.parquet"
        pieces, piece = np.unique(sentences.piece[rows], return_inverse=True)
        documents, document = np.unique(sentences.document[rows], return_inverse=True)
        tasks.append(
            ShardTask(
                split=split,
                path=path,
                target=out / path,
                labels=labels,
                spills=tuple(spills[i] for i in pieces),
                piece=piece,
                row=sentences.row[rows],
                doc_ids=tuple(sentences.doc_ids[i] for i in documents),
                document=document,
                copy=settled.copy[rows],
            )
        )
    return tasks


def press_shard(task: ShardTask) -> Shard:
    """Gather, write and count one shard."""
    keys, table = gather(task)
    tokens, ner_tags = table["tokens"].chunk(0), table["ner_tags"].chunk(0)
    label_ids, bounds = ner_tags.values.to_numpy(), list_bounds(ner_tags)
    parts = (table.slice(start, ROW_GROUP_ROWS) for start in range(0, len(table), ROW_GROUP_ROWS))
    return Shard(
        split=task.split,
        path=task.path,
        written=write_shard(task.target, parts, table.schema),
        rows=len(table),
        digest=row_digest(keys, label_ids, bounds, _row_names(task, table["id"].chunk(0))),
        doc_id_bytes=int(np.diff(string_bounds(table["doc_id"].chunk(0))).sum()),
        tally=tally(tokens, label_ids, task.labels),
    )


def gather(task: ShardTask) -> tuple[Keys, pa.Table]:
    """Return a shard's sentence keys, and its rows as they are published, in their order, in one chunk."""
    spills = [map_spill(path) for path in task.spills]
    keys = np.zeros((len(task.row), KEY_BYTES), dtype=np.uint8)
    for number, spill in enumerate(spills):
        mine = np.flatnonzero(task.piece == number)
        keys[mine] = key_column(spill)[task.row[mine]]
    tokens, label_ids = gather_lists(spills, task.piece, task.row)
    ner_tags = pa.ListArray.from_arrays(tokens.offsets, pa.array(label_ids.astype(np.int64)))
    doc_ids = pa.array(task.doc_ids, pa.string()).take(pa.array(task.document))
    columns = [_ids(keys, task.copy), doc_ids, tokens, ner_tags]
    return keys, pa.Table.from_arrays(columns, schema=arrow_schema(task.labels))


def _ids(keys: Keys, copy: Ints) -> pa.StringArray:
    """Return the ids of rows: the hex of the sentence key, and a number behind it for the second copy and later ones."""
    if (copy == 1).all():
        digits = keys.tobytes().hex().encode()
        ends = np.arange(len(keys) + 1, dtype=np.int32) * (2 * KEY_BYTES)
        return pa.StringArray.from_buffers(len(keys), pa.py_buffer(ends), pa.py_buffer(digits))
    names = [key.tobytes().hex() for key in keys]
    numbered = [name if number == 1 else f"{name}-{number}" for name, number in zip(names, copy.tolist(), strict=True)]
    return pa.array(numbered, pa.string())


def _row_names(task: ShardTask, ids: pa.StringArray) -> Iterator[bytes]:
    """Yield each row's id, a line feed and its document id."""
    endings = [f"\n{doc_id}".encode() for doc_id in task.doc_ids]
    for name, document in zip(ids.cast(pa.binary()).to_pylist(), task.document.tolist(), strict=True):
        yield name + endings[document]
