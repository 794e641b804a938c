"""Whatever a Hub answers, every consuming command ends soon, with one typed error, and writes only where it should."""

from pathlib import Path

import pytest

from hostile.attacks import ATTACKS
from hostile.consumer import COMMANDS, Outcome, consume
from hostile.hub import Hub, serving

pytestmark = pytest.mark.hostile

LONGEST = 10.0  # seconds
MOST = 300 << 20  # bytes above the honest run


def attacked(files: dict[str, bytes], name: str | None, folder: Path) -> dict[str, Outcome]:
    home, out = folder / "deep" / "home", folder / "deep" / "out"
    for path in (home, out):
        path.mkdir(parents=True)
    hub = Hub(dict(files))
    if name is not None:
        ATTACKS[name].change(hub)
    with serving(hub):
        return consume(hub.url, home, out)


@pytest.fixture(scope="session")
def honest(files, tmp_path_factory) -> dict[str, Outcome]:
    return attacked(files, None, tmp_path_factory.mktemp("untouched"))


def test_the_hub_is_honest_unless_it_is_told_otherwise(honest):
    assert {name: (found.exit, found.said[-300:]) for name, found in honest.items() if found.exit} == {}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack(name, files, honest, tmp_path):
    found = attacked(files, name, tmp_path)
    assert found.keys() == COMMANDS.keys(), found
    wrong = {command: outcome for command, outcome in found.items() if outcome.exit not in {0, 1, 3, 4}}
    assert wrong == {}
    assert {command for command in ATTACKS[name].refused_by if found[command].exit == 0} == set()
    assert {command: one.seconds for command, one in found.items() if one.seconds > LONGEST} == {}
    above = {command: one.peak - max(0, honest[command].peak) for command, one in found.items()}
    assert {command: size for command, size in above.items() if size > MOST} == {}
    assert {command: one.said for command, one in found.items() if one.exit and not _is_typed(one)} == {}
    assert not [command for command, one in found.items() if "\x1b" in one.said]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep"]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["home", "out"]
    assert not list(tmp_path.rglob("*escaped*"))
    assert not list(tmp_path.rglob("ran"))
    assert not Path("/tmp/tagpress-escaped").exists()


def _is_typed(outcome: Outcome) -> bool:
    """Tell whether it says one error with a code; verify has a list of problems instead, and its exit code is 1."""
    return bool(outcome.error) or (outcome.exit == 1 and '"problems"' in outcome.said)
