"""
Is a shard that came from a Hub what its manifest promised, and what would it cost to read?

Its SHA-256 says only that nobody changed it since whoever wrote the manifest. So, in this order, each cheap before the
next: the footer against the manifest (columns, label names, rows), the pages against the footer (bytes, values), the
rows against the labels.
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tagpress.columnar.arrays import string_bounds
from tagpress.columnar.footers import refuse_fatal
from tagpress.corpus.layers.table import layers_of
from tagpress.corpus.records import ConfigRecord, FileRecord, ReleasedConfig
from tagpress.corpus.schema import Labels, arrow_schema, label_names, wrong_layer
from tagpress.errors import VerifyError
from tagpress.hub.pages import Page, ReadAt, pages

_FLOOR: Final = 64 << 20  # bytes that a row group may have in memory, however small it is
_RATIO: Final = 32  # and for each byte of it in the file: text, tags and places of real corpora take 10 to 15
_VALUE: Final = 8  # bytes: a label id, or the place of a token in a dictionary and its level
MAX_FOOTER: Final = 32 << 20  # bytes; a shard of a thousand row groups has a tenth of it
_BEHIND: Final = 8  # bytes behind a footer: its length and the magic
_THRIFT: Final = 1 << 20  # things in one list of a footer
_SPREADING: Final = frozenset({7})  # DELTA_BYTE_ARRAY repeats the begin of a text for each that follows
_HINT: Final = "Do not use it, and tell whoever published it: no tagpress writes such a file."


def check_shard(path: Path, record: FileRecord, config: ReleasedConfig) -> None:
    """
    Check a shard on this machine, whose bytes are those of its record.

    Raises:
        VerifyError: it is no such shard.

    """
    for _ in checked_rows(path, record, config):
        pass


def checked_rows(path: Path, record: FileRecord, config: ReleasedConfig) -> Iterator[pa.Table]:
    """
    Yield the row groups of a shard on this machine, each checked before; texts may be dictionary-encoded.

    Raises:
        VerifyError: it is no such shard.

    """
    try:
        with path.open("rb") as file:
            metadata = _metadata(path)
            check_footer(metadata, _ending(path), record, config)
            packed = list(_check_pages(metadata, lambda at, size: os.pread(file.fileno(), size, at), record))
        for number, table in enumerate(_tables(path, metadata)):
            check_rows(table, packed[number], record, config)
            yield table
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        KeyError,
    ) as error:  # KeyError: a column of another name in the schema
        raise not_promised(record, str(error)) from error


def check_footer(metadata: pq.FileMetaData, ending: bytes, record: FileRecord, config: ReleasedConfig) -> None:
    """Compare a footer, which stands at the `ending` of its file, with the manifest: columns, label names, rows, row groups."""
    schema = metadata.schema.to_arrow_schema()
    layers = layers_of(config)
    expected = arrow_schema(
        Labels(("Any",) if config.label_names else ()), config.extra, layers
    )  # compared without what its metadata says
    if not schema.equals(expected):
        raise not_promised(record, f"it has the columns {', '.join(schema.names):.200}")
    if (label_names(schema) or ()) != config.label_names:
        raise not_promised(record, "it has other label names")
    if wrong := wrong_layer(schema, layers):
        raise not_promised(record, f"it has other names in its layer {wrong}")
    rows = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
    if metadata.num_rows != record.rows or sum(rows) != record.rows or min(rows, default=1) < 1:
        raise not_promised(record, f"it has {metadata.num_rows:,} rows, released were {record.rows or 0:,}")
    try:
        refuse_fatal(metadata, ending)
    except ValueError as error:
        raise not_promised(record, str(error)) from error
    for number in range(metadata.num_row_groups):
        for chunk in _chunks(metadata.row_group(number)):
            start, stop = extent(chunk)
            if not 0 < start < stop <= record.bytes or chunk.num_values < 0:
                raise not_promised(record, f"row group {number} has a column outside of the file")


def check_group(
    group: pq.RowGroupMetaData, read: ReadAt, record: FileRecord, columns: Collection[str] | None = None
) -> int:
    """Compare the pages of a row group, or of some of its columns, with the footer; return their bytes in the file."""
    packed = cost = 0
    for chunk in _chunks(group):
        if columns is None or chunk.path_in_schema.split(".")[0] in columns:
            start, stop = extent(chunk)
            found = _pages(read, start, stop, record)
            values = sum(page.values for page in found if not page.dictionary)
            if values != chunk.num_values:
                raise not_promised(record, f"its pages have {values:,} values, its footer {chunk.num_values:,}")
            packed += stop - start
            cost += sum(page.unpacked + _VALUE * page.values for page in found)
    _afford(cost, packed, record)
    return packed


def check_rows(table: pa.Table, packed: int, record: FileRecord, config: ConfigRecord) -> None:
    """
    Check decoded rows, or some columns of them: no nulls, texts that memory can hold, values that there can be.

    Those are a tag for each token, label ids that have a name, and whatever a layer has.
    """
    columns = {name: table[name] for name in table.schema.names}
    lists = {name: column for name, column in columns.items() if pa.types.is_list(column.type)}
    for name, column in lists.items():
        if not all(map(_has_its_texts, column.chunks)):
            raise not_promised(record, f"its column {name} has a code without a text")
    if sum(_spelled(column, _most_bytes) for column in table.columns) > _affordable(packed):
        _afford(sum(_spelled(column, _exact_bytes) for column in table.columns), packed, record)
    for name, column in columns.items():
        if column.null_count or any(chunk.flatten().null_count for chunk in column.chunks if name in lists):
            raise not_promised(record, f"its column {name} has a null where a value must be")
    layers = layers_of(config)
    bounds = [_whole(column).offsets.to_numpy() for name, column in lists.items() if name not in layers]
    if any(not np.array_equal(bounds[0], other + (bounds[0][0] - other[0])) for other in bounds[1:]):
        raise not_promised(record, "a row has not as many tags as tokens")
    if "ner_tags" in lists:
        _check_labels(lists["ner_tags"], record, config.label_names)
    for name in sorted(layers.keys() & lists.keys()):
        wrong = layers[name].fault(_whole(lists[name]), bounds[0].astype(np.int64) if bounds else None)
        if wrong:
            raise not_promised(record, f"its layer {name} has {wrong}")


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array; where it is one already, without the copy that pyarrow makes."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def not_promised(record: FileRecord, found: str) -> VerifyError:
    """Return the error of a shard that is not what its manifest says."""
    return VerifyError(f"{record.path} is not what its release promises: {found}.", _HINT)


def extent(chunk: pq.ColumnChunkMetaData) -> tuple[int, int]:
    """Return where a column of a row group begins and ends in the file."""
    offsets = [chunk.dictionary_page_offset, chunk.data_page_offset]
    start = min(int(offset) for offset in offsets if offset is not None)
    return start, start + int(chunk.total_compressed_size)


def _ending(path: Path) -> bytes:
    """Return the footer of a file and the bytes behind it."""
    with path.open("rb") as file:
        file.seek(-_BEHIND, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")
        if length > MAX_FOOTER:
            message = f"its footer has {length:,} bytes"
            raise ValueError(message)
        file.seek(-_BEHIND - length, os.SEEK_END)
        return file.read()


def _metadata(path: Path) -> pq.FileMetaData:
    _ending(path)
    with pq.ParquetFile(path, thrift_container_size_limit=_THRIFT, thrift_string_size_limit=MAX_FOOTER) as shard:
        return shard.metadata


def _check_pages(metadata: pq.FileMetaData, read: ReadAt, record: FileRecord) -> Iterator[int]:
    for number in range(metadata.num_row_groups):
        yield check_group(metadata.row_group(number), read, record)


def _pages(read: ReadAt, start: int, stop: int, record: FileRecord) -> list[Page]:
    try:
        found = list(pages(read, start, stop))
    except ValueError as error:
        raise not_promised(record, str(error)) from error
    if any(page.encoding in _SPREADING for page in found):
        raise not_promised(record, "its texts are encoded as no tagpress does it")
    return found


def _tables(path: Path, metadata: pq.FileMetaData) -> Iterator[pa.Table]:
    """Yield the row groups; texts that stand in a dictionary stay in it, for one word can stand in a million places."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    coded = {chunk.path_in_schema for group in groups for chunk in _chunks(group) if _is_coded_text(chunk)}
    with pq.ParquetFile(path, read_dictionary=sorted(coded)) as shard:
        for number in range(metadata.num_row_groups):
            yield shard.read_row_group(number, use_threads=False)


def _is_coded_text(chunk: pq.ColumnChunkMetaData) -> bool:
    return chunk.physical_type == "BYTE_ARRAY" and chunk.dictionary_page_offset is not None


def _chunks(group: pq.RowGroupMetaData) -> Iterable[pq.ColumnChunkMetaData]:
    return (group.column(number) for number in range(group.num_columns))


def _afford(cost: int, packed: int, record: FileRecord) -> None:
    if cost > _affordable(packed):
        raise not_promised(record, f"{packed:,} bytes of it would take {cost:,} in memory")


def _affordable(packed: int) -> int:
    return _FLOOR + _RATIO * packed


def _spelled(column: pa.ChunkedArray, coded_bytes: Callable[[pa.DictionaryArray], int]) -> int:
    """Return the bytes of all texts in a column, each as often as it stands there."""
    return sum(_text_bytes(chunk, coded_bytes) for chunk in column.chunks)


def _text_bytes(array: pa.Array, coded_bytes: Callable[[pa.DictionaryArray], int]) -> int:
    if pa.types.is_list(array.type):
        return _text_bytes(array.flatten(), coded_bytes)
    if pa.types.is_dictionary(array.type):
        return coded_bytes(array)
    if pa.types.is_string(array.type):
        return int(np.ptp(string_bounds(array)[[0, -1]]))
    return 0


def _has_its_texts(lists: pa.ListArray) -> bool:
    """Return whether each code of dictionary-encoded texts is the place of one: pyarrow does not look when it reads."""
    if not pa.types.is_dictionary(lists.type.value_type):
        return True
    codes = lists.values.indices.drop_null().to_numpy()
    return not len(codes) or 0 <= codes.min() <= codes.max() < len(lists.values.dictionary)


def _most_bytes(array: pa.DictionaryArray) -> int:
    """Return more than its texts have, or as much: a look at each word, none at the places where it stands."""
    longest = pc.max(pc.binary_length(array.dictionary)).as_py() or 0
    return len(array) * int(longest)


def _exact_bytes(array: pa.DictionaryArray) -> int:
    lengths = pc.binary_length(array.dictionary).to_numpy(zero_copy_only=False)
    counts = np.bincount(array.indices.drop_null().to_numpy(), minlength=len(lengths))
    return int(np.dot(counts.astype(np.float64), lengths))


def _check_labels(column: pa.ChunkedArray, record: FileRecord, names: Collection[str]) -> None:
    found = pc.min_max(pc.list_flatten(column))
    least, most = found["min"].as_py(), found["max"].as_py()
    if least is not None and not 0 <= least <= most < len(names):
        wrong = least if least < 0 else most
        raise not_promised(record, f"it has the label id {wrong}, and there are {len(names)} labels")
