"""How many sentences changed: per split, and per entity type."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.types import Ints, LabelIds
from tagpress.diff.changes import SplitDiff, TypeDiff
from tagpress.diff.rows import Changes, labels_of


def split_diffs(splits: tuple[str, ...], changes: Changes) -> Mapping[str, SplitDiff]:
    """Count the changes per split; a change counts where the sentence is now, or was last."""
    changed = changes.changed
    moved = changed.filter(pc.not_equal(changed["split_old"], changed["split_new"]))
    counts = {
        "added": _tally(changes.added["split"]),
        "removed": _tally(changes.removed["split"]),
        "relabelled": _tally(relabelled(changed)["split_new"]),
        "renamed": _tally(changed.filter(changed["is_renamed"])["split_new"]),
        "merged": _tally(changed.filter(changed["is_merged"])["split_new"]),
        "reassigned": _tally(changed.filter(pc.not_equal(changed["doc_old"], changed["doc_new"]))["split_new"]),
        "moved_in": _tally(moved["split_new"]),
        "moved_out": _tally(moved["split_old"]),
    }
    return {split: SplitDiff(**{kind: found.get(split, 0) for kind, found in counts.items()}) for split in splits}


def type_diffs(names: tuple[str, ...], changes: Changes, renamed: Mapping[str, str]) -> Mapping[str, TypeDiff]:
    """Count, per entity type by its new name, the sentences that have it or in which one of its tags changed."""
    now = [renamed.get(name[2:], name[2:]) if name != "O" else None for name in names]
    types = list(dict.fromkeys(name for name in now if name is not None))
    type_of = np.array([-1 if name is None else types.index(name) for name in now])
    changed = relabelled(changes.changed)
    (old, row), (new, _) = labels_of(changed["tags_as"]), labels_of(changed["tags_new"])
    differs = old != new
    touched = np.concatenate([old[differs], new[differs]]), np.concatenate([row[differs], row[differs]])
    counts = [
        _sentences_by_type(type_of, len(types), *found)
        for found in (labels_of(changes.added["tags"]), labels_of(changes.removed["tags"]), touched)
    ]
    return {
        name: TypeDiff(added=added, removed=removed, relabelled=again)
        for name, added, removed, again in zip(types, *counts, strict=True)
    }


def relabelled(changed: pa.Table) -> pa.Table:
    """Return the rows whose tags changed, and not only the name of a type."""
    return changed.filter(pc.not_equal(changed["tags_as"], changed["tags_new"]))


def _sentences_by_type(type_of: Ints, types: int, labels: LabelIds, row: Ints) -> list[int]:
    kinds = type_of[labels]
    pairs = np.unique(row[kinds >= 0] * types + kinds[kinds >= 0])
    return [int(count) for count in np.bincount(pairs % types, minlength=types)] if types else []


def _tally(splits: pa.ChunkedArray) -> dict[str, int]:
    return {one["values"]: one["counts"] for one in pc.value_counts(splits).to_pylist()}
