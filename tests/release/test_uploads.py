"""What is sent again after a kill, and after an answer that is no: bytes counted at the Hub, over Xet and over LFS."""

from pathlib import Path

import pytest

from release.builds import write_build
from release.interrupted import large_build, publish_killed
from release.publisher import publish_here
from release.seam import Seam, answer, drop_before
from release.view import view
from tagpress.corpus.records import FileRecord
from tagpress.localhub import LocalHub
from tagpress.release.checked_build import build_store
from tagpress.release.steps import AT_ONCE, Shard, in_parts, in_steps
from tagpress.release.stored_file import Stored

REPO = "me/toy"
SHARDS = 12
SHARD_BYTES = 2_000_000
FAULTS = {"403": answer(403), "401": answer(401), "400": answer(400), "500": answer(500), "dropped before": drop_before}
QUICK = {  # each fault, and each path; the gate runs all
    ("/xet/v1/shards", "403"),
    ("/xet/v1/xorbs/", "400"),
    ("/xet/v1/xorbs/", "dropped before"),
    ("/xet-write-token/", "401"),
    ("/xet-write-token/", "500"),
}


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of many shards, which takes longer to make than to send."""
    return large_build(tmp_path_factory.mktemp("shards") / "build", {"train": [SHARD_BYTES] * SHARDS})


@pytest.mark.parametrize(
    ("xet", "percent"),
    [
        pytest.param(True, 25, marks=pytest.mark.slow),
        (True, 50),
        pytest.param(True, 75, marks=pytest.mark.slow),
        (False, 50),
    ],
)
def test_after_a_kill_only_what_was_under_way_is_sent_again(
    shards: Path, tmp_path: Path, *, xet: bool, percent: int
) -> None:
    killed = publish_killed(shards, tmp_path / "hub", xet=xet, percent=percent)
    assert killed.again <= 0.1 * killed.total


@pytest.mark.slow
def test_over_xet_a_large_shard_is_not_sent_again_as_a_whole(tmp_path: Path) -> None:
    build = large_build(tmp_path / "build", {"train": [13 * SHARD_BYTES]})
    killed = publish_killed(build, tmp_path / "hub", xet=True, percent=75)
    assert killed.total > AT_ONCE
    assert killed.again <= (8 << 20) + 500_000  # one part, and what is around the ends of all


def test_a_hub_without_xet_is_sent_no_parts(tmp_path: Path) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        seam.choose = lambda _number, one: answer(404) if "/xet" in one.path else None
        build = large_build(tmp_path / "build", {"train": [9 * SHARD_BYTES]})
        assert publish_here(hub.endpoint, hub.token, build, REPO, xet=True)["tag"] == "v1.0.0"
        assert seam.count("PUT", "/lfs/") == 1


def test_shards_are_sent_in_groups_of_at_most_an_eleventh(tmp_path: Path) -> None:
    def shards(*sizes: int) -> list[Shard]:
        store = build_store(tmp_path)
        return [
            (FileRecord(path=f"data/{number}", bytes=size, sha256="0" * 64), Stored(store, f"data/{number}", size))
            for number, size in enumerate(sizes)
        ]

    groups = in_steps(shards(10, 20, 30, 70, 100, 1, 99), total=1100)
    assert [[record.bytes for record, _ in group] for group in groups] == [[10, 20, 30], [70], [100], [1, 99]]
    assert in_steps([], total=0) == []
    assert in_parts(AT_ONCE, total=AT_ONCE) == []
    parts = in_parts(AT_ONCE + 1, total=AT_ONCE + 1)
    assert [len(part) for part in parts] == [8 << 20, 8 << 20, 1]
    assert [len(part) for part in in_parts(100 << 20, total=160 << 20)] == [10 << 20] * 10


@pytest.mark.parametrize(
    ("path", "name"),
    [
        pytest.param(path, name, marks=() if (path, name) in QUICK else pytest.mark.slow)
        for path in ("/xet/v1/shards", "/xet/v1/xorbs/", "/xet-write-token/")
        for name in FAULTS
    ],
)
def test_an_error_of_xet_does_not_send_everything_over_lfs(tmp_path: Path, path: str, name: str) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        failed: list[str] = []

        def choose(_number, one):
            if path in one.path and not failed:
                failed.append(one.path)
                return FAULTS[name]
            return None

        seam.choose = choose
        build = write_build(tmp_path / "build")
        done = publish_here(hub.endpoint, hub.token, build, REPO, xet=True)
        assert failed
        assert seam.count("PUT", "/lfs/") == 0
        assert done.get("tag") == "v1.0.0" or "upload to me/toy" in done["error"]["message"]


def test_a_hub_without_xet_is_sent_everything_over_lfs(tmp_path: Path) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        seam.choose = lambda _number, one: answer(404) if "/xet" in one.path else None
        done = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "build"), REPO, xet=True)
        assert done["tag"] == "v1.0.0"
        assert seam.count("PUT", "/lfs/") > 0


def test_a_hub_that_always_refuses_xet_is_said_to(tmp_path: Path) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        seam.choose = lambda _number, one: answer(403) if "/xet-write-token/" in one.path else None
        refused = publish_here(hub.endpoint, hub.token, write_build(tmp_path / "build"), REPO, xet=True)
        assert refused["exit_code"] == 3
        assert "403" in refused["error"]["message"]
        assert seam.count("PUT", "/lfs/") == 0
        assert view(hub, REPO).tags == {}
