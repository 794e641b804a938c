"""
What `release.json` says of one file, one split, one source, and one configuration.

    FileRecord          a file: size, SHA-256, and for a shard its rows
    ConfigRecord        a configuration: labels, splits, sources, what was read and what became of it
    ReleasedConfig      the same with the release's name and version, and with its own shards

Whoever reads rows works on a `ReleasedConfig`: nothing in it belongs to another configuration.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

from tagpress.corpus.config_names import DEFAULT_CONFIG, is_config_name
from tagpress.corpus.counts import added
from tagpress.corpus.digests import sum_digests
from tagpress.corpus.folds import FOLD_COUNTS, FOLDS, Parts, fold_configs, fold_names
from tagpress.corpus.requirements import is_inner_path, require, require_digest
from tagpress.corpus.shard_paths import SHARD_PATH, shard_path
from tagpress.corpus.split_names import is_split_name, usual_order
from tagpress.corpus.version import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """One file of a release; `rows` and `row_digest` are known for shards, and only for them."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None
    row_digest: str | None = None

    def __post_init__(self) -> None:
        require(is_inner_path(self.path), "path", f"{self.path!r:.120} is not a plain relative path")
        require_digest(self.sha256, "sha256")
        is_shard = SHARD_PATH.fullmatch(self.path) is not None
        require(is_shard == (self.rows is not None), "rows", "shards have rows, and no other file has")
        require(is_shard == (self.row_digest is not None), "row_digest", "shards have one, and no other file has")
        require_digest(self.row_digest or self.sha256, "row_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """
    A layer as it is published: its kind, its names in the order of their ids, and what it was read from.

    `columns` are those of the sources, where `ner_tags` is that of the tags; `rule` says how it was chosen from another layer.
    """

    kind: str
    names: tuple[str, ...]
    columns: tuple[str, ...] = ()
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTotals:
    """A layer of one split: how often it has each thing that its kind counts, and the digest of its values."""

    counts: Mapping[str, int]
    digest: str

    def __post_init__(self) -> None:
        require_digest(self.digest, "digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRecord:
    """The rows of one split, counted; `labels` counts tokens by label, `entities` counts spans by type."""

    rows: int
    tokens: int
    labels: Mapping[str, int]
    entities: Mapping[str, int]
    row_digest: str
    layers: Mapping[str, LayerTotals] | None = None

    def __post_init__(self) -> None:
        require_digest(self.row_digest, "row_digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRecord:
    """One source file as it was read."""

    path: str
    bytes: int
    sha256: str
    sentences: int
    license: str | None = None

    def __post_init__(self) -> None:
        require_digest(self.sha256, "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsRecord:
    """The corrections of a configuration: the file that has those that were `applied`; `already` counts those of the sources."""

    path: str
    applied: int
    already: int

    def __post_init__(self) -> None:
        require(is_inner_path(self.path), "path", f"{self.path!r:.120} is not a plain relative path")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgottenRecord:
    """What is to be forgotten: the file that names `sentences` by digests; `left_out` counts those that the sources still had."""

    path: str
    sentences: int
    left_out: int

    def __post_init__(self) -> None:
        require(is_inner_path(self.path), "path", f"{self.path!r:.120} is not a plain relative path")


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRule:
    """How groups were assigned to splits; only a hashed rule has weights."""

    kind: str
    group: str
    salt: str
    weights: Mapping[str, int] | None = None
    # Where given splits stand in the sources is no part of the rule: the same ones may come in files the next time.
    field: str | None = dataclasses.field(default=None, compare=False)
    """The field, or the column, of the sources that says the split of each sentence, where one does."""
    values: Mapping[str, str] | None = dataclasses.field(default=None, compare=False)
    """The split by what is said there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigRecord:
    """What one configuration of a release holds; a release without named ones has one, called "default"."""

    config: str = DEFAULT_CONFIG
    label_names: tuple[str, ...]
    """The names of the labels in `ner_tags`; none where there is no such column."""
    split_rule: SplitRule
    shards: Mapping[str, int]
    splits: Mapping[str, SplitRecord]
    sources: tuple[SourceRecord, ...]
    counts: Mapping[str, int]
    rejected: Mapping[str, int]
    extra: tuple[str, ...] = ()
    split_order: tuple[str, ...] | None = None
    """The splits as declared, where that is not their usual order."""
    tokenisation: Mapping[str, str] | None = None
    """How texts were cut into tokens and sentences, where the sources have spans of characters."""
    layers: Mapping[str, LayerRecord] | None = None
    """The layers, by the columns that they are; a column of `extra` without one is of texts."""
    corrections: CorrectionsRecord | None = None
    forgotten: ForgottenRecord | None = None
    renamed: Mapping[str, Mapping[str, str]] | None = None
    """By layer: what types of earlier releases are called now, by their old names."""
    merged: Mapping[str, Mapping[str, str]] | None = None
    """By layer: which types those of earlier releases joined."""
    annotators: Mapping[str, tuple[SourceRecord, ...]] | None = None
    """By annotator: the files that were read to see how far annotators agree, and nothing else."""

    def __post_init__(self) -> None:
        require(is_config_name(self.config), "config", f"{self.config!r:.60} cannot be the name of a configuration")
        require(self.label_names[:1] in {("O",), ()}, "label_names", "must begin with O")
        require(bool(self.label_names or self.layer_columns), "label_names", "must be there, or layers")
        require(len(set(self.label_names)) == len(self.label_names), "label_names", "must differ")
        require(self.counts.keys() >= {"read", "published", "rejected"}, "counts", "needs read, published, rejected")
        is_accounted = self.counts["read"] == self.counts["published"] + self.counts["rejected"]
        require(is_accounted, "counts", "read must equal published + rejected")
        require(self.shards.keys() == self.splits.keys(), "shards", "must name the same splits as splits")
        require(sorted(self.split_names) == sorted(self.splits), "split_order", "must name the splits, each once")
        for field, layers in (("layers", self.layers), ("renamed", self.renamed), ("merged", self.merged)):
            columns = {*self.extra, *(["ner_tags"] if self.label_names else [])}
            require(set(layers or ()) <= columns, field, "each must be a column")
        for split, totals in self.splits.items():
            require(is_split_name(split), "splits", f"{split!r:.60} cannot be the name of a split")
            require(set(self.layer_columns) == set(totals.layers or ()), f"splits.{split}.layers", "must be all layers")
        is_folded = self.split_rule.kind == FOLDS
        are_folds = len(self.splits) in FOLD_COUNTS and self.split_names == fold_names(len(self.splits))
        require(
            not is_folded or are_folds or self.is_made,
            "splits",
            "must be fold_0, fold_1 and so on, where they are folds",
        )

    @property
    def is_made(self) -> bool:
        """Return whether it is made of the splits of another configuration, and not published itself."""
        return False

    @property
    def split_names(self) -> tuple[str, ...]:
        """Return the splits in their order."""
        return usual_order(self.splits) if self.split_order is None else self.split_order

    @property
    def layer_columns(self) -> tuple[str, ...]:
        """Return the columns behind the first four that are layers, in their order."""
        return tuple(name for name in self.extra if name in (self.layers or ()))

    @property
    def folds(self) -> Mapping[str, Parts]:
        """Return the configurations that its folds make, and the splits that each is made of; nothing where it has none."""
        return fold_configs(self.config, self.split_names) if self.split_rule.kind == FOLDS else {}

    @property
    def rows(self) -> int:
        """Return the published sentences of all splits."""
        return sum(totals.rows for totals in self.splits.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedConfig(ConfigRecord):
    """One configuration of the release `name` `version`; `files` are its shards, and no other's."""

    name: str
    version: Version
    files: tuple[FileRecord, ...]
    parts: Parts | None = None
    """The published splits that each split is made of, where it is not made of itself."""
    base: str = DEFAULT_CONFIG
    """The configuration that its files are published as: another one where folds make this one."""

    @classmethod
    def of(cls, record: ConfigRecord, *, name: str, version: Version, files: tuple[FileRecord, ...]) -> Self:
        """Return a configuration with the shards that `files` have of it."""
        known = {field.name: getattr(record, field.name) for field in dataclasses.fields(ConfigRecord)}
        return cls(**known, name=name, version=version, files=files, base=record.config)

    @property
    def is_made(self) -> bool:
        """Return whether folds make it."""
        return self.parts is not None

    def made_of(self, config: str, parts: Parts) -> Self:
        """Return another configuration, whose splits are made of the splits of this one."""
        return replace(
            self,
            config=config,
            parts=parts,
            split_order=None,
            splits={split: _together([self.splits[one] for one in own]) for split, own in parts.items()},
            shards={split: sum(self.shards[one] for one in own) for split, own in parts.items()},
        )

    @property
    def title(self) -> str:
        """Return what messages call it: the release, and the configuration if it has a name."""
        release = f"{self.name} {self.version}"
        return release if self.config == DEFAULT_CONFIG else f"{release} {self.config}"

    def data_files(self, split: str | None = None) -> tuple[FileRecord, ...]:
        """Return the shards of one split, or of all."""
        matched = ((file, SHARD_PATH.fullmatch(file.path)) for file in self.files)
        own = (self.parts or {}).get(split or "", (split,))
        return tuple(file for file, match in matched if match and (split is None or match["split"] in own))

    def refuse_disagreement(self) -> None:
        """Compare the shards with what each split says; a difference is a ValueError."""
        for split, totals in self.splits.items():
            self._agree(split, totals, self.data_files(split))
        strays = [file.path for file in self.files if len(self.files) > sum(self.shards.values())]
        require(not strays, "shards", f"found {len(strays)} of {sum(self.shards.values())} files")

    def _agree(self, split: str, totals: SplitRecord, shards: tuple[FileRecord, ...]) -> None:
        count = self.shards[split]
        there = (shard.path == shard_path(self.config, split, i, count) for i, shard in enumerate(shards))
        require(len(shards) == count and all(there), f"shards.{split}", f"found {len(shards)} of {count} files")
        rows = sum(shard.rows or 0 for shard in shards)
        require(rows == totals.rows, f"splits.{split}.rows", f"the shards have {rows}, found {totals.rows}")
        digest = sum_digests(shard.row_digest or "" for shard in shards)
        require(digest == totals.row_digest, f"splits.{split}.row_digest", "must be the sum over the shards")


def _together(splits: Sequence[SplitRecord]) -> SplitRecord:
    """Return what splits have, counted together."""
    layers = [one.layers for one in splits if one.layers]
    return SplitRecord(
        rows=sum(one.rows for one in splits),
        tokens=sum(one.tokens for one in splits),
        labels=added([one.labels for one in splits]),
        entities=added([one.entities for one in splits]),
        row_digest=sum_digests(one.row_digest for one in splits),
        layers={
            name: LayerTotals(
                counts=added([some[name].counts for some in layers]),
                digest=sum_digests(some[name].digest for some in layers),
            )
            for name in layers[0]
        }
        if layers
        else None,
    )
