"""What is wrong with records and spans, gathered while they are read, and said of every sentence that suffers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.read.parsed import KINDS, Faults, fault_rows


@dataclass(frozen=True, slots=True)
class Note:
    """
    One fault: of the sentences `first` to `last`, or of all of its record where they are negative.

    `at` is its byte in the piece; `words` say what was found; `detail` is the fault's own, or the number of the note.
    """

    code: str
    record: int
    at: int
    words: str
    first: int = -1
    last: int = -1
    detail: int = -1


@dataclass(slots=True)
class Notes:
    """The faults so far; `whole` says that one without sentences of its own is of all of its record, else it is of none."""

    whole: bool = True
    found: list[Note] = field(default_factory=list)

    def add(self, note: Note) -> None:
        """Add one."""
        self.found.append(note)

    @property
    def words(self) -> Mapping[int, str]:
        """Return what messages say of each."""
        return {_detail(number, note): note.words for number, note in enumerate(self.found)}

    def faults(self, record: Ints) -> Faults:
        """Return them with their sentences; `record` has that of each sentence, ascending."""
        return fault_rows(row for number, note in enumerate(self.found) for row in self._rows(number, note, record))

    def _rows(self, number: int, note: Note, record: Ints) -> Iterator[tuple[int, int, int, int]]:
        first, last = note.first, note.last
        if first < 0 and self.whole:
            first, last = (int(np.searchsorted(record, note.record + more)) - more for more in (0, 1))
        kind, detail = KINDS[note.code], _detail(number, note)
        return ((kind, note.at, sentence, detail) for sentence in range(first, last + 1))


def _detail(number: int, note: Note) -> int:
    if note.code == "bad-encoding":
        return note.at
    return number if note.detail < 0 else note.detail
