"""
What does a file of predictions say? JSON lines or Parquet, a sentence each, in any order.

    {"labels": ["O", "B-PER", "I-PER"]}                              the names of what follows, once or in each line
    {"id": "b8b0318aceeb4e83d8ba10412cd3096a", "probabilities": [[0.9, 0.08, 0.02], [0.1, 0.9, 0.0]]}
    {"id": "...", "probabilities": [{"O": 0.9, "B-PER": 0.1}, {"B-PER": 1.0}]}
    {"id": "...", "tags": ["O", "B-PER"]}

In Parquet these are columns, of which `labels` may be null behind the first row.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tagpress.columnar.types import Array
from tagpress.corpus.predictions import Predictions
from tagpress.corpus.problems import few
from tagpress.errors import UsageError

KINDS: Final = ("probabilities", "tags")
_NAMES: Final = "labels"
_OFF: Final = 0.05  # by which the probabilities of a token may miss 1: those of many labels are often rounded
_SHOWN: Final = 10  # faults that a message shows
_FORM: Final = (
    'each has an id and, for each token, "probabilities" or "tags"; see the page on doubts in the documentation'
)


class _FaultError(Exception):
    """What is wrong with one prediction."""


@dataclass(slots=True)
class _Reader:
    """What was read so far; `names` are those that probabilities without names of their own are of."""

    known: Mapping[str, int]
    names: tuple[str, ...] = ()
    found: dict[str, tuple[str, Array]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    kind: str = ""

    def take(self, place: str, value: Any) -> None:  # noqa: ANN401 - a JSON value
        """Take one prediction, or the names of those that follow."""
        if not isinstance(value, dict):
            message = f"{_shown(value)}, which is no JSON object"
            raise _FaultError(message)
        if value.get(_NAMES) is not None:
            self.names = self._checked(value[_NAMES])
            if "id" not in value and not any(kind in value for kind in KINDS):
                return
        name = value.get("id")
        if not isinstance(name, str) or not name:
            message = f"the id {_shown(name)}"
            raise _FaultError(message)
        if name in self.found:
            message = f"the id {name} again, which {self.found[name][0]} has"
            raise _FaultError(message)
        kinds = [kind for kind in KINDS if value.get(kind) is not None]
        if len(kinds) != 1:
            message = f"{' and '.join(kinds) or 'neither probabilities nor tags'} of {name}"
            raise _FaultError(message)
        if self.kind and kinds[0] != self.kind:
            message = f"{kinds[0]} of {name}, where those before have {self.kind}"
            raise _FaultError(message)
        self.kind = kinds[0]
        if not isinstance(value[self.kind], list):
            message = f"the {self.kind} {_shown(value[self.kind])} of {name}, which are no list"
            raise _FaultError(message)
        self.found[name] = (place, self._tags(value["tags"]) if self.kind == "tags" else self._spread(value[self.kind]))

    def _checked(self, names: Any) -> tuple[str, ...]:  # noqa: ANN401 - a JSON value
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            message = f"the labels {_shown(names)}, which are no list of names"
            raise _FaultError(message)
        if len({*names}) < len(names):
            message = f"a label twice in {_shown(names)}"
            raise _FaultError(message)
        for name in names:
            self._number(name)
        return tuple(names)

    def _number(self, name: object) -> int:
        number = self.known.get(name) if isinstance(name, str) else None
        if number is None:
            message = f"the label {_shown(name)}, and the corpus has {few(self.known)}"
            raise _FaultError(message)
        self.seen.add(str(name))
        return number

    def _tags(self, tags: Sequence[Any]) -> Array:
        return np.array([self._number(tag) for tag in tags], dtype=np.int64)

    def _spread(self, tokens: Sequence[Any]) -> Array:
        """Return probabilities of shape [tokens, labels], in the order of the corpus."""
        spread = np.zeros((len(tokens), len(self.known)))
        plain = self._plain(tokens)
        if plain is not None:
            spread[:, [self.known[name] for name in self.names]] = plain
        for place, one in enumerate(tokens if plain is None else ()):
            named = one.items() if isinstance(one, dict) else self._named(one)
            for name, value in named:
                spread[place, self._number(name)] = _probability(value)
        total = spread.sum(axis=1)
        wrong = np.flatnonzero(np.abs(total - 1) > _OFF)
        if len(wrong):
            message = f"probabilities of token {wrong[0] + 1} that add up to {total[wrong[0]]:.3f}, not to 1"
            raise _FaultError(message)
        spread /= total[:, None]
        return spread

    def _plain(self, tokens: Sequence[Any]) -> Array | None:
        """Return probabilities at once where they are lists of numbers without a fault; None where one by one is looked at."""
        if not tokens or any(type(one) is not list or len(one) != len(self.names) for one in tokens):
            return None
        if not {type(value) for one in tokens for value in one} <= {int, float}:
            return None
        found: Array = np.array(tokens, dtype=np.float64)
        return found if bool(((found >= 0) & (found <= 1 + _OFF)).all()) else None

    def _named(self, values: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - a JSON value
        if not isinstance(values, list):
            message = f"the probabilities {_shown(values)} of a token, which are neither a list nor an object"
            raise _FaultError(message)
        if not self.names:
            message = 'probabilities without names: no "labels" stand before them, or with them'
            raise _FaultError(message)
        if len(values) != len(self.names):
            message = f"{len(values):,} probabilities of a token, and {len(self.names):,} labels"
            raise _FaultError(message)
        yield from zip(self.names, values, strict=True)


def read_predictions(path: Path, labels: Sequence[str]) -> Predictions:
    """
    Read a file of predictions for a corpus with these labels.

    Raises:
        UsageError: it cannot be read, or has predictions that are none; all are counted, the first are named.

    """
    reader = _Reader({name: number for number, name in enumerate(labels)})
    faults = []
    for place, value in _values(path):
        try:
            reader.take(place, value)
        except _FaultError as error:
            faults.append(f"{place}: found {error}")
    refuse_faults(path, faults, _FORM)
    if not reader.found:
        raise UsageError(f"{path} has no predictions", _FORM)
    arrays = [array for _, array in reader.found.values()]
    return Predictions(
        ids=tuple(reader.found),
        places=tuple(place for place, _ in reader.found.values()),
        lengths=np.array([len(one) for one in arrays], dtype=np.int64),
        values=np.concatenate(arrays),
        unnamed=tuple(name for name in labels if name not in reader.seen),
    )


def refuse_faults(path: Path, faults: Sequence[str], hint: str) -> None:
    """
    Stop where predictions have faults.

    Raises:
        UsageError: there are any; all are counted, the first are named.

    """
    if faults:
        lines = [*faults[:_SHOWN], *([f"and {len(faults) - _SHOWN:,} more"] if len(faults) > _SHOWN else [])]
        listed = "\n".join(f"  {line}" for line in lines)
        raise UsageError(f"{path} has {len(faults):,} predictions that do not fit:\n{listed}", hint)


def _values(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield every value of a file, with its place."""
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                yield from _rows(path)
                return
            file.seek(0)
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield f"{path}:{number}", _value(line)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}", "name a file of predictions") from error


def _value(line: bytes) -> Any:  # noqa: ANN401 - a JSON value
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # `take` says that it is no object
        return line.decode(errors="replace")


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        with pq.ParquetFile(path) as file:
            wanted = [name for name in ("id", _NAMES, *KINDS) if name in file.schema_arrow.names]
            number = 0
            for batch in file.iter_batches(columns=wanted):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}: row {number}", {name: value for name, value in row.items() if value is not None}
    except pa.ArrowException as error:
        raise UsageError(f"{path} is no Parquet file that can be read: {error}", "write it again") from error


def _probability(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1 + _OFF:
        message = f"the probability {_shown(value)}, which is none between 0 and 1"
        raise _FaultError(message)
    return float(value)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."  # noqa: PLR2004 - as in other messages
