"""
Datasaur's JSON of a document: cells (or sentences) with their tokens, and labels from a character of a token to another.

Both ends are in the label, and characters count in UTF-16. What a label is called stands in the set of labels of its layer.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tagpress.corpus.problems import few, quoted
from tagpress.read.spans.record import MalformedError, Record, RecordReading, Span, listed, mapping, string

FIELDS: Final = frozenset({"cells", "sentences", "labels", "labelSets", "id", "type", "name"})
_HELD: Final = ("cells", "sentences")
_ASIDE: Final = {"ARROW": "relations"}

_Key = tuple[Any, Any]
_Places = list[tuple[int, int]]


def is_record(row: dict[str, Any]) -> bool:
    """Return whether an object is a document of Datasaur."""
    held = next((row[name] for name in _HELD if isinstance(row.get(name), list)), None)
    sets = isinstance(row.get("labelSets"), list) and isinstance(row.get("labels"), list)
    return (
        sets and bool(held) and all(isinstance(one, dict) and {"content", "tokens"} <= one.keys() for one in held or ())
    )


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """
    Return a record for each cell.

    Raises:
        MalformedError: what should be a cell or a label is none.

    """
    row = mapping(value)
    name = next((one for one in _HELD if isinstance(row.get(one), list)), None)
    if name is None:
        raise MalformedError(f"a document without cells or sentences: {few(row) or 'nothing'}")
    cells = [mapping(one) for one in row[name]]
    places = [_places(string(one, "content"), listed(one.get("tokens"), "tokens")) for one in cells]
    numbers = {_key(one): number for number, one in enumerate(cells)}
    names = _names(listed(row.get("labelSets"), "labelSets"))
    aside = Counter[str]()
    spans: list[list[Span]] = [[] for _ in cells]
    for at, one in enumerate(map(mapping, listed(row.get("labels"), "labels"))):
        if one.get("type", "SPAN") != "SPAN":
            aside[_ASIDE.get(str(one.get("type")), "other labels")] += 1
        elif one.get("status") == "REJECTED":
            aside["rejected labels"] += 1
        elif reading.layer is not None and str(one.get("layer")) != reading.layer:
            aside["labels of other layers"] += 1
        else:
            number = numbers.get((one.get("startCellLine"), one.get("startCellIndex", 0)))
            if number is None:
                raise MalformedError(f"a label of a cell that is not there: {quoted(str(one.get('startCellLine')))}")
            spans[number].append(_span(one, places[number], names)._replace(path=("labels", at)))
    besides = tuple(aside.elements())
    return [
        Record(one["content"], spans[number], tokens=places[number], aside=besides if number == 0 else ())
        for number, one in enumerate(cells)
    ]


def layers(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    """Return the layer of each label of a document."""
    given = value.get("labels") if isinstance(value, dict) else None
    labels = (one for one in given if isinstance(one, dict)) if isinstance(given, list) else ()
    return [str(one.get("layer")) for one in labels if one.get("type", "SPAN") == "SPAN"]


def _key(cell: Mapping[str, Any]) -> _Key:
    return cell.get("line", cell.get("id")), cell.get("index", 0)


def _names(sets: Sequence[Any]) -> dict[tuple[int, str], str]:
    """Return what each item of each set is called; a layer is the number of a set."""
    named = {}
    for number, one in enumerate(map(mapping, sets)):
        for item in map(mapping, listed(one.get("labelItems"), "labelItems")):
            named[int(one.get("index", number)), str(item.get("id"))] = str(item.get("labelName"))
    return named


def _places(content: str, tokens: Sequence[Any]) -> _Places:
    """Return where tokens stand in their text, in units of UTF-16."""
    at, units, places = 0, 0, []
    for token in tokens:
        begin = content.find(token, at) if isinstance(token, str) and token else -1
        if begin < 0:
            raise MalformedError(f"the token {quoted(str(token))}, which does not stand in its cell")
        first = units + _units(content[at:begin])
        units = first + _units(token)
        at = begin + len(token)
        places.append((first, units))
    return places


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _span(label: Mapping[str, Any], places: _Places, names: Mapping[tuple[int, str], str]) -> Span:
    item, layer = str(label.get("labelSetItemId")), label.get("layer", 0)
    kind = names.get((layer, item)) if type(layer) is int else None
    if kind is None:
        return Span(None, None, item, fault="is of no set of labels in the file")
    if label.get("labeledBy") == "CONFLICT":
        return Span(None, None, kind, fault="is one that its labelers do not agree on")
    ends = [(label.get(f"{end}CellLine"), label.get(f"{end}CellIndex", 0)) for end in ("start", "end")]
    if ends[0] != ends[1]:
        return Span(None, None, kind, fault="reaches over the end of its cell")
    first, begin, last, end = (
        label.get(name) for name in ("startTokenIndex", "startCharIndex", "endTokenIndex", "endCharIndex")
    )
    if not all(type(one) is int for one in (first, begin, last, end)) or not 0 <= first <= last < len(places):  # type: ignore[operator]  # they are numbers
        return Span(None, None, kind, fault=f"points at no tokens of {len(places):,}")
    return Span(places[first][0] + begin, places[last][0] + end + 1, kind)  # type: ignore[index,operator]  # they are numbers
