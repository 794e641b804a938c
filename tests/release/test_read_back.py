"""Every row of a commit is read back once, by the digest that its writer's code does not share with `datasets`."""

import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from layers.made import corpus
from release.builds import SPLITS, rows, write_build
from release.publisher import publish_here, read_back
from release.seam import Fault, Request, Seam, answer
from release.view import view
from tagpress.build.corpus import build_corpus
from tagpress.corpus.digests import digest_hex
from tagpress.corpus.layers.digests import table_digest
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.manifest import Manifest
from tagpress.hub import checked_rows
from tagpress.localhub import LocalHub
from tagpress.release import load_plan as plans
from tagpress.release.load_check import Loaded, LoadRequest, load, row_digest
from tagpress.release.load_plan import load_plan

REPO = "me/toy"


def test_the_digest_of_a_table_is_that_of_its_rows(tmp_path: Path) -> None:
    manifest = Manifest.load(write_build(tmp_path / "1"))
    for record in manifest.data_files():
        table = pq.read_table(tmp_path / "1" / record.path)
        assert digest_hex(table_digest(table, {})) == record.row_digest
        for start in range(table.num_rows):
            part = table.slice(start, 2)
            assert digest_hex(table_digest(part, {})) == row_digest(part.to_pylist())[1]
        coded = list(checked_rows(tmp_path / "1" / record.path, record, manifest.config_of(record.path)))
        assert digest_hex(sum(table_digest(part, {}) for part in coded)) == record.row_digest
        cut = [part.slice(at, 2) for part in coded for at in range(0, part.num_rows, 2)]
        assert digest_hex(sum(table_digest(part, {}) for part in cut)) == record.row_digest


def test_the_digest_of_a_table_has_its_layers(tmp_path: Path) -> None:
    manifest = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1).manifest
    for record in manifest.data_files():
        layers = layers_of(manifest.config_of(record.path))
        numbers = [name for name, layer in layers.items() if layer.names]
        for part in checked_rows(tmp_path / "out" / record.path, record, manifest.config_of(record.path)):
            table = pq.read_table(tmp_path / "out" / record.path)
            assert digest_hex(table_digest(part, layers)) == row_digest(table.to_pylist(), numbers)[1]
            for at in range(0, part.num_rows, 3):
                cut, same = part.slice(at, 3), table.slice(at, 3)
                assert digest_hex(table_digest(cut, layers)) == row_digest(same.to_pylist(), numbers)[1]


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every release for a large one."""
    for name, value in {"_WHOLE": 0, "_HEAD": 2, "_SHARD": 3}.items():
        monkeypatch.setattr(plans, name, value)


@pytest.mark.usefixtures("large")
def test_of_a_large_release_a_part_is_loaded_by_name(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1", {**SPLITS, "validation": (rows(4, start=70),), "test": (rows(4, start=80),)})
    asked: list[LoadRequest] = []
    found: list[Loaded] = []

    def loader(request: LoadRequest) -> Loaded:
        asked.append(request)
        found.append(load(request))
        return found[-1]

    done = publish_here(hub.endpoint, hub.token, build, REPO, loader=loader)
    assert done.get("tag") == "v1.0.0", done
    (request,) = asked
    assert request.streamed == {"train": 2, "validation": 2, "test": 2}
    ((path, (split, count)),) = (request.shards or {}).items()
    assert count == 2
    assert {name: one.rows for name, one in found[0]["streaming"].items()} == {"train": 8, "validation": 4, "test": 4}
    assert {name: one.rows for name, one in found[0]["map-style"].items()} == {path: 4}
    assert done["checked"][1].startswith("every row was read back from the commit, once: 16 rows of 4 shards (")
    assert done["checked"][2].endswith(
        "it read streaming the first rows: 2 of test, 2 of train, 2 of validation; and map-style of one shard: "
        f"{path} (2 of its 4 rows)"
    )
    arrived = [one.path for one in seam.requests if one.method == "GET" and one.path.endswith(path)]
    assert len(arrived) == 1 + path.endswith("00000-of-00001.parquet"), (
        split
    )  # by us, and by its stream, never map-style


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("mode", ["streaming", "map-style"])
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"row_digest": "0" * 64}, "row digest 0000"),
        ({"rows": 5}, "5 rows, released"),
        ({"rows": None}, "no rows, released"),
        ({"label_names": ["O"]}, "label names O, released"),
        ({"version": "2.0.0"}, "version 2.0.0, released 1.0.0"),
    ],
)
def test_a_part_that_loads_otherwise_is_not_tagged(
    hub: LocalHub, tmp_path: Path, mode: str, change: dict[str, object], said: str
) -> None:
    def otherwise(request: LoadRequest) -> Loaded:
        loaded = read_back(request)
        return {**loaded, mode: {name: dataclasses.replace(one, **change) for name, one in loaded[mode].items()}}

    done = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "1"), REPO, loader=otherwise)
    assert done["error"]["code"] == "verify"
    assert f"\n{mode}: " in done["error"]["message"]
    assert said in done["error"]["message"]
    assert view(hub, REPO).tags == {}


@pytest.mark.usefixtures("large")
def test_damage_in_any_shard_is_found_before_the_tag(hub: LocalHub, seam: Seam, tmp_path: Path) -> None:
    build = write_build(tmp_path / "1")
    for number, record in enumerate(Manifest.load(build).data_files()):
        content = bytearray((build / record.path).read_bytes())
        content[len(content) // 2] ^= 1

        def damaged(
            _number: int, request: Request, path: str = record.path, body: bytes = bytes(content)
        ) -> Fault | None:
            found = request.method == "GET" and "resolve" in request.path and request.path.endswith(path)
            return answer(200, body=body) if found else None

        seam.choose = damaged
        done = publish_here(hub.endpoint, hub.token, build, f"{REPO}-{number}")
        assert done["error"]["code"] == "verify"
        assert f"{record.path} arrives with other bytes than the Hub lists" in done["error"]["message"]
        assert view(hub, f"{REPO}-{number}").tags == {}


def test_a_small_release_is_loaded_whole(tmp_path: Path) -> None:
    manifest = Manifest.load(write_build(tmp_path / "1"))
    plan = load_plan(manifest)
    assert plan.shards is None
    assert set(plan.held) == {file.path for file in manifest.data_files()}
    assert len(plan.streamed) == 1
