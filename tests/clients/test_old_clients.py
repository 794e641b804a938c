"""
Do those who load a release with an older `datasets` get the same rows and label names?

Each client lives in an environment of its own, `$TAGPRESS_CLIENTS/VERSION`; `tests/clients/environments` makes them.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clients.released import Released, client, environment

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
VERSIONS = [line.split()[0] for line in (HERE / "versions.txt").read_text().splitlines() if line[:1].isdigit()]
assert VERSIONS, "versions.txt names no client"


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


@pytest.mark.parametrize("version", [*VERSIONS, "here"])
def test_a_release_loads_with_its_label_names(released: Released, tmp_path: Path, version: str) -> None:
    hub, build = released.hub, released.build
    rows, names = expected(build)
    words = [str(client(version)), str(HERE / "loading.py"), "me/software-entities", "v1.0.0", str(build)]
    done = subprocess.run(
        words, env=environment(tmp_path, hub.endpoint), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert version == "here" or seen["datasets"] == version
    for way in ("map-style", "streaming"):
        assert seen[f"version, {way}"] == "1.0.0"
        assert seen[f"by name, {way}"] == {name: {"rows": found, "names": names} for name, found in rows.items()}
        bare = {name: {"rows": rows[name], "names": names} for name in ("test", "train")}
        assert seen[f"bare Parquet, {way}"] == bare
