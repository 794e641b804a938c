"""The problems of a corpus and the sentences that were left out, as far as a page shows them."""

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from os.path import commonpath
from typing import Final, TypeAlias

import numpy as np

from tagpress.columnar.types import Hashes
from tagpress.preview.sample import rank_of
from tagpress.preview.subject import Note

_LISTED: Final = 500  # problems of one code on a page; nobody reads more, and the counts are of all
_OF_A_SENTENCE: Final = 5  # problems that stand with their sentence
_REJECTED_SHARE: Final = 10  # at most this part of the page's limit, where what is published fills the rest

# What names the sentence of a problem: its id, or where it begins.
Place: TypeAlias = tuple[str, int] | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problems:
    """
    The problems of a corpus.

    `counts` has all of them by (code, severity), `listed` the first ones of each code. `ranks` has by code the ranks of
    the published sentences that have it. `of_shown` has the first problems of each sentence that the page shows,
    and how many there are.
    """

    counts: Mapping[tuple[str, str], int]
    listed: tuple[Note, ...]
    ranks: Mapping[str, Hashes]
    of_shown: Mapping[Place, tuple[int, Sequence[Note]]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Return how many problems there are."""
        return sum(self.counts.values())

    @property
    def errors(self) -> frozenset[str]:
        """Return the codes that stop a build."""
        return frozenset(code for code, severity in self.counts if severity == "error")

    def with_shown(self, found: Iterable[Note], places: frozenset[Place]) -> "Problems":
        """Return the same with the problems of the sentences at `places`, looked for among all that were found."""
        shown: dict[Place, tuple[int, list[Note]]] = {}
        for one in found:
            place = place_of(one)
            if place in places:
                count, kept = shown.get(place, (0, []))
                shown[place] = (count + 1, [*kept, one] if count < _OF_A_SENTENCE else kept)
        return replace(self, of_shown=shown)


def place_of(found: Note) -> Place:
    """Return what names the sentence of a problem; a problem of none has a place where no sentence begins."""
    name: str = found.get("id") or ""
    return name or (found["path"], found.get("sentence") or 0)


def read_problems(found: Iterable[Note]) -> Problems:
    """Count problems, and keep the first of each code."""
    counts: Counter[tuple[str, str]] = Counter()
    codes: Counter[str] = Counter()
    listed: list[Note] = []
    ranks: dict[str, array[int]] = {}
    for one in found:
        code: str = one["code"]
        counts[code, one["severity"]] += 1
        codes[code] += 1
        if codes[code] <= _LISTED:
            listed.append(one)
        if one.get("id"):
            ranks.setdefault(code, array("Q")).append(rank_of(one["id"]))
    return Problems(
        counts=dict(sorted(counts.items())),
        listed=tuple(listed),
        ranks={code: np.unique(np.frombuffer(some, dtype=np.uint64)) for code, some in ranks.items()},
    )


def choose_left_out(found: Iterable[Note], limit: int, published: int) -> tuple[Note, ...]:
    """
    Return the sentences left out that a page of `limit` shows, in the order of the sources.

    They are what `published` sentences leave of the page, or a small part of it: those that hash lowest, and the first of
    every reason, however rare.
    """
    size = max(1, limit // _REJECTED_SHARE, limit - published)
    lowest: list[tuple[int, int, Note]] = []
    first: dict[int, Note] = {}
    seen: set[str] = set()
    for place, entry in enumerate(found):
        if not seen.issuperset(entry["reasons"]):
            seen.update(entry["reasons"])
            first[place] = entry
        item = (-rank_of(f"{entry['doc_id']}:{entry['line']}"), -place, entry)
        if len(lowest) < size:
            heapq.heappush(lowest, item)
        elif item[:2] > lowest[0][:2]:
            heapq.heapreplace(lowest, item)
    chosen = {**{-place: entry for _, place, entry in lowest}, **first}
    return tuple(chosen[place] for place in sorted(chosen))


def shared_folder(paths: Iterable[str]) -> str:
    """Return the folder that all absolute paths share, with its slash; the page names it once."""
    absolute = [path for path in paths if path.startswith("/")]
    folder = commonpath([path.rpartition("/")[0] or "/" for path in absolute]) if absolute else ""
    return f"{folder}/" if folder.strip("/") else ""
