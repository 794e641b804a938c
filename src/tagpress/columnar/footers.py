"""
Would pyarrow survive this footer?

It ends the process, and not with an error, when it is asked for a column of a row group whose statistics of sizes have not
a count for each level of the column, or whose encryption it cannot undo. So the footer is read here first.
"""

from typing import Any, Final

import pyarrow.parquet as pq

from tagpress.columnar.thrift import I32, I64, STRUCT, TEXT, Compact, KnownField

_ENDING: Final = 8  # bytes behind a footer: its length and the magic
_MAGIC: Final = 4  # bytes of that
# Numbers of fields, as parquet.thrift has them.
_ROW_GROUPS, _COLUMNS, _COLUMN, _CRYPTO, _SIZES = 4, 1, 3, 8, 16
_UNENCODED, _REPETITION, _DEFINITION = 1, 2, 3
# The lists of a footer, by the numbers of their fields: all that parquet.thrift has.
_STRUCTS: Final = KnownField(STRUCT)
_OF_A_COLUMN: Final = {
    2: KnownField(I32),  # encodings
    3: KnownField(TEXT),  # path_in_schema
    8: _STRUCTS,  # key_value_metadata
    13: _STRUCTS,  # encoding_stats
    _SIZES: KnownField(fields={_REPETITION: KnownField(I64), _DEFINITION: KnownField(I64)}),
    17: KnownField(fields={2: KnownField(I32)}),  # geospatial_statistics: geospatial_types
}
_OF_A_ROW_GROUP: Final = {
    _COLUMNS: KnownField(STRUCT, {_COLUMN: KnownField(fields=_OF_A_COLUMN)}),
    4: _STRUCTS,  # sorting_columns
}
_OF_A_FOOTER: Final = KnownField(
    fields={
        2: _STRUCTS,  # schema
        _ROW_GROUPS: KnownField(STRUCT, _OF_A_ROW_GROUP),
        5: _STRUCTS,  # key_value_metadata
        7: _STRUCTS,  # column_orders
    }
)


def refuse_fatal(metadata: pq.FileMetaData, ending: bytes | memoryview) -> None:
    """
    Check what pyarrow takes for granted of each column of each row group; the file's `ending` has the whole footer.

    The footer is read as it stands: pyarrow may not survive writing it again, either.

    Raises:
        ValueError: it would end the process.

    """
    length = int.from_bytes(ending[-_ENDING:-_MAGIC], "little")
    footer = bytes(ending[max(0, len(ending) - _ENDING - length) : -_ENDING])
    try:
        fields = Compact(footer, lists=True).struct(0, _OF_A_FOOTER)
    except IndexError:
        message = "its footer does not end"
        raise ValueError(message) from None
    for group in _list(fields, _ROW_GROUPS):
        columns = _list(group, _COLUMNS)
        if len(columns) != metadata.num_columns:
            message = f"a row group has {len(columns)} columns, the schema {metadata.num_columns}"
            raise ValueError(message)
        for number, column in enumerate(columns):
            _check(column, metadata.schema.column(number))


def _check(column: Any, schema: pq.ColumnSchema) -> None:  # noqa: ANN401 - what was read
    known = column.get(_COLUMN) if isinstance(column, dict) else None
    if not isinstance(known, dict) or _CRYPTO in column:
        message = f"its column {schema.path} is encrypted, or says nothing of itself"
        raise ValueError(message)
    sizes = known.get(_SIZES, {})
    levels = {_REPETITION: schema.max_repetition_level, _DEFINITION: schema.max_definition_level}
    wrong = any(len(_list(sizes, field)) not in {0, most + 1} for field, most in levels.items())
    if not isinstance(sizes, dict) or wrong or (_UNENCODED in sizes and schema.physical_type != "BYTE_ARRAY"):
        message = f"the statistics of its column {schema.path} do not fit its levels"
        raise ValueError(message)


def _list(fields: Any, number: int) -> list[Any]:  # noqa: ANN401 - what was read
    found = fields.get(number) if isinstance(fields, dict) else None
    return found if isinstance(found, list) else []
