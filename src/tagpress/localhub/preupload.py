"""How each file must be sent: inside the commit, or to LFS before it."""

import base64
import binascii
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pygit2
from starlette.responses import Response

from tagpress.localhub.names import checked_path
from tagpress.localhub.operations import MAX_REGULAR
from tagpress.localhub.refs import find_commit
from tagpress.localhub.refusals import bad_request
from tagpress.localhub.trees import find_entry, is_tracked
from tagpress.localhub.wire import Call, answer

_LONGEST_CHARACTER: Final = 3  # bytes of a character that the end of a sample may have cut


def preupload(call: Call) -> Response:
    """
    Say for each file how to send it, whether to leave it out, and what is at its path now.

    Raises:
        RefusedError: the body lists no files.

    """
    body = call.json()
    files = body.get("files")
    if not isinstance(files, list) or not all(isinstance(item, dict) for item in files):
        raise bad_request('Expected {"files": [{"path", "sample", "size"}]}')
    git = call.git()
    head = find_commit(git, call.names["revision"])
    paths = [checked_path(item.get("path")) for item in files]
    ignored = _ignored(call.hub.store.tmp, body.get("gitIgnore"), paths)
    advice = [_advice(git, head, path, item) for path, item in zip(paths, files, strict=True)]
    return answer({"files": [{**one, "shouldIgnore": one["path"] in ignored} for one in advice]})


def _advice(git: pygit2.Repository, head: pygit2.Commit, path: str, item: Mapping[str, Any]) -> dict[str, Any]:
    size = item.get("size")
    if type(size) is not int or size < 0:
        raise bad_request(f"The size of {path!r} must be a number of bytes, found {size!r}")
    large = size > 0 and (size > MAX_REGULAR or is_tracked(git, head.id, path) or _is_binary(item.get("sample")))
    advice = {"path": path, "uploadMode": "lfs" if large else "regular"}
    found = find_entry(head, path)
    return advice if found is None or found.blob is None else {**advice, "oid": found.content_id}


def _is_binary(sample: object) -> bool:
    """Return whether the first bytes of a file are no UTF-8 text."""
    if not isinstance(sample, str):
        raise bad_request(f"A sample must be base64, found {sample!r}")
    try:
        first = base64.b64decode(sample)
    except (binascii.Error, ValueError) as error:
        raise bad_request(f"A sample must be base64: {error}") from None
    try:
        return "\0" in first.decode()
    except UnicodeDecodeError as error:
        cut = len(first) - error.start <= _LONGEST_CHARACTER and error.reason == "unexpected end of data"
        return not cut or b"\0" in first


def _ignored(tmp: Path, rules: object, paths: Sequence[str]) -> frozenset[str]:
    """Return the paths that the rules of a `.gitignore` leave out, by git's own judgement."""
    if not isinstance(rules, str) or not rules.strip():
        return frozenset()
    with tempfile.TemporaryDirectory(dir=tmp) as folder:
        Path(folder, ".gitignore").write_text(rules, encoding="utf-8", errors="replace")
        git = pygit2.init_repository(folder)
        return frozenset(path for path in paths if git.path_is_ignored(path))
