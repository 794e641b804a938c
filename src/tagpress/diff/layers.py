"""What changed in the layers of two releases: which there are, their names, and in how many sentences their values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa

from tagpress.corpus.former_names import renamed_label, types_of
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.records import ConfigRecord, LayerRecord
from tagpress.corpus.version import Bump
from tagpress.diff.renames import NewNames, declared_names
from tagpress.diff.rows import keys_of

_NO_RECORD: Final = LayerRecord(kind="", names=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDiff:
    """
    What became of a layer.

    `change` is added, removed, or kept; `kind` says of a kept one that it is of another kind. `names_added` and so on are
    about its names; `renamed` and `merged` have the new name of a type by its old one, `called` how many of those there were; `edited` counts the sentences of each split whose values are others, as far as ids mean the same.
    `counts` are how often each of its names was there and is, where that differs: tokens of classes and labels, spans of types.
    """

    change: str = "kept"
    kind: str = ""
    names_added: tuple[str, ...] = ()
    names_removed: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, int] = field(default_factory=dict)
    reordered: bool = False
    rule: str = ""
    edited: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def bump(self) -> Bump:
        """Return the smallest honest bump that it calls for."""
        renames = self.renamed or self.merged
        if self.change == "removed" or self.kind or self.names_removed or self.reordered or renames:
            return "major"
        if self.change == "added" or self.names_added:
            return "minor"
        return "patch" if self.edited or self.rule else "none"

    def lines(self, name: str) -> list[str]:
        """Return what the changelog says about the layer of this name."""
        if self.change != "kept":
            return [f"Layer {self.change}: {name}."]
        found = [
            *([f"The layer {name} is of another kind: {self.kind}."] if self.kind else ()),
            *self._calls(name, "renamed", "to", self.renamed),
            *self._calls(name, "merged", "into", self.merged),
            *([f"Names removed from the layer {name}: {', '.join(self.names_removed)}."] if self.names_removed else ()),
            *([f"Ids of the layer {name} changed: the order of its names is another."] if self.reordered else ()),
            *([f"Names added to the layer {name}: {', '.join(self.names_added)}."] if self.names_added else ()),
            *([f"The rule of the layer {name} is another: {self.rule}."] if self.rule else ()),
        ]
        if self.edited:
            total, counts = sum(self.edited.values()), ", ".join(f"{split} {n:,}" for split, n in self.edited.items())
            found.append(
                f"{total:,} {'sentence' if total == 1 else 'sentences'} corrected in the layer {name} ({counts})."
            )
        return found

    def _calls(self, layer: str, kind: str, to: str, types: Mapping[str, str]) -> list[str]:
        names = ", ".join(f"{old} {to} {new} ({self.called.get(old, 0):,})" for old, new in types.items())
        # Of the main tags the diff says it with the labels.
        return [f"Types {kind} in the layer {layer}: {names}."] if names and layer != MAIN else []


def shared_layers(old: ConfigRecord, new: ConfigRecord) -> tuple[str, ...]:
    """Return the layers whose values can be compared: both have them, and every id of the old one means the same in the new."""
    before, after = old.layers or {}, new.layers or {}
    both = [name for name in new.extra if name in before and name in after]
    return tuple(name for name in both if _extends(before[name], after[name], _called(old, new, name).all))


def layer_diffs(old: ConfigRecord, new: ConfigRecord, changed: pa.Table) -> dict[str, LayerDiff]:
    """Return what became of every layer that changed; `changed` are the sentences that both have and that differ."""
    before, after = _records(old, new), _records(new, old)
    edited = _edited(shared_layers(old, new), changed)
    found = {
        name: _between(before.get(name), after.get(name), edited.get(name, {}), _called(old, new, name))
        for name in dict.fromkeys((MAIN, *new.extra, *old.extra))
        if name in {**before, **after}
    }
    counted = {
        name: replace(
            one,
            called=_counts(old, name, {**one.renamed, **one.merged}),
            counts=_changed_counts(_all_counts(old, name), _all_counts(new, name)),
        )
        for name, one in found.items()
    }
    return {name: diff for name, diff in counted.items() if diff.bump != "none"}


def edited_layers(layers: Sequence[str], changed: pa.Table) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return for each of the compared layers which of the changed sentences have other values in it."""
    if not layers or not len(changed):
        return {}
    differs = (keys_of(changed["layers_old"], len(layers)) != keys_of(changed["layers_new"], len(layers))).any(axis=2)
    return {name: differs[:, place] for place, name in enumerate(layers)}


def _records(one: ConfigRecord, other: ConfigRecord) -> dict[str, LayerRecord]:
    """Return the layers of a side, its main tags too where the other side has none."""
    came = bool(one.label_names) and not other.label_names
    main = {MAIN: LayerRecord(kind="flat", names=one.label_names)} if came else {}
    return {**(one.layers or {}), **main}


def _called(old: ConfigRecord, new: ConfigRecord, layer: str) -> NewNames:
    """Return what the types of a layer are called now, as the new release says."""
    record = (old.layers or {}).get(layer)
    if record is None:
        return NewNames()
    types = list(types_of(record.kind, record.names))
    return NewNames.of(types, declared_names(old, new, types, layer))


def _counts(old: ConfigRecord, layer: str, types: Iterable[str]) -> dict[str, int]:
    """Return how many spans or tokens of each type a layer had."""
    each = [one.layers[layer].counts for one in old.splits.values() if one.layers and layer in one.layers]
    return {name: sum(some.get(f"B-{name}", some.get(name, 0)) for some in each) for name in types}


def _all_counts(config: ConfigRecord, layer: str) -> Counter[str]:
    """Return how often each name of a layer is there, in all splits; nothing of a layer without names."""
    found = Counter[str]()
    named = layer == MAIN or bool((config.layers or {}).get(layer, _NO_RECORD).names)
    for one in config.splits.values() if named else ():
        found.update(one.labels if layer == MAIN else one.layers[layer].counts if one.layers else {})
    return found


def _changed_counts(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    each = {name: (before.get(name, 0), after.get(name, 0)) for name in {**before, **after}}
    return {name: counts for name, counts in each.items() if counts[0] != counts[1]}


def _extends(old: LayerRecord, new: LayerRecord, called: Mapping[str, str]) -> bool:
    now = tuple(renamed_label(old.kind, name, called) for name in old.names)
    return old.kind == new.kind and new.names[: len(old.names)] == now


def _between(
    old: LayerRecord | None, new: LayerRecord | None, edited: Mapping[str, int], called: NewNames
) -> LayerDiff:
    if old is None or new is None:
        return LayerDiff(change="added" if old is None else "removed")
    if old.kind != new.kind:
        return LayerDiff(kind=f"{new.kind}, was {old.kind}")
    now = [renamed_label(old.kind, name, called.all) for name in old.names]
    kept = [renamed_label(old.kind, name, called.merged) == name for name in old.names]
    return LayerDiff(
        names_added=tuple(name for name in new.names if name not in now),
        names_removed=tuple(name for name, other in zip(old.names, now, strict=True) if other not in new.names),
        renamed=called.renamed,
        merged=called.merged,
        reordered=any(kept[i] and name in new.names and new.names.index(name) != i for i, name in enumerate(now)),
        rule=(new.rule or "none") if old.rule != new.rule else "",
        edited=edited,
    )


def _edited(layers: Sequence[str], changed: pa.Table) -> dict[str, dict[str, int]]:
    splits = changed["split_new"].to_numpy(zero_copy_only=False)
    found = {}
    for name, rows in edited_layers(layers, changed).items():
        names, counts = np.unique(splits[rows].astype(str), return_counts=True)
        found[name] = dict(zip(names.tolist(), counts.tolist(), strict=True))
    return found
