from pathlib import Path

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError, GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from localhub.client import KIND
from localhub.plain import Wire
from tagpress.localhub import LocalHub


def test_the_owner_is_known_by_token(api: HfApi) -> None:
    found = api.whoami()
    assert (found["name"], found["auth"]["accessToken"]["role"]) == ("local", "write")


def test_a_wrong_token_is_refused_for_everything(hub: LocalHub, repo: str) -> None:
    stranger = HfApi(endpoint=hub.endpoint, token="hf_wrong")
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        stranger.whoami()
    with pytest.raises(HfHubHTTPError, match="Invalid credentials in Authorization header") as caught:
        stranger.dataset_info(repo)
    assert caught.value.response.status_code == 401
    assert not isinstance(caught.value, RepositoryNotFoundError)


def test_without_a_token_a_public_repository_can_be_read_only(hub: LocalHub, repo: str) -> None:
    stranger = HfApi(endpoint=hub.endpoint, token=False)
    assert stranger.list_repo_files(repo, **KIND) == [".gitattributes"]
    with pytest.raises(HfHubHTTPError) as caught:
        stranger.create_branch(repo, branch="mine", **KIND)
    assert caught.value.response.status_code == 401
    with pytest.raises(HfHubHTTPError):
        stranger.create_repo("tests/anonymous", **KIND)


def test_a_repository_is_created_once(api: HfApi, hub: LocalHub) -> None:
    url = api.create_repo("tests/once", **KIND)
    assert (str(url), url.repo_id, url.repo_type) == (f"{hub.endpoint}/datasets/tests/once", "tests/once", "dataset")
    with pytest.raises(HfHubHTTPError, match="already created") as caught:
        api.create_repo("tests/once", **KIND)
    assert caught.value.response.status_code == 409
    assert api.create_repo("tests/once", exist_ok=True, **KIND) == url


def test_without_a_namespace_it_is_the_owners(api: HfApi) -> None:
    assert api.create_repo("mine", **KIND).repo_id == "local/mine"


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_every_kind_of_repository_holds_files(api: HfApi, kind: str, tmp_path: Path) -> None:
    settings = {"space_sdk": "static"} if kind == "space" else {}
    api.create_repo("tests/same-name", repo_type=kind, **settings)
    api.upload_file(path_or_fileobj=kind.encode(), path_in_repo="kind.txt", repo_id="tests/same-name", repo_type=kind)
    found = api.hf_hub_download("tests/same-name", "kind.txt", repo_type=kind, cache_dir=tmp_path)
    assert Path(found).read_text() == kind
    assert api.repo_info("tests/same-name", repo_type=kind).id == "tests/same-name"


def test_a_deleted_repository_is_gone(api: HfApi) -> None:
    api.create_repo("tests/gone", **KIND)
    assert api.repo_exists("tests/gone", **KIND)
    api.delete_repo("tests/gone", **KIND)
    assert not api.repo_exists("tests/gone", **KIND)
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo("tests/gone", **KIND)
    api.delete_repo("tests/gone", missing_ok=True, **KIND)
    assert api.list_repo_commits(api.create_repo("tests/gone", **KIND).repo_id, **KIND)[0].title == "initial commit"


def test_repositories_are_listed_by_author_and_name(api: HfApi) -> None:
    for name in ("one", "two"):
        api.create_repo(f"listed/corpus-{name}", **KIND)
    assert [info.id for info in api.list_datasets(author="listed", search="CORPUS-t")] == ["listed/corpus-two"]
    assert len(list(api.list_datasets(author="listed", limit=1))) == 1
    assert {info.id for info in api.list_datasets(author="listed")} == {"listed/corpus-one", "listed/corpus-two"}
    with pytest.raises(BadRequestError, match="can't list by sort"):
        list(api.list_datasets(sort="downloads"))


def test_a_moved_repository_keeps_its_files(api: HfApi) -> None:
    api.create_repo("tests/old-name", **KIND)
    api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id="tests/old-name", **KIND)
    api.move_repo("tests/old-name", "other/new-name", **KIND)
    assert api.file_exists("other/new-name", "x.txt", **KIND)
    assert api.dataset_info("tests/old-name").id == "other/new-name"
    api.create_repo("tests/old-name", **KIND)
    with pytest.raises(HfHubHTTPError):
        api.move_repo("tests/old-name", "other/new-name", **KIND)
    assert not api.file_exists("tests/old-name", "x.txt", **KIND)


def test_a_private_repository_does_not_exist_for_strangers(api: HfApi, hub: LocalHub) -> None:
    api.create_repo("tests/secret", private=True, **KIND)
    stranger = HfApi(endpoint=hub.endpoint, token=False)
    assert api.dataset_info("tests/secret").private
    for ask in (
        lambda: stranger.dataset_info("tests/secret"),
        lambda: stranger.list_repo_files("tests/secret", **KIND),
        lambda: stranger.hf_hub_download("tests/secret", ".gitattributes", **KIND),
        lambda: stranger.create_commit("tests/secret", [], commit_message="x", **KIND),
    ):
        with pytest.raises(RepositoryNotFoundError):
            ask()
    assert "tests/secret" not in {info.id for info in stranger.list_datasets(author="tests")}
    assert "tests/secret" in {info.id for info in api.list_datasets(author="tests")}
    api.update_repo_settings("tests/secret", private=False, **KIND)
    assert stranger.dataset_info("tests/secret").private is False


def test_a_gated_repository_shows_itself_but_not_its_files(api: HfApi, hub: LocalHub, repo: str) -> None:
    api.update_repo_settings(repo, gated="manual", **KIND)
    stranger = HfApi(endpoint=hub.endpoint, token=False)
    assert stranger.dataset_info(repo).gated == "manual"
    with pytest.raises(GatedRepoError):
        stranger.auth_check(repo, **KIND)
    with pytest.raises(GatedRepoError):
        stranger.hf_hub_download(repo, ".gitattributes", **KIND)
    api.auth_check(repo, **KIND)


def test_a_card_becomes_metadata(api: HfApi, repo: str) -> None:
    card = "---\nlicense: mit\nlanguage:\n- en\n- de\ntask_ids: [named-entity-recognition]\nmade: 2024-01-02\n2024-01-02: x\n---\n# Hi\n"
    api.upload_file(path_or_fileobj=card.encode(), path_in_repo="README.md", repo_id=repo, **KIND)
    info = api.dataset_info(repo)
    assert info.card_data is not None
    assert info.card_data.license == "mit"
    assert info.card_data["made"] == info.card_data["2024-01-02"].replace("x", "2024-01-02")
    assert info.tags == ["task_ids:named-entity-recognition", "language:en", "language:de", "license:mit"]


def test_info_says_what_was_asked_for(api: HfApi, repo: str) -> None:
    api.upload_file(path_or_fileobj=b"\0large", path_in_repo="data/x.bin", repo_id=repo, **KIND)
    plain = api.dataset_info(repo, expand=["sha", "private"])
    assert plain.sha is not None
    assert plain.siblings is None
    (found,) = [one for one in api.dataset_info(repo, files_metadata=True).siblings or [] if one.lfs]
    assert (found.rfilename, found.size, found.lfs["size"], found.lfs["pointer_size"]) == ("data/x.bin", 6, 6, 126)


@pytest.mark.parametrize(
    ("card", "problem"),
    [
        ("---\nlicense: [\n---\n", "YAML metadata can't be read"),
        ("---\n- a list\n---\n", "must be a mapping, found list"),
        ("---\na: &a [*a]\n---\n", "can't be read"),
    ],
)
def test_a_card_that_nobody_can_read_is_refused(api: HfApi, repo: str, card: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        api.upload_file(path_or_fileobj=card.encode(), path_in_repo="README.md", repo_id=repo, **KIND)


def test_a_card_without_metadata_is_warned_of(api: HfApi, repo: str) -> None:
    with pytest.warns(UserWarning, match="empty or missing yaml metadata"):
        api.upload_file(path_or_fileobj=b"# Hi\n", path_in_repo="README.md", repo_id=repo, **KIND)
    assert api.file_exists(repo, "README.md", **KIND)


@pytest.mark.parametrize(
    "name", ["a--b/c", "a/b..c", "a/.b", "a/b-", "a/b.git", "a/" + "x" * 97, "a/b c", "../etc", "a/ü"]
)
def test_names_that_the_hub_refuses(wire: Wire, name: str) -> None:
    namespace, _, short = name.rpartition("/")
    found = wire("POST", "/api/repos/create", {"organization": namespace, "name": short, "type": "dataset"})
    assert found.status == 400, found.body
    assert "Invalid repository name" in found.headers["x-error-message"]


def test_the_token_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    with LocalHub(tmp_path) as first:
        token = first.token
        assert HfApi(endpoint=first.endpoint, token=token).whoami()["name"] == "local"
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600
    with LocalHub(tmp_path) as second:
        assert second.token == token


def test_a_name_without_namespace_is_no_repository(api: HfApi) -> None:
    assert not api.repo_exists("squad", **KIND)
    with pytest.raises(BadRequestError):
        api.create_repo("tests/x", repo_type="dataset", visibility="protected-ish")  # type: ignore[arg-type]
