"""What is in a build, as an export reads it: batches of rows, checked as far as an export relies on them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import rows_at
from tagpress.columnar.types import Bools, Integers
from tagpress.corpus import tags
from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import MANIFEST_NAME
from tagpress.corpus.problems import counted
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.corpus.schema import (
    OFFSETS,
    OUTSIDE,
    SOURCE_ID,
    TAGS,
    TEXT,
    Labels,
    arrow_schema,
    extra_columns,
    label_names,
)
from tagpress.errors import BuildError

_BATCH: Final = 2_000  # rows in memory at a time; of long sentences that is some tens of megabytes
_IOB2: Final = tags.scheme_named("IOB2")
_REBUILD: Final = "make the build again, or fetch it again; a build is never edited by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """
    Some rows of a split, in order.

    `tokens` and `label_ids` hold the tokens of all sentences, one behind the other; `offsets` has the n + 1 bounds of
    the sentences in them, from 0 on. The label ids are valid IOB2. `source_ids` are as many as `ids`, or none; so are
    `texts`, in which the tokens stand at `starts`, cut by the `rule` that the release names. `layers` are lists of numbers, or
    of texts, of the layers that `kinds` has by their names; `spans` is the one whose spans are written where those of one are.
    """

    split: str
    labels: Labels
    ids: list[str]
    source_ids: list[str] = field(default_factory=list)
    doc_ids: list[str]
    tokens: pa.StringArray
    offsets: Integers
    label_ids: Integers
    texts: list[str] = field(default_factory=list)
    starts: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    rule: str | None = None
    layers: Mapping[str, pa.ListArray] = field(default_factory=dict)
    kinds: Mapping[str, Layer] = field(default_factory=dict)
    spans: str = MAIN

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.doc_ids) == len(self.offsets) - 1:
            raise ValueError("the columns of Rows that run along the sentences differ in length")
        if self.texts and (len(self.texts), len(self.starts)) != (len(self.ids), len(self.tokens)):
            raise ValueError("the texts of Rows are not as many as the sentences, or not all tokens begin in one")
        if not len(self.tokens) == len(self.label_ids) == self.offsets[-1]:
            raise ValueError("the columns of Rows that run along the tokens differ in length")

    @property
    def written_ids(self) -> list[str]:
        """Return the ids that are written: those of the source, where it has any."""
        if not self.source_ids:
            return self.ids
        return [given or own for given, own in zip(self.source_ids, self.ids, strict=True)]

    def shown(self, layer: str) -> list[list[str]]:
        """Return what a layer says of each sentence, as a person reads it."""
        return [self.kinds[layer].shown(values) for values in self.layers[layer].to_pylist()]

    def without(self, layers: Collection[str]) -> "Rows":
        """Return the same without some layers."""
        return replace(self, layers={name: column for name, column in self.layers.items() if name not in layers})

    def __len__(self) -> int:
        return len(self.ids)


def read_rows(build: Path, config: ReleasedConfig, split: str) -> Iterator[Rows]:
    """
    Yield the rows of a split, shard by shard, never none at a time.

    Raises BuildError for a shard that is not there or does not hold what every shard holds.
    """
    labels, layers = Labels.from_names(config.label_names), layers_of(config)
    rule = (config.tokenisation or {}).get("tokens") if TEXT in config.extra else None
    for file in config.data_files(split):
        try:
            with pq.ParquetFile(build / file.path) as shard:
                _check_schema(shard.schema_arrow, labels, file.path, layers)
                _check_count(shard.metadata.num_rows, file)
                for batch in shard.iter_batches(_BATCH):
                    if len(batch):
                        yield replace(
                            _rows(batch, split, labels, file.path),
                            rule=rule,
                            layers=_layers(batch, layers, file.path),
                            kinds=layers,
                        )
        except (OSError, pa.ArrowInvalid) as error:
            raise BuildError(f"{build / file.path} cannot be read: {error}", _REBUILD) from error


def _check_schema(schema: pa.Schema, labels: Labels, path: str, layers: Mapping[str, Layer]) -> None:
    if not schema.equals(arrow_schema(labels, extra_columns(schema), layers)):
        found = ", ".join(f"{field.name}: {field.type}" for field in schema)
        raise BuildError(f"{path} has the columns {found}, which are not those of a shard", _REBUILD)
    if (label_names(schema) or ()) != labels.published:
        raise BuildError(f"{path} names other labels than {MANIFEST_NAME}", _REBUILD)


def _check_count(rows: int, file: FileRecord) -> None:
    if rows != file.rows:
        raise BuildError(f"{file.path} has {counted(rows, 'row')}, and {MANIFEST_NAME} says {file.rows}", _REBUILD)


def _rows(batch: pa.RecordBatch, split: str, labels: Labels, path: str) -> Rows:
    ids, doc_ids, tokens = (batch[name] for name in ("id", "doc_id", "tokens"))
    label_ids = batch[TAGS] if labels.published else _outside(tokens)
    values = [ids, doc_ids, tokens, label_ids, tokens.flatten(), label_ids.flatten()]
    if any(column.null_count for column in values):
        raise BuildError(f"{path} has a null where a value must be", _REBUILD)
    bounds, tag_bounds = list_bounds(tokens), list_bounds(label_ids)
    lengths, tag_lengths = np.diff(bounds), np.diff(tag_bounds)
    _refuse(path, ids, np.flatnonzero(lengths != tag_lengths), "not as many tags as tokens")
    rows = Rows(
        split=split,
        labels=labels,
        ids=ids.to_pylist(),
        source_ids=batch[SOURCE_ID].to_pylist() if SOURCE_ID in batch.schema.names else [],
        doc_ids=doc_ids.to_pylist(),
        tokens=values[-2],
        offsets=bounds - bounds[0],
        label_ids=values[-1].to_numpy(),
        **_texts(batch),
    )
    _refuse(path, ids, _sentence(rows, _elsewhere(rows)), "tokens that do not stand in its text where it says")
    _refuse(path, ids, _sentence(rows, ~np.isin(rows.label_ids, range(len(labels.names)))), "a label id without a name")
    _refuse(path, ids, _sentence(rows, _broken(rows)), "tags that are not valid IOB2")
    return rows


def _outside(tokens: pa.ListArray) -> pa.ListArray:
    """Return the labels of rows that have none: every token is outside of any entity."""
    return pa.ListArray.from_arrays(tokens.offsets, pa.array(np.full(len(tokens.values), OUTSIDE, dtype=np.int64)))


def _layers(batch: pa.RecordBatch, layers: Mapping[str, Layer], path: str) -> dict[str, pa.ListArray]:
    """Return the layers of rows, none of which says what it cannot."""
    for name, layer in layers.items():
        fault = layer.fault(batch[name], list_bounds(batch["tokens"]))
        if fault:
            raise BuildError(f"{path}: the layer {name} has {fault}", _REBUILD)
    return {name: layer.numbers(batch[name]) for name, layer in layers.items()}


def _texts(batch: pa.RecordBatch) -> dict[str, Any]:
    """Return the texts of rows and where their tokens begin, if they are published."""
    if not {TEXT, OFFSETS} <= set(batch.schema.names):
        return {}
    return {"texts": batch[TEXT].to_pylist(), "starts": batch[OFFSETS].flatten().to_numpy().astype(np.int64)}


def _elsewhere(rows: Rows) -> Bools:
    """Return which tokens do not stand in the text at their place."""
    if not rows.texts:
        return np.zeros(len(rows.tokens), dtype=np.bool_)
    texts = (text for text, size in zip(rows.texts, np.diff(rows.offsets).tolist(), strict=True) for _ in range(size))
    each = zip(texts, rows.tokens.to_pylist(), rows.starts.tolist(), strict=True)
    return np.array([at < 0 or not text.startswith(token, at) for text, token, at in each], dtype=np.bool_)


def _refuse(path: str, ids: pa.StringArray, rows: Integers, fault: str) -> None:
    if len(rows):
        raise BuildError(f"{path}: the row {ids[int(rows[0])]} has {fault}", _REBUILD)


def _sentence(rows: Rows, wrong: Bools) -> Integers:
    return rows_at(rows.offsets, np.flatnonzero(wrong))


def _broken(rows: Rows) -> Bools:
    """Return which tokens cannot stand where they do in valid IOB2."""
    labels = np.arange(rows.label_ids.max(initial=0) + 1)
    roles = np.where(labels == OUTSIDE, tags.O, np.where(labels % 2, tags.B, tags.I)).astype(np.int8)
    types = np.where(labels == OUTSIDE, tags.UNKNOWN, (labels - 1) // 2)
    broken = np.zeros(len(rows.label_ids), dtype=np.bool_)
    broken[tags.to_iob2(rows.label_ids, roles, types, rows.offsets, _IOB2).invalid] = True
    return broken
