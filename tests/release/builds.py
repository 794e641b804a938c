"""Small builds, written without the code that writes real ones: pyarrow, json, and a card of a few lines."""

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NAME = "toy-entities"
TYPES = ("Algorithm", "Language")
LIBRARIES = {"tagpress": "0.1.0", "pyarrow": pa.__version__}

CARD = """\
---
license: cc0-1.0
configs:
- config_name: default
  version: {version}
  data_files:
{data_files}
dataset_info:
  features:
  - name: id
    dtype: string
  - name: doc_id
    dtype: string
  - name: tokens
    list: string
  - name: ner_tags
    list:
      class_label:
        names:
{names}
{extra}  splits:
{splits}
  download_size: {size}
  dataset_size: 1000
---
# Toy entities

{text}

| Split | Size |
| --- | ---: |
{sizes}

<!-- tagpress:load -->
<!-- /tagpress:load -->

## Changelog

<!-- tagpress:changelog -->
<!-- /tagpress:changelog -->
"""


@dataclass(frozen=True)
class Row:
    tokens: tuple[str, ...]
    tags: tuple[int, ...]
    doc: str = "d.txt"

    @property
    def id(self) -> str:
        return _key(self.tokens).hex()

    @property
    def digest(self) -> int:
        return self.digest_with({})

    def digest_with(self, extra: Mapping[str, str]) -> int:
        layout = bytes.fromhex(self.id) + struct.pack(f"<{len(self.tags)}H", *self.tags)
        layout += f"{self.id}\n{self.doc}".encode() + b"".join(_key(self.column(text)) for text in extra.values())
        return int.from_bytes(hashlib.sha256(layout).digest(), "big")

    def column(self, text: str) -> list[str]:
        """An extra column in which every token has the same text."""
        return [text] * len(self.tokens)


def _key(texts: Sequence[str]) -> bytes:
    encoded = [text.encode() for text in texts]
    layout = b"".join(len(text).to_bytes(4, "little") for text in encoded) + b"".join(encoded)
    return hashlib.blake2b(layout, digest_size=16).digest()


def rows(count: int, *, start: int = 0, doc: str = "d.txt") -> list[Row]:
    return [
        Row(tokens=(f"sentence{n}", "uses", "quick", "sort", "."), tags=(0, 0, 1, 2, 0), doc=doc)
        for n in range(start, start + count)
    ]


SPLITS: Mapping[str, Sequence[Sequence[Row]]] = {
    "train": (rows(4), rows(4, start=10)),
    "validation": (rows(2, start=20),),
    "test": (rows(2, start=30),),
}


def label_names(types: Sequence[str] = TYPES) -> list[str]:
    return ["O", *(f"{prefix}-{name}" for name in types for prefix in "BI")]


def write_build(
    directory: Path,
    splits: Mapping[str, Sequence[Sequence[Row]]] = SPLITS,
    *,
    name: str = NAME,
    version: str = "1.0.0",
    types: Sequence[str] = TYPES,
    text: str = "A corpus for tests.",
    script: str = "the script",
    salt: str = "1",
    compression: str = "zstd",
    assets: Mapping[str, str] | None = None,
    extra: Mapping[str, str] | None = None,
) -> Path:
    """Write a build; each split is a sequence of shards, `extra` gives the text that fills each extra column."""
    extra = extra or {}
    (directory / "data").mkdir(parents=True)
    (directory / "builder").mkdir()
    (directory / "builder" / "build_toy_entities.py").write_text(script)
    names = label_names(types)
    files = []
    for path, content in (assets or {}).items():
        (directory / path).parent.mkdir(exist_ok=True)
        (directory / path).write_text(content)
        files.append(_file(directory, path))
    for split, shards in splits.items():
        for number, shard in enumerate(shards):
            path = f"data/{split}-{number:05d}-of-{len(shards):05d}.parquet"
            _write_shard(directory / path, shard, names, compression, extra)
            files.append({**_file(directory, path), "rows": len(shard), "row_digest": _digest(shard, extra)})
    (directory / "README.md").write_text(_card(files, splits, version, names=names, text=text, extra=extra))
    files += [_file(directory, "README.md"), _file(directory, "builder/build_toy_entities.py")]
    manifest = {
        "format_version": 1,
        "name": name,
        "version": version,
        "label_names": names,
        "split_rule": {"kind": "hash", "group": "sentence", "salt": salt, "weights": dict.fromkeys(splits, 1)},
        "shards": {split: len(shards) for split, shards in splits.items()},
        "files": sorted(files, key=lambda file: str(file["path"])),
        "splits": {
            split: _totals([row for shard in shards for row in shard], extra) for split, shards in splits.items()
        },
        "sources": [],
        "counts": {"read": _count(splits), "published": _count(splits), "rejected": 0},
        "rejected": {},
        "libraries": LIBRARIES,
        "extra": list(extra),
    }
    (directory / "release.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n")
    return directory


def _write_shard(
    path: Path, shard: Sequence[Row], names: list[str], compression: str, extra: Mapping[str, str]
) -> None:
    features = {
        "id": {"dtype": "string", "_type": "Value"},
        "doc_id": {"dtype": "string", "_type": "Value"},
        "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"},
        "ner_tags": {"feature": {"names": names, "_type": "ClassLabel"}, "_type": "List"},
        **{name: {"feature": {"dtype": "string", "_type": "Value"}, "_type": "List"} for name in extra},
    }
    kinds = {
        "id": pa.string(),
        "doc_id": pa.string(),
        "tokens": pa.list_(pa.string()),
        "ner_tags": pa.list_(pa.int64()),
        **{name: pa.list_(pa.string()) for name in extra},
    }
    schema = pa.schema(kinds, metadata={"huggingface": json.dumps({"info": {"features": features}})})
    columns = [
        [row.id for row in shard],
        [row.doc for row in shard],
        [row.tokens for row in shard],
        [row.tags for row in shard],
        *([row.column(text) for row in shard] for text in extra.values()),
    ]
    table = pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
    pq.write_table(table, path, compression=compression)


def _card(
    files: list[dict[str, object]],
    splits: Mapping[str, Sequence[Sequence[Row]]],
    version: str,
    *,
    names: list[str],
    text: str,
    extra: Mapping[str, str],
) -> str:
    sizes = {
        split: sum(int(str(file["bytes"])) for file in files if str(file["path"]).startswith(f"data/{split}-"))
        for split in splits
    }
    sizes["all"] = sum(sizes.values())
    return CARD.format(
        version=version,
        data_files="\n".join(f"  - split: {split}\n    path: data/{split}-*.parquet" for split in splits),
        names="\n".join(f"          '{number}': {name}" for number, name in enumerate(names)),
        extra="".join(f"  - name: {name}\n    list: string\n" for name in extra),
        splits="\n".join(
            f"  - name: {split}\n    num_bytes: 1\n    num_examples: {sum(map(len, shards))}"
            for split, shards in splits.items()
        ),
        size=sizes["all"],
        sizes="\n".join(f"| {name} | {size / 1000:.1f} kB |" for name, size in sizes.items()),
        text=text,
    )


def _file(directory: Path, path: str) -> dict[str, object]:
    content = (directory / path).read_bytes()
    return {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _digest(found: Sequence[Row], extra: Mapping[str, str]) -> str:
    return f"{sum(row.digest_with(extra) for row in found) % 2**256:064x}"


def _totals(found: Sequence[Row], extra: Mapping[str, str]) -> dict[str, object]:
    tokens = sum(len(row.tokens) for row in found)
    return {
        "rows": len(found),
        "tokens": tokens,
        "labels": {"O": tokens},
        "entities": {},
        "row_digest": _digest(found, extra),
    }


def _count(splits: Mapping[str, Sequence[Sequence[Row]]]) -> int:
    return sum(len(shard) for shards in splits.values() for shard in shards)
