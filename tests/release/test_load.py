"""The last check before the tag: `datasets` itself, in a new process with empty caches."""

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pytest

from release.builds import SPLITS, Row, label_names, rows, write_build
from release.publisher import QUICK, publish_here, publisher
from release.seam import App, Fault, Message, Receive, Request, Scope, Seam, Send, answer, drop_after, kill_after
from release.view import view
from tagpress.corpus.manifest import Manifest
from tagpress.errors import HubUnreachableError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.load_check import MODES, EarlyLoader, LoadRequest, load, row_digest
from tagpress.release.load_differences import differences
from tagpress.release.load_plan import released
from tagpress.release.verify import verify_release

REPO = "me/toy"
# What wins over a card, in a file that a release has not.
SETTINGS = "configs:\n- config_name: default\n  version: 0.0.0\n  data_files:\n" + "".join(
    f"  - split: {split}\n    path: data/{split}-*\n" for split in SPLITS
)


def load_checks(folder: Path) -> list[str]:
    """The command lines of the load checks whose files are below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if "tagpress.release.load_child" in line and str(folder) in line:
                found.append(f"{entry.name} {line}")
    return found


def test_a_release_is_loaded_by_name_before_it_is_tagged(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    done = publish_here(hub.endpoint, hub.token, build, REPO, loader=load)
    assert done["tag"] == "v1.0.0"
    paths = [request.path for request in seam.requests]
    tagged = next(number for number, path in enumerate(paths) if "/tag/" in path)
    shard = f"/datasets/{REPO}/resolve/{done['commit']}/data/train-00000-of-00002.parquet"
    assert [path for path in paths[:tagged] if path == shard]

    request = LoadRequest(endpoint=hub.endpoint, token=hub.token, repo=REPO, revision="v1.0.0")
    loaded = load(request)
    assert set(loaded) == set(MODES)
    for mode in MODES:
        assert {name: split.rows for name, split in loaded[mode].items()} == {"train": 8, "validation": 2, "test": 2}
        assert loaded[mode]["train"].label_names == label_names()
        assert loaded[mode]["train"].version == "1.0.0"
    expected = dict.fromkeys(MODES, released(Manifest.load(build)))
    assert differences(expected, loaded) == []
    train = replace(loaded["streaming"]["train"], rows=7)
    swapped = replace(
        loaded["streaming"]["test"], label_names=["O", "B-Language"], row_digest="0" * 64, version="0.0.0"
    )
    streaming = {"train": train, "test": swapped, "more": train}
    assert [line.split(", released")[0] for line in differences(expected, {**loaded, "streaming": streaming})] == [
        "streaming: a split more that was not released",
        "streaming: split validation is not loaded",
        "streaming: test: label names O, B-Language",
        f"streaming: test: row digest {'0' * 64}",
        "streaming: test: version 0.0.0",
        "streaming: train: 7 rows",
    ]


def test_what_cannot_be_loaded_says_why(hub: LocalHub) -> None:
    with pytest.raises(HubUnreachableError, match="DatasetNotFoundError"):
        load(LoadRequest(endpoint=hub.endpoint, token=hub.token, repo="me/nothing", revision="v1.0.0"))


def also_listed(path: str, content: bytes) -> Fault:
    """Let the Hub answer with one file more in its list."""
    entry = {"type": "file", "path": path, "size": len(content), "oid": "0" * 40}

    async def fault(app: App, scope: Scope, receive: Receive, send: Send) -> None:
        async def longer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [one for one in message["headers"] if one[0].lower() != b"content-length"]
            else:
                message["body"] = json.dumps([*json.loads(message["body"]), entry]).encode()
            await send(message)

        await app(scope, receive, longer)

    return fault


def test_what_loads_as_something_else_is_not_tagged(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    """Settings that win over the card are listed once the files are found to be what was released."""
    build = write_build(tmp_path / "1")
    seen: list[bool] = []

    def settings_of_its_own(_number: int, request: Request) -> Fault | None:
        if request.path.endswith("/.huggingface.yaml"):
            seen.append(True)
            return answer(200, {"x-repo-commit": request.path.split("/")[5], "etag": '"0"'}, SETTINGS.encode())
        if "/tree/" in request.path and not request.agent.startswith("tagpress"):
            return also_listed(".huggingface.yaml", SETTINGS.encode())
        return None

    seam.choose = settings_of_its_own
    done = publish_here(hub.endpoint, hub.token, build, REPO, loader=load)
    assert done["exit_code"] == 1
    assert "map-style: test: version 0.0.0, released 1.0.0" in done["error"]["message"]
    assert len(seen) >= 3  # it was tried again before it was believed
    assert view(hub, REPO).tags == {}
    seam.forget()
    assert publish_here(hub.endpoint, hub.token, build, REPO)["tag"] == "v1.0.0"


@pytest.mark.slow
def test_what_is_served_and_not_listed_is_found_by_a_deep_verification(
    hub: LocalHub, seam: Seam, tmp_path: Path
) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    seam.choose = lambda _number, request: (
        answer(200, {"x-repo-commit": request.path.split("/")[5], "etag": '"0"'}, SETTINGS.encode())
        if request.path.endswith("/.huggingface.yaml")
        else None
    )
    found = verify_release(REPO, "v1.0.0", hub=Hub(endpoint=hub.endpoint, token=hub.token, retry=QUICK), deep=True)
    assert [problem for problem in found.problems if "version 0.0.0" in problem]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [answer(500), drop_after])
def test_a_load_that_fails_once_is_tried_again(hub: LocalHub, seam: Seam, tmp_path: Path, fault: Fault) -> None:
    seen: set[tuple[str, str]] = set()

    def once_each(_number: int, request: Request) -> Fault | None:
        known = request.what in seen or "resolve" not in request.path
        seen.add(request.what)
        return None if known else fault

    build = write_build(tmp_path / "1")
    seam.choose = once_each
    with publisher(hub.endpoint, hub.token, build, REPO, loader=load) as (_, outcome):
        done = outcome().document
    assert done is not None
    assert done.get("tag") == "v1.0.0", done


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes under /proc")
def test_the_child_ends_with_its_killed_parent(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    seen: list[str] = []

    def at_its_first_request(_number: int, request: Request) -> Fault | None:
        if "/tree/" not in request.path or request.agent.startswith("tagpress"):
            return None
        seen.extend(load_checks(tmp_path))
        return kill_after(lambda: pid)

    with publisher(hub.endpoint, hub.token, build, REPO, loader=load) as (pid, outcome):
        seam.choose = at_its_first_request
        assert outcome().document is None
    assert len(seen) == 1
    seam.choose = lambda _n, _request: None
    for _ in range(100):
        if not load_checks(tmp_path):
            break
        time.sleep(0.1)
    assert load_checks(tmp_path) == []
    assert publish_here(hub.endpoint, hub.token, build, REPO)["tag"] == "v1.0.0"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="finds processes under /proc")
def test_a_child_that_was_begun_early_loads_the_same_and_ends_with_its_block(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    request = LoadRequest(endpoint=hub.endpoint, token=hub.token, repo=REPO, revision="v1.0.0")
    with EarlyLoader(hub.endpoint) as loader:
        loader.begin()
        begun = load_checks(tmp_path)
        while not begun:  # /proc has its words a moment after it has begun
            time.sleep(0.01)
            begun = load_checks(tmp_path)
        assert len(begun) == 1
        assert loader(request) == loader(request) == load(request)
        loader.begin()  # and is asked for nothing
    assert load_checks(tmp_path) == []


def test_the_settings_of_this_process_do_not_reach_the_child_nor_does_the_length_of_its_paths(
    hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO)
    (tmp_path / "me" / "toy").mkdir(parents=True)  # `load_dataset` would take this folder for the dataset
    monkeypatch.chdir(tmp_path)
    for name, value in {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    long = tmp_path / ("é " * 60) / ("x" * 100)  # of which `datasets` would make one file's name
    long.mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    loaded = load(LoadRequest(endpoint=hub.endpoint, token=hub.token, repo=REPO, revision="main"))
    assert loaded["map-style"]["train"].rows == 8
    assert "HF_TOKEN" not in os.environ


def test_the_digest_is_the_documented_one() -> None:
    found = [*rows(3), Row(tokens=("Žluťoučký", "", "kůň"), tags=(0, 3, 4), doc="č.txt")]
    plain = [{"id": row.id, "doc_id": row.doc, "tokens": list(row.tokens), "ner_tags": list(row.tags)} for row in found]
    assert row_digest(plain) == (4, f"{sum(row.digest for row in found) % 2**256:064x}")
    assert row_digest(reversed(plain)) == row_digest(plain)
    assert row_digest([]) == (0, "0" * 64)
