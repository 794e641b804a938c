"""A dataset in memory becomes a release: the same rows, the same checks, and rows are called as they are in memory."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import datasets
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from release.publisher import QUICK, SHORT
from tagpress.build.corpus import build_corpus
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.errors import DataError, ScriptError, UsageError
from tagpress.hub import Hub
from tagpress.release.dataset import publish_dataset
from tagpress.script.builder import load_script

NAMES = ["O", "B-Person", "I-Person", "B-Big City", "I-Big City"]
FEATURES = datasets.Features({
    "key": datasets.Value("int64"),
    "tokens": datasets.List(datasets.Value("string")),
    "ner_tags": datasets.List(datasets.ClassLabel(names=NAMES)),
    "pos": datasets.List(datasets.Value("string")),
})  # fmt: skip
OTHER_CARD = "---\npretty_name: Mine\n---\n\n# Mine\n\n{{ blocks.splits }}\n"


def columns(first: int, rows: int) -> dict[str, list[Any]]:
    words = [[f"Ada{i}", "é\u0308", "محمد", "🚀"] for i in range(first, first + rows)]
    return {
        "key": list(range(first, first + rows)),
        "tokens": words,
        "ner_tags": [[1, 2, 0, 3]] * rows,
        "pos": [["N"] * 4] * rows,
    }


def dataset(first: int = 0, rows: int = 8) -> datasets.Dataset:
    return datasets.Dataset.from_dict(columns(first, rows), features=FEATURES)


def spelled(first: int = 0, rows: int = 40) -> dict[str, list[Any]]:
    """Return columns whose tags are texts."""
    return columns(first, rows) | {"ner_tags": [["B-Person", "I-Person", "O", "B-City"]] * rows}


@pytest.fixture
def publish(local, tmp_path):
    """Publish to a Hub of the test's own; what is told is in `publish.said`."""
    hub, numbers = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT), count()

    def run(held: Any, **options: Any) -> Any:
        options = {"repo": "me/toy", "out": tmp_path / f"out{next(numbers)}", "workers": 1, **options}
        return publish_dataset(held, "toy", hub=hub, steps=run.said.append, **options)  # type: ignore[attr-defined]

    run.said = []  # type: ignore[attr-defined]
    return run


def rows_of(out: Path) -> list[tuple[str, ...]]:
    found = datasets.load_dataset(
        "parquet", data_files=[str(file) for file in sorted(out.glob("data/*.parquet"))], split="train"
    )
    names = found.features["ner_tags"].feature.names
    return sorted((*row["tokens"], *(names[tag] for tag in row["ner_tags"])) for row in found)


def test_a_dict_of_datasets_is_published_with_its_splits_and_labels(publish, tmp_path):
    held = datasets.DatasetDict({"train": dataset(0), "test_2020": dataset(8).select([3, 1])})
    released = publish(held, extra=["pos"], entity_types={"Person": "People.", "Big_City": "Cities."})
    assert (released.tag, released.built.report.splits) == ("v1.0.0", {"train": 8, "test_2020": 2})
    found = datasets.load_dataset("parquet", data_files=str(tmp_path / "out0/data/test_2020*.parquet"), split="train")
    assert found.features["ner_tags"].feature.names == [name.replace(" ", "_") for name in NAMES]
    assert sorted(row["tokens"][0] for row in found) == ["Ada11", "Ada9"]
    assert found[0]["ner_tags"] == [1, 2, 0, 3]
    assert found[0]["pos"] == ["N"] * 4
    assert publish.said[:3] == [
        "tokens are in tokens, tags in ner_tags",
        "not published: key; sentence_id=, document= and extra= keep columns",
        "2 entity types in the scheme IOB2: Person, Big_City",
    ]
    assert publish(held, extra=["pos"], entity_types={"Person": "People.", "Big_City": "Cities."}).already_published


def test_the_script_says_that_there_was_none_and_makes_the_same_rows(publish, tmp_path):
    held = datasets.DatasetDict({"train": dataset(0), "test": dataset(8)})
    publish(held, sentence_id="key", description="A toy.", policy={"near-duplicate": "warn"}, max_tokens=9)
    script = tmp_path / "out0/builder/build_toy.py"
    text = script.read_text()
    assert "No script made this release: it was published from memory, by `tagpress.publish_dataset`." in text
    assert "It was given a datasets.DatasetDict: train (8 rows), test (8 rows)." in text
    again = tmp_path / "again"
    again.mkdir()
    (again / "script.py").write_text(text)
    for split, one in held.items():
        table = one.data.table
        with pa.ipc.new_stream(again / f"{split}.arrow", table.schema) as writer:
            writer.write_table(table)
    declaration = load_script(again / "script.py").declaration()
    assert (declaration.description, declaration.max_tokens) == ("A toy.", 9)
    built = build_corpus(declaration, tmp_path / "rebuilt", workers=1)
    released = json.loads((tmp_path / "out0/release.json").read_text())
    assert built.manifest.sole.label_names == tuple(released["label_names"])
    digests = {file["path"]: file["row_digest"] for file in released["files"] if "row_digest" in file}
    assert {file.path: file.row_digest for file in built.manifest.data_files()} == digests


def frames() -> dict[str, Any]:
    table = pa.table(spelled())
    large = table.set_column(1, "tokens", table["tokens"].cast(pa.large_list(pa.large_string())))
    return {
        "pandas.DataFrame": pd.DataFrame(spelled(), index=range(5, 45)),
        "pyarrow.Table": pa.concat_tables([large.slice(0, 7), large.slice(7)]),
        "pyarrow.RecordBatch": table.to_batches()[0],
        "pyarrow.RecordBatchReader": table.to_reader(),
        "datasets.Dataset": datasets.Dataset.from_dict(spelled()),
    }


@pytest.mark.parametrize("kind", frames())
def test_a_frame_is_published_with_computed_splits(publish, tmp_path, kind):
    released = publish(frames()[kind], dry_run=True)
    assert sum(released.built.report.splits.values()) == 40
    assert all(released.built.report.splits.values())
    assert rows_of(tmp_path / "out0")[0] == ("Ada0", "é\u0308", "محمد", "🚀", "B-Person", "I-Person", "O", "B-City")
    assert (
        f"It was given a {kind}".replace("pyarrow", "pyarrow") in (tmp_path / "out0/builder/build_toy.py").read_text()
    )
    sources = json.loads((tmp_path / "out0/release.json").read_text())["sources"]
    assert [source["path"] for source in sources] == ["dataset.arrow"]


def test_the_same_rows_are_the_same_build_in_any_frame(publish, tmp_path):
    for held in (pd.DataFrame(spelled()), pa.table(spelled())):
        publish(held, dry_run=True)
    first, second = (json.loads((tmp_path / f"out{i}/release.json").read_text()) for i in (0, 1))
    assert first["sources"] == second["sources"]
    assert first["splits"] == second["splits"]


def test_a_frame_of_polars(publish, tmp_path):
    polars = pytest.importorskip("polars")
    assert sum(publish(polars.DataFrame(spelled()), dry_run=True).built.report.splits.values()) == 40
    assert rows_of(tmp_path / "out0")[0][0] == "Ada0"
    with pytest.raises(UsageError, match="the rows of this LazyFrame are not in memory"):
        publish(polars.DataFrame(spelled()).lazy())


def test_a_fault_says_the_row_in_memory(publish, tmp_path):
    wrong = spelled(80, 4)
    wrong["ner_tags"] = [["O", "I-Person", "O"], ["B-Persn", "O", "O", "O"], *wrong["ner_tags"][2:]]
    held = {"train": pa.table(spelled()), "test": pa.table(wrong)}
    with pytest.raises(DataError) as caught:
        publish(held, entity_types={"City": "", "Person": ""})
    lines = caught.value.message.split("\n")
    assert lines[0] == "the corpus has 2 errors: 1 ragged-line, 1 unknown-tag"
    assert lines[1].startswith("test[0]: error: ragged-line: found 3 columns in 'Ada80 ")
    assert lines[2].startswith("test[1]: error: unknown-tag: found the tag 'B-Persn' (did you mean 'B-Person'?)")
    assert {found.place for found in caught.value.problems if found.severity == "error"} == {"test[0]", "test[1]"}
    assert not (tmp_path / "out0").exists()


def test_what_is_in_doubt_is_said(publish):
    odd = spelled()
    odd["ner_tags"][7] = ["B-Persn", "O", "O", "O"]
    publish(pa.table(odd), dry_run=True)
    assert "in doubt: tags: the type 'Persn' is there 1 times; is 'Person' meant?" in publish.said
    odd["ner_tags"][7] = ["O"]
    with pytest.raises(DataError):
        publish(pa.table(odd), dry_run=True)
    assert "in doubt: ragged-line: will be reported 1 times, first at [7]" in publish.said


def test_what_is_left_out_says_the_row_in_memory_too(publish, tmp_path):
    rows = pa.table(spelled())
    copied = pa.concat_tables([rows, rows.slice(3, 1)])
    released = publish(copied, dry_run=True)
    (found,) = [found for found in released.built.report.problems if found.code == "duplicate"]
    assert (found.place, found.found) == ("[40]", "the sentence of [3] again")
    (rejected,) = map(json.loads, (tmp_path / "out0.rejected.jsonl").read_text().splitlines())
    assert rejected["place"] == "[40]"
    problems = map(json.loads, (tmp_path / "out0.problems.jsonl").read_text().splitlines())
    assert ("[40]", rejected["line"]) in [(one["place"], one["sentence"]) for one in problems]


def test_a_card_of_ones_own(publish, tmp_path):
    (tmp_path / "card.md").write_text(OTHER_CARD)
    publish(pa.table(spelled()), card=tmp_path / "card.md", dry_run=True)
    assert "# Mine" in (tmp_path / "out0/README.md").read_text()


def test_another_order_of_the_labels_is_said(publish):
    publish(
        pa.table(columns(0, 40)), names=["O", "B-P", "I-P", "B-C", "I-C"], entity_types={"C": "", "P": ""}, dry_run=True
    )
    said = "label ids are published in this order, which is not that of the numbers: O, B-C, I-C, B-P, I-P"
    assert said in publish.said


BAD: dict[str, tuple[Any, dict[str, Any]]] = {
    "there is no table in a list": ([1], {}),
    "a mapping must name a table for each split": ({}, {}),
    "ner_tags holds numbers, and nothing says what they mean": (pa.table(columns(0, 2)), {}),
    "there is no column 'tags' in dataset, only key, tokens, ner_tags, pos": (pa.table(spelled()), {"tags": "tags"}),
    "there is no column 'doc' in dataset, only key, tokens, ner_tags, pos": (pa.table(spelled()), {"document": "doc"}),
    "there are neither tokens with tags nor texts with spans in the columns a": (pa.table({"a": ["x"]}), {}),
    "column tokens of dataset is string, not one of lists of strings": (
        pa.table({"tokens": ["['a']"], "ner_tags": [["O"]]}), {"tokens": "tokens", "tags": "ner_tags"},
    ),
    "the rows of this IterableDataset are not in memory": (dataset().to_iterable_dataset(), {}),
    "the splits name the labels of ner_tags in different ways": (
        {"train": dataset(), "test": dataset().cast_column("ner_tags", datasets.List(datasets.ClassLabel(names=[*NAMES, "B-Z", "I-Z"])))}, {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("message", BAD)
def test_bad_call(publish, message):
    held, options = BAD[message]
    with pytest.raises(UsageError) as caught:
        publish(held, **options)
    assert caught.value.message == message
    assert caught.value.hint


UPOS = ["NOUN", "VERB", "X"]


def treebank(rows: int = 40) -> datasets.Dataset:
    features = datasets.Features({
        "tokens": datasets.List(datasets.Value("string")),
        "upos": datasets.List(datasets.ClassLabel(names=UPOS)),
        "lemma": datasets.List(datasets.Value("string")),
    })  # fmt: skip
    held = {
        "tokens": [[f"Ada{i}", "came"] for i in range(rows)],
        "upos": [[0, 1]] * rows,
        "lemma": [["Ada", "come"]] * rows,
    }
    return datasets.Dataset.from_dict(held, features=features)


def test_layers_are_published_with_the_names_of_their_labels(publish, tmp_path):
    held = treebank()
    layers = {"upos": TokenClasses({"VERB": "a verb", "NOUN": "", "X": ""}), "lemma": TokenTexts()}
    released = publish(held, layers=layers, entity_types={}, out=tmp_path / "out")
    assert released.tag == "v1.0.0"
    assert "tokens are in tokens, and there are no tags" in publish.said
    rows = [row for path in (tmp_path / "out" / "data").iterdir() for row in pq.read_table(path).to_pylist()]
    assert {tuple(row["tokens"]) for row in rows} == {tuple(row["tokens"]) for row in held}
    assert all((row["upos"], row["lemma"]) == ([1, 0], ["Ada", "come"]) for row in rows)
    assert all("ner_tags" not in row for row in rows)
    script = (tmp_path / "out" / "builder" / "build_toy.py").read_text()
    assert "ENTITY_TYPES" not in script
    assert "'upos': tagpress.TokenClasses({'VERB': 'a verb', 'NOUN': '', 'X': ''})" in script


@pytest.mark.slow
def test_a_layer_stands_beside_the_tags(publish, tmp_path):
    publish(dataset(rows=40), layers={"pos_tags": TokenClasses(["N"], column="pos")}, out=tmp_path / "out")
    rows = [row for path in (tmp_path / "out" / "data").iterdir() for row in pq.read_table(path).to_pylist()]
    assert all((row["ner_tags"], row["pos_tags"]) == ([1, 2, 0, 3], [0] * 4) for row in rows)


def test_a_class_that_no_layer_declares_is_named_by_its_row(publish):
    with pytest.raises(DataError, match=r"\n\[0\]: .*'NOUN'"):
        publish(treebank(), layers={"upos": TokenClasses(["VERB", "X"])}, entity_types={})


def test_a_layer_of_numbers_needs_their_names(publish):
    held = pa.table({"tokens": [["Ada", "came"]], "upos": [[0, 1]]})
    with pytest.raises(UsageError, match="column upos holds numbers, and the file does not say what they mean"):
        publish(held, layers={"upos": TokenClasses(UPOS)}, entity_types={})


def test_no_entities_and_no_layers_is_nothing_to_publish(publish):
    with pytest.raises((UsageError, ScriptError), match="tags=None leaves nothing but tokens"):
        publish(treebank(), entity_types={})
