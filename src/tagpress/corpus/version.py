"""What is a version, and which comes next?"""

import re
import typing
from dataclasses import dataclass
from typing import Final, Literal, Self

Bump = Literal["none", "patch", "minor", "major"]
BUMPS: Final[tuple[Bump, ...]] = typing.get_args(Bump)


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A release's version, ordered as numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "X.Y.Z", three numbers without leading zeros; anything else is a ValueError."""
        match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text)
        if match is None:
            message = f'expected a version "X.Y.Z", found {text!r:.60}'
            raise ValueError(message)
        return cls(*map(int, match.groups()))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def tag(self) -> str:
        """The name of this version's tag on the Hub."""
        return f"v{self}"

    def next(self, bump: Bump) -> "Version":
        """Return the smallest later version that `bump` asks for."""
        following: dict[Bump, Version] = {
            "none": self,
            "patch": Version(self.major, self.minor, self.patch + 1),
            "minor": Version(self.major, self.minor + 1, 0),
            "major": Version(self.major + 1, 0, 0),
        }
        return following[bump]
