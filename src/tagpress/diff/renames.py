"""
Which entity types have another name now?

A type that is gone was renamed to one that came where more than half of its tokens in the sentences that stayed have that
type now, and more than half of the other's had this one. What else changed in a sentence is told apart from it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Ints, LabelIds
from tagpress.corpus.records import ReleasedConfig
from tagpress.diff.rows import LABEL, labels_of


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
