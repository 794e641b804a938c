"""What changed in the layers of two releases: which there are, their names, and in how many sentences their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tagpress.corpus.records import ConfigRecord, LayerRecord
from tagpress.corpus.version import Bump
from tagpress.diff.rows import keys_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerDiff:
    """
    What became of a layer.

    `change` is added, removed, or kept; `kind` says of a kept one that it is of another kind. `names_added` and so on are
    about its names; `edited` counts the sentences of each split whose values are others, as far as ids mean the same.
    """

    change: str = "kept"
    kind: str = ""
    names_added: tuple[str, ...] = ()
    names_removed: tuple[str, ...] = ()
    reordered: bool = False
    rule: str = ""
    edited: Mapping[str, int] = field(default_factory=dict)

    @property
    def bump(self) -> Bump:
        """Return the smallest honest bump that it calls for."""
        if self.change == "removed" or self.kind or self.names_removed or self.reordered:
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


def shared_layers(old: ConfigRecord, new: ConfigRecord) -> tuple[str, ...]:
    """Return the layers whose values can be compared: both have them, and every id of the old one means the same in the new."""
    before, after = old.layers or {}, new.layers or {}
    return tuple(name for name in new.extra if name in before and name in after and _extends(before[name], after[name]))


def layer_diffs(old: ConfigRecord, new: ConfigRecord, changed: pa.Table) -> dict[str, LayerDiff]:
    """Return what became of every layer that changed; `changed` are the sentences that both have and that differ."""
    before, after = old.layers or {}, new.layers or {}
    edited = _edited(shared_layers(old, new), changed)
    found = {name: _between(before.get(name), after.get(name), edited.get(name, {})) for name in _all(old, new)}
    return {name: diff for name, diff in found.items() if diff.bump != "none"}


def edited_layers(layers: Sequence[str], changed: pa.Table) -> dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return for each of the compared layers which of the changed sentences have other values in it."""
    if not layers or not len(changed):
        return {}
    differs = (keys_of(changed["layers_old"], len(layers)) != keys_of(changed["layers_new"], len(layers))).any(axis=2)
    return {name: differs[:, place] for place, name in enumerate(layers)}


def _all(old: ConfigRecord, new: ConfigRecord) -> list[str]:
    known = {*(old.layers or ()), *(new.layers or ())}
    return [name for name in dict.fromkeys(("ner_tags", *new.extra, *old.extra)) if name in known]


def _extends(old: LayerRecord, new: LayerRecord) -> bool:
    return old.kind == new.kind and new.names[: len(old.names)] == old.names


def _between(old: LayerRecord | None, new: LayerRecord | None, edited: Mapping[str, int]) -> LayerDiff:
    if old is None or new is None:
        return LayerDiff(change="added" if old is None else "removed")
    if old.kind != new.kind:
        return LayerDiff(kind=f"{new.kind}, was {old.kind}")
    return LayerDiff(
        names_added=tuple(name for name in new.names if name not in old.names),
        names_removed=tuple(name for name in old.names if name not in new.names),
        reordered=any(name in new.names and new.names.index(name) != place for place, name in enumerate(old.names)),
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
