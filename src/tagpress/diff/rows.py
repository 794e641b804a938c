"""The rows of a shard in the form in which two releases are compared: one id space of labels, tags as bytes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.columnar.arrays import list_bounds
from tagpress.columnar.bounds import bounds_of
from tagpress.columnar.types import Integers, Ints, Keys, LabelIds
from tagpress.corpus.config_names import DEFAULT_CONFIG
from tagpress.corpus.identity import KEY_BYTES, sentence_keys
from tagpress.corpus.layers.numbers import spilled
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import ConfigRecord, ReleasedConfig
from tagpress.corpus.schema import TAGS
from tagpress.corpus.shard_paths import SHARD_PATH
from tagpress.errors import BuildError, UsageError

LABEL: Final = np.dtype("<i2")  # a label's place in the names of both sides together

# `layers` has the keys of the layers that both sides have, one behind the other.
_SIDE: Final = {
    "split": pa.string(),
    "path": pa.string(),
    "doc": pa.string(),
    "tags": pa.binary(),
    "layers": pa.binary(),
}
ROWS: Final = pa.schema({"id": pa.string(), **_SIDE})
JOINED: Final = pa.schema(
    {"id": pa.string(), **{name + end: kind for end in ("_old", "_new") for name, kind in _SIDE.items()}}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """
    One of two releases: its manifest, and how to get one of its shards as a local file.

    `name` is the configuration that is compared; where there is one only, it need not be named.
    """

    manifest: Manifest
    shard: Callable[[str], Path]
    name: str | None = None

    @property
    def config(self) -> ReleasedConfig:
        """
        Return the configuration that is compared.

        Raises:
            UsageError: there are several, or none of this name, or folds make it.

        """
        found = self.manifest.sole if self.name is None else self.manifest.config(self.name)
        if found.is_made:
            raise UsageError(f"{found.config} is made of the folds of {found.base}", f"compare {found.base}")
        return found

    def of(self, config: str | None) -> "Side":
        """Return the side of one configuration."""
        return replace(self, name=config)

    def at(self, path: str) -> "Side":
        """Return the side of the configuration that has, or would have, a shard at `path`."""
        match = SHARD_PATH.fullmatch(path)
        return self.of(match["config"] or DEFAULT_CONFIG) if match else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """
    Rows that differ: `changed` is like JOINED, `removed` and `added` like ROWS.

    Once all are together, `changed` also has `tags_as`: the old tags, with the new names of renamed and merged types; and
    `is_renamed` and `is_merged`: whether a tag is of such a type.
    """

    changed: pa.Table
    removed: pa.Table
    added: pa.Table


def rows(side: Side, path: str, names: tuple[str, ...], layers: Sequence[str] = ()) -> pa.Table:
    """
    Return the rows of a shard, or none if this side has no such shard.

    Labels are places in `names`, and nothing is said of them without names; `layers` are those that are compared.
    """
    match = SHARD_PATH.fullmatch(path)
    if side.manifest.file(path) is None or match is None:
        return ROWS.empty_table()
    table = read(side.shard(path), ["id", "doc_id", *([TAGS] if names else []), *layers])
    split, where = (pa.repeat(pa.scalar(text), len(table)) for text in (match["split"], path))
    if names:
        places = np.array([names.index(name) for name in side.config.label_names], dtype=LABEL)
        tags = _tag_bytes(table[TAGS], places)
    else:
        tags = pa.array([b""] * len(table), pa.binary())
    keys = _layer_bytes(table, side.config, layers)
    return pa.Table.from_arrays([table["id"], split, where, table["doc_id"], tags, keys], schema=ROWS)


def read(path: Path, columns: list[str]) -> pa.Table:
    """Read columns of a shard; a file that is not such a shard is a BuildError."""
    try:
        return pq.read_table(path, columns=columns)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        message = f"{path} is not a shard of a tagged corpus: {error}"
        raise BuildError(message) from error


def labels_of(tags: pa.BinaryArray | pa.ChunkedArray) -> tuple[LabelIds, Ints]:
    """Return the labels of all rows in one array, and for each the number of its row."""
    texts = tags.to_pylist()
    counts = [len(text) // LABEL.itemsize for text in texts]
    return np.frombuffer(b"".join(texts), dtype=LABEL), np.repeat(np.arange(len(texts)), counts)


def with_labels(tags: pa.ChunkedArray, places: LabelIds) -> pa.BinaryArray:
    """Return the tags of all rows with other labels: `places` has one for each label."""
    labels, row = labels_of(tags)
    lengths = np.bincount(row, minlength=len(tags))
    return _binary(places[labels], bounds_of(lengths))


def _layer_bytes(table: pa.Table, config: ConfigRecord, layers: Sequence[str]) -> pa.BinaryArray:
    """Return the keys of the layers of each row, one behind the other."""
    known = layers_of(config)
    keys = [sentence_keys(spilled(known[name].numbers(_whole(table[name])))) for name in layers]
    width = KEY_BYTES * len(layers)
    data = np.concatenate(keys, axis=1).tobytes() if keys and len(table) else b""
    ends = pa.py_buffer(np.arange(len(table) + 1, dtype=np.int32) * width)
    return pa.Array.from_buffers(pa.binary(), len(table), [None, ends, pa.py_buffer(data)])


def keys_of(layers: pa.ChunkedArray, count: int) -> Keys:
    """Return the keys of so many layers of all rows, of shape [row, layer, 16]."""
    data = np.frombuffer(b"".join(layers.to_pylist()), dtype=np.uint8)
    return data.reshape(len(layers), count, KEY_BYTES)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    lists = column.combine_chunks()
    return lists.chunk(0) if isinstance(lists, pa.ChunkedArray) else lists


def _tag_bytes(tags: pa.ChunkedArray, places: LabelIds) -> pa.BinaryArray:
    lists = _whole(tags)
    bounds = list_bounds(lists) if len(lists) else np.zeros(1, dtype=np.int64)
    flat = lists.values.to_numpy(zero_copy_only=False)[bounds[0] : bounds[-1]]
    if len(flat) and not 0 <= flat.min() <= flat.max() < len(places):
        message = f"a shard has label id {flat.max()}, but there are {len(places)} labels"
        raise BuildError(message)
    return _binary(places[flat], bounds - bounds[0])


def _binary(labels: LabelIds, bounds: Integers) -> pa.BinaryArray:
    offsets = (bounds * LABEL.itemsize).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(labels.tobytes())]
    return pa.Array.from_buffers(pa.binary(), len(bounds) - 1, buffers)
