"""
From an unknown corpus to a builder script, a card and a test that work: `tagpress new`.

Nothing is asked and nothing is overwritten. What was inferred is said with the lines that show it, and what is in doubt
is said too; what only the owner can know is left open as "[More Information Needed]", which `check` names. All files
are written when the script has read the corpus, or none is.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tagpress.build import WARM
from tagpress.build.declaration import SourceGlobs
from tagpress.build.declared import Declared
from tagpress.build.empty_splits import filling_salt
from tagpress.build.parts import read_parts, whole_report
from tagpress.build.report import Report
from tagpress.build.workplace import spill_folder
from tagpress.corpus.addresses import public
from tagpress.engine import LocalEngine
from tagpress.engine.progress import silent
from tagpress.errors import UsageError
from tagpress.read.guess.files import gather, patterns_of
from tagpress.read.guess.sniff import spell
from tagpress.read.sources.apart import apart
from tagpress.read.sources.finding import find
from tagpress.script.builder import load_script
from tagpress.script.corpus_name import checked_name, not_read
from tagpress.script.draft import Draft
from tagpress.script.named import NO_SPLIT, by_configuration, by_split, with_names
from tagpress.script.several import Guessed, guess
from tagpress.store import Folder
from tagpress.store.whole_file import write_file

# With so many documents, splitting by document leaves every split enough of them.
_TWICE: Final = 0.25  # share of sentences that copies are, from which on somebody may have annotated them again
_MANY_DOCUMENTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorpus:
    """
    What `new` wrote, and why: `report` is what `check` says of the script that was written.

    `splits` are the files of each given split, empty where splits are computed; `configs` are the configurations that the
    user or the names of folders or files say, whose splits are CONFIG/SPLIT; `left_out` are files that are no corpus,
    each with its reason. Those that are left out because no split is theirs are in `doubts`. `choices` are the
    policies for what stops a build, which the script proposes.
    """

    script: Path
    card: Path
    test: Path
    guessed: Guessed
    report: Report
    splits: Mapping[str, tuple[str, ...]]
    configs: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    doubts: tuple[str, ...]
    choices: Mapping[str, tuple[str, ...]]

    @property
    def dialect(self) -> str:
        """Return the dialect as the script spells it."""
        return spell(self.guessed.layered.dialect)

    def to_json(self) -> dict[str, Any]:
        """Return the document that `new --json` prints."""
        return {
            "script": str(self.script),
            "card": str(self.card),
            "test": str(self.test),
            "dialect": self.dialect,
            "layers": self.guessed.layered.spelled(),
            "entity_types": list(self.guessed.sniffed.entity_types),
            "configs": list(self.configs),
            "own": {config: self.guessed.declared(config) for config in self.guessed.own},
            "splits": {split: list(files) for split, files in self.splits.items()},
            "split_values": dict(self.guessed.sniffed.splits),
            "left_out": [{"path": path, "reason": reason} for path, reason in self.left_out],
            "reasons": [str(reason) for reason in self.guessed.reasons],
            "doubts": list(self.doubts),
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
    everything = gather(sources)
    gathered = with_names(everything)
    by_config = {config: by_split(own) for config, own in by_configuration(gathered.files).items()}
    patterns = {
        config: {split: patterns_of(files, folder) for split, files in own.items()} for config, own in by_config.items()
    }
    here = {
        config: tuple(SourceGlobs(files, Path.cwd(), split) for split, files in own.items())
        for config, own in patterns.items()
    }
    found = {
        config: apart([source for globs in own for source in find(globs.patterns, globs.base)])
        for config, own in here.items()
    }
    given = any(split is not None for own in by_config.values() for split in own)
    guessed, files = guess(found, given=given, beside=everything.beside), sum(map(len, found.values()))
    drafted = Draft(
        name=name,
        guessed=guessed,
        patterns={
            config: {split: _from(folder, files) for split, files in own.items()} for config, own in patterns.items()
        },
        card_name=card.name,
        group="document" if guessed.sniffed.documents or files >= _MANY_DOCUMENTS else "sentence",
        notes=(
            *not_read(name, sources),
            *(
                f"files: {public(path)} is left out: {reason}; give each its own as SPLIT={public(path)}"
                for path, reason in gathered.left_out
                if reason == NO_SPLIT
            ),
        ),
    )
    draft, report = _tried(drafted, script, here)
    draft = replace(draft, stops=_stops(report), notes=(*draft.notes, *_annotated_twice(report, files)))
    _write_all({card: draft.card(), script: draft.script(), test: draft.test(report, script.name)})
    return NewCorpus(
        script=script,
        card=card,
        test=test,
        guessed=guessed,
        report=report,
        splits={
            split if config is None else f"{config}/{split}": tuple(public(file.path) for file in files)
            for config, own in by_config.items()
            for split, files in own.items()
            if split is not None
        },
        configs=tuple(config for config in by_config if config is not None),
        left_out=tuple((public(path), reason) for path, reason in gathered.left_out if reason != NO_SPLIT),
        doubts=draft.doubts,
        choices=draft.choices,
    )


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


def _from(folder: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return patterns as they are written in a script in `folder`."""
    return tuple(
        pattern if "://" in pattern else Path(os.path.relpath(Path(pattern).absolute(), folder.absolute())).as_posix()
        for pattern in patterns
    )


def _tried(draft: Draft, script: Path, here: Mapping[str | None, tuple[SourceGlobs, ...]]) -> tuple[Draft, Report]:
    """
    Read the corpus as the script would; return the draft with a salt that fills every split, and what was read.

    `here` are the sources as seen from the current folder: that of the script may not exist yet.
    """
    declared = _declared(draft, script)
    own = {
        name: replace(one, sources=here[None if declared.is_flat else name]) for name, one in declared.configs.items()
    }
    with spill_folder() as spills:
        report, salt = _read(replace(declared, configs=own), spills)
    if salt is None and draft.computed and draft.group == "document":
        few = "splits: there are too few documents to fill them, so sentences of one document may land in two"
        return _tried(replace(draft, group="sentence", notes=(*draft.notes, few)), script, here)
    if salt in {None, draft.salt}:
        return draft, report
    return _tried(replace(draft, salt=str(salt)), script, here)


def _declared(draft: Draft, script: Path) -> Declared:
    """Return what a script will declare in its place, where nothing is yet."""
    with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
        trial = Path(folder) / script.name
        trial.write_bytes(draft.script())
        return load_script(trial).declared().each(lambda one: replace(one, script=script))


def _read(declared: Declared, spills: Folder) -> tuple[Report, str | None]:
    """Return what `check` says of a corpus, and a salt that fills its splits: that of the configuration that needs most."""
    with LocalEngine(preload=WARM) as engine:
        parts = read_parts(declared, engine, spills, progress=silent, alone=True)
        salts = [filling_salt(part.reading) for part in parts]
        return whole_report(parts), None if None in salts else max(map(str, salts), key=int)


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
