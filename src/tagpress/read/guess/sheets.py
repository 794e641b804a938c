"""Guess how a spreadsheet with a token a row was saved: what CSV quotes, which column says the sentence."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.read.guess.samples import Line, Reason, Sample, because
from tagpress.read.guess.spelled_tags import COLUMNS, TAG
from tagpress.read.guess.word_classes import CLASS
from tagpress.read.scanner.by_column import split_cells
from tagpress.read.tagged_lines import TaggedLines

QUOTE: Final = '"'
DELIMITERS: Final = (",", "\t", ";", "|")
_LINES: Final = 20_000  # lines looked at for quotes and sentences
_ALIKE: Final = 0.9  # share of rows with the same number of cells
_BROKEN: Final = 0.01  # share of rows whose quotes may be broken
_MOST: Final = 0.5
_DIGITS: Final = 12  # of a number that counts sentences, fewer
_SENTENCE: Final = re.compile(r"(?i)\W*sent(ence)?s?[\W_]*(#|id|ids|idx|index|no|nr|num|number)?\W*")


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a sheet with a token a row is saved: what parts its columns, whether it quotes, which column says the sentence."""

    delimiter: str
    quoted: bool
    sentence: int | None

    def plain(self, lines: Sequence[Line]) -> list[Line]:
        """Return lines with tabs between their cells and no quotes; a line whose quotes are broken stays as it is."""
        found = ((line, _cells(line.text, self.delimiter)) for line in lines)
        return [line._replace(text=line.text if cells is None else _tabbed(cells)) for line, cells in found]

    def options(
        self, dialect: TaggedLines, files: Sequence[Sequence[Line]]
    ) -> tuple[dict[str, Any], list[Reason], list[str]]:
        """Return what else the dialect needs, given that of the plain lines, with reasons and doubts."""
        options: dict[str, Any] = {"delimiter": self.delimiter}
        reasons: list[Reason] = []
        if self.quoted or self.delimiter == ",":
            options["quote"] = QUOTE
            reasons.append(Reason(f"cells with {self.delimiter!r} or a quote in them stand in quotes, as in CSV"))
        firsts = [file[0] for file in files]
        cells = firsts[0].text.split("\t")
        said = dialect.tag if dialect.tag is not None else next(iter(dict(dialect.extra).values()))
        spelled = CLASS if dialect.tag is None else TAG
        wide = len(cells) > max(said, -said - 1)
        below = wide and any(cells[said] in row.text.split("\t") for file in files for row in file[1:])
        if len({line.text for line in firsts}) == 1 and wide and not below and not spelled.fullmatch(cells[said]):
            options["header"] = True
            reasons.append(because("the first line of every file names the columns", firsts[0]))
        taken = self.sentence in {None, dialect.token, dialect.tag}
        if taken or isinstance(dialect.width, tuple):
            return options, reasons, []
        column = self.sentence or 0
        filled = (line for file in files for line in file["header" in options :] if line.text.strip())
        lines = [line for line in filled if line.text.count("\t") >= column]  # another is a fault, wherever it stands
        values = [line.text.split("\t")[column] for line in lines]
        begins = [i for i, value in enumerate(values) if value and (i == 0 or value != values[i - 1])]
        if not begins:
            return options, reasons, []
        options |= {"sentence": self.sentence, "blank": dialect.blank}
        reasons.append(because(f"column {self.sentence} says which sentence a row is of", lines[begins[0]]))
        again = Counter(values[i] for i in begins)
        twice = next((value for value, count in again.items() if count > 1), None)
        more = (
            f"sentences: {quoted(twice)} is the sentence of {again[twice]} runs of rows; each is taken for one"
            if twice
            else ""
        )
        return options, reasons, [more] * bool(more)


def sheet_of(sample: Sample, encoding: str) -> Sheet | None:
    """Return how a sample is saved, if it quotes as CSV does or has a column that says the sentence."""
    read = sample.texts(encoding)[:_LINES]
    lines = [line for line in read if line.strip(" \t,;|")]
    parted = len(lines) < len(read)
    for delimiter in DELIMITERS:
        split = [_cells(line, delimiter) for line in lines]
        good = [cells for cells in split if cells is not None]
        width, count = Counter(map(len, good)).most_common(1)[0] if good else (0, 0)
        if width < 2 or count < _ALIKE * len(lines):  # noqa: PLR2004 - a token and its tag
            continue
        table = [cells for cells in good if len(cells) == width]
        quoted = _is_quoted(lines, split, delimiter)
        sentence = sentence_column(table, parted=parted)
        if quoted or sentence is not None:
            return Sheet(delimiter, quoted, sentence)
    return None


def _cells(line: str, delimiter: str) -> list[str] | None:
    if line.count(delimiter) > COLUMNS:
        return None
    found = split_cells(line.encode(), delimiter.encode(), QUOTE.encode())
    return None if found is None else [cell.decode() for cell in found]


def _tabbed(cells: Sequence[str]) -> str:
    return "\t".join(cell.replace("\t", " ") for cell in cells)


def breaks(sheet: Sheet, lines: Sequence[Line]) -> bool:
    """Return whether the quotes of other lines say that the file has none but tokens that are quotes."""
    texts = [line.text for line in lines if line.text]
    return sheet.quoted and not _few(_loose(texts, sheet.delimiter), texts, sheet.delimiter)


def _is_quoted(lines: Sequence[str], split: Sequence[list[str] | None], delimiter: str) -> bool:
    """Return whether quotes are those of CSV: some stand where they must, and hardly any where they must not."""
    pairs = [(line, cells) for line, cells in zip(lines, split, strict=True) if cells is not None and QUOTE in line]
    must = sum(any(_in_quotes(cell) in line for cell in _special(cells, delimiter)) for line, cells in pairs)
    header = all(cell.startswith(QUOTE) and cell.endswith(QUOTE) for cell in lines[0].split(delimiter))
    loose = _loose(lines, delimiter)
    return (must > loose or header) and _few(loose, lines, delimiter)


def _few(loose: int, lines: Sequence[str], delimiter: str) -> bool:
    return loose <= (0 if delimiter == "\t" else _BROKEN * len(lines))


def _loose(lines: Sequence[str], delimiter: str) -> int:
    """Return how many lines have a quote that CSV would not have written."""
    split = [(line, _cells(line, delimiter)) for line in lines if QUOTE in line]
    return sum(
        cells is None or any(_in_quotes(cell) not in line for cell in cells if QUOTE in cell) for line, cells in split
    )


def _special(cells: Sequence[str], delimiter: str) -> list[str]:
    return [cell for cell in cells if QUOTE in cell or delimiter in cell]


def _in_quotes(cell: str) -> str:
    return QUOTE + cell.replace(QUOTE, 2 * QUOTE) + QUOTE


def sentence_column(table: Sequence[Sequence[str]], *, parted: bool) -> int | None:
    """
    Return the column that says the sentence: its name does, it is filled in the first row of each alone, or it counts up.

    One that counts up without a name may count anything where blank lines have `parted` the sentences.
    """
    named = not any(TAG.fullmatch(cell) for cell in table[0])
    body = table[1:] if named else table
    for column, name in enumerate(table[0]):
        values = [row[column] for row in body]
        begins = sum(bool(value) and (i == 0 or value != values[i - 1]) for i, value in enumerate(values))
        filled = [value for value in values if value]
        alone = values[:1] == filled[:1] and len(filled) < _MOST * len(values) and len(set(filled)) == len(filled) > 1
        likely = alone or (named and _SENTENCE.fullmatch(name)) or ((named or not parted) and _counts_up(values))
        if begins and begins <= _MOST * len(values) and likely:
            return column
    return None


def _counts_up(values: Sequence[str]) -> bool:
    """Return whether values count from 0 or 1, each number for a run of rows, as of sentences whose name is in any language."""
    if not values or not all(value.isascii() and value.isdecimal() and len(value) < _DIGITS for value in values):
        return False
    numbers = list(map(int, values))
    return (
        numbers[0] in {0, 1}
        and numbers[-1] - numbers[0] > 1
        and all(one <= other <= one + 1 for one, other in pairwise(numbers))
    )
