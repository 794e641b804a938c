import datasets
import pyarrow as pa
import pytest

from read.values import sentences
from tagpress.build.corpus import check_corpus
from tagpress.errors import SourceError
from tagpress.read.hubarrow import HubArrow
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

FEATURES = datasets.Features({
    "id": datasets.Value("string"),
    "tokens": datasets.List(datasets.Value("string")),
    "ner_tags": datasets.List(datasets.ClassLabel(names=["O", "B-X", "I-X"])),
    "n": datasets.Value("int32"),
})  # fmt: skip


def dataset(first: int) -> datasets.Dataset:
    rows = range(first, first + 4)
    columns = {
        "id": map(str, rows),
        "tokens": ([f"w{i}", "é"] for i in rows),
        "ner_tags": ([1, 2] for _ in rows),
        "n": rows,
    }
    return datasets.Dataset.from_dict({name: list(values) for name, values in columns.items()}, features=FEATURES)


def test_a_stream_and_a_file(tmp_path):
    table = dataset(0).data.table
    for name, new in (("a.arrow", pa.ipc.new_stream), ("a.feather", pa.ipc.new_file)):
        with new(tmp_path / name, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
        data = (tmp_path / name).read_bytes()
        parsed = HubArrow(sentence_id="id").parse(data)
        assert sentences(parsed) == [([f"w{i}", "é"], ["B-X", "I-X"]) for i in range(4)]
        assert parsed.unread == ("n",)
        assert parsed.account.bytes == len(data)
        assert parsed.locate(int(parsed.tag_at[5])) == (3, 4)


def test_what_is_none():
    with pytest.raises(SourceError, match="this is no Arrow file that can be read"):
        HubArrow().parse(b"ARROW1 no")
    with pytest.raises(SourceError, match="there is no column 'ner_tags', only tokens"):
        HubArrow().parse(stream(pa.table({"tokens": [["a"]]})))


def stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def test_new_reads_a_folder_that_was_saved_with_its_splits(tmp_path):
    datasets.DatasetDict({"train": dataset(0), "dev_easy": dataset(4)}).save_to_disk(tmp_path / "saved")
    (tmp_path / "saved" / "train" / "cache-1.arrow").write_bytes(b"no corpus")
    made = new_corpus("saved", [str(tmp_path / "saved")], tmp_path)
    assert made.guessed.sniffed.spelled() == "HubArrow(sentence_id='id')"
    assert list(made.splits) == ["train", "dev_easy"]
    assert made.report.unread == ("n",)
    assert [reason for _, reason in made.left_out if "cache" in reason] == ["it is a cache of datasets"]
    report = check_corpus(load_script(made.script).declaration())
    assert report.splits == {"train": 4, "dev_easy": 4}


def test_new_takes_the_names_of_numbers_from_dataset_info(tmp_path):
    plain = dataset(0).cast_column("ner_tags", datasets.List(datasets.Value("int64")))
    plain.save_to_disk(tmp_path / "saved")
    info = tmp_path / "saved" / "dataset_info.json"
    with pytest.raises(SourceError, match="holds the numbers 1, 2, and nothing says what they mean"):
        new_corpus("saved", [str(tmp_path / "saved")], tmp_path)
    dataset(0).save_to_disk(tmp_path / "named")
    info.write_bytes((tmp_path / "named" / "dataset_info.json").read_bytes())
    made = new_corpus("saved", [str(tmp_path / "saved")], tmp_path)
    assert made.guessed.sniffed.spelled() == "HubArrow(names=('O', 'B-X', 'I-X'), sentence_id='id')"


def test_new_takes_the_names_of_numbers_in_parquet_from_beside_it(tmp_path):
    table = pa.table({"tokens": [["a", "b"]] * 3, "ner_tags": [[1, 2]] * 3})
    import pyarrow.parquet as pq

    pq.write_table(table, tmp_path / "a.parquet")
    (tmp_path / "README.md").write_text(
        "---\ndataset_info:\n  features:\n  - name: ner_tags\n    list:\n      class_label:\n        names:\n"
        "          '0': O\n          '1': B-X\n          '2': I-X\n---\n"
    )
    made = new_corpus("numbers", [str(tmp_path)], tmp_path)
    assert made.guessed.sniffed.spelled() == "HubParquet(names=('O', 'B-X', 'I-X'))"


def test_lists_that_point_outside_of_their_file_are_an_error(tmp_path) -> None:
    """They are read as they are: looked at, memory that is not the file's would be text."""
    lists = pa.array([["a", "b"], ["c"]], pa.list_(pa.string()))
    with pa.ipc.new_stream(
        sink := pa.BufferOutputStream(), pa.schema([("tokens", lists.type), ("ner_tags", lists.type)])
    ) as writer:
        writer.write_table(pa.table({"tokens": lists, "ner_tags": lists}))
    data = sink.getvalue().to_pybytes()
    offsets = b"".join(number.to_bytes(4, "little") for number in (0, 1, 2, 3))
    assert data.count(offsets) == 2
    for wrong in (b"\0" * 4 + b"\xff\xff\xff\x7f" + offsets[8:], offsets[:4] + b"\xf0\xff\xff\xff" + offsets[8:]):
        changed = data.replace(offsets, wrong, 1)
        with pytest.raises(SourceError, match="this file cannot be read"):
            HubArrow().parse(changed)
        (tmp_path / "a.arrow").write_bytes(changed)
        with pytest.raises(SourceError, match="no Arrow file that can be read"):
            new_corpus("a", [str(tmp_path / "a.arrow")], tmp_path)
