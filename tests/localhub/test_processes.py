"""Several servers over one root are one Hub."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError

from localhub.client import KIND, LARGE, put
from localhub.server_process import server_process
from tagpress.localhub import LocalHub

TOKEN = "hf_shared"
REPO = "tests/shared"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HfApi, HfApi]]:
    """Clients of two processes, one of them this one, over the same root."""
    root: Path = tmp_path_factory.mktemp("shared")
    with LocalHub(root, token=TOKEN) as hub, server_process(root, TOKEN) as (endpoint, _):
        yield HfApi(endpoint=hub.endpoint, token=TOKEN), HfApi(endpoint=endpoint, token=TOKEN)


def status(change: Callable[[], object]) -> int:
    """Return the HTTP status that a change ends with."""
    try:
        change()
    except HfHubHTTPError as error:
        return error.response.status_code
    return 200


def race(both: tuple[HfApi, HfApi], change: Callable[[HfApi, int], object]) -> list[int]:
    """Make eight changes at once, by turns through either process; return how they ended."""
    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(lambda at: status(lambda: change(both[at % 2], at)), range(8)))


def test_what_one_writes_the_other_serves(both: tuple[HfApi, HfApi], tmp_path: Path) -> None:
    one, other = both
    one.create_repo(REPO, **KIND)
    info = put(one, REPO, {"a.bin": LARGE})
    assert other.dataset_info(REPO).sha == info.oid
    assert Path(other.hf_hub_download(REPO, "a.bin", cache_dir=tmp_path, **KIND)).read_bytes() == LARGE
    other.update_repo_settings(REPO, private=True, **KIND)
    assert one.dataset_info(REPO).private


def test_of_racing_changes_exactly_one_wins(both: tuple[HfApi, HfApi]) -> None:
    both[0].create_repo(REPO, exist_ok=True, **KIND)
    for number in range(5):
        settings = {"parent_commit": both[0].dataset_info(REPO).sha}
        commit = partial(put, repo=REPO, **settings)
        assert (
            race(both, lambda api, at, commit=commit: commit(api, files={f"{at}": os.urandom(8)})) == [200] + [412] * 7
        )
        tag = {"repo_id": REPO, "tag": f"v{number}", **KIND}
        assert race(both, lambda api, _, tag=tag: api.create_tag(**tag)) == [200] + [409] * 7
        repo = {"repo_id": f"tests/r{number}", **KIND}
        assert race(both, lambda api, _, repo=repo: api.create_repo(**repo)) == [200] + [409] * 7


def test_pull_requests_have_numbers_of_their_own(both: tuple[HfApi, HfApi]) -> None:
    both[0].create_repo("tests/pulls", **KIND)
    with ThreadPoolExecutor(8) as pool:
        opened = pool.map(
            lambda at: put(both[at % 2], "tests/pulls", {f"{at}": b"x"}, create_pr=True).pr_num, range(12)
        )
        assert sorted(opened) == list(range(1, 13))
        merged = pool.map(
            lambda number: status(lambda: both[number % 2].merge_pull_request("tests/pulls", number, **KIND)),
            range(1, 13),
        )
        assert set(merged) == {200}
    assert len(both[1].list_repo_files("tests/pulls", **KIND)) == 13


def test_commits_race_a_deletion(both: tuple[HfApi, HfApi], caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        both[0].create_repo("tests/doomed", **KIND)
        with ThreadPoolExecutor(6) as pool:
            writes = [
                pool.submit(status, lambda at=at: put(both[at % 2], "tests/doomed", {f"{at}": b"x"}))
                for at in range(10)
            ]
            gone = pool.submit(status, lambda: both[1].delete_repo("tests/doomed", **KIND))
            assert {write.result() for write in writes} <= {200, 404}
            assert gone.result() == 200
        assert not both[0].repo_exists("tests/doomed", **KIND)
    assert "Traceback" not in caplog.text
