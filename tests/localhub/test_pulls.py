from pathlib import Path

import pytest
from huggingface_hub import DiscussionComment, DiscussionCommit, DiscussionStatusChange, HfApi
from huggingface_hub.errors import BadRequestError, HfHubHTTPError

from localhub.client import KIND, LARGE, put
from localhub.plain import Wire
from tagpress.localhub import LocalHub


def test_a_commit_can_open_a_pull_request(api: HfApi, repo: str, hub: LocalHub) -> None:
    main = put(api, repo, {"a.txt": b"1"})
    info = put(api, repo, {"b.bin": LARGE}, create_pr=True)
    assert info.pr_url == f"{hub.endpoint}/datasets/{repo}/discussions/1"
    assert (info.pr_num, info.pr_revision) == (1, "refs/pr/1")
    assert api.dataset_info(repo).sha == main.oid
    assert api.dataset_info(repo, revision="refs/pr/1").sha == info.oid
    refs = api.list_repo_refs(repo, include_pull_requests=True, **KIND)
    assert refs.pull_requests is not None
    assert [(one.name, one.ref, one.target_commit) for one in refs.pull_requests] == [("1", "refs/pr/1", info.oid)]
    found = api.get_discussion_details(repo, 1, **KIND)
    assert (found.status, found.is_pull_request, found.target_branch) == ("open", True, "refs/heads/main")
    assert "+size 2097153" in (found.diff or "")


def test_a_draft_grows_and_is_merged_as_one_commit(api: HfApi, repo: str, tmp_path: Path) -> None:
    pull = api.create_pull_request(repo, title="A release", description="in parts", **KIND)
    assert pull.status == "draft"
    for part in range(3):
        put(api, repo, {f"data/{part}.bin": LARGE + bytes([part])}, revision=pull.git_reference)
    main = put(api, repo, {"elsewhere.txt": b"meanwhile"})
    with pytest.raises(BadRequestError, match="this is a draft pull request"):
        api.merge_pull_request(repo, pull.num, **KIND)
    api.change_discussion_status(repo, pull.num, new_status="open", comment="ready", **KIND)
    api.merge_pull_request(repo, pull.num, comment="thank you", **KIND)
    newest, before = api.list_repo_commits(repo, **KIND)[:2]
    assert (newest.title, before.commit_id) == ("A release (#1)", main.oid)
    assert newest.message.count("- put (") == 3
    found = api.get_discussion_details(repo, pull.num, **KIND)
    assert (found.status, found.merge_commit_oid) == ("merged", newest.commit_id)
    kinds = [type(event) for event in found.events]
    assert (kinds.count(DiscussionCommit), kinds.count(DiscussionComment), kinds.count(DiscussionStatusChange)) == (
        3,
        3,
        2,
    )
    assert Path(api.hf_hub_download(repo, "data/2.bin", cache_dir=tmp_path, **KIND)).read_bytes() == LARGE + b"\2"
    with pytest.raises(BadRequestError, match="is merged"):
        put(api, repo, {"late.txt": b"x"}, revision="refs/pr/1")
    with pytest.raises(BadRequestError):
        api.merge_pull_request(repo, pull.num, **KIND)


def test_a_conflict_is_named_and_changes_nothing(api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"1\n"})
    put(api, repo, {"a.txt": b"2\n"}, create_pr=True)
    main = put(api, repo, {"a.txt": b"3\n"})
    assert api.get_discussion_details(repo, 1, **KIND).conflicting_files == ["a.txt"]
    with pytest.raises(HfHubHTTPError, match=r"both sides changed a\.txt") as caught:
        api.merge_pull_request(repo, 1, **KIND)
    assert caught.value.response.status_code == 409
    assert api.dataset_info(repo).sha == main.oid
    assert api.get_discussion_details(repo, 1, **KIND).status == "open"


def test_a_pull_request_starts_at_its_parent(api: HfApi, repo: str) -> None:
    first = put(api, repo, {"a.txt": b"1"})
    put(api, repo, {"a.txt": b"2"})
    put(api, repo, {"b.txt": b"3"}, create_pr=True, parent_commit=first.oid)
    commits = api.list_repo_commits(repo, revision="refs/pr/1", **KIND)
    assert commits[1].commit_id == first.oid


def test_closed_and_opened_again(api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"1"}, create_pr=True)
    api.change_discussion_status(repo, 1, new_status="closed", **KIND)
    with pytest.raises(BadRequestError, match="is closed"):
        put(api, repo, {"b.txt": b"1"}, revision="refs/pr/1")
    api.change_discussion_status(repo, 1, new_status="open", **KIND)
    put(api, repo, {"b.txt": b"1"}, revision="refs/pr/1")
    api.merge_pull_request(repo, 1, **KIND)
    assert api.file_exists(repo, "b.txt", **KIND)


def test_discussions_are_listed_and_talked_in(api: HfApi, repo: str) -> None:
    talk = api.create_discussion(repo, title="A question", **KIND)
    put(api, repo, {"a.txt": b"1"}, create_pr=True)
    api.comment_discussion(repo, talk.num, "An answer", **KIND)
    api.rename_discussion(repo, talk.num, "A better question", **KIND)
    everything = list(api.get_repo_discussions(repo, **KIND))
    assert [(one.num, one.title, one.is_pull_request) for one in everything] == [
        (2, "put", True),
        (1, "A better question", False),
    ]
    assert [one.num for one in api.get_repo_discussions(repo, discussion_type="discussion", **KIND)] == [1]
    assert [one.num for one in api.get_repo_discussions(repo, discussion_status="closed", **KIND)] == []
    contents = [
        event.content for event in api.get_discussion_details(repo, 1, **KIND).events if event.type == "comment"
    ]
    assert contents[-1] == "An answer"


@pytest.mark.parametrize("number", ["0", "7", "x", "1" * 30, "%2e%2e"])
def test_a_discussion_that_is_not_there(wire: Wire, repo: str, number: str) -> None:
    assert wire("GET", f"/api/datasets/{repo}/discussions/{number}").status == 404


def test_a_squashed_history_still_merges_what_does_not_touch(api: HfApi, repo: str) -> None:
    put(api, repo, {"a.txt": b"1"})
    put(api, repo, {"b.txt": b"2"}, create_pr=True)
    api.super_squash_history(repo, **KIND)
    api.merge_pull_request(repo, 1, **KIND)
    assert api.list_repo_files(repo, **KIND) == [".gitattributes", "a.txt", "b.txt"]
