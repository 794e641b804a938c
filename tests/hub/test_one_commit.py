"""A process that reads one commit lists it once, and is told of it what the Hub would say."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, HfFileSystem
from huggingface_hub.errors import EntryNotFoundError

from release.seam import Seam
from tagpress.hub import Hub, Repository, listed_once
from tagpress.hub.values import Change
from tagpress.hub.writing import commit, create
from tagpress.localhub import LocalHub

REPO = "me/toy"
FILES = {"README.md": b"---\nlicense: mit\n---\n", "data/a/x.txt": b"x", "data/b/y.txt": b"y", "data-more/z.txt": b"z"}


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HfApi, Seam, str]]:
    """A Hub with a commit of some files: how it is asked, what it was asked, and the commit."""
    seam = Seam()
    with LocalHub(tmp_path_factory.mktemp("hub"), wrap=seam) as local:
        repository = Repository(hub=Hub(endpoint=local.endpoint, token=local.token), repo=REPO)
        create(repository, private=False)
        refs = repository.refs()
        assert refs
        sha = commit(repository, Change(adds=FILES), parent=refs.head, title="Files")
        assert sha
        yield repository.hub.api, seam, sha


def listed(api: HfApi, folder: str | None, sha: str, *, recursive: bool) -> list[object]:
    found = api.list_repo_tree(REPO, folder, recursive=recursive, revision=sha, repo_type="dataset")
    return sorted((one.path, type(one).__name__, getattr(one, "size", 0)) for one in found)


def test_every_folder_is_listed_as_the_hub_lists_it_with_one_request(committed: tuple[HfApi, Seam, str]) -> None:
    api, seam, sha = committed
    asked = [(folder, recursive) for folder in (None, "data", "data/a", "data-more") for recursive in (False, True)]
    expected = [listed(api, folder, sha, recursive=recursive) for folder, recursive in asked]
    seam.forget()
    with listed_once(REPO, sha):
        assert [listed(api, folder, sha, recursive=recursive) for folder, recursive in asked] == expected
        with pytest.raises(EntryNotFoundError):
            listed(api, "dat", sha, recursive=False)
        with pytest.raises(EntryNotFoundError):
            listed(api, "README.md", sha, recursive=False)
    assert [request.method for request in seam.requests] == ["GET"]


def test_the_file_system_of_the_client_finds_its_files_there(committed: tuple[HfApi, Seam, str]) -> None:
    api, seam, sha = committed
    seam.forget()
    with listed_once(REPO, sha):
        files = HfFileSystem(endpoint=api.endpoint, token=api.token, skip_instance_cache=True)
        assert len(files.glob(f"datasets/{REPO}@{sha}/data/a/*.txt")) == 1
        assert files.cat(f"datasets/{REPO}@{sha}/data/a/x.txt") == b"x"
    assert len([request for request in seam.requests if "/tree/" in request.path]) == 1, seam.requests


def test_what_is_not_in_the_list_is_not_looked_for_and_what_is_arrives(
    committed: tuple[HfApi, Seam, str], tmp_path: Path
) -> None:
    api, seam, sha = committed
    seam.forget()
    known = {"repo_id": REPO, "repo_type": "dataset", "cache_dir": tmp_path}
    with listed_once(REPO, sha):
        for _ in range(2):
            with pytest.raises(EntryNotFoundError):
                api.hf_hub_download(filename="toy.py", revision=sha, **known)
        assert len(seam.requests) == 1
        assert Path(api.hf_hub_download(filename="data/a/x.txt", revision=sha, **known)).read_bytes() == b"x"


def test_a_branch_which_may_move_and_another_repository_are_asked_for_as_ever(
    committed: tuple[HfApi, Seam, str],
) -> None:
    api, seam, sha = committed
    seam.forget()
    with listed_once(REPO, sha):
        for _ in range(2):
            listed(api, None, "main", recursive=True)
        with pytest.raises(Exception, match="404"):
            api.hf_hub_download(repo_id="me/other", filename="a", revision=sha, repo_type="dataset")
    assert len([one for one in seam.requests if one.path.endswith("/tree/main")]) == 2
    assert [one for one in seam.requests if "me/other" in one.path]


def test_the_client_library_is_as_it_was_afterwards(committed: tuple[HfApi, Seam, str]) -> None:
    before = HfApi.list_repo_tree, HfApi.hf_hub_download
    with pytest.raises(KeyError), listed_once(REPO, committed[2]):
        raise KeyError
    assert (HfApi.list_repo_tree, HfApi.hf_hub_download) == before
