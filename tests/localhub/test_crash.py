"""What was acknowledged survives `kill -9` whole, and what was not is invisible or whole."""

import contextlib
import hashlib
import http.client
import json
import os
import random
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pygit2
from huggingface_hub import HfApi

from localhub.client import KIND, put
from localhub.plain import Wire, ndjson
from localhub.server_process import server_process
from tagpress.localhub import LocalHub
from tagpress.localhub.pointer import pointer_in

TOKEN = "hf_crash"
REPO = "tests/crash"


def commit_until_killed(endpoint: str, start: int, acknowledged: list[str]) -> None:
    """Commit a large file and two small ones again and again, by plain HTTP: a client would wait and try again."""
    wire = Wire(endpoint, TOKEN)
    with contextlib.suppress(OSError, http.client.HTTPException):
        for number in range(start, start + 10_000):
            content = b"\0" + random.randbytes(200_000)
            large = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
            batch = {"operation": "upload", "objects": [large]}
            (item,) = wire("POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", batch).json["objects"]
            wire("PUT", urlsplit(item["actions"]["upload"]["href"]).path, content)
            body = ndjson(
                ("header", {"summary": f"{number}"}),
                ("lfsFile", {"path": f"data/{number}.bin", "algo": "sha256", **large}),
                ("file", {"path": f"small/{number}.txt", "content": f"{number}"}),
            )
            acknowledged.append(wire("POST", f"/api/datasets/{REPO}/commit/main", body).json["commitOid"])


def files_of(root: Path, commit: pygit2.Commit) -> int:
    """Read every file of a commit to its last byte, as a strict reader would; return how many there are."""
    index = pygit2.Index()
    index.read_tree(commit.tree)
    git = pygit2.Repository(str(root / "repos/datasets" / REPO / "git"))
    for entry in index:
        pointer = pointer_in(git[entry.id].read_raw())
        if pointer is not None:
            large = (root / "lfs" / pointer.sha256[:2] / pointer.sha256[2:4] / pointer.sha256).read_bytes()
            assert (hashlib.sha256(large).hexdigest(), len(large)) == (pointer.sha256, pointer.size)
    return len(index)


def test_kill_9_at_any_moment(tmp_path: Path) -> None:
    acknowledged: list[str] = []
    with LocalHub(tmp_path, token=TOKEN) as hub:
        HfApi(endpoint=hub.endpoint, token=TOKEN).create_repo(REPO, **KIND)
    for killed in range(1, 7):
        with server_process(tmp_path, TOKEN) as (endpoint, process):
            arguments = (endpoint, killed * 10_000, acknowledged)
            client = threading.Thread(target=commit_until_killed, args=arguments)
            client.start()
            time.sleep(random.uniform(0.1, 0.4))
            process.kill()
            process.wait()
        client.join()
        git = pygit2.Repository(str(tmp_path / "repos/datasets" / REPO / "git"))
        history = list(git.walk(git.references["refs/heads/main"].target))[::-1]
        assert set(acknowledged) <= {str(commit.id) for commit in history}
        assert len(history) - 1 <= len(acknowledged) + killed  # a commit may be whole without having been answered
        # .gitattributes, then two files a commit: each commit is there with all that it says.
        assert [files_of(tmp_path, commit) for commit in history] == [1 + 2 * at for at in range(len(history))]
    assert len(acknowledged) > 6


def test_a_killed_upload_is_invisible(tmp_path: Path) -> None:
    content = b"\0" + random.randbytes(3 << 20)
    oid = hashlib.sha256(content).hexdigest()
    body = {"operation": "upload", "objects": [{"oid": oid, "size": len(content)}]}
    with server_process(tmp_path, TOKEN) as (endpoint, process):
        HfApi(endpoint=endpoint, token=TOKEN).create_repo(REPO, **KIND)
        (item,) = Wire(endpoint, TOKEN)("POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", body).json["objects"]
        connection = http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=10)
        connection.putrequest("PUT", urlsplit(item["actions"]["upload"]["href"]).path)
        connection.putheader("Content-Length", str(len(content)))
        connection.endheaders(content[: 2 << 20])
        while not any(path.stat().st_size for path in (tmp_path / "tmp").iterdir()):
            time.sleep(0.01)
        process.kill()
        process.wait()
        connection.close()
    with LocalHub(tmp_path, token=TOKEN) as hub:
        (item,) = Wire(hub.endpoint, TOKEN)("POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", body).json[
            "objects"
        ]
        assert "upload" in item["actions"]
        api = HfApi(endpoint=hub.endpoint, token=TOKEN)
        put(api, REPO, {"x.bin": content})
        assert Path(api.hf_hub_download(REPO, "x.bin", cache_dir=tmp_path / "cache", **KIND)).read_bytes() == content


def test_a_lock_that_a_dead_process_left_stops_nobody(api: HfApi, repo: str, hub_root: Path) -> None:
    git = hub_root / "repos/datasets" / repo / "git"
    (git / "refs/heads/main.lock").touch()
    put(api, repo, {"a.txt": b"1"})
    (git / "refs/tags/v1.lock").touch()
    api.create_tag(repo, tag="v1", **KIND)
    (git / "refs/tags/v1.lock").touch()
    api.delete_tag(repo, tag="v1", **KIND)
    assert api.list_repo_refs(repo, **KIND).tags == []


def test_a_merge_that_died_half_way_is_one_or_the_other(api: HfApi, repo: str, hub_root: Path) -> None:
    file = hub_root / "repos/datasets" / repo / "discussions/000001.json"
    put(api, repo, {"a.txt": b"1"}, create_pr=True)
    before = json.loads(file.read_text())
    file.write_text(json.dumps({**before, "mergeCommitId": "0" * 40}))  # died before `main` moved
    assert api.get_discussion_details(repo, 1, **KIND).status == "open"
    api.merge_pull_request(repo, 1, **KIND)
    merged = json.loads(file.read_text())
    file.write_text(json.dumps({**before, "mergeCommitId": merged["mergeCommitId"]}))  # died after `main` moved
    found = api.get_discussion_details(repo, 1, **KIND)
    assert (found.status, found.merge_commit_oid) == ("merged", api.dataset_info(repo).sha)


def test_a_pull_request_that_was_never_written_gives_its_number_away(api: HfApi, repo: str, hub_root: Path) -> None:
    put(api, repo, {"a.txt": b"1"}, create_pr=True)
    (hub_root / "repos/datasets" / repo / "discussions/000001.json").unlink()  # died between reference and file
    info = put(api, repo, {"b.txt": b"1"}, create_pr=True)
    assert info.pr_num == 1
    assert api.dataset_info(repo, revision="refs/pr/1").sha == info.oid


def test_what_is_half_written_for_a_day_is_cleared(tmp_path: Path) -> None:
    with LocalHub(tmp_path):
        old, new, folder = (tmp_path / "tmp" / name for name in ("old", "new", "folder"))
        old.touch()
        new.touch()
        (folder / "deep").mkdir(parents=True)
        for path in (old, folder):
            os.utime(path, (0, 0))
    with LocalHub(tmp_path):
        assert [path.name for path in (tmp_path / "tmp").iterdir()] == ["new"]
