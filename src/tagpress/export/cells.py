"""
How does a line of columns look, and what would the reader take it for?

The reader's own rules (`Columns.rules`, `grammar.GRAMMARS`) decide: nothing here knows more of a dialect than they do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.types import Bools
from tagpress.errors import UsageError
from tagpress.export.refusals import Findings, Refusal
from tagpress.export.target import mask_of
from tagpress.read.columns import Columns
from tagpress.read.scanner import grammar
from tagpress.read.scanner.ambiguous import kind_of
from tagpress.read.scanner.grammar import AS_ROW, GRAMMARS, NONE, OUTSIDE, ROW, START
from tagpress.read.scanner.rules import Rules

NO_OTHERS: Final[Mapping[int, pa.StringArray]] = MappingProxyType({})
_OTHER_DIALECT: Final = "write JSON lines, which hold any token"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellLayout:
    """Lines of `width` columns, with the token and the tag, if there is one, at their places and the filler in all others."""

    rules: Rules
    width: int
    token: int
    tag: int | None
    filler: str
    encoding: str

    @property
    def separator(self) -> str:
        """What is written between two columns."""
        return self.rules.delimiter.decode() or " "

    def document(self, spelled: str) -> str:
        """Return the line that begins a document, with the columns of a token."""
        return str(self.lines(pa.array([spelled]), pa.array(["O"]))[0])

    def lines(
        self, tokens: pa.StringArray, tags: pa.StringArray, others: Mapping[int, pa.StringArray] = NO_OTHERS
    ) -> pa.StringArray:
        """Return many lines, without their ends; `others` are what stands in further columns."""
        cells = [_quoted(pa.array([self.filler]), self.rules)[0]] * self.width
        own = {self.token: tokens} if self.tag is None else {self.token: tokens, self.tag: tags}
        for place, texts in {**others, **own}.items():
            cells[place] = _quoted(texts, self.rules)
        return pc.binary_join_element_wise(*cells, self.separator)

    def kind_of(self, line: str) -> int:
        """Return the kind of line that the reader sees."""
        return kind_of(line.encode(), self.rules)

    def token_findings(self, tokens: pa.StringArray) -> Findings:
        """Return which tokens cannot stand in their column."""
        return _cell_findings(tokens, self.rules, self.encoding, last=self.token == self.width - 1)

    def tag_findings(self, tags: pa.StringArray) -> Findings:
        """Return which tags cannot stand in their column, if they have one."""
        return (
            [] if self.tag is None else _cell_findings(tags, self.rules, self.encoding, last=self.tag == self.width - 1)
        )

    def other_findings(self, texts: pa.StringArray, place: int) -> Findings:
        """Return which texts cannot stand in a further column."""
        empty = mask_of(pc.equal(pc.binary_length(texts), 0)) & (not self.rules.delimiter)
        found = _cell_findings(texts, self.rules, self.encoding, last=place == self.width - 1)
        return [*found, (empty, Refusal("is empty, where white space parts columns", "choose a delimiter"))]

    def line_findings(self, lines: pa.StringArray, first: Bools) -> Findings:
        """Return which lines the reader would take for something else; `first` marks the first line of a sentence."""
        found = []
        first_state, state = self._states()
        for kind, text, whole in self.rules.lines:
            hits = mask_of(pc.equal(lines, text.decode()) if whole else pc.starts_with(lines, text.decode()))
            hits = hits & np.where(first, not self._as_row(first_state, kind), not self._as_row(state, kind))
            if self.rules.ambiguous == "token" and not whole:
                at = np.flatnonzero(hits)
                hits[at] = [kind_of(line.encode(), self.rules) != ROW for line in lines.take(pa.array(at)).to_pylist()]
            option = grammar.OPTIONS[kind]
            found.append((hits, Refusal(f"makes a line that reads as {option}={text.decode()!r}", f"change {option}")))
        return found

    def _states(self) -> tuple[int, int]:
        """Return the reader's state before the first line of a sentence, and before the others."""
        cells = GRAMMARS[self.rules.bounds]
        first = cells[OUTSIDE].get(START, (NONE, OUTSIDE))[1]
        return first, cells[first][ROW][1]

    def _as_row(self, state: int, kind: int) -> bool:
        return bool(GRAMMARS[self.rules.bounds][state].get(kind, (NONE, state))[0] & AS_ROW)


def layout(dialect: Columns, filler: str) -> CellLayout:
    """
    Return how lines look in a dialect.

    Raises:
        UsageError: its columns cannot be told apart, or the delimiter or the filler cannot be written.

    """
    rules = dialect.rules()
    narrow, wide = rules.width
    for width in range(narrow, wide + 1):
        token, tag = (column % width for column in rules.columns[:2])
        if token != tag:
            break
    else:
        raise UsageError(f"token={dialect.token} and tag={dialect.tag} are one column", "give width as one number")
    if not survives(dialect.delimiter or " ", dialect.encoding):
        raise UsageError(f"the delimiter {dialect.delimiter!r} cannot be written in {dialect.encoding}", "use utf-8")
    cell = pa.array([filler])
    for last in (False, True):
        faults = [reason.text for mask, reason in _cell_findings(cell, rules, dialect.encoding, last=last) if mask[0]]
        if faults or not (filler or rules.delimiter):
            raise UsageError(f"the filler {filler!r} {faults[0] if faults else 'is empty'}", "choose another, like _")
    return CellLayout(
        rules=rules,
        width=width,
        token=token,
        tag=None if dialect.tag is None else tag,
        filler=filler,
        encoding=dialect.encoding,
    )


def survives(text: str, encoding: str) -> bool:
    """Return whether a text can be written in an encoding and read back equal."""
    try:
        return encoding == "utf-8" or text.encode(encoding).decode(encoding) == text
    except UnicodeError:
        return False


def _quoted(cells: pa.StringArray, rules: Rules) -> pa.StringArray:
    """Return columns as they are written: with quotes where one begins with a quote or holds the delimiter."""
    quote, delimiter = rules.quote.decode(), rules.delimiter.decode()
    if not quote:
        return cells
    # The beginning of a delimiter at the end of a text can run into the delimiter.
    needs = pc.or_(pc.match_substring(cells, delimiter[:1]), pc.starts_with(cells, quote))
    written = pc.binary_join_element_wise(quote, pc.replace_substring(cells, quote, 2 * quote), quote, "")
    return pc.if_else(needs, written, cells)


def _cell_findings(cells: pa.StringArray, rules: Rules, encoding: str, *, last: bool) -> Findings:
    """Return which texts cannot be a column, the last one of its line or any other."""
    cut = () if rules.quote else (_cut_by_delimiter(cells, rules.delimiter.decode(), last=last),)
    return [
        (mask_of(pc.match_substring(cells, "\n")), Refusal("has a line end in it", _OTHER_DIALECT)),
        *cut,
        (
            mask_of(pc.ends_with(cells, "\r")) & last,
            Refusal("ends its line with a carriage return, which reads as part of the line end", _OTHER_DIALECT),
        ),
        (_lost(cells, encoding), Refusal(f"cannot be written in {encoding}", "choose the encoding utf-8")),
    ]


def _cut_by_delimiter(cells: pa.StringArray, delimiter: str, *, last: bool) -> tuple[Bools, Refusal]:
    remedy = "choose another delimiter, or quote='\"'"
    if not delimiter:
        cut = pc.match_substring_regex(cells, "[ \t]")
        return mask_of(cut), Refusal("has a space or a tab in it, which delimit columns", remedy)
    if last:
        return mask_of(pc.match_substring(cells, delimiter)), Refusal(f"has the delimiter {delimiter!r} in it", remedy)
    # A token that ends like the delimiter begins can run into it: `a|` and `||` read as `a` and `|`.
    joined = pc.binary_join_element_wise(cells, delimiter, "")
    cut = pc.not_equal(pc.find_substring(joined, delimiter), pc.binary_length(cells))
    runs = ", or runs into it" if len(delimiter) > 1 else ""
    return mask_of(cut), Refusal(f"has the delimiter {delimiter!r} in it{runs}", remedy)


def _lost(cells: pa.StringArray, encoding: str) -> Bools:
    """Return which texts an encoding does not keep; most often it keeps all, and one look is enough."""
    lost = np.zeros(len(cells), dtype=np.bool_)
    texts = [] if encoding == "utf-8" else cells.to_pylist()
    if texts and not survives("\n".join(texts), encoding):
        lost[:] = [not survives(text, encoding) for text in texts]
    return lost
