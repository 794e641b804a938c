"""Whoever reads a release reads one configuration: the named one, or the default one, and a command says so."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

import tagpress
from configs.made import LANGUAGES, SIZES, Sentence, declared, expected, read_source
from tagpress.build.corpus import build_corpus
from tagpress.card.croissant import croissant
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.corpus.manifest import Manifest
from tagpress.errors import UsageError
from tagpress.export import export_build, target_named
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.preview import write_preview
from tagpress.release.publish import publish_build


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus, and its build."""
    folder = tmp_path_factory.mktemp("readers")
    build_corpus(declared(folder / "corpus"), folder / "build")
    return folder


def labelled(rows: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> set[Sentence]:
    return {(tuple(row["tokens"]), tuple(names[tag] for tag in row["ner_tags"])) for row in rows}


@pytest.mark.parametrize("config", [*LANGUAGES, None])
def test_a_stream_is_of_one_configuration(folder: Path, config: str | None) -> None:
    read: set[Sentence] = set()
    for split in SIZES:
        stream = tagpress.stream(folder / "build", None, split, config=config)
        read |= labelled((row for batch in stream for row in batch.to_pylist()), stream.label_names)
    assert read == expected(folder / "corpus", config or "zh-Hans")


def test_a_state_is_of_one_configuration(folder: Path) -> None:
    state = tagpress.stream(folder / "build", None, "train", config="de").state_dict()
    with pytest.raises(UsageError, match=r"languages 1\.0\.0 de"):
        tagpress.stream(folder / "build", None, "train", config="zh-Hans").load_state_dict(state)


def test_a_configuration_that_is_not_there(folder: Path) -> None:
    for reading in (
        lambda: tagpress.stream(folder / "build", None, "train", config="fr"),
        lambda: export_build(folder / "build", target_named("jsonl"), folder / "x", config="fr"),
        lambda: write_preview(folder / "build", folder / "x.html", config="fr"),
    ):
        with pytest.raises(UsageError, match=r"languages 1\.0\.0 has no configuration 'fr'") as raised:
            reading()
        assert raised.value.hint == "it has de, zh-Hans, pcm"


def test_load_gives_one_configuration(folder: Path, tmp_path: Path, local: LocalHub, monkeypatch: Any) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    publish_build(folder / "build", hub=Hub(endpoint=local.endpoint, token=local.token), repo="me/languages")
    for config in (*LANGUAGES, None):
        loaded = tagpress.load("me/languages", "1.0.0", config=config, endpoint=local.endpoint, token=local.token)
        read: set[Sentence] = set()
        for part in loaded.values():
            assert part.info.config_name == (config or "zh-Hans")
            read |= labelled(part, tuple(part.features["ner_tags"].feature.names))
        assert read == expected(folder / "corpus", config or "zh-Hans")
    with pytest.raises(UsageError, match="has no configuration 'fr'"):
        tagpress.load("me/languages", "1.0.0", config="fr", endpoint=local.endpoint, token=local.token)


def test_an_export_reads_back_as_its_configuration(folder: Path, tmp_path: Path) -> None:
    target = target_named("columns", documents=False)
    for config in (*LANGUAGES, None):
        name = config or "zh-Hans"
        export_build(folder / "build", target, tmp_path / f"{name}-{{split}}.txt", config=config)
        read = {one for path in tmp_path.glob(f"{name}-*.txt") for one in read_source(path)}
        assert read == expected(folder / "corpus", name)


def test_a_page_shows_one_configuration(folder: Path, tmp_path: Path) -> None:
    write_preview(folder / "build", tmp_path / "de.html", config="de")
    page = (tmp_path / "de.html").read_text(encoding="utf-8")
    assert "languages/de" in page
    assert "Köln" in page
    assert "北京" not in page


def test_commands_take_the_default_one_and_say_so(folder: Path, tmp_path: Path, capsys: Any) -> None:
    build, out = str(folder / "build"), str(tmp_path / "out-{split}.txt")
    assert run(cli, ["export", build, "--to", "columns", "-o", out]) == 0
    assert "the configuration is zh-Hans, the default one; --config chooses another: de, pcm" in capsys.readouterr().err
    assert run(cli, ["export", build, "--to", "columns", "-o", out, "--config", "de"]) == 0
    assert "the default one" not in capsys.readouterr().err
    assert "Köln" in (tmp_path / "out-train.txt").read_text(encoding="utf-8")
    script = str(folder / "corpus" / "languages.py")
    assert run(cli, ["check", script, "--config", "pcm", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sentences"] == sum(SIZES.values())
    assert run(cli, ["check", script, "--config", "fr", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["hint"] == "it has de, zh-Hans, pcm"
    assert run(cli, ["check", script, script, "--json"]) == 2
    assert "SOURCE replaces the sources of one" in json.loads(capsys.readouterr().out)["error"]["message"]


@pytest.mark.filterwarnings("ignore")  # mlcroissant's own, which are not ours to mend
def test_croissant_has_the_record_sets_of_each(folder: Path) -> None:
    manifest = Manifest.load(folder / "build")
    meanings = {"zh-Hans": {"GPE": "A state or a town.", "LOC": "A place.", "PER": "A person."}}
    document = json.loads(croissant(manifest, repo="me/languages", descriptions=meanings))
    sets = [part["@id"] for part in document["recordSet"]]
    assert sets == [f"{name}/{one}" for name in LANGUAGES for one in ("splits", "labels", "sentences")]
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    found = mlcroissant.Dataset(jsonld=document, mapping={"repo": folder / "build"})
    assert found.metadata.issues.errors == set()
    for name in LANGUAGES:
        rows = list(found.records(f"{name}/sentences"))
        assert len(rows) == sum(SIZES.values())
        labels = [row[f"{name}/labels/name"] for row in found.records(f"{name}/labels")]
        assert tuple(labels) == manifest.config(name).label_names
        read = {
            (
                tuple(token.decode() for token in row[f"{name}/sentences/tokens"]),
                tuple(labels[tag] for tag in row[f"{name}/sentences/ner_tags"]),
            )
            for row in rows
        }
        assert read == expected(folder / "corpus", name)
