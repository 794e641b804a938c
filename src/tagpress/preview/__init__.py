"""
Look at a corpus in a browser: one page that needs no network, no server and no other file.

    subject     what a page is about: a build with the notes beside it
    corpus      or a corpus that is only read, where errors forbid a build
    sample      which sentences the page shows: all, or a fixed sample with every split, type and problem
    look        the tallies of a subject, and the rows of that sample
    problems    the problems and the rejected sentences
    entries     a sentence as the page's script reads it
    scope tables pictures    what the page does not show, and its numbers, in words, tables and pictures
    page        values -> HTML, with everything in it escaped and hashed
    page.html style.css preview.js    the page itself

The same build, and the same files beside it, give the same bytes.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tagpress.build.declaration import Declaration
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.version import Version
from tagpress.diff import Compared, changed_sentences, compare_builds, directory
from tagpress.engine.progress import Progress, silent
from tagpress.errors import UsageError
from tagpress.preview.content import content_of
from tagpress.preview.corpus import subject_of_corpus
from tagpress.preview.page import render_page
from tagpress.preview.subject import Subject, subject_of_build
from tagpress.store.whole_file import write_file

__all__ = ["LIMIT", "Preview", "write_corpus_preview", "write_preview"]

LIMIT: Final = 10_000
"""Sentences on a page: some 3 MB of HTML, which a phone still filters while one types."""

_CHANGES_SHARE: Final = 20  # at most this part of the limit are changed sentences of one kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """
    A written page.

    Of `sentences` published and `rejected` left out, the page shows `shown` and `rejected_shown`. `problems` is None
    where no file beside the build lists them; `compared_with` is the version whose differences the page shows. `verdict`
    says whether a corpus that was only read can be built; else it is empty.
    """

    out: Path
    bytes: int
    sentences: int
    shown: int
    rejected: int
    rejected_shown: int
    problems: int | None
    compared_with: Version | None
    verdict: str

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
            "verdict": self.verdict or None,
        }


def write_preview(
    build: Path, out: Path, *, other: Path | None = None, limit: int = LIMIT, config: str | None = None
) -> Preview:
    """
    Write a page to look at one configuration of a build, by default the default one; with `other`, an older build, also what changed since then.

    About `limit` sentences are shown: a few more if every split and type needs them, and all of a smaller build.

    Raises:
        UsageError: `limit` is not positive, or there is no such configuration.
        BuildError: one of the two is not a build.
        WriteError: the page cannot be written.

    """
    _refuse_limit(limit)
    subject = subject_of_build(build, config)
    name = Manifest.load(build).config(config).config
    compared = None if other is None else compare_builds(directory(other).of(name), directory(build).of(name))
    return _write(subject, out, limit, compared)


def write_corpus_preview(
    declaration: Declaration,
    out: Path,
    *,
    limit: int = LIMIT,
    workers: int | None = None,
    doubts: bool = False,
    personal_data: bool = False,
    progress: Progress = silent,
) -> Preview:
    """
    Write a page to look at a corpus as it is read now, however many errors it has; nothing is built.

    What cannot be published is shown first, with what is wrong with it. Sentences stand at their places in the sources. With
    `doubts`, labels in doubt are noted at their sentences, with `personal_data` what may belong to a person.

    Raises:
        UsageError: `limit` is not positive, or a source cannot be read.
        EngineError: a worker died.
        WriteError: the page cannot be written.

    """
    _refuse_limit(limit)
    read = subject_of_corpus(
        declaration, workers=workers, doubts=doubts, personal_data=personal_data, progress=progress
    )
    with read as subject:
        return _write(subject, out, limit, None)


def _refuse_limit(limit: int) -> None:
    if limit < 1:
        raise UsageError(f"a page of {limit} sentences shows nothing", "choose a limit of at least 1")


def _write(subject: Subject, out: Path, limit: int, compared: Compared | None) -> Preview:
    most = max(1, limit // _CHANGES_SHARE)
    content = content_of(
        subject,
        limit,
        diff=None if compared is None else compared.diff,
        changed=() if compared is None else tuple(changed_sentences(compared, most=most)),
        old_types=() if compared is None else compared.old.config.label_names[1::2],
    )
    page = render_page(content)
    write_file(out, page)
    return Preview(
        out=out,
        bytes=len(page),
        sentences=subject.published,
        shown=content.published,
        rejected=subject.rejected,
        rejected_shown=content.left_out,
        problems=None if content.problems is None else content.problems.total,
        compared_with=None if compared is None else compared.diff.old,
        verdict=subject.verdict,
    )
