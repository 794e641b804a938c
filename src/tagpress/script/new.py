"""
From an unknown corpus to a builder script and a card that work: `tagpress new`.

Nothing is asked and nothing is overwritten. What was inferred is said with the lines that show it, and what is in doubt
is said too; what only the owner can know is left open as "[More Information Needed]", which `check` names.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from tagpress.build import WARM
from tagpress.build.corpus import silent
from tagpress.build.declaration import Declaration
from tagpress.build.empty_splits import filling_salt
from tagpress.build.moves import ReadingMoves
from tagpress.build.read_all import Reading, read_corpus
from tagpress.build.report import Report
from tagpress.build.workplace import spill_folder
from tagpress.engine import LocalEngine
from tagpress.errors import UsageError
from tagpress.read.columns import sniff_sources
from tagpress.read.guess.sniff import Sniffed
from tagpress.read.sources.source import Source, expand
from tagpress.script.builder import load_script
from tagpress.store import Folder
from tagpress.store.whole_file import write_file

OPEN: Final = "[More Information Needed]"
# With so many documents, splitting by document leaves every split enough of them.
_MANY_DOCUMENTS: Final = 100
_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("tagpress.script"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - Python and Markdown are written, not HTML
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCorpus:
    """What `new` wrote, and why: `report` is what `check` says of the script that was written."""

    script: Path
    card: Path
    sniffed: Sniffed
    report: Report

    def to_json(self) -> dict[str, Any]:
        """Return the document that `new --json` prints."""
        return {
            "script": str(self.script),
            "card": str(self.card),
            "dialect": self.sniffed.spelled(),
            "entity_types": list(self.sniffed.entity_types),
            "reasons": [str(reason) for reason in self.sniffed.reasons],
            "doubts": list(self.sniffed.doubts),
            "sentences": self.report.sentences,
            "tokens": self.report.tokens,
            "labels": self.report.labels,
            "problem_counts": self.report.problem_counts,
        }


def new_corpus(name: str, sources: Sequence[str], folder: Path) -> NewCorpus:
    """
    Write a builder script and a card for the corpus in `sources` (files, patterns and folders) into `folder`.

    Raises:
        UsageError: the name cannot be used, or a file to write exists.
        SourceError: a source cannot be read, or nothing in it looks like tags.
        WriteError: nothing can be written into the folder.

    """
    stem = re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")
    if not stem or not re.fullmatch(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*", name):
        raise UsageError(
            f"{name!r} cannot be the name of a corpus", "use lower-case words joined by '-', such as my-corpus"
        )
    script, card = folder / f"{stem}.py", folder / f"{stem}_card.md"
    for path in (script, card):
        if path.exists():
            raise UsageError(
                f"{path} exists, and nothing is overwritten", "choose another name or --out, or move it away"
            )
    patterns = [f"{source.rstrip('/')}/**/*" if Path(source).is_dir() else source for source in sources]
    found = expand(patterns, Path.cwd())
    sniffed = sniff_sources(found)
    values = _values(name, sniffed, _from(folder, patterns), found)
    _write(card, "card.md.jinja", values)
    _write(script, "script.py.jinja", {**values, "card": card.name, "salt": "1"})
    declaration = load_script(script).declaration()
    with spill_folder() as spills:
        reading = _read(declaration, spills)
        salt = filling_salt(reading, declaration.splits)
    if salt not in {None, "1"}:
        _write(script, "script.py.jinja", {**values, "card": card.name, "salt": salt})
    return NewCorpus(script=script, card=card, sniffed=sniffed, report=reading.report)


def _from(folder: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    """Return patterns as they are written in a script in `folder`."""
    return tuple(
        pattern if "://" in pattern else Path(os.path.relpath(Path(pattern).absolute(), folder.absolute())).as_posix()
        for pattern in patterns
    )


def _values(name: str, sniffed: Sniffed, patterns: tuple[str, ...], found: Sequence[Source]) -> dict[str, Any]:
    words = [word for word in re.split(r"[^0-9A-Za-z]+", name) if word]
    given = [word.capitalize() for word in words]
    return {
        "name": name,
        "class_name": "".join(given) if given[0][0].isalpha() else f"Corpus{''.join(given)}",
        "title": " ".join(words).capitalize(),
        "dialect": sniffed.spelled(),
        "types": sniffed.entity_types,
        "patterns": repr(patterns[0]) if len(patterns) == 1 else repr(patterns),
        "group": "document" if len(found) >= _MANY_DOCUMENTS else "sentence",
        "reasons": [str(reason) for reason in sniffed.reasons],
        "doubts": sniffed.doubts,
        "open": OPEN,
    }


def _write(path: Path, template: str, values: dict[str, Any]) -> None:
    write_file(path, _ENVIRONMENT.get_template(template).render(values).encode())


def _read(declaration: Declaration, spills: Folder) -> Reading:
    with LocalEngine(preload=WARM) as engine:
        return read_corpus(declaration, ReadingMoves(engine, spills), previous={}, progress=silent)
