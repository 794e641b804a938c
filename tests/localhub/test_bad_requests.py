"""What no client sends is refused in words, never with a 500."""

import pytest
from huggingface_hub import HfApi

from localhub.client import put
from localhub.plain import Wire, ndjson

FILE = {"path": "a.txt", "sample": "", "size": 1}
REQUESTS = {
    "no JSON": ("POST", "tag/main", b"{", "The body is not JSON"),
    "no object": ("POST", "tag/main", b"[]", "must be a JSON object"),
    "no tag": ("POST", "tag/main", None, "needs a name"),
    "a number as tag": ("POST", "tag/main", {"tag": 1}, "needs a name"),
    "NUL in a tag's message": ("POST", "tag/main", {"tag": "v1", "message": "a\0b"}, "can't hold NUL"),
    "no files": ("POST", "preupload/main", {}, 'Expected {"files"'),
    "texts as files": ("POST", "preupload/main", {"files": ["a.txt"]}, 'Expected {"files"'),
    "no size": ("POST", "preupload/main", {"files": [FILE | {"size": None}]}, "must be a number of bytes"),
    "no sample": ("POST", "preupload/main", {"files": [FILE | {"sample": None}]}, "must be base64"),
    "an odd sample": ("POST", "preupload/main", {"files": [FILE | {"sample": "a"}]}, "must be base64"),
    "a dict as paths": ("POST", "paths-info/main", {"paths": {}}, 'Expected "paths"'),
    "an odd visibility": ("PUT", "settings", {"visibility": "half"}, "Expected one of public"),
    "a list as visibility": ("PUT", "settings", {"visibility": ["public"]}, "Expected one of public"),
    "an odd gate": ("PUT", "settings", {"gated": True}, "Expected one of False"),
    "no title": ("POST", "discussions", {"pullRequest": True}, "'title' must be a text"),
    "an odd filter": ("GET", "discussions?type=poem", None, "Expected a type of all"),
    "an odd page": ("GET", "discussions?p=-1", None, "p must be a number"),
    "an odd status": ("POST", "discussions/1/status", {"status": "merged"}, "Expected one of open, closed"),
    "an empty comment": ("POST", "discussions/1/comment", {"comment": " "}, "'comment' must be a text"),
    "half a surrogate in a title": ("POST", "tag/main", {"tag": "\ud800"}, "Not valid Unicode"),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_makes_no_sense(wire: Wire, repo: str, name: str) -> None:
    method, path, body, problem = REQUESTS[name]
    headers = {"Content-Type": "application/json"}
    found = wire(method, f"/api/datasets/{repo}/{path}", body, headers=headers)
    assert (found.status, problem in found.json["error"]) == (400, True), found.body


REPOSITORIES = {
    "an odd kind": ("POST", "create", {"name": "a", "type": "poem"}, "Unknown kind of repository"),
    "a number as name": ("POST", "create", {"name": 1, "type": "dataset"}, "must be strings"),
    "no name": ("DELETE", "delete", {}, "must be strings"),
    "no target": ("POST", "move", {"fromRepo": "a/b", "type": "dataset"}, "Expected namespace/name"),
    "to itself": ("POST", "move", {"fromRepo": "a/b", "toRepo": "a/b", "type": "dataset"}, "has this name already"),
}


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_repository_that_makes_no_sense(wire: Wire, name: str) -> None:
    method, path, body, problem = REPOSITORIES[name]
    found = wire(method, f"/api/repos/{path}", body)
    assert (found.status, problem in found.json["error"]) == (400, True), found.body


@pytest.mark.parametrize(
    "body",
    [
        {"operation": "borrow", "objects": []},
        {"operation": ["upload"], "objects": []},
        {"operation": "download", "objects": [7]},
        {"operation": "upload"},
        {"operation": "upload", "objects": [7]},
        {"operation": "upload", "objects": [{"oid": "0" * 64}]},
        {"operation": "upload", "objects": [{"oid": "../token", "size": 1}]},
        {"operation": "upload", "objects": [{"oid": "0" * 64, "size": -1}]},
        {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}] * 1001},
    ],
)
def test_a_batch_that_makes_no_sense(wire: Wire, repo: str, body: object) -> None:
    assert wire("POST", f"/datasets/{repo}.git/info/lfs/objects/batch", body).status == 400


def test_a_repository_that_is_not_there_can_not_move(wire: Wire) -> None:
    body = {"fromRepo": "tests/never-made", "toRepo": "tests/never-made-either", "type": "dataset"}
    found = wire("POST", "/api/repos/move", body)
    assert (found.status, found.headers["x-error-code"]) == (404, "RepoNotFound")


def test_only_branches_take_commits(wire: Wire, api: HfApi, repo: str) -> None:
    body = ndjson(("header", {"summary": "x"}), ("file", {"path": "a", "content": "x"}))
    found = wire("POST", f"/api/datasets/{repo}/commit/{api.dataset_info(repo).sha}", body)
    assert (found.status, "it is a commit, not a branch" in found.json["error"]) == (400, True)


def test_a_body_above_the_limit_is_refused_before_it_is_kept(
    wire: Wire, repo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tagpress.localhub.commit.MAX_COMMIT", 1000)
    assert wire("POST", f"/api/datasets/{repo}/commit/main", b"x" * 100_000).status == 413
    assert wire("POST", f"/api/datasets/{repo}/commit/main", b"x" * 999).status == 400


def test_a_card_that_nobody_can_read_hides_nothing_else(wire: Wire, api: HfApi, repo: str) -> None:
    body = ndjson(("header", {"summary": "x"}), ("file", {"path": "README.md", "content": "---\n[\n---\n"}))
    assert wire("POST", f"/api/datasets/{repo}/commit/main", body).status == 200
    info = api.dataset_info(repo)
    assert (info.tags, len(info.siblings or [])) == ([], 2)


def test_paths_may_be_asked_for_in_json(wire: Wire, api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"1"})
    headers = {"Content-Type": "application/json"}
    found = wire("POST", f"/api/datasets/{repo}/paths-info/main", {"paths": ["a.txt"], "expand": True}, headers=headers)
    assert [(one["path"], one["lastCommit"]["title"]) for one in found.json] == [("a.txt", "put")]
