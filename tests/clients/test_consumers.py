"""
Does the light install give the same rows at both ends of every range that pyproject.toml names, and is it as careful?

Each consumer of consumers.txt lives in an environment of its own, `$TAGPRESS_CLIENTS/NAME`, which has the wheel.
"""

import json
import re
import socket
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from clients.released import Released, client, run
from hostile.attacks import ATTACKS
from hostile.hub import Hub, serving
from release.seam import Fault, Request, answer, drop_before

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
LINES = [line.split() for line in (HERE / "consumers.txt").read_text().splitlines() if line[:1].isalpha()]
CONSUMERS = {name: requirements for name, *requirements in LINES}
OVER = {"lowest": "requests", "hub-1": "httpx"}  # the HTTP libraries that the tests' own environment has not
MOST = 300 << 20  # bytes, of one attack
LONGEST = 30.0  # seconds, of which importing and busy machines may have most


@pytest.fixture(scope="module")
def expected(released: Released, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What this environment reads, whose rows are those of the build."""
    found = run(
        "here", "consuming.py", *released.version, home=tmp_path_factory.mktemp("here"), hub=released.hub.endpoint
    )
    rows = [
        list(row.values())
        for path in sorted(released.build.glob("data/train-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    ]
    assert found["streamed"] == rows
    assert found["resumed"] != rows
    assert sorted(found["resumed"], key=str) == sorted(rows, key=str) == found["loaded"]["train, map-style"]
    assert any(-100 not in row and len(set(row)) > 1 for row in found["aligned"][1])
    return found


@pytest.mark.parametrize("name", CONSUMERS)
def test_a_consumer_reads_the_same_rows(released: Released, expected, tmp_path: Path, name: str) -> None:
    seen = run(name, "consuming.py", *released.version, home=tmp_path, hub=released.hub.endpoint)
    versions = seen["versions"]
    print(name, versions)
    assert Path(seen["tagpress"]).is_relative_to(client(name).parents[1])
    for part in ("labels", "streamed", "resumed", "aligned"):
        assert seen[part] == expected[part], part
    assert seen["loaded"] in (None, expected["loaded"])
    for wanted in CONSUMERS[name]:
        package, _, version = wanted.partition("==")
        assert not version or package not in versions or versions[package] == version


@pytest.mark.parametrize("name", OVER)
def test_what_fails_once_is_asked_again(released: Released, expected, tmp_path: Path, name: str) -> None:
    failed: set[tuple[str, str]] = set()
    faults = iter([answer(503), drop_before, answer(429, {"retry-after": "0"}), answer(502)])

    def choose(_number: int, request: Request) -> Fault | None:
        kind = request.method, re.sub(r"(\w+-\d+-of-\d+|\b[0-9a-f]{40})\S*", "", request.path)
        if kind in failed:
            return None
        failed.add(kind)
        return next(faults, answer(500))

    released.seam.choose = choose
    seen = run(name, "consuming.py", *released.version, home=tmp_path, hub=released.hub.endpoint)
    released.seam.forget()
    assert len(failed) > 2
    assert seen["streamed"] == expected["streamed"]


@pytest.fixture(scope="module")
def hubs(files: dict[str, bytes]) -> Iterator[dict[str, str]]:
    """An honest Hub, and one for each attack on who streams."""
    with ExitStack() as stack:
        served = {"": stack.enter_context(serving(Hub(dict(files)))).url}
        for name in (name for name in ATTACKS if "stream" in ATTACKS[name].refused_by):
            hub = Hub(dict(files))
            ATTACKS[name].change(hub)
            served[name] = stack.enter_context(serving(hub)).url
        yield served


@pytest.mark.parametrize("name", OVER)
def test_a_hostile_hub_is_refused(hubs: dict[str, str], tmp_path: Path, name: str) -> None:
    ended = run(name, "guarded.py", "attacks", str(tmp_path), home=tmp_path, said=json.dumps(hubs))
    assert ended.pop("")["error"] == ""
    assert [attack for attack, how in ended.items() if not how["error"]] == []
    assert {attack: how["seconds"] for attack, how in ended.items() if how["seconds"] > LONGEST} == {}
    assert {attack: how["bytes"] for attack, how in ended.items() if how["bytes"] > MOST} == {}
    assert not Path("/tmp/tagpress-escaped").exists()


@pytest.mark.parametrize("name", OVER)
def test_settings_are_the_users_between_calls(hubs: dict[str, str], tmp_path: Path, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silence = f"http://127.0.0.1:{silent.getsockname()[1]}"
        found = run(name, "guarded.py", "settings", hubs[""], silence, home=tmp_path)
    assert found["before"] == found["after"] == found["last"]
    is_theirs, agent, telemetry_off, verbosity, is_kept = found["inside"]
    assert (is_theirs, agent, telemetry_off, verbosity, is_kept) == (False, "theirs", True, 40, True)
    assert found["said"].startswith("hub-unreachable: ")
    assert "ReadTimeout" in found["said"]
    assert found["seconds"] < 5


def test_the_lowest_consumer_has_the_floors_of_the_project(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["load"]]
    floors = {re.sub(r">=([\d.]+).*", r"==\1", one) for one in named}
    lowest = {one for one in CONSUMERS["lowest"] if "==" in one}
    assert {re.sub(r"(\.0)+$", "", one) for one in floors} == {re.sub(r"(\.0)+$", "", one) for one in lowest}
