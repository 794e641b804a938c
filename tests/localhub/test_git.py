"""A repository of the Hub is a git repository: git clones it, and git lfs finds its large files."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi

from localhub.client import KIND, LARGE, put
from localhub.conftest import TOKEN
from localhub.plain import Wire
from tagpress.localhub import LocalHub, git_http

LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run git as nobody in particular, without a question."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    return subprocess.run(
        ["git", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture(scope="module")
def cloned(api: HfApi) -> str:
    """A repository with two commits, a large file and tags with and without a message."""
    api.delete_repo("git/corpus", missing_ok=True, **KIND)  # a worker may leave this module and come back to it
    api.create_repo("git/corpus", **KIND)
    first = put(api, "git/corpus", {"data/a.txt": b"first\n", "data/big.bin": LARGE}).oid
    api.create_tag("git/corpus", tag="v1", revision=first, **KIND)
    put(api, "git/corpus", {"data/a.txt": b"second\n"})
    api.create_tag("git/corpus", tag="v2", tag_message="the second", **KIND)
    return "git/corpus"


@needs_git
@pytest.mark.parametrize("smart", [True, False])
@pytest.mark.parametrize("suffix", ["", ".git"])
def test_git_clones_a_repository(
    hub: LocalHub, api: HfApi, cloned: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, smart: bool, suffix: str
) -> None:
    if not smart:
        monkeypatch.setattr(git_http, "_git", lambda: None)  # as on a machine without it
    done = git("clone", f"{hub.endpoint}/datasets/{cloned}{suffix}", "here", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    here = tmp_path / "here"
    assert (here / "data/a.txt").read_text() == "second\n"
    assert f"oid sha256:{hashlib.sha256(LARGE).hexdigest()}" in (here / "data/big.bin").read_text()
    assert git("rev-parse", "HEAD", folder=here).stdout.strip() == api.dataset_info(cloned).sha
    assert git("tag", folder=here).stdout.split() == ["v1", "v2"]
    assert git("fsck", "--strict", folder=here).returncode == 0
    assert git("show", "v1:data/a.txt", folder=here).stdout == "first\n"
    put(api, cloned, {f"{tmp_path.name}.txt": b"third\n"})
    assert git("pull", folder=here).returncode == 0
    assert (here / f"{tmp_path.name}.txt").exists()


@needs_git
@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_git_clones_a_tag_without_its_history(hub: LocalHub, cloned: str, tmp_path: Path, version: str) -> None:
    url = f"{hub.endpoint}/datasets/{cloned}"
    options = ("-c", f"protocol.version={version}", "clone", "--depth", "1", "--branch", "v1")
    done = git(*options, url, "here", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert git("rev-list", "--count", "HEAD", folder=tmp_path / "here").stdout == "1\n"
    assert (tmp_path / "here/data/a.txt").read_text() == "first\n"


@needs_git
def test_a_fetch_that_names_much_is_packed_and_read(hub: LocalHub, api: HfApi, repo: str, tmp_path: Path) -> None:
    """Git packs a request of more than a kilobyte."""
    for number in range(30):
        put(api, repo, {"a.txt": b"%d" % number})
    url = f"{hub.endpoint}/datasets/{repo}"
    assert git("-c", "protocol.version=0", "clone", url, "here", folder=tmp_path).returncode == 0
    put(api, repo, {"b.txt": b"1"})
    assert git("-c", "protocol.version=0", "fetch", folder=tmp_path / "here").returncode == 0


@needs_git
@pytest.mark.parametrize("smart", [True, False])
def test_a_private_repository_is_cloned_with_the_token_only(
    hub: LocalHub, api: HfApi, repo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, smart: bool
) -> None:
    if not smart:
        monkeypatch.setattr(git_http, "_git", lambda: None)
    api.update_repo_settings(repo, private=True, **KIND)
    place = f"{urlsplit(hub.endpoint).netloc}/datasets/{repo}"
    for user in ("", "me:hf_wrong@"):
        assert git("clone", f"http://{user}{place}", "no", folder=tmp_path).returncode != 0
    done = git("clone", f"http://me:{TOKEN}@{place}", "here", folder=tmp_path)
    assert done.returncode == 0, done.stderr


def test_who_shows_no_token_cannot_tell_private_from_missing(api: HfApi, wire: Wire, repo: str) -> None:
    api.update_repo_settings(repo, private=True, **KIND)
    for path in ("/info/refs?service=git-upload-pack", "/HEAD", "/objects/info/packs"):
        found = [wire("GET", f"/datasets/{name}{path}", token=None) for name in (repo, "git/missing")]
        assert [one.status for one in found] == [401, 401]
        assert found[0].body == found[1].body
        assert wire("GET", f"/datasets/git/missing{path}").status == 404


@needs_git
def test_git_cannot_push(hub: LocalHub, cloned: str, tmp_path: Path, wire: Wire) -> None:
    url = f"http://me:{TOKEN}@{urlsplit(hub.endpoint).netloc}/datasets/{cloned}"
    assert git("clone", url, "here", folder=tmp_path).returncode == 0
    done = git("push", "origin", "HEAD:refs/heads/new", folder=tmp_path / "here")
    assert done.returncode != 0
    assert "403" in done.stderr
    refused = wire("GET", f"/datasets/{cloned}/info/refs?service=git-receive-pack")
    assert (refused.status, "read-only" in refused.json["error"]) == (403, True)


@pytest.mark.parametrize("path", ["info/alternates", "../config", "..%2fconfig", "aa/" + "0" * 38, "pack/../../config"])
def test_only_objects_are_sent(wire: Wire, cloned: str, path: str) -> None:
    assert wire("GET", f"/datasets/{cloned}/objects/{path}").status in {400, 404}


@pytest.mark.parametrize("body", [b"nonsense", b"0032want " + b"0" * 40 + b"\n00000009done\n"])
def test_nonsense_for_git_is_refused(wire: Wire, cloned: str, body: bytes) -> None:
    assert wire("POST", f"/datasets/{cloned}/git-upload-pack", body, token=None).status == 400
    packed = wire("POST", f"/datasets/{cloned}/git-upload-pack", body, headers={"Content-Encoding": "gzip"})
    assert (packed.status, "not gzip" in packed.json["error"]) == (400, True)


def ask(wire: Wire, repo: str, content: bytes, token: str | None = None) -> dict[str, object]:
    """Ask where a large file can be downloaded."""
    known = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content)}
    body = {"operation": "download", "transfers": ["basic"], "objects": [known]}
    answer = wire("POST", f"/datasets/{repo}.git/info/lfs/objects/batch", body, headers=LFS, token=token)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/vnd.git-lfs+json")
    return answer.json["objects"][0]


def test_git_lfs_downloads_the_large_files_of_a_repository(wire: Wire, cloned: str, hub: LocalHub) -> None:
    href = ask(wire, cloned, LARGE)["actions"]["download"]["href"].removeprefix(hub.endpoint)
    assert wire("GET", href, token=None).body == LARGE
    part = wire("GET", href, headers={"Range": "bytes=10-19"}, token=None)
    assert (part.status, part.body) == (206, LARGE[10:20])
    assert wire("PUT", href, LARGE, token=None).status == 403  # a link to get is none to put
    assert wire("GET", re.sub("^/lfs/..", "/lfs/00", href), token=None).status == 403


def test_git_lfs_gets_nothing_of_another_repository(api: HfApi, wire: Wire, repo: str, cloned: str) -> None:
    api.update_repo_settings(repo, private=True, **KIND)
    secret = b"\0secret" * 1000
    put(api, repo, {"s.bin": secret})
    assert ask(wire, cloned, secret)["error"]["code"] == 404
    assert "download" in ask(wire, repo, secret, TOKEN)["actions"]
    body = {"operation": "download", "objects": []}
    assert wire("POST", f"/datasets/{repo}.git/info/lfs/objects/batch", body, token=None).status == 401


def test_an_upload_needs_the_token_all_the_same(wire: Wire, cloned: str) -> None:
    body = {"operation": "upload", "objects": [{"oid": "0" * 64, "size": 1}]}
    assert wire("POST", f"/datasets/{cloned}.git/info/lfs/objects/batch", body, token=None).status == 401
