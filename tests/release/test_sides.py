"""A diff of directories and releases, in any mix; and a reader who looks on while a release happens."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from release.builds import SPLITS, rows, write_build
from release.cases import large, second
from release.publisher import QUICK, SHORT, publish_here
from release.seam import Seam
from release.view import view
from tagpress.diff import diff_builds
from tagpress.errors import NotOnHubError, UsageError, VerifyError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.sides import open_side

REPO = "me/toy"


@pytest.fixture
def hub(local: LocalHub) -> Hub:
    return Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)


def test_a_diff_of_any_mix(local: LocalHub, hub: Hub, seam: Seam, tmp_path: Path) -> None:
    one = write_build(tmp_path / "1")
    other = write_build(tmp_path / "2", {**SPLITS, "test": (rows(3, start=30),)}, version="1.1.0")
    for build in (one, other):
        publish_here(local.endpoint, local.token, build, REPO)
    found = []
    for old in (str(one), f"{REPO}@v1.0.0"):
        for new in (str(other), f"{REPO}@v1.1.0", REPO):
            seam.forget()
            with open_side(old, hub=hub) as before, open_side(new, hub=hub) as after:
                found.append(diff_builds(before, after).to_json())
            shards = sum(request.path.endswith(".parquet") for request in seam.requests)
            assert shards == sum("@" in where or where == REPO for where in (old, new))  # one differs, each side once
    assert all(diff == found[0] for diff in found)
    assert (found[0]["added"], found[0]["bump"], found[0]["changelog"]) == (1, "minor", ["1 sentence added (test 1)."])
    assert found[0]["examples"][0]["text"] == "sentence32 uses quick sort ."


def test_what_is_no_side(local: LocalHub, hub: Hub, tmp_path: Path) -> None:
    publish_here(local.endpoint, local.token, write_build(tmp_path / "1"), REPO)
    for where, error in ((f"{REPO}@v9.9.9", NotOnHubError), ("me/nothing", NotOnHubError), ("nowhere", UsageError)):
        with pytest.raises(error), open_side(where, hub=hub):
            pass


def test_a_shard_that_was_replaced_is_not_compared(local: LocalHub, hub: Hub, tmp_path: Path) -> None:
    publish_here(local.endpoint, local.token, write_build(tmp_path / "1"), REPO)
    hub.api.upload_file(
        path_or_fileobj=b"PAR1", path_in_repo="data/test-00000-of-00001.parquet", repo_id=REPO, repo_type="dataset"
    )
    other = write_build(tmp_path / "2", {**SPLITS, "test": (rows(3, start=30),)})
    with (
        open_side(REPO, hub=hub) as old,
        open_side(str(other), hub=hub) as new,
        pytest.raises(VerifyError, match="is not what was released"),
    ):
        diff_builds(old, new)


@pytest.mark.parametrize("builds", [second, large])
def test_a_reader_never_sees_a_mixture(
    local: LocalHub, builds: Callable[[Path, int], list[Path]], tmp_path: Path
) -> None:
    *earlier, last = builds(tmp_path, 1)
    for build in earlier or [write_build(tmp_path / "0", version="0.1.0")]:
        assert "error" not in publish_here(local.endpoint, local.token, build, REPO)
    before = view(local, REPO)
    assert before is not None
    seen: list[tuple[str, dict[str, str]]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found = view(local, REPO)
            assert found is not None
            seen.append((found.head, found.tree))
            assert before.tags.items() <= found.tags.items()

    reader = threading.Thread(target=look)
    reader.start()
    try:
        assert "error" not in publish_here(local.endpoint, local.token, last, REPO)
    finally:
        done.set()
        reader.join()
    after = view(local, REPO)
    assert after is not None
    trees = [tree for _, tree in seen]
    assert len(trees) > 1
    assert all(tree in (before.tree, after.tree) for tree in trees)
