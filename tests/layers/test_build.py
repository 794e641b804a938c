"""Layers in a build: what is published is what was read, in every shard, the card and the manifest."""

import hashlib
import json
from dataclasses import replace

import datasets
import pyarrow.parquet as pq
import pytest
import yaml

from layers.made import CHUNKS, CONLL, LAYERS, POS, corpus, naively_read, published, rows_of, write_sentences
from made_corpora import shas
from shuffler import Shuffler
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.corpus.front_matter import cut_card
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.table import KINDS, layers_of
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.corpus.manifest import Manifest
from tagpress.corpus.policies import Policies
from tagpress.corpus.records import LayerRecord
from tagpress.corpus.schema import Labels, arrow_schema
from tagpress.errors import DataError, ManifestError, ScriptError
from tagpress.release.load_check import row_digest

LABELS = ("O", "B-NP", "I-NP", "B-VP", "I-VP")


def test_every_value_is_the_one_that_a_plain_reader_finds(tmp_path):
    made = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    read = naively_read(tmp_path / "in")
    rows = rows_of(tmp_path / "out")
    assert len(rows) == made.report.published == len(read)
    for tokens, layers in published(rows).items():
        assert (layers["pos_tags"], layers["chunk_tags"]) == read[tokens][:2]
    assert {tuple(row["tokens"]): tuple(row["lemma"]) for row in rows} == {key: value[2] for key, value in read.items()}


def test_the_manifest_the_shards_and_the_card_agree(tmp_path):
    made = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    assert made.manifest == Manifest.load(tmp_path / "out")
    assert made.manifest.sole.extra == ("pos_tags", "chunk_tags", "lemma")
    assert made.manifest.sole.layers == {
        "pos_tags": LayerRecord(kind="classes", names=tuple(POS), columns=("pos_tags",)),
        "chunk_tags": LayerRecord(kind="flat", names=LABELS, columns=("chunk_tags",)),
        "lemma": LayerRecord(kind="texts", names=(), columns=("lemma",)),
    }
    expected = arrow_schema(Labels(("Language", "Device")), made.manifest.sole.extra, LAYERS)
    for path in (tmp_path / "out" / "data").iterdir():
        found = pq.read_schema(path)
        assert found.equals(expected)
        assert found.metadata == expected.metadata
    card = (tmp_path / "out" / "README.md").read_text()
    features = {one["name"]: one for one in yaml.safe_load(cut_card(card).yaml)["dataset_info"]["features"]}
    assert features["pos_tags"]["sequence"]["class_label"]["names"] == {"0": "NN", "1": "VB", "2": "DT"}
    assert features["lemma"] == {"name": "lemma", "sequence": "string"}
    assert "| `NN` | a noun |" in card
    assert "The layer `chunk_tags` is spans side by side" in card


def test_each_split_counts_and_digests_each_layer(tmp_path):
    made = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    for split, totals in made.manifest.sole.splits.items():
        rows = rows_of(tmp_path / "out", split)
        assert row_digest(rows, ["pos_tags", "chunk_tags"]) == (totals.rows, totals.row_digest)
        pos = [POS_NAMES[number] for row in rows for number in row["pos_tags"]]
        assert totals.layers["pos_tags"].counts == {name: pos.count(name) for name in POS}
        assert totals.layers["chunk_tags"].counts["B-NP"] == 2 * len(rows)
        assert totals.layers["lemma"].counts == {"texts": totals.tokens}
        assert int(totals.layers["pos_tags"].digest, 16) == sum(map(_digest, rows)) % 2**256


POS_NAMES = tuple(POS)


def _digest(row):
    """The digest of a row's parts of speech, by the words of `identity`."""
    numbers = b"".join(number.to_bytes(4, "little") for number in row["pos_tags"])
    key = hashlib.blake2b(len(numbers).to_bytes(4, "little") + numbers, digest_size=16).digest()
    return int.from_bytes(hashlib.sha256(row["id"].encode() + b"\n" + key).digest(), "big")


def test_datasets_reads_the_names_from_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"), split="train")
    assert loaded.features["pos_tags"].feature.names == list(POS)
    assert loaded.features["chunk_tags"].feature.names == list(LABELS)
    assert [row["pos_tags"] for row in loaded] == [row["pos_tags"] for row in rows_of(tmp_path / "out", "train")]


def test_the_bytes_do_not_depend_on_workers_order_or_engine(tmp_path):
    declaration = corpus(tmp_path / "in")
    build_corpus(declaration, tmp_path / "one", workers=1)
    build_corpus(declaration, tmp_path / "two", workers=2)
    build_corpus(declaration, tmp_path / "sent", engine=Shuffler())
    (tmp_path / "in" / "a.txt").rename(tmp_path / "in" / "z.txt")
    build_corpus(declaration, tmp_path / "last", workers=1)
    assert shas(tmp_path / "one") == shas(tmp_path / "two") == shas(tmp_path / "sent")
    tables = [sorted(rows_of(tmp_path / name), key=lambda row: row["id"]) for name in ("one", "last")]
    assert [row["pos_tags"] for row in tables[0]] == [row["pos_tags"] for row in tables[1]]


def test_an_edit_of_a_layer_changes_the_shard_of_its_sentence_alone(tmp_path):
    write_sentences(tmp_path / "in")
    before = build_corpus(corpus(tmp_path / "in"), tmp_path / "before", workers=1)
    text = (tmp_path / "in" / "a.txt").read_text()
    first, _, rest = text.partition("\n")
    word, pos, *others = first.split(" ")
    (tmp_path / "in" / "a.txt").write_text(" ".join([word, "VB" if pos != "VB" else "NN", *others]) + "\n" + rest)
    after = build_corpus(corpus(tmp_path / "in"), tmp_path / "after", workers=1)
    old, new = ({file.path: file.sha256 for file in made.manifest.data_files()} for made in (before, after))
    assert sum(old[path] != new[path] for path in old) == 1
    digests = [
        [{name: totals.layers[name].digest for name in LAYERS} for totals in made.manifest.sole.splits.values()]
        for made in (before, after)
    ]
    changed = {name for one, other in zip(*digests, strict=True) for name in LAYERS if one[name] != other[name]}
    assert changed == {"pos_tags"}


@pytest.mark.parametrize(
    ("line", "code", "found", "col"),
    [
        ("odd JJ O odd O", "unknown-tag", "found the class 'JJ' in pos_tags; expected a class of the layer pos_tags: NN, VB, DT; mend the text, or add it to the names of its layer in LAYERS", 5),
        ("odd NNN O odd O", "unknown-tag", "(did you mean 'NN'?)", 5),
        ("odd NN B-PP odd O", "unknown-tag", "found the tag 'B-PP' in chunk_tags", 8),
        ("odd NN I-NP odd O", "invalid-transition", "found the tag 'I-NP' at the start of a sentence in chunk_tags", 8),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_layer_is_named_at_its_place(line, code, found, col, tmp_path):
    write_sentences(tmp_path / "in")
    (tmp_path / "in" / "c.txt").write_text(f"{line}\n\n")
    declaration = corpus(tmp_path / "in")
    [problem] = [one for one in check_corpus(declaration, workers=1).problems if one.severity == "error"]
    assert (problem.code, problem.path, problem.line, problem.col) == (code, "c.txt", 1, col)
    assert found in problem.message
    with pytest.raises(DataError):
        build_corpus(declaration, tmp_path / "out", workers=1)


def test_policies_apply_to_layers(tmp_path):
    write_sentences(tmp_path / "in")
    (tmp_path / "in" / "c.txt").write_text("odd JJ O odd O\n\nstart NN I-NP start O\n\n")
    policies = Policies({"unknown-tag": "drop", "invalid-transition": "repair"})
    made = build_corpus(corpus(tmp_path / "in", policies=policies), tmp_path / "out", workers=1)
    assert (made.report.published, made.report.rejected) == (61, 1)
    [rejected] = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert (rejected["tokens"], rejected["reasons"]) == (["odd"], ["unknown-tag"])
    assert published(rows_of(tmp_path / "out"))["start",]["chunk_tags"] == ("B-NP",)


def test_a_copy_with_another_layer_is_no_duplicate(tmp_path):
    write_sentences(tmp_path / "in")
    (tmp_path / "in" / "c.txt").write_text("twice NN O twice O\n\ntwice VB O twice O\n\n")
    declaration = corpus(tmp_path / "in")
    counts = check_corpus(declaration, workers=1).problem_counts
    assert counts["conflicting-duplicate"] == 2
    dropped = replace(declaration, policies=Policies({"conflicting-duplicate": "drop"}))
    build_corpus(dropped, tmp_path / "out", workers=1)
    left = [json.loads(line) for line in (tmp_path / "out.rejected.jsonl").read_text().splitlines()]
    assert sorted(one["layers"]["pos_tags"][0] for one in left) == ["NN", "VB"]
    # Without layers, what the columns say is not looked at.
    assert check_corpus(replace(declaration, layers={}), workers=1).problem_counts["duplicate"] == 1


def test_a_layer_may_have_another_name_than_its_column(tmp_path):
    layers = {"pos": TokenClasses(POS, column="pos_tags")}
    made = build_corpus(corpus(tmp_path / "in", layers=layers), tmp_path / "out", workers=1)
    assert made.manifest.sole.extra == ("pos", "chunk_tags", "lemma")
    assert made.manifest.sole.layers["pos"].columns == ("pos_tags",)


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (lambda: {"xpos": TokenClasses(["A"])}, "the layer 'xpos' is read from the column 'xpos', which the dialect does not give"),
        (lambda: {"tokens": TokenClasses(["A"])}, "that name is taken"),
        (lambda: {"pos_tags": TokenClasses([])}, "TokenClasses is given"),
        (lambda: {"pos_tags": TokenClasses(["A", "B", "A"])}, "names 'A' more than once"),
        (lambda: {"pos_tags": TokenClasses(["A B"])}, "has 'A B' for a name"),
        (lambda: {"chunk_tags": FlatSpans("NP")}, "FlatSpans is given 'NP'"),
        (lambda: {"chunk_tags": FlatSpans(["NP"], scheme="IOBX")}, "no tag scheme is named 'IOBX'"),
    ],
)  # fmt: skip
def test_what_cannot_be_declared_is_one_clear_error(layers, message, tmp_path):
    with pytest.raises(ScriptError, match=message.replace("(", r"\(")):
        corpus(tmp_path / "in", layers=layers())


def test_a_layer_has_a_scheme_of_its_own(tmp_path):
    (tmp_path / "in").mkdir()
    lines = [f"w{i} NN S-NP w{i} O\nx NN B-VP x O\ny NN E-VP y O\n\n" for i in range(60)]
    (tmp_path / "in" / "a.txt").write_text("".join(lines))
    layers = {"chunk_tags": FlatSpans(CHUNKS, scheme="BIOES")}
    build_corpus(corpus(tmp_path / "in", layers=layers), tmp_path / "out", workers=1)
    assert {row["chunk_tags"] for row in published(rows_of(tmp_path / "out"), layers).values()} == {
        ("B-NP", "B-VP", "I-VP")
    }


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (LayerRecord(kind="trees", names=()), "of the kind 'trees'; this tagpress knows classes, flat"),
        (LayerRecord(kind="classes", names=()), "has impossible names"),
        (LayerRecord(kind="flat", names=("O", "I-X", "B-X")), "has names that no flat layer has"),
    ],
)
def test_a_layer_of_a_manifest_that_nobody_can_read_is_refused(record, message, tmp_path):
    made = build_corpus(corpus(tmp_path / "in"), tmp_path / "out", workers=1)
    with pytest.raises(ManifestError, match=message):
        layers_of(replace(made.manifest.sole, layers={**made.manifest.sole.layers, "pos_tags": record}))


def test_every_kind_says_what_it_is():
    assert list(KINDS) == [kind.kind for kind, _ in KINDS.values()]
    assert all(kind.called and kind.heading for kind, _ in KINDS.values())


def test_what_no_layer_names_stays_a_column_of_texts(tmp_path):
    made = build_corpus(corpus(tmp_path / "in", layers={}), tmp_path / "out", workers=1)
    assert (made.manifest.sole.extra, made.manifest.sole.layers) == (("chunk_tags", "lemma", "pos_tags"), None)
    assert dict(CONLL.extra).keys() == {*made.manifest.sole.extra}
