"""What every test needs before anything is imported: the Hub's clients read their settings once, at import."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

# The embedded Hub syncs every object of git to the disk, which makes the tests wait for it, the more so the busier the
# disk is. They kill processes and cut no power, so where the system has a file system in memory, with room, it serves.
_MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > 4e9:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)

# The tests start hundreds of processes, each of which would compile the whole package anew where no byte code is kept.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What is imported and collected is a million objects and no garbage: Python would look through them again and again.
gc.set_threshold(100_000)

_HOME = tempfile.mkdtemp(prefix="tagpress-tests-")
os.environ |= {
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "HF_HOME": _HOME,
    "DO_NOT_TRACK": "1",
}
os.environ.pop("HF_TOKEN", None)
os.environ.pop("HF_ENDPOINT", None)

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

from browser import chromium  # noqa: E402

__all__ = ["chromium"]

# The machine's speed is no law: deadlines would make slow machines fail.
# The gate tries the same examples every time, and more of them; on a developer's machine each run tries new ones.
settings.register_profile(
    "default",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
    max_examples=int(os.environ.get("TAGPRESS_EXAMPLES", "40")),
)
settings.load_profile("default")

ROOT = Path(__file__).parents[1]
CORPORA = ROOT.parent / "shared" / "corpora"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Have one more than there are cores: tests wait for processes that they have started and killed."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """Keep what is there now from being looked through for garbage, and from being copied into every child."""
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)


@pytest.fixture
def seam():
    """What sees every request to the Hub of a test, and can break it."""
    from release.seam import Seam

    return Seam()


@pytest.fixture
def local(tmp_path, seam):
    """A Hub of a test's own."""
    from tagpress.localhub import LocalHub

    # The Hub of an earlier test may have had the same port; what is remembered of its tags is not about this one.
    shutil.rmtree(Path(_HOME) / "tagpress", ignore_errors=True)
    with LocalHub(tmp_path / "hub", wrap=seam) as found:
        yield found


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder of real corpora beside the repository; tests that need one are skipped where it is absent."""
    if not CORPORA.is_dir():
        pytest.skip("the real corpora are not beside the repository")
    return CORPORA
