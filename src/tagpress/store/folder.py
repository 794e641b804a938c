"""A folder of a file system that every worker sees."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from tagpress.store.interface import Store
from tagpress.store.whole_file import written_beside


@dataclass(frozen=True)
class Folder(Store):
    """A folder; everything happens in place."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def below(self, prefix: str) -> Self:
        """Return the store of a folder in it."""
        return replace(self, path=self.path / prefix)

    def local(self, name: str = "") -> Path:
        """Return the path itself."""
        return self.path / name

    def leased(self, lease: str) -> Self:  # noqa: ARG002 - a lock does that
        """Return this store: who ends a build in a folder removes it under whoever still writes there."""
        return self

    @contextmanager
    def fetch(self, name: str) -> Iterator[Path]:
        """Yield the path of the file itself."""
        yield self.path / name

    @contextmanager
    def create(self, name: str) -> Iterator[Path]:
        """Yield a path beside the file's; what is written there is renamed when the block ends."""
        with written_beside(self.path / name) as made:
            yield made

    def exists(self, name: str) -> bool:
        """Return whether there is a file of this name."""
        return (self.path / name).is_file()

    def names(self, prefix: str = "") -> list[str]:
        """Return the names of all files below a folder."""
        found = (self.path / prefix).rglob("*")
        return sorted(path.relative_to(self.path).as_posix() for path in found if not path.is_dir())

    def entries(self) -> list[str]:
        """Return what stands in it."""
        return sorted(path.name for path in self.path.iterdir()) if self.path.is_dir() else []

    def move(self, name: str, other: str) -> None:
        """Rename a file."""
        (self.path / other).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).replace(self.path / other)

    def remove(self, name: str) -> None:
        """Remove a file or a folder."""
        path = self.path / name
        shutil.rmtree(path, ignore_errors=True)
        with suppress(OSError):
            path.unlink(missing_ok=True)

    def replace_folder(self, folder: str, files: Mapping[str, str], *, last: str, aside: str) -> None:  # noqa: ARG002 - all come at once
        """Rename a finished folder to its place; the older one leaves by rename, and is removed afterwards."""
        new, old, place = self.path / aside / "new", self.path / aside / "old", self.path / folder
        for path, name in files.items():
            self.move(name, f"{aside}/new/{path}")
        if place.exists():
            place.replace(old)
        new.replace(place)
        shutil.rmtree(old, ignore_errors=True)
