"""What clients and consumers of releases read, and where they live."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

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
