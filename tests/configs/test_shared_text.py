"""Where configurations share text, none trains on what another one tests; where nobody says so, they do not know of each other."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from configs.made import SCRIPT, declared, sentences, write_corpus, write_source
from made_corpora import shas
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.corpus.manifest import Manifest
from tagpress.errors import DataError, ScriptError
from tagpress.script.builder import load_script

POLICY = '    POLICY = {"split-leakage": "drop"}\n    CONFIGS'
LINE = "    SHARED_TEXT = True\n"


def leaky(folder: Path, more: str = LINE + POLICY) -> Path:
    """The test of de is in the training data of zh-Hans, and the validation of zh-Hans is in that of de, too."""
    script = write_corpus(folder, SCRIPT.replace("    CONFIGS", more, 1).replace('"GPE": "A state or a town.", ', ""))
    for name in ("train.txt", "dev.txt", "test.txt"):
        split = {"train.txt": "train", "dev.txt": "validation", "test.txt": "test"}[name]
        own = [
            (tokens, tuple(tag.replace("GPE", "LOC") for tag in tags)) for tokens, tags in sentences("zh-Hans", split)
        ]
        extra = sentences("de", "test")[:2] if split == "train" else sentences("de", split)[:1]
        write_source(folder / "zh-Hans" / name, [*own, *(extra if split != "test" else [])])
    return script


def texts(build: Path, config: str, split: str) -> set[tuple[str, ...]]:
    files = Manifest.load(build).config(config).data_files(split)
    return {tuple(row) for file in files for row in pq.read_table(build / file.path)["tokens"].to_pylist()}


def test_what_one_tests_leaves_the_training_data_of_another(tmp_path: Path) -> None:
    corpus = load_script(leaky(tmp_path / "corpus")).declared()
    made = build_corpus(corpus, tmp_path / "build")
    tested = texts(tmp_path / "build", "de", "test")
    assert not texts(tmp_path / "build", "zh-Hans", "train") & tested
    assert len(tested) == 5
    # Both have it in validation: that is no leak, and it stays in both.
    assert len(texts(tmp_path / "build", "de", "validation") & texts(tmp_path / "build", "zh-Hans", "validation")) == 1
    found = [one for one in made.report.problems if one.code == "split-leakage"]
    assert len(found) == 2
    assert found[0].path.endswith("zh-Hans/train.txt")
    assert "a sentence of zh-Hans/train that de/test has at " in found[0].found
    assert "de/test.txt:" in found[0].found
    config = made.manifest.config("zh-Hans")
    assert config.counts == {"read": 33, "published": 31, "rejected": 2}
    assert config.rejected == {"split-leakage": 2}
    lines = (tmp_path / "build.rejected.jsonl").read_text(encoding="utf-8").splitlines()
    assert [(json.loads(line)["config"], json.loads(line)["reasons"]) for line in lines] == [
        ("zh-Hans", ["split-leakage"])
    ] * 2


def test_it_is_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    corpus = load_script(leaky(tmp_path / "corpus")).declared()
    for workers in (1, 2):
        build_corpus(corpus, tmp_path / str(workers), workers=workers)
    assert shas(tmp_path / "1") == shas(tmp_path / "2")


def test_given_splits_are_their_owners_to_mend(tmp_path: Path) -> None:
    corpus = load_script(leaky(tmp_path / "corpus", LINE + "    CONFIGS")).declared()
    with pytest.raises(DataError, match="2 split-leakage"):
        build_corpus(corpus, tmp_path / "build")
    assert check_corpus(corpus.only("zh-Hans")).ok


@pytest.mark.parametrize("shared", ["", '    SHARED_TEXT = [["de", "pcm"]]\n'])
def test_others_do_not_know_of_each_other(tmp_path: Path, shared: str) -> None:
    report = check_corpus(load_script(leaky(tmp_path, shared + "    CONFIGS")).declared())
    assert "split-leakage" not in report.problem_counts


def test_a_group_is_enough(tmp_path: Path) -> None:
    report = check_corpus(load_script(leaky(tmp_path, '    SHARED_TEXT = [["de", "zh-Hans"]]\n    CONFIGS')).declared())
    assert report.problem_counts["split-leakage"] == 2


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ('[["de", "fr"]]', "SHARED_TEXT names 'fr', which is none of CONFIGS: de, zh-Hans, pcm"),
        ('["de", "pcm"]', "SHARED_TEXT is ['de', 'pcm']; write it as True, or groups of names"),
        ('"de"', "SHARED_TEXT is 'de'; write it as True, or groups of names"),
    ],
)
def test_what_it_cannot_say(tmp_path: Path, said: str, message: str) -> None:
    with pytest.raises(ScriptError) as raised:
        declared(tmp_path, SCRIPT.replace("    CONFIGS", f"    SHARED_TEXT = {said}\n    CONFIGS", 1))
    assert message in raised.value.message
