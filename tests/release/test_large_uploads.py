"""200 MB, killed at 25, 50 and 75 %: at most a tenth is sent again, over Xet and over LFS, bytes counted at the Hub."""

from pathlib import Path

import pytest

from release.interrupted import Killed, large_build, publish_killed

pytestmark = pytest.mark.slow
MB = 1_000_000
LAYOUTS = {
    "as tagpress cuts them": {"train": [40 * MB // 3] * 12, "validation": [20 * MB], "test": [20 * MB]},
    "many": {"train": [4 * MB] * 48, "validation": [4 * MB], "test": [4 * MB]},
    "few and large": {"train": [150 * MB], "validation": [25 * MB], "test": [25 * MB]},
    "one": {"train": [200 * MB]},
}


@pytest.fixture(scope="module", params=LAYOUTS)
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return large_build(tmp_path_factory.mktemp("large") / "build", LAYOUTS[request.param])


def told(build: Path, how: str, percent: int, killed: Killed) -> None:
    """Print what pytest -s shows: the figures for whoever wants to see them."""
    shards = len(list((build / "data").iterdir()))
    print(
        f"\n{how}, {shards} shards, {killed.total / MB:.0f} MB, killed at {percent} %: {killed.before / MB:.1f} MB sent,"
        f" then {killed.again / MB:.1f} MB again ({100 * killed.again / killed.total:.1f} %) in {killed.requests} requests"
    )


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_over_xet_at_most_a_tenth_is_sent_again(build: Path, tmp_path: Path, percent: int) -> None:
    killed = publish_killed(build, tmp_path / "hub", xet=True, percent=percent)
    told(build, "Xet", percent, killed)
    assert killed.again <= 0.1 * killed.total


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_over_lfs_at_most_a_tenth_or_the_largest_shard_is_sent_again(build: Path, tmp_path: Path, percent: int) -> None:
    killed = publish_killed(build, tmp_path / "hub", xet=False, percent=percent)
    told(build, "LFS", percent, killed)
    largest = max(path.stat().st_size for path in (build / "data").iterdir())
    assert killed.again <= max(0.1 * killed.total, largest)
