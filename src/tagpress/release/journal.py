"""
Which content of a build is in a Hub's storage already, though no commit has it yet: noted beside the build when it was sent.

    out.uploads/<of one Hub and repository>/<SHA-256 of what was sent>

A publisher that dies between an upload and the commit is followed by one that finds the notes, and commits without
sending anything again. A note is a name, so it is there or not, whoever writes it how often.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tagpress.hub import Repository, Uploaded
from tagpress.store import Store, store_of


@dataclass(frozen=True, slots=True)
class Journal:
    """The notes of one build and one repository; workers on other machines may write them, too."""

    store: Store
    folder: str

    @classmethod
    def of(cls, build: Path | str, repository: Repository) -> Self:
        """Return those that stand beside a build."""
        above, name = store_of(build)
        where = hashlib.sha256(f"{repository.hub.endpoint} {repository.repo}".encode()).hexdigest()[:16]
        return cls(above.below(f"{name}.uploads"), where)

    def add(self, sent: Uploaded) -> None:
        """Note what was sent."""
        self.store.write(f"{self.folder}/{sent.sha256}", b"")

    def known(self) -> frozenset[str]:
        """Return the SHA-256 of everything that was sent."""
        return frozenset(name.rpartition("/")[2] for name in self.store.names(self.folder))

    def forget(self) -> None:
        """Remove all notes: the release is there, or they are not true."""
        self.store.remove(self.folder)
        if not self.store.names():  # else they are of another repository
            self.store.remove("")
