"""Spans in and across each other leave a release and come back equal, or are refused where they stand."""

import json
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.made import rows_of
from layers.test_nested import GERMEVAL, MADE, TYPES, nested_corpus
from made_corpora import declare
from tagpress.build.corpus import build_corpus
from tagpress.corpus.layers.layer import Given, Tags
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.schema import Labels
from tagpress.errors import DataError, UsageError
from tagpress.export import export_build, target_named, target_of
from tagpress.export.layer_texts import bracket_faults, token_texts
from tagpress.export.rows import Rows
from tagpress.read.columns import Columns
from tagpress.read.jsonl import JsonLines
from tagpress.read.spans.dialect import Spans
from tagpress.read.standoff import Standoff

KINDS = ("LOC", "ORG", "PER")
ENTITIES = {"entities": NestedSpans(KINDS)}


def _spans(chance, tokens):
    found = set()
    for _ in range(chance.randrange(5)):
        begin = chance.randrange(tokens)
        found.add((begin, chance.randrange(begin, tokens), chance.choice(KINDS)))
    return sorted(found)


@pytest.fixture(scope="module")
def crossing(tmp_path_factory):
    """A build of spans that lie in and across each other, with no labels beside them."""
    folder, chance = tmp_path_factory.mktemp("crossing"), random.Random(5)
    rows = [{"tokenized_text": [f"w{number}", "in", "New", "York"], "ner": _spans(chance, 4)} for number in range(60)]
    (folder / "a.txt").write_text(json.dumps(rows))
    declaration = declare(folder, entity_types={}, dialect=Spans(format="gliner"), layers=ENTITIES)
    build_corpus(declaration, folder / "out", workers=1)
    return folder / "out"


@pytest.fixture(scope="module")
def nested(tmp_path_factory):
    """A build of spans in spans, of which the labels are made."""
    folder = tmp_path_factory.mktemp("nested")
    build_corpus(nested_corpus(folder / "in", MADE), folder / "out", workers=1)
    return folder / "out"


def _entities(build):
    return sorted((row["tokens"], [tuple(span.values()) for span in row["entities"]]) for row in rows_of(build))


TOOLS = {
    "doccano": Spans(format="doccano", tokens="whitespace"),
    "label-studio": Spans(format="label-studio", tokens="whitespace"),
    "prodigy": Spans(format="prodigy"),
    "gliner": Spans(format="gliner"),
    "spacy-train-data": Spans(format="spacy-train-data", tokens="whitespace"),
    "bioc-json": Spans(format="bioc-json", tokens="whitespace"),
    "brat": Standoff(token="whitespace"),
}


@pytest.mark.parametrize("name", TOOLS)
def test_what_a_tool_is_given_comes_back_equal(name, crossing, tmp_path):
    is_folder = name == "brat"
    export_build(crossing, target_named(name), str(tmp_path / "back" / ("{split}" if is_folder else "{split}.txt")))
    splits = {split: f"{split}/**/*.txt" if is_folder else f"{split}.txt" for split in ("train", "validation", "test")}
    again = declare(tmp_path / "back", entity_types={}, dialect=TOOLS[name], layers=ENTITIES, sources=splits)
    build_corpus(again, tmp_path / "again", workers=1)
    assert _entities(tmp_path / "again") == _entities(crossing)


def test_the_spans_of_which_labels_are_made_stand_for_both(nested, tmp_path):
    export_build(nested, target_named("doccano"), str(tmp_path / "{split}.jsonl"))
    row = json.loads((tmp_path / "train.jsonl").read_text().split("\n")[0])
    assert [kind for _, _, kind in row["label"]] == ["ORG", "PER", "PER"]
    export_build(nested, target_named("doccano"), str(tmp_path / "{split}.jsonl"), without=["entities"])
    row = json.loads((tmp_path / "train.jsonl").read_text().split("\n")[0])
    assert [kind for _, _, kind in row["label"]] == ["ORG", "PER"]


def test_of_two_layers_of_spans_one_is_chosen_in_words(tmp_path):
    layers = {"entities": NestedSpans(TYPES, columns=("ner_inner",))}
    build_corpus(nested_corpus(tmp_path / "in", layers), tmp_path / "out", workers=1)
    out = str(tmp_path / "{split}.jsonl")
    with pytest.raises(UsageError, match="cannot hold the layer 'entities'"):
        export_build(tmp_path / "out", target_named("doccano"), out)
    export_build(tmp_path / "out", target_named("doccano"), out, without=["ner_tags"])
    row = json.loads((tmp_path / "train.jsonl").read_text().split("\n")[0])
    assert [kind for _, _, kind in row["label"]] == ["PER"]
    with pytest.raises(UsageError, match="would be written without ner_tags, and no other spans"):
        export_build(tmp_path / "out", target_named("jsonl"), out, without=["ner_tags"])
    with pytest.raises(UsageError, match="holds entities, and this build has no ner_tags"):
        export_build(tmp_path / "out", target_named("doccano"), out, without=["ner_tags", "entities"])


@pytest.mark.parametrize("name", ["jsonl", "columns"])
def test_spans_in_spans_are_brackets_and_come_back_equal(name, nested, tmp_path):
    layers = {"entities": NestedSpans(TYPES, columns=("entities",), brackets=True)}
    dialect = JsonLines(tags="tags", extra=("entities",))
    if name == "columns":
        dialect = Columns(extra={"entities": 2})
    export_build(
        nested, target_named("jsonl") if name == "jsonl" else target_of(dialect), str(tmp_path / "back" / "{split}.txt")
    )
    splits = {split: f"{split}.txt" for split in ("train", "validation", "test")}
    again = declare(
        tmp_path / "back", entity_types=dict.fromkeys(TYPES, ""), dialect=dialect, layers=layers, sources=splits
    )
    build_corpus(again, tmp_path / "again", workers=1)
    assert _entities(tmp_path / "again") == _entities(nested)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("jsonl", "has in the layer entities spans that cross, .* and .*, which brackets cannot say"),
        ("webanno", "has spans that overlap, "),
    ],
)
def test_spans_that_a_format_cannot_say_are_refused_at_their_row(name, message, crossing, tmp_path):
    with pytest.raises(DataError, match=rf"(train|validation|test) [0-9a-f]{{32}} {message}"):
        export_build(crossing, target_named(name), str(tmp_path / "{split}.txt"))
    assert not list(tmp_path.iterdir())


def test_webanno_holds_nested_spans_side_by_side(tmp_path):
    rows = [{"tokenized_text": [f"w{n}", "New", "York"], "ner": [[0, 0, "PER"], [1, 2, "LOC"]]} for n in range(60)]
    (tmp_path / "a.txt").write_text(json.dumps(rows))
    build_corpus(
        declare(tmp_path, entity_types={}, dialect=Spans(format="gliner"), layers=ENTITIES), tmp_path / "out", workers=1
    )
    export_build(tmp_path / "out", target_named("webanno"), str(tmp_path / "back" / "{split}.txt"))
    splits = {split: f"{split}.txt" for split in ("train", "validation", "test")}
    dialect = Spans(format="webanno")
    again = declare(tmp_path / "back", entity_types={}, dialect=dialect, layers=ENTITIES, sources=splits)
    build_corpus(again, tmp_path / "again", workers=1)
    assert _entities(tmp_path / "again") == _entities(tmp_path / "out")


TRIPLES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 6), st.integers(0, 2)).filter(lambda one: one[0] < one[1]),
    unique=True,
    max_size=6,
)


def _rows(spans):
    layer = NestedSpans(KINDS)
    numbers = [part for span in sorted(spans, key=lambda one: (one[0], -one[1], one[2])) for part in span]
    return Rows(
        split="train",
        labels=Labels(()),
        ids=["a"],
        doc_ids=["d"],
        tokens=pa.array(list("abcdef")),
        offsets=np.array([0, 6]),
        label_ids=np.zeros(6, dtype=np.int64),
        layers={"entities": pa.array([numbers], pa.list_(pa.int32()))},
        kinds={"entities": layer},
    )


@given(TRIPLES)
def test_brackets_are_read_back_equal_or_refused_because_they_cross(spans):
    rows = _rows(spans)
    crosses = any(a[0] < b[0] < a[1] < b[1] for a in spans for b in spans)
    assert bool(list(bracket_faults(rows))) == crosses
    if crosses:
        return
    (texts,) = token_texts(rows, "entities")
    column = pa.array(texts).dictionary_encode()
    given_ = Given(
        bounds=np.array([0, 6]),
        tags=lambda _: Tags(column.indices.to_numpy(), tuple(column.dictionary.to_pylist())),
        texts=lambda _: pa.array([texts]),
        scheme="IOB2",
        joiner="-",
    )
    read = NestedSpans(KINDS, columns=("entities",), brackets=True).read("entities", given_)
    assert read.troubles == ()
    assert read.column.to_pylist() == rows.layers["entities"].to_pylist()


def test_the_labels_of_a_corpus_of_columns_are_untouched(nested, tmp_path):
    assert GERMEVAL.extra  # the columns that the nested layer is read from
    export_build(nested, target_named("columns"), str(tmp_path / "{split}.txt"), without=["entities"])
    assert (tmp_path / "train.txt").read_text().split("\n")[0].split("\t")[1] == "B-ORG"
