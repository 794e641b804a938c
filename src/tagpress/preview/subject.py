"""What a page is about, wherever its sentences are: a build, or a corpus that is only read."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from tagpress.corpus.layers.layer import MAIN, Layer
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import Manifest
from tagpress.errors import BuildError
from tagpress.export.rows import Rows, read_rows

# A problem, or a sentence that was left out, as a line of the file that stands beside a build.
Note: TypeAlias = Mapping[str, Any]
# Both can be gone through more than once.
Notes: TypeAlias = Callable[[], Iterable[Note]]

_PROBLEM: Final = ("code", "severity", "path", "line", "col", "found", "expected", "hint")
_LEFT_OUT: Final = ("path", "line", "doc_id", "reasons", "tokens", "tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """
    What a page is about: `sentences` are those of each split, in order, and `rows` yields them.

    `rejected` sentences were left out, for the reasons that `reasons` counts. `problems` and `left_out` are None where
    nobody has them. `verdict` says whether a corpus that is `only_read` can be built, and `advice` what would help. Of such a corpus, rows have the place
    of each sentence where others have its document.
    """

    name: str
    version: str
    label_names: tuple[str, ...]
    sentences: Mapping[str, int]
    rejected: int
    reasons: Mapping[str, int]
    rows: Callable[[str], Iterator[Rows]]
    problems: Notes | None
    left_out: Notes | None
    only_read: bool = False
    verdict: str = ""
    advice: str = ""
    unnoted: tuple[str, ...] = ()
    """Of a corpus that was read for doubts, lines about what is in doubt and not among the problems."""
    layers: Mapping[str, Layer] = field(default_factory=dict)
    config: str = ""
    """What corrections call the configuration, where it has a name."""
    correctable: bool = True
    """Whether entities are read as they are, and not made of a layer: then corrections can be about them."""

    @property
    def published(self) -> int:
        """Return how many sentences are published."""
        return sum(self.sentences.values())


def subject_of_build(build: Path, config: str | None = None) -> Subject:
    """
    Return one configuration of a build as a subject, with the notes that stand beside it.

        <build>.rejected.jsonl      one rejected sentence a line: path, line, doc_id, reasons, tokens, tags
        <build>.problems.jsonl      one problem a line, as `check --json` prints it; `id` names the published sentence
                                    that has it, where there is one

    Neither exists beside a release that was downloaded.

    Raises:
        ManifestError: it is not a build.

    """
    manifest = Manifest.load(build)
    chosen = manifest.config(config)
    own = None if manifest.is_unnamed else chosen.base
    return Subject(
        name=chosen.name if manifest.is_flat else f"{chosen.name}/{chosen.config}",
        version=str(chosen.version),
        label_names=chosen.label_names,
        layers=layers_of(chosen),
        config="" if manifest.is_unnamed else chosen.base,
        correctable=MAIN not in (chosen.layers or {}),
        sentences={split: chosen.splits[split].rows for split in chosen.split_names},
        rejected=chosen.counts["rejected"],
        reasons=chosen.rejected,
        rows=partial(read_rows, build, chosen),
        problems=_notes(beside(build, "problems"), _PROBLEM, own),
        left_out=_notes(beside(build, "rejected"), _LEFT_OUT, own),
    )


def beside(build: Path, kind: str) -> Path:
    """Return where the notes of a kind stand for a build."""
    folder = build.absolute()
    return folder.with_name(f"{folder.name}.{kind}.jsonl")


def _notes(path: Path, keys: tuple[str, ...], config: str | None) -> Notes | None:
    return partial(read_notes, path, keys, config) if path.is_file() else None


def read_notes(path: Path, keys: tuple[str, ...], config: str | None = None) -> Iterator[Note]:
    """
    Yield the lines of a file of notes, each of which must have some keys; of one configuration, if it is named.

    Raises:
        BuildError: the file is not what a build writes.

    """
    with path.open(encoding="utf-8", newline="\n") as file:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise BuildError(f"{path}:{number}: not JSON: {error}", "make the build again") from error
            missing = [key for key in keys if not isinstance(entry, dict) or key not in entry]
            if missing:
                raise BuildError(f"{path}:{number}: no {', '.join(missing)}", "make the build again")
            if config is None or entry.get("config") == config:
                yield entry
