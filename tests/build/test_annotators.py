"""Annotators with files or layers of their own are compared with each other; what is published is what SOURCES says."""

import hashlib
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.provenance import published_script
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.manifest import Manifest
from tagpress.diff import diff_builds
from tagpress.diff.compare import directory
from tagpress.errors import DataError, ScriptError, UsageError
from tagpress.script.builder import load_script

SCRIPT = '''import datasets

import tagpress


class Letters(tagpress.CorpusBuilder):
    """Letters that several people have annotated."""

    NAME = "letters"
    VERSION = datasets.Version("1.0.0")
    DIALECT = tagpress.Columns(delimiter=" ")
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
    CARD = "card.md"
    SOURCES = "gold.txt"
    {more}
'''
TYPES = 'ENTITY_TYPES = {"PER": "A person.", "LOC": "A place."}'
FILES = 'ANNOTATORS = {"anna": "anna/*.txt", "ben": "ben/*.txt"}'
CARD = """---
license: cc0-1.0
---
# Letters

{{ blocks.load }}
{{ blocks.changelog }}

{{ blocks.agreement }}
"""
GOLD = "Ada B-PER\nsaw O\nOslo B-LOC\n\nBen B-PER\nslept O\n"
# In one.txt: of anna's three spans and ben's three, two are the same. A copy of a sentence counts each time: "Yes Ada" stands
# twice in anna's file and three times in ben's. In two.txt, one sentence is anna's alone.
ANNA = {
    "one.txt": "Ada B-PER\nsaw O\nOslo B-LOC\n\nYes O\nAda B-PER\n\nYes O\nAda O\n",
    "two.txt": "rain O\nfell O\n",
}
BEN = {
    "one.txt": "Ada B-PER\nsaw O\nOslo B-PER\n\nYes O\nAda B-PER\n\nYes O\nAda O\n\nYes O\nAda O\n",
    "two.txt": "Rain O\nfell O\n",
}


def corpus(folder: Path, *more: str, **annotators: dict[str, str]) -> Path:
    for name, files in {"anna": ANNA, "ben": BEN, **annotators}.items():
        (folder / name).mkdir(parents=True)
        for path, text in files.items():
            (folder / name / path).write_text(text)
    (folder / "gold.txt").write_text(GOLD)
    (folder / "card.md").write_text(CARD)
    (folder / "letters.py").write_text(SCRIPT.format(more="\n    ".join(more or (TYPES, FILES))))
    return folder / "letters.py"


def agreements(script: Path):
    return check_corpus(load_script(script).declared(), workers=1).agreement


def test_files_are_aligned_by_document_text_and_the_number_of_the_copy(tmp_path):
    (found,) = agreements(corpus(tmp_path))
    (pair,) = found.pairs
    assert (found.between, found.layer, found.by) == ("annotators", "ner_tags", "document and text")
    assert (pair.sentences, pair.only_first, pair.only_second) == (3, 1, 2)
    assert (pair.types["PER"].first, pair.types["PER"].second, pair.types["PER"].same) == (2, 3, 2)
    assert pair.spans.f1 == pytest.approx(2 * 2 / (3 + 3))
    assert found.alone == {"anna": 1, "ben": 2}
    assert found.alone_at == {"anna": "anna/two.txt:1", "ben": "ben/one.txt:11"}
    # Seven tokens, one of which is said to be of two types: coincidences are LOC-PER twice; 14 names: 8 O, 5 PER, 1 LOC.
    assert found.alpha == pytest.approx(1 - 13 * 2 / (14**2 - 8**2 - 5**2 - 1))
    # PER against all else: 9 others, 5 PER.
    assert found.types["PER"] == pytest.approx(1 - 13 * 2 / (14**2 - 9**2 - 5**2))


def test_files_without_a_name_in_common_are_aligned_by_text(tmp_path):
    script = corpus(tmp_path, TYPES, FILES, ben={"b1.txt": BEN["one.txt"], "b2.txt": BEN["two.txt"]})
    (found,) = agreements(script)
    assert (found.by, found.sentences) == ("text", 3)


def test_one_file_each_need_not_have_the_same_name_and_documents_in_them_count(tmp_path):
    one = "# doc 1\nYes O\nAda B-PER\n\n# doc 2\nYes O\nAda O\n"
    two = "# doc 1\nMore O\n\n# doc 2\nYes O\nAda O\n"
    dialect = 'DIALECT = tagpress.Columns(delimiter=" ", document_name="# doc ")'
    script = corpus(tmp_path, TYPES, FILES, dialect, anna={"x.txt": one}, ben={"y.txt": two})
    (found,) = agreements(script)
    assert (found.by, found.sentences, found.pairs[0].spans.f1) == ("document and text", 1, None)
    assert found.alone == {"anna": 1, "ben": 1}


def test_nothing_of_the_annotators_is_published_and_the_card_says_how_far_they_agree(tmp_path):
    script = corpus(tmp_path / "corpus")
    without = corpus(tmp_path / "without", TYPES)
    found = build_corpus(load_script(script).declared(), tmp_path / "build", workers=1)
    other = build_corpus(load_script(without).declared(), tmp_path / "other", workers=1)
    assert [file.sha256 for file in found.manifest.files if file.rows] == [
        file.sha256 for file in other.manifest.files if file.rows
    ]
    assert [source.path for source in found.manifest.sole.sources] == ["gold.txt"]
    readme = (tmp_path / "build" / "README.md").read_text()
    assert "| anna | ben | 3 | 1 | 2 | 0.667 |" in readme
    assert "published is what the sources have. Sentences are matched by document and text." in readme
    assert "| `PER` | 0.800 | 0.711 |" in readme
    assert "anna" not in (tmp_path / "other" / "README.md").read_text()


def test_a_card_that_does_not_say_how_far_they_agree_is_warned_of(tmp_path):
    script = corpus(tmp_path)
    (tmp_path / "card.md").write_text(CARD.replace("{{ blocks.agreement }}", ""))
    warnings = check_corpus(load_script(script).declared(), workers=1).card_warnings
    assert any("annotators are declared, and the card does not say how far they agree" in one for one in warnings)


def test_the_gate_and_what_is_printed(tmp_path, capsys):
    script = str(corpus(tmp_path))
    assert run(cli, ["check", script, "--min-agreement", "0.6"]) == 0
    assert run(cli, ["check", script, "--min-agreement", "0.7"]) == 1
    said = capsys.readouterr().err
    assert "agreement: ner_tags between annotators" in said
    assert "  ben: 2 sentences that nobody else has, the first at ben/one.txt:11" in said
    assert "anna and ben agree in 0.667 of their spans (F1) in ner_tags, and 0.7 is wanted" in said
    assert run(cli, ["check", script, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["agreement"]["compared"]
    assert (told["pairs"][0]["span_f1"], told["aligned_by"]) == (0.6667, "document and text")


def test_what_is_wrong_in_a_file_of_an_annotator_stops_a_build_and_is_said_once(tmp_path):
    broken = {"one.txt": BEN["one.txt"].replace("slept O", "slept B-XXX") + "\nEve B-XXX\n"}
    report = check_corpus(load_script(corpus(tmp_path / "a", TYPES, FILES, ben=broken)).declared(), workers=1)
    assert [(one.code, one.path, one.line) for one in report.problems if one.severity == "error"] == [
        ("unknown-tag", "ben/one.txt", 14)
    ]
    assert report.agreement.compared[0].left_out == {"ben": 1}
    with pytest.raises(DataError, match="1 unknown-tag"):
        build_corpus(load_script(tmp_path / "a" / "letters.py").declared(), tmp_path / "build", workers=1)
    # The same file is published, and read as one of the annotators.
    script = corpus(tmp_path / "b", TYPES, FILES, 'SOURCES = "ben/*.txt"', ben=broken)
    report = check_corpus(load_script(script).declared(), workers=1)
    assert report.problem_counts["unknown-tag"] == 1


def test_annotators_of_one_export_are_told_apart_by_their_dialects(tmp_path):
    def task(annotator: int, label: str) -> dict[str, object]:
        value = {"start": 0, "end": 3, "text": "Ada", "labels": [label]}
        return {
            "completed_by": annotator,
            "result": [{"from_name": "l", "to_name": "t", "type": "labels", "value": value}],
        }

    export = [{"id": 1, "data": {"text": "Ada slept"}, "annotations": [task(1, "PER"), task(2, "LOC")]}]
    dialect = 'tagpress.Spans(format="label-studio", tokens="whitespace", annotator="{}")'
    more = (
        TYPES,
        'SOURCES = "export.json"',
        f"DIALECT = {dialect.format(1)}",
        'ANNOTATORS = {"one": {}, "two": {"DIALECT": ' + dialect.format(2) + "}}",
    )
    script = corpus(tmp_path, *more)
    (tmp_path / "export.json").write_text(json.dumps(export))
    (found,) = agreements(script)
    assert (found.sentences, found.pairs[0].spans.f1) == (1, 0)
    build_corpus(load_script(script).declared(), tmp_path / "build", workers=1)
    (shard,) = (tmp_path / "build" / "data").iterdir()
    assert pq.read_table(shard)["ner_tags"].to_pylist() == [[1, 0]]  # PER, as the first of them says


BRAT = {
    "anna": {"1.txt": "Ada saw Oslo", "1.ann": "T1\tPER 0 3\tAda\nT2\tLOC 8 12\tOslo\n"},
    "ben": {"1.txt": "Ada saw Oslo", "1.ann": "T1\tPER 0 3\tAda\nT2\tPER 8 12\tOslo\n"},
    "cara": {"1.txt": "Ada saw Oslo", "1.ann": "T1\tPER 0 3\tAda\n"},
}


def test_folders_of_brat_of_three_annotators(tmp_path):
    dialect = 'DIALECT = tagpress.Standoff(token="whitespace")'
    names = 'ANNOTATORS = {name: f"{name}/*.txt" for name in ("anna", "ben", "cara")}'
    script = corpus(tmp_path, TYPES, dialect, names, 'SOURCES = "anna/*.txt"', **BRAT)
    (found,) = agreements(script)
    assert [(one.first, one.second, one.spans.f1) for one in found.pairs] == [
        ("anna", "ben", 0.5),
        ("anna", "cara", pytest.approx(2 / 3)),
        ("ben", "cara", pytest.approx(2 / 3)),
    ]
    # Three tokens of three: PER PER PER, O O O, and LOC PER O, of which all six ordered pairs are apart, each with weight 1/2.
    assert found.alpha == pytest.approx(1 - 8 * 3 / (81 - 16 - 16 - 1))


LAYERED = "Ada B-PER NNP B-PER NN\nsaw O VB O VB\nOslo B-LOC NNP B-PER NNP\n"
LAYERS = (
    TYPES,
    'SOURCES = "layers.txt"',
    'DIALECT = tagpress.Columns(delimiter=" ", extra=(("pos", 2), ("second", 3), ("pos_two", 4)))',
    '_WORDS = {"pos": tagpress.TokenClasses(["NNP", "VB", "NN"]), "pos_two": tagpress.TokenClasses(["NN", "NNP", "VB"])}',
    'LAYERS = _WORDS | {"second": tagpress.FlatSpans(["LOC", "PER"])}',
)


def layered(folder: Path, *more: str) -> Path:
    script = corpus(folder, *LAYERS, *more)
    (folder / "layers.txt").write_text(LAYERED)
    return script


def test_layers_are_annotators_of_each_other(tmp_path):
    script = layered(tmp_path, 'ANNOTATORS = [["ner_tags", "second"], ["pos", "pos_two"]]')
    tags, pos = agreements(script)
    assert (tags.between, tags.layer, tags.by) == ("layers", "ner_tags / second", "row")
    assert tags.pairs[0].spans.f1 == 0.5
    assert (tags.pairs[0].first, tags.pairs[0].second) == ("ner_tags", "second")
    assert (pos.unit, pos.pairs[0].spans.f1) == ("tokens", pytest.approx(2 / 3))
    # Names are NNP, VB, NNP and NN, VB, NNP; one unit of three is apart.
    assert pos.alpha == pytest.approx(1 - 5 * 2 / (36 - 9 - 4 - 1))
    build_corpus(load_script(script).declared(), tmp_path / "build", workers=1)
    readme = (tmp_path / "build" / "README.md").read_text()
    assert "**`pos` / `pos_two`**. Each annotator is a layer. Sentences are matched by row." in readme


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ('[["ner_tags", "pos"]]', "'ner_tags' and 'pos', which have not the same kind and types"),
        ('[["ner_tags", "third"]]', "names the layer 'third', which there is not"),
        ('[["ner_tags"]]', "one layer agrees with nobody"),
        ('{"anna": "anna/*.txt"}', "ANNOTATORS names 'anna' alone, who agrees with nobody"),
        ('{"anna": "anna/*.txt", "ben": {"CARD": "x.md"}}', "annotator 'ben': CARD is that of the whole release"),
        ('{"anna": "anna/*.txt", "ben": {"SOURCE": "x.md"}}', "no attribute of a corpus; did you mean SOURCES"),
        ('{"anna": "anna/*.txt", "ben": {"ENTITY_TYPES": {}, "LAYERS": {}}}', "annotator 'ben': ENTITY_TYPES is empty"),
        ("True", "ANNOTATORS is True; write it as"),
        ('{"anna": 1}', "ANNOTATORS is"),
    ],
)
def test_annotators_that_cannot_be_compared_are_refused(tmp_path, declared, said):
    script = layered(tmp_path, f"ANNOTATORS = {declared}")
    with pytest.raises(ScriptError) as caught:
        load_script(script).declared()
    assert said in str(caught.value)


def test_layers_of_files_are_compared_by_name_and_what_cannot_be_is_said(tmp_path):
    nested = 'tagpress.NestedSpans(["PER", "LOC"], columns=("outer", "inner"))'
    dialect = 'DIALECT = tagpress.Columns(delimiter=" ", extra=(("outer", 2), ("inner", 3), ("pos", 4), ("lemma", 5)))'
    layers = f'LAYERS = {{"spans": {nested}, "pos": tagpress.TokenClasses(["N", "V"]), "lemma": tagpress.TokenTexts()}}'
    one = "New O B-LOC O N new\nYork O I-LOC B-PER N york\nslept O O O V sleep\n"
    two = "New O B-LOC O N new\nYork O I-LOC B-LOC N york\nslept O O O N sleep\n"
    none = 'ANNOTATORS = {"anna": "anna/*.txt", "ben": "ben/*.txt", "cara": {"LAYERS": {"spans": SPANS}, "SOURCES": "ben/*.txt"}}'
    more = (TYPES, dialect, layers, none.replace("SPANS", nested), 'SOURCES = "anna/*.txt"')
    found = agreements(corpus(tmp_path, *more, anna={"1.txt": one}, ben={"1.txt": two}))
    tags, spans, pos = found
    assert (tags.layer, spans.layer, pos.layer) == ("ner_tags", "spans", "pos")
    assert spans.pairs[0].types["LOC"].f1 == pytest.approx(2 / 3)
    assert (spans.pairs[0].spans.f1, spans.pairs[2].spans.f1) == (0.5, 1)
    # The types of the three tokens: {LOC}, {LOC, PER} or {LOC}, none.
    assert spans.alpha == pytest.approx(1 - 8 * 2 / (81 - 25 - 1 - 9))
    assert (pos.pairs[0].types["N"].f1, len(pos.pairs)) == (0.8, 1)
    assert found.not_compared == (
        "pos of cara: there is none",
        "lemma between annotators: it holds texts",
    )


def test_configurations_declare_annotators_of_their_own(tmp_path):
    configs = (
        'CONFIGS = {"de": {"SOURCES": "anna/*.txt", "ANNOTATORS": {"anna": "anna/*.txt", "ben": "ben/*.txt"}},'
        ' "en": {"SOURCES": "gold.txt"}}'
    )
    script = corpus(tmp_path, TYPES, configs)
    (found,) = agreements(script)
    assert (found.config, found.title) == ("de", "de: ner_tags between annotators")
    both = check_corpus(load_script(script).declared(), workers=1, agreement=True).agreement
    assert [one.between for one in both] == ["configurations", "annotators"]
    with pytest.raises(UsageError, match="one configuration, en, and agreement is between several"):
        check_corpus(load_script(script).declared().only("en"), workers=1, agreement=True)


def test_no_order_of_files_or_workers_changes_what_is_found(tmp_path):
    one = agreements(corpus(tmp_path / "a"))
    declared = 'ANNOTATORS = {"anna": ["anna/two.txt", "anna/one.txt"], "ben": ["ben/two.txt", "ben/one.txt"]}'
    other = check_corpus(load_script(corpus(tmp_path / "b", TYPES, declared)).declared(), workers=2).agreement
    assert one.to_json() == other.to_json()


def test_the_files_of_annotators_stand_in_the_manifest_by_name_and_a_change_of_one_is_a_change_of_sources(tmp_path):
    script = corpus(tmp_path / "here")
    build_corpus(load_script(script).declared(), tmp_path / "one", workers=1)
    manifest = Manifest.load(tmp_path / "one")
    record = manifest.configs[0]
    assert [(one.path, one.sentences) for one in record.sources] == [("gold.txt", 2)]
    assert {name: [(one.path, one.sentences) for one in files] for name, files in record.annotators.items()} == {
        "anna": [("one.txt", 3), ("two.txt", 1)],
        "ben": [("one.txt", 4), ("two.txt", 1)],
    }
    data = ANNA["one.txt"].encode()
    assert record.annotators["anna"][0].bytes == len(data)
    assert record.annotators["anna"][0].sha256 == hashlib.sha256(data).hexdigest()
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest
    (tmp_path / "here" / "ben" / "two.txt").write_text("rain O\nfell O\n")
    build_corpus(load_script(script).declared(), tmp_path / "two", workers=1)
    diff = diff_builds(directory(tmp_path / "one"), directory(tmp_path / "two"))
    assert diff.to_json()["sources_changed"]
    assert diff.to_json()["bump"] == "patch"


def test_no_files_of_annotators_are_named_where_layers_are_compared(tmp_path):
    script = layered(tmp_path, 'ANNOTATORS = [["ner_tags", "second"]]')
    build_corpus(load_script(script).declared(), tmp_path / "build", workers=1)
    assert "annotators" not in json.loads((tmp_path / "build" / "release.json").read_text())


def test_what_signs_the_url_of_an_annotator_is_not_published(tmp_path):
    url = "https://u:hunter2@h/anna.txt?sig=f00dfeed"
    script = corpus(tmp_path, TYPES, f'ANNOTATORS = {{"anna": "{url}", "ben": "ben/*.txt"}}')
    published = published_script(load_script(script).declared())
    assert b"https://h/anna.txt" in published
    assert b"hunter2" not in published
    assert b"f00dfeed" not in published
