"""
MRC-NER's JSON: a question for each type, which has the tokens of a sentence with spaces between them, and spans in these.

The questions about one sentence are one record: they have its text, and ids that differ behind the last dot.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.spans.formats.parts import place_of
from tagpress.read.spans.record import (
    MalformedError,
    Placed,
    Record,
    RecordReading,
    Span,
    broken,
    identifier,
    listed,
    mapping,
    string,
)

FIELDS: Final = frozenset(
    {"context", "entity_label", "impossible", "qas_id", "query", "span_position", "start_position", "end_position"}
)

_WORD: Final = re.compile(r"\S+")

_Key = tuple[str, str]


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is a question about a sentence."""
    return isinstance(row.get("context"), str) and {"entity_label", "start_position", "end_position"} <= row.keys()


def grouped(values: Iterable[tuple[int, int, Any]], reading: RecordReading) -> Iterator[Placed]:  # noqa: ARG001 - as every group
    """Yield the record of each sentence, whose questions follow each other."""
    last: _Key | None = None
    begin = stop = 0
    spans: list[Span] = []
    for at, end, value in values:
        try:
            key, found = _question(value, at)
        except MalformedError as error:
            if last is not None:
                yield Placed(begin, stop, _record(last[0], spans))
            yield Placed(at, end, broken(str(error)))
            last = None
            continue
        if key != last:
            if last is not None:
                yield Placed(begin, stop, _record(last[0], spans))
            last, begin, spans = key, at, []
        stop = end
        known = {one[:3] for one in spans if not one.fault}
        spans += [one for one in found if one.fault or one[:3] not in known]
    if last is not None:
        yield Placed(begin, stop, _record(last[0], spans))


def _question(value: Any, at: int) -> tuple[_Key, list[Span]]:  # noqa: ANN401 - JSON
    """Return what is the same in all questions about a sentence, and the spans that one of them asks for."""
    if isinstance(value, MalformedError):
        raise value
    row = mapping(value)
    text, number = string(row, "context"), identifier(row.get("qas_id"))
    places = _places(text)
    pairs = _pairs(row)
    return (text, number.rpartition(".")[0]), [_span(*pair, row.get("entity_label"), places, at) for pair in pairs]


def _pairs(row: dict[str, Any]) -> list[tuple[Any, Any]]:
    """Return the first and the last token of each span: they are said in pairs, or in two lists as long as each other."""
    joined = listed(row.get("span_position"), "span_position")
    first, last = (listed(row.get(name), name) for name in ("start_position", "end_position"))
    if joined:
        cut = [str(one).replace(",", ";").partition(";") for one in joined]
        return [(place_of(one), place_of(other)) for one, _, other in cut]
    if len(first) != len(last):
        raise MalformedError(f"a question with {len(first):,} start_position and {len(last):,} end_position")
    return [*zip(first, last, strict=True)]


def _span(first: Any, last: Any, label: Any, places: list[tuple[int, int]], at: int) -> Span:  # noqa: ANN401 - JSON
    if type(first) is not int or type(last) is not int or not 0 <= first <= last < len(places):
        fault = f"points at the tokens {quoted(str(first))} to {quoted(str(last))} of {len(places):,}"
        return Span(None, None, label, fault=fault, at=at)
    return Span(places[first][0], places[last][1], label, at=at)


def _record(text: str, spans: list[Span]) -> Record:
    return Record(text, tuple(spans), tokens=_places(text))


def _places(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in _WORD.finditer(text)]
