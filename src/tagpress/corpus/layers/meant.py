"""Which name is meant by a text that is none of them? A help, so it is looked for within limits: each look takes a millisecond."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

_LONGEST: Final = 80  # characters of a text that may be a slip
_MOST: Final = 1_000  # different texts; where more are wrong, they are no slips


@dataclass(frozen=True, slots=True)
class Meant:
    """The names that may be meant, and what was found before."""

    names: Sequence[str]
    found: dict[str, str] = field(default_factory=dict)

    def __call__(self, text: str) -> str:
        """
        Return the words that say which name is near a text, or nothing.

        >>> Meant(["B-Person"])("B-Persom")
        " (did you mean 'B-Person'?)"

        """
        if text not in self.found:
            if len(text) > _LONGEST or len(self.found) >= _MOST:
                return ""
            near = get_close_matches(text, self.names, n=1)
            self.found[text] = f" (did you mean {near[0]!r}?)" if near else ""
        return self.found[text]
