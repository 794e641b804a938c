"""What clients and consumers of releases read, and where they live."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from release.seam import Seam
from tagpress.localhub import LocalHub


@dataclass(frozen=True)
class Released:
    """The sample, published on an embedded Hub that stays; its build; and what sees every request."""

    hub: LocalHub
    build: Path
    seam: Seam
    version: tuple[str, str] = ("me/software-entities", "1.0.0")


def client(name: str) -> Path:
    """Return the Python of a client; a run that was told where they are must have them all."""
    if name == "here":
        return Path(sys.executable)
    if "TAGPRESS_CLIENTS" not in os.environ:
        pytest.skip("TAGPRESS_CLIENTS does not say where the environments of clients are")
    return Path(os.environ["TAGPRESS_CLIENTS"]) / name / "bin" / "python"


def environment(home: Path, endpoint: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_HOME": str(home / "hf"),
        **({"HF_ENDPOINT": endpoint} if endpoint else {}),
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_OFFLINE": "0",
    }


def run(name: str, script: str, *words: str, home: Path, hub: str = "", said: str = "") -> Any:
    """Run a script with the Python of a client, and return the JSON that it prints."""
    done = subprocess.run(
        [str(client(name)), str(Path(__file__).parent / script), *words],
        env=environment(home, hub),
        cwd=home,
        input=said,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
