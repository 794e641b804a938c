"""A Hub whose every request is seen, and can be broken."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from release.seam import Seam
from tagpress.localhub import LocalHub


@pytest.fixture
def seam() -> Seam:
    return Seam()


@pytest.fixture
def hub(tmp_path: Path, seam: Seam) -> Iterator[LocalHub]:
    with LocalHub(tmp_path / "hub", wrap=seam) as found:
        yield found
