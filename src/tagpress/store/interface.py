"""What a store must be able to do, for the moves of a build and for whoever puts it in its place."""

from abc import abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, Self


class Store(Protocol):
    """A place for files."""

    @abstractmethod
    def below(self, prefix: str) -> Self:
        """Return the store of what is below a prefix."""

    @abstractmethod
    def local(self, name: str = "") -> Path | None:
        """Return the path of a file, or of the store itself, where it can be used in place; None where it is elsewhere."""

    @abstractmethod
    def leased(self, lease: str) -> Self:
        """Return this store for as long as the file `lease` is in it: what is created after it has gone does not stay."""

    @abstractmethod
    def fetch(self, name: str) -> AbstractContextManager[Path]:
        """
        Yield the path of a file on this machine; it is good inside the block.

        At a URL that is a copy, which is removed when the block ends. What was mapped into memory stays readable.
        """

    @abstractmethod
    def create(self, name: str) -> AbstractContextManager[Path]:
        """Yield a path to write a file to. When the block ends without an error the store has the whole file, and not before."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Return whether there is a file of this name."""

    @abstractmethod
    def names(self, prefix: str = "") -> list[str]:
        """Return the names of all files below a prefix, sorted."""

    @abstractmethod
    def entries(self) -> list[str]:
        """Return what stands directly here, files and folders, sorted."""

    @abstractmethod
    def move(self, name: str, other: str) -> None:
        """Rename a file; a file that already has the other name is replaced."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file, or everything below a prefix; nothing there is fine."""

    @abstractmethod
    def replace_folder(self, folder: str, files: Mapping[str, str], *, last: str, aside: str) -> None:
        """
        Make a folder hold exactly these files, which are moved there: `files` has their present names by those in it.

        Whoever finds the file `last` in it finds all of them, and no others. `aside` is a folder that nobody uses.
        """

    def read(self, name: str) -> bytes:
        """Return what a small file holds."""
        with self.fetch(name) as file:
            return file.read_bytes()

    def write(self, name: str, data: bytes) -> None:
        """Write a small file."""
        with self.create(name) as file:
            file.write_bytes(data)
