"""
Find what changed: first by digest, then row by row in the shards that differ.

Two shards of one path are compared alone, so memory is bounded by a pair of shards plus the rows that changed. What is
missing on one side of a pair may have moved: those rows are compared once more, all together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from tagpress.corpus.manifest import CARD_NAME, CROISSANT_NAME, Manifest
from tagpress.corpus.records import ReleasedConfig
from tagpress.diff.changes import Diff, LabelDiff
from tagpress.diff.counts import split_diffs, type_diffs
from tagpress.diff.examples import examples
from tagpress.diff.layers import layer_diffs, shared_layers
from tagpress.diff.renames import NewNames, as_renamed, new_names
from tagpress.diff.rows import JOINED, ROWS, Changes, Side, rows, with_labels

# Given the names of labels, and paths of shards.
Compare: TypeAlias = Callable[[tuple[str, ...], Sequence[str]], Iterable[Changes]]


def directory(build_dir: Path) -> Side:
    """Return a build directory as a side."""
    return Side(manifest=Manifest.load(build_dir), shard=lambda path: build_dir / path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two releases after comparing: the `diff`, and the rows that differ, whose labels are places in `names`."""

    old: Side
    new: Side
    names: tuple[str, ...]
    changes: Changes
    diff: Diff


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedReleases:
    """Two releases after comparing all that both have: the `diff`, and each configuration, by name."""

    configs: Mapping[str, Compared]
    diff: Diff


def diff_builds(old: Side, new: Side, *, compare: Compare | None = None) -> Diff:
    """Return what `compare_releases` says has changed."""
    return compare_releases(old, new, compare=compare).diff


def compare_releases(
    old: Side, new: Side, *, config: str | None = None, compare: Compare | None = None
) -> ComparedReleases:
    """
    Find what changed from `old` to `new`, in every configuration that both have, or in the `config` that is named.

    Raises:
        UsageError: a side has no such configuration.

    """
    if config is not None or (old.manifest.is_unnamed and new.manifest.is_unnamed):
        one = compare_builds(old.of(config), new.of(config), compare=compare)
        return ComparedReleases(configs={one.new.config.config: one}, diff=one.diff)
    before, after = old.manifest.released, new.manifest.released
    configs = {name: compare_builds(old.of(name), new.of(name), compare=compare) for name in after if name in before}
    diffs = {name: replace(one.diff, others=()) for name, one in configs.items()}
    diff = Diff(
        old=old.manifest.version,
        new=new.manifest.version,
        configs=diffs,
        configs_added={name: one.rows for name, one in after.items() if name not in before},
        configs_removed={name: one.rows for name, one in before.items() if name not in after},
        default=()
        if old.manifest.default_config == new.manifest.default_config
        else (old.manifest.default_config, new.manifest.default_config),
        others=_other_files(old.manifest, new.manifest),
        changed=sum(one.changed for one in diffs.values()),
    )
    return ComparedReleases(configs=configs, diff=diff)


def compare_builds(old: Side, new: Side, *, compare: Compare | None = None) -> Compared:
    """
    Find what changed from `old` to `new`, in one configuration; only shards whose rows differ are opened.

    `compare` replaces what compares them: it is given their paths, and yields the result of `compare_shards` for each.
    """
    one, other = old.config, new.config
    both = bool(one.label_names and other.label_names)  # else nothing is said of labels but that they came or went
    names = (*other.label_names, *(name for name in one.label_names if name not in other.label_names)) if both else ()
    paths = list(_differing(one, other))
    pairs = compare(names, paths) if compare else (compare_shards(old, new, names, path) for path in paths)
    changes = _together(pairs)
    called = new_names(one, other, names, changes.changed)
    changes = _renamed(changes, names, called)
    diff = Diff(
        old=one.version,
        new=other.version,
        splits=split_diffs(tuple(dict.fromkeys((*other.split_names, *one.split_names))), changes),
        splits_removed=tuple(name for name in one.split_names if name not in other.splits),
        types=type_diffs(names, changes, called.all),
        labels=LabelDiff.between(one.label_names, other.label_names, called.renamed, called.merged)
        if both
        else LabelDiff(),
        rule_changed=one.split_rule != other.split_rule,
        columns_changed=_texts(one) != _texts(other),
        layers=layer_diffs(one, other, changes.changed),
        extra_edited=one.extra == other.extra
        and bool(one.label_names) == bool(other.label_names)
        and _other_digests(one, other)
        and not any(map(len, (changes.changed, changes.removed, changes.added))),
        sources_changed=(one.sources, one.annotators) != (other.sources, other.annotators),
        others=_other_files(old.manifest, new.manifest),
        examples=examples(names, changes, old, new),
        changed=sum(map(len, (changes.changed, changes.removed, changes.added))),
    )
    return Compared(old=old, new=new, names=names, changes=changes, diff=diff)


def _renamed(changes: Changes, names: tuple[str, ...], called: NewNames) -> Changes:
    """Return the changes with the old tags as they are called now, and whether that renamed or merged some."""
    changed, old = changes.changed, changes.changed["tags_old"]
    for kind, types in (("is_renamed", called.renamed), ("is_merged", called.merged)):
        changed = changed.append_column(kind, pc.not_equal(old, with_labels(old, as_renamed(names, types))))
    return replace(changes, changed=changed.append_column("tags_as", with_labels(old, as_renamed(names, called.all))))


def _texts(config: ReleasedConfig) -> list[str]:
    """Return the extra columns that are no layers."""
    return [name for name in config.extra if name not in config.layer_columns]


def _other_digests(one: ReleasedConfig, other: ReleasedConfig) -> bool:
    return any(
        totals.row_digest != other.splits[split].row_digest
        for split, totals in one.splits.items()
        if split in other.splits
    )


def compare_shards(old: Side, new: Side, names: tuple[str, ...], path: str) -> Changes:
    """Return the rows that differ between the two shards of one path; labels are places in `names`."""
    old, new = old.at(path), new.at(path)
    layers = shared_layers(old.config, new.config)
    return _compare(rows(old, path, names, layers), rows(new, path, names, layers))


def _together(pairs: Iterable[Changes]) -> Changes:
    changed: list[pa.Table] = []
    before: list[pa.Table] = []
    after: list[pa.Table] = []
    for pair in pairs:
        changed.append(pair.changed)
        before.append(pair.removed)
        after.append(pair.added)
    rest = _compare(_table(before, ROWS), _table(after, ROWS))
    return Changes(changed=_table([*changed, rest.changed], JOINED), removed=rest.removed, added=rest.added)


def _differing(old: ReleasedConfig, new: ReleasedConfig) -> Iterator[str]:
    """Yield the paths of shards whose rows may differ, in order."""
    same_ids = LabelDiff.between(old.label_names, new.label_names).extends
    before, after = ({file.path: file.row_digest for file in side.data_files()} for side in (old, new))
    for path in sorted(before | after):
        equal = before.get(path) == after.get(path)
        if not (equal and same_ids):
            yield path


def _compare(before: pa.Table, after: pa.Table) -> Changes:
    """Match rows by id; a matched row has changed if its split, document, tags or layers differ."""
    joined = before.join(
        after, keys="id", join_type="full outer", left_suffix="_old", right_suffix="_new", use_threads=False
    ).select(JOINED.names)
    had, has = pc.is_valid(joined["split_old"]), pc.is_valid(joined["split_new"])
    differs = reduce(
        pc.or_kleene,
        (pc.not_equal(joined[f"{name}_old"], joined[f"{name}_new"]) for name in ("split", "doc", "tags", "layers")),
    )
    return Changes(
        changed=joined.filter(pc.and_(pc.and_(had, has), differs)).cast(JOINED),
        removed=_side(joined.filter(pc.invert(has)), "_old"),
        added=_side(joined.filter(pc.invert(had)), "_new"),
    )


def _side(joined: pa.Table, suffix: str) -> pa.Table:
    columns = [joined["id" if name == "id" else name + suffix] for name in ROWS.names]
    return pa.Table.from_arrays(columns, schema=ROWS)


def _table(parts: list[pa.Table], schema: pa.Schema) -> pa.Table:
    return pa.concat_tables([schema.empty_table(), *parts])


def _other_files(old: Manifest, new: Manifest) -> tuple[str, ...]:
    """
    Return the files without rows that differ; the card says its version and changelog, so it may differ with them.

    What a release says of itself to machines follows from the rest, and where it is.
    """
    one, other = ({file.path: file.sha256 for file in side.files if file.rows is None} for side in (old, new))
    paths = {path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
    comparable = old.version == new.version and old.changelog == new.changelog
    paths = {path for path in paths if not path.startswith("assets/") and path != CROISSANT_NAME}
    # Pictures are drawn from numbers that are compared already.
    return tuple(sorted(paths if comparable else paths - {CARD_NAME}))
