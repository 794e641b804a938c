"""
Which part of a release does `datasets` load before it is tagged, and what must come of it?

Every row is read back anyway (`read_back`). What is left to see is a reader's view: what `datasets` finds by name, and
whether its rows are those. A small release is loaded whole, map-style, and one split of each configuration is begun
streaming. Of a large one the first rows of every split are streamed, and the smallest shard of each configuration is
loaded map-style.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tagpress.corpus.manifest import Manifest
from tagpress.corpus.records import FileRecord, ReleasedConfig
from tagpress.release.load_check import MAP_STYLE, STREAMING, Loaded, LoadedSplit, called

_WHOLE: Final = 4 << 20  # bytes of shards that are loaded whole: some 20 MB of source, read in seconds in plain Python
_HEAD: Final = 1_000  # first rows of a split
_SHARD: Final = 25_000  # rows of a shard that are all read; of a larger one the first


@dataclass(frozen=True, slots=True)
class LoadPart:
    """The first `rows` of a shard, of a split by the name under which it is loaded."""

    name: str
    config: ReleasedConfig
    split: str
    file: FileRecord
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """What is read streaming, and what map-style: everything where `shards` is None."""

    manifest: Manifest
    streamed: tuple[LoadPart, ...]
    shards: tuple[LoadPart, ...] | None

    @property
    def heads(self) -> dict[str, int]:
        """By path, the first rows whose digest must be known; that of all rows of a shard is in the manifest."""
        parts = (*self.streamed, *(self.shards or ()))
        return {part.file.path: part.rows for part in parts if part.rows != part.file.rows}

    @property
    def held(self) -> tuple[str, ...]:
        """The paths of the shards that are loaded map-style."""
        files = self.manifest.data_files() if self.shards is None else [part.file for part in self.shards]
        return tuple(file.path for file in files)

    def expected(self, heads: Mapping[str, str]) -> Loaded:
        """Return what must be loaded, given the digests of `heads`."""
        read = {part.name: _digest(part, heads) for part in self.streamed}
        streaming = {
            name: _split(config, config.splits[split].rows, read.get(name))
            for name, (config, split) in splits_of(self.manifest).items()
        }
        if self.shards is None:
            return {STREAMING: streaming, MAP_STYLE: released(self.manifest)}
        shards = {part.file.path: _split(part.config, part.file.rows, _digest(part, heads)) for part in self.shards}
        return {STREAMING: streaming, MAP_STYLE: shards}

    def in_words(self) -> str:
        """Return what is loaded, as a sentence."""
        begun = ", ".join(f"{part.rows:,} of {part.name}" for part in self.streamed)
        by_name = "`datasets` found it by name, with the label names, version and row count of every split"
        if self.shards is None:
            return f"{by_name}; it loaded all rows map-style, and streaming the first rows: {begun}"
        shards = ", ".join(
            f"{part.file.path} ({'all' if part.rows == part.file.rows else f'{part.rows:,}'} of its {part.file.rows:,} rows)"
            for part in self.shards
        )
        return f"{by_name}; it read streaming the first rows: {begun}; and map-style of one shard: {shards}"


def load_plan(manifest: Manifest) -> LoadPlan:
    """Return what of a release is loaded, by its size."""
    whole = sum(file.bytes for file in manifest.data_files()) <= _WHOLE
    streamed: list[LoadPart] = []
    shards: list[LoadPart] = []
    for config_name, config in manifest.loadable.items():
        own = [
            LoadPart(name, config, split, file, min(_HEAD, file.rows or 0))
            for name, (one, split) in splits_of(manifest, config_name).items()
            if not one.is_made  # a fold is made of splits that are read as such
            for file in config.data_files(split)[:1]
        ]
        streamed += own[:1] if whole else own
        if not whole:
            shards.append(_smallest(manifest, config_name))
    return LoadPlan(manifest=manifest, streamed=tuple(streamed), shards=None if whole else tuple(shards))


def splits_of(manifest: Manifest, only: str | None = None) -> dict[str, tuple[ReleasedConfig, str]]:
    """Return the splits of all configurations, or of one, by the names under which they are loaded."""
    return {
        split if manifest.is_flat else called(name, split): (config, split)
        for name, config in manifest.loadable.items()
        if only in {None, name}
        for split in config.splits
    }


def released(manifest: Manifest) -> dict[str, LoadedSplit]:
    """Return what every split is, read to its last row."""
    return {
        name: _split(config, config.splits[split].rows, config.splits[split].row_digest)
        for name, (config, split) in splits_of(manifest).items()
    }


def _smallest(manifest: Manifest, config_name: str) -> LoadPart:
    files = [
        (file.bytes, file.path, LoadPart(name, config, split, file, file.rows or 0))
        for name, (config, split) in splits_of(manifest, config_name).items()
        for file in config.data_files(split)
    ]
    part = min(files, key=lambda one: one[:2])[-1]
    rows = part.rows if part.rows <= _SHARD else _HEAD
    return LoadPart(part.name, part.config, part.split, part.file, rows)


def _digest(part: LoadPart, heads: Mapping[str, str]) -> str | None:
    return part.file.row_digest if part.rows == part.file.rows else heads[part.file.path]


def _split(config: ReleasedConfig, rows: int | None, digest: str | None) -> LoadedSplit:
    names = {name: layer.names for name, layer in (config.layers or {}).items() if name in config.extra}
    return LoadedSplit(
        rows=rows,
        row_digest=digest,
        label_names=config.label_names,
        version=str(config.version),
        layer_names=names,
    )
