"""A release of several configurations: each is told apart, and one without a name is written as ever."""

import json
from pathlib import Path
from typing import Any

import pytest

from release.builds import write_build
from tagpress.corpus.manifest import Manifest
from tagpress.errors import ManifestError, UsageError

CONFIG_KEYS = ("label_names", "split_rule", "shards", "splits", "sources", "counts", "rejected")


@pytest.fixture(scope="module")
def flat(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return json.loads((write_build(tmp_path_factory.mktemp("configs") / "build") / "release.json").read_bytes())


@pytest.fixture
def document(flat: dict[str, Any]) -> dict[str, Any]:
    """The same splits three times: as de, as en, and without a name."""
    document = json.loads(json.dumps(flat))
    config = {key: document.pop(key) for key in CONFIG_KEYS}
    shards = [file for file in document["files"] if "rows" in file]
    folders = {"de": "data/de/", "en": "data/en/", "default": "data/"}
    copies = [{**file, "path": folder + file["path"][5:]} for folder in folders.values() for file in shards]
    others = [file for file in document["files"] if "rows" not in file]
    document["files"] = sorted([*others, *copies], key=lambda file: file["path"])
    document["configs"] = [{"config": name, **json.loads(json.dumps(config))} for name in folders]
    return {**document, "format_version": 2, "default_config": "de"}


def read(document: object) -> Manifest:
    return Manifest.from_bytes(json.dumps(document).encode())


def test_each_configuration_has_its_own_shards(document: dict[str, Any]) -> None:
    manifest = read(document)
    assert list(manifest.released) == ["de", "en", "default"]
    for name, folder in (("de", "data/de"), ("en", "data/en"), ("default", "data")):
        config = manifest.config(name)
        assert {str(Path(file.path).parent) for file in config.data_files()} == {folder}
        assert {file.path for file in config.data_files("train")} < {file.path for file in config.data_files()}
        assert all(manifest.config_of(file.path) is config for file in config.data_files())
    assert manifest.config() is manifest.config("de")
    assert sum(len(config.files) for config in manifest.released.values()) == len(manifest.data_files())
    assert manifest.rows == 3 * manifest.config("en").rows


def test_several_are_read_back_as_they_were_written(document: dict[str, Any]) -> None:
    manifest = read(document)
    written = json.loads(manifest.to_bytes())
    assert written["format_version"] == 2
    assert [config.get("config", "default") for config in written["configs"]] == ["de", "en", "default"]
    assert Manifest.from_bytes(manifest.to_bytes()) == manifest


def test_one_without_a_name_is_format_1(flat: dict[str, Any], document: dict[str, Any]) -> None:
    document["configs"] = [one for one in document["configs"] if one["config"] == "default"]
    document["default_config"] = "default"
    document["files"] = [file for file in document["files"] if file["path"].count("/") < 2 or "rows" not in file]
    manifest = read(document)
    assert manifest == read(flat)
    assert json.loads(manifest.to_bytes()) == {**flat, "changelog": []}


def test_a_name_that_is_not_there_lists_those_that_are(document: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="has no configuration 'fr'") as raised:
        read(document).config("fr")
    assert raised.value.hint == "it has de, en, default"


def test_whoever_can_do_one_only_refuses_several(flat: dict[str, Any], document: dict[str, Any]) -> None:
    assert read(flat).sole.config == "default"
    with pytest.raises(UsageError, match="has the configurations de, en, default, and this is done with one"):
        _ = read(document).sole


def _stray(document: dict[str, Any]) -> None:
    shard = next(file for file in document["files"] if file["path"].startswith("data/en/"))
    document["files"].append({**shard, "path": "data/fr/train-00000-of-00001.parquet"})
    document["files"].sort(key=lambda file: file["path"])


def _extra_split(document: dict[str, Any]) -> None:
    shard = next(file for file in document["files"] if file["path"].startswith("data/en/"))
    document["files"].append({**shard, "path": "data/en/more-00000-of-00001.parquet"})
    document["files"].sort(key=lambda file: file["path"])


def _long_folds(document: dict[str, Any]) -> None:
    """A name that is as long as can be, and folds, whose names would be longer."""
    config = document["configs"][1]
    config["config"], config["split_rule"]["kind"] = "x" * 64, "folds"
    one = config["splits"]["test"]
    config["splits"] = {"fold_0": one, "fold_1": one}
    config["shards"] = {"fold_0": 1, "fold_1": 1}
    document["files"] = [file for file in document["files"] if not file["path"].startswith("data/en/")]


FAULTS = {
    "unknown default": (lambda d: d.update(default_config="fr"), "default_config: 'fr' is none of them"),
    "no folder": (lambda d: d["configs"][1].update(config="../en"), "configs[1].config: '../en' cannot be the name"),
    "twice": (lambda d: d["configs"][1].update(config="DE"), "configs: must have names that differ on every file"),
    "a shard of none": (_stray, "files: 'data/fr/train-00000-of-00001.parquet' is a shard of no configuration"),
    "a shard of no split": (_extra_split, "configs[1].shards: found 5 of 4 files"),
    "rows": (
        lambda d: d["configs"][1]["splits"]["train"].update(rows=999),
        "configs[1].splits.train.rows: the shards have",
    ),
    "folds": (
        lambda d: d["configs"][1]["split_rule"].update(kind="folds"),
        "configs[1].splits: must be fold_0, fold_1 and so on, where they are folds",
    ),
    "long folds": (
        _long_folds,
        "configs: ['xxxxxxxx",
    ),
    "missing": (lambda d: d["configs"][2].pop("label_names"), "configs[2].label_names: missing"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_its_configuration(document: dict[str, Any], fault: str) -> None:
    change, message = FAULTS[fault]
    change(document)
    with pytest.raises(ManifestError) as raised:
        read(document)
    assert message in raised.value.message
