"""
Look at a build in a browser: one page that needs no network, no server and no other file.

    sample      which sentences the page shows: all, or a fixed sample with every split, type and problem
    look        what is in a build: its tallies, and the rows of that sample
    problems    the problems and the rejected sentences, which stand beside a build
    entries     a sentence as the page's script reads it
    page        values -> HTML, with everything in it escaped and hashed
    page.html style.css preview.js    the page itself

The same build, and the same files beside it, give the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tagpress.corpus.manifest import Manifest, Version
from tagpress.diff import diff_builds, directory
from tagpress.errors import UsageError
from tagpress.preview.entries import Entries
from tagpress.preview.look import look_at
from tagpress.preview.page import render_page
from tagpress.preview.problems import read_problems, read_rejected
from tagpress.store.whole_file import write_file

__all__ = ["LIMIT", "Preview", "write_preview"]

LIMIT: Final = 10_000
"""Sentences on a page: some 3 MB of HTML, which a phone still filters while one types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    A written page.

    Of `sentences` published and `rejected` left out, the page shows `shown` and `rejected_shown`. `problems` is None
    where no file beside the build lists them; `compared_with` is the version whose differences the page shows.
    """

    out: Path
    bytes: int
    sentences: int
    shown: int
    rejected: int
    rejected_shown: int
    problems: int | None
    compared_with: Version | None

    def to_json(self) -> dict[str, Any]:
        """Return the document that `preview --json` prints."""
        return {
            "out": str(self.out),
            "bytes": self.bytes,
            "sentences": self.sentences,
            "shown": self.shown,
            "rejected": self.rejected,
            "rejected_shown": self.rejected_shown,
            "problems": self.problems,
            "compared_with": None if self.compared_with is None else str(self.compared_with),
        }


def write_preview(build: Path, out: Path, *, other: Path | None = None, limit: int = LIMIT) -> Preview:
    """
    Write a page to look at a build; with `other`, an older build, also what changed since then.

    About `limit` sentences are shown: a few more if every split and type needs them, and all of a smaller build.

    Raises:
        UsageError: `limit` is not positive.
        BuildError: one of the two is not a build.
        WriteError: the page cannot be written.

    """
    if limit < 1:
        raise UsageError(f"a page of {limit} sentences shows nothing", "choose a limit of at least 1")
    manifest = Manifest.load(build)
    problems, rejected = read_problems(build), read_rejected(build, limit)
    look = look_at(build, manifest, {} if problems is None else problems.by_id, limit)
    entries = Entries(manifest.label_names, tuple(look.tallies))
    sentences = [*entries.published(look.rows, look.marks), *entries.rejected(rejected)]
    diff = None if other is None else diff_builds(directory(other), directory(build))
    page = render_page(manifest, look.tallies, sentences=sentences, entries=entries, problems=problems, diff=diff)
    write_file(out, page)
    return Preview(
        out=out,
        bytes=len(page),
        sentences=sum(split.rows for split in manifest.splits.values()),
        shown=len(sentences) - len(rejected),
        rejected=manifest.counts["rejected"],
        rejected_shown=len(rejected),
        problems=None if problems is None else problems.total,
        compared_with=None if diff is None else diff.old,
    )
