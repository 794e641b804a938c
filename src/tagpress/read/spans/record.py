"""What does a format hand on? Records: a text, the spans in it, and what is wrong with them, before anything is cut or counted."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.corpus.problems import few, quoted
from tagpress.read.sources.text import Text

_ADDRESS: Final = re.compile(r"(?:https?|gs|s3)://\S+")
_FAR: Final = 1 << 40  # no text is as long


class Span(NamedTuple):
    """
    A span as its tool wrote it: nothing about it is known to be right.

    `said` is the text that the tool says is there, `at` its byte in the piece (-1: that of its record), `fault` what the
    format knows to be wrong with it. `name` is what messages call it, `line` its line in a file beside the text, if any.
    `path` are the names and numbers that lead to it in a value of JSON.
    """

    begin: Any
    stop: Any
    type: Any
    said: str | None = None
    at: int = -1
    fault: str = ""
    name: str = ""
    line: int = 0
    path: tuple[str | int, ...] = ()


class Record(NamedTuple):
    """
    A text and its spans.

    `tokens` are (begin, stop) of each token, where the source has tokens, and `token_at` their bytes in the piece.
    `split` is what the source says of its split; `faults` are (code, words) of what is wrong with all of it; `aside` names what it has besides, once for each.
    """

    text: str
    spans: Sequence[Span] = ()
    tokens: Sequence[tuple[Any, Any]] | None = None
    token_at: Sequence[int] = ()
    id: str = ""
    document: str = ""
    split: str = ""
    faults: tuple[tuple[str, str], ...] = ()
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanColumns:
    """
    Spans in columns: those of one record after those of another; `each` has them whole, if more is known of any.

    Else they are in the list `field` of their record.
    """

    owner: Ints
    begin: Sequence[Any]
    stop: Sequence[Any]
    type: Sequence[Any]
    each: Sequence[Span] | None = None
    field: str = ""

    def __len__(self) -> int:
        return len(self.owner)

    def path(self, number: int) -> tuple[str | int, ...]:
        """Return what leads to a span in the value of its record."""
        if self.each is not None:
            return self.each[number].path
        return self.field, number - int(np.searchsorted(self.owner, self.owner[number]))

    def span(self, number: int) -> Span:
        """Return one of them."""
        if self.each is not None:
            return self.each[number]
        return Span(self.begin[number], self.stop[number], self.type[number])


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The records of a piece, in columns, and where each begins and stops, in bytes; `each` has them whole, if need be."""

    begin: Ints
    stop: Ints
    texts: Sequence[str]
    ids: Sequence[str]
    documents: Sequence[str]
    splits: Sequence[str]
    spans: SpanColumns
    aside: Mapping[str, int]
    each: Sequence["Record"] | None = None

    def __len__(self) -> int:
        return len(self.texts)


class Placed(NamedTuple):
    """A record, and where it begins and stops in the piece, in bytes."""

    begin: int
    stop: int
    record: Record


def batch_of(placed: Sequence[Placed]) -> Batch:
    """Return records as columns."""
    records = [one.record for one in placed]
    spans = [span for record in records for span in record.spans]
    begin, stop, kind = ([getattr(span, name) for span in spans] for name in ("begin", "stop", "type"))
    owner = np.repeat(np.arange(len(records)), [len(record.spans) for record in records])
    return Batch(
        begin=np.array([one.begin for one in placed], dtype=np.int64),
        stop=np.array([one.stop for one in placed], dtype=np.int64),
        texts=[record.text for record in records],
        ids=[record.id for record in records],
        documents=[record.document for record in records],
        splits=[record.split for record in records],
        spans=SpanColumns(owner=owner, begin=begin, stop=stop, type=kind, each=spans),
        aside=Counter(chain.from_iterable(record.aside for record in records)),
        each=records,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReading:
    """
    What a format needs to know of the dialect: the fields' names, whose annotations count, which layer is read.

    `begin`, `end`, `label` and `said` are the parts of a span, and `ends` what its end says; `split` is the path of what says
    the split of a record, and `units` count places.
    """

    text: str | None
    spans: str | None
    annotator: str | None
    layer: str | None
    id: str | None
    split: str | None = None
    begin: str | None = None
    end: str | None = None
    label: str | None = None
    said: str | None = None
    ends: str | None = None
    units: str = "codepoints"

    @property
    def of_spans(self) -> bool:
        """Return whether anything is declared of the parts of a span."""
        return any(part is not None for part in (self.begin, self.end, self.label, self.said, self.ends))


PARTS: Final = frozenset({"begin", "end", "label", "said", "ends"})
"""The parts of a span that a dialect may declare, where its format leaves them open."""

Read = Callable[[Any, RecordReading], Record | list[Record]]
"""Returns the record in a value of JSON, or the records, or raises MalformedError."""
Group = Callable[[Iterable[tuple[int, int, Any]], "RecordReading"], Iterator["Placed"]]
"""Returns the records in values, each with its bytes, of which several may be one record."""
Bulk = Callable[[list[Any], RecordReading], tuple[Sequence[str], Sequence[str], SpanColumns, Mapping[str, int]] | None]
"""Returns texts, ids, spans and what is beside them in values of JSON; None where any value is not as most are."""
Join = Callable[[Text, str, str, "RecordReading"], Iterator["Placed"]]
"""Returns the records of a text, with what stands beside it and the path of the text."""
Load = Callable[[bytes, RecordReading], tuple[bytes, list["Placed"]]]
"""Returns the records of a file that is no text, and a text that stands for it, in which they have places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """
    A row of the table of formats.

    `read` reads one value of JSON, `bulk` many at once that are alike, to the same effect, `group` all of a file; `find` all of a text that is none, `join` a text with what stands `beside` it, `load` all of a file that is no text; `container` says
    how JSON holds its values, and `inside` in which member. The others are what a dialect does not declare; `counted` says that its offsets can be in no other units, `has_text` that
    records have a text, and not only tokens, `several` that a value of JSON has several records, `parts` are those of a span that can be declared; `fields` are those of a record that something is read from, and `endings` of others.
    """

    read: Read | None = None
    bulk: Bulk | None = None
    group: Group | None = None
    find: Callable[[bytes, int, RecordReading], Iterator[Placed]] | None = None
    join: Join | None = None
    beside: str = ""
    load: Load | None = None
    container: str = ""
    inside: str | None = None
    units: str = "codepoints"
    tokens: str = "words"
    sentences: str = "record"
    counted: bool = False
    has_text: bool = True
    several: bool = False
    parts: frozenset[str] = frozenset()
    fields: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()


class MalformedError(Exception):
    """A value is no record of its format; the text says what was found."""


def broken(words: str) -> Record:
    """Return a record that could not be read."""
    return Record("", faults=(("broken-record", words),))


def mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """
    Return a value that must be an object.

    Raises:
        MalformedError: it is none.

    """
    if not isinstance(value, dict):
        raise MalformedError(f"{quoted(str(value))} where an object belongs")
    return value


def listed(value: Any, name: str) -> list[Any]:  # noqa: ANN401 - JSON
    """
    Return a value that must be a list, or nothing.

    Raises:
        MalformedError: it is something else.

    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise MalformedError(f"{name} {quoted(str(value))}, which is no list")
    return value


def string(row: dict[str, Any], name: str) -> str:
    """
    Return a field that must be a text.

    Raises:
        MalformedError: it is none.

    """
    value = row.get(name)
    if not isinstance(value, str):
        found = f"{name} is {quoted(str(value))}" if name in row else f"there are only {few(row) or 'none'}"
        raise MalformedError(f"a record without a text in the field {name!r}: {found}")
    return value


def content_of(spans: Iterable[Span]) -> set[tuple[str, str, str]]:
    """Return what spans say, as it is compared with what another annotator says: places and labels, however they are written."""
    return {(str(one.begin), str(one.stop), str(one.type)) for one in spans}


def differing(found: Sequence[Iterable[Span]], annotators: Iterable[str], what: str) -> list[tuple[str, str]]:
    """Return the fault of what several annotators say of one text, in their order, where they differ; `what` it is called."""
    contents = list(map(content_of, found))
    if all(one == contents[0] for one in contents):
        return []
    who = few(name or "nobody known" for name in annotators)
    return [("several-annotations", f"{len(contents)} {what} that differ, of {who}")]


def require_here(text: str, what: str) -> None:
    """Raise MalformedError for a text that is an address; `what` it is the text of."""
    if _ADDRESS.fullmatch(text):
        raise MalformedError(f"{what} whose text is at {quoted(text)}, and not in the export")


def identifier(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return what identifies a record, if it is a name or a number."""
    return shown(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def shown(text: str) -> str:
    """Return a text in which half of a surrogate pair, which JSON can spell and UTF-8 cannot, is shown."""
    return text if text.isascii() else text.encode(errors="backslashreplace").decode()


def places_of(values: Sequence[Any]) -> Ints:
    """Return places that could be one, and -1 for the others."""
    if set(map(type, values)) <= {int} and (not values or (min(values) >= 0 and max(values) < _FAR)):
        return np.array(values, dtype=np.int64)
    sound = (value if type(value) is int and -1 < value < _FAR else -1 for value in values)
    return np.fromiter(sound, dtype=np.int64, count=len(values))
