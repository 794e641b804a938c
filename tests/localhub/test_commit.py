import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pygit2
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete, HfApi
from huggingface_hub.errors import BadRequestError, EntryNotFoundError, HfHubHTTPError, RevisionNotFoundError

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire
from tagpress.localhub import LocalHub


def content(api: HfApi, repo: str, path: str, revision: str = "main") -> bytes:
    return Path(api.hf_hub_download(repo, path, revision=revision, **KIND)).read_bytes()


def test_one_commit_adds_replaces_and_deletes(api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"a", "gone.txt": b"g", "old/x.txt": b"x", "old/deep/y.txt": b"y"})
    operations = [
        CommitOperationAdd("a.txt", b"changed"),
        CommitOperationAdd("data/b.parquet", LARGE),
        CommitOperationDelete("gone.txt"),
        CommitOperationDelete("old/"),
    ]
    info = api.create_commit(repo, operations, commit_message="all at once", commit_description="and why", **KIND)
    assert api.list_repo_files(repo, **KIND) == [".gitattributes", "a.txt", "data/b.parquet"]
    assert content(api, repo, "a.txt") == b"changed"
    assert content(api, repo, "data/b.parquet") == LARGE
    newest = api.list_repo_commits(repo, **KIND)[0]
    assert (newest.commit_id, newest.title, newest.message) == (info.oid, "all at once", "and why")


def test_a_moved_parent_is_refused_whatever_its_length(api: HfApi, repo: str) -> None:
    first = put(api, repo, {"a.txt": b"1"})
    second = put(api, repo, {"a.txt": b"2"}, parent_commit=first.oid[:7])
    with pytest.raises(HfHubHTTPError, match="A commit has happened since") as caught:
        put(api, repo, {"a.txt": b"3"}, parent_commit=first.oid)
    assert caught.value.response.status_code == 412
    assert api.dataset_info(repo).sha == second.oid


def test_of_two_racing_commits_exactly_one_wins(api: HfApi, repo: str) -> None:
    def race(number: int) -> int:
        try:
            put(api, repo, {f"{number}.txt": os.urandom(8)}, parent_commit=parent)
        except HfHubHTTPError as error:
            return error.response.status_code
        return 200

    with ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            parent = api.dataset_info(repo).sha
            assert sorted(pool.map(race, range(8))) == [200] + [412] * 7
            put(api, repo, {"next": os.urandom(8)})
    assert len(api.list_repo_commits(repo, **KIND)) == 1 + 4 * 2


def test_commits_without_a_parent_all_land(api: HfApi, repo: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: put(api, repo, {f"{number}.txt": b"x"}), range(16)))
    assert len(api.list_repo_files(repo, **KIND)) == 17


def test_a_commit_that_changes_nothing_answers_with_the_head(wire: Wire, api: HfApi, repo: str) -> None:
    head = put(api, repo, {"a.txt": b"1"}).oid
    same = [
        {"key": "header", "value": {"summary": "again"}},
        {"key": "file", "value": {"path": "a.txt", "content": "1"}},
    ]
    found = wire("POST", f"/api/datasets/{repo}/commit/main", b"\n".join(json.dumps(line).encode() for line in same))
    assert found.json["commitOid"] == api.dataset_info(repo).sha == head
    same[0]["value"]["parentCommit"] = "0" * 40
    body = b"\n".join(json.dumps(line).encode() for line in same)
    assert wire("POST", f"/api/datasets/{repo}/commit/main", body).status == 412


@pytest.mark.parametrize("folder", [False, True])
def test_deleting_what_is_not_there(api: HfApi, repo: str, *, folder: bool) -> None:
    operation = CommitOperationDelete("missing", is_folder=folder)
    with pytest.raises(EntryNotFoundError, match="with this name doesn't exist"):
        api.create_commit(repo, [operation], commit_message="x", **KIND)


def test_a_branch_that_is_not_there(api: HfApi, repo: str) -> None:
    with pytest.raises(RevisionNotFoundError):
        put(api, repo, {"a": b"1"}, revision="nowhere")
    api.create_tag(repo, tag="v1", **KIND)
    with pytest.raises(BadRequestError, match="it is a tag, not a branch"):
        put(api, repo, {"a": b"1"}, revision="v1")


def test_copies_take_large_and_small_files(api: HfApi, repo: str) -> None:
    put(api, repo, {"small.txt": b"s", "large.bin": LARGE})
    copies = [CommitOperationCopy("small.txt", "b/small.txt"), CommitOperationCopy("large.bin", "b/large.bin")]
    api.create_commit(repo, copies, commit_message="copy", **KIND)
    assert content(api, repo, "b/small.txt") == b"s"
    assert content(api, repo, "b/large.bin") == LARGE


def test_a_large_file_must_be_uploaded_first(wire: Wire, repo: str) -> None:
    value = {"path": "x.bin", "algo": "sha256", "oid": hashlib.sha256(b"never sent").hexdigest(), "size": 10}
    lines = [{"key": "header", "value": {"summary": "x"}}, {"key": "lfsFile", "value": value}]
    found = wire("POST", f"/api/datasets/{repo}/commit/main", b"\n".join(json.dumps(line).encode() for line in lines))
    assert (found.status, "never uploaded" in found.json["error"]) == (400, True)
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{value['oid']}\nsize 10\n"
    lines[1] = {"key": "file", "value": {"path": "x.bin", "content": pointer}}
    found = wire("POST", f"/api/datasets/{repo}/commit/main", b"\n".join(json.dumps(line).encode() for line in lines))
    assert (found.status, "never uploaded" in found.json["error"]) == (400, True)


def test_a_large_file_is_uploaded_once(api: HfApi, repo: str, hub: LocalHub, wire: Wire) -> None:
    put(api, repo, {"x.bin": LARGE})
    oid = hashlib.sha256(LARGE).hexdigest()
    body = {"operation": "upload", "objects": [{"oid": oid, "size": len(LARGE)}, {"oid": "0" * 64, "size": 3}]}
    known, unknown = wire("POST", f"/datasets/{repo}.git/info/lfs/objects/batch", body).json["objects"]
    assert "actions" not in known
    href = unknown["actions"]["upload"]["href"].removeprefix(hub.endpoint)
    assert wire("PUT", href, b"abc", token=None).status == 400
    assert wire("PUT", href.replace("/3/", "/4/"), b"abc", token=None).status == 403
    assert wire("POST", f"/datasets/{repo}.git/info/lfs/objects/verify", {"oid": "0" * 64, "size": 3}).status == 404


def test_how_a_file_is_sent_depends_on_name_size_and_bytes(wire: Wire, api: HfApi, repo: str) -> None:
    put(api, repo, {".gitattributes": b"*.special filter=lfs\ndata/** filter=lfs\n", "a.txt": b"a"})
    put(api, repo, {"data/b.txt": b"b"})
    cases = {
        "a.txt": ("YQ==", 1, "regular"),
        "x.special": ("YQ==", 1, "lfs"),
        "data/b.txt": ("Yg==", 1, "lfs"),
        "data/empty.txt": ("", 0, "regular"),
        "big.txt": ("YQ==", (10 << 20) + 1, "lfs"),
        "limit.txt": ("YQ==", 10 << 20, "regular"),
        "nul.txt": ("YQBi", 3, "lfs"),
        "latin1.txt": ("6WE=", 2, "lfs"),
        "cut.txt": ("YeKC", 9, "regular"),
    }
    files = [{"path": path, "sample": sample, "size": size} for path, (sample, size, _) in cases.items()]
    found = wire("POST", f"/api/datasets/{repo}/preupload/main", {"files": files}).json["files"]
    assert {one["path"]: one["uploadMode"] for one in found} == {path: mode for path, (_, _, mode) in cases.items()}
    oids = {one["path"]: one["oid"] for one in found if "oid" in one}
    assert oids == {"a.txt": hashlib.sha1(b"blob 1\0a").hexdigest(), "data/b.txt": hashlib.sha256(b"b").hexdigest()}


def test_ignored_files_stay_out(api: HfApi, repo: str, tmp_path: Path) -> None:
    for path in ("keep.txt", "build/x.txt", "deep/a.log", "important.log"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(path)
    (tmp_path / ".gitignore").write_text("build/\n*.log\n!important.log\n")
    api.upload_folder(repo_id=repo, folder_path=tmp_path, **KIND)
    assert api.list_repo_files(repo, **KIND) == [".gitattributes", ".gitignore", "important.log", "keep.txt"]


def test_what_git_would_not_fetch_as_a_large_file_is_tracked(api: HfApi, repo: str) -> None:
    put(api, repo, {"odd [name] *.txt": LARGE, "data.parquet": LARGE[::-1]})
    lines = content(api, repo, ".gitattributes").decode().splitlines()
    assert lines[-1] == r"/odd[[:space:]]\[name\][[:space:]]\*.txt filter=lfs diff=lfs merge=lfs -text"
    assert not any("data.parquet" in line for line in lines)
    put(api, repo, {"odd [name] *.txt": LARGE[1:] + b"\0"})
    assert content(api, repo, ".gitattributes").decode().splitlines() == lines


def test_unchanged_files_are_not_sent_again(api: HfApi, repo: str) -> None:
    head = put(api, repo, {"a.txt": b"1", "b.bin": LARGE}).oid
    assert put(api, repo, {"a.txt": b"1", "b.bin": LARGE}).oid == head


GOOD = {"key": "header", "value": {"summary": "x"}}
BAD_BODIES = {
    "empty": b"",
    "no json": b"{",
    "no header": json.dumps({"key": "file", "value": {"path": "a", "content": ""}}).encode(),
    "a list": b"[]",
    "a number": b"1",
    "no value": b'{"key": "header"}',
    "a text as value": b'{"key": "header", "value": "x"}',
    "no summary": b'{"key": "header", "value": {}}',
    "not UTF-8": b"\xff\xfe",
    "odd parent": json.dumps({"key": "header", "value": {"summary": "x", "parentCommit": 7}}).encode(),
    "NUL in the message": json.dumps({"key": "header", "value": {"summary": "a\0b"}}).encode()
    + b'\n{"key": "file", "value": {"path": "a", "content": "b"}}',
} | {
    name: json.dumps(GOOD).encode() + b"\n" + json.dumps(line).encode()
    for name, line in {
        "unknown operation": {"key": "explode", "value": {}},
        "list as operation": {"key": ["file"], "value": {}},
        "no path": {"key": "file", "value": {"content": ""}},
        "no content": {"key": "file", "value": {"path": "a"}},
        "not base64": {"key": "file", "value": {"path": "a", "content": "!!!", "encoding": "base64"}},
        "half a surrogate in base64": {
            "key": "file",
            "value": {"path": "a", "content": "\ud800", "encoding": "base64"},
        },
        "half a surrogate": {"key": "file", "value": {"path": "a\ud800", "content": ""}},
        "half a surrogate inside": {"key": "file", "value": {"path": "a", "content": "\ud800"}},
        "md5": {"key": "lfsFile", "value": {"path": "a", "algo": "md5", "oid": "0" * 32, "size": 1}},
        "short oid": {"key": "lfsFile", "value": {"path": "a", "algo": "sha256", "oid": "00", "size": 1}},
        "true as size": {"key": "lfsFile", "value": {"path": "a", "algo": "sha256", "oid": "0" * 64, "size": True}},
        "negative size": {"key": "lfsFile", "value": {"path": "a", "algo": "sha256", "oid": "0" * 64, "size": -1}},
        "the root as folder": {"key": "deletedFolder", "value": {"path": "/"}},
        "file below a file": {"key": "file", "value": {"path": ".gitattributes/a", "content": ""}},
    }.items()
}


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
def test_a_body_that_no_client_sends_changes_nothing(wire: Wire, api: HfApi, repo: str, body: bytes) -> None:
    head = api.dataset_info(repo).sha
    found = wire("POST", f"/api/datasets/{repo}/commit/main", body)
    assert found.status == 400, found.body
    assert found.headers["x-error-message"]
    assert api.dataset_info(repo).sha == head


def test_a_small_file_has_a_limit(wire: Wire, repo: str) -> None:
    lines = [GOOD, {"key": "file", "value": {"path": "a", "content": "x" * ((10 << 20) + 1)}}]
    found = wire("POST", f"/api/datasets/{repo}/commit/main", b"\n".join(json.dumps(line).encode() for line in lines))
    assert (found.status, "must go to LFS" in found.json["error"]) == (400, True)


def test_the_clock_dates_commits(tmp_path: Path) -> None:
    with LocalHub(tmp_path, clock=lambda: 1_000_000_000) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/dated", **KIND)
        put(api, "tests/dated", {"a": b"1"})
        (commit, _) = api.list_repo_commits("tests/dated", **KIND)
        assert commit.created_at.isoformat() == "2001-09-09T01:46:40+00:00"


def test_the_repository_is_real_git(api: HfApi, repo: str, hub_root: Path) -> None:
    put(api, repo, {"a/b.txt": b"x", "c.bin": LARGE})
    git = pygit2.Repository(str(hub_root / "repos/datasets" / repo / "git"))
    head = git[git.references["refs/heads/main"].target].peel(pygit2.Commit)
    assert head.tree["a/b.txt"].data == b"x"
    assert head.tree["c.bin"].data.startswith(b"version https://git-lfs.github.com/spec/v1\n")
