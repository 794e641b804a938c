"""`verify` names what is wrong with a release on the Hub, whatever was done to it."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete

from release.builds import SPLITS, rows, write_build
from release.publisher import QUICK, SHORT, publish_here, read_back
from release.view import api, view
from tagpress.errors import ManifestError, NotOnHubError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.commands import diff_releases
from tagpress.release.verify import Verification, verify_release

REPO = "me/toy"
BY_NAME = "`datasets` found it by name, with the label names, version and row count of every split"
SHARD = "data/train-00001-of-00002.parquet"


class Published:
    """A Hub that holds one release, and ways to spoil it."""

    def __init__(self, hub: LocalHub, root: Path, build: Path) -> None:
        self.hub, self.root, self.build = hub, root, build
        self.api = api(hub)

    def commit(self, **contents: bytes | None) -> None:
        names = {"card": "README.md", "manifest": "release.json", "shard": SHARD, "extra": "data/train-x.parquet"}
        changes = [
            CommitOperationAdd(names.get(name, name), content) if content else CommitOperationDelete(names[name])
            for name, content in contents.items()
        ]
        self.api.create_commit(REPO, changes, repo_type="dataset", commit_message="spoiled")

    def verify(self, revision: str | None = None, *, deep: bool = False) -> Verification:
        hub = Hub(endpoint=self.hub.endpoint, token=self.hub.token, retry=QUICK, timeouts=SHORT)
        return verify_release(REPO, revision, hub=hub, deep=deep, loader=read_back)

    def read(self, path: str) -> bytes:
        return Path(self.api.hf_hub_download(REPO, path, repo_type="dataset", local_dir=self.root / "got")).read_bytes()

    def stored(self, path: str) -> Path:
        """Where the Hub keeps the content of a file, found by its content."""
        wanted = hashlib.sha256((self.build / path).read_bytes()).hexdigest()
        files = (file for file in (self.root / "hub").rglob("*") if file.is_file())
        return next(file for file in files if hashlib.sha256(file.read_bytes()).hexdigest() == wanted)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Published]:
    with LocalHub(tmp_path / "hub") as hub:
        build = write_build(tmp_path / "1")
        assert publish_here(hub.endpoint, hub.token, build, REPO)["tag"] == "v1.0.0"
        yield Published(hub, tmp_path, build)


@pytest.mark.parametrize("revision", [None, "main", "v1.0.0"])
@pytest.mark.parametrize("deep", [False, True])
def test_a_release_is_whole(published: Published, revision: str | None, *, deep: bool) -> None:
    found = published.verify(revision, deep=deep)
    assert found.ok, found.problems
    assert found.to_json() == {
        "ok": True,
        "problems": [],
        "files_checked": 7,
        "repo": REPO,
        "revision": revision or "main",
        "commit": view(published.hub, REPO).head,
        "version": "1.0.0",
        "checked": list(found.checked),
        "withdrawn": None,
    }
    assert [sentence.split(":")[0] for sentence in found.checked] == [
        "every file of the commit was compared with the manifest by the hashes that the Hub lists",
        *["every row was read back from the commit, once"] * deep,
        *[f"{BY_NAME}; it loaded all rows map-style, and streaming the first rows"] * deep,
    ]


def swap_labels(published: Published) -> None:
    card = published.read("README.md").replace(b"'1': B-Algorithm", b"'1': B-Language")
    published.commit(card=card.replace(b"'3': B-Language", b"'3': B-Algorithm"))


def other_rows(published: Published) -> None:
    other = write_build(published.root / "other", {**SPLITS, "train": (rows(4), rows(4, start=60))})
    published.commit(shard=(other / SHARD).read_bytes())


SPOILERS: dict[str, tuple[Callable[[Published], None], list[str]]] = {
    "labels swapped in the card": (
        swap_labels,
        [
            "README.md has SHA-256",
            "README.md names O, B-Language, I-Algorithm, B-Algorithm, I-Language in dataset_info",
        ],
    ),
    "a shard deleted": (lambda published: published.commit(shard=None), [f"{SHARD} is missing"]),
    "another shard": (other_rows, [f"{SHARD} has"]),
    "a file that would be loaded": (
        lambda published: published.commit(extra=published.read(SHARD)),
        ["data/train-x.parquet was not released, and would change what is loaded"],
    ),
    "a script of the repository's name": (
        lambda published: published.commit(**{"toy.py": b"pass"}),
        ["toy.py was not released, and would change what is loaded"],
    ),
    "settings that win over the card": (
        lambda published: published.commit(**{".huggingface.yaml": b"configs: []"}),
        [".huggingface.yaml was not released"],
    ),
    "no manifest": (lambda published: published.commit(manifest=None), ["release.json is missing"]),
    "a broken manifest": (lambda published: published.commit(manifest=b"{}"), ["release.json of me/toy at"]),
}


def test_a_broken_manifest_is_the_readers_error_and_the_publishers_conflict(
    published: Published, tmp_path: Path
) -> None:
    published.commit(manifest=b"{}")
    with pytest.raises(ManifestError, match=r"release.json of me/toy at") as caught:
        diff_releases(f"{REPO}@v1.0.0", f"{REPO}@main", hub=Hub(endpoint=published.hub.endpoint, token=None))
    assert caught.value.exit_code == 1
    refused = publish_here(
        published.hub.endpoint, published.hub.token, write_build(tmp_path / "next", version="2.0.0"), REPO
    )
    assert refused["exit_code"] == 4
    assert refused["error"]["message"].startswith("release.json of me/toy at")


@pytest.mark.parametrize("name", SPOILERS)
def test_a_spoiled_branch_is_described(published: Published, name: str) -> None:
    spoil, expected = SPOILERS[name]
    spoil(published)
    found = published.verify()
    for start in expected:
        assert [problem for problem in found.problems if problem.startswith(start)], found.problems
    assert len(found.problems) == len(expected)
    assert published.verify("v1.0.0").ok


def test_a_flipped_byte_in_storage(published: Published) -> None:
    stored = published.stored(SHARD)
    content = bytearray(stored.read_bytes())
    content[len(content) // 2] ^= 1
    stored.chmod(0o600)
    stored.write_bytes(content)
    found = published.verify("v1.0.0", deep=True)
    (problem,) = found.problems
    assert problem.startswith(f"{SHARD} does not arrive: ")
    assert "have changed on disk" in problem


def test_a_flipped_byte_on_the_way(published: Published, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Hub that does not look at what it stores sends it as it is."""
    monkeypatch.setattr("tagpress.hub.repository.Repository.download", lambda *_: False)
    problems = published.verify("v1.0.0", deep=True).problems
    assert f"{SHARD} arrives with other bytes than the Hub lists: it is damaged in storage" in problems


def test_a_moved_tag(published: Published) -> None:
    published.commit(**{"notes.txt": b"later"})
    published.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    published.api.create_tag(REPO, tag="v1.0.0", revision="main", repo_type="dataset")
    (problem,) = published.verify("v1.0.0").problems
    assert problem.startswith("the tag v1.0.0 was moved: it points at ")


def test_a_tag_moved_to_another_release(published: Published) -> None:
    second = write_build(published.root / "2", text="Corrected.", version="1.0.1")
    assert publish_here(published.hub.endpoint, published.hub.token, second, REPO)["tag"] == "v1.0.1"
    published.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    published.api.create_tag(REPO, tag="v1.0.0", revision="v1.0.1", repo_type="dataset")
    assert published.verify("v1.0.1").ok
    assert published.verify("v1.0.0").problems == ("the tag v1.0.0 was moved: it points at the release 1.0.1",)


def test_a_release_without_its_tag(published: Published) -> None:
    published.api.delete_tag(REPO, tag="v1.0.0", repo_type="dataset")
    (problem,) = published.verify().problems
    assert problem == "version 1.0.0 has no tag v1.0.0: publish it again to finish the release"


def test_what_is_not_there(published: Published) -> None:
    with pytest.raises(NotOnHubError):
        published.verify("v9.9.9")
