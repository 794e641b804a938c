"""A pinned version is loaded exactly, online and offline, or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from release.builds import SPLITS, rows, write_build
from release.publisher import publish_here
from release.seam import Seam, answer
from release.view import api
from tagpress.consume.streaming.pinned import pin
from tagpress.errors import NotOnHubError
from tagpress.localhub import LocalHub

REPO = "me/toy"
LOAD = """
import gc, json, sys
gc.set_threshold(100_000)  # else the search for garbage is a third of the time to import
import datasets
datasets.disable_progress_bars()
from tagpress.errors import TagpressError
from tagpress.consume.load import load
answers = []
for version, options in json.loads(sys.argv[1]):
    try:
        loaded = load("me/toy", version, **options)
        parts = loaded if isinstance(loaded, dict) else {options["split"]: loaded}
        answers.append({
            name: [len(list(part)), str(part.info.version), part.features["ner_tags"].feature.names[0], list(part)[0]["tokens"][0]]
            for name, part in parts.items()
        })
    except TagpressError as error:
        answers.append([error.code, error.message])
print(json.dumps(answers))
"""


class Consumer:
    """Somebody with an HF_HOME of their own, who keeps what they loaded."""

    def __init__(self, hub: LocalHub, home: Path) -> None:
        self.env = {
            **os.environ,
            "HF_HOME": str(home),
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": hub.token,
            "HF_HUB_DOWNLOAD_TIMEOUT": "2",
            "USE_TORCH": "0",  # to import it takes longer than all the rest
        }

    def load(self, *requests: tuple[str, dict[str, Any]], **env: str) -> list[Any]:
        done = subprocess.run(
            [sys.executable, "-c", LOAD, json.dumps(requests)],
            env={**self.env, **env},
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def hub(local: LocalHub, tmp_path: Path) -> LocalHub:
    one = write_build(tmp_path / "1")
    other = write_build(tmp_path / "2", {**SPLITS, "test": (rows(3, start=60),)}, version="1.1.0")
    for build in (one, other):
        assert "error" not in publish_here(local.endpoint, local.token, build, REPO)
    return local


def expected(version: str) -> dict[str, list[Any]]:
    test = [2, version, "O", "sentence30"] if version == "1.0.0" else [3, version, "O", "sentence60"]
    return {"train": [8, version, "O", "sentence0"], "validation": [2, version, "O", "sentence20"], "test": test}


def test_each_version_is_itself_online_and_offline(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    consumer = Consumer(hub, tmp_path / "home")
    online = consumer.load(
        ("1.1.0", {"streaming": True}),
        ("1.0.0", {}),
        ("v1.1.0", {"split": "test"}),
        ("1.0.0", {"split": "train", "streaming": True}),
        ("1.0.0", {"split": "dev"}),
        ("latest", {}),
        ("3.0.0", {}),
    )
    assert online[:2] == [expected("1.1.0"), expected("1.0.0")]
    assert online[2] == {"test": expected("1.1.0")["test"]}
    assert online[3] == {"train": expected("1.0.0")["train"]}
    assert [answer[0] for answer in online[4:]] == ["usage", "usage", "not-on-hub"]

    seam.forget()
    offline = consumer.load(
        ("1.0.0", {}), ("1.0.0", {"streaming": True}), ("1.1.0", {}), ("3.0.0", {}), HF_HUB_OFFLINE="1"
    )
    assert offline[:2] == [expected("1.0.0"), expected("1.0.0")]
    assert [answer[0] for answer in offline[2:]] == ["hub-unreachable", "hub-unreachable"]
    assert seam.requests == []


@pytest.mark.slow
def test_a_hub_that_errs_gives_no_other_revision(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    consumer = Consumer(hub, tmp_path / "home")
    assert consumer.load(("1.0.0", {})) == [expected("1.0.0")]
    seam.choose = lambda _number, _request: answer(403)
    (refused,) = consumer.load(("1.1.0", {}))
    assert refused[0] == "hub-refused"


def test_a_moved_tag_and_a_damaged_file_are_noticed(hub: LocalHub, tmp_path: Path) -> None:
    consumer = Consumer(hub, tmp_path / "home")
    assert consumer.load(("1.0.0", {"split": "test"})) == [{"test": expected("1.0.0")["test"]}]
    (kept,) = (tmp_path / "home" / "tagpress").rglob("test-*.parquet")
    kept.write_bytes(b"damaged")
    assert consumer.load(("1.0.0", {"split": "test"})) == [{"test": expected("1.0.0")["test"]}]  # fetched again
    api(hub).delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    api(hub).create_tag(REPO, tag="v1.0.0", revision="v1.1.0", repo_type="dataset")
    (moved,) = consumer.load(("1.0.0", {"split": "test"}))
    assert moved[0] == "verify"
    assert "was moved" in moved[1]
    (stranger,) = Consumer(hub, tmp_path / "another").load(("1.0.0", {"split": "test"}))
    assert stranger == ["verify", "The tag v1.0.0 of me/toy points at the release 1.1.0."]


@pytest.mark.parametrize(("repo", "said"), [("local/toy", True), ("me/other", False)])
def test_what_was_published_here_is_said_to_be_here(hub: LocalHub, monkeypatch, repo: str, *, said: bool) -> None:
    monkeypatch.setattr("tagpress.consume.streaming.pinned.default_endpoint", lambda: hub.endpoint)
    with pytest.raises(NotOnHubError) as refused:
        pin(repo, "1.0.0")
    assert ("run `tagpress hub`" in refused.value.hint) is said
