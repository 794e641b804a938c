"""What is sent again after a kill, and after an answer that is no: bytes counted at the Hub, over Xet and over LFS."""

import random
from pathlib import Path

import pytest

from release.builds import Row, write_build
from release.publisher import publish_here, publisher
from release.seam import Request, Seam, answer, drop_before, kill_after
from release.view import view
from tagpress.localhub import LocalHub

REPO = "me/toy"
SHARDS = 12
SHARD_BYTES = 2_000_000


def large_build(folder: Path) -> Path:
    """Write 12 shards of 2 MB each that nothing compresses and no two of which have a part in common."""
    source = random.Random(7)
    shards = [
        [
            Row(tokens=tuple(source.randbytes(500).hex() for _ in range(8)), tags=(0,) * 8)
            for _ in range(SHARD_BYTES // 4000)
        ]
        for _ in range(SHARDS)
    ]
    return write_build(folder, {"train": shards})


def sent(seam: Seam) -> int:
    """Return the bytes of content that the Hub has received."""
    paths = ("/xet/v1/xorbs/", "/lfs/")
    return sum(
        size for (method, path), size in seam.received.items() if method in {"POST", "PUT"} and path.startswith(paths)
    )


def is_content(one: Request) -> bool:
    return one.method in {"POST", "PUT"} and one.path.startswith(("/xet/v1/xorbs/", "/lfs/"))


def contents(seam: Seam) -> int:
    """Return how many parts of content the Hub has taken."""
    return sum(map(is_content, seam.acted))


@pytest.mark.parametrize(("xet", "percent"), [(True, 25), (True, 50), (True, 75), (False, 50)])
def test_after_a_kill_only_what_was_under_way_is_sent_again(tmp_path: Path, *, xet: bool, percent: int) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        build = large_build(tmp_path / "build")
        with publisher(hub.endpoint, hub.token, build, REPO, xet=xet) as (pid, outcome):
            kill, parts = kill_after(lambda: pid), SHARDS * percent // 100
            seam.choose = lambda _number, one: kill if contents(seam) >= parts and is_content(one) else None
            assert outcome().document is None
        before = sent(seam)
        seam.choose = lambda _number, _one: None
        seam.forget()
        done = publish_here(hub.endpoint, hub.token, build, REPO, xet=xet)
        assert done["tag"] == "v1.0.0"
        total = sum(path.stat().st_size for path in (build / "data").iterdir())
        assert before > total * percent / 100 * 0.8
        again = before + sent(seam) - total
        assert again <= 0.1 * total
        assert view(hub, REPO).titles == ["Release v1.0.0", "initial commit"]


@pytest.mark.parametrize("path", ["/xet/v1/shards", "/xet/v1/xorbs/", "/xet-write-token/"])
@pytest.mark.parametrize("fault", [answer(403), answer(401), answer(400), answer(500), drop_before])
def test_an_error_of_xet_does_not_send_everything_over_lfs(tmp_path: Path, path: str, fault) -> None:
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        failed: list[str] = []

        def choose(_number, one):
            if path in one.path and not failed:
                failed.append(one.path)
                return fault
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
