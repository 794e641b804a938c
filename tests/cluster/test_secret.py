"""A driver that dies when everything is sent: another commits, and nothing of it tells the token."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from cluster.standalone import TESTS
from release.builds import write_build
from release.seam import Request, Seam
from release.view import view
from tagpress.corpus.manifest import Manifest
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.publish import publish_build

pytestmark = pytest.mark.cluster
REPO = "me/toy"
PAGES = ("environment", "jobs", "stages", "executors", "SQL", "storage")
DOCUMENTS = ("environment", "jobs", "stages", "allexecutors", "sql")


def files_with(secret: bytes, *folders: Path) -> list[str]:
    """Return the files that hold a secret."""
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [str(path) for path in files if secret in path.read_bytes()]


def pages(folder: Path) -> dict[str, bytes]:
    """Return what the UI of a driver shows, by address."""
    ui, application = (folder / "ui").read_text(), (folder / "application").read_text()
    addresses = [f"{ui}/{page}/" for page in PAGES]
    addresses += [f"{ui}/api/v1/applications/{application}/{name}" for name in DOCUMENTS]
    addresses += [f"{ui}/stages/stage/?id={number}&attempt=0" for number in range(2)]
    found = {}
    for address in addresses:
        with urllib.request.urlopen(address, timeout=60) as answered:
            found[address] = answered.read()
    return found


def test_a_driver_dies_before_its_commit_and_nothing_tells_the_token(cluster, tmp_path):
    seam, build, folder = Seam(), write_build(tmp_path / "build"), tmp_path / "driver"
    folder.mkdir()
    shown: dict[str, bytes] = {}
    told: list[str] = []
    shards = Manifest.load(build).data_files()
    with LocalHub(tmp_path / "hub", wrap=seam) as hub:
        token = hub.token.encode()

        def choose(_number: int, request: Request):
            async def kill(_app, _scope, _receive, _send):
                halves = [line.split() for line in (folder / "halves").read_text().splitlines()]
                shown.update(pages(folder))
                told.extend(files_with(token, folder, cluster.folder, tmp_path / "build.uploads"))
                for _, other in halves:
                    told.extend(set(files_with(other.encode(), folder, cluster.folder)) - {str(folder / "halves")})
                    told.extend(address for address, page in shown.items() if other.encode() in page)
                os.kill(driver.pid, signal.SIGKILL)

            return kill if request.path.endswith("/commit/main") else None

        seam.choose = choose
        words = [sys.executable, "-m", "cluster.driver", cluster.url, folder, build, hub.endpoint, REPO]
        environment = {**os.environ, "PYTHONPATH": str(TESTS), "HF_TOKEN": hub.token}
        with (folder / "log").open("wb") as log:
            driver = subprocess.Popen(words, stdout=log, stderr=log, env=environment)
        driver.wait(300)
        assert driver.returncode == -signal.SIGKILL, (folder / "log").read_text(errors="replace")[-3000:]
        assert seam.count("PUT") == len(shards)
        assert len(list((tmp_path / "build.uploads").rglob("*"))) == 1 + len(shards)

        assert not told
        assert not [address for address, page in shown.items() if token in page]
        assert any(b"SparkListenerJobStart" in path.read_bytes() for path in (folder / "events").iterdir())
        assert files_with(b'"spark.tagpress.secret":"*********(redacted)"', folder / "events")

        seam.forget()
        done = publish_build(build, hub=Hub(endpoint=hub.endpoint, token=hub.token), repo=REPO)
        found = view(hub, REPO)
    assert done.tag == "v1.0.0"
    assert found is not None
    assert found.titles == ["Release v1.0.0", "initial commit"]
    assert not [request for request in seam.requests if "/lfs/" in request.path or request.method == "PUT"]
    assert not (tmp_path / "build.uploads").exists()
