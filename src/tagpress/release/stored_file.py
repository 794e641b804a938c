"""A file of a build as a release takes it: where it is, and how large, not what it holds."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from tagpress.store import Store


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in a store, of so many bytes."""

    store: Store
    path: str
    size: int

    @property
    def place(self) -> Path | None:
        """Where it is on this machine, if it stays there."""
        return self.store.local(self.path)

    def fetch(self) -> AbstractContextManager[Path]:
        """Yield its path on this machine; it is good inside the block."""
        return self.store.fetch(self.path)

    def read(self) -> bytes:
        """Return what it holds."""
        return self.store.read(self.path)
