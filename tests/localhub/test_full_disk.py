"""Every request that writes, on a disk that is really full: 507 with a sentence, nothing changed, and it works again after."""

import base64
import contextlib
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi

from localhub.client import KIND
from localhub.plain import Answer, Wire, ndjson
from localhub.server_process import SCRIPT
from localhub.test_xet import a_chunk, a_shard, words
from tagpress.localhub.app import ROUTES
from tagpress.localhub.wire import anybody, reader
from tagpress.localhub.xet_hash import xorb_name

TOKEN = "hf_full"
COLLECTION = "/api/collections/{namespace}/{slug}"
SHELVED = "me/shelved"
REPO = "me/full"
API = f"/api/datasets/{REPO}"
LARGE = b"\0large" * 20_000
PLAIN = b"plain" * 20_000
# The server alone has this file system, which is in memory; it goes with its process.
MOUNTED = 'mount -t tmpfs -o size=16m none "$1" && exec "$2" -c "$3" "$1" "$4"'


@dataclass(frozen=True)
class FullHub:
    """A Hub whose disk can be filled."""

    endpoint: str
    disk: Path

    @property
    def wire(self) -> Wire:
        return Wire(self.endpoint, TOKEN)

    @property
    def api(self) -> HfApi:
        return HfApi(endpoint=self.endpoint, token=TOKEN)

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        filler = self.disk / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 4096):
                pass
        assert shutil.disk_usage(self.disk).free == 0
        try:
            yield
        finally:
            filler.unlink()


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FullHub]:
    root = tmp_path_factory.mktemp("full")
    command = ["unshare", "-rm", "sh", "-c", MOUNTED, "sh", str(root), sys.executable, SCRIPT, TOKEN]
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode:
        pytest.skip("nobody can mount anything here, not even for one process")
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            endpoint = process.stdout.readline().strip()
            if not endpoint:
                pytest.skip("no file system in memory can be mounted here")
            yield FullHub(endpoint, Path(f"/proc/{process.pid}/root{root}"))
        finally:
            process.kill()


@pytest.fixture(scope="module")
def filled(hub: FullHub) -> FullHub:
    """A repository with what the requests need: a branch, a tag, a pull request, an announced upload and a block."""
    hub.api.create_repo(REPO, **KIND)
    hub.api.create_branch(REPO, branch="other", **KIND)
    hub.api.create_tag(REPO, tag="v0", **KIND)
    hub.api.upload_file(path_or_fileobj=b"1", path_in_repo="1.txt", repo_id=REPO, create_pr=True, **KIND)
    hub.api.create_repo(SHELVED, **KIND)
    hub.api.add_collection_item(hub.api.create_collection("Shelf", namespace="me").slug, REPO, "dataset")
    assert xorb(hub, PLAIN).status == 200
    return hub


def lfs(hub: FullHub) -> Answer:
    body = {"operation": "upload", "objects": [{"oid": hashlib.sha256(LARGE).hexdigest(), "size": len(LARGE)}]}
    found = hub.wire("POST", f"/datasets/{REPO}.git/info/lfs/objects/batch", body).json["objects"][0]
    return hub.wire("PUT", found["actions"]["upload"]["href"].removeprefix(hub.endpoint), LARGE)


def xet(hub: FullHub) -> Wire:
    found = hub.wire("GET", f"{API}/xet-write-token/main")
    return Wire(hub.endpoint, found.json["accessToken"])


def xorb(hub: FullHub, plain: bytes) -> Answer:
    return xet(hub)("POST", f"/xet/v1/xorbs/default/{xorb_name([plain])}", a_chunk(0, plain))


def shard(hub: FullHub) -> Answer:
    name = words(bytes.fromhex(xorb_name([PLAIN])))
    recipe = [(name, len(PLAIN), 0, 1)], hashlib.sha256(PLAIN).digest()
    return xet(hub)("POST", "/xet/v1/shards", a_shard(recipe))


def shelf(hub: FullHub) -> Any:
    return next(one for one in hub.wire("GET", "/api/collections").json if one["title"] == "Shelf")


def shelve(hub: FullHub) -> Answer:
    item = {"id": SHELVED, "type": "dataset"}
    return hub.wire("POST", f"/api/collections/{shelf(hub)['slug']}/items", {"item": item})


def unshelve(hub: FullHub) -> Answer:
    found = shelf(hub)
    return hub.wire("DELETE", f"/api/collections/{found['slug']}/items/{found['items'][0]['_id']}")


def asks(method: str, path: str, body: Any = None) -> Callable[[FullHub], Answer]:
    return lambda hub: hub.wire(method, path, body)


def commit(path: str, size: int) -> bytes:
    file = {"path": path, "content": base64.b64encode(b"x" * size).decode(), "encoding": "base64"}
    return ndjson(("header", {"summary": "more"}), ("file", file))


# Each request that writes, by its route; the order is that in which they work at the end.
WRITES: dict[str, Callable[[FullHub], Answer]] = {
    "POST /api/repos/create": asks(
        "POST", "/api/repos/create", {"name": "new", "organization": "me", "type": "dataset"}
    ),
    "PUT {api}/settings": asks("PUT", f"{API}/settings", {"gated": "auto"}),
    "POST {api}/branch/{branch}": asks("POST", f"{API}/branch/more", {"startingPoint": "main"}),
    "POST {api}/tag/{revision}": asks("POST", f"{API}/tag/main", {"tag": "v1", "message": "first"}),
    "POST {api}/super-squash/{branch}": asks("POST", f"{API}/super-squash/other", {"message": "one"}),
    "POST {api}/commit/{revision}": asks("POST", f"{API}/commit/main", commit("small.txt", 10)),
    "POST {api}/commit/{revision} of much": asks("POST", f"{API}/commit/main", commit("more.txt", 200_000)),
    "POST {api}/discussions": asks(
        "POST", f"{API}/discussions", {"title": "a", "description": "b", "pullRequest": True}
    ),
    "POST {api}/discussions/{number}/comment": asks("POST", f"{API}/discussions/1/comment", {"comment": "c"}),
    "POST {api}/discussions/{number}/title": asks("POST", f"{API}/discussions/1/title", {"title": "t"}),
    "POST {api}/discussions/{number}/status": asks("POST", f"{API}/discussions/1/status", {"status": "open"}),
    "POST {api}/discussions/{number}/merge": asks("POST", f"{API}/discussions/1/merge"),
    "PUT /lfs/{sha256}/{size}/{grant}": lfs,
    "POST /xet/v1/xorbs/{prefix}/{xorb}": lambda hub: xorb(hub, b"other" * 20_000),
    "POST /xet/v1/shards": shard,
    "POST {api}/preupload/{revision} of much": asks(
        "POST", f"{API}/preupload/main", {"files": [{"path": "a" * 200, "size": 1, "sample": "eA=="}] * 500}
    ),
    "POST /api/validate-yaml of much": asks(
        "POST", "/api/validate-yaml", {"content": "---\na: b\n---\n" + "x" * 200_000}
    ),
    "POST /api/collections": asks("POST", "/api/collections", {"title": "Another", "namespace": "new"}),
    "POST {collection}/items": shelve,
    "DELETE {collection}/items/{item}": unshelve,
    "POST /api/repos/move": asks(
        "POST", "/api/repos/move", {"fromRepo": REPO, "toRepo": "me/moved", "type": "dataset"}
    ),
}
# They free what they take, and need nothing before.
FREES = {"DELETE {api}/branch/{branch}", "DELETE {api}/tag/{tag}", "DELETE /api/repos/delete", "DELETE {collection}"}
# They change nothing; a body that has to wait in a file is in the table where it can be long enough.
READS = {"POST {api}/preupload/{revision}", "POST /api/validate-yaml", "POST {api}/paths-info/{revision}"}


def test_the_table_has_every_route_that_writes() -> None:
    routes = {
        f"{route.method} {route.pattern.replace('/api/{kind}/{namespace}/{name}', '{api}').replace(COLLECTION, '{collection}')}"
        for route in ROUTES
        if route.method != "GET" and ".git" not in route.pattern and "/git-upload-pack" not in route.pattern
    }
    assert routes == {name.removesuffix(" of much") for name in WRITES} | FREES | READS
    assert {route.guard for route in ROUTES if route.method == "GET"} >= {anybody, reader}


def state(hub: FullHub) -> tuple[Any, ...]:
    refs = hub.wire("GET", f"{API}/refs?include_prs=1").json
    pulls = hub.wire("GET", f"{API}/discussions/1?diff=1").json
    info = hub.wire("GET", API).json
    names = sorted(one["id"] for one in hub.wire("GET", "/api/datasets").json)
    shelves = hub.wire("GET", "/api/collections").json
    files = sorted(path.name for kind in ("lfs", "xorbs") for path in (hub.disk / kind).rglob("*") if path.is_file())
    return refs, pulls["title"], pulls["status"], pulls["events"], info["gated"], info["sha"], names, shelves, files


def test_on_a_full_disk_every_write_is_refused_and_nothing_is_changed(filled: FullHub) -> None:
    before = state(filled)
    with filled.full():
        answers = {name: write(filled) for name, write in WRITES.items()}
        assert {name: found.status for name, found in answers.items() if found.status != 507} == {}
        for name, found in answers.items():
            assert "The disk of this Hub is full: nothing was changed" in found.json["error"], name
            assert "x-error-message" in found.headers, name
        assert not any((filled.disk / "tmp").iterdir())
    assert state(filled) == before
    after = {name: write(filled) for name, write in WRITES.items()}
    assert {name: (found.status, found.body) for name, found in after.items() if found.status != 200} == {}


def test_reading_goes_on_on_a_full_disk(filled: FullHub) -> None:
    content = b"line\n" * 100_000
    filled.api.create_repo("me/read", exist_ok=True, **KIND)
    filled.api.upload_file(path_or_fileobj=content, path_in_repo="long.txt", repo_id="me/read", **KIND)
    with filled.full():
        found = filled.wire("GET", "/datasets/me/read/resolve/main/long.txt")
        assert (found.status, found.body == content) == (200, True)
        for path in ("/api/datasets/me/read/tree/main", "/api/datasets/me/read/commits/main", "/datasets/me/read", "/"):
            assert filled.wire("GET", path).status == 200
        assert not any((filled.disk / "tmp").iterdir())


def test_what_frees_space_works_on_a_full_disk(filled: FullHub) -> None:
    filled.api.create_repo("me/away", **KIND)
    filled.api.create_branch("me/away", branch="other", **KIND)
    filled.api.create_tag("me/away", tag="v0", **KIND)
    away = filled.api.create_collection("Away", namespace="me").slug
    with filled.full():
        assert filled.wire("DELETE", "/api/datasets/me/away/branch/other").status == 200
        assert filled.wire("DELETE", "/api/datasets/me/away/tag/v0").status == 200
        assert filled.wire("DELETE", f"/api/collections/{away}").status == 200
        body = {"name": "away", "organization": "me", "type": "dataset"}
        assert filled.wire("DELETE", "/api/repos/delete", body).status == 200
