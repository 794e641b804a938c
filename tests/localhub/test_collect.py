"""What no commit needs is counted, and goes when nobody has asked for it in a while: nothing else does, whoever writes meanwhile."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import HfHubHTTPError

from localhub.client import KIND, put
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import UsageError
from tagpress.localhub import LocalHub, check_storage, collect
from tagpress.localhub.storage import HubStorage

REPO = "tests/collected"
DAY = 24 * 3600


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[HfApi, HubStorage]]:
    with LocalHub(tmp_path / "hub", token="hf_x") as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        api.create_repo(REPO, **KIND)
        yield api, HubStorage(tmp_path / "hub")


def content(name: str) -> bytes:
    return b"\0" + name.encode() * 20


def sent(api: HfApi, name: str) -> CommitOperationAdd:
    """Send a large file ahead of a commit."""
    addition = CommitOperationAdd(f"{name}.bin", content(name))
    api.preupload_lfs_files(REPO, [addition], free_memory=False, **KIND)
    return addition


def path_of(store: HubStorage, name: str) -> Path:
    return store.large_file(hashlib.sha256(content(name)).hexdigest())


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def block(store: HubStorage, name: str, seconds: float) -> Path:
    path = store.xorb(hashlib.sha256(name.encode()).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"12345")
    age(path, seconds)
    return path


def test_what_a_commit_needs_stays_and_what_is_old_and_unneeded_goes(
    served: tuple[HfApi, HubStorage], capsys: pytest.CaptureFixture[str]
) -> None:
    api, store = served
    put(api, REPO, {f"{name}.bin": content(name) for name in ("head", "history")})
    api.create_commit(REPO, [CommitOperationDelete("history.bin")], commit_message="delete", **KIND)
    put(api, REPO, {"pull.bin": content("pull")}, create_pr=True)
    api.create_branch(REPO, branch="gone", **KIND)
    put(api, REPO, {"branch.bin": content("branch")}, revision="gone")
    api.delete_branch(REPO, branch="gone", **KIND)  # its commits are there still, and may be tagged
    for name in ("old", "new"):
        sent(api, name)
    api.create_repo("tests/deleted", **KIND)
    put(api, "tests/deleted", {"deleted.bin": content("deleted")})
    api.delete_repo("tests/deleted", **KIND)
    for name in ("head", "history", "pull", "branch", "old", "deleted"):
        age(path_of(store, name), DAY + 60)
    blocks = [block(store, "old", 29 * DAY), block(store, "remembered", 27 * DAY)]

    counted = {"large_files": {"files": 3, "bytes": sum(len(content(name)) for name in ("old", "new", "deleted"))}}
    counted |= {"blocks": {"files": 2, "bytes": 10}}
    going = {"files": 3, "bytes": sum(len(content(name)) for name in ("old", "deleted")) + 5}
    assert check_storage(store.root).to_json()["unneeded"] == counted | {"collected": going}
    assert run(cli, ["hub", "--collect", "--json", "--hub-root", str(store.root)]) == 0
    assert json.loads(capsys.readouterr().out) == {"root": str(store.root), **counted, "collected": going}
    there = [
        name for name in ("head", "history", "pull", "branch", "old", "new", "deleted") if path_of(store, name).exists()
    ]
    assert there == ["head", "history", "pull", "branch", "new"]
    assert [path.exists() for path in blocks] == [False, True]
    assert collect(store.root).collected.files == 0
    assert run(cli, ["hub", "--collect", "--check", "--hub-root", str(store.root)]) == 2


def test_what_an_upload_counts_on_stays(served: tuple[HfApi, HubStorage]) -> None:
    api, store = served
    sent(api, "again")
    age(path_of(store, "again"), 2 * DAY)
    addition = sent(api, "again")  # the Hub says that it has it, and does not take it again
    assert collect(store.root).collected.files == 0
    api.create_commit(REPO, [addition], commit_message="add", **KIND)
    age(path_of(store, "again"), 2 * DAY)
    assert collect(store.root).large.files == 0


def test_a_commit_whose_files_went_is_refused_and_they_can_be_sent_again(served: tuple[HfApi, HubStorage]) -> None:
    api, store = served
    late = sent(api, "late")
    age(path_of(store, "late"), 2 * DAY)
    assert collect(store.root).collected.files == 1
    with pytest.raises(HfHubHTTPError, match="never uploaded"):
        api.create_commit(REPO, [late], commit_message="late", **KIND)
    put(api, REPO, {"late.bin": content("late")})
    assert check_storage(store.root).ok


def test_no_acknowledged_commit_loses_a_file_to_who_collects_meanwhile(served: tuple[HfApi, HubStorage]) -> None:
    api, store = served
    names = [f"file-{number}" for number in range(12)]
    additions = {name: sent(api, name) for name in names}
    for name in names:
        age(path_of(store, name), DAY + 60)
    done: list[str] = []

    def commit() -> None:
        for name, addition in additions.items():
            try:
                api.create_commit(REPO, [addition], commit_message=name, **KIND)
                done.append(name)
            except HfHubHTTPError:
                pass

    writer = Thread(target=commit)
    writer.start()
    while writer.is_alive():
        collect(store.root)
    writer.join()
    collect(store.root)
    assert [name for name in done if not path_of(store, name).exists()] == []
    assert check_storage(store.root).ok


def test_nothing_goes_while_a_repository_cannot_be_read(served: tuple[HfApi, HubStorage]) -> None:
    api, store = served
    put(api, REPO, {"big.bin": content("big")})
    sent(api, "old")
    age(path_of(store, "old"), 2 * DAY)
    objects = [path for path in store.root.glob("repos/*/*/*/git/objects/??/*") if path.is_file()]
    objects[0].chmod(0o644)
    os.truncate(objects[0], objects[0].stat().st_size // 2)
    with pytest.raises(UsageError, match="nothing is removed"):
        collect(store.root)
    assert path_of(store, "old").exists()
    assert check_storage(store.root).unneeded is None
    with pytest.raises(UsageError, match="no embedded Hub"):
        collect(store.root / "none")


def test_what_is_stopped_half_way_goes_on_the_next_time(
    served: tuple[HfApi, HubStorage], monkeypatch: pytest.MonkeyPatch
) -> None:
    api, store = served
    put(api, REPO, {"head.bin": content("head")})
    for name in ("one", "two", "three"):
        sent(api, name)
        age(path_of(store, name), 2 * DAY)
    drop, left = HubStorage.drop, [2]

    def killed(*arguments: object) -> bool:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        return drop(*arguments)

    monkeypatch.setattr(HubStorage, "drop", killed)
    with pytest.raises(KeyboardInterrupt):
        collect(store.root)
    monkeypatch.setattr(HubStorage, "drop", drop)
    assert check_storage(store.root).ok
    assert collect(store.root).collected.files == 2
    assert path_of(store, "head").exists()
