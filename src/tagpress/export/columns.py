"""Write one token a line, in any way that `Columns` reads."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.corpus.layers.layer import Layer
from tagpress.errors import UsageError
from tagpress.export.cells import CellLayout, layout, survives
from tagpress.export.documents import UnnamedDocuments
from tagpress.export.layer_texts import bracket_faults, token_texts
from tagpress.export.refusals import Findings, Refusal, Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.schemes import SpelledLabels
from tagpress.export.target import check_spelling, empty_rows, empty_tokens, is_name, spelled, unreadable_tags
from tagpress.read.columns import Columns
from tagpress.read.scanner import grammar
from tagpress.read.scanner.grammar import Bounds
from tagpress.read.sources.text import ends_lines_in_one_byte

_BOM: Final = "\ufeff"
_READS_AS: Final = {grammar.BLANK: "a blank line", grammar.ROW: "a token"}

Head = list[tuple[int, str]]
"""The lines before a sentence's tokens, each with the kind that it must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnsTarget:
    """
    Files that the dialect reads.

    `filler` stands in the columns that hold neither token nor tag, nor a layer: one of a value a token stands in the column
    that `extra` of the dialect keeps by its name, a nested one as brackets, as CoNLL-2012 has them. Where the dialect leaves a choice, the first of
    these is written: one space for a run of white space, the smallest width, names of documents before mere
    document lines.

    Raises UsageError for a dialect whose own lines would not be read back.
    """

    name: ClassVar[str] = "columns"
    suffix: ClassVar[str] = ".conll"
    packed: ClassVar[bool] = False
    holds_spans: ClassVar[bool] = False

    dialect: Columns
    filler: str = "_"

    def __post_init__(self) -> None:
        check_spelling(self.dialect.scheme, self.dialect.joiner)
        if self.dialect.sentence is not None:
            message = f"sentence={self.dialect.sentence} cannot be written"
            raise UsageError(message, "leave it out: blank lines part the sentences of what is exported")
        if not ends_lines_in_one_byte(self.dialect.encoding):
            raise UsageError(f"encoding={self.dialect.encoding!r} cannot be written line by line", "use utf-8")
        lines = layout(self.dialect, self.filler)
        for kind, line in [*self._head("x", "x", lines), *self._tail()]:
            _check_line(kind, line, lines)
        header = self._header(lines)
        if "\n" in header or not survives(header, self.dialect.encoding):
            raise UsageError(f"the header row {header!r} cannot be written", "give the extra columns other names")

    @property
    def needs_tags(self) -> bool:
        """Whether there is a column of tags, which must have something in it."""
        return self.dialect.has_tags

    @property
    def has_tags(self) -> bool:
        """Whether there is a column of tags."""
        return self.dialect.has_tags

    def holds(self, name: str, layer: Layer) -> bool:  # noqa: ARG002 - as the protocol has it
        """Return whether a layer can be written: in the column that the dialect keeps by its name."""
        lines = layout(self.dialect, self.filler)
        column = dict(self.dialect.extra).get(name)
        return column is not None and column % lines.width not in {lines.token, lines.tag}

    def _others(self, rows: Rows, lines: CellLayout) -> dict[int, pa.StringArray]:
        """Return what layers say in the columns that the dialect keeps by their names."""
        kept = {name: column % lines.width for name, column in dict(self.dialect.extra).items() if name in rows.layers}
        return {
            column: pa.array([text for texts in token_texts(rows, name) for text in texts], pa.string())
            for name, column in kept.items()
        }

    def _layer_findings(self, others: Mapping[int, pa.StringArray], lines: CellLayout) -> Findings:
        names = {column % lines.width: name for name, column in dict(self.dialect.extra).items()}
        return [
            (mask, Refusal(f"has a text in the layer {names[place]} that {reason.text}", reason.remedy))
            for place, texts in others.items()
            for mask, reason in lines.other_findings(texts, place)
        ]

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        lines, documents = layout(self.dialect, self.filler), UnnamedDocuments()
        document = None
        for rows in batches:
            tags = spelled(rows, self.dialect.scheme, self.dialect.joiner)
            others = self._others(rows, lines)
            text = lines.lines(rows.tokens, tags.column, others)
            marks = self._mark_faults(rows, text, lines) if document is None else ()
            yield row_faults(
                rows, [*empty_rows(rows), *bracket_faults(rows), *marks, *self._head_faults(rows, document, lines)]
            )
            of_layers = self._layer_findings(others, lines)
            yield token_faults(rows, [*self._findings(rows, tags, text, lines), *of_layers])
            if self._unnamed:
                yield from documents.add(rows)
            document = rows.doc_ids[-1]
        yield from documents.end()

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, batch by batch."""
        lines = layout(self.dialect, self.filler)
        tail = [line for _, line in self._tail()] or [""] * (self.dialect.bounds is Bounds.BLANK_LINES)
        document = None
        if self.dialect.header:
            yield f"{self._header(lines)}\n".encode(self.dialect.encoding)
        for rows in batches:
            tags = spelled(rows, self.dialect.scheme, self.dialect.joiner).column
            text = lines.lines(rows.tokens, tags, self._others(rows, lines))
            bodies = pc.binary_join(pa.ListArray.from_arrays(pa.array(rows.offsets, pa.int32()), text), "\n")
            out: list[str] = []
            for head, body in zip(self._heads(rows, document, lines), bodies.to_pylist(), strict=True):
                out += [*(line for _, line in head), body, *tail]
            yield "".join(f"{line}\n" for line in out).encode(self.dialect.encoding)
            document = rows.doc_ids[-1]

    @property
    def _unnamed(self) -> bool:
        return self.dialect.document is not None and self.dialect.document_name is None

    def _header(self, lines: CellLayout) -> str:
        names = [f"column{i}" for i in range(lines.width)]
        for name, column in dict(self.dialect.extra).items():
            names[column % lines.width] = name
        names[lines.token] = "token"
        if lines.tag is not None:
            names[lines.tag] = "tag"
        return lines.separator.join(names)

    def _heads(self, rows: Rows, document: str | None, lines: CellLayout) -> Iterator[Head]:
        """Yield the lines before each sentence; `document` is that of the row before the first."""
        for row_id, doc_id in zip(rows.written_ids, rows.doc_ids, strict=True):
            yield self._head(row_id, doc_id if doc_id != document else None, lines)
            document = doc_id

    def _head(self, row_id: str, begun: str | None, lines: CellLayout) -> Head:
        """Return the lines before a sentence; `begun` is the document that begins with it, if one does."""
        dialect, head = self.dialect, Head()
        if begun is not None and dialect.document_name is not None:
            head.append((grammar.NAMED_DOCUMENT, f"{dialect.document_name}{begun}"))
        elif begun is not None and dialect.document is not None:
            head += self._unnamed_document(dialect.document, lines)
        if dialect.sentence_id is not None:
            head.append((grammar.SENTENCE_ID, f"{dialect.sentence_id}{row_id}"))
        if dialect.sentence_start is not None:
            head.append((grammar.START, dialect.sentence_start))
        return head

    def _unnamed_document(self, spelled: str, lines: CellLayout) -> Head:
        """Return the line of a document; between blank lines it has the columns of a token, as in CoNLL-2003."""
        if self.dialect.bounds is not Bounds.BLANK_LINES:
            return [(grammar.DOCUMENT, spelled)]
        whole = lines.token or lines.separator in spelled
        return [(grammar.DOCUMENT, spelled if whole else lines.document(spelled)), (grammar.BLANK, "")]

    def _tail(self) -> Head:
        end = self.dialect.sentence_end
        return [] if end is None else [(grammar.END, end)]

    def _findings(self, rows: Rows, tags: SpelledLabels, text: pa.StringArray, lines: CellLayout) -> Findings:
        """Return which tokens would be misread."""
        first = np.zeros(len(rows.tokens), dtype=np.bool_)
        first[rows.offsets[:-1][rows.offsets[:-1] < rows.offsets[1:]]] = True
        unfit = [
            (tags.where(code), Refusal(f"has the tag {name!r}, which {reason.text}", reason.remedy))
            for mask, reason in lines.tag_findings(pa.array(tags.names))
            for code, name in enumerate(tags.names)
            if mask[code]
        ]
        own = [*lines.token_findings(rows.tokens), *unfit, *lines.line_findings(text, first)]
        return [*empty_tokens(rows), *own, *unreadable_tags(tags)]

    def _head_faults(self, rows: Rows, document: str | None, lines: CellLayout) -> Iterator[tuple[int, Refusal]]:
        """Yield the rows whose ids the lines before them cannot hold."""
        written_ids = rows.written_ids
        for row, head in enumerate(self._heads(rows, document, lines)):
            ids = {
                grammar.NAMED_DOCUMENT: ("document id", rows.doc_ids[row]),
                grammar.SENTENCE_ID: ("id", written_ids[row]),
            }
            for kind, line in head:
                what, value = ids.get(kind, ("", "x"))
                if not is_name(value) or lines.kind_of(line) != kind or not survives(line, self.dialect.encoding):
                    option = grammar.OPTIONS[kind]
                    text = f"has the {what} {value!r}, which a line of {option} cannot hold"
                    yield row, Refusal(text, f"write without {option}")

    def _mark_faults(self, rows: Rows, text: pa.StringArray, lines: CellLayout) -> Iterator[tuple[int, Refusal]]:
        """Yield the first row of the file if its first character would be taken for a byte order mark."""
        head = self._head(rows.written_ids[0], rows.doc_ids[0], lines)
        line = head[0][1] if head else text[0].as_py() if len(text) else ""
        if line.startswith(_BOM) and not self.dialect.header:
            reason = "begins the file with U+FEFF, which reads as a byte order mark"
            yield 0, Refusal(reason, "write a header row, or sentence markers")


def _check_line(kind: int, line: str, lines: CellLayout) -> None:
    option, found = grammar.OPTIONS.get(kind, "document"), lines.kind_of(line)
    if found != kind:
        reads = _READS_AS.get(found) or grammar.OPTIONS[found]
        raise UsageError(f"the line {line!r} of {option} reads as {reads}", f"choose another {option}")
    if not survives(line, lines.encoding):
        raise UsageError(f"the line {line!r} of {option} cannot be written in {lines.encoding}", "use utf-8")
