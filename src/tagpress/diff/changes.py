"""The difference of two releases as a value: its counts, its smallest honest bump, and its changelog entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Final

from tagpress.corpus.version import BUMPS, Bump, Version
from tagpress.diff.layers import LayerDiff

EXAMPLES_OF_A_KIND: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitDiff:
    """How many sentences of one split changed, and how; `moved_in` came from another split, and so on."""

    added: int = 0
    removed: int = 0
    relabelled: int = 0
    reassigned: int = 0  # same sentence, same tags, another document
    moved_in: int = 0
    moved_out: int = 0
    renamed: int = 0  # an entity type that it has is called otherwise
    merged: int = 0  # an entity type that it had is part of another


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeDiff:
    """How many sentences with this entity type were added or removed, or changed in a tag of it."""

    added: int = 0
    removed: int = 0
    relabelled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDiff:
    """
    Which label names came and went; `reordered` if an old name has another id now.

    `renamed` has the new name of an entity type by its old one, `merged` the type that it is part of now; its labels neither
    came nor went.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    reordered: bool = False
    renamed: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def between(
        cls,
        old: tuple[str, ...],
        new: tuple[str, ...],
        renamed: Mapping[str, str] = MappingProxyType({}),
        merged: Mapping[str, str] = MappingProxyType({}),
    ) -> "LabelDiff":
        """Compare two lists of label names, of which some types were renamed or merged."""
        known = {**renamed, **merged}
        now = [name[:2] + known.get(name[2:], name[2:]) for name in old]
        moved = [
            name in new and new.index(name) != place for place, name in enumerate(now) if old[place][2:] not in merged
        ]
        return cls(
            added=tuple(name for name in new if name not in now),
            removed=tuple(name for name, other in zip(old, now, strict=True) if other not in new),
            reordered=any(moved),
            renamed=dict(renamed),
            merged=dict(merged),
        )

    @property
    def extends(self) -> bool:
        """Return whether every old label id still means the same."""
        return not (self.removed or self.reordered or self.renamed or self.merged)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeExample:
    """One changed sentence; `kind` is added, removed, relabelled or moved."""

    kind: str
    split: str
    id: str
    text: str
    change: str = ""

    def __str__(self) -> str:
        change = f" [{self.change}]" if self.change else ""
        return f"{self.kind} in {self.split}: {self.text}{change}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """
    What changed from `old` to `new`.

    Rows are the same if they have the same id, that is the same tokens; `changed` counts those that are not, each once
    whatever changed in it. `others` are the files that are not data and
    differ, without the card when only its version can explain that.

    Of named configurations, each has a diff in `configs`; those that came or went are there with their sentences.
    `default` is the one that was loaded where none was named, and the one that is, where they differ.
    """

    old: Version
    new: Version
    splits: Mapping[str, SplitDiff] = field(default_factory=dict)
    types: Mapping[str, TypeDiff] = field(default_factory=dict)
    labels: LabelDiff = field(default_factory=LabelDiff)
    splits_removed: tuple[str, ...] = ()
    rule_changed: bool = False
    columns_changed: bool = False
    layers: Mapping[str, LayerDiff] = field(default_factory=dict)
    extra_edited: bool = False
    sources_changed: bool = False
    others: tuple[str, ...] = ()
    examples: tuple[ChangeExample, ...] = ()
    changed: int = 0
    configs: Mapping[str, "Diff"] = field(default_factory=dict)
    configs_added: Mapping[str, int] = field(default_factory=dict)
    configs_removed: Mapping[str, int] = field(default_factory=dict)
    default: tuple[str, ...] = ()

    def total(self, kind: str) -> int:
        """Return a count of `SplitDiff` over all splits of all configurations."""
        own: int = sum(getattr(split, kind) for split in self.splits.values())
        return own + sum(one.total(kind) for one in self.configs.values())

    @property
    def moved(self) -> dict[str, int]:
        """Return how many sentences came into each split from another."""
        own = {name: split.moved_in for name, split in self.splits.items() if split.moved_in}
        return own | {f"{name}/{split}": n for name, one in self.configs.items() for split, n in one.moved.items()}

    @property
    def bump(self) -> Bump:
        """Return the smallest honest bump: the largest that any change calls for."""
        calls: dict[Bump, bool] = {
            "major": bool(self.moved or self.splits_removed or self.configs_removed or self.default)
            or self.rule_changed
            or self.columns_changed
            or not self.labels.extends,
            "minor": bool(self.total("added") or self.total("removed") or self.labels.added or self.configs_added),
            "patch": bool(
                self.total("relabelled")
                or self.total("reassigned")
                or self.extra_edited
                or self.sources_changed
                or self.others
            ),
        }
        calls_for = [
            *(bump for bump, is_called in calls.items() if is_called),
            *(one.bump for one in self.layers.values()),
            *(one.bump for one in self.configs.values()),
        ]
        return max(calls_for, key=BUMPS.index, default="none")

    @property
    def reasons(self) -> list[str]:
        """Return the changes that call for exactly `bump`, as lines."""
        return [line for bump, lines in _described(self).items() if bump == self.bump for line in lines]

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the changelog: one line a kind of change, the gravest first."""
        lines = [line for bump in reversed(BUMPS) for line in _described(self).get(bump, ())]
        return tuple(lines) or ("Nothing changed in the data.",)

    def to_json(self) -> dict[str, Any]:
        """Return the document that `--json` prints."""
        return {
            "old": str(self.old),
            "new": str(self.new),
            "added": self.total("added"),
            "removed": self.total("removed"),
            "relabelled": self.total("relabelled"),
            "reassigned": self.total("reassigned"),
            "renamed": self.total("renamed"),
            "merged": self.total("merged"),
            "changed": self.changed,
            "moved": self.moved,
            "labels": _as_dict(self.labels),
            "splits": {name: _as_dict(split) for name, split in self.splits.items()},
            "types": {name: _as_dict(one) for name, one in self.types.items()},
            "examples": [_as_dict(example) for example in self.examples],
            "rule_changed": self.rule_changed,
            "columns_changed": self.columns_changed,
            "layers": {name: {**_as_dict(one), "bump": one.bump} for name, one in self.layers.items()},
            "extra_edited": self.extra_edited,
            "sources_changed": self.sources_changed,
            "other_files": list(self.others),
            **self._configs_json(),
            "bump": self.bump,
            "changelog": list(self.lines),
        }

    def _configs_json(self) -> dict[str, Any]:
        if not (self.configs or self.configs_added or self.configs_removed):
            return {}
        return {
            "configs": {name: one.to_json() for name, one in self.configs.items()},
            "configs_added": dict(self.configs_added),
            "configs_removed": dict(self.configs_removed),
        }


def _described(diff: Diff) -> dict[Bump, list[str]]:
    """Return the changelog's lines by the bump that each calls for; those of a configuration begin with its name."""
    found, released = _described_alone(diff), _described_configs(diff)
    parts = {name: _described(one) for name, one in diff.configs.items()}
    return {
        bump: [
            *released.get(bump, ()),
            *(f"{name}: {line}" for name, lines in parts.items() for line in lines[bump]),
            *own,
        ]
        for bump, own in found.items()
    }


def _described_configs(diff: Diff) -> dict[Bump, list[str]]:
    """Return what became of whole configurations."""
    gone, came = (
        [f"Configuration {what}: {name} ({count:,} sentences)." for name, count in some.items()]
        for what, some in (("removed", diff.configs_removed), ("added", diff.configs_added))
    )
    default = [f"Where none is named, {diff.default[1]} is loaded, and was {diff.default[0]}."] if diff.default else []
    return {"major": [*gone, *default], "minor": came}


def _described_alone(diff: Diff) -> dict[Bump, list[str]]:
    labels, types = diff.labels, _counted({name: one.relabelled for name, one in diff.types.items()})
    relabelled = f"; by entity type: {types}" if types else ""
    major = [
        *_called(diff, "renamed", "to", diff.labels.renamed),
        *_called(diff, "merged", "into", diff.labels.merged),
        *([f"Labels removed: {', '.join(labels.removed)}."] if labels.removed else ()),
        *(["Label ids changed: the order of the entity types is another."] if labels.reordered else ()),
        *([f"Splits removed: {', '.join(diff.splits_removed)}."] if diff.splits_removed else ()),
        *(["The split rule changed."] if diff.rule_changed else ()),
        *(["The extra columns are others."] if diff.columns_changed else ()),
        *_of_layers(diff, "major"),
        *_line(diff, "moved_in", "moved to another split", "now in "),
    ]
    minor = [
        *([f"Labels added: {', '.join(labels.added)}."] if labels.added else ()),
        *_of_layers(diff, "minor"),
        *_line(diff, "added", "added"),
        *_line(diff, "removed", "removed"),
    ]
    patch = [
        *_line(diff, "relabelled", "relabelled", tail=relabelled),
        *_of_layers(diff, "patch"),
        *_line(diff, "reassigned", "assigned to another document"),
        *(["Extra columns were edited."] if diff.extra_edited else ()),
        *([f"Corrected: {', '.join(diff.others)}."] if diff.others else ()),
        *(["Sources changed."] if diff.sources_changed and diff.total("added") == diff.total("removed") == 0 else ()),
    ]
    return {"major": major, "minor": minor, "patch": patch}


def _of_layers(diff: Diff, bump: Bump) -> list[str]:
    return [line for name, one in diff.layers.items() if one.bump == bump for line in one.lines(name)]


def _called(diff: Diff, kind: str, to: str, types: Mapping[str, str]) -> list[str]:
    """Return what became of the names of types; `kind` is renamed or merged."""
    names = [f"{old} {to} {new}" for old, new in types.items()]
    noun = "Entity type" if len(names) == 1 else "Entity types"
    counts = _counted({name: getattr(split, kind) for name, split in diff.splits.items()}) or "none"
    return [f"{noun} {kind}: {', '.join(names)} (sentences: {counts})."] if names else []


def _line(diff: Diff, kind: str, what: str, before: str = "", tail: str = "") -> list[str]:
    counts = _counted({name: getattr(split, kind) for name, split in diff.splits.items()})
    noun = "sentence" if diff.total(kind) == 1 else "sentences"
    return [f"{diff.total(kind):,} {noun} {what} ({before}{counts}{tail})."] if counts else []


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)


def _as_dict(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the dataclasses above
    pairs: Callable[[Any], Any] = lambda found: list(found) if isinstance(found, tuple) else found  # noqa: E731
    return {spec.name: pairs(getattr(value, spec.name)) for spec in fields(value)}
