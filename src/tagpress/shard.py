"""The third move of a build, for one shard: its rows are gathered in canonical order, written, hashed and counted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.arrays import list_bounds, string_bounds
from tagpress.identity import row_digest
from tagpress.parquet import ROW_GROUP_ROWS, Written, write_shard
from tagpress.reading import Reading
from tagpress.schema import Labels, arrow_schema
from tagpress.sentences import Ints
from tagpress.survey import SPILL_SCHEMA
from tagpress.tally import Tally, tally

# A shard may be empty: few documents, many shards.
_NO_ROWS: Final = pa.schema([SPILL_SCHEMA.field(name) for name in ("key", "tokens", "ner_tags")]).empty_table()


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
    table = gather(task)
    tokens, label_ids = table["tokens"].chunk(0), table["ner_tags"].chunk(0).flatten().to_numpy()
    parts = (table.slice(start, ROW_GROUP_ROWS) for start in range(0, len(table), ROW_GROUP_ROWS))
    return Shard(
        split=task.split,
        path=task.path,
        written=write_shard(task.target, parts, table.schema),
        rows=len(table),
        digest=row_digest(tokens, label_ids, table["id"].to_pylist(), table["doc_id"].to_pylist()),
        doc_id_bytes=int(np.diff(string_bounds(table["doc_id"].chunk(0))).sum()),
        tally=tally(tokens, label_ids, task.labels),
    )


def gather(task: ShardTask) -> pa.Table:
    """Return a shard's rows as they are published, in their order, in one chunk."""
    rows = _take(task)
    ids = [
        key.hex() if copy == 1 else f"{key.hex()}-{copy}"
        for key, copy in zip(rows["key"].to_pylist(), task.copy.tolist(), strict=True)
    ]
    doc_ids = pa.array(task.doc_ids, pa.string()).take(pa.array(task.document))
    tokens = _one_chunk(rows["tokens"])
    label_ids = _one_chunk(rows["ner_tags"])
    wide = pa.ListArray.from_arrays(pa.array(list_bounds(label_ids), pa.int32()), label_ids.values.cast(pa.int64()))
    return pa.Table.from_arrays([pa.array(ids, pa.string()), doc_ids, tokens, wide], schema=arrow_schema(task.labels))


def _take(task: ShardTask) -> pa.Table:
    """Take the rows of every spill in one go, then put them in order."""
    taken, where = [_NO_ROWS], [np.zeros(0, dtype=np.int64)]
    for number, spill in enumerate(task.spills):
        mine = np.flatnonzero(task.piece == number)
        with pa.memory_map(str(spill)) as mapped:
            table = pa.ipc.open_file(mapped).read_all()
        taken.append(table.select(_NO_ROWS.column_names).take(pa.array(task.row[mine])))
        where.append(mine)
    order = np.argsort(np.concatenate(where))
    return pa.concat_tables(taken).take(pa.array(order))


def _one_chunk(column: pa.ChunkedArray) -> pa.ListArray:
    combined = column.combine_chunks()
    return combined.chunk(0) if isinstance(combined, pa.ChunkedArray) else combined
