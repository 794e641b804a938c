"""
What changed between two builds or releases, and the smallest honest version for it.

    diff_builds(old, new) -> Diff
    Side            a manifest, and how to get its shards
    compare_shards(old, new, names, path) -> Changes    the part of it that can be done elsewhere
    Diff            rows, labels, examples; .bump, .lines (the changelog), .to_json()
    first_entry, entry                          what the changelog says about a release
"""

from tagpress.diff.changes import ChangeExample, Diff, LabelDiff, SplitDiff, TypeDiff, entry, first_entry
from tagpress.diff.compare import Compare, compare_shards, diff_builds, directory
from tagpress.diff.rows import Changes, Side

__all__ = [
    "ChangeExample",
    "Changes",
    "Compare",
    "Diff",
    "LabelDiff",
    "Side",
    "SplitDiff",
    "TypeDiff",
    "compare_shards",
    "diff_builds",
    "directory",
    "entry",
    "first_entry",
]
