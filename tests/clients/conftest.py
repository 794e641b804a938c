"""The release that clients read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.released import Released
from hostile.conftest import files
from release.seam import Seam
from tagpress.localhub import LocalHub

__all__ = ["files"]


@pytest.fixture(scope="session")
def released(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    folder, seam = tmp_path_factory.mktemp("clients"), Seam()
    script = root / "dataset_script" / "software_entities.py"
    with LocalHub(folder / "hub", wrap=seam) as hub:
        from tagpress import load_script, publish_corpus
        from tagpress.hub import Hub

        publish_corpus(
            load_script(script).declaration(),
            hub=Hub(endpoint=hub.endpoint, token=hub.token),
            repo="me/software-entities",
            out=folder / "build",
        )
        yield Released(hub, folder / "build", seam)
