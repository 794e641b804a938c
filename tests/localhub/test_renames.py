"""A repository with another name: its old one leads to it, for every client, until somebody takes it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import RepositoryNotFoundError

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire
from tagpress.localhub import LocalHub, renames
from tagpress.localhub.names import RepoName
from tagpress.localhub.storage import open_store


@pytest.fixture
def moved(api: HfApi, repo: str) -> tuple[str, str]:
    """The old and the new name of a repository with a small and a large file."""
    put(api, repo, {"a b/ö.txt": b"small", "large.bin": LARGE})
    api.create_tag(repo, tag="v1.0.0", **KIND)
    new = f"{repo}-new"
    api.move_repo(repo, new, **KIND)
    return repo, new


def test_the_old_name_answers_for_the_new_one(api: HfApi, moved: tuple[str, str], tmp_path: Path) -> None:
    old, new = moved
    assert api.dataset_info(old, revision="v1.0.0").id == new
    assert api.list_repo_refs(old, **KIND) == api.list_repo_refs(new, **KIND)
    assert api.list_repo_files(old, **KIND) == api.list_repo_files(new, **KIND)
    assert [found.path for found in api.get_paths_info(old, ["large.bin"], **KIND)] == ["large.bin"]
    for path, content in {"a b/ö.txt": b"small", "large.bin": LARGE}.items():
        found = api.hf_hub_download(old, path, cache_dir=tmp_path, revision="v1.0.0", **KIND)
        assert Path(found).read_bytes() == content
    assert api.file_exists(old, "large.bin", **KIND)


def test_what_is_written_to_the_old_name_arrives_at_the_new_one(api: HfApi, moved: tuple[str, str]) -> None:
    old, new = moved
    put(api, old, {"more.txt": b"x", "more.bin": LARGE[:-1]})
    assert {"more.txt", "more.bin"} <= set(api.list_repo_files(new, **KIND))
    assert api.create_repo(new, exist_ok=True, **KIND).repo_id == new


def test_the_address_keeps_what_was_quoted_and_asked(wire: Wire, moved: tuple[str, str]) -> None:
    old, new = moved
    asked = (
        "/api/datasets/{}/tree/refs%2Fheads%2Fmain/a%20b?recursive=true&x=%2F",
        "/datasets/{}/resolve/main/a%20b/%C3%B6.txt",
        "/datasets/{}.git/info/refs?service=git-upload-pack",
        "/datasets/{}",
    )
    for target in asked:
        answered = wire("GET", target.format(old))
        assert (answered.status, answered.headers["location"]) == (307, target.format(new))
        assert wire("GET", answered.headers["location"]).status == 200


def test_git_clones_by_the_old_name(hub: LocalHub, moved: tuple[str, str], tmp_path: Path) -> None:
    url = f"{hub.endpoint}/datasets/{moved[0]}"
    subprocess.run(["git", "clone", "-q", url, str(tmp_path / "clone")], check=True, capture_output=True, timeout=60)
    assert (tmp_path / "clone" / "a b" / "ö.txt").read_bytes() == b"small"


def test_who_may_not_know_of_a_repository_is_not_told_its_name(
    api: HfApi, hub: LocalHub, moved: tuple[str, str]
) -> None:
    old, new = moved
    api.update_repo_settings(new, private=True, **KIND)
    with pytest.raises(RepositoryNotFoundError) as caught:
        HfApi(endpoint=hub.endpoint, token=False).dataset_info(old)
    assert new not in str(caught.value).replace(old, "")
    assert api.dataset_info(old).id == new


def test_a_name_leads_through_every_later_name(api: HfApi, hub_root: Path, moved: tuple[str, str]) -> None:
    old, new = moved
    api.move_repo(new, f"{new}er", **KIND)
    assert api.dataset_info(old).id == api.dataset_info(new).id == f"{new}er"
    api.create_repo(new, **KIND)  # the name between them is taken
    assert api.dataset_info(new).id == new
    assert api.dataset_info(old).id == f"{new}er"
    api.delete_repo(new, **KIND)
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info(new)
    api.move_repo(f"{new}er", old, **KIND)  # back
    assert api.dataset_info(old).id == api.dataset_info(f"{new}er").id == old
    assert not list((hub_root / "moved").glob(f"*/*/{old.partition('/')[2]}.json"))


def test_a_deleted_repository_leaves_no_name_behind(api: HfApi, moved: tuple[str, str]) -> None:
    old, new = moved
    api.delete_repo(new, **KIND)
    api.create_repo(new, **KIND)
    with pytest.raises(RepositoryNotFoundError):
        api.dataset_info(old)


def test_a_move_that_dies_between_its_steps_loses_no_name(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    first, second, third = (RepoName("datasets", "me", name) for name in ("first", "second", "third"))
    store.repository(second).mkdir(parents=True)
    renames.note_move(store, first, second)
    renames.note_move(store, second, third)
    assert renames.name_now(store, first) == second  # it died before
    store.repository(second).rename(store.repository(third))
    assert renames.name_now(store, first) == renames.name_now(store, second) == third  # it died after
    renames.follow_moved(store, second, third)
    note = tmp_path / "moved/datasets/me/first.json"
    assert json.loads(note.read_bytes()) == {"to": "me/third"}
    renames.note_move(store, third, first)  # no repository at all: a circle ends
    store.repository(third).rename(tmp_path / "gone")
    assert renames.name_now(store, first) is None


def test_datasets_loads_by_the_old_name(api: HfApi, repo: str, child: Callable[..., Any]) -> None:
    put(api, repo, {"data.jsonl": b'{"a": 1}\n'})
    api.move_repo(repo, f"{repo}-new", **KIND)
    script = (
        "import datasets, json, sys; print(json.dumps(datasets.load_dataset(sys.argv[1], split='train').to_list()))"
    )
    assert child(script, repo) == [{"a": 1}]
