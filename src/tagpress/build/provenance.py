"""What of a builder script is published? All of it but what signs the URLs of its sources."""

import ast
from collections.abc import Iterator

from tagpress.build.declaration import Declaration
from tagpress.build.declared import Declared
from tagpress.corpus.addresses import public, secrets_of
from tagpress.errors import ScriptError

_LEAST = 8  # characters: what is shorter may stand in a script for itself


def published_script(declared: Declaration | Declared) -> bytes:
    """
    Return the builder script without users, passwords and queries in the URLs of SOURCES.

    Raises:
        ScriptError: a part of such a URL stands elsewhere in the script, where only its owner knows what it is.

    """
    corpus = Declared.of(declared)
    script = corpus.any.script.read_bytes()
    read = (*corpus, *(one for some in corpus.annotators.values() for one in some.files.values()))
    patterns = {pattern for one in read for globs in one.sources for pattern in globs.patterns} | set(_declared(script))
    signed = sorted((pattern for pattern in patterns if secrets_of(pattern)), key=len, reverse=True)
    for pattern in signed:
        script = script.replace(pattern.encode(), public(pattern).encode())
    for secret in (part for pattern in signed for part in secrets_of(pattern)):
        bare = secret.strip("?#@")
        if len(bare) >= _LEAST and bare.encode() in script:
            message = f"{corpus.any.script} is published with the corpus, and holds what signs a URL of its sources"
            raise ScriptError(
                message, "write each URL as one string in SOURCES, or name the source on the command line"
            )
    return script


def _declared(script: bytes) -> Iterator[str]:
    """Yield the URLs that a script has as strings in what it assigns to SOURCES, CONFIGS or ANNOTATORS, whether they are read or not."""
    for node in ast.walk(ast.parse(script)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and _names(node) & {"SOURCES", "CONFIGS", "ANNOTATORS"}:
            for found in ast.walk(node):
                if isinstance(found, ast.Constant) and isinstance(found.value, str) and "://" in found.value:
                    yield found.value


def _names(node: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
