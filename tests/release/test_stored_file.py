"""A build at a URL is published like one in a folder: its shards one by one, through this machine's temporary disk."""

from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from release.builds import SPLITS, rows, write_build
from release.publisher import publish_here
from release.view import view
from tagpress.corpus.manifest import Manifest
from tagpress.hub import Hub, Repository
from tagpress.release.commands import diff_releases, local_build
from tagpress.release.journal import Journal
from tagpress.store import UNFINISHED

MORE = {**SPLITS, "train": (SPLITS["train"][0], [*SPLITS["train"][1], *rows(1, start=50)])}


def at_url(build: Path) -> str:
    """Copy a build into the memory of this process."""
    url = f"memory://{uuid4().hex}/out"
    system, root = fsspec.url_to_fs(url)
    for path in build.rglob("*"):
        if path.is_file():
            system.pipe(f"{root}/{path.relative_to(build).as_posix()}", path.read_bytes())
    return url


def test_it_is_the_release_of_the_folder(hub, seam, tmp_path):
    build = write_build(tmp_path / "build")
    url = at_url(build)
    one = publish_here(hub.endpoint, hub.token, build, "me/folder")
    other = publish_here(hub.endpoint, hub.token, url, "me/url", steps=(said := []).append)
    assert (one["tag"], one["files"]) == (other["tag"], other["files"])
    shards = [file.path for file in Manifest.load(build).data_files()]
    assert f"sending {len(shards)} shards" in said
    ours, theirs = (view(hub, repo) for repo in ("me/folder", "me/url"))
    assert ours is not None
    assert theirs is not None
    assert [ours.tree[path] for path in shards] == [theirs.tree[path] for path in shards]
    assert theirs.titles == ["Release v1.0.0", "initial commit"]
    above = url.removesuffix("/out")
    assert fsspec.filesystem("memory").ls(above, detail=False) == [above.removeprefix("memory:/") + "/out"]

    seam.forget()
    assert publish_here(hub.endpoint, hub.token, url, "me/url")["already_published"]
    assert not seam.count("PUT")


def test_a_later_release_sends_what_changed(hub, seam, tmp_path):
    first, second = write_build(tmp_path / "1"), write_build(tmp_path / "2", MORE, version="1.1.0")
    urls = at_url(first), at_url(second)
    publish_here(hub.endpoint, hub.token, urls[0], "me/toy")
    seam.forget()
    done = publish_here(hub.endpoint, hub.token, urls[1], "me/toy")
    assert done["tag"] == "v1.1.0"
    assert seam.count("PUT") == 1
    client = Hub(endpoint=hub.endpoint, token=hub.token)
    assert diff_releases(urls[0], urls[1], hub=client) == diff_releases(str(first), "me/toy@v1.1.0", hub=client)
    with local_build(urls[1], hub=client) as folder:
        for file in Manifest.load(folder).data_files():
            assert (folder / file.path).read_bytes() == (second / file.path).read_bytes()


def test_what_was_sent_is_noted_until_the_release_is_there(hub, seam, tmp_path):
    url = at_url(write_build(tmp_path / "build"))
    notes = Journal.of(url, Repository(hub=Hub(endpoint=hub.endpoint, token=hub.token), repo="me/toy"))

    async def refused(_app, _scope, _receive, send):
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    seam.choose = lambda _number, request: refused if "/commit/" in request.path else None
    assert publish_here(hub.endpoint, hub.token, url, "me/toy")["error"]["code"] == "hub-refused"
    assert len(notes.known()) == seam.count("PUT") > 0
    seam.forget()
    assert publish_here(hub.endpoint, hub.token, url, "me/toy")["tag"] == "v1.0.0"
    assert not seam.count("PUT")
    assert not notes.known()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("data/train-00000-of-00002.parquet", "data/train-00000-of-00002.parquet is missing"),
        ("release.json", "is not a build"),
    ],
)
def test_what_is_not_there(hub, tmp_path, path, fault):
    url = at_url(write_build(tmp_path / "build"))
    system, root = fsspec.url_to_fs(url)
    system.rm_file(f"{root}/{path}")
    assert fault in publish_here(hub.endpoint, hub.token, url, "me/toy")["error"]["message"]


def test_a_build_that_is_being_replaced_is_none(hub, tmp_path):
    url = at_url(write_build(tmp_path / "build"))
    system, root = fsspec.url_to_fs(url)
    system.pipe(f"{root}/{UNFINISHED}", b"")
    said = publish_here(hub.endpoint, hub.token, url, "me/toy")["error"]["message"]
    assert f"{UNFINISHED} is not in release.json" in said
