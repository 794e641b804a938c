"""Rows and builds from plain values: a sentence is (tokens, IOB2 tags), and may have a document and an id."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from tagpress.build.parquet import write_shard
from tagpress.corpus.manifest import MANIFEST_NAME, Manifest
from tagpress.corpus.records import ConfigRecord, FileRecord, SplitRecord, SplitRule
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.corpus.version import Version
from tagpress.export.rows import Rows

LABELS = Labels(("Person", "creative-work", "O"))
Sentence = tuple[Sequence[str], Sequence[str]]


def parsed(text: str) -> Sentence:
    """A sentence from "Ada/B-Person Lovelace/I-Person wrote/O"; the tag O may be left out."""
    pairs = [word.rpartition("/") for word in text.split(" ")]
    return [token or tag for token, _, tag in pairs], [tag if found else "O" for _, found, tag in pairs]


def rows(
    sentences: Sequence[Sentence],
    *,
    ids: Sequence[str] | None = None,
    doc_ids: Sequence[str] | None = None,
    split: str = "train",
    labels: Labels = LABELS,
) -> Rows:
    return Rows(
        split=split,
        labels=labels,
        ids=list(ids or [f"id{i}" for i in range(len(sentences))]),
        doc_ids=list(doc_ids or ["doc"] * len(sentences)),
        tokens=pa.array([token for tokens, _ in sentences for token in tokens], pa.string()),
        offsets=np.cumsum([0, *(len(tokens) for tokens, _ in sentences)]),
        label_ids=np.array([labels.names.index(tag) for _, tags in sentences for tag in tags], dtype=np.int64),
    )


def split_of(whole: Rows, *cuts: int) -> list[Rows]:
    """The same rows in several batches."""
    bounds = [0, *(min(cut, len(whole)) for cut in sorted(cuts)), len(whole)]
    batches = []
    for begin, stop in pairwise(bounds):
        if begin < stop:
            first, last = int(whole.offsets[begin]), int(whole.offsets[stop])
            batches.append(
                Rows(
                    split=whole.split,
                    labels=whole.labels,
                    ids=whole.ids[begin:stop],
                    doc_ids=whole.doc_ids[begin:stop],
                    tokens=whole.tokens[first:last],
                    offsets=whole.offsets[begin : stop + 1] - first,
                    label_ids=whole.label_ids[first:last],
                )
            )
    return batches


def write_build(folder: Path, splits: dict[str, Sequence[Rows]], **changes: Any) -> Path:
    """A build whose splits have one shard for each of their `Rows`; `changes` replace columns of every table."""
    (folder / "data").mkdir(parents=True)
    files = []
    for split, shards in splits.items():
        for i, shard in enumerate(shards):
            path = f"data/{split}-{i:05d}-of-{len(shards):05d}.parquet"
            written = write_shard(folder / path, [table_of(shard, **changes)], arrow_schema(shard.labels))
            files.append(
                FileRecord(path=path, bytes=written.bytes, sha256=written.sha256, rows=len(shard), row_digest="0" * 64)
            )
    config = ConfigRecord(
        label_names=LABELS.names,
        split_rule=SplitRule(kind="given", group="sentence", salt="1"),
        shards={split: len(shards) for split, shards in splits.items()},
        splits={split: _record(shards) for split, shards in splits.items()},
        sources=(),
        counts={"read": 0, "published": 0, "rejected": 0},
        rejected={},
    )
    manifest = Manifest(
        name="small",
        version=Version(1, 0, 0),
        files=tuple(sorted(files, key=lambda file: file.path)),
        configs=(config,),
        libraries={},
    )
    (folder / MANIFEST_NAME).write_bytes(manifest.to_bytes())
    return folder


def table_of(shard: Rows, **changes: Any) -> pa.Table:
    offsets = pa.array(shard.offsets, pa.int32())
    columns = {
        "id": pa.array(shard.ids, pa.string()),
        "doc_id": pa.array(shard.doc_ids, pa.string()),
        "tokens": pa.ListArray.from_arrays(offsets, shard.tokens),
        "ner_tags": pa.ListArray.from_arrays(offsets, pa.array(shard.label_ids)),
    }
    return pa.Table.from_arrays(list((columns | changes).values()), schema=arrow_schema(shard.labels))


def _record(shards: Sequence[Rows]) -> SplitRecord:
    tokens = sum(len(shard.tokens) for shard in shards)
    return SplitRecord(rows=sum(map(len, shards)), tokens=tokens, labels={}, entities={}, row_digest="0" * 64)


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
