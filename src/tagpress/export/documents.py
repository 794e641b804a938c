"""
Which documents cannot be told apart where they have no names?

Lines like `-DOCSTART-` begin a document without naming it; the reader names it by its first sentences. So a document
whose sentences do not follow one another would fall in two, and two that begin alike would become one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import pyarrow as pa

from tagpress.export.refusals import Refusal, Refusals, row_faults
from tagpress.export.rows import Rows
from tagpress.read.scanner.scan import content_name

NAMED_BY: Final = 3  # sentences that the reader names a document by
_REMEDY: Final = "name the documents (document_name instead of document), or write without documents"


@dataclass(slots=True)
class UnnamedDocuments:
    """One pass over the documents of a split: those that ended, and the first sentences of the one that did not."""

    _ended: dict[str, str] = field(default_factory=dict)  # document by what the reader would call it
    _seen: set[str] = field(default_factory=set)
    _open: tuple[Rows, int] | None = None
    _sentences: list[list[str]] = field(default_factory=list)

    def add(self, rows: Rows) -> Iterator[Refusals]:
        """Yield the faults of the documents that end in these rows, and of those that come again."""
        for row, (begin, stop) in enumerate(pairwise(rows.offsets.tolist())):
            if self._open is None or rows.doc_ids[row] != self._document():
                yield from self.end()
                self._open = rows, row
                yield from self._begin(rows, row)
            if len(self._sentences) < NAMED_BY:
                self._sentences.append(rows.tokens[begin:stop].to_pylist())

    def end(self) -> Iterator[Refusals]:
        """Yield the fault of the last document, if another has its beginning."""
        if self._open is None:
            return
        document = self._document()
        other = self._ended.setdefault(content_name(pa.array(self._sentences, pa.list_(pa.string()))), document)
        if other != document:
            reason = Refusal(f"begins the document {document!r}, which begins like {other!r}", _REMEDY)
            yield row_faults(self._open[0], [(self._open[1], reason)])
        self._open = None
        self._sentences = []

    def _begin(self, rows: Rows, row: int) -> Iterator[Refusals]:
        document = rows.doc_ids[row]
        if document in self._seen:
            reason = Refusal(f"is of the document {document!r}, which other documents interrupt", _REMEDY)
            yield row_faults(rows, [(row, reason)])
        self._seen.add(document)

    def _document(self) -> str:
        assert self._open is not None
        rows, row = self._open
        return rows.doc_ids[row]
