"""Nothing leaves its place: not by a file's path, a repository's name or a revision."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localhub.plain import Wire, ndjson
from tagpress.localhub.names import RepoName, checked_path, checked_revision
from tagpress.localhub.refusals import RefusedError

PATHS = {
    "parent": "../../../outside.txt",
    "parent inside": "a/../../outside.txt",
    "absolute": "/outside.txt",
    "backslash": "..\\outside.txt",
    "NUL": "a\0b",
    "newline": "a\nb",
    "dot": "./a",
    "empty": "",
    "empty segment": "a//b",
    "trailing slash": "a/",
    "git folder": ".git/config",
    "git folder inside": "a/.GIT/hooks/x",
    "git folder for Windows": "git~1/config",
    "git folder with a dot": "a/.git./x",
    "git folder hidden": ".g\u200cit/config",
    "long segment": "x" * 256,
    "long path": "/".join(["x" * 200] * 6),
}


def accepted(check: Callable[[], object]) -> bool:
    """Return whether a check passes; what it refuses is always a bad request."""
    try:
        check()
    except RefusedError as refusal:
        if refusal.status != 400:
            raise
        return False
    return True


def listing(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if "objects" not in path.parts and "tmp" not in path.parts}


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_bad_path_is_refused_everywhere(wire: Wire, repo: str, hub_root: Path, path: str) -> None:
    before = listing(hub_root)
    commits = [
        wire("POST", f"/api/datasets/{repo}/commit/main", ndjson(("header", {"summary": "x"}), operation))
        for operation in (
            ("file", {"path": path, "content": "x"}),
            ("lfsFile", {"path": path, "algo": "sha256", "oid": "0" * 64, "size": 1}),
            ("deletedFile", {"path": path}),
        )
    ]
    file = {"path": path, "sample": "", "size": 1}
    preupload = wire("POST", f"/api/datasets/{repo}/preupload/main", {"files": [file]})
    statuses = [found.status for found in (*commits, preupload)]
    assert statuses == [400] * 4, [found.body for found in commits]
    assert listing(hub_root) == before


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_bad_path_reads_nothing(wire: Wire, repo: str, path: str) -> None:
    for spelled in (quote(path, safe=""), quote(path, safe="/.")):
        found = wire("GET", f"/datasets/{repo}/resolve/main/{spelled}")
        assert found.status in {400, 404}, found.body
        assert found.headers["x-error-message"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/datasets/../../etc/revision/main",
        "/api/datasets/%2e%2e/%2e%2e",
        "/api/datasets/..%2f..%2f..%2fetc/passwd",
        "/api/%2e%2e/%2e%2e",
        "/api/..%2f..%2ftoken",
        "/datasets/tests/..%2f..%2ftoken/resolve/main/x",
        "/api/datasets/tests/%00",
        "/api/datasets/tests/%ff",
        "/lfs/..%2f..%2ftoken/1/x",
        "/lfs/" + "0" * 64 + "/%c2%b2/1.x",
    ],
)
def test_a_name_is_no_path(wire: Wire, path: str) -> None:
    for method in ("GET", "PUT"):
        found = wire(method, path)
        assert found.status in {400, 404}, (found.status, found.body)


REVISIONS = [
    "..",
    "a/../b",
    "/main",
    "main/",
    "a//b",
    "main.lock",
    "@{-1}",
    "ma in",
    "a\0b",
    "x" * 300,
    "~1",
    "ä" * 150,
]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_revision_is_no_path(wire: Wire, repo: str, revision: str) -> None:
    name = quote(revision, safe="")
    for method, path, body in (
        ("GET", f"/api/datasets/{repo}/revision/{name}", None),
        ("GET", f"/datasets/{repo}/resolve/{name}/.gitattributes", None),
        ("POST", f"/api/datasets/{repo}/commit/{name}", ndjson(("header", {"summary": "x"}))),
        ("POST", f"/api/datasets/{repo}/branch/{name}", {}),
        ("DELETE", f"/api/datasets/{repo}/branch/{name}", None),
        ("POST", f"/api/datasets/{repo}/branch/good", {"startingPoint": revision}),
        ("POST", f"/api/datasets/{repo}/tag/main", {"tag": revision}),
    ):
        found = wire(method, path, body)
        assert found.status == 400, (method, path, found.body)


@pytest.mark.parametrize(
    "revision", ["HEAD", "refs/heads", "refs/heads/../../HEAD", "main~1", "main^", ":/x", "refs/remotes/x"]
)
def test_git_spells_that_are_no_revision(wire: Wire, repo: str, revision: str) -> None:
    assert wire("GET", f"/api/datasets/{repo}/revision/{quote(revision, safe='')}").status in {400, 404}


@given(st.text(max_size=40))
def test_a_path_that_passes_stays_below(path: str) -> None:
    if accepted(lambda: checked_path(path)):
        assert Path("/repo", path).resolve().is_relative_to("/repo")
        assert str(Path("/repo", path)) == f"/repo/{path}"


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_repository_that_passes_stays_below(namespace: str, name: str) -> None:
    if accepted(lambda: RepoName("datasets", namespace, name)):
        assert Path("/hub", namespace, name).resolve().parent.parent == Path("/hub")


@given(st.text(max_size=40))
def test_a_revision_that_passes_stays_below(revision: str) -> None:
    if accepted(lambda: checked_revision(revision)):
        assert Path("/git/refs/heads", revision).resolve().is_relative_to("/git/refs/heads")
