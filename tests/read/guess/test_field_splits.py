"""What `new` takes for splits: a field or a column that says nothing but words for them, and what it only doubts."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tagpress.read.columns import Columns, sniff_sources
from tagpress.read.guess.field_splits import FoundSplits, find_splits, splits_by_value
from tagpress.read.sources.finding import find

WORDS = ["train", "dev", "train", "test"]
GIVEN = {"train": "train", "dev": "validation", "test": "test"}


def found(folder: Path, name: str, data: str | bytes) -> FoundSplits:
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    sources = find([name], folder)
    return find_splits(sniff_sources(sources).dialect, sources)


def lists(values: list[object], field: str = "split") -> str:
    rows = [
        {"tokens": ["Ada", f"w{n}"], "ner_tags": ["B-PER", "O"], field: value} for n, value in enumerate(values * 6)
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def doccano(meta: dict[str, object]) -> str:
    rows = [{"text": f"Ada w{n}", "label": [[0, 3, "PER"]], **meta} for n in range(6)]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def columns(values: list[str], *, header: str = "", second: str | None = None) -> str:
    rows = [f"Ada\tB-PER\t{one}\nw{n}\tO\t{one if second is None else second}\n" for n, one in enumerate(values * 6)]
    return header + "\n".join(rows)


@pytest.mark.parametrize(
    ("values", "splits"),
    [
        (["test", "valid", "train"], {"train": "train", "valid": "validation", "test": "test"}),
        (["TRAIN", "train", "Test"], {"TRAIN": "train", "train": "train", "Test": "test"}),
        (["train", "test a", "test b"], {"train": "train", "test a": "test_a", "test b": "test_b"}),
        (["testa", "testb"], {"testa": "validation", "testb": "test"}),
        (["train"], {"train": "train"}),
        (["dev", "Dev", "validation"], {}),  # their files would be one on some systems
        (["train", "B"], {}),
        (["train", ""], {}),
        (["train_dev"], {}),
        ([f"test{n}" for n in range(30)], {}),
        ([], {}),
    ],
)
def test_values_that_are_words_for_splits(values, splits):
    assert splits_by_value(values) == splits
    assert list(splits_by_value(values)) == list(splits)


@pytest.mark.parametrize(
    ("name", "data", "split"),
    [
        ("a.jsonl", lists(WORDS), "split"),
        ("a.jsonl", lists(WORDS, "Data_Set"), "Data_Set"),
        ("a.json", json.dumps([json.loads(line) for line in lists(WORDS, "partition").splitlines()]), "partition"),
        ("a.jsonl", lists([*WORDS, None]), "split"),
        ("a.jsonl", doccano({"meta": {"split": "train", "by": "x"}}), "meta.split"),
        ("a.tsv", columns(WORDS), 2),
        ("a.tsv", columns([one.upper() for one in WORDS]), 2),
        ("a.tsv", columns(WORDS, header="token\ttag\tset\n"), 2),
        (
            "a.csv",
            "Sentence #,Word,Tag,Fold\n"
            + "".join(f"{n},Ada,B-PER,{one}\n,w{n},O,\n" for n, one in enumerate(WORDS * 5)),
            3,
        ),
    ],
)
def test_a_field_or_a_column_that_says_splits(tmp_path, name, data, split):
    one = found(tmp_path, name, data)
    assert one.dialect.split == split
    assert {value.lower(): kind for value, kind in one.values.items()}.items() <= GIVEN.items()
    assert " of each sentence: the splits are given" in str(one.reasons[0])
    assert one.doubts == ()


def test_a_table_says_them_in_a_column(tmp_path):
    rows = {"tokens": [["Ada"]] * 4, "ner_tags": [["B-PER"]] * 4, "subset": WORDS}
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    one = found(tmp_path, "t.parquet", (tmp_path / "t.parquet").read_bytes())
    assert (one.dialect.split, one.values) == ("subset", GIVEN)
    assert str(one.reasons[0]) == (
        "the column subset says train, dev (published as validation) or test of each sentence: the splits are given"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jsonl", lists(WORDS, "source")),  # not called so
        ("a.jsonl", lists([*WORDS, "other"], "set")),
        ("a.tsv", columns(["train"])),  # a column without a name that says but one thing
        ("a.tsv", columns(WORDS, second="other")),
        ("a.tsv", columns(WORDS, second="dev")),  # not the same in each row
        ("a.tsv", columns(["train", "x"])),
    ],
)
def test_what_says_no_splits_is_left_alone(tmp_path, name, data):
    one = found(tmp_path, name, data)
    assert (one.dialect.split, one.values, one.reasons, one.doubts) == (None, {}, (), ())


@pytest.mark.parametrize("values", [["a", "b"], [*WORDS, "other"], [["x"]]])
def test_what_is_called_split_and_says_something_else_is_in_doubt(tmp_path, values):
    one = found(tmp_path, "a.jsonl", lists(values))
    assert (one.dialect.split, one.values) == (None, {})
    assert one.doubts[0].startswith("splits: the field split says ")
    assert "and is not read, for these are no words for splits" in one.doubts[0]


def test_of_two_that_say_splits_one_is_read_and_the_other_in_doubt(tmp_path):
    rows = [{**json.loads(line), "subset": "train"} for line in lists(WORDS).splitlines()]
    one = found(tmp_path, "a.jsonl", "".join(f"{json.dumps(row)}\n" for row in rows))
    assert (one.dialect.split, one.doubts) == ("split", ("splits: the field subset says splits too, and is not read",))


@pytest.mark.slow
def test_a_sorted_file_is_looked_at_to_its_end(tmp_path):
    rows = [f"Ada\tB-PER\t{one}\nw{n}\tO\t{one}\n\n" for one in ("train", "test") for n in range(6_000)]
    assert found(tmp_path, "a.tsv", "".join(rows)).values == {"train": "train", "test": "test"}
    rows[-1] = "Ada\tB-PER\tother\n"
    assert found(tmp_path, "a.tsv", "".join(rows)).values == {}


def test_columns_that_say_a_sentence_are_as_they_were(tmp_path):
    one = found(tmp_path, "a.tsv", columns(["x"]))
    assert isinstance(one.dialect, Columns)
    assert one.dialect.split is None


@pytest.mark.parametrize("field", ["split", "subset"])
@pytest.mark.parametrize("kind", ["lines", "array", "parquet"])
def test_a_field_in_an_object_may_say_splits(tmp_path, field, kind):
    rows = [
        {"tokens": ["Ada", f"w{n}"], "ner_tags": ["B-PER", "O"], "meta": {"n": n, field: WORDS[n % 4]}}
        for n in range(24)
    ]
    if kind == "parquet":
        pq.write_table(
            pa.Table.from_pylist([{**row, "ner_tags": row["ner_tags"]} for row in rows]), tmp_path / "a.parquet"
        )
        sources = find(["a.parquet"], tmp_path)
        one = find_splits(sniff_sources(sources).dialect, sources)
    else:
        text = json.dumps(rows) if kind == "array" else "".join(f"{json.dumps(row)}\n" for row in rows)
        one = found(tmp_path, "a.json", text)
    assert (one.dialect.split, one.values) == (f"meta.{field}", GIVEN)
    assert one.reasons[0].text.startswith(
        f"the {'column' if kind == 'parquet' else 'field'} meta.{field} says train, dev"
    )
