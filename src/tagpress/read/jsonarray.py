"""
The dialect of one JSON document that is a list of objects, each a sentence, as `json.dump` and pandas write it.

Where the document stops being one, its rest is one record that is reported with its place.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Final

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.read.account import LineAccount, count, total
from tagpress.read.jsonl import JsonLines
from tagpress.read.parsed import KINDS, Parsed, fault_rows, merge
from tagpress.read.sources import text
from tagpress.read.sources.text import Text

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_DECODER: Final = json.JSONDecoder()
_ACCOUNTS: Final = ("faulty", "records", "structure")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonArray:
    """
    One JSON list of objects.

    `tokens`, `tags`, `sentence_id` and `document` are names of fields; `extra` names more to keep, lists of strings along
    the tokens. Tags are strings, or numbers that index `names`. An item that is no such object, or has more or less of
    anything than tokens, is `ragged-line`; where the document is no JSON, its rest is `broken-record`.

    Raises UsageError for a value that makes no sense.
    """

    tokens: str = "tokens"
    tags: str = "ner_tags"
    names: tuple[str, ...] = ()
    sentence_id: str | None = None
    document: str | None = None
    extra: tuple[str, ...] = ()
    scheme: str = "IOB2"
    joiner: str = "-"
    encoding: str = "utf-8"
    beside: ClassVar[str] = ""

    def __post_init__(self) -> None:
        checked = self._lines
        for name in ("encoding", "names", "extra"):
            object.__setattr__(self, name, getattr(checked, name))

    @property
    def has_ids(self) -> bool:
        """Whether sentences have ids in the source."""
        return self.sentence_id is not None

    @property
    def _lines(self) -> JsonLines:
        """The dialect of the same objects, each on a line."""
        return JsonLines(**{one.name: getattr(self, one.name) for one in fields(self)})

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a file."""
        decoded = text.decode(data, self.encoding, start=start)
        spans, broken = _items(decoded)
        begin, stop = np.array(spans, dtype=np.int64).reshape(-1, 2).T
        read = np.append(stop[:-1], begin[-1:]) if broken else stop  # of what is broken nothing is read
        parsed = replace(self._lines.parse_objects(decoded, begin, read), sentence_stop=stop.astype(np.int32))
        account = _account(decoded, begin, stop, parsed)
        if not broken:
            return replace(parsed, account=account)
        row = len(spans) - 1
        told = merge(parsed.faults, fault_rows([(KINDS["broken-record"], int(begin[row]), row, row)]))
        named = (told.sentence == row) & (told.kind == KINDS["ragged-line"])  # it is said better
        kept = fault_rows(
            (KINDS[code], at, sentence, detail)
            for (code, at, sentence, detail), again in zip(told.rows(), named.tolist(), strict=True)
            if not again
        )
        return replace(parsed, account=account, faults=kept, annotations={row: broken})

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: where an item begins shows only from the document's beginning on."""


def _items(decoded: Text) -> tuple[list[tuple[int, int]], str]:
    """Return where each item is in the bytes; what is no JSON is the last, and is said."""
    document = decoded.data[decoded.begin :].decode()
    spans: list[tuple[int, int]] = []
    at, done, broken = decoded.begin, 0, ""
    for begin, stop, wrong in items(document):
        first = at + len(document[done:begin].encode())
        at, done, broken = first + len(document[begin:stop].encode()), stop, wrong
        spans.append((first, at))
    return spans, broken


def items(document: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each item of a JSON list begins and stops; for the rest of what is no list, also why."""
    at = _skip(document, 0)
    if at == len(document):
        return
    opened = more = document[at] == "["
    at = _skip(document, at + 1) if opened else at
    while more and document[at : at + 1] != "]":
        stop, wrong = _item(document, at)
        yield min(at, len(document) - 1), stop, wrong  # at the end there is no place
        if wrong:
            return
        at = _skip(document, stop)
        more = document[at : at + 1] == ","
        at = _skip(document, at + 1) if more else at
    if opened and document[at : at + 1] == "]":
        at = _skip(document, at + 1)
        if at == len(document):
            return
    yield min(at, len(document) - 1), len(document), "no end of a JSON list, and nothing behind it is read"


def _item(document: str, at: int) -> tuple[int, str]:
    """Return where an item stops; for what is none, the end of the document, and why."""
    try:
        return _DECODER.raw_decode(document, at)[1], ""
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return len(document), f"no JSON ({error.msg} at {place}), and nothing behind it is read"
    except RecursionError:
        return len(document), "too many brackets in brackets, and nothing behind them is read"


def _skip(document: str, at: int) -> int:
    match = _SPACE.match(document, at)
    return match.end() if match else at


def _account(decoded: Text, begin: Ints, stop: Ints, parsed: Parsed) -> LineAccount:
    """Return what became of each line: it is that of the first item that begins, or goes on, in it."""
    lengths = decoded.line_lengths()
    ends = np.flatnonzero(np.frombuffer(decoded.data, np.uint8) == ord("\n"))
    first, last = np.searchsorted(ends, begin), np.searchsorted(ends, np.maximum(stop - 1, begin))
    faulty = np.isin(np.arange(len(begin)), parsed.faults.sentence[parsed.faults.kind == KINDS["ragged-line"]])
    kinds = np.full(len(lengths), 2, np.int64)
    for row in range(len(begin) - 1, -1, -1):
        kinds[first[row] : last[row] + 1] = int(not faulty[row])
    return total([count(_ACCOUNTS, kinds, lengths), LineAccount({"marks": (0, decoded.mark)})])
