"""
Which content of a build is in a Hub's storage already, though no commit has it yet: noted beside the build when it was sent.

    out.uploads/<endpoint and repository>/<SHA-256 of what was sent>

A publisher that dies between an upload and the commit is followed by one that finds the notes, and commits without
sending anything again. A note is a name, so it is there or not, whoever writes it how often.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

from tagpress.hub import Repository, Uploaded


@dataclass(frozen=True, slots=True)
class Notes:
    """The notes of one build and one repository; workers on other machines may write them, too."""

    folder: Path

    @classmethod
    def of(cls, build: Path, repository: Repository) -> Self:
        """Return those that stand beside a build."""
        whole = build.absolute()
        where = quote(f"{repository.hub.endpoint}/{repository.repo}", safe="")
        return cls(whole.with_name(f"{whole.name}.uploads") / where)

    def add(self, sent: Uploaded) -> None:
        """Note what was sent."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / sent.sha256).touch()

    def known(self) -> frozenset[str]:
        """Return the SHA-256 of everything that was sent."""
        return frozenset(note.name for note in self.folder.glob("*"))

    def forget(self) -> None:
        """Remove all notes: the release is there, or they are not true."""
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.folder.parent.is_dir() and not any(self.folder.parent.iterdir()):
            self.folder.parent.rmdir()
