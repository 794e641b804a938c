"""Folds: every sentence is published once, and each configuration tests on one fold and trains on all others."""

import json
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import tagpress
from configs.made import FOLDS, SCRIPT, declared, expected, write_corpus
from made_corpora import shas
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.build.declared import Declared
from tagpress.corpus.manifest import Manifest
from tagpress.diff import compare_releases, diff_builds, directory
from tagpress.errors import ScriptError, UsageError
from tagpress.export import export_build, target_named
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release
from tagpress.script.builder import load_script

NAMES = ["default", "fold-0", "fold-1", "fold-2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folds")
    build_corpus(declared(folder / "corpus", FOLDS), folder / "build")
    return folder


def ids(build: Path, manifest: Manifest, config: str, split: str) -> list[str]:
    files = manifest.config(config).data_files(split)
    return [one for file in files for one in pq.read_table(build / file.path)["id"].to_pylist()]


def test_no_sentence_is_published_twice(folder: Path) -> None:
    manifest = Manifest.load(folder / "build")
    assert list(manifest.loadable) == NAMES
    assert list(manifest.released) == ["default"]
    paths = [f"data/fold_{number}-00000-of-00001.parquet" for number in range(3)]
    assert [file.path for file in manifest.data_files()] == paths
    folds = [set(ids(folder / "build", manifest, "default", f"fold_{number}")) for number in range(3)]
    assert sum(map(len, folds)) == len(set.union(*folds)) == len(expected(folder / "corpus", "de"))
    for number in range(3):
        config = manifest.config(f"fold-{number}")
        assert config.split_names == ("train", "test")
        assert set(ids(folder / "build", manifest, config.config, "test")) == folds[number]
        train = ids(folder / "build", manifest, config.config, "train")
        assert (len(train), set(train)) == (config.splits["train"].rows, set.union(*folds) - folds[number])
    assert (
        json.loads(manifest.to_bytes())["format_version"] == 2
    )  # who knows no folds must not take it for three splits


def test_it_is_loaded_by_name_before_it_is_tagged(folder: Path, local: LocalHub, tmp_path: Path) -> None:
    hub = Hub(endpoint=local.endpoint, token=local.token)
    done = publish_build(folder / "build", hub=hub, repo="me/folds")
    assert (done.tag, done.default_config) == ("v1.0.0", "default")
    assert verify_release("me/folds", "v1.0.0", hub=hub, deep=True).ok
    loaded = tagpress.load("me/folds", "1.0.0", config="fold-1", endpoint=local.endpoint, token=local.token)
    manifest = Manifest.load(folder / "build")
    assert {split: part["id"] for split, part in loaded.items()} == {
        split: ids(folder / "build", manifest, "fold-1", split) for split in ("train", "test")
    }


@pytest.mark.slow
def test_readers_take_a_fold_by_name(folder: Path, tmp_path: Path) -> None:
    manifest = Manifest.load(folder / "build")
    stream = tagpress.stream(folder / "build", None, "train", config="fold-2")
    assert [one for batch in stream for one in batch["id"].to_pylist()] == ids(
        folder / "build", manifest, "fold-2", "train"
    )
    exported = export_build(folder / "build", target_named("jsonl"), tmp_path / "{split}.jsonl", config="fold-2")
    assert {file.split: file.rows for file in exported.files} == {
        split: len(ids(folder / "build", manifest, "fold-2", split)) for split in ("train", "test")
    }


@pytest.mark.slow
def test_the_builder_of_datasets_knows_folds(folder: Path, tmp_path: Path) -> None:
    builder = load_script(folder / "corpus" / "languages.py")
    assert list(builder.builder_configs) == NAMES
    manifest = Manifest.load(folder / "build")
    for name in ("fold-0", None):
        found = builder(config_name=name, cache_dir=str(tmp_path / "cache"))
        found.download_and_prepare()
        assert {split: sorted(part["id"]) for split, part in found.as_dataset().items()} == {
            split: sorted(ids(folder / "build", manifest, name or "default", split))
            for split in manifest.config(name).split_names
        }


def test_an_edit_is_that_of_a_fold(folder: Path, tmp_path: Path) -> None:
    corpus = declared(tmp_path / "corpus", FOLDS)
    path = tmp_path / "corpus" / "de" / "test.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Köln\tB-LOC", "Köln\tO", 1), encoding="utf-8")
    build_corpus(corpus, tmp_path / "build")
    before, after = (
        {path: sha for path, sha in shas(one).items() if path.startswith("data/")}
        for one in (folder / "build", tmp_path / "build")
    )
    assert len({path for path in before if before[path] != after[path]}) == 1
    diff = diff_builds(directory(folder / "build"), directory(tmp_path / "build"))
    assert (diff.bump, diff.total("relabelled")) == ("patch", 1)
    assert diff.lines[0].startswith("1 sentence relabelled (fold_")
    with pytest.raises(UsageError, match="fold-1 is made of the folds of default"):
        compare_releases(directory(folder / "build"), directory(tmp_path / "build"), config="fold-1")


def test_the_folds_of_a_language_have_its_name(tmp_path: Path) -> None:
    script = SCRIPT.replace('tagpress.HashSplits(salt="1")', "tagpress.Folds(2)")
    manifest = build_corpus(declared(tmp_path / "corpus", script), tmp_path / "build").manifest
    assert list(manifest.loadable) == ["de", "zh-Hans", "pcm", "pcm-fold-0", "pcm-fold-1"]
    assert set(manifest.config("pcm-fold-1").splits) == {"train", "test"}
    assert {str(Path(file.path).parent) for file in manifest.config("pcm-fold-1").data_files()} == {"data/pcm"}


def test_more_than_ten_folds_stay_in_their_order(tmp_path: Path) -> None:
    script = FOLDS.replace("Folds(3)", 'Folds(11, salt="4")').replace('"de/*.txt"', '["de/*.txt", "pcm/*.txt"]')
    corpus = declared(tmp_path / "corpus", script)
    salt = next(str(one) for one in range(1, 200) if check_corpus(with_salt(corpus, str(one))).ok)
    build_corpus(with_salt(corpus, salt), tmp_path / "build")
    manifest = Manifest.load(tmp_path / "build")
    assert list(manifest.loadable)[1:] == [f"fold-{number}" for number in range(11)]


def with_salt(corpus: Declared, salt: str) -> Declared:
    return corpus.each(lambda one: replace(one, splits=replace(one.splits, salt=salt)))


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("Folds(3)", "Folds(1)", "SPLITS has 1 folds"),
        ('SOURCES = "de/*.txt"', 'SOURCES = {"train": "de/*.txt"}', "SOURCES gives the splits and SPLITS makes folds"),
        (
            "    _UNREAD",
            '    CONFIGS = {"de": {}, "de-fold-1": {}}\n    _UNREAD',
            "'de-fold-1' is a configuration, and folds make one of this name",
        ),
        (
            "    _UNREAD",
            f'    CONFIGS = {{"{"x" * 60}": {{}}}}\n    _UNREAD',
            "cannot be the name of a configuration that folds make; give the one it is of a shorter name",
        ),
    ],
)
def test_what_folds_cannot_be(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    with pytest.raises(ScriptError) as raised:
        load_script(write_corpus(tmp_path, FOLDS.replace(right, wrong))).declared()
    assert message in raised.value.message
