"""
Where a build stands until it is finished: a place beside its own, in the same store, that nothing outlives.

It goes with the block that uses it, whatever ends the block. What ends the process itself (SIGKILL, a power cut) leaves
it behind, and the next build to the same place removes it:

    in a folder   its lock is free then
    at a URL      its lease, which a living build renews, does not change any more
"""

import glob
import re
import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

from filelock import FileLock, Timeout

from tagpress.errors import UnderwayError, UsageError, WriteError
from tagpress.store import Folder, Store, store_of

_SUFFIX: Final = ".partial"
_LOCK: Final = "lock"
_LEASE: Final = "lease"
_BEAT: Final = 5  # seconds between two renewals of a lease
_PATIENCE: Final = 30  # and how many without one are taken for its end
_REMOVALS: Final = 50  # tries, with a pause of so many seconds between two
_PAUSE: Final = 0.1
_HINTS: Final = {  # by whether it is in a folder
    True: "nothing was left behind; make room, or choose another --out",
    False: "see that it can be, and run the same command again, or choose another --out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """The place of a build in the making: `folder` in the store `above`, in which the finished one will be `out`."""

    above: Store
    out: str
    folder: str
    store: Store

    def finish(self, files: Mapping[str, str], beside: Sequence[str], *, last: str) -> None:
        """
        Put a build in its place: `files` has their names in `store` by those in the build, of which `last` comes last.

        What is named in `beside` is put beside the build, behind its name.
        """
        for name in beside:
            self.above.move(f"{self.folder}/{name}", f"{self.out}.{name}")
        placed = {path: f"{self.folder}/{name}" for path, name in files.items()}
        self.above.replace_folder(self.out, placed, last=last, aside=f"{self.folder}/aside")


@contextmanager
def scratch_beside(above: Store, out: str) -> Iterator[Scratch]:
    """
    Make an empty place from which files can be moved to `out` in the store `above`.

    Raises:
        WriteError: it, or what the block writes, cannot be written.
        UnderwayError: another build to the same place is under way.

    """
    shared = above.local()
    places = _leased(above, out) if shared is None else _locked(Folder(shared), out)
    with writing(above, out), places as (folder, store):
        yield Scratch(above=above, out=out, folder=folder, store=store)


@contextmanager
def writing(above: Store, out: str) -> Iterator[None]:
    """
    Say what cannot be written.

    Raises:
        WriteError: instead of any OSError.

    """
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"the build cannot be written: {error.filename or f'{above}/{out}'}: {error.strerror or error}",
            _HINTS[above.local() is not None],
        ) from error


@contextmanager
def spill_store(scratch: Path | str | None = None) -> Iterator[Store]:
    """
    Make an empty place for what is read and not kept: in the folder or at the URL `scratch`, or in the system's for such.

    Raises:
        UsageError: there is no such folder.

    """
    if scratch is None:
        with spill_folder() as folder:
            yield folder
        return
    above, name = store_of(scratch)
    inside = above.below(name)
    shared = inside.local()
    if shared is not None and not shared.is_dir():
        raise UsageError(f"{inside} is no folder", "name a folder that is there; nothing will stay in it")
    with scratch_beside(inside, "check") as place:
        yield place.store


@contextmanager
def spill_folder() -> Iterator[Folder]:
    """Make an empty folder for what is read and not kept, in the system's place for such."""
    with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
        yield Folder(Path(folder))


@contextmanager
def _locked(above: Folder, out: str) -> Iterator[tuple[str, Store]]:
    """Make a folder, hold its lock for the block, and yield its name and the store in it."""
    above.path.mkdir(parents=True, exist_ok=True)
    for left in above.path.glob(f".{glob.escape(out)}.*{_SUFFIX}"):
        with suppress(Timeout), FileLock(left / _LOCK, timeout=0):
            shutil.rmtree(left, ignore_errors=True)
    with _folder(f".{out}.", above.path) as folder, FileLock(folder / _LOCK):
        work = f"{folder.name}/work"
        (above.path / work).mkdir()
        yield work, above.below(work)


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
def _leased(above: Store, out: str) -> Iterator[tuple[str, Store]]:
    """
    Make a prefix with a lease, renew the lease for the block, and yield the prefix and the store below it.

    What a worker still writes there after the block, without a lease, does not stay.

    """
    folder = f".{out}.{uuid.uuid4().hex}{_SUFFIX}"
    store = above.below(folder)
    store.write(_LEASE, _token())
    over = Event()
    renewing = Thread(target=_renew, args=(store, over), daemon=True)
    renewing.start()
    try:
        others = re.compile(rf"\.{re.escape(out)}\.[0-9a-f]{{32}}{re.escape(_SUFFIX)}")
        # Looked for from behind the own lease: of two that begin at once, none sees nobody.
        _remove_dead(above, [name for name in above.entries() if others.fullmatch(name) and name != folder])
        yield folder, store.leased(_LEASE)
    finally:
        over.set()
        renewing.join()
        with suppress(OSError):
            store.remove(_LEASE)
            above.remove(folder)


def _renew(store: Store, over: Event) -> None:
    """Renew a lease until it is over, or somebody took this process for dead and has removed it."""
    while not over.wait(_BEAT):
        with suppress(OSError):
            if not store.exists(_LEASE):
                return
            store.write(_LEASE, _token())


def _remove_dead(above: Store, folders: list[str]) -> None:
    """
    Remove what builds left behind that were killed.

    Raises:
        UnderwayError: one of them is alive.

    """
    before = [_lease_of(above, folder) for folder in folders]
    if any(before):
        time.sleep(_PATIENCE)
    for folder, token in zip(folders, before, strict=True):
        if _lease_of(above, folder) != token:
            message = f"another build to the same place is under way: it works in {above}/{folder}"
            raise UnderwayError(message, "wait until it has ended, or choose another --out")
        above.remove(folder)


def _lease_of(above: Store, folder: str) -> bytes:
    with suppress(FileNotFoundError):
        return above.read(f"{folder}/{_LEASE}")
    return b""


def _token() -> bytes:
    return uuid.uuid4().bytes
