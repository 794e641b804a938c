"""Storage that is damaged is never served as if it were whole, and `tagpress hub --check` finds it."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygit2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RevisionNotFoundError

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire, ndjson
from localhub.test_xet import a_shard, words
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import UsageError
from tagpress.localhub import LocalHub, check_storage
from tagpress.localhub.xet_hash import xorb_name

DIGEST = hashlib.sha256(LARGE).hexdigest()
FILE = "/datasets/tests/damaged/resolve/main/big.bin"


@pytest.fixture
def stored(tmp_path: Path) -> Iterator[tuple[LocalHub, Path]]:
    """A Hub of a test's own with a large and a small file; the path of the large one."""
    with LocalHub(tmp_path / "hub", token="hf_x") as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo("tests/damaged", **KIND)
        put(api, "tests/damaged", {"big.bin": LARGE, "small.txt": b"small\n"})
        yield hub, tmp_path / "hub/lfs" / DIGEST[:2] / DIGEST[2:4] / DIGEST


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def nothing(path: Path) -> None:
    os.truncate(path, 0)


def remove(path: Path) -> None:
    path.unlink()


def link(path: Path) -> None:
    kept = path.parents[4] / "elsewhere"
    kept.write_bytes(path.read_bytes())
    path.unlink()
    path.symlink_to(kept)


def link_folder(path: Path) -> None:
    kept = path.parents[4] / "elsewhere"
    path.parent.rename(kept)
    path.parent.symlink_to(kept)


DAMAGES = (flip, cut, remove, link, link_folder)


@pytest.mark.parametrize("known", [True, False], ids=["read before", "never read"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_large_file_is_refused(
    stored: tuple[LocalHub, Path], damage: Any, tmp_path: Path, *, known: bool
) -> None:
    hub, path = stored
    wire = Wire(hub.endpoint, hub.token)
    if known:
        assert wire("GET", FILE).body == LARGE
    damage(path)
    for headers in ({}, {"Range": "bytes=0-9"}):
        found = wire("GET", FILE, headers=headers)
        assert (found.status, "is damaged" in found.json["error"]) == (500, True)
        assert DIGEST in found.json["error"]
    assert wire("GET", "/datasets/tests/damaged/resolve/main/small.txt").body == b"small\n"
    checked = check_storage(tmp_path / "hub")
    assert any(DIGEST in problem for problem in checked.problems)
    # To publish it again mends it: the Hub does not say that it has what is damaged.
    if damage in {flip, cut, remove}:
        put(HfApi(endpoint=hub.endpoint, token=hub.token), "tests/damaged", {"again.bin": LARGE})
        assert wire("GET", FILE).body == LARGE
        assert check_storage(tmp_path / "hub").ok


def test_a_hub_that_starts_anew_reads_before_it_serves(stored: tuple[LocalHub, Path], tmp_path: Path) -> None:
    _, path = stored
    before = path.stat()
    flip(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with LocalHub(tmp_path / "hub", token="hf_x") as again:
        assert Wire(again.endpoint, "hf_x")("GET", FILE).status == 500


def git_object(root: Path, data: bytes) -> Path:
    name = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return root / "repos/datasets/tests/damaged/git/objects" / name[:2] / name[2:]


@pytest.mark.parametrize("damage", [flip, cut, remove])
def test_a_damaged_small_file_is_refused(stored: tuple[LocalHub, Path], damage: Any, tmp_path: Path) -> None:
    damage(git_object(tmp_path / "hub", b"small\n"))
    with LocalHub(tmp_path / "hub", token="hf_x") as hub:
        found = Wire(hub.endpoint, hub.token)("GET", "/datasets/tests/damaged/resolve/main/small.txt")
    assert (found.status, "is damaged" in found.json["error"]) == (500, True)
    assert not check_storage(tmp_path / "hub").ok


@pytest.mark.parametrize("part", ["", "git", "git/objects", "git/refs", "settings.json", "discussions"])
def test_links_below_the_root_lead_nowhere(stored: tuple[LocalHub, Path], tmp_path: Path, part: str) -> None:
    hub, _ = stored
    place = tmp_path / "hub/repos/datasets/tests/damaged" / part
    place.rename(tmp_path / "elsewhere")
    place.symlink_to(tmp_path / "elsewhere")
    wire = Wire(hub.endpoint, hub.token)
    status = 200 if part == "discussions" else 404
    assert wire("GET", "/datasets/tests/damaged/resolve/main/small.txt").status == status
    assert wire("GET", "/api/datasets/tests/damaged").status == status
    assert any("symbolic link" in problem for problem in check_storage(tmp_path / "hub").problems)


def test_settings_that_cannot_be_read_are_damage(stored: tuple[LocalHub, Path], tmp_path: Path) -> None:
    hub, _ = stored
    (tmp_path / "hub/repos/datasets/tests/damaged/settings.json").write_text("{")
    found = Wire(hub.endpoint, hub.token)("GET", "/api/datasets/tests/damaged")
    assert (found.status, "settings.json" in found.json["error"]) == (500, True)


def test_a_check_of_what_is_whole(
    stored: tuple[LocalHub, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, path = stored
    checked = check_storage(tmp_path / "hub")
    assert (checked.ok, checked.repositories, checked.large_files, checked.problems) == (True, 1, 1, ())
    root = ["--hub-root", str(tmp_path / "hub")]
    assert run(cli, ["hub", "--check", "--json", *root]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    flip(path)
    assert run(cli, ["hub", "--check", *root]) == 1
    assert DIGEST in capsys.readouterr().err
    assert run(cli, ["hub", "--check", "--json", "--hub-root", str(tmp_path / "none")]) == 2
    with pytest.raises(UsageError, match="no embedded Hub"):
        check_storage(tmp_path / "none")


def test_a_xorb_that_was_damaged_is_found_and_gives_way_to_the_right_one(
    stored: tuple[LocalHub, Path], tmp_path: Path
) -> None:
    hub, large = stored
    wire = Wire(hub.endpoint, hub.token)
    found = wire("GET", "/api/datasets/tests/damaged/xet-write-token/main").json
    headers = {"Authorization": f"Bearer {found['accessToken']}"}
    right, wrong = b"\0\4\0\0\0\4\0\0" + b"good", b"\0\4\0\0\0\4\0\0" + b"evil"
    name, digest = xorb_name([b"good"]), hashlib.sha256(b"good").digest()
    shard = a_shard(([(words(bytes.fromhex(name)), 4, 0, 1)], digest))
    assert wire("POST", f"/xet/v1/xorbs/default/{name}", wrong, headers=headers, token=None).status == 400
    assert wire("POST", f"/xet/v1/xorbs/default/{name}", right, headers=headers, token=None).json["was_inserted"]
    (kept,) = (large.parents[3] / "xorbs").rglob(name)
    assert check_storage(tmp_path / "hub").ok
    for damaged in (b"", right[:-1], wrong):
        kept.write_bytes(damaged)
        (problem,) = check_storage(tmp_path / "hub").problems
        assert problem.startswith(f"block {name}: its content has changed")
    assert wire("POST", "/xet/v1/shards", shard, headers=headers, token=None).status == 400
    assert wire("POST", f"/xet/v1/xorbs/default/{name}", right, headers=headers, token=None).json["was_inserted"]
    assert not wire("POST", f"/xet/v1/xorbs/default/{name}", right, headers=headers, token=None).json["was_inserted"]
    assert wire("POST", "/xet/v1/shards", shard, headers=headers, token=None).status == 200


@pytest.mark.parametrize("damage", [flip, cut, remove])
def test_head_promises_no_damaged_file(stored: tuple[LocalHub, Path], damage: Any) -> None:
    hub, path = stored
    wire = Wire(hub.endpoint, hub.token)
    assert wire("HEAD", FILE).status == 200
    damage(path)
    assert wire("HEAD", FILE).status == 500


def objects_of(root: Path, api: HfApi) -> dict[str, Path]:
    """Where the objects of the head are: its commit, its tree, and a blob in it."""
    head = api.dataset_info("tests/damaged").sha
    git = pygit2.Repository(str(root / "repos/datasets/tests/damaged/git"))
    names = {"commit": head, "tree": git[head].tree.id, "blob": git[head].tree["small.txt"].id}
    return {
        kind: root / f"repos/datasets/tests/damaged/git/objects/{str(name)[:2]}/{str(name)[2:]}"
        for kind, name in names.items()
    }


READING = (
    "/datasets/tests/damaged/resolve/main/small.txt",
    "/datasets/tests/damaged/resolve/main/big.bin",
    "/api/datasets/tests/damaged?blobs=true",
    "/api/datasets/tests/damaged/tree/main?recursive=true&expand=true",
    "/api/datasets/tests/damaged/commits/main",
    "/api/datasets/tests/damaged/refs",
    "/datasets/tests/damaged",
    "/datasets/tests/damaged/commits/main",
    "/datasets/tests/damaged/blob/main/small.txt",
)


@pytest.mark.parametrize("damage", [cut, half, nothing, flip])
@pytest.mark.parametrize("kind", ["commit", "tree", "blob"])
def test_an_object_that_is_cut_while_the_hub_runs_is_said_to_be_damaged(
    stored: tuple[LocalHub, Path], tmp_path: Path, kind: str, damage: Any
) -> None:
    hub, _ = stored
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    wire = Wire(hub.endpoint, hub.token)
    assert {wire("GET", path).status for path in READING} == {200}
    path = objects_of(tmp_path / "hub", api)[kind]
    path.chmod(0o644)
    damage(path)
    answers = {path: wire("GET", path) for path in READING}
    assert {answer.status for answer in answers.values()} <= {200, 500}
    refused = [answer for answer in answers.values() if answer.status == 500]
    assert refused
    assert all(b"the storage of this Hub is damaged" in answer.body for answer in refused)
    file = {"path": "more.txt", "content": "eA==", "encoding": "base64"}
    body = ndjson(("header", {"summary": "more"}), ("file", file))
    written = wire("POST", "/api/datasets/tests/damaged/commit/main", body)
    assert written.status in ({200, 500} if kind == "blob" else {500})  # a commit need not read other files
    assert wire("GET", "/api/whoami-v2").status == 200


def test_short_names_of_commits_are_found(stored: tuple[LocalHub, Path]) -> None:
    hub, _ = stored
    api = HfApi(endpoint=hub.endpoint, token=hub.token)
    head = api.dataset_info("tests/damaged").sha
    assert head is not None
    assert [api.dataset_info("tests/damaged", revision=head[:size]).sha for size in (7, 12, 40)] == [head] * 3
    for missing in ("0000000", "zzzzzzz"):
        with pytest.raises(RevisionNotFoundError):
            api.dataset_info("tests/damaged", revision=missing)
