"""
From an unknown corpus to a builder script, a card and a test that work: `tagpress new`.

Nothing is asked and nothing is overwritten. What was inferred is said with the lines that show it, and what is in doubt
is said too; what only the owner can know is left open as "[More Information Needed]", which `check` names. All files
are written when the script has read the corpus, or none is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tagpress.build.report import Report
from tagpress.errors import UsageError
from tagpress.read.sources.once import looked_at_once
from tagpress.script.corpus_name import checked_name, not_read
from tagpress.script.infer import InferredCorpus, infer, read_once
from tagpress.script.several import Guessed
from tagpress.store.whole_file import write_file

_TWICE: Final = 0.25  # share of sentences that copies are, from which on somebody may have annotated them again


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorpus:
    """
    What `new` wrote, and why: `inferred` is what it found, and `report` what `check` says of the script that was written.

    `choices` are the policies for what stops a build, which the script proposes.
    """

    script: Path
    card: Path
    test: Path
    inferred: InferredCorpus
    report: Report

    @property
    def dialect(self) -> str:
        """Return the dialect as the script spells it."""
        return self.inferred.dialect

    @property
    def guessed(self) -> Guessed:
        """Return what was guessed."""
        return self.inferred.guessed

    @property
    def splits(self) -> Mapping[str, tuple[str, ...]]:
        """Return the files of each given split; those of configurations are CONFIG/SPLIT."""
        return self.inferred.splits

    @property
    def configs(self) -> tuple[str, ...]:
        """Return the configurations that the user or the names of folders or files say."""
        return self.inferred.configs

    @property
    def left_out(self) -> tuple[tuple[str, str], ...]:
        """Return the files that are no corpus, each with its reason."""
        return self.inferred.left_out

    @property
    def doubts(self) -> tuple[str, ...]:
        """Return what is in doubt."""
        return self.inferred.draft.doubts

    @property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """Return what may be done about each code that stops a build."""
        return self.inferred.draft.choices

    def to_json(self) -> dict[str, Any]:
        """Return the document that `new --json` prints."""
        return {
            "script": str(self.script),
            "card": str(self.card),
            "test": str(self.test),
            **self.inferred.to_json(),
            "unread": list(self.report.unread),
            "aside": self.report.aside,
            "sentences": self.report.sentences,
            "tokens": self.report.tokens,
            "labels": self.report.labels,
            "problem_counts": self.report.problem_counts,
            "choices": {code: list(policies) for code, policies in self.choices.items()},
        }


def new_corpus(name: str, sources: Sequence[str], folder: Path) -> NewCorpus:
    """
    Write a builder script, a card and a test for the corpus in `sources` into `folder`.

    They are files, patterns and folders, each perhaps with `SPLIT=` or `CONFIG/SPLIT=` before it. Where none has that and
    the names of files or folders say splits, those are given splits; they may say configurations too.

    Raises:
        UsageError: the name cannot be used, the folder is called like a script, or a file to write exists.
        SourceError: a source cannot be read, or nothing in it looks like tags.
        WriteError: nothing can be written into the folder.

    """
    name, stem = checked_name(name)
    if folder.suffix == ".py" and not folder.is_dir():
        raise UsageError(
            f"{folder} would be a folder, in which {stem}.py is written",
            f"name a folder, --out {folder.parent}; the script is called after the corpus",
        )
    script, card, test = (folder / name for name in (f"{stem}.py", f"{stem}_card.md", f"test_{stem}.py"))
    for path in (script, card, test):
        if path.exists():
            raise UsageError(
                f"{path} exists, and nothing is overwritten", "choose another name or --out, or move it away"
            )
    with looked_at_once():
        inferred, report = read_once(infer(name, script, sources))
    notes = (*not_read(name, sources), *inferred.draft.notes, *_annotated_twice(report, inferred.sources))
    draft = replace(inferred.draft, stops=_stops(report), notes=notes)
    _write_all({card: draft.card(), script: draft.script(), test: draft.test(report, script.name)})
    return NewCorpus(script=script, card=card, test=test, inferred=replace(inferred, draft=draft), report=report)


def _annotated_twice(report: Report, files: int) -> tuple[str, ...]:
    """Return a doubt about sentences that stand in several files: they may be those of several annotators."""
    twice = sum(report.problem_counts.get(code, 0) for code in ("duplicate", "conflicting-duplicate"))
    if files == 1 or twice < _TWICE * report.sentences:
        return ()
    said = f"files: {twice:,} of {report.sentences:,} sentences stand in the sources more than once"
    return (f"{said}; if the files are of several annotators, give each a configuration of its own, CONFIGS",)


def _stops(report: Report) -> dict[str, int]:
    """Count the problems that stop a build, by their codes."""
    return dict(sorted(Counter(found.code for found in report.problems if found.severity == "error").items()))


def _write_all(files: Mapping[Path, bytes]) -> None:
    """Write files, or none of them."""
    written: list[Path] = []
    try:
        for path, data in files.items():
            write_file(path, data)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink()
        raise
