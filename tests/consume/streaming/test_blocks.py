"""Rows moved as blocks of bytes are the rows that Arrow itself takes, whatever their columns."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagpress.consume.streaming import blocks
from tagpress.consume.streaming.blocks import Blocks
from tagpress.errors import UsageError

SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "tokens": pa.list_(pa.string()),
        "ner_tags": pa.list_(pa.int64()),
        "scores": pa.list_(pa.float32()),
        "spans": pa.list_(pa.struct({"start": pa.int32(), "type": pa.int64()})),
        "flags": pa.list_(pa.bool_()),
    }
)

texts = st.text(max_size=5)
small = st.integers(-3, 3)
edges = st.sampled_from([-(1 << 15), (1 << 15) - 1, 1 << 15, -(1 << 15) - 1, (1 << 63) - 1])  # of 16 bits, and wider
spans = st.fixed_dictionaries({"start": small, "type": small})
rows = st.fixed_dictionaries(
    {
        "id": texts,
        "tokens": st.lists(texts, max_size=4),
        "ner_tags": st.lists(small | edges, max_size=4),
        "scores": st.lists(small.map(float), max_size=4),
        "spans": st.lists(spans, max_size=2),
        "flags": st.lists(st.booleans(), max_size=3),
    }
)


def coded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch whose lists of texts are dictionary-encoded, as a row group is read."""
    columns = [
        pa.ListArray.from_arrays(column.offsets, column.values.dictionary_encode())
        if column.type == pa.list_(pa.string())
        else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def test_few_rows_hold_no_texts_of_others():
    column = Blocks.of(
        coded(pa.RecordBatch.from_pydict({"tokens": [["a", "b"], ["c", "b"]]})), pa.schema([SCHEMA.field("tokens")])
    )
    (few,) = column.take(np.array([1])).compact().columns
    assert few.texts.to_pylist() == ["b", "c"]
    assert few.array().to_pylist() == [["c", "b"]]


@given(st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=3), st.data())
def test_rows_of_parts_in_any_order_are_those_that_arrow_takes(parts, data):
    batches = [pa.RecordBatch.from_pylist(part, SCHEMA) for part in parts]
    # A slice has other offsets than a batch of its own.
    cut = [batch.slice(data.draw(st.integers(0, len(batch) - 1))) for batch in batches]
    whole = pa.Table.from_batches(cut)
    chosen = np.array(data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)), dtype=np.int64)
    joined = Blocks.joined([Blocks.of(coded(batch), SCHEMA) for batch in cut])
    assert len(joined) == len(whole)
    taken = joined.take(chosen)
    if data.draw(st.booleans()):
        taken = Blocks.joined([taken.compact(), joined.take(chosen[:0]).compact()])
    found = taken.batch()
    found.validate(full=True)
    assert found.to_pylist() == whole.take(pa.array(chosen)).to_pylist()
    assert found.schema == SCHEMA


def test_texts_that_no_column_can_hold_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_MOST", 5)
    batch = pa.RecordBatch.from_pydict({"tokens": pa.array([["abc"], ["def"]])})
    found = Blocks.of(coded(batch), batch.schema)
    assert found.take(np.array([1])).batch().to_pylist() == [{"tokens": ["def"]}]
    with pytest.raises(UsageError, match="would have 6 bytes of text, more than a column can hold"):
        found.take(np.array([1, 0])).batch()
