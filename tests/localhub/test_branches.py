import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError, HfHubHTTPError, RevisionNotFoundError

from localhub.client import KIND, put


def test_a_tag_stays_where_it_was_put(api: HfApi, repo: str) -> None:
    first = put(api, repo, {"a.txt": b"1"})
    api.create_tag(repo, tag="v1.0.0", revision=first.oid, tag_message="the first", **KIND)
    second = put(api, repo, {"a.txt": b"2"})
    with pytest.raises(HfHubHTTPError) as caught:
        api.create_tag(repo, tag="v1.0.0", revision=second.oid, **KIND)
    assert caught.value.response.status_code == 409
    api.create_tag(repo, tag="v1.0.0", revision=second.oid, exist_ok=True, **KIND)
    api.create_tag(repo, tag="v1.0.1", **KIND)
    tags = {tag.name: (tag.ref, tag.target_commit) for tag in api.list_repo_refs(repo, **KIND).tags}
    assert tags == {"v1.0.0": ("refs/tags/v1.0.0", first.oid), "v1.0.1": ("refs/tags/v1.0.1", second.oid)}
    assert api.dataset_info(repo, revision="v1.0.0").sha == first.oid


def test_a_tag_can_be_deleted_and_made_again(api: HfApi, repo: str) -> None:
    head = put(api, repo, {"a.txt": b"1"})
    api.create_tag(repo, tag="v1", revision=head.oid, **KIND)
    api.delete_tag(repo, tag="v1", **KIND)
    with pytest.raises(RevisionNotFoundError):
        api.delete_tag(repo, tag="v1", **KIND)
    api.create_tag(repo, tag="v1", **KIND)
    with pytest.raises(RevisionNotFoundError):
        api.create_tag(repo, tag="v2", revision="nowhere", **KIND)


def test_branches_part_and_go(api: HfApi, repo: str) -> None:
    base = put(api, repo, {"a.txt": b"1"})
    api.create_branch(repo, branch="deep/work", revision=base.oid, **KIND)
    with pytest.raises(HfHubHTTPError) as caught:
        api.create_branch(repo, branch="deep/work", **KIND)
    assert caught.value.response.status_code == 409
    api.create_branch(repo, branch="deep/work", exist_ok=True, **KIND)
    work = put(api, repo, {"b.txt": b"2"}, revision="deep/work")
    heads = {branch.name: branch.target_commit for branch in api.list_repo_refs(repo, **KIND).branches}
    assert heads == {"main": base.oid, "deep/work": work.oid}
    assert api.file_exists(repo, "b.txt", revision="deep/work", **KIND)
    assert not api.file_exists(repo, "b.txt", **KIND)
    api.delete_branch(repo, branch="deep/work", **KIND)
    with pytest.raises(RevisionNotFoundError):
        api.delete_branch(repo, branch="deep/work", **KIND)
    api.create_branch(repo, branch="deep", **KIND)


def test_the_main_branch_stays(api: HfApi, repo: str) -> None:
    with pytest.raises(HfHubHTTPError) as caught:
        api.delete_branch(repo, branch="main", **KIND)
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize("name", ["refs/pr/5", "HEAD", "a" * 40, "a..b", "x.lock", "-/", "main/sub"])
def test_a_branch_that_would_hide_something_is_refused(api: HfApi, repo: str, name: str) -> None:
    with pytest.raises(BadRequestError):
        api.create_branch(repo, branch=name, **KIND)


def test_a_squash_leaves_the_files_and_one_commit(api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"1"})
    put(api, repo, {"a.txt": b"2", "b.txt": b"3"})
    files = api.list_repo_files(repo, **KIND)
    api.super_squash_history(repo, commit_message="all of it", **KIND)
    assert [commit.title for commit in api.list_repo_commits(repo, **KIND)] == ["all of it"]
    assert api.list_repo_files(repo, **KIND) == files
