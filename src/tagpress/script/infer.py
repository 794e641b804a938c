"""
What is a corpus that nobody has described? Its files, what was guessed of them, and the draft of a script that reads them.

Nothing is written: `new` writes what was drafted, and what only reads, such as `check`, needs no script then.
"""

import os
import tempfile
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
from tagpress.read.guess.files import CorpusFile, gather
from tagpress.read.guess.patterns import patterns_of
from tagpress.read.guess.sniff import spell
from tagpress.read.sources.apart import apart
from tagpress.read.sources.arguments import part_of
from tagpress.read.sources.finding import find
from tagpress.read.sources.once import looked_at_once
from tagpress.script.builder import load_script
from tagpress.script.corpus_name import name_after
from tagpress.script.draft import Draft
from tagpress.script.misnamed import refuse_misnamed
from tagpress.script.named import NO_SPLIT, by_configuration, by_split, with_names
from tagpress.script.several import Guessed, guess
from tagpress.store import Folder

# With so many documents, splitting by document leaves every split enough of them.
_MANY_DOCUMENTS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class InferredCorpus:
    """
    What was found out about a corpus, by configuration, which is None where there is one without a name.

    `files` are those of each split, which is None where splits are computed; `here` are the same as seen from the working
    folder; `script` is where the draft would stand; `left_out` are files that are no corpus, each with its reason. Those
    that are left out because no split is theirs are among the doubts of the draft. `sources` counts what is read, members
    of archives each.
    """

    script: Path
    sources: int
    files: Mapping[str | None, Mapping[str | None, Sequence[CorpusFile]]]
    here: Mapping[str | None, tuple[SourceGlobs, ...]]
    left_out: tuple[tuple[str, str], ...]
    draft: Draft

    @property
    def guessed(self) -> Guessed:
        """Return what was guessed."""
        return self.draft.guessed

    @property
    def dialect(self) -> str:
        """Return the dialect as a script spells it."""
        return spell(self.guessed.layered.dialect)

    @property
    def configs(self) -> tuple[str, ...]:
        """Return the configurations that the user or the names of folders or files say."""
        return tuple(config for config in self.files if config is not None)

    @property
    def splits(self) -> dict[str, tuple[str, ...]]:
        """Return the files of each given split, that of a configuration as CONFIG/SPLIT; empty where splits are computed."""
        return {
            split if config is None else f"{config}/{split}": tuple(public(file.path) for file in files)
            for config, own in self.files.items()
            for split, files in own.items()
            if split is not None
        }

    def to_json(self) -> dict[str, Any]:
        """Return what was inferred, as `new --json` and `check --json` print it."""
        return {
            "dialect": self.dialect,
            "layers": self.guessed.layered.spelled(),
            "entity_types": list(self.guessed.sniffed.entity_types),
            "configs": list(self.configs),
            "own": {config: self.guessed.declared(config) for config in self.guessed.own},
            "splits": {split: list(files) for split, files in self.splits.items()},
            "split_values": dict(self.guessed.sniffed.splits),
            "left_out": [{"path": path, "reason": reason} for path, reason in self.left_out],
            "reasons": [str(reason) for reason in self.guessed.reasons],
            "doubts": list(self.draft.doubts),
        }

    def declared(self) -> Declared:
        """Return what the drafted script declares, without its card, of the sources as seen from the working folder."""
        with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
            trial = Path(folder) / "draft.py"
            trial.write_bytes(self.draft.script())
            found = load_script(trial).declared().each(lambda one: replace(one, script=self.script, card=None))
        own = {
            name: replace(one, sources=self.here[None if found.is_flat else name])
            for name, one in found.configs.items()
        }
        return replace(found, configs=own)


def infer_corpus(*sources: str) -> InferredCorpus:
    """
    Infer what `new` would declare of a corpus that has no script: `infer_corpus("export.jsonl").declared()` can be checked.

    They are files, patterns and folders, each perhaps with `SPLIT=` or `CONFIG/SPLIT=` before it. Everything is read once, to
    find a salt that fills every split.

    Raises:
        ScriptError: the first source is a build, the name of a script without its end, or a folder that has a script.
        UsageError: some sources have a split or a configuration, and others none.
        SourceError: a source cannot be read, or nothing in it looks like tags.

    """
    refuse_misnamed(Path(sources[0]))
    with looked_at_once():
        corpus, _ = read_once(infer(_name(sources[0]), Path(sources[0]), sources))
    return corpus


def _name(source: str) -> str:
    """Return what a corpus may be called after its first source."""
    try:
        return name_after(part_of(source)[2])
    except UsageError:
        return "corpus"


def infer(name: str, script: Path, sources: Sequence[str]) -> InferredCorpus:
    """
    Infer what the script at `script` would declare of the corpus in `sources`; its splits may yet be empty, see `read_once`.

    They are files, patterns and folders, each perhaps with `SPLIT=` or `CONFIG/SPLIT=` before it. Where none has that and
    the names of files or folders say splits, those are given splits; they may say configurations too.

    Raises:
        UsageError: some sources have a split or a configuration, and others none.
        SourceError: a source cannot be read, or nothing in it looks like tags.

    """
    everything = gather(sources)
    gathered = with_names(everything)
    by_config = {config: by_split(own) for config, own in by_configuration(gathered.files).items()}
    patterns = {
        config: {split: patterns_of(files, script.parent) for split, files in own.items()}
        for config, own in by_config.items()
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
    guessed, count = guess(found, given=given, beside=everything.beside), sum(map(len, found.values()))
    draft = Draft(
        name=name,
        guessed=guessed,
        patterns={
            config: {split: _from(script.parent, files) for split, files in own.items()}
            for config, own in patterns.items()
        },
        card_name=f"{script.stem}_card.md",
        group="document" if guessed.sniffed.documents or count >= _MANY_DOCUMENTS else "sentence",
        notes=tuple(
            f"files: {public(path)} is left out: {reason}; give each its own as SPLIT={public(path)}"
            for path, reason in gathered.left_out
            if reason == NO_SPLIT
        ),
    )
    left_out = tuple((public(path), reason) for path, reason in gathered.left_out if reason != NO_SPLIT)
    return InferredCorpus(script=script, sources=count, files=by_config, here=here, left_out=left_out, draft=draft)


def read_once(corpus: InferredCorpus) -> tuple[InferredCorpus, Report]:
    """Read the corpus as the script would; return it with a salt that fills every split, and what was read."""
    with spill_folder() as spills:
        report, salt = _read(corpus.declared(), spills)
    draft = corpus.draft
    if salt is None and draft.computed and draft.group == "document":
        few = "splits: there are too few documents to fill them, so sentences of one document may land in two"
        return read_once(replace(corpus, draft=replace(draft, group="sentence", notes=(*draft.notes, few))))
    if salt in {None, draft.salt}:
        return corpus, report
    return read_once(replace(corpus, draft=replace(draft, salt=str(salt))))


def _from(folder: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return patterns as they are written in a script in `folder`."""
    return tuple(
        pattern if "://" in pattern else Path(os.path.relpath(Path(pattern).absolute(), folder.absolute())).as_posix()
        for pattern in patterns
    )


def _read(declared: Declared, spills: Folder) -> tuple[Report, str | None]:
    """Return what `check` says of a corpus, and a salt that fills its splits: that of the configuration that needs most."""
    with LocalEngine(preload=WARM) as engine:
        parts = read_parts(declared, engine, spills, progress=silent, alone=True)
        salts = [filling_salt(part.reading) for part in parts]
        return whole_report(parts), None if None in salts else max(map(str, salts), key=int)
