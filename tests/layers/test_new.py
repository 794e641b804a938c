"""`tagpress new` proposes layers for further columns, as code that works."""

import json
import random
from pathlib import Path

import datasets
import pandas as pd
import pytest

from layers.made import rows_of
from tagpress.build.corpus import build_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.layers.flat_spans import FlatSpans
from tagpress.corpus.layers.nested_spans import NestedSpans
from tagpress.corpus.layers.token_classes import TokenClasses
from tagpress.errors import SourceError
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
    assert made.guessed.layered.columns == (2,)


def test_parts_of_speech_of_a_treebank_are_layers(tmp_path):
    def line(chance, number, place):
        upos = chance.choice(["NOUN", "VERB", "DET"])
        return (
            f"{place + 1}\tword{number}{place}\tlemma\t{upos}\t_\t_\t0\tdep\t_\tname={'B-PER' if place == 2 else 'O'}"
        )

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n\n"
    _, declaration, build = written(tmp_path, text, "a.conllu")
    assert declaration.layers == {"upos": TokenClasses(["DET", "NOUN", "VERB"], column="UPOS")}
    assert build.manifest.sole.extra == ("upos",)
    assert build.report.ok


@pytest.mark.parametrize("column", ["{number}", "lemma{number}", "_", "Mixed Case", "12"])
def test_what_is_no_layer_is_left_as_it_was(column, tmp_path):
    def line(_, number, place):
        return f"word{number}{place}\t{column.format(number=number)}\t{'B-PER' if place == 2 else 'O'}"

    text = "\n\n".join("\n".join(lines) for lines in sentences(line)) + "\n"
    made, declaration, _ = written(tmp_path, text)
    assert (declaration.layers, made.guessed.layered.layers) == ({}, {})
    assert "LAYERS" not in made.script.read_text()


def test_the_command_says_which_layers_it_found(tmp_path, capfd):
    text = "".join(f"w{i}\tNN\tO\nx{i}\tVB\tB-PER\n\n" for i in range(80))
    (tmp_path / "a.txt").write_text(text)
    assert run(cli, ["new", "found", str(tmp_path / "a.txt"), "--out", str(tmp_path)]) == 0
    said = capfd.readouterr().err
    assert "layer pos_tags: tagpress.TokenClasses(['NN', 'VB'])" in said
    assert "extra=(('pos_tags', 1),)" in said


POS = ("NOUN", "VERB", "DET", "PUNCT")


def treebank(count=60):
    """Return a treebank in CoNLL-U, with a line for a multiword token."""
    chance = random.Random(2)
    for number in range(count):
        yield f"# sent_id = s{number}"
        for place in range(1, 5):
            if place == 2:
                yield "2-3\tboth" + "\t_" * 8
            yield f"{place}\tWord{number}{place}\tword\t{chance.choice(POS)}" + "\t_" * 6
        yield ""


def test_a_treebank_with_parts_of_speech_needs_no_entities(tmp_path):
    made, declaration, build = written(tmp_path, "\n".join(treebank()) + "\n", "a.conllu")
    assert declaration.layers == {"upos": TokenClasses(sorted(POS), column="UPOS")}
    assert (declaration.entity_types, build.report.ok, made.report.sentences) == ({}, True, 60)
    text = made.script.read_text()
    assert "ENTITY_TYPES" not in text
    assert "- part-of-speech\n" in made.card.read_text()
    assert all("ner_tags" not in row for row in rows_of(tmp_path / "out"))


def _columns_of(chance, number, place):
    return f"Word{number}{place}", chance.choice(POS), chance.choice(["NN", "VBZ", ".", "DT"])


SPELLED = {
    "tabs": ("a.tsv", "\t".join, {"pos_tags", "pos_tags_2"}),
    "spaces": ("a.txt", " ".join, {"pos_tags", "pos_tags_2"}),
    "one column": ("a.tsv", lambda row: "\t".join(row[:2]), {"pos_tags"}),
    "csv": ("a.csv", ",".join, {"pos_tags", "pos_tags_2"}),
}


@pytest.mark.parametrize("name", SPELLED)
def test_columns_with_parts_of_speech_need_no_entities(name, tmp_path):
    file, spelled, layers = SPELLED[name]
    text = "\n\n".join("\n".join(map(spelled, lines)) for lines in sentences(_columns_of)) + "\n"
    made, declaration, build = written(tmp_path, text, file)
    assert set(declaration.layers) == layers
    assert declaration.dialect.tag is None
    assert build.report.ok
    read = {tuple(row["tokens"]) for row in rows_of(tmp_path / "out")}
    assert read == {tuple(row[0] for row in lines) for lines in sentences(_columns_of)}
    assert "and no tag" in made.script.read_text()


def test_conllu_plus_with_parts_of_speech_needs_no_entities(tmp_path):
    lines = [line for line in treebank() if "-" not in line.split("\t")[0]]
    rows = ["\t".join(line.split("\t")[i] for i in (0, 1, 3)) if "\t" in line else line for line in lines]
    _, declaration, build = written(tmp_path, "\n".join(["# global.columns = ID FORM UPOS", *rows, ""]), "a.conllup")
    assert declaration.layers == {"upos": TokenClasses(sorted(POS), column="UPOS")}
    assert (declaration.dialect.tag, build.report.ok) == (None, True)


def test_what_is_neither_tags_nor_parts_of_speech_is_still_refused(tmp_path):
    text = "\n\n".join("\n".join(f"w{n}{i} {'ABC'[i]}" for i in range(3)) for n in range(40))
    (tmp_path / "a.txt").write_text(text)
    with pytest.raises(SourceError, match="no column reads like tags"):
        new_corpus("found", [str(tmp_path / "a.txt")], tmp_path)


def _records(count=60):
    chance = random.Random(3)
    for number in range(count):
        yield {
            "tokens": [f"Word{number}", "in", "Oslo"],
            "ner_tags": ["O", "O", "B-LOC"],
            "pos": [chance.choice(POS) for _ in range(3)],
            "chunks": ["B-NP", "B-PP", "B-NP"],
            "other_tags": ["B-PER", "O", "O"],
            "topics": ["A", "B"],
            "url": f"https://example.org/{number}",
        }


EXPECTED = {"pos": TokenClasses(sorted(POS)), "chunks": FlatSpans(["NP", "PP"])}
LISTS = {
    "lines": ("a.jsonl", lambda rows: "".join(f"{json.dumps(row)}\n" for row in rows)),
    "array": ("a.json", json.dumps),
    "csv": ("a.csv", lambda rows: pd.DataFrame(rows).to_csv(index=False)),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_along_the_tokens_are_layers(name, tmp_path):
    file, spelled = LISTS[name]
    made, declaration, build = written(tmp_path, spelled(list(_records())), file)
    assert declaration.layers == EXPECTED
    assert build.report.ok
    assert set(made.report.unread) == {"other_tags", "topics", "url"}
    read = {tuple(row["tokens"]): row["pos"] for row in rows_of(tmp_path / "out")}
    names = sorted(POS)
    assert {key: [names[tag] for tag in tags] for key, tags in read.items()} == {
        tuple(row["tokens"]): row["pos"] for row in _records()
    }


def test_labels_of_parquet_keep_the_order_of_their_numbers(tmp_path):
    names = ["verb", "noun", "never"]
    features = datasets.Features({
        "tokens": datasets.List(datasets.Value("string")),
        "ner_tags": datasets.List(datasets.ClassLabel(names=["O", "B-LOC", "I-LOC"])),
        "pos_tags": datasets.List(datasets.ClassLabel(names=names)),
    })  # fmt: skip
    held = {"tokens": [[f"w{i}", "Oslo"] for i in range(60)], "ner_tags": [[0, 1]] * 60, "pos_tags": [[1, 0]] * 60}
    datasets.Dataset.from_dict(held, features=features).to_parquet(tmp_path / "a.parquet")
    made = new_corpus("found", [str(tmp_path / "a.parquet")], tmp_path)
    declaration = load_script(made.script).declaration()
    assert declaration.layers == {"pos_tags": TokenClasses(names)}
    build_corpus(declaration, tmp_path / "out", workers=1)
    assert {tuple(row["pos_tags"]) for row in rows_of(tmp_path / "out")} == {(1, 0)}
