"""What a release does to a repository, in every situation that a repository can be in."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pygit2
import pytest

from release.builds import SPLITS, TYPES, rows, write_build
from release.publisher import publish_here
from release.seam import Seam
from release.view import api, view
from tagpress.localhub import LocalHub

REPO = "me/toy"
SHARD = "data/train-00001-of-00002.parquet"
ADDED = {**SPLITS, "train": (SPLITS["train"][0], [*SPLITS["train"][1], *rows(1, start=50)])}
RELABELLED = {
    **SPLITS,
    "train": (SPLITS["train"][0], [replace(SPLITS["train"][1][0], tags=(0, 0, 3, 4, 0)), *SPLITS["train"][1][1:]]),
}
MOVED = {
    **SPLITS,
    "train": (SPLITS["train"][0], SPLITS["train"][1][1:]),
    "test": ([*SPLITS["test"][0], SPLITS["train"][1][0]],),
}


class Desk:
    """A Hub with its seam, and somebody who publishes on it."""

    def __init__(self, hub: LocalHub, seam: Seam, folder: Path) -> None:
        self.hub, self.seam, self.folder = hub, seam, folder
        self.api = api(hub)
        self.builds = 0

    def build(self, *given: Any, **options: Any) -> Path:
        self.builds += 1
        return write_build(self.folder / f"build-{self.builds}", *given, **options)

    def publish(self, build: Path, **options: Any) -> dict[str, Any]:
        self.seam.forget()
        return publish_here(self.hub.endpoint, self.hub.token, build, options.pop("repo", REPO), **options)

    def put(self, path: str, content: bytes, **options: Any) -> None:
        self.api.upload_file(path_or_fileobj=content, path_in_repo=path, repo_id=REPO, repo_type="dataset", **options)

    def read(self, path: str, revision: str = "main") -> bytes:
        folder = self.folder / f"got-{revision}"
        got = self.api.hf_hub_download(
            REPO, path, repo_type="dataset", revision=revision, local_dir=folder, force_download=True
        )
        return Path(got).read_bytes()

    @property
    def view(self) -> Any:
        return view(self.hub, REPO)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A Hub that has never stored anything."""
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        yield Desk(hub, seam, tmp_path)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalHub, Seam]]:
    seam = Seam()
    with LocalHub(tmp_path_factory.mktemp("hub"), wrap=seam) as found:
        yield found, seam


@pytest.fixture
def shared(hub: tuple[LocalHub, Seam], tmp_path: Path) -> Iterator[Desk]:
    """A Hub that has stored the contents of other tests, but has no repository."""
    desk = Desk(*hub, tmp_path)
    yield desk
    desk.api.delete_repo(REPO, repo_type="dataset", missing_ok=True)


def test_the_first_release(shared: Desk) -> None:
    build = shared.build()
    done = shared.publish(build)
    found = shared.view
    assert found.titles == ["Release v1.0.0", "initial commit"]
    assert found.tags == {"v1.0.0": done["commit"]} == {"v1.0.0": found.head}
    assert done["url"] == f"{shared.hub.endpoint}/datasets/{REPO}/tree/v1.0.0"
    assert not done["already_published"]
    assert sorted(done["files"]["added"]) == sorted(found.tree.keys() - {".gitattributes"})
    for path in found.tree.keys() - {".gitattributes", "README.md", "croissant.json", "release.json"}:
        assert shared.read(path) == (build / path).read_bytes()
    manifest = json.loads(shared.read("release.json"))
    assert manifest["changelog"] == [
        {
            "version": "1.0.0",
            "bump": "none",
            "lines": ["First release: 12 sentences (train 8, validation 2, test 2), 2 entity types."],
        }
    ]
    assert b"- **1.0.0**\n  - First release: 12 sentences" in shared.read("README.md")


def test_again_does_nothing_and_says_so(shared: Desk) -> None:
    build = shared.build()
    first = shared.publish(build)
    again = shared.publish(build)
    assert again["already_published"]
    assert again["commit"] == first["commit"]
    assert again["uploaded_bytes"] == 0
    asked = [one for one in shared.seam.requests if one.method != "GET" and "/paths-info/" not in one.path]
    assert asked == []  # `paths-info` is a question that is asked by POST


def test_an_edit_of_one_document_sends_one_shard(desk: Desk) -> None:
    desk.publish(desk.build())
    build = desk.build(RELABELLED, version="1.0.1")
    done = desk.publish(build)
    assert done["files"]["added"] == ["README.md", "croissant.json", SHARD, "release.json"]
    assert desk.seam.count("PUT", "/lfs/") == 1
    size = (build / SHARD).stat().st_size
    assert sum(count for (method, _), count in desk.seam.received.items() if method == "PUT") == size
    assert [entry["version"] for entry in json.loads(desk.read("release.json"))["changelog"]] == ["1.0.1", "1.0.0"]
    card = desk.read("README.md").decode()
    assert "- **1.0.1** (patch)\n  - 1 sentence relabelled" in card
    assert card.index("**1.0.1**") < card.index("**1.0.0**")


CHANGES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a relabelled sentence": ({"splits": RELABELLED}, "1.0.1", "1 sentence relabelled (train 1"),
    "another card": ({"text": "Another text."}, "1.0.1", "The card, the script or the description"),
    "an added sentence": ({"splits": ADDED}, "1.1.0", "1 sentence added (train 1)."),
    "an appended type": ({"types": (*TYPES, "Device")}, "1.1.0", "Labels added: B-Device, I-Device."),
    "a renamed type": ({"types": ("Algorithm", "Tongue")}, "2.0.0", "Labels removed: B-Language, I-Language."),
    "reordered types": ({"types": TYPES[::-1]}, "2.0.0", "Label ids changed"),
    "a moved sentence": ({"splits": MOVED}, "2.0.0", "1 sentence moved to another split (now in test 1)."),
    "an extra column": ({"extra": {"pos": "NN"}}, "2.0.0", "The extra columns are others."),
    "another split rule": ({"salt": "2"}, "2.0.0", "The split rule changed."),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_smallest_honest_version(shared: Desk, name: str) -> None:
    changed, least, reason = CHANGES[name]
    shared.publish(shared.build())
    major, minor, patch = map(int, least.split("."))
    too_small = {(0, 1): "1.0.0", (1, 0): "1.0.9", (0, 0): "1.9.0"}[minor, patch]
    before = shared.view
    refused = shared.publish(shared.build(**changed, version=too_small))
    assert refused["exit_code"] == 4
    assert f"at least {least}" in refused["error"]["message"]
    assert reason in refused["error"]["message"]
    assert f'VERSION = datasets.Version("{least}")' in refused["error"]["hint"]
    assert shared.view == before
    assert shared.publish(shared.build(**changed, version=least))["tag"] == f"v{least}"
    assert major  # keeps the three numbers named


def test_an_unchanged_corpus_may_have_a_later_version(shared: Desk) -> None:
    shared.publish(shared.build())
    done = shared.publish(shared.build(version="1.1.0"))
    assert done["tag"] == "v1.1.0"
    assert done["files"]["added"] == ["README.md", "croissant.json", "release.json"]


def test_a_shard_of_equal_rows_stays_as_it_is(shared: Desk) -> None:
    """Another writer gives other bytes; the rows are the same, so the Hub keeps what it has."""
    shared.publish(shared.build())
    rewritten = shared.build(version="1.0.0", compression="none")
    assert shared.publish(rewritten)["already_published"]
    done = shared.publish(shared.build(RELABELLED, version="1.0.1", compression="none"))
    assert done["files"]["added"] == ["README.md", "croissant.json", SHARD, "release.json"]
    manifest = json.loads(shared.read("release.json"))
    sizes = {file["path"]: file["bytes"] for file in manifest["files"] if "rows" in file}
    assert sizes["data/test-00000-of-00001.parquet"] == len(shared.read("data/test-00000-of-00001.parquet"))
    card = shared.read("README.md").decode()
    assert f"download_size: {sum(sizes.values())}\n" in card
    assert f"| test | {sizes['data/test-00000-of-00001.parquet'] / 1000:.1f} kB |" in card
    assert f"| all | {sum(sizes.values()) / 1000:.1f} kB |" in card


def test_a_shard_with_other_columns_does_not_stay(shared: Desk) -> None:
    """The digest of a row does not depend on the names of its columns."""
    shared.publish(shared.build(extra={"pos": "NN"}))
    done = shared.publish(shared.build(extra={"tag": "NN"}, version="2.0.0"))
    assert len([path for path in done["files"]["added"] if path.endswith(".parquet")]) == 4
    edited = shared.publish(shared.build(extra={"tag": "VB"}, version="2.0.0"))
    assert "Extra columns were edited." in edited["error"]["message"]
    assert "at least 2.0.1" in edited["error"]["message"]


def test_files_of_the_last_release_go_and_others_stay(shared: Desk) -> None:
    shared.publish(shared.build(assets={"assets/a.svg": "a", "assets/b.svg": "b"}))
    shared.put("notes.txt", b"by hand")
    done = shared.publish(shared.build(assets={"assets/b.svg": "b"}, version="1.0.1"))
    assert done["files"]["deleted"] == ["assets/a.svg"]
    assert "notes.txt" in shared.view.tree
    assert "assets/a.svg" not in shared.view.tree


def test_over_xet(desk: Desk) -> None:
    """The client's own storage protocol, which a Hub on this machine is spared unless it is asked for."""
    first = {**SPLITS, "train": (rows(4, start=800), rows(4, start=810))}
    desk.publish(desk.build(first), xet=True)
    assert desk.seam.count("GET", "/xet-write-token/") == 1
    assert desk.seam.count("PUT", "/lfs/") == 0
    build = desk.build({**first, "train": (first["train"][0], rows(4, start=820))}, version="1.1.0")
    done = desk.publish(build, xet=True)
    assert done["files"]["added"] == ["README.md", "croissant.json", SHARD, "release.json"]
    assert desk.read(SHARD) == (build / SHARD).read_bytes()
    assert desk.publish(build, xet=True)["already_published"]


def test_a_dry_run_changes_nothing(shared: Desk) -> None:
    planned = shared.publish(shared.build(), dry_run=True)
    assert (planned["commit"], planned["tag"]) == (None, None)
    assert shared.view is None
    assert planned["plan"]["files"]["added"][0]["path"] == "README.md"
    shared.publish(shared.build())
    before = shared.view
    planned = shared.publish(shared.build(ADDED, version="1.1.0"), dry_run=True)["plan"]
    assert shared.view == before
    assert shared.seam.count("POST", "/commit/") == shared.seam.count("PUT") == 0
    assert planned["bump"] == "minor"
    assert planned["tag"] == "v1.1.0"
    assert planned["rows"]["splits"]["train"]["added"] == 1
    assert planned["rows"]["types"]["Algorithm"]["added"] == 1
    assert planned["changelog"] == ["1 sentence added (train 1)."]
    assert planned["base"] == {"version": "1.0.0", "commit": before.head}


def test_a_pull_request_waits_for_its_merge(shared: Desk) -> None:
    shared.publish(shared.build())
    build = shared.build(ADDED, version="1.1.0")
    opened = shared.publish(build, open_pr=True)
    assert opened["tag"] is None
    assert opened["url"].endswith("/discussions/1")
    assert shared.view.tags.keys() == {"v1.0.0"}
    again = shared.publish(build, open_pr=True)
    assert again["url"] == opened["url"]
    assert shared.seam.count("POST", "/commit/") == 0
    shared.api.merge_pull_request(REPO, 1, repo_type="dataset")
    merged = shared.publish(build, open_pr=True)
    assert merged["tag"] == "v1.1.0"
    assert shared.view.tags["v1.1.0"] == shared.view.head


def test_a_pull_request_of_an_earlier_try_is_corrected(shared: Desk) -> None:
    shared.publish(shared.build())
    shared.publish(shared.build(ADDED, version="1.1.0", assets={"assets/old.svg": "old"}), open_pr=True)
    shared.publish(shared.build(ADDED, version="1.1.0", text="Corrected."), open_pr=True)
    paths = shared.api.list_repo_files(REPO, repo_type="dataset", revision="refs/pr/1")
    assert "assets/old.svg" not in paths
    assert b"Corrected." in shared.read("README.md", "refs/pr/1")


def test_a_private_release(shared: Desk) -> None:
    shared.publish(shared.build(), private=True)
    assert shared.api.dataset_info(REPO).private
    assert shared.publish(shared.build(ADDED, version="1.1.0"), private=True)["tag"] == "v1.1.0"


def test_a_private_release_needs_a_private_repository(shared: Desk) -> None:
    shared.api.create_repo(REPO, repo_type="dataset")
    refused = shared.publish(shared.build(), private=True)
    assert refused["exit_code"] == 2
    assert "is public" in refused["error"]["message"]
    assert shared.view.titles == ["initial commit"]


def test_a_card_that_is_there_already(shared: Desk) -> None:
    shared.api.create_repo(REPO, repo_type="dataset")
    shared.put("README.md", b"---\nlicense: mit\n---\n# Mine\n")
    refused = shared.publish(shared.build())
    assert refused["exit_code"] == 4
    assert "README.md is on the Hub already" in refused["error"]["message"]
    assert "+# Mine" in refused["error"]["message"]
    assert shared.publish(shared.build(), replace_card=True)["tag"] == "v1.0.0"


@pytest.mark.parametrize("path", ["data/train-x.parquet", "toy.py", ".huggingface.yaml", "dataset_infos.json"])
def test_a_foreign_file_that_would_be_loaded(shared: Desk, path: str) -> None:
    shared.publish(shared.build())
    shared.put(path, b"{}")
    before = shared.view
    refused = shared.publish(shared.build(ADDED, version="1.1.0"))
    assert refused["exit_code"] == 4
    assert f"{path} is on the Hub, was never released" in refused["error"]["message"]
    assert shared.view == before


def test_a_shard_that_was_changed_by_hand(shared: Desk) -> None:
    shared.publish(shared.build())
    shared.put(SHARD, b"PAR1")
    refused = shared.publish(shared.build(ADDED, version="1.1.0"))
    assert refused["exit_code"] == 4
    assert f"{SHARD} was changed on the Hub since the last release" in refused["error"]["message"]
    shared.api.delete_file(SHARD, REPO, repo_type="dataset")
    assert shared.publish(shared.build(ADDED, version="1.1.0"))["tag"] == "v1.1.0"


def test_a_tag_on_something_else_is_not_moved(shared: Desk) -> None:
    shared.api.create_repo(REPO, repo_type="dataset")
    shared.api.create_tag(REPO, tag="v1.0.0", repo_type="dataset")
    before = shared.view
    refused = shared.publish(shared.build())
    assert refused["exit_code"] == 4
    assert "never moved" in refused["error"]["message"]
    assert shared.view == before


def git_of(desk: Desk) -> pygit2.Repository:
    """The repository of a dataset, as the Hub stores it."""
    refs = desk.api.list_repo_refs(REPO, repo_type="dataset")
    found = [
        pygit2.Repository(str(path.parent))
        for path in (desk.folder / "hub").rglob("HEAD")
        if (path.parent / "refs").is_dir()
    ]
    return next(one for one in found if refs.branches[0].target_commit in one)


def test_published_already_is_not_said_of_a_damaged_commit(desk: Desk) -> None:
    build = desk.build()
    desk.publish(build)
    desk.put(SHARD, b"PAR1")
    desk.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    desk.api.create_tag(REPO, tag="v1.0.0", repo_type="dataset")
    before = desk.view
    refused = desk.publish(build)
    assert (refused["exit_code"], refused["error"]["code"]) == (1, "verify")
    assert f"{SHARD} has " in refused["error"]["message"]
    assert "the tag v1.0.0 was moved" in refused["error"]["message"]
    assert desk.view == before


def test_published_already_is_not_said_of_a_tag_on_a_later_commit(desk: Desk) -> None:
    build = desk.build()
    released = desk.publish(build)["commit"]
    desk.put("notes.txt", b"later")
    desk.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    desk.api.create_tag(REPO, tag="v1.0.0", repo_type="dataset")
    refused = desk.publish(build)
    assert (refused["exit_code"], refused["error"]["code"]) == (1, "verify")
    assert f"released as {released}" in refused["error"]["message"]


@pytest.mark.parametrize("how", ["forced back", "manifest deleted", "forced to the first release"])
@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "1.2.0"])
def test_a_main_that_lost_the_newest_release_is_said(desk: Desk, how: str, version: str) -> None:
    first, later = desk.build(), desk.build(ADDED, version="1.1.0")
    one = desk.publish(first)["commit"]
    newest = desk.publish(later)["commit"]
    if how == "manifest deleted":
        desk.api.delete_file("release.json", REPO, repo_type="dataset")
    else:
        git = git_of(desk)
        back = git[one] if how == "forced to the first release" else git[one].parents[0]
        git.references.create("refs/heads/main", back.id, force=True)
    before = desk.view
    build = {"1.0.0": first, "1.1.0": later}.get(version) or desk.build(ADDED, version=version)
    answer = desk.publish(build)
    assert desk.view == before
    if (how, version) == ("forced to the first release", "1.0.0"):
        assert answer["already_published"]  # main holds just this
        return
    assert answer["exit_code"] == 4
    lost = "v1.0.0" if version == "1.0.0" else "v1.1.0"
    assert f"has {lost} at {one if lost == 'v1.0.0' else newest}, but main" in answer["error"]["message"]


def test_a_tag_that_is_no_release_stops_nothing(desk: Desk) -> None:
    desk.api.create_repo(REPO, repo_type="dataset")
    desk.api.create_tag(REPO, tag="v9.0.0", repo_type="dataset")
    assert desk.publish(desk.build())["tag"] == "v1.0.0"


def test_the_tag_is_on_the_release_whatever_came_after(shared: Desk) -> None:
    build = shared.build()
    released = shared.publish(build)["commit"]
    shared.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    shared.put("notes.txt", b"later")
    assert shared.publish(build)["commit"] == released
    assert shared.view.tags == {"v1.0.0": released}


def test_a_release_that_a_merge_brought_is_tagged_there(desk: Desk) -> None:
    """Some Hubs join a pull request with a merge commit, whose second parent has the same files."""
    build = desk.build()
    released = desk.publish(build)["commit"]
    desk.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    (head,) = [path for path in (desk.folder / "hub").rglob("HEAD") if (path.parent / "refs").is_dir()]
    repository = pygit2.Repository(str(head.parent))
    commit = repository[released]
    who = pygit2.Signature("me", "me@localhost")
    parents = [commit.parents[0].id, commit.id]
    merged = repository.create_commit(None, who, who, "Merge", commit.tree_id, parents)
    repository.references.create("refs/heads/main", merged, force=True)
    assert desk.publish(build)["commit"] == str(merged)
    assert desk.view.tags == {"v1.0.0": str(merged)}


def test_an_untagged_release_is_tagged_before_the_next(shared: Desk) -> None:
    first = shared.publish(shared.build())["commit"]
    shared.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    second = shared.publish(shared.build(ADDED, version="1.1.0"))["commit"]
    assert shared.view.tags == {"v1.0.0": first, "v1.1.0": second}


def test_an_untagged_release_is_found_behind_a_later_one(shared: Desk) -> None:
    build = shared.build()
    first = shared.publish(build)["commit"]
    second = shared.publish(shared.build(ADDED, version="1.1.0"))["commit"]
    shared.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    assert shared.publish(build)["commit"] == first
    assert shared.view.tags == {"v1.0.0": first, "v1.1.0": second}
    assert shared.view.head == second


def test_an_older_version_is_no_step_forward(shared: Desk) -> None:
    shared.publish(shared.build(version="1.2.0"))
    refused = shared.publish(shared.build(ADDED, version="1.1.0"))
    assert refused["exit_code"] == 4
    assert "1.1.0 is not newer than the released 1.2.0" in refused["error"]["message"]
    assert "at least 1.3.0" in refused["error"]["message"]


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0", "2.0.0"])
def test_another_dataset_is_not_replaced(shared: Desk, version: str) -> None:
    shared.publish(shared.build())
    before = shared.view
    for options in ({}, {"dry_run": True}):
        refused = shared.publish(shared.build(ADDED, name="other-entities", version=version), **options)
        assert refused["exit_code"] == 4
        assert (
            f"{REPO} holds toy-entities 1.0.0 (12 sentences), and this is other-entities" in refused["error"]["message"]
        )
        assert "--repo" in refused["error"]["hint"]
    assert shared.view == before


def test_a_token_that_may_not_write(shared: Desk) -> None:
    refused = publish_here(shared.hub.endpoint, "hf_wrong", shared.build(), REPO)
    assert refused["exit_code"] == 3
    assert "hf_wrong" not in json.dumps(refused)
    assert "hf auth login" in refused["error"]["hint"]


def spoil(build: Path, path: str, content: bytes) -> None:
    (build / path).write_bytes(content)


def test_a_build_that_is_not_what_it_says(shared: Desk) -> None:
    build = shared.build()
    spoil(build, SHARD, b"PAR1")
    spoil(build, "toy.py", b"pass")
    (build / "builder" / "build_toy_entities.py").unlink()
    refused = shared.publish(build)
    assert refused["exit_code"] == 1
    for fault in (f"{SHARD} has other bytes", "toy.py is not in release.json", "build_toy_entities.py is missing"):
        assert fault in refused["error"]["message"]
    assert shared.view is None


def test_a_script_named_like_the_repository_is_never_published(shared: Desk) -> None:
    refused = shared.publish(shared.build(assets={"toy.py": "pass"}))
    assert refused["exit_code"] == 1
    assert "toy.py at the root would make `datasets` refuse" in refused["error"]["message"]
