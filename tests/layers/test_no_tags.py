"""Corpora without tags of entities: parts of speech, chunks, or spans in spans are all that they have."""

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from consume.align.vocabularies import word_piece
from layers.bare import LAYERS, TREEBANK, UPOS, naively_read, treebank, write_treebank
from layers.made import CHUNKS, corpus, rows_of
from made_corpora import declare, shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.card.croissant import croissant
from tagpress.consume.align import align_labels
from tagpress.consume.load import load
from tagpress.consume.streaming.stream import stream
from tagpress.corpus.front_matter import cut_card
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.layers.token_texts import TokenTexts
from tagpress.corpus.manifest import Manifest
from tagpress.diff import changed_sentences, compare_builds, diff_builds, directory
from tagpress.errors import ManifestError, ScriptError, UsageError, VerifyError
from tagpress.export import export_build, target_named, target_of
from tagpress.hub import Hub, check_shard
from tagpress.preview import write_corpus_preview, write_preview
from tagpress.read.columns import Columns
from tagpress.read.conllu import ConllU, ConllUPlus
from tagpress.read.csvlists import CsvLists
from tagpress.read.hubparquet import HubParquet
from tagpress.read.jsonl import JsonLines
from tagpress.read.standoff import Standoff
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release

PLAIN = Columns(tag=None, extra={"pos_tags": 1})
POS_ONLY = {"pos_tags": TokenClasses(["NN", "VB"])}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The treebank, which no test changes."""
    folder = tmp_path_factory.mktemp("treebank") / "in"
    write_treebank(folder)
    return folder


@pytest.fixture(scope="module")
def build(source):
    """Its build, which no test changes."""
    build_corpus(treebank(source), source.parent / "out", workers=1)
    return source.parent / "out"


def _said(rows, names=tuple(UPOS)):
    return {row["source_id"]: (row["tokens"], row["lemma"], [names[tag] for tag in row["upos"]]) for row in rows}


def test_every_row_is_that_of_a_plain_reader_and_has_no_labels(source, build):
    rows = rows_of(build)
    assert _said(rows) == naively_read(source)
    assert list(rows[0]) == ["id", "doc_id", "tokens", "source_id", "upos", "lemma"]
    assert all("ner_tags" not in pq.read_schema(path).names for path in build.glob("data/*.parquet"))


def test_card_and_manifest_speak_of_no_entities(build):
    manifest = Manifest.load(build).sole
    assert manifest.label_names == ()
    assert all(not totals.labels and not totals.entities for totals in manifest.splits.values())
    card = (build / "README.md").read_text()
    info = yaml.safe_load(cut_card(card).yaml)["dataset_info"]
    assert [one["name"] for one in info["features"]] == ["id", "doc_id", "tokens", "source_id", "upos", "lemma"]
    assert "ntit" not in card
    assert 'features["upos"].feature.names' in card
    assert "task_ids" not in card


def test_the_bytes_of_the_card_are_those_of_arrow(build):
    info = yaml.safe_load(cut_card((build / "README.md").read_text()).yaml)["dataset_info"]
    for split in info["splits"]:
        table = pa.concat_tables(pq.read_table(path) for path in build.glob(f"data/{split['name']}-*"))
        plain = pa.table({name: pa.array(table[name].to_pylist(), table[name].type) for name in table.column_names})
        assert split["num_bytes"] == plain.nbytes


def test_the_row_digest_has_no_labels_in_it(build):
    from tagpress.release.load_check import row_digest

    totals = Manifest.load(build).sole.splits["train"]
    assert row_digest(rows_of(build, "train"), ["upos"]) == (totals.rows, totals.row_digest)


def test_the_bytes_do_not_depend_on_workers_or_engine(source, build, tmp_path):
    build_corpus(treebank(source), tmp_path / "two", workers=2)
    build_corpus(treebank(source), tmp_path / "sent", engine=Shuffler())
    assert shas(build) == shas(tmp_path / "two") == shas(tmp_path / "sent")


@pytest.mark.slow
def test_a_release_is_verified_loaded_and_streamed_by_name(build, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setenv("TAGPRESS_CACHE", str(tmp_path / "cache"))
        from tagpress.localhub import LocalHub

        with LocalHub(tmp_path / "hub") as local:
            hub = Hub(endpoint=local.endpoint, token=local.token)
            publish_build(build, hub=hub, repo="me/treebank")
            assert publish_build(build, hub=hub, repo="me/treebank").already_published
            found = verify_release("me/treebank", "v1.0.0", hub=hub, deep=True)
            loaded = load("me/treebank", "1.0.0", endpoint=local.endpoint, token=local.token)
            read = stream("me/treebank", "1.0.0", "train", endpoint=local.endpoint, token=local.token)
            streamed = [row for batch in read for row in batch.to_pylist()]
    assert (found.ok, found.problems) == (True, ())
    assert loaded["train"].features["upos"].feature.names == [*UPOS]
    assert "ner_tags" not in loaded["train"].features
    assert _said(loaded["train"]) == _said(streamed) == _said(rows_of(build, "train"))
    assert read.label_names == ()


def test_a_layer_is_aligned_and_the_labels_are_missed(build):
    batch = next(iter(stream(build, None, "train", batch_size=4)))
    aligned = align_labels(batch, word_piece(), labels="upos")
    assert {label for row in aligned["labels"] for label in row if label >= 0} <= set(range(len(UPOS)))
    with pytest.raises(UsageError, match="The batch has no column 'ner_tags'"):
        align_labels(batch, word_piece())


def _edited(source, folder, old, new):
    folder.mkdir(parents=True)
    for path in source.glob("*.txt"):
        (folder / path.name).write_text(path.read_text().replace(old, new, 1))
    return folder


def test_a_corrected_class_is_a_patch_and_its_sentence_is_named(source, build, tmp_path):
    text = (source / "a.txt").read_text()
    line = next(line for line in text.split("\n") if line.startswith("1\tWord4\t"))
    kind = line.split("\t")[3]
    other = line.replace(f"\t{kind}\t", f"\t{next(one for one in UPOS if one != kind)}\t")
    build_corpus(treebank(_edited(source, tmp_path / "in", line, other)), tmp_path / "new", workers=1)
    compared = compare_builds(directory(build), directory(tmp_path / "new"))
    assert (compared.diff.bump, compared.diff.changed) == ("patch", 1)
    assert [(one.changes, one.layers) for one in changed_sentences(compared)] == [(("edited",), ("upos",))]


def test_tags_that_come_are_minor_and_tags_that_go_are_major(tmp_path):
    build_corpus(corpus(tmp_path / "in"), tmp_path / "tagged", workers=1)
    bare = corpus(tmp_path / "in", entity_types={}, dialect=replace(corpus(tmp_path / "in").dialect, tag=None, width=5))
    build_corpus(bare, tmp_path / "bare", workers=1)
    came = diff_builds(directory(tmp_path / "bare"), directory(tmp_path / "tagged"))
    assert (came.bump, came.lines[0], came.changed) == ("minor", "Layer added: ner_tags.", 0)
    went = diff_builds(directory(tmp_path / "tagged"), directory(tmp_path / "bare"))
    assert (went.bump, went.lines[0], went.changed) == ("major", "Layer removed: ner_tags.", 0)
    assert write_preview(tmp_path / "bare", tmp_path / "page.html", other=tmp_path / "tagged").compared_with


def _lines(path, text):
    path.mkdir(parents=True, exist_ok=True)
    (path / "a.txt").write_text(text)
    return path


def test_a_corpus_of_chunks_alone_has_their_labels(tmp_path):
    folder = _lines(tmp_path / "in", "".join(f"a{i}\tB-NP\nb\tI-NP\n\n" for i in range(40)))
    layers = {"chunk_tags": FlatSpans(CHUNKS)}
    declaration = declare(
        folder, entity_types={}, dialect=Columns(tag=None, extra={"chunk_tags": 1}), layers=layers, sources="a.txt"
    )
    build_corpus(declaration, tmp_path / "out", workers=1)
    assert {tuple(row["chunk_tags"]) for row in rows_of(tmp_path / "out")} == {(1, 2)}


def test_nested_spans_alone_are_no_problem_where_they_overlap(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(40):
        (folder / f"d{number}.txt").write_text(f"New York {number} is big\n")
        (folder / f"d{number}.ann").write_text("T1\tLOC 0 8\tNew York\nT2\tORG 4 8\tYork\n")
    layers = {"entities": NestedSpans(["LOC", "ORG"])}
    report = check_corpus(declare(folder, entity_types={}, dialect=Standoff(), layers=layers))
    assert report.problem_counts == {} or set(report.problem_counts) <= {"near-duplicate"}
    build_corpus(declare(folder, entity_types={}, dialect=Standoff(), layers=layers), tmp_path / "out", workers=1)
    spans = [{"start": 0, "end": 2, "type": 0}, {"start": 1, "end": 2, "type": 1}]
    assert [row["entities"] for row in rows_of(tmp_path / "out")] == [spans] * 40
    assert '["start"] : span["end"]' in (tmp_path / "out" / "README.md").read_text()


def test_an_unknown_class_is_named_at_its_place(tmp_path):
    folder = _lines(tmp_path / "in", "a\tNN\nb\tXX\n\n")
    declaration = declare(folder, entity_types={}, dialect=PLAIN, layers=POS_ONLY)
    (problem,) = [one for one in check_corpus(declaration).problems if one.code == "unknown-tag"]
    assert (problem.line, problem.col, "'XX'" in problem.found) == (2, 3, True)


def test_a_sentence_is_conflicting_by_its_layers(tmp_path):
    folder = _lines(tmp_path / "in", "a\tNN\n\na\tVB\n\n" + "".join(f"b{i}\tNN\n\n" for i in range(40)))
    report = check_corpus(declare(folder, entity_types={}, dialect=PLAIN, layers=POS_ONLY))
    assert report.problem_counts["conflicting-duplicate"] >= 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": {}}, "ENTITY_TYPES is empty, and there are no LAYERS"),
        ({"dialect": Columns(extra={"pos_tags": 1}, tag=2)}, "nothing is made of the tags that Columns reads"),
        ({"entity_types": {"PER": ""}}, "ENTITY_TYPES are declared, and the dialect reads no tags"),
        ({"dialect": Standoff()}, "the layer 'pos_tags' is read from the column 'pos_tags', which the dialect"),
        (
            {"layers": {"pos_tags": TokenClasses(["NN"], column="ner_tags")}},
            "the layer 'pos_tags' is read from the column 'ner_tags', which the dialect does not give",
        ),
    ],
)
def test_a_declaration_that_says_nothing_or_too_much_is_refused(changes, message, tmp_path):
    with pytest.raises(ScriptError, match=message):
        declare(tmp_path, **{"entity_types": {}, "dialect": PLAIN, "layers": POS_ONLY, **changes})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Columns(tag=None), "tag=None leaves nothing but tokens"),
        (lambda: ConllU(key=None), "key=None leaves nothing but tokens"),
        (lambda: ConllUPlus(tag=None), "tag=None leaves nothing but tokens"),
        (lambda: JsonLines(tags=None), "tags=None leaves nothing but tokens"),
    ],
)
def test_a_dialect_of_tokens_alone_is_refused(make, message):
    with pytest.raises(UsageError, match=message):
        make()


def _parquet(rows):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


ROWS = [{"tokens": ["a", "b"], "pos_tags": ["NN", "VB"]}, {"tokens": ["c"], "pos_tags": ["NN"]}]
READERS = {
    "columns": (PLAIN, b"a\tNN\nb\tVB\n\nc\tNN\n"),
    "conllu-plus": (
        ConllUPlus(tag=None, extra=("pos_tags",)),
        b"# global.columns = ID FORM pos_tags\n1\ta\tNN\n2\tb\tVB\n\n1\tc\tNN\n",
    ),
    "jsonl": (JsonLines(tags=None, extra=("pos_tags",)), b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)),
    "jsonl, slowly": (
        JsonLines(tags=None, extra=("pos_tags",)),
        b"".join(b" " + json.dumps(row).encode() + b"\n" for row in ROWS),
    ),
    "csv": (
        CsvLists(tags=None, extra=("pos_tags",)),
        b"tokens,pos_tags\n\"['a', 'b']\",\"['NN', 'VB']\"\n['c'],['NN']\n",
    ),
    "parquet": (HubParquet(tags=None, extra=("pos_tags",)), _parquet(ROWS)),
}


@pytest.mark.parametrize("name", READERS)
def test_a_dialect_reads_a_source_without_tags(name):
    dialect, data = READERS[name]
    parsed = dialect.parse(data)
    assert parsed.tokens.to_pylist() == [row["tokens"] for row in ROWS]
    assert parsed.extra["pos_tags"].to_pylist() == [row["pos_tags"] for row in ROWS]
    assert (parsed.tag_names, set(parsed.tags.tolist()), len(parsed.faults)) == (("O",), {0}, 0)


def test_a_line_that_is_a_comment_or_a_token_is_a_problem():
    found = Columns(tag=None, extra={"pos_tags": 1}, comment="#").parse(b"# a comment\na\tNN\n\n#tag\tNN\n")
    assert [code for code, *_ in found.faults.rows()] == ["ambiguous-comment"]


def _again(folder, dialect, layers, out):
    splits = {split: f"{split}.txt" for split in ("train", "validation", "test")}
    build_corpus(declare(folder, entity_types={}, dialect=dialect, layers=layers, sources=splits), out, workers=1)
    return sorted((row["tokens"], row["upos"], row["lemma"]) for row in rows_of(out))


BACK = {
    "jsonl": (
        target_named("jsonl"),
        JsonLines(tags=None, sentence_id="id", document="doc_id", extra=("upos", "lemma")),
        {name: replace(layer, column=None) for name, layer in LAYERS.items()},
    ),
    "conllu": (target_named("conllu"), TREEBANK, LAYERS),
    "columns": (
        target_of(Columns(tag=None, extra={"upos": 2, "lemma": 1})),
        Columns(tag=None, extra={"upos": 2, "lemma": 1}),
        {name: replace(layer, column=None) for name, layer in LAYERS.items()},
    ),
}


@pytest.mark.parametrize("name", BACK)
def test_what_is_exported_reads_back_equal(name, build, tmp_path):
    target, dialect, layers = BACK[name]
    export_build(build, target, str(tmp_path / "back" / "{split}.txt"))
    found = _again(tmp_path / "back", dialect, layers, tmp_path / "again")
    assert found == sorted((row["tokens"], row["upos"], row["lemma"]) for row in rows_of(build))


@pytest.mark.parametrize("name", ["columns", "conll2003", "doccano", "webanno", "bioc-json", "brat"])
def test_what_holds_entities_only_says_that_there_are_none(name, build, tmp_path):
    with pytest.raises(UsageError, match="this build has no ner_tags, only the layers upos, lemma"):
        export_build(build, target_named(name), str(tmp_path / "out"), without=["upos", "lemma"])


def test_tags_are_not_left_out_of_an_export_in_silence(tmp_path):
    build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    dialect = Columns(tag=None, extra={"pos_tags": 1, "chunk_tags": 2, "lemma": 3})
    with pytest.raises(UsageError, match="the dialect has no tags, and this build has ner_tags"):
        export_build(tmp_path / "out", target_of(dialect), str(tmp_path / "back"))


def test_a_page_shows_the_layers_and_no_entity_types(source, build, tmp_path):
    write_preview(build, tmp_path / "page.html")
    write_corpus_preview(treebank(source), tmp_path / "corpus.html", workers=1)
    for name in ("page.html", "corpus.html"):
        page = (tmp_path / name).read_text()
        assert "the layers upos, lemma" in page
        assert "Entity types, and how many" not in page


def test_croissant_describes_the_layers_and_no_labels(build):
    document = json.loads(croissant(Manifest.load(build), repo="me/treebank"))
    assert [one["@id"] for one in document["recordSet"]] == ["splits", "upos_names", "sentences"]
    assert "with the layers upos, lemma." in document["description"]
    fields = {one["@id"] for one in document["recordSet"][-1]["field"]}
    assert "sentences/upos" in fields
    assert "sentences/ner_tags" not in fields


def test_what_needs_entities_or_classes_says_so(source, tmp_path):
    texts = replace(treebank(source), layers={"lemma": TokenTexts(column="LEMMA")})
    with pytest.raises(UsageError, match="among entities, other spans and classes, and small has none"):
        check_corpus(texts, doubts=True)
    with pytest.raises(UsageError, match="labels in doubt"):
        write_corpus_preview(texts, tmp_path / "page.html", doubts=True)


def test_a_shard_with_a_column_of_labels_is_not_what_was_released(build, tmp_path):
    manifest = Manifest.load(build).sole
    record = manifest.data_files()[0]
    table = pq.read_table(build / record.path)
    labels = pa.array([[0] * len(row) for row in table["tokens"].to_pylist()], pa.list_(pa.int64()))
    pq.write_table(table.add_column(3, "ner_tags", labels), tmp_path / "shard.parquet")
    with pytest.raises(VerifyError, match="it has the columns id, doc_id, tokens, ner_tags"):
        check_shard(tmp_path / "shard.parquet", replace(record, bytes=10**6), manifest)


def test_a_manifest_without_labels_or_layers_is_none(build):
    document = json.loads((build / "release.json").read_text())
    for totals in document["splits"].values():
        del totals["layers"]
    del document["layers"]
    with pytest.raises(ManifestError, match="label_names: must be there, or layers"):
        Manifest.from_bytes(json.dumps(document).encode())


def test_the_counts_of_what_was_read_have_no_labels(source):
    report = check_corpus(treebank(source))
    assert report.labels == {}
    assert np.sum(list(report.splits.values())) == 60
