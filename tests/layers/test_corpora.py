"""Corpora with layers, published to a Hub and loaded by name: every value is that of a plain reader."""

import re

import datasets
import pytest

from layers import reader
from layers.made import LAYERS, corpus, naively_read
from layers.test_nested import TYPES, brat_corpus
from made_corpora import declare
from read.corpora import CORPORA
from tagpress.build.corpus import build_corpus
from tagpress.consume.streaming.stream import stream
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.layer import MAIN
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.policies import Policies
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.read.columns import Columns
from tagpress.release.publish import publish_build

GERMEVAL = CORPORA / "germeval14"
KINDS = [f"{kind}{part}" for kind in ("LOC", "ORG", "OTH", "PER") for part in ("", "deriv", "part")]


@pytest.fixture
def publish(tmp_path, monkeypatch):
    """Publish a declared corpus, and load it by name: map-style, and streaming."""
    with LocalHub(tmp_path / "hub") as local:
        monkeypatch.setattr(datasets.config, "HF_ENDPOINT", local.endpoint)
        monkeypatch.setenv("HF_ENDPOINT", local.endpoint)

        def published(declaration):
            build_corpus(declaration, tmp_path / "out", workers=1)
            hub = Hub(endpoint=local.endpoint, token=local.token)
            # It is loaded by name, map-style and streaming, and every row is compared, before it is tagged.
            assert publish_build(tmp_path / "out", hub=hub, repo="me/layers").tag == "v1.0.0"
            batches = [
                batch
                for split in declaration.splits.names
                for batch in stream("me/layers", "1.0.0", split, endpoint=local.endpoint, token=local.token)
            ]
            return [row for batch in batches for row in batch.to_pylist()]

        yield published


def test_three_layers_as_conll_2003_has_them(publish, tmp_path):
    rows = publish(corpus(tmp_path / "in"))
    read = naively_read(tmp_path / "in")
    assert {tuple(row["tokens"]) for row in rows} == read.keys()
    for row in rows:
        pos, chunks, lemma, tags = read[tuple(row["tokens"])]
        names = ["O", "B-Language", "I-Language", "B-Device", "I-Device"]
        assert tuple(LAYERS["pos_tags"].names[number] for number in row["pos_tags"]) == pos
        assert tuple(LAYERS["chunk_tags"].names[number] for number in row["chunk_tags"]) == chunks
        assert (tuple(row["lemma"]), tuple(names[number] for number in row["ner_tags"])) == (lemma, tags)


def test_a_nested_corpus_of_brat(publish, tmp_path):
    layers = {"entities": NestedSpans(TYPES), MAIN: FlatSpans(of="entities", rule="longest")}
    rows = publish(brat_corpus(tmp_path / "in", layers))
    assert len(rows) == 60
    for row in rows:
        text = (tmp_path / "in" / f"{row['doc_id']}.txt").read_text()
        tokens = [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]
        found = reader.named(row["entities"], list(TYPES))
        assert found == reader.brat(tmp_path / "in", tokens, row["doc_id"])


@pytest.mark.skipif(not GERMEVAL.is_dir(), reason="GermEval is not here")
def test_germeval_with_its_inner_entities(publish, tmp_path):
    (tmp_path / "in").mkdir()
    for split in ("dev", "test"):
        (tmp_path / "in" / f"{split}.txt").symlink_to(GERMEVAL / f"NER-de-{split}.tsv")
    dialect = Columns(token=1, tag=2, width=4, document_name="#\t", extra={"ner_inner": 3})
    declaration = declare(
        tmp_path / "in",
        entity_types=dict.fromkeys(KINDS, "a type"),
        dialect=dialect,
        sources={"validation": "dev.txt", "test": "test.txt"},
        layers={"entities": NestedSpans(KINDS, columns=("ner_tags", "ner_inner"))},
        policies=Policies(
            dict.fromkeys(("ragged-line", "split-leakage", "duplicate", "conflicting-duplicate"), "drop")
        ),
    )
    rows = publish(declaration)
    read = reader.germeval(GERMEVAL / "NER-de-dev.tsv") | reader.germeval(GERMEVAL / "NER-de-test.tsv")
    assert len(rows) > 7_000
    inner = 0
    for row in rows:
        found = reader.named(row["entities"], KINDS)
        assert sorted(found) == sorted(read[tuple(row["tokens"])])
        inner += len(found) - sum(label % 2 for label in row["ner_tags"])
    assert inner > 500
