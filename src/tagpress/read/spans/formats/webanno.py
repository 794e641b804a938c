r"""
WebAnno TSV 3, which INCEpTION writes too: a line for each token, with its place in the document in UTF-16 units.

A column of a feature holds `_`, or the values of the annotations on a token: `PER`, or `PER[3]` with the number that all
tokens of one annotation share, and `|` between those that are stacked. A part of a token has a line of its own, `1-3.1`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tagpress.corpus.problems import few, quoted
from tagpress.errors import SourceError
from tagpress.read.spans.record import Placed, Record, RecordReading, Span, broken

_TOKEN: Final = re.compile(r"(\d+)-(\d+)(\.\d+)?\t(\d{1,15})-(\d{1,15})\t([^\t]*)\t?(.*)")
_VALUE: Final = re.compile(r"(.*?)(?:\[(\d+)\])?", re.DOTALL)
_STACKED: Final = re.compile(r"(?:\\.|[^\\|])+", re.DOTALL)  # up to a bar that is not escaped
_ESCAPED: Final = re.compile(r"\\(.)")
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r"}
_FORMAT: Final = "#FORMAT=WebAnno TSV 3"
_KINDS: Final = {"#T_SP=": "span", "#T_CH=": "chain", "#T_RL=": "relation"}


@dataclass(slots=True)
class _Sentence:
    """
    The lines of a sentence so far.

    `open` has the place in `spans` of the annotation with each number, `counted` the column and number of those that are
    not read.
    """

    begin: int
    stop: int = 0
    text: str | None = None
    start: int = 0
    tokens: list[tuple[int, int]] = field(default_factory=list)
    token_at: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    counted: set[tuple[int, str]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Columns:
    """
    Where the feature that is read stands; what the other columns have, by the place of each.

    Of other layers, these are annotations, which their first columns say; of the layer that is read, values of its other features.
    """

    feature: int
    annotations: dict[int, str]
    values: dict[int, str]


def find(data: bytes, begin: int, reading: RecordReading) -> Iterator[Placed]:
    """
    Yield the sentences.

    Raises SourceError for a file that is no such TSV, or that has no such layer.
    """
    last: _Sentence | None = None
    for sentence in _sentences(data, begin, reading):
        if last:
            _tear(last, sentence)
            yield _done(last)
        last = sentence
    if last:
        yield _done(last)


def _sentences(data: bytes, begin: int, reading: RecordReading) -> Iterator[_Sentence]:
    head, layers = True, list[tuple[str, str]]()
    columns: _Columns | None = None
    sentence: _Sentence | None = None
    for raw in data[begin:].split(b"\n"):
        line = raw.decode().removesuffix("\r")
        kind = next((kind for mark, kind in _KINDS.items() if line.startswith(mark)), None)
        if head and kind:
            layers.append((kind, line.partition("=")[2]))
        elif line.startswith("#Text="):
            head = False
            if sentence is None or sentence.tokens:
                if sentence:
                    yield sentence
                sentence = _Sentence(begin)
            said = _unescaped(line.removeprefix("#Text="))
            sentence.text = said if sentence.text is None else f"{sentence.text}\n{said}"
            sentence.stop = begin + len(raw)
        elif not line.strip() and sentence:
            yield sentence
            sentence = None
        elif line.strip() and not line.startswith("#"):
            columns = columns or _chosen(layers, reading.layer)
            sentence = sentence or _Sentence(begin)
            _add(sentence, line, begin, columns)
            sentence.stop = begin + len(raw)
        begin += len(raw) + 1
    if sentence:
        yield sentence


def _tear(one: _Sentence, other: _Sentence) -> None:
    """Find fault with what goes on from the last token of a sentence to the first one of the next."""
    if not one.tokens or not other.tokens:
        return
    for number in one.open.keys() & other.open.keys():
        first, last = one.spans[one.open[number]], other.spans[other.open[number]]
        if first.stop == one.tokens[-1][1] and last.begin == other.tokens[0][0]:
            fault = "reaches over the end of a sentence"
            one.spans[one.open[number]] = first._replace(fault=fault)
            other.spans[other.open[number]] = last._replace(fault=fault)


def _chosen(layers: list[tuple[str, str]], declared: str | None) -> _Columns:
    """Return where the declared layer stands, or the one of named entities, or the only one."""
    place, found = 0, dict[str, tuple[int, range]]()
    annotations, features_at = dict[int, str](), dict[int, str]()
    for kind, spelled in layers:
        name, *features = spelled.split("|")
        own = range(place, place + max(len(features), 1))
        if kind == "span":
            value = features.index("value") if "value" in features else 0
            found |= {name: (place + value, own)}
            found |= {f"{name}|{feature}": (place + number, own) for number, feature in enumerate(features)}
        annotations[place] = f"{name.rpartition('.')[2]} annotations"
        features_at |= {place + number: f"values of {feature}" for number, feature in enumerate(features)}
        place = own.stop
    names = [name for name in found if "|" not in name]
    entity = [name for name in names if name.endswith("NamedEntity")] or (names if len(names) == 1 else [])
    chosen = declared or (entity[0] if entity else "")
    if chosen not in found:
        message = f"there is no layer {chosen!r}" if declared else "it is not clear which layer has the entities"
        raise SourceError(f"{message}, among {few(found) or 'none'}", "declare layer= in DIALECT")
    feature, own = found[chosen]
    return _Columns(
        feature=feature,
        annotations={place: kind for place, kind in annotations.items() if place not in own},
        values={place: kind for place, kind in features_at.items() if place in own and place != feature},
    )


def _add(sentence: _Sentence, line: str, at: int, columns: _Columns) -> None:
    match = _TOKEN.fullmatch(line)
    if match is None:
        sentence.faults.append(("broken-record", f"{quoted(line)}, which is no token of WebAnno TSV"))
        return
    begin, stop = int(match[4]), int(match[5])
    if not sentence.tokens:
        sentence.start = begin - _indent(sentence.text or "")
    begin, stop = begin - sentence.start, stop - sentence.start
    if match[3] is None:
        sentence.tokens.append((begin, stop))
        sentence.token_at.append(at)
        own = _units(sentence.text or "", begin, stop)
        if sentence.text is not None and own != _unescaped(match[6]):
            words = f"the token {quoted(_unescaped(match[6]))}, and {quoted(own)} stands at its place in #Text"
            sentence.faults.append(("broken-record", words))
    cells = match[7].split("\t")
    for kinds, empty in ((columns.annotations, None), (columns.values, "*")):
        for place, kind in kinds.items():
            sentence.aside += [
                kind for value, number in _stacked(cells, place) if value != empty and _first(sentence, place, number)
            ]
    for value, number in _stacked(cells, columns.feature):
        _annotate(sentence, (value, number), (begin, stop), at)


def _stacked(cells: list[str], place: int) -> list[tuple[str, str | None]]:
    """Return the values in a column, and the number of each that has one."""
    cell = cells[place] if place < len(cells) else ""
    matches = (_VALUE.fullmatch(value) for value in _STACKED.findall(cell) if cell not in {"_", ""})
    return [(match[1], match[2]) for match in matches if match]


def _first(sentence: _Sentence, place: int, number: str | None) -> bool:
    """Return whether an annotation is seen on its first token."""
    known = number is not None and (place, number) in sentence.counted
    sentence.counted.add((place, number or ""))
    return not known


def _annotate(sentence: _Sentence, value: tuple[str, str | None], place: tuple[int, int], at: int) -> None:
    """Add a token to an annotation: to a new one, or to the one with its number."""
    label, number = value
    type_ = None if label == "*" else _unescaped(label)
    if number is None or number not in sentence.open:
        if number is not None:
            sentence.open[number] = len(sentence.spans)
        sentence.spans.append(Span(*place, type_, at=at))
        return
    known = sentence.spans[sentence.open[number]]
    fault = "" if known.type == type_ else f"is {known.type} on one token and {type_} on another"
    if len(sentence.tokens) > 1 and known.stop < sentence.tokens[-2][1]:
        fault = "has gaps"
    sentence.spans[sentence.open[number]] = known._replace(stop=max(known.stop, place[1]), fault=known.fault or fault)


def _done(sentence: _Sentence) -> Placed:
    if sentence.text is None:
        return Placed(sentence.begin, sentence.stop, broken("tokens without a line #Text= above them"))
    record = Record(
        sentence.text,
        sentence.spans,
        tokens=sentence.tokens,
        token_at=sentence.token_at,
        faults=tuple(sentence.faults),
        aside=tuple(sentence.aside),
    )
    return Placed(sentence.begin, sentence.stop, record)


def _indent(text: str) -> int:
    """Return the white space before the first token."""
    return len(text) - len(text.lstrip())


def _units(text: str, begin: int, stop: int) -> str:
    """Return what stands at a place in UTF-16 units."""
    if text.isascii():
        return text[max(begin, 0) : max(stop, 0)]
    return text.encode("utf-16-le", "surrogatepass")[2 * max(begin, 0) : 2 * max(stop, 0)].decode(
        "utf-16-le", "replace"
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _CONTROLS.get(match[1], match[1]), text)


IS_WEBANNO: Final = _FORMAT.encode()
