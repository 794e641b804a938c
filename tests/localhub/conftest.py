"""A Hub, its real clients, and plain HTTP for what no client would send."""

import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import HfApi, constants
from huggingface_hub.utils import close_session

from localhub.plain import Wire
from tagpress.localhub import LocalHub

TOKEN = "hf_owner"


@pytest.fixture(scope="module", autouse=True)
def lfs_client() -> Iterator[None]:
    """In this process the clients send large files by LFS, and leave no connection open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        yield
    close_session()


@pytest.fixture(scope="session")
def hub_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hub")


@pytest.fixture(scope="session")
def hub(hub_root: Path) -> Iterator[LocalHub]:
    """One server for all tests that do not mind the others."""
    with LocalHub(hub_root, token=TOKEN) as hub:
        yield hub


@pytest.fixture(scope="session")
def api(hub: LocalHub) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=hub.token)


@pytest.fixture(scope="session")
def wire(hub: LocalHub) -> Wire:
    return Wire(hub.endpoint, hub.token)


@pytest.fixture
def repo(api: HfApi, request: pytest.FixtureRequest) -> str:
    """A fresh dataset repository, named after its test."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name)[:80].strip("-")
    name += f"-{zlib.crc32(request.node.nodeid.encode()):08x}"
    return api.create_repo(f"tests/{name}", repo_type="dataset").repo_id


@pytest.fixture
def child(hub: LocalHub, tmp_path: Path) -> Callable[..., Any]:
    """Run a script in a process of its own, with the clients' settings in its environment; return the JSON it prints."""

    def run(script: str, *arguments: str, **settings: str) -> Any:
        environment = {
            **os.environ,
            "HF_ENDPOINT": hub.endpoint,
            "HF_TOKEN": hub.token,
            "HF_HOME": str(tmp_path / "home"),
            "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
            "USE_TORCH": "0",  # to import it takes longer than all the rest
            **settings,
        }
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
