"""Which sentences does a corpus leave out because they are to be forgotten? Those of forgotten.jsonl beside its script."""

from dataclasses import replace
from pathlib import Path

from tagpress.build.declaration import Declaration
from tagpress.corpus.corrections import NEEDLESS, CorrectionFault
from tagpress.corpus.forgotten import FORGOTTEN_NAME, Forgotten, read_forgotten
from tagpress.errors import ScriptError


def forgotten_path(script: Path) -> Path:
    """Return the file of what is to be forgotten."""
    return script.parent / FORGOTTEN_NAME


def load_forgotten(script: Path) -> Forgotten:
    """
    Read what is to be forgotten of the corpus of a script; nothing where there is no such file.

    Raises:
        ScriptError: a line does not say which sentence, or not why; every such line is named.

    """
    path = forgotten_path(script)
    if not path.is_file():
        return Forgotten()
    found, faults = read_forgotten(path.read_bytes())
    if faults:
        lines = "\n".join(f"  {path}:{line}:1: found {fault}" for line, fault in faults)
        hint = "mend the line, as `tagpress forget` writes it: without it, a sentence would be published"
        raise ScriptError(f"{path} has lines that do not say what is to be forgotten:\n{lines}", hint)
    return found


def without_forgotten(declaration: Declaration) -> Declaration:
    """
    Return a declaration with what is to be forgotten; no correction of such a sentence is kept, for it has its text.

    Raises:
        ScriptError: the file has a line that cannot be read.

    """
    forgotten = load_forgotten(declaration.script)
    corrections = declaration.corrections
    gone = [one for one in corrections.items if one.key in forgotten.whys]
    faults = [
        CorrectionFault(line=one.line, code=NEEDLESS, found=f"a correction of {one.id}, which is to be forgotten")
        for one in gone
    ]
    kept = tuple(one for one in corrections.items if one not in gone)
    return replace(
        declaration,
        forgotten=forgotten,
        corrections=replace(corrections, items=kept, faults=tuple(sorted([*corrections.faults, *faults]))),
    )
