"""What was sent before a publisher died is not sent again, and what a Hub has lost is."""

import pytest

from release.builds import write_build
from release.publisher import publish_here
from release.view import api, view
from tagpress.corpus.manifest import Manifest
from tagpress.errors import BuildError
from tagpress.hub import Hub, Repository, Uploaded, upload_files
from tagpress.localhub import LocalHub
from tagpress.release.checked_build import build_store
from tagpress.release.cluster import Sender
from tagpress.release.journal import Journal
from tagpress.release.stored_file import Stored

REPO = "me/toy"


@pytest.fixture
def repository(hub: LocalHub) -> Repository:
    api(hub).create_repo(REPO, repo_type="dataset")
    return Repository(hub=Hub(endpoint=hub.endpoint, token=hub.token), repo=REPO)


def test_noted_shards_are_committed_without_being_sent(repository, hub, seam, tmp_path):
    build = write_build(tmp_path / "build")
    notes = Journal.of(build, repository)
    for file in Manifest.load(build).data_files():
        sent = upload_files(repository, {file.path: build / file.path}, as_pull=False)
        assert sent == {file.path: Uploaded(sha256=file.sha256, bytes=file.bytes)}
        notes.add(sent[file.path])
    seam.forget()

    done = publish_here(hub.endpoint, hub.token, build, REPO)

    assert done["tag"] == "v1.0.0"
    assert not [request for request in seam.requests if "/lfs/" in request.path or request.method == "PUT"]
    assert {file.sha256 for file in Manifest.load(build).data_files()} == {
        entry.lfs.sha256 for entry in api(hub).list_repo_tree(REPO, "data", repo_type="dataset") if entry.lfs
    }
    assert not (tmp_path / "build.uploads").exists()


def test_notes_that_are_not_true_are_forgotten(repository, hub, seam, tmp_path):
    build = write_build(tmp_path / "build")
    for file in Manifest.load(build).data_files():
        Journal.of(build, repository).add(Uploaded(sha256=file.sha256, bytes=file.bytes))

    done = publish_here(hub.endpoint, hub.token, build, REPO)

    assert done["tag"] == "v1.0.0"
    assert seam.count("PUT") == len(Manifest.load(build).data_files())
    found = view(hub, REPO)
    assert found is not None
    assert found.titles == ["Release v1.0.0", "initial commit"]


def test_notes_are_of_one_repository_and_hub(repository, tmp_path):
    notes = Journal.of(tmp_path / "build", repository)
    notes.add(Uploaded(sha256="0" * 64, bytes=1))
    other = Journal.of(tmp_path / "build", Repository(hub=repository.hub, repo="me/other"))
    assert (notes.known(), other.known()) == ({"0" * 64}, frozenset())
    other.add(Uploaded(sha256="1" * 64, bytes=1))
    notes.forget()
    assert (notes.known(), other.known()) == (frozenset(), {"1" * 64})
    other.forget()
    assert not list(tmp_path.glob("build*"))


def test_a_dry_run_keeps_the_notes(repository, hub, tmp_path):
    build = write_build(tmp_path / "build")
    notes = Journal.of(build, repository)
    notes.add(Uploaded(sha256="0" * 64, bytes=1))
    publish_here(hub.endpoint, hub.token, build, REPO, dry_run=True)
    assert notes.known() == {"0" * 64}


def test_what_the_hub_wants_in_the_commit_is_not_sent(repository, tmp_path):
    (tmp_path / "notes.txt").write_text("small")
    assert upload_files(repository, {"notes.txt": tmp_path / "notes.txt"}, as_pull=False) == {}


def test_a_shard_that_has_changed_is_not_noted(repository, hub, tmp_path):
    build = write_build(tmp_path / "build")
    record = Manifest.load(build).data_files()[0]
    (build / record.path).write_bytes(b"PAR1 something else PAR1")
    notes = Journal.of(build, repository)
    there = Hub(endpoint=hub.endpoint)
    sender = Sender(hub=there, repo=REPO, as_pull=False, token=lambda: hub.token, notes=notes, total=record.bytes)
    with pytest.raises(BuildError, match="has other bytes than when it was written"):
        sender([(record, Stored(build_store(build), record.path, record.bytes))])
    assert not notes.known()
