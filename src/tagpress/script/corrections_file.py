"""Which file of corrections does a script have? The one that it declares, or corrections.jsonl where that stands beside it."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from tagpress.build.declaration import Declaration
from tagpress.build.declared_corrections import with_corrections
from tagpress.errors import ScriptError

CORRECTIONS_NAME: Final = "corrections.jsonl"


def corrected_by(declaration: Declaration, declared: str | None, configs: Collection[str]) -> Declaration:
    """
    Return a declaration with the corrections that stand beside its script, if there are any.

    Raises:
        ScriptError: a file is declared that is not there.

    """
    name = CORRECTIONS_NAME if declared is None else declared
    if not name:
        return declaration
    path = declaration.script.parent / name
    if not path.is_file():
        if declared is not None:
            raise ScriptError(
                f"CORRECTIONS names {name}, and there is no such file beside the script",
                "leave it out, or make the file",
            )
        return declaration
    return with_corrections(declaration, name, path.read_bytes(), configs)


def corrections_path(script: Path, declaration: Declaration) -> Path:
    """Return the file that a new correction goes to."""
    return script.parent / (declaration.corrections.name or CORRECTIONS_NAME)
