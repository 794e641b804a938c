"""Annotators of the same sentences are compared on what both have, and what only one has is counted."""

import json
from pathlib import Path

import pytest

from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import UsageError
from tagpress.script.builder import load_script

SCRIPT = '''import datasets

import tagpress


class Twice(tagpress.CorpusBuilder):
    """Letters that two have annotated."""

    NAME = "twice"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {{"PER": "A person.", "LOC": "A place."}}
    DIALECT = tagpress.Columns(delimiter=" ")
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
    CARD = "card.md"
    CONFIGS = {configs}
'''
CARD = """---
license: cc0-1.0
---
# Twice

{{ blocks.load }}
{{ blocks.changelog }}

{{ blocks.agreement }}
"""
# Of six spans of anna's and five of ben's three are the same; each has a sentence that the other has not.
ANNA = "Ada B-PER\nin O\nOslo B-LOC\n\nNew B-LOC\nYork I-LOC\n\nBen B-PER\nslept O\n\nRome B-LOC\nburnt O\n\nEve B-PER\nate O\n"
BEN = (
    "Ada B-PER\nin O\nOslo B-LOC\n\nNew O\nYork B-LOC\n\nBen B-PER\nslept O\n\nRome B-PER\nburnt O\n\nrain O\nfell O\n"
)
CONFIGS = '{"anna": {"SOURCES": "anna.txt"}, "ben": {"ENTITY_TYPES": {"LOC": "A place.", "PER": "A person."}, "SOURCES": "ben.txt"}}'


def corpus(folder: Path, configs: str = CONFIGS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in {
        "anna.txt": ANNA,
        "ben.txt": BEN,
        "card.md": CARD,
        "twice.py": SCRIPT.format(configs=configs),
    }.items():
        (folder / name).write_text(text)
    return folder / "twice.py"


def test_pairs_are_compared_on_what_both_have_by_the_names_of_types(tmp_path):
    found = check_corpus(load_script(corpus(tmp_path)).declared(), workers=1, agreement=True).agreement.compared[0]
    (pair,) = found.pairs
    assert (pair.sentences, pair.only_first, pair.only_second) == (4, 1, 1)
    assert (pair.spans.first, pair.spans.second, pair.spans.same) == (5, 5, 3)
    assert found.alone == {"anna": 1, "ben": 1}
    document = found.to_json()
    assert document["pairs"][0]["span_f1"] == 0.6
    assert document["pairs"][0]["types"] == {"PER": 0.8, "LOC": 0.4}
    assert 0 < found.alpha < 1


def test_who_agrees_wholly_has_one_in_everything(tmp_path):
    script = corpus(tmp_path, '{"a": {"SOURCES": "anna.txt"}, "b": {"SOURCES": "anna.txt"}}')
    found = check_corpus(load_script(script).declared(), workers=1, agreement=True).agreement.compared[0]
    assert (found.pairs[0].spans.f1, found.alpha, found.types) == (1, 1, {"PER": 1, "LOC": 1})
    assert found.alone == {"a": 0, "b": 0}


def test_the_gate_ends_with_one_and_says_who_disagrees(tmp_path, capsys):
    script = str(corpus(tmp_path))
    assert run(cli, ["check", script, "--min-agreement", "0.5"]) == 0
    assert run(cli, ["check", script, "--min-agreement", "0.8"]) == 1
    said = capsys.readouterr().err
    assert "error    agreement: anna and ben agree in 0.600 of their spans (F1) in ner_tags, and 0.8 is wanted" in said
    assert "4 sentences are in two configurations or more, the same by text; in one alone: anna 1, ben 1" in said
    assert "  anna: 1 sentences that nobody else has, the first at anna.txt:14" in said
    assert run(cli, ["check", script, "--min-agreement", "0.8", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["agreement_fault"].startswith("anna and ben agree")
    assert document["agreement"]["compared"][0]["sentences"] == 4


def test_one_configuration_agrees_with_nobody(tmp_path):
    declared = load_script(corpus(tmp_path)).declared().only("anna")
    with pytest.raises(UsageError, match="one configuration, anna, and agreement is between several"):
        check_corpus(declared, workers=1, agreement=True)


def test_a_card_that_shows_it_has_it(tmp_path):
    build = build_corpus(load_script(corpus(tmp_path / "corpus")).declared(), tmp_path / "build", workers=1)
    readme = (tmp_path / "build" / "README.md").read_text()
    assert "| anna | ben | 4 | 1 | 1 | 0.600 |" in readme
    assert f"is {build.report.agreement.compared[0].alpha:.3f}; of each type" in readme
    assert "| `LOC` | 0.400 |" in readme
