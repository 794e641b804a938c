"""Write JSON lines: one object a row with its id, its document, its tokens, and its tags as strings."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

from tagpress.corpus.layers.layer import Layer
from tagpress.errors import UsageError
from tagpress.export.layer_texts import bracket_faults, token_texts
from tagpress.export.refusals import Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.target import check_spelling, check_utf8, empty_rows, empty_tokens, spelled, unreadable_tags
from tagpress.read.jsonl import JsonLines

# JSON allows them as they are, but many readers take them for line ends (Python's `splitlines` does).
_LINE_ENDS: Final = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}


FIELDS: Final = JsonLines(sentence_id="id", document="doc_id", tags="tags")


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonLinesTarget:
    """
    JSON lines that the dialect reads.

    Ids and documents are left out where it has no field for them, and so are the tags of a release that has none.
    Layers are fields of their own names, which `extra` of the dialect reads back; nested ones are brackets, as CoNLL-2012 has them.

    Raises UsageError for an encoding that is not UTF-8, which the format asks for, and for one field for two things.
    """

    name: ClassVar[str] = "JSON lines"
    suffix: ClassVar[str] = ".jsonl"
    packed: ClassVar[bool] = False
    holds_spans: ClassVar[bool] = False
    needs_tags: ClassVar[bool] = False

    dialect: JsonLines = FIELDS

    def __post_init__(self) -> None:
        check_spelling(self.dialect.scheme, self.dialect.joiner)
        check_utf8(self.dialect.encoding, self.name)
        if self.dialect.extra:
            message = f"the dialect keeps the field {self.dialect.extra[0]!r}, and JSON lines are written without"
            raise UsageError(message, "leave extra= out of the dialect")
        twice = [name for name, count in Counter(self._fields()).items() if name is not None and count > 1]
        if twice:
            raise UsageError(f"the field {twice[0]!r} is given two things to hold", "name each field once")

    @property
    def has_tags(self) -> bool:
        """Whether there is a field for tags."""
        return self.dialect.tags is not None

    def holds(self, name: str, layer: Layer) -> bool:  # noqa: ARG002 - as the protocol has it
        """Return whether a layer can be written: in a field that nothing else has."""
        return name not in self._fields()

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, [*empty_rows(rows), *bracket_faults(rows)])
            tags = spelled(rows, self.dialect.scheme, self.dialect.joiner)
            yield token_faults(rows, [*empty_tokens(rows), *unreadable_tags(tags)])

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, batch by batch."""
        for rows in batches:
            yield "".join(f"{line}\n" for line in self._lines(rows)).translate(_LINE_ENDS).encode()

    def _lines(self, rows: Rows) -> Iterator[str]:
        tags = spelled(rows, self.dialect.scheme, self.dialect.joiner).column.to_pylist()
        tokens, fields = rows.tokens.to_pylist(), self._fields(tags=bool(rows.labels.published))
        bounds = pairwise(rows.offsets.tolist())
        layers = {name: token_texts(rows, name) for name in rows.layers}
        each = zip(rows.written_ids, rows.doc_ids, bounds, strict=True)
        for number, (row_id, doc_id, (begin, stop)) in enumerate(each):
            values = (row_id, doc_id, tokens[begin:stop], tags[begin:stop])
            row = {field: value for field, value in zip(fields, values, strict=True) if field is not None}
            row |= {name: column[number] for name, column in layers.items()}
            yield json.dumps(row, ensure_ascii=False)

    def _fields(self, *, tags: bool = True) -> tuple[str | None, ...]:
        own = self.dialect
        return own.sentence_id, own.document, own.tokens, own.tags if tags else None
