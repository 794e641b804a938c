"""
One span a row, as a data frame has them: rows with the same text, and the same id where that is declared, are a record.

So they must be in the same split, where that is declared: a text that is in two of them is two records, and leaks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
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
    repeated: int = 0

    def add(self, span: Span) -> None:
        """Add a span, or count one that is there."""
        if any(one[:3] == span[:3] for one in self.spans):
            self.repeated += 1
        else:
            self.spans.append(span)

    def placed(self) -> Placed:
        aside = ("rows that say the same again",) * self.repeated
        record = Record(self.text, tuple(self.spans), id=self.id, split=self.split, aside=aside)
        return Placed(self.begin, self.stop, record)


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
        last = group
        for span in _spans(value, parts):
            group.add(span._replace(at=begin))
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
