"""What is known of the places in doubt: of one piece, and of several together."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, TypeAlias

from tagpress.build.doubts.judge import CODES, MOST, Doubts, Kind

EXAMPLES: Final = 2  # places with the other reading that a note names

# Path and line.
Line: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """
    One place in doubt: `doubt` is its number among all, `words` are the tokens there.

    `token` is the first one's number in its sentence, from 1; `piece` and `row` are those of the sentence, `key` is its
    key in hex.
    """

    score: float
    doubt: int
    path: str
    line: int
    token: int
    words: tuple[str, ...]
    key: str
    piece: int
    row: int

    @property
    def rank(self) -> tuple[float, str, int, int, int]:
        """Return what sorts the surest first, and then by place."""
        return (-self.score, self.path, self.line, self.token, self.doubt)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedDoubts:
    """
    What a piece, or several, have of what is in doubt.

    `places` has the surest of each code, the surest first; `counts` how many there are. `examples` are the first places with
    the other reading by the number of the doubt; `names` has texts by the number of the name.
    """

    places: tuple[Place, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[int, tuple[Line, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)


def together(some: Iterable[PlacedDoubts]) -> PlacedDoubts:
    """Return what several pieces have."""
    pieces = list(some)
    places = sorted((place for one in pieces for place in one.places), key=lambda place: place.rank)
    examples: dict[int, list[Line]] = {}
    for one in pieces:
        for doubt, lines in one.examples.items():
            examples.setdefault(doubt, []).extend(lines)
    return PlacedDoubts(
        places=tuple(places),
        counts=sum((Counter(one.counts) for one in pieces), Counter()),
        examples={doubt: tuple(islice(sorted(set(lines)), EXAMPLES)) for doubt, lines in examples.items()},
        names={number: text for one in pieces for number, text in one.names.items()},
    )


def bounded(places: Sequence[Place], doubts: Doubts) -> Iterator[Place]:
    """Yield the surest places of each code; they come the surest first."""
    seen: Counter[str] = Counter()
    for place in places:
        code = CODES[Kind(int(doubts.kind[place.doubt]))]
        seen[code] += 1
        if seen[code] <= MOST:
            yield place
