"""200 MB, killed at 25, 50 and 75 %: at most a tenth is sent again, over Xet and over LFS, bytes counted at the Hub."""

import shutil
from collections.abc import Callable, Iterator
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
# What is released is killed at each place over both; of the other layouts each at one place over each.
CASES = [("as tagpress cuts them", xet, percent) for xet in (True, False) for percent in (25, 50, 75)] + [
    ("many", True, 25),
    ("many", False, 50),
    ("few and large", True, 50),
    ("few and large", False, 75),
    ("one", True, 75),
    ("one", False, 25),
]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """Builds by their layout, each made once."""
    made = tmp_path_factory.mktemp("large")

    def build(name: str) -> Path:
        folder = made / name.replace(" ", "-")
        return folder if folder.exists() else large_build(folder, LAYOUTS[name])

    yield build
    shutil.rmtree(made)


def told(build: Path, how: str, percent: int, killed: Killed) -> None:
    """Print what pytest -s shows: the figures for whoever wants to see them."""
    shards = len(list((build / "data").iterdir()))
    print(
        f"\n{how}, {shards} shards, {killed.total / MB:.0f} MB, killed at {percent} %: {killed.before / MB:.1f} MB sent,"
        f" then {killed.again / MB:.1f} MB again ({100 * killed.again / killed.total:.1f} %) in {killed.requests} requests"
    )


@pytest.mark.parametrize(("name", "xet", "percent"), CASES)
def test_at_most_a_tenth_or_over_lfs_the_largest_shard_is_sent_again(
    layout: Callable[[str], Path], tmp_path: Path, *, name: str, xet: bool, percent: int
) -> None:
    build = layout(name)
    killed = publish_killed(build, tmp_path / "hub", xet=xet, percent=percent)
    told(build, "Xet" if xet else "LFS", percent, killed)
    largest = max(path.stat().st_size for path in (build / "data").iterdir())
    assert killed.again <= max(0.1 * killed.total, 0 if xet else largest)
