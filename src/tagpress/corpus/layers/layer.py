"""What can every kind of layer do, and what is it given?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import numpy as np
import pyarrow as pa

from tagpress.columnar.types import Bools, Integers, Ints
from tagpress.errors import ScriptError

MAIN = "ner_tags"
"""The column of the main tags, and what a layer calls the column of tags of the dialect."""


@dataclass(frozen=True, slots=True)
class Tags:
    """A column of texts along the tokens of a piece: a code for each token, and the texts that the codes stand for."""

    codes: Integers
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    What is wrong in a column of a piece, all of one code.

    `tokens` are where, numbered through the piece; `describe` says what was found at the i-th of them and, where it differs
    from the rule's, what was expected.
    """

    code: str
    column: str
    tokens: Integers
    describe: Callable[[int], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SpanRows:
    """Spans of a piece, half-open in its tokens: parallel arrays; `type` indexes `names`, or what the layer has."""

    begin: Ints
    end: Ints
    type: Ints
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.begin)

    def take(self, which: Integers) -> "SpanRows":
        """Return some of them."""
        return SpanRows(self.begin[which], self.end[which], self.type[which], self.names)

    @property
    def repeated(self) -> Bools:
        """Return which are the same as the one before."""
        same = [column[1:] == column[:-1] for column in (self.begin, self.end, self.type)]
        again = np.zeros(len(self), dtype=np.bool_)
        again[1:] = np.logical_and.reduce(same)
        return again


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """
    What layers of a piece are read from.

    `bounds` are those of the sentences; `tags` and `texts` return a column of the dialect by its name; `scheme` and `joiner`
    are those of the dialect; `types` has the published name of each type that the source spells otherwise; `layers` are the
    columns of the layers that were read before; `spans` are those of a dialect that has spans of characters.
    """

    bounds: Ints
    tags: Callable[[str], Tags]
    texts: Callable[[str], pa.ListArray]
    scheme: str
    joiner: str
    types: Mapping[str, str] = field(default_factory=dict)
    layers: Mapping[str, pa.ListArray] = field(default_factory=dict)
    spans: SpanRows | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """A layer of a piece: a list of numbers, or of texts, for each sentence; and what is wrong with it."""

    column: pa.ListArray
    troubles: tuple[Trouble, ...] = ()


class Layer(Protocol):
    """A layer of a corpus. `kind` is its kind's name in a manifest, `arrow` the type of its column in a shard."""

    kind: ClassVar[str]
    arrow: ClassVar[pa.DataType]
    called: ClassVar[str]
    """What it is, in words."""
    heading: ClassVar[str]
    """What each of its names, and each thing that it counts, is called in a table."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its values, whose places are the ids; none for texts. Their order is a contract."""

    @property
    def meanings(self) -> Mapping[str, str]:
        """What the names mean, as far as it was said."""

    @property
    def feature(self) -> dict[str, Any] | list[Any]:
        """What `datasets` calls it in the metadata of a shard."""

    @property
    def yaml(self) -> dict[str, Any]:
        """What `datasets` calls it in the front matter of a card."""

    def sources(self, name: str) -> tuple[str, ...]:
        """Return the columns of the dialect that a layer of this name is read from."""

    def read(self, name: str, given: Given) -> Read:
        """Return the layer of a piece."""

    def published(self, numbers: pa.ListArray) -> pa.Array:
        """Return the column of a shard for what was read."""

    def numbers(self, column: pa.Array) -> pa.ListArray:
        """Return what was read, for the column of a shard."""

    def count(self, column: pa.Array) -> dict[str, int]:
        """Return how often each thing that it counts is in a column of a shard."""

    def spans(self, counts: Mapping[str, int], name: str) -> int:
        """Return how often there is what one of the meanings is of, given what `count` has counted."""

    def marked(self, numbers: pa.ListArray, bounds: Ints) -> SpanRows | None:
        """
        Return what was read as spans in the tokens of its sentences, whose `bounds` are given; None of texts.

        `names` are the types, of which each span has the place of its own; a class marks its token.
        """

    def shown(self, values: Sequence[Any]) -> list[str]:
        """Return the values of one sentence, as they are read, as a person reads them."""

    def fault(self, column: pa.Array, bounds: Ints | None) -> str:
        """Return what is wrong with a column of a shard, if anything; `bounds` are those of the tokens, if they are known."""


def checked_names(called: str, declared: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    """
    Return names with what they mean, which may be nothing.

    Raises:
        ScriptError: no name, a repeated name, or one that nobody could read.

    """
    if isinstance(declared, str) or not declared:
        raise ScriptError(f"{called} is given {declared!r}", f"list its names in their order: {called}(['X', 'Y'])")
    names = [*declared]
    strange = [name for name in names if not _is_name(name)]
    if strange:
        message = f"{called} has {strange[0]!r} for a name"
        raise ScriptError(message, "use printable characters without spaces; SOURCE_TYPES maps another spelling to it")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ScriptError(f"{called} names {twice!r} more than once", "name each of them once")
    return dict(declared) if isinstance(declared, Mapping) else dict.fromkeys(names, "")


def _is_name(name: object) -> bool:
    return isinstance(name, str) and bool(name) and name.isprintable() and not any(map(str.isspace, name))
