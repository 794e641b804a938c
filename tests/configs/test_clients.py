"""Does every `datasets` load each configuration by name and tag, with the labels that stand in its sources?"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.made import LANGUAGES, declared, expected
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
        yield hub, folder / "corpus"


def client(version: str) -> Path:
    if version == "newest":
        return Path(sys.executable)
    if "TAGPRESS_CLIENTS" not in os.environ:
        pytest.skip("TAGPRESS_CLIENTS does not say where the environments of old clients are")
    return Path(os.environ["TAGPRESS_CLIENTS"]) / version / "bin" / "python"


@pytest.mark.parametrize("version", [*(pytest.param(one, marks=pytest.mark.clients) for one in VERSIONS), "newest"])
def test_a_configuration_loads_by_name_and_tag(released: tuple[LocalHub, Path], tmp_path: Path, version: str) -> None:
    hub, corpus = released
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_ENDPOINT": hub.endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "USE_TORCH": "0",
    }
    words = [str(client(version)), str(Path(__file__).with_name("loading.py")), "me/languages", "v1.0.0"]
    done = subprocess.run(
        [*words, *LANGUAGES, "-"], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert version == "newest" or seen["datasets"] == version
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
