"""What do the script and the card of a release say of it, read back without running anything?"""

import ast
import re
from collections.abc import Sequence
from typing import Final

from tagpress.corpus.responsible import check_answers
from tagpress.errors import ScriptError

_BIBTEX: Final = re.compile(
    r"^(?P<fence>`{3,}|~{3,}) *bibtex *$\n(?P<entries>.*?)^(?P=fence) *$", re.MULTILINE | re.DOTALL | re.IGNORECASE
)


def type_descriptions(script: bytes, types: Sequence[str]) -> dict[str, str]:
    """
    Return what each of the entity types means, in their order, as a builder script declares it.

    The script is read and not run: an ENTITY_TYPES that is not spelled out there, type by type, gives nothing.
    """
    try:
        nodes = list(ast.walk(ast.parse(script)))
    except (SyntaxError, ValueError):  # a null byte is a ValueError before Python 3.12
        return {}
    declared = [
        node.value for node in nodes if isinstance(node, ast.Assign | ast.AnnAssign) and _declares(node, "ENTITY_TYPES")
    ]
    declared += [
        value
        for node in nodes
        if isinstance(node, ast.Dict)  # of a configuration
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and key.value == "ENTITY_TYPES"
    ]
    for value in declared:
        try:
            found = ast.literal_eval(value) if value else None
        except (ValueError, TypeError, SyntaxError):
            continue
        if (
            isinstance(found, dict)
            and list(found) == list(types)
            and all(isinstance(said, str) for said in found.values())
        ):
            return found
    return {}


def answers_of(script: bytes) -> dict[str, str | list[str]]:
    """Return what a builder script declares as RAI; one that is not spelled out there gives nothing."""
    try:
        nodes = list(ast.walk(ast.parse(script)))
    except (SyntaxError, ValueError):
        return {}
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and _declares(node, "RAI") and node.value:
            try:
                found = ast.literal_eval(node.value)
                check_answers(found)
            except (ValueError, TypeError, SyntaxError, AttributeError, ScriptError):
                continue
            return {name: answer if isinstance(answer, str) else list(answer) for name, answer in found.items()}
    return {}


def _declares(node: ast.Assign | ast.AnnAssign, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def citation_of(card: bytes) -> str | None:
    """Return the BibTeX of a card, all of its code blocks that are marked so; None where it has none."""
    blocks = [match["entries"].strip() for match in _BIBTEX.finditer(card.decode())]
    return "\n\n".join(filter(None, blocks)) or None
