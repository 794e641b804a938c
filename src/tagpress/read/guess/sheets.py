"""Guess how a spreadsheet or a data frame was saved: what CSV quotes, which column says the sentence, lists in cells."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any, Final

from tagpress.corpus.problems import quoted
from tagpress.errors import SourceError
from tagpress.read.csv_rows import Row, rows
from tagpress.read.csvlists import CsvLists
from tagpress.read.dialect import Dialect
from tagpress.read.guess.samples import Line, Reason, Sample, because, encoding_of
from tagpress.read.guess.sniff_records import DOCUMENTS, IDS, key_of, names_of_numbers, parallel
from tagpress.read.guess.spelled_tags import COLUMNS, TAG
from tagpress.read.guess.word_classes import CLASS
from tagpress.read.list_text import looks_like_list, read_list
from tagpress.read.scanner.by_column import split_cells
from tagpress.read.sources import text
from tagpress.read.tagged_lines import TaggedLines

QUOTE: Final = '"'
_DELIMITERS: Final = (",", "\t", ";", "|")
_ROWS: Final = 500  # rows looked at for lists
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
    read = [line.text for line in islice(sample.lines(encoding), _LINES)]
    lines = [line for line in read if line.strip(" \t,;|")]
    parted = len(lines) < len(read)
    for delimiter in _DELIMITERS:
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


def has_lists(sample: Sample) -> bool:
    """Return whether the rows of a sample have a list of tokens and one of tags, as text."""
    return _frame(sample, encoding_of([sample])[0]) is not None


@dataclass(frozen=True, slots=True)
class _Frame:
    """
    Rows of CSV, by the names of their columns, as lists.

    `words` are the columns in which spaces part the words, `commas` those in which commas part tags.
    """

    delimiter: str
    names: tuple[str, ...]
    rows: list[dict[str, Any]]
    words: tuple[str, ...]
    commas: tuple[str, ...]
    columns: tuple[str, str]


def lists(samples: Sequence[Sample], encoding: str) -> tuple[Dialect, list[Reason], list[str]]:
    """
    Return the dialect of lists in cells that samples seem to be in.

    Raises SourceError if no row names the columns, or if the tags are numbers and nothing says what they mean.
    """
    source = samples[0].source
    frame = _frame(samples[0], encoding)
    assert frame is not None
    tokens, tags = frame.columns
    if any(map(looks_like_list, frame.names)) or _are_tags(tags):
        message = f"the first row of {source.name} is a sentence, and does not name the columns"
        row = frame.delimiter.join(("tokens", "ner_tags")).replace("\t", r"\t")
        raise SourceError(message, rf"write a row above it, as of two columns: (printf '{row}\n'; cat OLD) > NEW")
    names, named = names_of_numbers(frame.rows, tags, source)
    dialect = CsvLists(
        tokens=tokens,
        tags=tags,
        words=tuple(name for name in frame.columns if name in frame.words),
        commas=tuple(name for name in frame.columns if name in frame.commas),
        names=names,
        delimiter=frame.delimiter,
        sentence_id=key_of(IDS, frame.names),
        document=key_of(DOCUMENTS, frame.names),
        encoding=encoding,
    )
    line = Line(source.name, 1, frame.delimiter.join(frame.names))
    how = "words with a space between" if dialect.words else "lists as text"
    how += ", tags with a comma" if dialect.commas else ""
    return dialect, [because(f"each row is a sentence; {tokens} and {tags} run in parallel, {how}", line), *named], []


def _are_tags(name: str) -> bool:
    """Return whether the name of a column is the tags of a sentence."""
    return bool(name) and all(TAG.fullmatch(tag) for tag in name.replace(",", " ").split())


def _frame(sample: Sample, encoding: str) -> _Frame | None:
    decoded = text.decode(sample.data, encoding)
    first = decoded.data.partition(b"\n")[0]
    for delimiter in (one for one in _DELIMITERS if first.count(one.encode()) <= COLUMNS):
        found = [row for row in islice(rows(decoded.data, decoded.begin, delimiter, QUOTE), _ROWS) if row.cells != ()]
        if not sample.whole and len(found) < _ROWS:
            found = found[:-1]  # it may be cut
        frame = _read(delimiter, found)
        if frame:
            return frame
    return None


def _read(delimiter: str, found: Sequence[Row]) -> _Frame | None:
    """Return the rows as lists, if two columns run in parallel."""
    table = [[cell.text for cell in row.cells] for row in found if row.cells]
    return _of_table(delimiter, table, len(found))


def lists_in(names: Sequence[str], cells: Sequence[Sequence[str]]) -> dict[str, Callable[[str], list[Any]]]:
    """Return how a cell of each column that holds lists as text is read, if two of them are tokens and tags: rows of `cells`, in the order of `names`."""
    frame = _of_table("", [list(names), *map(list, cells)], len(cells))
    if frame is None:
        return {}
    parted = {**dict.fromkeys(frame.words, " "), **dict.fromkeys(frame.commas, ",")}
    read = {name: _parting(parted[name]) if name in parted else read_list for name in frame.rows[0]}
    return {name: how for name, how in read.items() if name in frame.columns or name not in frame.words}


def _parting(delimiter: str) -> Callable[[str], list[Any]]:
    return lambda cell: [one.strip(" ") for one in cell.split(delimiter)] if cell.strip() else []


def _of_table(delimiter: str, table: Sequence[list[str]], rows: int) -> _Frame | None:
    body = [row for row in table[1:] if len(row) == len(table[0])]
    if not body or len(table[0]) < 2 or 2 * len(body) < rows:  # noqa: PLR2004 - tokens and tags
        return None
    names = tuple(name.strip() for name in table[0])
    by_name = dict(zip(names, zip(*body, strict=True), strict=True)) if len(set(names)) == len(names) else {}
    read = {name: [_list(cell) for cell in cells] for name, cells in by_name.items()}
    listed = [name for name in by_name if _mostly(cell is not None for cell in read[name])]
    words = [
        name for name in by_name if name not in listed and _mostly(" " in cell.strip(" ") for cell in by_name[name])
    ]
    commas = [name for name in by_name if name not in listed and _mostly(map(_has_tags, by_name[name]))]
    words = [name for name in words if name not in commas]
    columns = {name: read[name] for name in listed}
    columns |= {name: [cell.split(" ") for cell in by_name[name]] for name in words}
    columns |= {name: [[tag.strip(" ") for tag in cell.split(",")] for cell in by_name[name]] for name in commas}
    rows_of = [{name: values[i] for name, values in columns.items()} for i in range(len(body))]
    try:
        return _Frame(delimiter, names, rows_of, tuple(words), tuple(commas), parallel(rows_of, ""))
    except SourceError:
        return None


def _has_tags(cell: str) -> bool:
    """Return whether a cell is several tags with a comma between."""
    tags = cell.split(",")
    return len(tags) > 1 and all(TAG.fullmatch(tag.strip(" ")) and "," not in tag for tag in tags)


def _list(cell: str) -> list[Any] | None:
    try:
        return read_list(cell)
    except ValueError:
        return None


def _mostly(answers: Iterator[bool]) -> bool:
    listed = list(answers)
    return 2 * sum(listed) > len(listed)
