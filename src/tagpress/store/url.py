"""What stands below an fsspec URL: an object store, HDFS, or whatever else fsspec reaches."""

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from tagpress.store.interface import Store

UNFINISHED: Final = ".tagpress-unfinished"
"""What a folder at a URL has in it while it is being replaced."""

_AT_ONCE: Final = 16  # files that are moved at the same time


@dataclass(frozen=True)
class UrlStore(Store):
    """
    What stands below an fsspec URL.

    With a `lease`, the URL of a file that somebody keeps for as long as a store is in use, nothing that is created after
    it has gone stays there.
    """

    url: str
    lease: str = ""

    def __str__(self) -> str:
        return self.url

    def below(self, prefix: str) -> Self:
        """Return the store of what is below a prefix."""
        return replace(self, url=f"{self.url}/{prefix}")

    def local(self, name: str = "") -> None:
        """Return nothing: every file is elsewhere."""

    def leased(self, lease: str) -> Self:
        """Return this store for as long as the file `lease` is in it."""
        return replace(self, lease=f"{self.url}/{lease}")

    @contextmanager
    def fetch(self, name: str) -> Iterator[Path]:
        """Yield the path of a copy, whose name ends as the file's does."""
        with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
            file = Path(folder) / name.rpartition("/")[2]
            with self._system() as (system, root):
                system.get_file(f"{root}/{name}", str(file))
            yield file

    @contextmanager
    def create(self, name: str) -> Iterator[Path]:
        """
        Yield a temporary path, from which the file is sent when the block ends.

        Raises:
            FileNotFoundError: it did not arrive.

        """
        with tempfile.TemporaryDirectory(prefix="tagpress-") as folder:
            file = Path(folder) / name.rpartition("/")[2]
            yield file
            with self._system() as (system, root):
                target = f"{root}/{name}"
                _in_a_folder(system, target, lambda: system.put_file(str(file), target))
        if self.lease and not _there(self.lease):
            # Looked up afterwards: whoever ends the lease looks for what is left after that, and sees this or is seen.
            self.remove(name)
            raise FileNotFoundError(f"{self.url}/{name} was not wanted any more")

    def exists(self, name: str) -> bool:
        """Return whether there is a file of this name."""
        return _there(f"{self.url}/{name}")

    def names(self, prefix: str = "") -> list[str]:
        """Return the names of all files below a prefix."""
        with self._system() as (system, root):
            try:
                found = system.find(f"{root}/{prefix}".rstrip("/"))
            except FileNotFoundError:
                return []
            return sorted(_below(path, root) for path in found)

    def entries(self) -> list[str]:
        """Return what stands directly here."""
        with self._system() as (system, root):
            try:
                found = [_below(path.rstrip("/"), root) for path in system.ls(root, detail=False)]
            except (FileNotFoundError, NotADirectoryError):
                return []
            return sorted(name for name in found if name)

    def move(self, name: str, other: str) -> None:
        """Give a file another name where it is: nothing comes this way."""
        with self._system() as (system, root):
            source, target = f"{root}/{name}", f"{root}/{other}"
            _in_a_folder(system, target, lambda: _move(system, source, target))

    def remove(self, name: str) -> None:
        """Remove a file, or everything below a prefix."""
        with self._system() as (system, root), suppress(FileNotFoundError):
            system.rm(f"{root}/{name}".rstrip("/"), recursive=True)

    def replace_folder(self, folder: str, files: Mapping[str, str], *, last: str, aside: str) -> None:  # noqa: ARG002 - nothing is kept
        """
        Move files to where an older folder's were; in between there is no `last`, for no such place changes at once.

        Until the end the folder is marked as unfinished, so that it is known for what it is if the end does not come.
        """
        place = self.below(folder)
        place.write(UNFINISHED, b"")
        place.remove(last)
        for old in place.entries():
            if old != UNFINISHED:
                place.remove(old)
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            others = [(name, f"{folder}/{path}") for path, name in files.items() if path != last]
            list(threads.map(lambda names: self.move(*names), others))
        self.move(files[last], f"{folder}/{last}")
        place.remove(UNFINISHED)

    def _system(self) -> AbstractContextManager[tuple[Any, str]]:
        return opened(self.url)


@contextmanager
def opened(url: str) -> Iterator[tuple[Any, str]]:
    """
    Yield the file system of a URL and the path there, with nothing cached. Every error in the block becomes an OSError.

    Raises:
        OSError: it cannot be reached, or the block failed there.

    """
    import fsspec  # type: ignore[import-untyped]  # noqa: PLC0415 - untyped; slow to import, and only URLs need it

    try:
        system, root = fsspec.url_to_fs(url)
        system.invalidate_cache()  # others write there too
        yield system, root.rstrip("/")
    except OSError:
        raise
    except ImportError as error:
        raise OSError(str(error)) from error
    except Exception as error:  # each client has errors of its own
        raise OSError(f"{type(error).__name__}: {error}") from error


def _there(url: str) -> bool:
    with opened(url) as (system, path):
        try:
            return bool(system.info(path)["type"] == "file")
        except FileNotFoundError:
            return False


def _below(path: str, root: str) -> str:
    return path.removeprefix(root).removeprefix("/")


def _in_a_folder(system: Any, target: str, act: Callable[[], None]) -> None:  # noqa: ANN401 - fsspec is untyped
    """Do something that needs the target's folder, which many systems need not be told of; a bucket is never made."""
    try:
        act()
    except FileNotFoundError:
        top = re.match(r"/*[^/]*", target)
        if top is None or not system.exists(top[0]):
            raise
        system.makedirs(target.rpartition("/")[0], exist_ok=True)
        act()


def _move(system: Any, source: str, target: str) -> None:  # noqa: ANN401 - fsspec is untyped
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - see above

    if type(system).mv is AbstractFileSystem.mv:
        system.cp_file(source, target)  # as its `mv` does, which looks for patterns and folders first
        system.rm_file(source)
        return
    with suppress(FileNotFoundError):
        system.rm_file(target)  # not every system renames over a file
    system.mv(source, target)
