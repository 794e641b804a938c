"""Does every `datasets` load each configuration by name and tag, with the labels that stand in its sources?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from configs.made import FOLDS, LANGUAGES, declared, expected
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.commands import publish_corpus

VERSIONS = [
    line.split()[0]
    for line in (Path(__file__).parents[1] / "clients" / "versions.txt").read_text().splitlines()
    if line[:1].isdigit()
]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Path]]:
    folder = tmp_path_factory.mktemp("configs")
    with LocalHub(folder / "hub") as hub:
        publish_corpus(
            declared(folder / "corpus"),
            hub=Hub(endpoint=hub.endpoint, token=hub.token),
            repo="me/languages",
            out=folder / "build",
        )
        publish_corpus(
            declared(folder / "folds", FOLDS),
            hub=Hub(endpoint=hub.endpoint, token=hub.token),
            repo="me/folds",
            out=folder / "build-folds",
        )
        yield hub, folder / "corpus"


def client(version: str) -> Path:
    if version == "newest":
        return Path(sys.executable)
    if "TAGPRESS_CLIENTS" not in os.environ:
        pytest.skip("TAGPRESS_CLIENTS does not say where the environments of old clients are")
    return Path(os.environ["TAGPRESS_CLIENTS"]) / version / "bin" / "python"


def loaded(hub: LocalHub, repo: str, configs: list[str], version: str, home: Path) -> dict[str, Any]:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
        "HF_ENDPOINT": hub.endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "USE_TORCH": "0",
    }
    words = [str(client(version)), str(Path(__file__).with_name("loading.py")), repo, "v1.0.0", *configs]
    done = subprocess.run(words, env=environment, cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seen: dict[str, Any] = json.loads(done.stdout)
    assert version == "newest" or seen["datasets"] == version
    return seen


@pytest.mark.parametrize("version", [*(pytest.param(one, marks=pytest.mark.clients) for one in VERSIONS), "newest"])
def test_a_configuration_loads_by_name_and_tag(released: tuple[LocalHub, Path], tmp_path: Path, version: str) -> None:
    hub, corpus = released
    seen = loaded(hub, "me/languages", [*LANGUAGES, "-"], version, tmp_path)
    assert seen["names"] == sorted(LANGUAGES)
    for streaming in (False, True):
        for language in LANGUAGES:
            splits = seen[f"{language} {streaming}"]
            assert list(splits) == ["train", "validation", "test"]
            assert {part["version"] for part in splits.values()} == {"1.0.0"}
            read = {
                (tuple(tokens), tuple(part["names"][tag] for tag in tags))
                for part in splits.values()
                for tokens, tags in part["rows"]
            }
            assert read == expected(corpus, language)
        assert seen[f"- {streaming}"] == seen[f"zh-Hans {streaming}"]


@pytest.mark.parametrize("version", [*(pytest.param(one, marks=pytest.mark.clients) for one in VERSIONS), "newest"])
def test_a_fold_loads_by_name_and_tag(released: tuple[LocalHub, Path], tmp_path: Path, version: str) -> None:
    hub, corpus = released
    seen = loaded(hub, "me/folds", ["-", "fold-1"], version, tmp_path)
    assert seen["names"] == ["default", "fold-0", "fold-1", "fold-2"]
    for streaming in (False, True):
        folds, fold = seen[f"- {streaming}"], seen[f"fold-1 {streaming}"]
        assert fold["test"] == folds["fold_1"]
        assert fold["train"]["rows"] == [*folds["fold_0"]["rows"], *folds["fold_2"]["rows"]]
        rows = {
            (tuple(tokens), tuple(part["names"][tag] for tag in tags))
            for part in fold.values()
            for tokens, tags in part["rows"]
        }
        assert rows == expected(corpus.parent / "folds", "de")
