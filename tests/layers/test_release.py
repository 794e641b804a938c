"""Layers in a release: published, verified, streamed, compared, and refused where they would be lost."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from layers.made import CHUNKS, LAYERS, POS, corpus, rows_of, write_sentences
from made_corpora import shas
from tagpress.build.corpus import build_corpus
from tagpress.consume.streaming.stream import stream
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.manifest import Manifest
from tagpress.diff import changed_sentences, compare_builds, diff_builds, directory
from tagpress.errors import UsageError, VerifyError
from tagpress.export import export_build, target_named
from tagpress.hub import Hub, check_shard
from tagpress.localhub import LocalHub
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release


@pytest.fixture
def build(tmp_path):
    build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    return tmp_path / "out"


def test_a_release_is_verified_by_name_and_to_the_last_row(build, tmp_path):
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(build, hub=hub, repo="me/layers")
        found = verify_release("me/layers", "v1.0.0", hub=hub, deep=True)
    assert (found.ok, found.problems) == (True, ())


def test_a_stream_has_the_columns_with_their_names(build):
    batches = stream(build, None, "train", columns=("tokens", "pos_tags", "lemma"))
    table = pa.Table.from_batches(list(batches))
    expected = {tuple(row["tokens"]): row["pos_tags"] for row in rows_of(build, "train")}
    assert {tuple(row["tokens"]): row["pos_tags"] for row in table.to_pylist()} == expected
    assert b'"names": ["NN", "VB", "DT"]' in table.schema.metadata[b"huggingface"]


def _with(path, name, values, manifest):
    """Replace a column of a shard, and return its record as if that had been released."""
    table = pq.read_table(path)
    place = table.schema.get_field_index(name)
    table = table.set_column(place, table.schema.field(place), values(table[name]))
    pq.write_table(table, path)
    record = next(file for file in manifest.data_files() if path.name in file.path)
    return replace(record, bytes=path.stat().st_size)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("pos_tags", [3, 0, 0, 0, 0], "its layer pos_tags has the id 3, and there are 3 names"),
        ("chunk_tags", [0, 0, 0, 0, -1], "its layer chunk_tags has the id -1"),
        ("lemma", ["a"], "its layer lemma has not as many texts as tokens in a row"),
        ("pos_tags", [0], "its layer pos_tags has not as many classes as tokens in a row"),
    ],
)
def test_a_shard_with_values_that_cannot_be_is_refused(name, value, message, build):
    manifest = Manifest.load(build).sole
    path = next((build / "data").glob("train-*"))
    kind = pq.read_schema(path).field(name).type
    record = _with(path, name, lambda old: pa.chunked_array([pa.array([value, *old.to_pylist()[1:]], kind)]), manifest)
    with pytest.raises(VerifyError, match=message):
        check_shard(path, record, manifest)


def test_a_shard_with_other_names_is_refused(build):
    manifest = Manifest.load(build).sole
    record = manifest.data_files()[0]
    names = {**manifest.layers, "pos_tags": replace(manifest.layers["pos_tags"], names=("NN", "DT", "VB"))}
    with pytest.raises(VerifyError, match="other names in its layer pos_tags"):
        check_shard(build / record.path, record, replace(manifest, layers=names))


@pytest.mark.parametrize(
    ("layers", "bump", "line"),
    [
        ({name: LAYERS[name] for name in ("pos_tags", "lemma")}, "major", "Layer removed: chunk_tags."),
        ({**LAYERS, "pos_tags": TokenClasses(["VB", "NN", "DT"])}, "major", "Ids of the layer pos_tags changed"),
        ({**LAYERS, "pos_tags": TokenClasses([*POS, "JJ"])}, "minor", "Names added to the layer pos_tags: JJ."),
        ({**LAYERS, "chunk_tags": FlatSpans([*CHUNKS, "PP"])}, "minor", "Names added to the layer chunk_tags: B-PP, I-PP."),
        ({**LAYERS, "chunk_tags": TokenClasses(["B-NP", "I-NP", "O", "B-VP"])}, "major", "of another kind: classes, was flat"),
    ],
)  # fmt: skip
def test_what_became_of_the_layers_decides_the_bump(layers, bump, line, build, tmp_path):
    build_corpus(corpus(tmp_path / "in", layers=layers), tmp_path / "new", workers=1)
    diff = diff_builds(directory(build), directory(tmp_path / "new"))
    assert diff.bump == bump
    assert any(line in one for one in diff.lines)
    assert diff.changed == 0


def test_a_new_layer_is_minor_and_its_removal_major(tmp_path):
    for name, layers in (("two", {name: LAYERS[name] for name in ("pos_tags", "lemma")}), ("three", LAYERS)):
        dialect = replace(corpus(tmp_path / "in").dialect, extra={n: {"pos_tags": 1, "chunk_tags": 2, "lemma": 3}[n] for n in layers}, width=5)  # fmt: skip
        build_corpus(corpus(tmp_path / "in", layers=layers, dialect=dialect), tmp_path / name, workers=1)
    diff = diff_builds(directory(tmp_path / "two"), directory(tmp_path / "three"))
    assert (diff.bump, diff.reasons) == ("minor", ["Layer added: chunk_tags."])
    assert diff.to_json()["layers"]["chunk_tags"]["bump"] == "minor"
    assert diff_builds(directory(tmp_path / "three"), directory(tmp_path / "two")).bump == "major"


def test_corrected_values_are_a_patch_and_each_sentence_is_named(build, tmp_path):
    text = (tmp_path / "in" / "a.txt").read_text()
    (tmp_path / "in" / "a.txt").write_text(text.replace("word0 NN", "word0 VB").replace("word0 DT", "word0 NN"))
    build_corpus(corpus(tmp_path / "in"), tmp_path / "new", workers=1)
    compared = compare_builds(directory(build), directory(tmp_path / "new"))
    assert compared.diff.bump == "patch"
    assert any("1 sentence corrected in the layer pos_tags" in line for line in compared.diff.lines)
    [changed] = changed_sentences(compared)
    assert (changed.tokens[0], changed.changes, changed.layers) == ("word0", ("edited",), ("pos_tags",))


@pytest.mark.slow
def test_a_corrected_layer_is_published_as_one_shard(build, tmp_path):
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(build, hub=hub, repo="me/layers")
        text = (tmp_path / "in" / "a.txt").read_text()
        (tmp_path / "in" / "a.txt").write_text(text.replace("word0 NN", "word0 VB").replace("word0 DT", "word0 NN"))
        build_corpus(corpus(tmp_path / "in", version="1.0.1"), tmp_path / "new", workers=1)
        found = publish_build(tmp_path / "new", hub=hub, repo="me/layers")
    assert found.tag == "v1.0.1"
    assert (
        sum(shas(build)[path] != shas(tmp_path / "new")[path] for path in shas(build) if path.startswith("data")) == 1
    )


def test_an_export_never_loses_a_layer_in_silence(build, tmp_path):
    target, out = target_named("conllu"), str(tmp_path / "export-{split}.conllu")
    with pytest.raises(UsageError, match="cannot hold the layer 'pos_tags', 'chunk_tags' of") as caught:
        export_build(build, target, out)
    assert "--without pos_tags --without chunk_tags" in caught.value.hint  # lemma is a column of CoNLL-U
    with pytest.raises(UsageError, match="has no layer 'pos'"):
        export_build(build, target, out, without=["pos"])
    assert not [*tmp_path.glob("export*")]
    assert export_build(build, target, out, without=[*LAYERS]).files


@pytest.mark.slow
def test_names_alone_do_not_leave_an_old_shard_in_place(build, tmp_path):
    """Equal rows whose ids are called otherwise need new shards."""
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token)
        publish_build(build, hub=hub, repo="me/layers")
        layers = {**LAYERS, "pos_tags": TokenClasses([*POS, "JJ"])}
        build_corpus(corpus(tmp_path / "in", layers=layers, version="1.1.0"), tmp_path / "new", workers=1)
        publish_build(tmp_path / "new", hub=hub, repo="me/layers")
        assert verify_release("me/layers", "v1.1.0", hub=hub, deep=True).ok


@pytest.mark.slow
def test_sentences_can_be_added_with_their_layers(build, tmp_path):
    write_sentences(tmp_path / "more", count=70)
    build_corpus(corpus(tmp_path / "more"), tmp_path / "new", workers=1)
    diff = diff_builds(directory(build), directory(tmp_path / "new"))
    assert diff.bump in {"minor", "major"}
    assert diff.total("added") >= 10
