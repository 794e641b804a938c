"""Given splits of any names go all the way: check, build, card, YAML, load, stream, export, diff, preview, verify."""

from pathlib import Path

import datasets
import pytest
import yaml

import tagpress
from tagpress.build.corpus import Build, build_corpus, check_corpus
from tagpress.card import parse_template
from tagpress.diff import diff_builds, directory
from tagpress.export import export_build, target_named
from tagpress.hub import Hub
from tagpress.preview import write_preview
from tagpress.preview.subject import beside
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release
from tagpress.script.builder import load_script

NAMES = ("test_2020", "train", "gold.core", "unlabelled")
SCRIPT = """\
import datasets, tagpress
class Small(tagpress.CorpusBuilder):
    '''A small corpus.'''
    NAME = "small"
    VERSION = datasets.Version("{version}")
    ENTITY_TYPES = {{"Language": "A language."}}
    SOURCES = {sources}
    CARD = "card.md"
    POLICY = {{"split-leakage": "drop"}}
"""
CARD = """\
---
pretty_name: Small
license: mit
---
{{ splits.test_2020.sentences }} of 2020, {{ splits["gold.core"].sentences }} gold.

{{ blocks.splits }}

{{ blocks.load }}

{{ blocks.changelog }}
"""


def corpus(folder: Path, names: tuple[str, ...], version: str = "1.0.0") -> Path:
    """Write a corpus in which every split has five sentences of its own and one that all share."""
    folder.mkdir()
    for name in names:
        own = "".join(f"Rust\tB-Language\n{name}\tO\nrun{i}\tO\n\n" for i in range(5))
        (folder / f"{name}.txt").write_text(f"{own}Shared\tO\nRust\tB-Language\n")
    (folder / "card.md").write_text(CARD)
    sources = {name: f"{name}.txt" for name in names}
    (folder / "small.py").write_text(SCRIPT.format(sources=sources, version=version))
    return folder / "small.py"


@pytest.fixture(scope="module")
def build(tmp_path_factory) -> Build:
    folder = tmp_path_factory.mktemp("names")
    return build_corpus(load_script(corpus(folder / "corpus", NAMES)).declaration(), folder / "out")


def test_they_are_built_in_the_declared_order_and_the_last_test_keeps_what_leaks(build):
    assert build.report.splits == {"test_2020": 5, "train": 5, "gold.core": 6, "unlabelled": 5}
    assert build.manifest.sole.split_names == NAMES
    assert {file.path for file in build.manifest.data_files()} == {f"data/{n}-00000-of-00001.parquet" for n in NAMES}
    assert beside(build.out, "rejected").read_text().count("split-leakage") == 3


def test_the_card_has_them_in_that_order(build):
    readme = (build.out / "README.md").read_text()
    front = yaml.safe_load(parse_template(readme, "README.md").front)
    assert [one["split"] for one in front["configs"][0]["data_files"]] == list(NAMES)
    assert [one["name"] for one in front["dataset_info"]["splits"]] == list(NAMES)
    assert "5 of 2020, 6 gold." in readme
    assert [readme.index(f"| {name} ") for name in NAMES] == sorted(readme.index(f"| {name} ") for name in NAMES)


def test_they_are_published_verified_loaded_and_streamed(build, local, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    hub = Hub(endpoint=local.endpoint, token=local.token)
    assert publish_build(build.out, hub=hub, repo="me/small").tag == "v1.0.0"
    assert verify_release("me/small", "v1.0.0", hub=hub).ok
    rows = list(tagpress.stream(build.out, None, "gold.core", shuffle=False))
    assert sum(map(len, rows)) == 6


def test_datasets_loads_each_of_them(build, tmp_path):
    found = datasets.load_dataset(str(build.out), cache_dir=str(tmp_path))
    assert {name: rows.num_rows for name, rows in found.items()} == build.report.splits
    assert list(found) == list(NAMES)
    assert datasets.load_dataset(str(build.out), split="gold.core", streaming=True).take(1)


def test_the_script_is_a_datasets_builder(tmp_path):
    builder = load_script(corpus(tmp_path / "corpus", NAMES))(cache_dir=str(tmp_path / "cache"))
    builder.download_and_prepare()
    assert list(builder.as_dataset()) == list(NAMES)


def test_they_are_exported_in_that_order(build, tmp_path):
    made = export_build(build.out, target_named("jsonl"), tmp_path / "{split}.jsonl")
    assert [file.split for file in made.files] == list(NAMES)


def test_they_are_on_the_page(build, tmp_path):
    write_preview(build.out, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert all(name in page for name in NAMES)


def test_a_split_that_goes_is_a_major_change_and_one_that_comes_a_minor_one(build, tmp_path):
    less = build_corpus(load_script(corpus(tmp_path / "less", NAMES[:3], "2.0.0")).declaration(), tmp_path / "out")
    gone = diff_builds(directory(build.out), directory(less.out))
    assert (gone.bump, gone.splits_removed) == ("major", ("unlabelled",))
    assert "Splits removed: unlabelled." in gone.lines
    assert diff_builds(directory(less.out), directory(build.out)).bump == "minor"


def test_near_duplicates_are_counted_in_the_split_that_does_not_keep_them(tmp_path):
    script = corpus(tmp_path / "corpus", ("test", "train"))
    (tmp_path / "corpus" / "test.txt").write_text("Rust\tB-Language\nran\tO\n")
    (tmp_path / "corpus" / "train.txt").write_text("rust\tB-Language\nRan\tO\n")
    (tmp_path / "corpus" / "card.md").write_text("---\npretty_name: x\n---\n{{ blocks.splits }}\n")
    found = [one for one in check_corpus(load_script(script).declaration()).problems if one.code == "near-duplicate"]
    assert [(one.path, one.line) for one in found] == [("train.txt", 1)]
    assert found[0].found.startswith("1 sentence of train nearly in test")
