"""
One span a row, as a data frame has them: rows with the same text that follow each other are a record.

Where an id is declared, those with the same text and id are one wherever they stand. Without one nobody can tell whether a text
that comes again is the same record or another one with other spans, so that is a fault. Rows must be in the same split, where that is declared: a text that is in two of them is two records, and leaks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tagpress.corpus.problems import counted, few, quoted
from tagpress.read.spans.formats.parts import Parts, follow, spans_of, split_of
from tagpress.read.spans.record import MalformedError, Placed, Record, RecordReading, Span, broken, identifier

_USUAL: Final = Parts(text="text", spans="", begin="start", end="end", label="label")
_NOTHING: Final = ("", None, "nan", "NaN", "None", "null")


@dataclass(slots=True)
class _Group:
    """A record while its rows come: where its first rows stand, which nothing parts, and what its spans are."""

    begin: int
    stop: int
    text: str
    id: str
    split: str
    spans: list[Span] = field(default_factory=list)
    rows: int = 0
    repeated: int = 0
    apart: int = 0
    """How often rows of the text come again, behind those of others, where nothing says that they are of this record."""

    def add(self, spans: Sequence[Span]) -> None:
        """Add the spans of a row, or count what is there already: a span, or that there is none."""
        self.rows += 1
        new = [span for span in spans if all(one[:3] != span[:3] for one in self.spans)]
        self.repeated += self.rows > 1 and not new
        self.spans += new

    def placed(self) -> Placed:
        if self.apart:
            return Placed(self.begin, self.stop, broken(self._in_words))
        aside = ("rows that say the same again",) * self.repeated
        record = Record(self.text, tuple(self.spans), id=self.id, split=self.split, aside=aside)
        return Placed(self.begin, self.stop, record)

    @property
    def _in_words(self) -> str:
        runs = f"{counted(self.rows, 'row')} of the text {quoted(self.text)} in {self.apart + 1:,} places"
        return f"{runs}: sort the rows by their texts if they are one record, or name the field of its id, sentence_id="


def grouped(values: Iterable[tuple[int, int, Any]], reading: RecordReading) -> Iterator[Placed]:
    """Yield the records of rows, in the order of their first rows; a row without a span may say that a text has none."""
    parts = _USUAL.declared(reading)
    groups: dict[tuple[str, str, str], _Group] = {}
    found: list[_Group | Placed] = []
    last: _Group | None = None
    for begin, stop, value in values:
        try:
            key = _key(value, parts, reading)
        except MalformedError as error:
            found.append(Placed(begin, stop, broken(str(error))))
            last = None
            continue
        group = groups.get(key)
        if group is None:
            group = groups[key] = _Group(begin, stop, *key)
            found.append(group)
        elif group is last:
            group.stop = stop
        elif reading.id is None:
            group.apart += 1
        last = group
        group.add([span._replace(at=begin) for span in _spans(value, parts)])
    return (one.placed() if isinstance(one, _Group) else one for one in found)


def _key(value: Any, parts: Parts, reading: RecordReading) -> tuple[str, str, str]:  # noqa: ANN401 - JSON
    """Return the text of a row, and its id and split, if there are to be any."""
    if isinstance(value, MalformedError):
        raise value
    if not isinstance(value, dict):
        raise MalformedError(f"{quoted(str(value))} where a row belongs")
    text = follow(value, parts.text)
    if not isinstance(text, str):
        raise MalformedError(f"a row without a text in {parts.text!r}: there are only {few(value) or 'none'}")
    own = identifier(value.get(reading.id)) if reading.id is not None else ""
    return text, own, split_of(value, reading.split) if reading.split is not None else ""


def _spans(value: dict[str, Any], parts: Parts) -> Iterator[Span]:
    """Yield the span of a row; one without begin, end and label has none."""
    if all(follow(value, path) in _NOTHING for path in (parts.begin, parts.end, parts.label)):
        return iter(())
    return spans_of(value, parts, ())


FIELDS: Final = frozenset({_USUAL.text, _USUAL.begin, _USUAL.end, _USUAL.label})
