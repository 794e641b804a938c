import contextlib
import io
from dataclasses import replace
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from read.values import sentences
from tagpress.errors import SourceError, UsageError
from tagpress.read.columns import Columns
from tagpress.read.hubparquet import HubParquet, label_names

NAMES = ["O", "B-X", "I-X"]


def parquet(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def table(rows: dict[str, list[Any]], metadata: dict[bytes, bytes] | None = None, **kinds: pa.DataType) -> pa.Table:
    usual = {"tokens": pa.list_(pa.string()), "ner_tags": pa.list_(pa.int64())}
    columns = {name: pa.array(column, kinds.get(name, usual.get(name))) for name, column in rows.items()}
    return pa.table(columns).replace_schema_metadata(metadata)


def label_metadata() -> dict[bytes, bytes]:
    labels = datasets.List(datasets.ClassLabel(names=NAMES))
    features = datasets.Features({"tokens": datasets.List(datasets.Value("string")), "ner_tags": labels})
    metadata: dict[bytes, bytes] = features.arrow_schema.metadata
    return metadata


ROWS = {"tokens": [["a", "b\nc"], ["é", "", "d"], []], "ner_tags": [[0, 1], [1, 2, 7], []], "id": ["x", "y", None]}


def test_rows() -> None:
    parsed = HubParquet(sentence_id="id").parse(parquet(table(ROWS, label_metadata())))
    assert sentences(parsed) == [(["a", "b\nc"], ["O", "B-X"]), (["é", "", "d"], ["B-X", "I-X", "7"]), ([], [])]
    assert [(code, parsed.locate(at), row) for code, at, row, _ in parsed.faults.rows()] == [
        ("empty-token", (2, 3), 1),
        ("empty-sentence", (3, 1), 2),
    ]
    assert parsed.sentence_ids is not None
    assert parsed.sentence_ids.to_pylist() == ["x", "y", ""]
    assert [parsed.locate(int(at)) for at in parsed.token_at] == [(1, 1), (1, 3), (2, 1), (2, 3), (2, 4)]
    assert [parsed.line_text(int(at)) for at in parsed.sentence_at] == ["a b c", "é  d", ""]


def test_what_a_dataset_wrote(tmp_path: Any) -> None:
    rows = {"tokens": ROWS["tokens"][:1], "ner_tags": [[0, 2]], "pos": [[1, 1]]}
    labels = datasets.List(datasets.ClassLabel(names=NAMES))
    strings, numbers = datasets.List(datasets.Value("string")), datasets.List(datasets.Value("int8"))
    features = datasets.Features({"tokens": strings, "ner_tags": labels, "pos": numbers})
    datasets.Dataset.from_dict(rows, features=features).to_parquet(tmp_path / "a.parquet")
    parsed = HubParquet().parse((tmp_path / "a.parquet").read_bytes())
    assert sentences(parsed) == [(["a", "b\nc"], ["O", "I-X"])]


SPELLINGS = [
    '{"feature": {"names": ["O"], "_type": "ClassLabel"}, "_type": "List"}',
    '{"feature": {"names": ["O"], "_type": "ClassLabel"}, "length": -1, "_type": "Sequence"}',
    '[{"names": ["O"], "_type": "ClassLabel"}]',
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_label_names_of_all_times(spelling: str) -> None:
    metadata = {b"huggingface": f'{{"info": {{"features": {{"t": {spelling}}}}}}}'.encode()}
    assert label_names(pa.schema([], metadata), "t") == ("O",)
    assert label_names(pa.schema([], metadata), "u") == ()


def test_nulls_and_lists_that_differ() -> None:
    rows = {"tokens": [None, ["a", None], ["a"], ["a"]], "ner_tags": [[0], [0, 0], None, [0, 0]]}
    parsed = HubParquet(names=("O",)).parse(parquet(table(rows)))
    assert sentences(parsed) == [([], [])] * 4
    ragged = [(row, detail) for code, _, row, detail in parsed.faults.rows() if code == "ragged-line"]
    assert ragged == [(0, 1), (1, 2), (2, 0), (3, 2)]


def test_strings_as_tags_and_large_types() -> None:
    large = pa.large_list(pa.large_string())
    rows = {"tokens": [["a"]], "ner_tags": [["B-X"]]}
    parsed = HubParquet().parse(parquet(table(rows, tokens=large, ner_tags=large)))
    assert sentences(parsed) == [(["a"], ["B-X"])]


def test_bytes_that_are_no_text() -> None:
    tokens = pa.ListArray.from_arrays([0, 1, 2], pa.array([b"a\xff", b"b"]).view(pa.string()))
    parsed = HubParquet(names=("O",)).parse(parquet(pa.table({"tokens": tokens, "ner_tags": [[0], [0]]})))
    assert sentences(parsed) == [(["a\\xff"], ["O"]), (["b"], ["O"])]
    assert [(code, row) for code, _, row, _ in parsed.faults.rows()] == [("bad-encoding", 0)]


ERRORS = {
    "no Parquet file": b"PAR1 not",
    "there is no column 'tokens', only x": parquet(pa.table({"x": [1]})),
    "column tokens is string": parquet(table({"tokens": ["a"], "ner_tags": [[0]]}, tokens=pa.string())),
    "column tokens is list<element: int64>, not a list of strings": parquet(
        table({"tokens": [[1]], "ner_tags": [["O"]]}, tokens=pa.list_(pa.int64()), ner_tags=pa.list_(pa.string()))
    ),
    "does not say what they mean": parquet(table({"tokens": [["a"]], "ner_tags": [[0]]})),
}


@pytest.mark.parametrize("message", ERRORS)
def test_error(message: str) -> None:
    with pytest.raises(SourceError, match=message):
        HubParquet().parse(ERRORS[message])


@given(st.binary(max_size=100))
def test_no_bytes_stop_the_reader(data: bytes) -> None:
    with pytest.raises(SourceError):
        HubParquet().parse(data)


@pytest.mark.parametrize("compression", ["none", "zstd"])
@given(st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused(compression: str, damages: list[tuple[int, int]]) -> None:
    rows = {
        "tokens": [["a", "b"], ["c"]],
        "ner_tags": [["O", "B-X"], ["O"]],
        "id": ["1", "2"],
        "x": [["a", "b"], ["c"]],
    }
    file = io.BytesIO()
    pq.write_table(pa.table(rows), file, compression=compression)
    data = bytearray(file.getvalue())
    for at, byte in damages:
        data[at % len(data)] = byte
    with contextlib.suppress(SourceError):
        HubParquet(sentence_id="id", extra=("x",)).parse(bytes(data))


@pytest.mark.parametrize("column", ["ner_tags", "id"])
def test_bytes_that_are_no_text_in_another_column(column: str) -> None:
    rows = {"tokens": [["a"]], "ner_tags": [["O"]], "id": ["qqqq"]} | (
        {"ner_tags": [["qqqq"]]} if column != "id" else {}
    )
    file = io.BytesIO()
    pq.write_table(pa.table(rows), file, compression="none", use_dictionary=False, write_statistics=False)
    data = file.getvalue().replace(b"qqqq", b"q\xff\xffq")
    with pytest.raises(SourceError, match="Invalid UTF8 sequence"):
        HubParquet(sentence_id="id").parse(data)


def test_extra_columns() -> None:
    rows = {
        "tokens": [["a", "b"], ["c"]],
        "ner_tags": [["O", "O"], ["O"]],
        "pos": [["X", "Y"], ["Z", "Z"]],
        "y": [1, 2],
    }
    parsed = HubParquet(extra=("pos",)).parse(parquet(pa.table(rows)))
    assert parsed.extra["pos"].to_pylist() == [["X", "Y"], []]
    assert [code for code, *_ in parsed.faults.rows()] == ["ragged-line", "empty-sentence"]
    assert parsed.unread == ("y",)


def test_one_piece() -> None:
    assert HubParquet().boundary(b"123456", 2) is None


def test_bad_options() -> None:
    with pytest.raises(UsageError, match="are both the column"):
        HubParquet(tokens="x", tags="x")


def test_a_file_that_says_another_number_of_rows_is_an_error() -> None:
    pq.write_table(pa.table({"tokens": [["a"], ["b"]], "ner_tags": [["O"], ["O"]]}), sink := io.BytesIO())
    data = sink.getvalue()
    found = HubParquet().opened(data)
    with pytest.raises(SourceError, match="its columns have 2 rows, and it says 7"):
        HubParquet()._read(replace(found, rows=7))


def test_a_file_whose_values_are_far_more_than_its_bytes_is_refused_before_they_are_read(tmp_path) -> None:
    """A thousand bytes took 6 GB: one word in one row, 20 million times."""
    many = 3_000_000
    words = pa.DictionaryArray.from_arrays(pa.nulls(many, pa.int8()).fill_null(0), ["a"])
    column = pa.ListArray.from_arrays([0, many], words.cast(pa.string()))
    pq.write_table(pa.table({"tokens": column, "ner_tags": column}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    assert len(data) < 10_000
    with pytest.raises(SourceError, match=r"its [0-9,]+ bytes would be 6,000,000 values"):
        HubParquet().parse(data)
    with pytest.raises(SourceError, match=r"would be 6,000,000 values"):
        Columns.sniff("a.parquet", base=tmp_path)
