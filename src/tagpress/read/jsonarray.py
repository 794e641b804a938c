"""
The dialect of one JSON document that is a list of objects, each a sentence, as `json.dump` and pandas write it.

Where the document stops being one, its rest is one record that is reported with its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np

from tagpress.columnar.types import Ints
from tagpress.errors import UsageError
from tagpress.read.account import LineAccount, count, total
from tagpress.read.json_items import Item, items_of, keyed_of, lists_beside, rows_of
from tagpress.read.jsonl import JsonLines
from tagpress.read.parsed import KINDS, Parsed, fault_rows, merge
from tagpress.read.records import ListFields
from tagpress.read.sources import text
from tagpress.read.sources.text import Text

_ACCOUNTS: Final = ("faulty", "records", "structure")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonArray(ListFields):
    """
    One JSON list of objects; that in the member `inside` of an object, where it is named.

    With `columns`, it is an object of columns instead, each a list of cells or an object of them, as pandas writes it; with
    `keyed`, an object of such objects, whose keys are the field `sentence_id` where they have none themselves.
    The fields are those of `ListFields`; but for `extra`, each may be a path into objects, such as `meta.split`. An item that is no such object, or has more or less of anything than tokens, is
    `ragged-line`; where the document is no JSON, its rest is `broken-record`.

    Raises UsageError for a value that makes no sense.
    """

    inside: str | None = None
    columns: bool = False
    keyed: bool = False
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        ListFields.__post_init__(self)
        ways = {"columns=True": self.columns, "keyed=True": self.keyed, "inside=": self.inside is not None}
        if sum(ways.values()) > 1:
            named = " and ".join(name for name, is_said in ways.items() if is_said)
            raise UsageError(f"{named} are ways to hold rows, of which a file has one", "leave the others out")
        object.__setattr__(self, "encoding", text.normal_encoding(self.encoding))

    @property
    def _lines(self) -> JsonLines:
        """The dialect of the same objects, each on a line."""
        return JsonLines(**{one.name: getattr(self, one.name) for one in fields(JsonLines)})

    def parse(self, data: bytes, start: int = 0) -> Parsed:
        """Return the sentences of a file."""
        decoded = text.decode(data, self.encoding, start=start)
        found = list(self._items(decoded))
        begin, stop = np.array([(item.begin, item.stop) for item in found], dtype=np.int64).reshape(-1, 2).T
        rows = [self._row(item) for item in found]
        parsed = self._lines.parse_objects(decoded, (begin, stop), rows)
        if self.inside is not None:
            beside = lists_beside(decoded.characters, self.inside)
            parsed = replace(parsed, unread=(*parsed.unread, *(f"the list {path}" for path in beside)))
        account = _account(decoded, begin, stop, parsed)
        broken = {row: item.wrong for row, item in enumerate(found) if item.wrong}
        if not broken:
            return replace(parsed, account=account)
        told = merge(parsed.faults, fault_rows((KINDS["broken-record"], int(begin[row]), row, row) for row in broken))
        named = np.isin(told.sentence, list(broken)) & (told.kind == KINDS["ragged-line"])  # it is said better
        kept = fault_rows(
            (KINDS[code], at, sentence, detail)
            for (code, at, sentence, detail), again in zip(told.rows(), named.tolist(), strict=True)
            if not again
        )
        return replace(parsed, account=account, faults=kept, annotations=broken)

    def values_of(self, data: bytes) -> Iterator[Any]:
        """Yield the items of a file."""
        return (item.value for item in self._items(text.decode(data, self.encoding)))

    def _items(self, decoded: Text) -> Iterator[Item]:
        if self.keyed:
            return keyed_of(decoded)
        return rows_of(decoded) if self.columns else items_of(decoded, self.inside)

    def _row(self, item: Item) -> dict[str, Any]:
        row = item.value if isinstance(item.value, dict) else {}
        named = self.keyed and row and self.sentence_id and self.sentence_id not in row
        return {**row, str(self.sentence_id): item.key} if named else row

    def boundary(self, data: bytes, at: int) -> None:
        """Return None: where an item begins shows only from the document's beginning on."""


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
