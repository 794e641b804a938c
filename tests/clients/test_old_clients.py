"""
Do those who load a release with an older `datasets` get the same rows and label names?

Each client lives in an environment of its own, `$TAGPRESS_CLIENTS/VERSION`; `tests/clients/environments` makes them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tagpress.localhub import LocalHub

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
VERSIONS = [line.split()[0] for line in (HERE / "versions.txt").read_text().splitlines() if line[:1].isdigit()]
assert VERSIONS, "versions.txt names no client"


@pytest.fixture(scope="module")
def released(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Path]]:
    """The sample, published on an embedded Hub that stays, and its build."""
    folder = tmp_path_factory.mktemp("clients")
    script = root / "dataset_script" / "software_entities.py"
    with LocalHub(folder / "hub") as hub:
        from tagpress import load_script, publish_corpus
        from tagpress.hub import Hub

        publish_corpus(
            load_script(script).declaration(),
            hub=Hub(endpoint=hub.endpoint, token=hub.token),
            repo="me/software-entities",
            out=folder / "build",
        )
        yield hub, folder / "build"


def client(version: str) -> Path:
    """Return the Python of a client; a run that was told where they are must have them all."""
    if version == "newest":
        return Path(sys.executable)
    if "TAGPRESS_CLIENTS" not in os.environ:
        pytest.skip("TAGPRESS_CLIENTS does not say where the environments of old clients are")
    return Path(os.environ["TAGPRESS_CLIENTS"]) / version / "bin" / "python"


def expected(build: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the rows of each split and the label names, by pyarrow and the manifest alone."""
    rows: dict[str, Any] = {}
    for path in sorted((build / "data").glob("*.parquet")):
        table = pq.read_table(path).to_pylist()
        rows.setdefault(path.name.split("-")[0], []).extend(
            [row["id"], row["tokens"], row["ner_tags"]] for row in table
        )
    return {split: sorted(found) for split, found in rows.items()}, json.loads((build / "release.json").read_text())[
        "label_names"
    ]


@pytest.mark.parametrize("version", [*VERSIONS, "newest"])
def test_a_release_loads_with_its_label_names(released: tuple[LocalHub, Path], tmp_path: Path, version: str) -> None:
    hub, build = released
    rows, names = expected(build)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "HF_HOME": str(tmp_path / "hf"),
        "HF_ENDPOINT": hub.endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_OFFLINE": "0",
    }
    words = [str(client(version)), str(HERE / "loading.py"), "me/software-entities", "v1.0.0", str(build)]
    done = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert version == "newest" or seen["datasets"] == version
    for way in ("map-style", "streaming"):
        assert seen[f"version, {way}"] == "1.0.0"
        assert seen[f"by name, {way}"] == {name: {"rows": found, "names": names} for name, found in rows.items()}
        bare = {name: {"rows": rows[name], "names": names} for name in ("test", "train")}
        assert seen[f"bare Parquet, {way}"] == bare
