"""
The private names of huggingface_hub that are used here, all in `hub/transport`: the first to fail where they vanish.

What they are for has no public way: `over_httpx.py`, `over_requests.py` and `additions.py` say so at each.
"""

import ast
import importlib.metadata
import re
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import CommitOperationAdd
from huggingface_hub.utils import _http

import tagpress
from tagpress.hub.transport import TRANSPORT
from tagpress.hub.transport.library import LIBRARY

SOURCES = Path(tagpress.__file__).parent
TRANSPORTS = SOURCES / "hub" / "transport"
PRIVATE = {"_upload_mode", "_is_uploaded", "_is_committed"}  # of an addition
VERSION = importlib.metadata.version("huggingface_hub")


def private_names(path: Path, owner: str) -> set[str]:
    return set(re.findall(rf"\b{owner}\.(_[a-zA-Z]\w*)", path.read_text()))


def gone(name: str, path: Path) -> str:
    return (
        f"huggingface_hub {VERSION} has no {name} any more, which {path.relative_to(SOURCES)} needs: see there what for, "
        "find how this version does it, or bound the version in pyproject.toml"
    )


def test_the_module_that_makes_the_http_client_has_the_names_that_are_replaced_in_it() -> None:
    path = TRANSPORTS / f"{TRANSPORT.__class__.__module__.rpartition('.')[2]}.py"
    names = private_names(path, "_http")
    expected = {"_GLOBAL_CLIENT", "_GLOBAL_CLIENT_FACTORY", "_CLIENT_LOCK"}
    assert names == (expected if LIBRARY != "requests" else {"_get_session_from_cache", "_GLOBAL_BACKEND_FACTORY"})
    for name in sorted(names):
        assert hasattr(_http, name), gone(f"utils._http.{name}", path)


def test_an_addition_remembers_that_it_was_sent() -> None:
    path = TRANSPORTS / "additions.py"
    names = private_names(path, "addition")
    assert names == PRIVATE
    for name in sorted(names):
        assert hasattr(CommitOperationAdd("a", b"a"), name), gone(f"CommitOperationAdd.{name}", path)


def test_a_name_that_has_vanished_is_said() -> None:
    assert "has no utils._http._X any more, which hub/transport/additions.py needs" in gone(
        "utils._http._X", TRANSPORTS / "additions.py"
    )


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_nothing_else_uses_one() -> None:
    others = [path for path in sorted(SOURCES.rglob("*.py")) if not path.is_relative_to(TRANSPORTS)]
    assert len(others) > 100
    for path in others:
        used = [name for name in imports(ast.parse(path.read_text())) if name.startswith("huggingface_hub")]
        assert not [name for name in used if "._" in name], path
        assert not private_names(path, "addition") & PRIVATE, path
