"""
What changed between two builds or releases, and the smallest honest version for it.

    diff_builds(old, new) -> Diff
    Side            a manifest, and how to get its shards
    Diff            rows, labels, examples; .bump, .lines (the changelog), .to_json()
    first_entry, entry                          what the changelog says about a release
"""

from tagpress.diff.compare import diff_builds, directory
from tagpress.diff.rows import Side
from tagpress.diff.values import Diff, Example, LabelDiff, SplitDiff, TypeDiff, entry, first_entry

__all__ = [
    "Diff",
    "Example",
    "LabelDiff",
    "Side",
    "SplitDiff",
    "TypeDiff",
    "diff_builds",
    "directory",
    "entry",
    "first_entry",
]
