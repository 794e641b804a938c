"""What was found: notes, and how many more there are; of the looks at a layer, and of several together."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from tagpress.build.doubts.judge import Doubts
from tagpress.build.doubts.layers import Looked
from tagpress.build.doubts.placed import PlacedDoubts, first_lines, surest_places
from tagpress.build.doubts.words import notes_of_places
from tagpress.build.read_all import Reading
from tagpress.columnar.types import Ints
from tagpress.corpus.problem_table import ProblemTable


@dataclass(frozen=True, slots=True)
class FoundDoubts:
    """Notes, the surest of each code; how many of each code were left out; and at most how many are less sure than was asked for."""

    notes: ProblemTable = field(default_factory=partial(ProblemTable.of, ()))
    left_out: Mapping[str, int] = field(default_factory=dict)
    less_sure: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, notes: ProblemTable, every: Mapping[str, int], less_sure: Mapping[str, int]) -> "FoundDoubts":
        """Return some notes, given how many of each code there are."""
        said = Counter({code: count for (_, code), count in notes.counts().items()})
        return cls(notes, Counter(every) - said, less_sure)

    @classmethod
    def joined(cls, some: Sequence["FoundDoubts"]) -> "FoundDoubts":
        """Return what was found in several places."""
        left, less = (
            dict(sorted(added_up(counts).items()))
            for counts in ([one.left_out for one in some], [one.less_sure for one in some])
        )
        return cls(ProblemTable.joined(one.notes for one in some), left, less)


def notes_of(
    layer: Looked, reading: Reading, placed: Sequence[PlacedDoubts], doubts: Doubts, against: Ints
) -> ProblemTable:
    """Return the notes of the surest places; `against` has by doubt the number of the reading that speaks against it."""
    files = [piece.files for piece in reading.pieces]
    lines = first_lines(placed, files)
    examples = {doubt: lines.get(number, ()) for doubt, number in enumerate(against.tolist())}
    notes = notes_of_places(surest_places(placed, files, doubts), doubts, examples, layer)
    return reading.settled.all_published(notes)


def added_up(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    """Return counts by code, added up."""
    return sum(map(Counter, counts), Counter())


def quiet(done: int, total: int) -> None:
    """Report nothing: a look takes no time to speak of beside reading."""
