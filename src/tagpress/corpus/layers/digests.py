"""What is the digest of published rows, given as a table of their columns?"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tagpress.columnar.arrays import list_bounds, one_each
from tagpress.columnar.types import Ints, Keys
from tagpress.corpus.identity import row_digest, sentence_keys
from tagpress.corpus.layers.layer import Layer
from tagpress.corpus.layers.numbers import spilled
from tagpress.corpus.schema import COLUMNS, TAGS


def column_keys(column: pa.Array, layer: Layer | None) -> Keys:
    """Return the keys of an extra column; a text by itself has the key of a list of one, and so have numbers."""
    if layer is not None:
        return sentence_keys(spilled(layer.numbers(column)))
    return sentence_keys(spilled(column) if pa.types.is_list(column.type) else one_each(column))


def table_digest(rows: pa.Table, layers: Mapping[str, Layer]) -> int:
    """Return the digest of rows with the columns of a shard, whose texts may be dictionary-encoded."""
    columns = {name: _plain(rows[name]) for name in rows.schema.names}
    return row_digest(
        sentence_keys(columns["tokens"]),
        *labels_of(columns.get(TAGS), len(rows)),
        ids=columns["id"],
        doc_ids=columns["doc_id"],
        extra=[column_keys(column, layers.get(name)) for name, column in columns.items() if name not in COLUMNS],
    )


def labels_of(ner_tags: pa.ListArray | None, rows: int) -> tuple[Ints, Ints]:
    """Return the label ids of rows in one array and the bounds of each row in it; without a column, no row has any."""
    if ner_tags is None:
        return np.zeros(0, dtype=np.int64), np.zeros(rows + 1, dtype=np.int64)
    bounds = list_bounds(ner_tags)
    return ner_tags.values.to_numpy()[bounds[0] : bounds[-1]], bounds - bounds[0]


def _plain(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, its texts spelled out: of a slice, its own."""
    array = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    if pa.types.is_list(array.type) and pa.types.is_dictionary(array.type.value_type):
        first, last = array.offsets[0].as_py(), array.offsets[-1].as_py()
        offsets = pc.subtract(array.offsets, pa.scalar(first, pa.int32()))
        return pa.ListArray.from_arrays(offsets, array.values.slice(first, last - first).dictionary_decode())
    return array.dictionary_decode() if pa.types.is_dictionary(array.type) else array
