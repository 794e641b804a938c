"""
How far is an epoch read? A state says it in a few numbers, as JSON, for one reader or for all.

    {"tagpress_stream": 1,
     "release": "software-entities 1.0.0", "split": "train", "files": <hash of the files' SHA-256>,
     "seed": 1, "epoch": 0, "mixed": 50000,     the order
     "from": null,                              where this run began: null is the epoch's beginning, else what was left
     "readers": 8,                              who shared it out
     "read": [[0, 12800], [1, 12800], ...]}     rows that each reader has given since

A state of every reader is whole, and can be shared out among any other number of readers.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Final, Self

from tagpress.consume.streaming.order import Order, Stretch, rest, whole
from tagpress.errors import UsageError

MARK: Final = "tagpress_stream"
FORMAT: Final = 1
_KEYS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "release": str,
    "split": str,
    "files": str,
    "seed": int,
    "epoch": int,
    "mixed": int,
    "from": (list, type(None)),
    "readers": int,
    "read": list,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which rows a state counts: those of one split of one release, with these very files."""

    release: str
    split: str
    files: str

    def __str__(self) -> str:
        return f"{self.split} of {self.release}"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far an epoch is read. `begin` None is the whole epoch; `read` has rows by reader, of some or all readers."""

    origin: Origin
    order: Order
    begin: tuple[Stretch, ...] | None
    readers: int
    read: Mapping[int, int]

    @property
    def is_whole(self) -> bool:
        """Return whether it says how far every reader is."""
        return len(self.read) == self.readers

    def pieces(self, unit_rows: Sequence[int]) -> list[Stretch]:
        """Return what the readers share out."""
        if self.begin is not None:
            return list(self.begin)
        return whole(unit_rows, self.order.units(len(unit_rows)))

    def shared_anew(self, unit_rows: Sequence[int], readers: int) -> "State":
        """
        Return the state of the same epoch for another number of readers, none of whom has read anything.

        Raises:
            UsageError: it does not say how far every reader is.

        """
        if not self.is_whole:
            missing = [reader for reader in range(self.readers) if reader not in self.read]
            message = f"A state of {len(self.read)} of {self.readers} readers cannot be shared out among {readers}."
            hint = f"Merge it with those of the others ({_listed(missing)}): tagpress.merge_states([...])."
            raise UsageError(message, hint)
        taken = [self.read[reader] for reader in range(self.readers)]
        left = rest(self.order, self.pieces(unit_rows), taken)
        return replace(self, begin=tuple(left), readers=readers, read=dict.fromkeys(range(readers), 0))

    def to_json(self, unit_rows: Sequence[int]) -> dict[str, Any]:
        """Return it as what JSON can hold."""
        begin = None if self.begin is None else list(_packed(self.begin, self.order.units(len(unit_rows)), unit_rows))
        return {
            MARK: FORMAT,
            "release": self.origin.release,
            "split": self.origin.split,
            "files": self.origin.files,
            "seed": self.order.seed,
            "epoch": self.order.epoch,
            "mixed": self.order.mixed,
            "from": begin,
            "readers": self.readers,
            "read": [[reader, rows] for reader, rows in sorted(self.read.items())],
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any], unit_rows: Sequence[int]) -> Self:
        """
        Read what `to_json` wrote.

        Raises:
            UsageError: it is not a state.

        """
        require_state(found)
        order = Order(seed=found["seed"], epoch=found["epoch"], mixed=found["mixed"])
        try:
            begin = None
            if found["from"] is not None:
                begin = tuple(_unpacked(found["from"], order.units(len(unit_rows)), unit_rows))
            read = {int(reader): int(rows) for reader, rows in found["read"]}
        except (TypeError, ValueError, IndexError) as error:
            raise UsageError(f"The state of a stream is damaged: {error}") from error
        return cls(
            origin=Origin(release=found["release"], split=found["split"], files=found["files"]),
            order=order,
            begin=begin,
            readers=found["readers"],
            read=read,
        )


def require_state(found: Mapping[str, Any]) -> None:
    """
    Refuse what is not the state of a stream, or one of another format.

    Raises:
        UsageError: it is no state of a stream, or a damaged one.

    """
    if found.get(MARK) != FORMAT:
        message = f"Expected the state of a stream with {MARK} {FORMAT}, found {found.get(MARK, sorted(found)[:5])}."
        raise UsageError(message, "Give what `state_dict`, `state_after` or `merge_states` returned.")
    wrong = [key for key, kind in _KEYS.items() if not isinstance(found.get(key, ()), kind)]
    if wrong:
        raise UsageError(f"The state of a stream is damaged: look at {', '.join(wrong)}.")


def merge_states(states: Iterable[Any]) -> dict[str, Any]:
    """
    Make one state of those of several ranks and workers, for any number of readers to resume from.

    `states` holds what `state_dict` returned in each rank: of a stream, or of a `StatefulDataLoader` over one.

    Raises:
        UsageError: there is none, a reader is missing, or they are not of one run.

    """
    found = [state for outer in states for state in _inside(outer)]
    if not found:
        raise UsageError("There is no state of a stream to merge.", "Give the state_dict of every rank.")
    for state in found:
        require_state(state)
    runs = [{key: value for key, value in state.items() if key != "read"} for state in found]
    for run in runs[1:]:
        differing = [key for key in runs[0] if run.get(key) != runs[0][key]]
        if differing:
            message = f"States of different runs cannot be merged: they differ in {', '.join(differing)}."
            raise UsageError(message, "Give the states that all ranks of one run saved at one moment.")
    read = _united(found)
    missing = [reader for reader in range(runs[0]["readers"]) if reader not in read]
    if missing:
        message = f"The states of {len(missing)} of {runs[0]['readers']} readers are missing: {_listed(missing)}."
        raise UsageError(message, "Give the states of all ranks; reader = rank x num_workers + worker.")
    return {**runs[0], "read": [[reader, read[reader]] for reader in sorted(read)]}


def find_state(state: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the caller has
    """Return the one state in `state`, merged if there are several: a loader keeps one for each of its workers."""
    found = list(_inside(state))
    if len(found) == 1:
        return found[0]
    if not found:
        require_state(state if isinstance(state, Mapping) else {})
    return merge_states(found)


def _inside(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a loader's state is nested as it likes
    if isinstance(value, Mapping):
        if MARK in value:
            yield dict(value)
        else:
            for inner in value.values():
                yield from _inside(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _inside(inner)


def _united(states: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    read: dict[int, int] = {}
    for state in states:
        for reader, rows in state["read"]:
            if read.setdefault(reader, rows) != rows:
                message = f"Two states of reader {reader} differ: {read[reader]} and {rows} rows."
                raise UsageError(message, "Give one state of each rank, all saved at one moment.")
    return read


def _packed(pieces: Iterable[Stretch], units: Sequence[int], unit_rows: Sequence[int]) -> Iterator[list[int]]:
    """Yield [place, start, stop] for the part of a unit, [first, end) for a run of whole ones."""

    def run_of(numbered: tuple[int, Stretch]) -> int | None:
        number, piece = numbered
        is_whole = len(piece) == unit_rows[units[piece.place]]
        return piece.place - number if is_whole else None

    for run, group in groupby(enumerate(pieces), run_of):
        members = [piece for _, piece in group]
        if run is None:
            yield from ([piece.place, piece.start, piece.stop] for piece in members)
        else:
            yield [members[0].place, members[-1].place + 1]


def _unpacked(packed: Iterable[Sequence[int]], units: Sequence[int], unit_rows: Sequence[int]) -> Iterator[Stretch]:
    end = (0, 0)
    for numbers in packed:
        first, stop = numbers[0], numbers[1] if len(numbers) == 2 else numbers[0] + 1  # noqa: PLR2004 - a run
        for place in range(first, stop):
            piece = Stretch(place, *(numbers[1:] if len(numbers) == 3 else (0, unit_rows[units[place]])))  # noqa: PLR2004
            if not (end <= (place, piece.start) and 0 <= piece.start < piece.stop <= unit_rows[units[place]]):
                message = f"{list(numbers)} does not fit the files"
                raise ValueError(message)
            end = (place, piece.stop)
            yield piece


def _listed(readers: Sequence[int]) -> str:
    shown = ", ".join(map(str, readers[:8]))
    return f"{shown}, ..." if len(readers) > 8 else shown  # noqa: PLR2004 - as many as a line takes
