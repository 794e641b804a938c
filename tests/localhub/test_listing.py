import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RevisionNotFoundError

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire
from tagpress.localhub import LocalHub, listing


def test_a_tree_lists_one_folder_or_everything_below(api: HfApi, repo: str) -> None:
    put(api, repo, {"a/b/c.txt": b"c", "a/large.bin": LARGE, "z.txt": b"z"})
    assert [one.path for one in api.list_repo_tree(repo, **KIND)] == [".gitattributes", "a", "z.txt"]
    assert [one.path for one in api.list_repo_tree(repo, "a", **KIND)] == ["a/b", "a/large.bin"]
    below = ["a/b", "a/b/c.txt", "a/large.bin"]
    assert [one.path for one in api.list_repo_tree(repo, "a", recursive=True, **KIND)] == below
    (large,) = api.get_paths_info(repo, ["a/large.bin"], **KIND)
    assert (large.size, large.lfs.size) == (len(LARGE), len(LARGE))


@pytest.mark.parametrize("path", ["nowhere", "z.txt"])
def test_what_is_no_folder_has_no_tree(api: HfApi, repo: str, path: str) -> None:
    put(api, repo, {"z.txt": b"z"})
    with pytest.raises(EntryNotFoundError):
        list(api.list_repo_tree(repo, path, **KIND))


def test_an_unknown_revision_has_its_own_error(api: HfApi, repo: str) -> None:
    for ask in (
        lambda: api.dataset_info(repo, revision="v9"),
        lambda: list(api.list_repo_tree(repo, revision="v9", **KIND)),
        lambda: api.get_paths_info(repo, ["a"], revision="0" * 40, **KIND),
        lambda: api.list_repo_commits(repo, revision="refs/pr/1", **KIND),
        lambda: api.hf_hub_download(repo, "a", revision="v9", **KIND),
    ):
        with pytest.raises(RevisionNotFoundError):
            ask()
    assert not api.revision_exists(repo, "v9", **KIND)


def test_a_long_tree_comes_in_pages_of_one_commit(
    api: HfApi, repo: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 7)
    monkeypatch.setattr(listing, "PAGE_EXPANDED", 3)
    files = {f"data/{number:03}.txt": b"x" for number in range(20)}
    head = put(api, repo, files).oid
    assert [one.path for one in api.list_repo_tree(repo, "data", **KIND)] == list(files)
    assert [one.path for one in api.list_repo_tree(repo, recursive=True, expand=True, **KIND)][2:] == list(files)
    first = wire("GET", f"/api/datasets/{repo}/tree/main/data?recursive=false&expand=false")
    assert f"/tree/{head}/data?" in first.headers["link"]
    assert len(first.json) == 7


def test_an_expanded_tree_names_the_last_commit_of_each_entry(api: HfApi, repo: str) -> None:
    first = put(api, repo, {"a/old.txt": b"1", "a/new.txt": b"1"})
    second = put(api, repo, {"a/new.txt": b"2"})
    third = put(api, repo, {"other.txt": b"3"})
    found = {one.path: one.last_commit.oid for one in api.list_repo_tree(repo, recursive=True, expand=True, **KIND)}
    del found[".gitattributes"]
    assert found == {"a": second.oid, "a/old.txt": first.oid, "a/new.txt": second.oid, "other.txt": third.oid}


def test_paths_that_exist_are_described(api: HfApi, repo: str, wire: Wire) -> None:
    put(api, repo, {"a/b.txt": b"12"})
    file, folder = api.get_paths_info(repo, ["a/b.txt", "a", "missing"], expand=True, **KIND)
    assert (file.path, file.size, folder.path) == ("a/b.txt", 2, "a")
    assert file.last_commit.title == "put"
    too_many = "&".join(f"paths={number}" for number in range(1001)).encode()
    assert wire("POST", f"/api/datasets/{repo}/paths-info/main", too_many).status == 413


def test_history_comes_newest_first_in_pages(api: HfApi, repo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 4)
    made = [put(api, repo, {"a.txt": b"%d" % number}).oid for number in range(9)]
    found = api.list_repo_commits(repo, formatted=True, **KIND)
    assert [commit.commit_id for commit in found[:-1]] == made[::-1]
    assert (found[-1].title, found[0].formatted_title, found[0].authors) == ("initial commit", "put", ["local"])
    at_third = api.list_repo_commits(repo, revision=made[2], **KIND)
    assert [commit.commit_id for commit in at_third[:3]] == made[2::-1]


@pytest.mark.parametrize("query", ["limit=x", "cursor=-1", "cursor=" + "9" * 30])
def test_a_number_in_a_query_is_a_number(wire: Wire, repo: str, query: str) -> None:
    assert wire("GET", f"/api/datasets/{repo}/tree/main?{query}").status == 400


def test_unknown_routes_answer_json(wire: Wire) -> None:
    for method, path in (
        ("GET", "/static/x.js"),
        ("GET", "/api/collections/x/y"),
        ("PATCH", "/api/whoami-v2"),
        ("GET", "/info"),
    ):
        found = wire(method, path)
        assert (found.status, found.json["error"]) == (404, found.headers["x-error-message"])
        assert found.headers["x-request-id"]


def test_an_error_carries_its_request_id(api: HfApi) -> None:
    with pytest.raises(HfHubHTTPError) as caught:
        api.dataset_info("tests/nowhere")
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("Root=")


def test_a_client_that_stays_gets_all_its_answers(hub: LocalHub, repo: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(hub.endpoint).netloc, timeout=10)
    for _ in range(3):
        connection.request("POST", "/api/nowhere", b"x" * (1 << 20))  # refused before it was read
        assert connection.getresponse().read().startswith(b'{"error"')
        connection.request("GET", f"/datasets/{repo}/resolve/main/.gitattributes")
        assert b"filter=lfs" in connection.getresponse().read()
    connection.close()


def test_checksums_of_a_download_agree(api: HfApi, repo: str, tmp_path: Path) -> None:
    put(api, repo, {"a.txt": b"a", "b.bin": LARGE})
    api.snapshot_download(repo, local_dir=tmp_path, **KIND)
    found = api.verify_repo_checksums(repo, local_dir=tmp_path, **KIND)
    assert (found.checked_count, found.mismatches, found.missing_paths) == (3, [], [])
    (tmp_path / "b.bin").write_bytes(b"flipped")
    assert len(api.verify_repo_checksums(repo, local_dir=tmp_path, **KIND).mismatches) == 1
