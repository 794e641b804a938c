"""The Croissant file of a release: valid, complete, and enough to read the release by."""

import json
import logging
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from release.builds import write_build
from tagpress.croissant import croissant
from tagpress.manifest import Manifest

CARD = {"pretty_name": "Toys", "license": "cc-by-4.0", "language": ["en"], "tags": ["toy"], "viewer": False}
MEANINGS = {"Algorithm": "A way to do it.", "Language": "A way to say it."}


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return write_build(tmp_path / "build")


@pytest.fixture
def document(build: Path) -> Any:
    return json.loads(croissant(Manifest.load(build), repo="me/toys", descriptions=MEANINGS, card=CARD))


def named(document: Any, part: str) -> dict[str, Any]:
    return {one["@id"]: one for one in document[part]}


def test_the_label_names_are_kept_in_the_order_of_their_ids(document: Any) -> None:
    labels = named(document, "recordSet")["labels"]["data"]
    assert labels[:3] == [
        {"labels/id": 0, "labels/name": "O", "labels/meaning": ""},
        {"labels/id": 1, "labels/name": "B-Algorithm", "labels/meaning": "A way to do it."},
        {"labels/id": 2, "labels/name": "I-Algorithm", "labels/meaning": "A way to do it."},
    ]
    assert [label["labels/id"] for label in labels] == list(range(5))


def test_every_shard_is_pinned_by_tag_and_hash(build: Path, document: Any) -> None:
    manifest, files = Manifest.load(build), named(document, "distribution")
    for record in manifest.data_files():
        assert files[record.path]["sha256"] == record.sha256
        assert files[record.path]["contentSize"] == f"{record.bytes} B"
        assert (
            files[record.path]["contentUrl"] == f"https://huggingface.co/datasets/me/toys/resolve/v1.0.0/{record.path}"
        )
    assert files["repo"]["contentUrl"].endswith("/datasets/me/toys/tree/refs%2Ftags%2Fv1.0.0")
    assert document["version"] == "1.0.0"


def test_the_card_gives_licence_languages_and_tags(build: Path, document: Any) -> None:
    assert (document["license"], document["inLanguage"], document["keywords"]) == ("cc-by-4.0", ["en"], ["toy"])
    assert document["alternateName"] == ["me/toys", "Toys"]
    assert "viewer" not in document
    other = {"license": "other", "license_link": "https://example.org/licence"}
    found = json.loads(croissant(Manifest.load(build), repo="me/toys", card=other))
    assert found["license"] == "https://example.org/licence"
    bare = json.loads(croissant(Manifest.load(build), repo="me/toys", endpoint="http://127.0.0.1:1"))
    assert "license" not in bare
    assert bare["url"] == "http://127.0.0.1:1/datasets/me/toys"
    assert "labels/meaning" not in json.dumps(bare)


def test_same_release_same_bytes(build: Path) -> None:
    one, other = (croissant(Manifest.load(build), repo="me/toys", card=CARD) for _ in range(2))
    assert one == other
    assert one.endswith(b"}\n")


@pytest.mark.filterwarnings("ignore")  # mlcroissant's own, which are not ours to mend
def test_mlcroissant_finds_no_fault_and_reads_the_rows(
    build: Path, document: Any, caplog: pytest.LogCaptureFixture
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    with caplog.at_level(logging.WARNING):
        found = mlcroissant.Dataset(jsonld=document, mapping={"repo": build})
    issues = found.metadata.issues
    assert issues.errors == set()
    assert {warning.partition('"')[2].partition('"')[0].rpartition("/")[2] for warning in issues.warnings} == {
        "citeAs",  # only people know it
        "datePublished",  # the same release gives the same bytes
    }
    caplog.clear()
    rows = {row["sentences/id"].decode(): row for row in found.records("sentences")}
    assert not caplog.records
    labels = {row["labels/id"]: row["labels/name"] for row in found.records("labels")}
    published = 0
    for record in Manifest.load(build).data_files():
        for expected in pq.read_table(build / record.path).to_pylist():
            row = rows[expected["id"]]
            assert [token.decode() for token in row["sentences/tokens"]] == expected["tokens"]
            assert list(row["sentences/ner_tags"]) == expected["ner_tags"]
            assert row["sentences/doc_id"].decode() == expected["doc_id"]
            assert row["sentences/split"].decode() == record.path.split("/")[1].split("-")[0]
            assert set(row["sentences/ner_tags"]) <= set(labels)
            published += 1
    assert published == len(rows) > 0
    assert [labels[place] for place in range(len(labels))] == list(Manifest.load(build).label_names)
