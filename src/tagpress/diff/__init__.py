"""
What changed between two builds or releases, and the smallest honest version for it.

    diff_builds(old, new) -> Diff
    compare_releases(old, new) -> ComparedReleases      the Diff, and the rows behind it, by configuration
    compare_builds(old, new) -> Compared        the same of one configuration
    changed_sentences(compared), write_changes(compared, FILE.jsonl)    every sentence that changed, its tags before and after
    Side            a manifest, and how to get its shards
    compare_shards(old, new, names, path) -> Changes    the part of it that can be done elsewhere
    Diff            rows, labels, examples; .bump, .lines (the changelog), .to_json()
    first_entry, entry                          what the changelog says about a release
"""

from tagpress.diff.changes import ChangeExample, Diff, LabelDiff, SplitDiff, TypeDiff
from tagpress.diff.compare import (
    Compare,
    Compared,
    ComparedReleases,
    compare_builds,
    compare_releases,
    compare_shards,
    diff_builds,
    directory,
)
from tagpress.diff.entries import entry, first_entry
from tagpress.diff.rows import Changes, Side
from tagpress.diff.sentences import KINDS, ChangedSentence, changed_sentences, write_changes

__all__ = [
    "KINDS",
    "ChangeExample",
    "ChangedSentence",
    "Changes",
    "Compare",
    "Compared",
    "ComparedReleases",
    "Diff",
    "LabelDiff",
    "Side",
    "SplitDiff",
    "TypeDiff",
    "changed_sentences",
    "compare_builds",
    "compare_releases",
    "compare_shards",
    "diff_builds",
    "directory",
    "entry",
    "first_entry",
    "write_changes",
]
