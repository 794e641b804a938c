"""
Where are the records of a table? In the rows of CSV, whose first one names the columns, or of a file of Parquet or Arrow.

A cell may hold a list as text, as a data frame or Label Studio writes it: JSON, or a literal of Python, which is read and
never evaluated. A row of Parquet or Arrow stands for a line of JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

import pyarrow as pa

from tagpress.corpus.problems import counted, few
from tagpress.errors import SourceError
from tagpress.read.csv_rows import Row, rows
from tagpress.read.hubarrow import HubArrow
from tagpress.read.hubparquet import METADATA, HubParquet
from tagpress.read.sources.text import Text
from tagpress.read.spans.python_source import CANNOT, cell_literal
from tagpress.read.spans.record import MalformedError

CSV: Final[Mapping[str, str]] = MappingProxyType({"csv": ",", "tsv": "\t", "csv-semicolon": ";"})
"""What parts the cells, by the name of the container."""
BINARY: Final[Mapping[str, type[HubParquet]]] = MappingProxyType({"parquet": HubParquet, "arrow": HubArrow})
"""What opens a file that is no text, by the name of the container."""
QUOTE: Final = '"'
_LONGEST: Final = 1 << 20  # characters of a list as text


def names(text: Text, container: str) -> tuple[str, ...]:
    """Return the names of the columns, or none where there is no row."""
    first = next((row for row in _rows(text, container) if row.cells), None)
    return tuple(cell.text.strip() for cell in first.cells or ()) if first else ()


def table_values(text: Text, container: str) -> Iterator[tuple[int, int, Any]]:
    """
    Yield each row as an object, with its bytes; what is none is MalformedError.

    An empty cell is an empty list in a column that has lists.

    Raises SourceError where two columns have one name.
    """
    header = names(text, container)
    twice = [name for number, name in enumerate(header) if name in header[:number]]
    if twice:
        raise SourceError(f"two columns are called {twice[0]!r}, among {few(header)}", "give each a name of its own")
    found = [(row.begin, row.stop, _object(row, header)) for row in _rows(text, container)][1:]
    objects = [value for _, _, value in found if isinstance(value, dict)]
    lists = {name for value in objects for name, cell in value.items() if isinstance(cell, list)}
    for value in objects:
        value.update({name: [] for name in lists if value[name] == ""})
    yield from found


def _rows(text: Text, container: str) -> Iterator[Row]:
    return (row for row in rows(text.data, text.begin, CSV[container], QUOTE) if row.cells != ())


def _object(row: Row, header: Sequence[str]) -> dict[str, Any] | MalformedError:
    if row.cells is None:
        return MalformedError("a row with a quote that is not closed, or that stands within a cell")
    if len(row.cells) != len(header):
        return MalformedError(f"a row of {counted(len(row.cells), 'cell')}, where the first row has {len(header):,}")
    return {name: _cell(cell.text) for name, cell in zip(header, row.cells, strict=True)}


def _cell(text: str) -> Any:  # noqa: ANN401 - JSON
    """Return the list of lists or objects that a cell spells, or its text."""
    if text.strip()[:1] != "[" or len(text) > _LONGEST:
        return text
    for read in (json.loads, cell_literal):
        with suppress(*CANNOT):
            found = read(text.strip())
            if isinstance(found, list) and all(isinstance(one, list | dict) for one in found):
                return found
    return text


def json_lines(data: bytes, container: str) -> bytes:
    """
    Return the rows of a file of columns as lines of JSON; a label that is a number of a ClassLabel is its name.

    Raises SourceError for a file that cannot be read.
    """
    try:
        file = BINARY[container]().opened(data)
        table = file.select(file.schema.names)
        table.validate(full=True)
        found = table.to_pylist()
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise SourceError(f"this file cannot be read: {error}", "fetch it again") from error
    labels = _labels(file.schema)
    rows = ({name: _named(cell, labels.get(name, {})) for name, cell in row.items()} for row in found)
    return "".join(f"{json.dumps(row, default=str)}\n" for row in rows).encode()


def _labels(schema: pa.Schema) -> dict[str, dict[str, list[str]]]:
    """Return the names of the labels in the parts of spans, by their column and their part, from the metadata of `datasets`."""
    try:
        features = json.loads((schema.metadata or {}).get(METADATA, b"{}"))["info"]["features"]
        return {name: dict(_labels_in(feature)) for name, feature in features.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}


def _labels_in(feature: Any, name: str = "") -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401 - JSON
    if isinstance(feature, dict) and isinstance(feature.get("names"), list):
        yield name, feature["names"]
        return
    inner = (
        feature.items()
        if isinstance(feature, dict)
        else [(name, one) for one in feature]
        if isinstance(feature, list)
        else ()
    )
    for key, one in inner:
        yield from _labels_in(one, name if key == "feature" else key)


def _named(value: Any, labels: Mapping[str, list[str]], part: str = "") -> Any:  # noqa: ANN401 - JSON
    """Return a value in which the numbers of labels are their names, in the parts that have any."""
    if not labels:
        return value
    if isinstance(value, dict):
        return {key: _named(one, labels, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_named(one, labels, part) for one in value]
    names_ = labels.get(part, [])
    return names_[value] if type(value) is int and 0 <= value < len(names_) else value
