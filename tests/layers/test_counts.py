"""What check and diff count of layers: each name of what was read, by configuration, and no name that nobody declared."""

import json
from collections import Counter

import pytest

from layers.made import CHUNKS, CONLL, LAYERS, POS, corpus, naively_read, rows_of
from layers.three import write_three
from made_corpora import declare
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.diff import diff_builds, directory
from tagpress.read.columns import Columns
from tagpress.script.builder import load_script


def test_what_was_read_is_counted_by_layer_as_a_plain_reader_counts_it(tmp_path):
    report = check_corpus(corpus(tmp_path))
    read = naively_read(tmp_path).values()
    pos, chunks = (Counter(cell for columns in read for cell in columns[at]) for at in (0, 1))
    assert report.layers == {
        "pos_tags": {name: pos[name] for name in POS},
        "chunk_tags": {name: chunks[name] for name in LAYERS["chunk_tags"].names},
    }
    assert report.to_json()["layers"] == report.layers
    assert sum(report.layers["pos_tags"].values()) == report.tokens


def test_what_nobody_declared_counts_for_no_name(tmp_path):
    (tmp_path / "a.txt").write_text("a NN B-NP a O\nb XX B-XP b O\nc XX O c O\n\n")
    report = check_corpus(corpus(tmp_path))
    assert report.layers["pos_tags"] == {"NN": 1, "VB": 0, "DT": 0}
    assert report.layers["chunk_tags"] == dict.fromkeys(LAYERS["chunk_tags"].names, 0) | {"B-NP": 1, "O": 1}
    assert report.problem_counts["unknown-tag"] == 3


def test_nested_spans_are_counted_by_type(tmp_path):
    (tmp_path / "a.txt").write_text("New\tB-LOC\tB-ORG\nYork\tI-LOC\tO\nTimes\tB-XX\tO\n\n")
    dialect = Columns(extra={"inner": 2})
    layers = {"entities": NestedSpans(["LOC", "ORG"], columns=("ner_tags", "inner"))}
    report = check_corpus(declare(tmp_path, entity_types={}, dialect=dialect, layers=layers))
    assert report.layers == {"entities": {"LOC": 1, "ORG": 1}}


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    return write_three(folder)


def test_configurations_are_counted_beside_each_other(three, capfd):
    assert run(cli, ["check", str(three)]) in {0, 1}
    said = capfd.readouterr().err
    labels = said.partition("layer pos_tags\n")[2].partition("\n\n")[0].splitlines()
    report = check_corpus(load_script(three).declared())
    assert labels[0].split() == ["name", "de", "en", "fr", "all"]
    for line in labels[1:]:
        name, *counts = line.split()
        own = [one.layers["pos_tags"][name] for one in report.configs.values()]
        assert counts == [str(count) for count in (*own, sum(own))]
    assert {line.split()[0] for line in labels[1:]} == {*POS}
    assert report.layers["pos_tags"]["NN"] == sum(one.layers["pos_tags"]["NN"] for one in report.configs.values())
    assert "layer lemma" not in said  # texts have no names to count


def test_a_diff_counts_the_names_of_a_layer_that_changed(tmp_path, capfd):
    build_corpus(corpus(tmp_path / "in"), tmp_path / "old", workers=1)
    text = (tmp_path / "in" / "a.txt").read_text()
    lines = text.split("\n")
    place = next(i for i, line in enumerate(lines) if " NN " in line)
    lines[place] = lines[place].replace(" NN ", " VB ")
    (tmp_path / "in" / "a.txt").write_text("\n".join(lines))
    build_corpus(corpus(tmp_path / "in", version="1.0.1"), tmp_path / "new", workers=1)
    found = diff_builds(directory(tmp_path / "old"), directory(tmp_path / "new")).layers["pos_tags"].counts
    old, new = (Counter(tag for row in rows_of(tmp_path / name) for tag in row["pos_tags"]) for name in ("old", "new"))
    assert found == {"NN": (old[0], new[0]), "VB": (old[1], new[1])}
    assert (new[0] - old[0], new[1] - old[1]) == (-1, 1)
    assert run(cli, ["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 0
    said = capfd.readouterr().err
    assert f"layer pos_tags\nname  was  is\nNN    {old[0]:>3}  {new[0]}" in said
    assert run(cli, ["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["layers"]["pos_tags"]["counts"]["NN"] == [old[0], new[0]]


def test_a_layer_that_comes_is_counted_from_nothing(tmp_path):
    layers = {"chunk_tags": FlatSpans(CHUNKS)}
    build_corpus(corpus(tmp_path / "in", dialect=CONLL, layers=layers), tmp_path / "old", workers=1)
    more = {**layers, "pos_tags": TokenClasses(POS)}
    build_corpus(corpus(tmp_path / "in", layers=more), tmp_path / "new", workers=1)
    found = diff_builds(directory(tmp_path / "old"), directory(tmp_path / "new")).layers["pos_tags"]
    assert found.change == "added"
    assert sum(now for was, now in found.counts.values()) == 300
    assert {was for was, _ in found.counts.values()} == {0}


def test_a_diff_of_configurations_counts_each(three, tmp_path, capfd):
    declared = load_script(three).declared()
    build_corpus(declared, tmp_path / "old", workers=1)
    path = three.parent / "de" / "a.txt"
    kept, _, dropped = path.read_text().rstrip().rpartition("\n\n")
    try:
        path.write_text(f"{kept}\n\n")
        build_corpus(declared, tmp_path / "new", workers=1)
    finally:
        path.write_text(f"{kept}\n\n{dropped}\n\n")
    run(cli, ["diff", str(tmp_path / "old"), str(tmp_path / "new")])
    said = capfd.readouterr().err.partition("changed sentences\n")[2].splitlines()
    assert said[0].split() == ["configuration", "added", "removed", "relabelled", "moved"]
    assert said[1].split() == ["de", "0", "1", "0", "0"]
    assert said[2].split() == ["en", "0", "0", "0", "0"]
