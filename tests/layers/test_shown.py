"""Layers where people and models meet them: exports, models' inputs, Croissant, and the preview."""

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from consume.align.vocabularies import word_piece
from layers.made import CONLL, LAYERS, corpus, rows_of
from layers.test_nested import EXPECTED, MADE, nested_corpus
from made_corpora import declare
from preview.test_preview import data_of
from tagpress.build.corpus import build_corpus
from tagpress.card.croissant import croissant
from tagpress.consume.align import align_labels
from tagpress.corpus.manifest import Manifest
from tagpress.errors import DataError, UsageError
from tagpress.export import export_build, target_named, target_of
from tagpress.preview import write_corpus_preview, write_preview
from tagpress.read.jsonl import JsonLines


@pytest.fixture
def build(tmp_path):
    build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    return tmp_path / "out"


@pytest.fixture
def nested(tmp_path):
    build_corpus(nested_corpus(tmp_path / "nested-in", MADE), tmp_path / "nested", workers=1)
    return tmp_path / "nested"


def test_json_lines_hold_layers_and_read_back_equal(build, tmp_path):
    export_build(build, target_named("jsonl"), str(tmp_path / "back" / "{split}.jsonl"))
    dialect = JsonLines(tags="tags", document="doc_id", extra=tuple(LAYERS))
    (tmp_path / "back" / "script.py").write_text("# the builder script\n")
    splits = {split: f"{split}.jsonl" for split in ("train", "validation", "test")}
    declaration = declare(tmp_path / "back", dialect=dialect, layers=LAYERS, sources=splits)
    build_corpus(declaration, tmp_path / "again", workers=1)
    names = ("tokens", "ner_tags", *LAYERS)
    found, again = (
        sorted(([row[name] for name in names] for row in rows_of(folder)), key=str)
        for folder in (build, tmp_path / "again")
    )
    assert found == again


def test_columns_hold_the_layers_that_their_dialect_keeps_and_read_back_equal(build, tmp_path):
    export_build(build, target_of(CONLL), str(tmp_path / "back" / "{split}.txt"))
    splits = {split: f"{split}.txt" for split in ("train", "validation", "test")}
    declaration = corpus(tmp_path / "back", sources=splits)
    build_corpus(declaration, tmp_path / "again", workers=1)
    names = ("tokens", "ner_tags", *LAYERS)
    found, again = (
        sorted(([row[name] for name in names] for row in rows_of(folder)), key=str)
        for folder in (build, tmp_path / "again")
    )
    assert found == again


def test_columns_without_a_place_for_a_layer_refuse_it(build, tmp_path):
    dialect = replace(CONLL, extra={"pos_tags": 1, "chunk_tags": 2}, width=5)
    with pytest.raises(UsageError, match="columns cannot hold the layer 'lemma'"):
        export_build(build, target_of(dialect), str(tmp_path / "{split}.txt"))
    export_build(build, target_of(dialect), str(tmp_path / "{split}.txt"), without=["lemma"])
    assert (tmp_path / "train.txt").read_text().split("\n")[0].split(" ")[3] == "_"


def test_a_text_that_a_column_cannot_hold_is_refused_at_its_token(tmp_path):
    (tmp_path / "in").mkdir()
    lines = [f"a{i}\tO\tlemma of {i}\n" for i in range(60)]
    (tmp_path / "in" / "a.txt").write_text("\n".join(lines))
    dialect = replace(CONLL, delimiter="\t", tag=1, extra={"lemma": 2})
    layers = {"lemma": LAYERS["lemma"]}
    build_corpus(corpus(tmp_path / "in", dialect=dialect, layers=layers), tmp_path / "out", workers=1)
    with pytest.raises(DataError, match="has a text in the layer lemma that has the delimiter ' ' in it"):
        export_build(tmp_path / "out", target_of(replace(dialect, delimiter=" ")), str(tmp_path / "{split}.txt"))
    assert not [*tmp_path.glob("*.txt")]


def test_a_field_holds_one_thing(nested, tmp_path):
    with pytest.raises(UsageError, match="JSON lines cannot hold the layer 'entities'"):
        export_build(nested, target_of(JsonLines(tags="entities")), str(tmp_path / "{split}.jsonl"))
    export_build(nested, target_named("jsonl"), str(tmp_path / "{split}.jsonl"), without=["entities"])
    assert "entities" not in json.loads((tmp_path / "train.jsonl").read_text().splitlines()[0])


def test_a_field_for_two_things_is_refused(build, tmp_path):
    target = target_named("jsonl", tags="pos_tags")
    with pytest.raises(UsageError, match="cannot hold the layer 'pos_tags'"):
        export_build(build, target, str(tmp_path / "{split}.jsonl"))


@pytest.mark.parametrize("layer", ["pos_tags", "chunk_tags"])
def test_labels_of_a_layer_are_aligned_with_subwords(layer, build):
    table = pq.read_table(next((build / "data").glob("train-*")))
    aligned = align_labels(table, word_piece(), labels=layer)
    for row, labels in zip(table[layer].to_pylist(), aligned["labels"], strict=True):
        kept = [label for label in labels.tolist() if label != -100]
        assert kept == row[: len(kept)]
        assert kept


def test_a_nested_layer_has_no_label_a_token(nested):
    table = pq.read_table(next((nested / "data").glob("train-*")))
    with pytest.raises(UsageError, match="'entities' is a nested layer") as caught:
        align_labels(table, word_piece(), labels="entities")
    assert "FlatSpans(of='entities'" in caught.value.hint


@pytest.mark.filterwarnings("ignore")  # mlcroissant's own, which are not ours to mend
@pytest.mark.parametrize("which", ["build", "nested"])
def test_croissant_describes_every_layer(which, request):
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    folder = request.getfixturevalue(which)
    manifest = Manifest.load(folder)
    document = json.loads(croissant(manifest, repo="me/layers"))
    found = mlcroissant.Dataset(jsonld=document, mapping={"repo": folder})
    assert found.metadata.issues.errors == set()
    fields = {one["name"].split("/")[1]: one for one in document["recordSet"][-1]["field"]}
    assert {*manifest.sole.layer_columns} <= fields.keys()
    sets = {one["name"]: one["data"] for one in document["recordSet"] if "data" in one}
    for name, record in manifest.sole.layers.items():
        if record.names and name in manifest.sole.extra:
            assert [one[f"{name}_names/name"] for one in sets[f"{name}_names"]] == list(record.names)
    rows = {row["sentences/id"].decode(): row for row in found.records("sentences")}
    assert len(rows) == manifest.rows
    if which == "build":
        expected = rows_of(folder)[0]
        assert list(rows[expected["id"]]["sentences/pos_tags"]) == expected["pos_tags"]


def test_the_preview_has_what_each_layer_says(build, nested, tmp_path):
    write_preview(build, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    assert data["layers"] == [["pos_tags", False], ["chunk_tags", True], ["lemma", False]]
    by_id = {row["id"]: row for row in rows_of(build)}
    for entry in data["sentences"]:
        row = by_id[entry[2]]
        pos, chunks, lemma = entry[-1]
        assert pos == LAYERS["pos_tags"].shown(row["pos_tags"])
        assert [data["types"][kind] for kind in chunks[2::3]] == ["NP", "VP", "NP"]
        assert lemma == row["lemma"]
    write_preview(nested, tmp_path / "nested.html")
    data = data_of(tmp_path / "nested.html")
    [spans] = data["sentences"][0][-1]
    assert [*zip(spans[::3], spans[1::3], [data["types"][kind] for kind in spans[2::3]], strict=True)] == [
        (0, 3, "ORG"),
        (1, 2, "PER"),
        (4, 5, "PER"),
    ]
    assert EXPECTED[0]["end"] == 3


def test_the_preview_of_a_corpus_shows_layers_of_what_is_left_out_too(tmp_path):
    declaration = nested_corpus(tmp_path / "in", MADE)
    text = (tmp_path / "in" / "a.txt").read_text()
    (tmp_path / "in" / "b.txt").write_text(text.split("\n\n")[0] + "\n")
    write_corpus_preview(declaration, tmp_path / "page.html")
    data = data_of(tmp_path / "page.html")
    [left] = [entry for entry in data["sentences"] if "duplicate" in entry[5] and entry[0] == data["published"]]
    assert left[-1] == data["sentences"][-1][-1]
    assert left[-1][0][:3] == [0, 3, data["types"].index("ORG")]


@pytest.mark.browser
def test_nested_spans_are_drawn_as_nested_and_crossing_ones_on_lines_of_their_own(chromium, tmp_path):
    (tmp_path / "in").mkdir()
    sentence = "a{0}\tB-ORG\tO\tO\nb\tI-ORG\tB-PER\tB-ORG\nc\tI-ORG\tO\tI-ORG\nd\tO\tO\tI-ORG\n"
    (tmp_path / "in" / "a.txt").write_text("\n".join(sentence.format(i) for i in range(60)))
    layers = {"entities": replace(MADE["entities"], columns=("ner_tags", "ner_inner", "third"))}
    dialect = replace(nested_corpus(tmp_path / "in", {}).dialect, extra={"ner_inner": 2, "third": 3})
    build_corpus(nested_corpus(tmp_path / "in", layers, dialect=dialect), tmp_path / "out", workers=1)
    write_preview(tmp_path / "out", tmp_path / "page.html")
    context = chromium.new_context()
    page = context.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    first = page.locator("#list > li").first
    assert first.locator("p.layer").count() == 2
    assert first.locator("p.layer").first.locator("mark mark").count() == 1
    assert first.locator("p.layer").last.locator("mark").inner_text().startswith("b c d")
    context.close()
