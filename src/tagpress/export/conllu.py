"""
Write CoNLL-U: ten columns, the tag in MISC as `name=B-PER`, comments with the ids.

What the table does not know is `_`: lemma, part of speech, head and relation. `# text` is that of the release, with
`SpaceAfter=No` and `SpacesAfter` in MISC, where nothing but white space stands between its tokens and no line ends in it;
else it is the forms with a space between them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.schema import is_nested
from tagpress.export.refusals import Findings, Refusal, Refusals, row_faults, token_faults
from tagpress.export.rows import Rows
from tagpress.export.schemes import SpelledLabels
from tagpress.export.target import (
    check_spelling,
    check_utf8,
    empty_rows,
    empty_tokens,
    is_name,
    mask_of,
    spelled,
    unreadable_tags,
)
from tagpress.read.conllu import CONLLU_COLUMNS, ConllU

_BETWEEN: Final = CONLLU_COLUMNS[2:-1]  # FORM and MISC
_UNKNOWN: Final = "_"
_DELIMITERS: Final = "[\t\n]"
_OTHER: Final = "write JSON lines, which hold any token"
_RESERVED: Final = "[\t\n|]"  # what cannot stand in a value of MISC

_GAPS: Final = {" ": "", "": "|SpaceAfter=No"}
_ESCAPES: Final = str.maketrans({" ": "\\s", "\t": "\\t", "|": "\\p", "\\": "\\\\"})

MISC: Final = ConllU()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConlluTarget:
    """
    CoNLL-U files that the dialect reads; `documents` says whether to write where each begins.

    A layer of a value a token stands in the column of its name, upos in UPOS, which `extra` of the dialect reads back.

    Raises UsageError for an encoding that is not UTF-8, which the format asks for.
    """

    name: ClassVar[str] = "CoNLL-U"
    suffix: ClassVar[str] = ".conllu"
    packed: ClassVar[bool] = False
    holds_spans: ClassVar[bool] = False
    needs_tags: ClassVar[bool] = False

    dialect: ConllU = MISC
    documents: bool = True

    def __post_init__(self) -> None:
        check_spelling(self.dialect.scheme, self.dialect.joiner)
        check_utf8(self.dialect.encoding, self.name)

    @property
    def has_tags(self) -> bool:
        """Whether MISC has tags."""
        return self.dialect.has_tags

    def holds(self, name: str, layer: Layer) -> bool:
        """Return whether a layer can be written: a text a token, that has the name of a column."""
        return not is_nested(layer.arrow) and name.upper() in _BETWEEN

    def faults(self, batches: Iterable[Rows]) -> Iterator[Refusals]:
        """Yield what would not read back equal: of each batch rows as a whole, then tokens."""
        for rows in batches:
            yield row_faults(rows, [*empty_rows(rows), *self._id_faults(rows)])
            tags = spelled(rows, self.dialect.scheme, self.dialect.joiner)
            yield token_faults(rows, [*_findings(rows, tags), *_layer_findings(rows)])

    def write(self, batches: Iterable[Rows]) -> Iterator[bytes]:
        """Yield the file of a split, batch by batch."""
        document = None
        for rows in batches:
            texts, bodies = (joined.to_pylist() for joined in self._joined(rows))
            texts = [_own_text(rows, row).rstrip() or text for row, text in enumerate(texts)]
            out: list[str] = []
            for row_id, doc_id, text, body in zip(rows.written_ids, rows.doc_ids, texts, bodies, strict=True):
                begins = f"# newdoc id = {doc_id}\n" if self.documents and doc_id != document else ""
                out.append(f"{begins}# sent_id = {row_id}\n# text = {text}\n{body}\n\n")
                document = doc_id
            yield "".join(out).encode()

    def _joined(self, rows: Rows) -> tuple[pa.StringArray, pa.StringArray]:
        """Return the text and the lines of each sentence."""
        offsets = pa.array(rows.offsets, pa.int32())
        numbers = np.arange(len(rows.tokens)) - np.repeat(rows.offsets[:-1], np.diff(rows.offsets)) + 1
        tags = spelled(rows, self.dialect.scheme, self.dialect.joiner).column
        numbered = pc.binary_join_element_wise(pa.array(numbers).cast(pa.string()), rows.tokens, "\t")
        spaces = pa.array(list(_spaces(rows)), pa.string())
        if self.has_tags and rows.labels.published:
            misc = pc.binary_join_element_wise(f"{self.dialect.key}=", tags, spaces, "")
        else:
            misc = pc.if_else(pc.equal(spaces, ""), _UNKNOWN, pc.utf8_slice_codeunits(spaces, 1))
        said = {name.upper(): _texts(rows, name) for name in rows.layers}
        between = [said.get(column, _UNKNOWN) for column in _BETWEEN]
        lines = pc.binary_join_element_wise(numbered, *between, misc, "\t")
        return tuple(
            pc.binary_join(pa.ListArray.from_arrays(offsets, column), end)
            for column, end in ((rows.tokens, " "), (lines, "\n"))
        )

    def _id_faults(self, rows: Rows) -> Iterator[tuple[int, Refusal]]:
        ids = [("id", rows.written_ids), *([("document id", rows.doc_ids)] if self.documents else [])]
        for what, values in ids:
            for row, value in enumerate(values):
                if not is_name(value):
                    yield row, Refusal(f"has the {what} {value!r}, which a comment cannot hold", "write JSON lines")


def _own_text(rows: Rows, row: int) -> str:
    """Return the text of a row if a comment can hold it, and words of MISC all that stands between its tokens; or nothing."""
    text, at = rows.texts[row] if rows.texts else "", 0
    own = slice(*rows.offsets[row : row + 2].tolist())
    for begin, token in zip(rows.starts[own].tolist(), rows.tokens[own].to_pylist(), strict=True) if text else ():
        if text[at:begin].strip() or (at == 0 and begin):
            return ""
        at = begin + len(token)
    return "" if text[at:].strip() or text.splitlines() != [text] else text


def _spaces(rows: Rows) -> Iterator[str]:
    """Yield what MISC says of the white space behind each token: nothing of one space, and of none at the end of a text."""
    for row in range(len(rows)):
        first, stop = rows.offsets[row : row + 2].tolist()
        text = _own_text(rows, row)
        starts, tokens = rows.starts[first:stop].tolist(), rows.tokens[first:stop].to_pylist()
        yield from () if text else [""] * (stop - first)
        for at, token, behind in zip(starts, tokens, [*starts[1:], len(text)], strict=True) if text else ():
            gap = text[at + len(token) : behind] or " " * (behind == len(text))
            yield _GAPS[gap] if gap in _GAPS else f"|SpacesAfter={gap.translate(_ESCAPES)}"


def _texts(rows: Rows, layer: str) -> pa.StringArray:
    """Return what a layer says of each token."""
    return pa.array([text for texts in rows.shown(layer) for text in texts], pa.string())


def _layer_findings(rows: Rows) -> Findings:
    """Return which tokens have a text in a layer that is no column of CoNLL-U."""
    found = []
    for name in rows.layers:
        texts = _texts(rows, name)
        cut = mask_of(pc.match_substring_regex(texts, _DELIMITERS))
        empty = mask_of(pc.equal(pc.binary_length(texts), 0))
        found += [
            (cut, Refusal(f"has a tab or a line end in the layer {name}", _OTHER)),
            (empty, Refusal(f"has nothing in the layer {name}", _OTHER)),
        ]
    return found


def _findings(rows: Rows, tags: SpelledLabels) -> Findings:
    cut = mask_of(pc.match_substring_regex(rows.tokens, _DELIMITERS))
    reserved = np.flatnonzero(mask_of(pc.match_substring_regex(pa.array(tags.names), _RESERVED)))
    unfit = [
        (tags.where(code), Refusal(f"has the tag {tags.names[code]!r}, which MISC would cut", "choose another joiner"))
        for code in reserved.tolist()
    ]
    lines = (cut, Refusal("has a tab or a line end in it", _OTHER))
    return [*empty_tokens(rows), lines, *unfit, *unreadable_tags(tags)]
