"""Guess how lists stand in the cells of a table: as text that spells them, as words with spaces, as tags with commas."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tagpress.errors import SourceError
from tagpress.read.csv_rows import Row, rows
from tagpress.read.csvlists import CsvLists
from tagpress.read.dialect import Dialect
from tagpress.read.guess.label_names import names_of_numbers
from tagpress.read.guess.samples import Line, Reason, Sample, because, encoding_of
from tagpress.read.guess.sheets import DELIMITERS, QUOTE
from tagpress.read.guess.sniff_records import DOCUMENTS, IDS, key_of, parallel
from tagpress.read.guess.spelled_tags import COLUMNS, TAG
from tagpress.read.list_text import looks_like_list, read_list
from tagpress.read.sources import text

_ROWS: Final = 500  # rows looked at


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
    for delimiter in (one for one in DELIMITERS if first.count(one.encode()) <= COLUMNS):
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
