"""Do those who load a release with layers by an older `datasets` get the same values, the same names, and lists of spans as lists?"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from clients.released import client, environment, run
from clients.test_old_clients import VERSIONS
from tagpress.localhub import LocalHub

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
TYPES = ["PER", "ORG"]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Path]]:
    """A corpus with a nested, a flat and a layer of classes, published on an embedded Hub that stays, and its build."""
    from made_corpora import declare
    from tagpress import Columns, FlatSpans, NestedSpans, TokenClasses, publish_corpus
    from tagpress.hub import Hub

    folder = tmp_path_factory.mktemp("clients")
    (folder / "in").mkdir()
    lines = [f"a{i} B-ORG O NN B-NP\nb I-ORG B-PER VB I-NP\nc O O NN O\n" for i in range(60)]
    (folder / "in" / "a.txt").write_text("\n".join(lines))
    declaration = declare(
        folder / "in",
        entity_types=dict.fromkeys(TYPES, "a type"),
        dialect=Columns(delimiter=" ", tag=1, extra={"inner": 2, "pos_tags": 3, "chunk_tags": 4}),
        layers={
            "entities": NestedSpans(TYPES, columns=("ner_tags", "inner")),
            "pos_tags": TokenClasses(["NN", "VB"]),
            "chunk_tags": FlatSpans(["NP"]),
        },
    )
    with LocalHub(folder / "hub") as hub:
        connected = Hub(endpoint=hub.endpoint, token=hub.token)
        publish_corpus(declaration, hub=connected, repo="me/layers", out=folder / "build")
        yield hub, folder / "build"


@pytest.mark.parametrize("version", [*VERSIONS, "here"])
def test_layers_load_with_their_names(released: tuple[LocalHub, Path], tmp_path: Path, version: str) -> None:
    hub, build = released
    table = pq.read_table(sorted((build / "data").glob("train-*.parquet"))).to_pylist()
    layers = ("ner_tags", "entities", "pos_tags", "chunk_tags")
    words = [str(client(version)), str(HERE / "loading_layers.py"), "me/layers", "v1.0.0", str(build)]
    done = subprocess.run(
        words, env=environment(tmp_path, hub.endpoint), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)
    assert version == "here" or seen["datasets"] == version
    expected = {
        "rows": sorted([row["tokens"], *(row[name] for name in layers)] for row in table),
        "names": {
            "ner_tags": ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"],
            "entities": TYPES,
            "pos_tags": ["NN", "VB"],
            "chunk_tags": ["O", "B-NP", "I-NP"],
        },
    }
    assert expected["rows"][0][2] == [{"start": 0, "end": 2, "type": 1}, {"start": 1, "end": 2, "type": 0}]
    for way in ("map-style", "streaming"):
        assert seen[f"by name, {way}"] == expected
        assert seen[f"bare Parquet, {way}"] == expected


def test_layers_are_streamed_by_the_lowest_consumer(released: tuple[LocalHub, Path], tmp_path: Path) -> None:
    hub, build = released
    seen = run("lowest", "consuming.py", "me/layers", "1.0.0", home=tmp_path, hub=hub.endpoint)
    table = pq.read_table(sorted((build / "data").glob("train-*.parquet"))).to_pylist()
    assert seen["streamed"] == [list(row.values()) for row in table]
    assert sorted(map(str, seen["resumed"])) == sorted(map(str, seen["streamed"]))
    assert sorted(map(str, seen["loaded"]["train, map-style"])) == sorted(map(str, seen["streamed"]))
