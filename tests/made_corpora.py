"""Small corpora on disk, and their declarations, for tests."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tagpress.build.declaration import Declaration, SourceGlobs
from tagpress.corpus.policies import Policies
from tagpress.corpus.splits import GivenSplits, HashSplits
from tagpress.read.columns import Columns

MARKED = Columns(sentence_start="<s>", sentence_end="</s>")
Tagged = Sequence[tuple[str, str]]


def write_document(path: Path, sentences: Sequence[Tagged]) -> None:
    """Write sentences in the layout of the sample."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        line for sentence in sentences for line in ("<s>", *(f"{token}\t{tag}" for token, tag in sentence), "</s>")
    ]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def words(*tokens: str) -> Tagged:
    """Return a sentence in which each word that begins with a capital is a language."""
    return [(token, "B-Language" if token[:1].isupper() else "O") for token in tokens]


def declare(folder: Path, **changes: Any) -> Declaration:
    """Declare the corpus of `folder`/*.txt, beside a script that is written too."""
    script = folder / "script.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("# the builder script\n")
    sources = changes.pop("sources", "*.txt")
    given: Mapping[str, str] = sources if isinstance(sources, dict) else {}
    globs = [SourceGlobs((pattern,), folder, split) for split, pattern in given.items()] or [
        SourceGlobs((sources,), folder)
    ]
    splits = GivenSplits(names=tuple(given)) if given else HashSplits(salt="1")
    return Declaration(
        **{
            "name": "small",
            "version": "1.0.0",
            "description": "A small corpus.",
            "entity_types": {"Language": "A language.", "Device": "A device."},
            "dialect": MARKED,
            "sources": tuple(globs),
            "splits": splits,
            "script": script,
            "policies": Policies({}),
            **changes,
        }
    )


def shas(build: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a build."""
    files = sorted(path for path in build.rglob("*") if path.is_file())
    return {str(path.relative_to(build)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
