"""
Which entity types have another name now, and which joined another type?

What the new release declares is taken from it. Of the others, a type that is gone was renamed to one that came where more than half of its tokens in the sentences that stayed have that
type now, and more than half of the other's had this one. What else changed in a sentence is told apart from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Ints, LabelIds
from tagpress.corpus.former_names import former_of
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.records import ConfigRecord, ReleasedConfig
from tagpress.diff.rows import LABEL, labels_of


@dataclass(frozen=True, slots=True)
class NewNames:
    """The new name of each old type that has another one: `merged` where another old type has it too, else `renamed`."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, types: Sequence[str], names: Mapping[str, str]) -> "NewNames":
        """Sort what old `types` are called now by how many of them have the name."""
        now = [names.get(name, name) for name in types]
        own = {name: names[name] for name in types if name in names}
        return cls(
            renamed={name: new for name, new in own.items() if now.count(new) == 1},
            merged={name: new for name, new in own.items() if now.count(new) > 1},
        )

    @property
    def all(self) -> dict[str, str]:
        """Return both."""
        return {**self.renamed, **self.merged}


def declared_names(old: ConfigRecord, new: ConfigRecord, types: Sequence[str], layer: str = MAIN) -> dict[str, str]:
    """Return the new name of each of the `types` of a layer of `old` that `new` says was renamed or merged."""
    known = former_of(new, layer)
    return {name: known[name] for name in types if name in known and name not in former_of(old, layer)}


def new_names(old: ReleasedConfig, new: ReleasedConfig, names: Sequence[str], changed: pa.Table) -> NewNames:
    """Return what the types of `old` are called in `new`, as declared or else as `renamed_types` finds it."""
    types = [name[2:] for name in old.label_names[1::2]]
    declared = declared_names(old, new, types)
    found = renamed_types(old, new, names, changed)
    seen = {name: now for name, now in found.items() if name not in declared and now not in declared.values()}
    return NewNames.of(types, {**seen, **declared})


def renamed_types(old: ReleasedConfig, new: ReleasedConfig, names: Sequence[str], changed: pa.Table) -> dict[str, str]:
    """Return the new name by the old one; `names` are the labels of both sides, `changed` the sentences that both have."""
    types = [*dict.fromkeys(name[2:] for name in names[1:])]
    gone, came = (_but(one, other) for one, other in ((old, new), (new, old)))
    if not (gone and came):
        return {}
    tokens = _tokens(changed, np.array([_place(types, name) for name in names]), len(types))
    before, after = tokens.sum(axis=1), tokens.sum(axis=0)
    places = [(name, types.index(name), other, types.index(other)) for name in gone for other in came]
    return {
        name: other for name, row, other, column in places if 2 * tokens[row, column] > max(before[row], after[column])
    }


def as_renamed(names: Sequence[str], renamed: Mapping[str, str]) -> LabelIds:
    """Return for each label the place of the one that has its meaning now."""
    now = [name[:2] + renamed.get(name[2:], name[2:]) for name in names]
    return np.array([names.index(name) for name in now], dtype=LABEL)


def _but(one: ReleasedConfig, other: ReleasedConfig) -> list[str]:
    return [name[2:] for name in one.label_names[1::2] if name not in other.label_names]


def _place(types: Sequence[str], label: str) -> int:
    """Return the number of a label's type; what has none comes last."""
    return types.index(label[2:]) if label[2:] in types else len(types)


def _tokens(changed: pa.Table, type_of: Ints, types: int) -> Ints:
    """Count tokens by their type before and after, of shape [type, type]; the last type is none."""
    (before, _), (after, _) = labels_of(changed["tags_old"]), labels_of(changed["tags_new"])
    pairs = type_of[before] * (types + 1) + type_of[after]
    counts: Ints = np.bincount(pairs, minlength=(types + 1) ** 2).reshape(types + 1, types + 1)
    return counts
