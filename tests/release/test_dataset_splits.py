"""A table in memory whose column says the split of each row."""

from itertools import count
from typing import Any

import datasets
import pandas as pd
import pytest

import tagpress
from release.publisher import QUICK, SHORT
from tagpress.corpus.field_splits import FieldSplits
from tagpress.errors import DataError, UsageError
from tagpress.hub import Hub
from tagpress.release.dataset import publish_dataset

SAID = ["train", "dev", "train", "test", "train"] * 4
SPLITS = {"train": 12, "validation": 4, "test": 4}


def columns(said: list[Any], name: str = "split") -> dict[str, list[Any]]:
    words = [["Ada", f"w{number}"] for number in range(len(said))]
    return {"tokens": words, "ner_tags": [["B-PER", "O"]] * len(said), name: said}


@pytest.fixture
def publish(local, tmp_path):
    hub, numbers = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT), count()

    def run(held: Any, **options: Any) -> Any:
        run.said = []  # type: ignore[attr-defined]
        options = {"repo": "me/toy", "out": tmp_path / f"out{next(numbers)}", "workers": 1, "dry_run": True, **options}
        return publish_dataset(held, "toy", hub=hub, steps=run.said.append, **options)  # type: ignore[attr-defined]

    return run


@pytest.mark.slow
def test_a_release_has_the_splits_of_the_column(publish, local):
    frame = pd.DataFrame(columns(SAID)).astype({"split": "category"})
    released = publish(frame, split="split", dry_run=False)
    assert "splits are those of the column split: train, dev (published as validation) or test" in publish.said
    values = {"train": "train", "dev": "validation", "test": "test"}
    rule = released.built.manifest.sole.split_rule
    assert (rule.kind, rule.field) == ("given", "split")
    loaded = tagpress.load("me/toy", "1.0.0", endpoint=local.endpoint, token=local.token)
    assert {split: {row["tokens"][1] for row in rows} for split, rows in loaded.items()} == {
        split: {f"w{number}" for number, one in enumerate(SAID) if one == value} for value, split in values.items()
    }
    script = next((released.built.out / "builder").iterdir()).read_text()
    assert "split='split'" in script
    assert "SPLITS = tagpress.FieldSplits(" in script


@pytest.mark.parametrize(
    "held",
    [
        pd.DataFrame(columns(SAID)).to_dict("records"),
        datasets.Dataset.from_dict(columns(SAID)).cast_column(
            "split", datasets.ClassLabel(names=["test", "dev", "train"])
        ),
        [
            {"text": f"Ada w{n}", "spans": [{"start": 0, "end": 3, "label": "PER"}], "split": one}
            for n, one in enumerate(SAID)
        ],
        [
            {"text": f"Ada w{n}", "spans": [{"start": 0, "end": 3, "label": "PER"}], "meta": {"split": one}}
            for n, one in enumerate(SAID)
        ],
    ],
    ids=["rows", "labels", "spans", "spans and an object"],
)
def test_rows_labels_and_texts_with_spans_say_their_splits(publish, held):
    split = "meta.split" if not isinstance(held, datasets.Dataset) and "meta" in held[0] else "split"
    assert publish(held, split=split).built.report.splits == SPLITS
    assert publish(held).built.report.splits.keys() == {"train", "validation", "test"}
    told = f"in doubt: the column {split} says train, dev (published as validation) or test, and other splits are computed; split='{split}' keeps these"
    assert told in publish.said


def test_values_that_are_no_words_for_splits_are_splits_as_they_are_or_as_is_said(publish):
    held = pd.DataFrame(columns(["news", "web", "news"] * 4, "part"))
    assert publish(held, split="part").built.report.splits == {"news": 8, "web": 4}
    splits = FieldSplits({"web": "train", "news": "test"})
    assert publish(held, split="part", splits=splits).built.report.splits == {"train": 4, "test": 8}
    publish(held)
    assert not [told for told in publish.said if "split=" in told]
    publish(pd.DataFrame(columns(["news", "web", "news"] * 8)))
    assert (
        "in doubt: the column split says 'news', 'web', and splits are computed; split='split' takes these"
        in publish.said
    )


def test_a_row_without_a_split_is_named_as_it_is_in_memory(publish):
    held = pd.DataFrame(columns([*SAID, None, ""]))
    with pytest.raises(DataError) as error:
        publish(held, split="split")
    assert [found.place for found in error.value.problems if found.code == "unknown-split"] == [
        "[20]",
        "[21]",
    ]


@pytest.mark.parametrize(
    ("held", "options", "message"),
    [
        (
            {"train": pd.DataFrame(columns(SAID))},
            {"split": "split"},
            "split='split' names a column, and the tables are given by split: train",
        ),
        (pd.DataFrame(columns(SAID)), {"split": "sptil"}, "there is no column 'sptil' in dataset"),
        (pd.DataFrame(columns([None, None])), {"split": "split"}, "the column split says no split of any row"),
        (
            pd.DataFrame(columns(SAID)),
            {"splits": FieldSplits({"train": "train"})},
            "splits= has the values of a column, and none is named",
        ),
        (pd.DataFrame(columns([[one] for one in SAID])), {"split": "split"}, "column split of dataset is list"),
    ],
)
def test_what_cannot_be_the_splits_is_refused(publish, held, options, message):
    with pytest.raises(UsageError, match=message):
        publish(held, **options)
