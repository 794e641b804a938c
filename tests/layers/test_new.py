"""`tagpress new` proposes layers for further columns, as code that works."""

import random
from pathlib import Path

import pytest

from layers.made import rows_of
from tagpress.build.corpus import build_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.script.builder import load_script
from tagpress.script.new import new_corpus

_CHUNKS = ("B-NP", "I-NP", "O", "B-VP", "B-NP")


def written(tmp_path: Path, text: str, name: str = "a.txt"):
    """Write a corpus, let `new` describe it, build what it wrote, and return all three."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_text(text)
    made = new_corpus("found", [str(tmp_path / "in" / name)], tmp_path)
    declaration = load_script(made.script).declaration()
    build = build_corpus(declaration, tmp_path / "out", workers=1)
    return made, declaration, build


def sentences(columns, count=80):
    chance = random.Random(1)
    for number in range(count):
        yield [columns(chance, number, place) for place in range(5)]


def test_parts_of_speech_and_chunks_of_a_conll_corpus_are_layers(tmp_path):
    def line(chance, number, place):
        pos = chance.choice(["NNP", "VBZ", ".", "DT", "PRP$"])
        return f"Word{number}{place} {pos} {_CHUNKS[place]} {'B-PER' if place == 3 else 'O'}"

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n"
    made, declaration, build = written(tmp_path, text)
    assert declaration.layers == {
        "pos_tags": TokenClasses([".", "DT", "NNP", "PRP$", "VBZ"]),
        "chunk_tags": FlatSpans(["NP", "VP"]),
    }
    assert not any("holds tags too" in doubt for doubt in made.doubts)
    assert made.to_json()["layers"]["chunk_tags"] == "tagpress.FlatSpans(['NP', 'VP'])"
    assert build.report.ok
    assert "The layer `pos_tags`" in (tmp_path / "out" / "README.md").read_text()
    expected = {tuple(one.split(" ")[0] for one in part.split("\n")): part for part in text.strip().split("\n\n")}
    for row in rows_of(tmp_path / "out"):
        pos = [line.split(" ")[1] for line in expected[tuple(row["tokens"])].split("\n")]
        assert [declaration.layers["pos_tags"].names[number] for number in row["pos_tags"]] == pos


def test_entities_in_entities_are_a_nested_layer(tmp_path):
    def line(_, number, place):
        outer = ("B-ORG", "I-ORG", "O", "O", "B-PER")[place]
        return f"Wort{number}{place}\t{outer}\t{'B-LOC' if place == 1 else 'B-PER' if place == 0 else 'O'}"

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n"
    made, declaration, build = written(tmp_path, text)
    assert declaration.layers == {"entities": NestedSpans(["ORG", "PER", "LOC"], columns=("ner_tags", "ner_inner"))}
    assert build.report.ok
    assert len(rows_of(tmp_path / "out")[0]["entities"]) == 4
    assert made.layered.columns == (2,)


def test_parts_of_speech_of_a_treebank_are_layers(tmp_path):
    def line(chance, number, place):
        upos = chance.choice(["NOUN", "VERB", "DET"])
        return (
            f"{place + 1}\tword{number}{place}\tlemma\t{upos}\t_\t_\t0\tdep\t_\tname={'B-PER' if place == 2 else 'O'}"
        )

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n\n"
    _, declaration, build = written(tmp_path, text, "a.conllu")
    assert declaration.layers == {"upos": TokenClasses(["DET", "NOUN", "VERB"], column="UPOS")}
    assert build.manifest.sole.extra == ("source_id", "upos")
    assert build.report.ok


@pytest.mark.parametrize("column", ["{number}", "lemma{number}", "_", "Mixed Case", "12"])
def test_what_is_no_layer_is_left_as_it_was(column, tmp_path):
    def line(_, number, place):
        return f"word{number}{place}\t{column.format(number=number)}\t{'B-PER' if place == 2 else 'O'}"

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n"
    made, declaration, _ = written(tmp_path, text)
    assert (declaration.layers, made.layered.layers) == ({}, {})
    assert "LAYERS" not in made.script.read_text()


def test_the_command_says_which_layers_it_found(tmp_path, capfd):
    text = "".join(f"w{i}\tNN\tO\nx{i}\tVB\tB-PER\n\n" for i in range(80))
    (tmp_path / "a.txt").write_text(text)
    assert run(cli, ["new", "found", str(tmp_path / "a.txt"), "--out", str(tmp_path)]) == 0
    said = capfd.readouterr().err
    assert "layer pos_tags: tagpress.TokenClasses(['NN', 'VB'])" in said
    assert "extra=(('pos_tags', 1),)" in said
