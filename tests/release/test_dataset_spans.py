"""Texts with spans in memory become a release, whatever holds them; rows are called as they are in memory."""

from collections.abc import Callable
from typing import Any

import datasets
import pandas as pd
import pyarrow as pa
import pytest

from release.publisher import QUICK, SHORT
from tagpress.errors import DataError, UsageError
from tagpress.hub import Hub
from tagpress.release.dataset import publish_dataset

WORDS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
TEXTS = [f"Ada Lovelace-{word} met {3 * f'{word} '}🚀 Bob{word}, in Oslo." for word in WORDS]


def tuples(text: str) -> list[tuple[int, int, str]]:
    bob = text.index("Bob")
    return [(0, text.index(" met"), "PER"), (bob, text.index(","), "PER"), (text.index("Oslo"), len(text) - 1, "LOC")]


def objects(text: str) -> list[dict[str, Any]]:
    return [{"start": a, "end": b, "label": k} for a, b, k in tuples(text)]


ROWS = [{"key": f"r{i}", "text": text, "entities": tuples(text)} for i, text in enumerate(TEXTS)]
OBJECTS = [{"body": text, "marks": objects(text), "note": "x"} for text in TEXTS]
NAMES = ["PER", "LOC"]
CLASSES = datasets.Features(
    {
        "body": datasets.Value("string"),
        "marks": [
            {
                "start": datasets.Value("int32"),
                "end": datasets.Value("int32"),
                "label": datasets.ClassLabel(names=NAMES),
            }
        ],
    }
)
NUMBERED = [
    {"body": row["body"], "marks": [mark | {"label": NAMES.index(mark["label"])} for mark in row["marks"]]}
    for row in OBJECTS
]
HELD: dict[str, Callable[[], Any]] = {
    "rows": lambda: ROWS,
    "a generator of rows": lambda: (row for row in ROWS),
    "a data frame of tuples": lambda: pd.DataFrame(ROWS),
    "a data frame with a span a row": lambda: pd.DataFrame(
        [{"text": text, "begin": a, "end": b, "label": k} for text in TEXTS for a, b, k in tuples(text)]
    ),
    "a dataset": lambda: datasets.Dataset.from_list(OBJECTS),
    "a dataset with a ClassLabel": lambda: datasets.Dataset.from_list(NUMBERED, features=CLASSES),
    "a table": lambda: pa.Table.from_pylist(OBJECTS),
    "a frame of polars": lambda: pytest.importorskip("polars").DataFrame(OBJECTS),
}


@pytest.fixture
def publish(local, tmp_path):
    hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)

    def run(held: Any, **options: Any) -> Any:
        options = {"repo": "me/toy", "out": tmp_path / "out", "workers": 1, "dry_run": True, **options}
        return publish_dataset(held, "toy", hub=hub, steps=run.said.append, **options)  # type: ignore[attr-defined]

    run.said = []  # type: ignore[attr-defined]
    return run


@pytest.mark.parametrize("kind", HELD)
def test_texts_with_spans_are_read_from_whatever_holds_them(publish, kind):
    report = publish(HELD[kind]()).built.report
    assert (report.sentences, report.problem_counts) == (12, {})
    assert {name: count for name, count in report.labels.items() if count and name != "O"} == {
        "B-LOC": 12,
        "B-PER": 24,
        "I-PER": 36,
    }


def test_splits_texts_offsets_and_the_tokenisation_are_published(publish, tmp_path):
    held = {"train": OBJECTS[:8], "test": OBJECTS[8:]}
    released = publish(held, dry_run=False)
    assert released.built.report.splits == {"train": 8, "test": 4}
    found = datasets.load_dataset("parquet", data_files=str(tmp_path / "out/data/test*.parquet"), split="train")
    assert sorted(found["text"]) == sorted(TEXTS[8:])
    assert publish.said[:2] == ["texts with spans are in body, marks", "not published: note"]
    assert released.built.manifest.sole.tokenisation["tokens"] == "words"
    script = (tmp_path / "out/builder/build_toy.py").read_text()
    assert "DIALECT = tagpress.Spans(tokens='words', container='arrow', text='body', spans='marks')" in script


def test_what_is_named_goes_before_what_is_found(publish):
    rows = [row | {"other": [(0, 3, "X")]} for row in ROWS]
    options = {"text": "text", "spans": "other", "tokenisation": "whitespace", "sentence_id": "key"}
    report = publish({"train": rows}, **options).built.report
    assert set(report.labels) == {"O", "B-X", "I-X"}
    assert report.labels["B-X"] == 12
    assert report.aside == {"values of entities": 36}


def test_a_span_that_is_wrong_names_its_row(publish):
    rows = [*ROWS[:7], {"key": "r", "text": "Ada ran", "entities": [(0, 70, "PER")]}, *ROWS[8:]]
    with pytest.raises(DataError, match=r"\n\[7\]: error: broken-annotation: found the annotation PER 0-70"):
        publish(rows)


WRONG = {
    "two kinds": ({"tokens": "text", "spans": "entities"}, "tokens= and spans= are of two kinds of tables"),
    "no column": (
        {"text": "txt", "spans": "entities"},
        "there is no column 'txt' in dataset, only key, text, entities",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_columns_that_cannot_be_meant_are_refused(publish, case):
    options, said = WRONG[case]
    with pytest.raises(UsageError, match=said):
        publish(ROWS, **options)


def test_a_table_without_spans_or_tags_is_refused(publish):
    with pytest.raises(UsageError, match="there are neither tokens with tags nor texts with spans in the columns key"):
        publish([{"key": "a"}])


def test_rows_that_make_no_table_are_refused(publish):
    with pytest.raises(UsageError, match="the rows make no table"):
        publish([{"text": "Ada", "entities": [(0, 3, "PER")]}, {"text": 5, "entities": []}])
