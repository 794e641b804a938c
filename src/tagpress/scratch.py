"""
Where a build stands until it is finished: a folder beside its place, on the same file system, that nothing outlives.

The folder goes with the block that uses it, whatever ends the block. What ends the process itself (SIGKILL, a power cut)
leaves it behind; its lock is free then, and the next build to the same place removes it.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from tagpress.errors import BuildError

_SUFFIX: Final = ".partial"
_LOCK: Final = "lock"
_REMOVALS: Final = 50  # tries, with a pause of so many seconds between two
_PAUSE: Final = 0.1


@contextmanager
def scratch_beside(out: Path) -> Iterator[Path]:
    """
    Make an empty folder from which files can be renamed to `out`.

    Raises:
        BuildError: the folder, or what the block writes, cannot be written.

    """
    prefix = f".{out.name}."
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for left in out.parent.glob(f"{prefix}*{_SUFFIX}"):
            _remove_if_dead(left)
        with _folder(prefix, out.parent) as folder, FileLock(folder / _LOCK):
            (work := folder / "work").mkdir()
            yield work
    except OSError as error:
        raise BuildError(
            f"the build cannot be written: {error.filename or out}: {error.strerror or error}",
            "nothing was left behind; make room, or choose another --out",
        ) from error


@contextmanager
def _folder(prefix: str, parent: Path) -> Iterator[Path]:
    """Make a folder and remove it, also from under those who still write there: a try that a cluster has not yet ended."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, suffix=_SUFFIX, dir=parent))
    try:
        yield folder
    finally:
        for _ in range(_REMOVALS):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(_PAUSE)


@contextmanager
def spill_folder() -> Iterator[Path]:
    """Make an empty folder for what is read and not kept, in the system's place for such."""
    with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
        yield Path(folder)


def _remove_if_dead(folder: Path) -> None:
    """Remove the folder of a build that was killed; the lock of a living one is held."""
    try:
        with FileLock(folder / _LOCK, timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except Timeout:
        pass
