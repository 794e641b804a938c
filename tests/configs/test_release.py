"""One commit and one tag for all configurations, and every one of them is loaded before it is tagged."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from configs.made import LANGUAGES, declared, expected
from release.cases import configured
from tagpress.build.corpus import build_corpus
from tagpress.cli.releases import loading_lines
from tagpress.corpus.identity import file_sha256
from tagpress.corpus.manifest import Manifest
from tagpress.errors import BuildError
from tagpress.export import export_build
from tagpress.export.named import target_named
from tagpress.hub import Hub, Repository
from tagpress.localhub import LocalHub
from tagpress.preview import write_preview
from tagpress.release.checked_build import build_store, open_build
from tagpress.release.commands import local_build
from tagpress.release.load_check import STREAMING, Loaded, LoadRequest, load
from tagpress.release.load_differences import differences
from tagpress.release.load_plan import released
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release


def test_a_release_is_one_commit_whose_every_configuration_is_loaded(tmp_path: Path, local: LocalHub) -> None:
    made = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    hub, asked = Hub(endpoint=local.endpoint, token=local.token), []

    def loader(request: LoadRequest) -> Loaded:
        asked.append(request)
        return load(request)

    done = publish_build(tmp_path / "build", hub=hub, repo="me/languages", loader=loader)
    assert loading_lines(done, "hf")[2] == 'corpus = load_dataset("me/languages", "zh-Hans", revision="v1.0.0")'
    assert {request.configs for request in asked} == {("de", "zh-Hans", "pcm")}
    repository = Repository(hub=hub, repo="me/languages")
    assert (repository.refs().tags if repository.refs() else {}) == {"v1.0.0": done.commit}
    assert verify_release("me/languages", "v1.0.0", hub=hub, deep=True).ok
    again = publish_build(tmp_path / "build", hub=hub, repo="me/languages", loader=loader)
    assert again.already_published
    assert again.commit == done.commit
    loaded = load(replace(asked[0], held=""))  # the folder is gone
    assert set(loaded["streaming"]) == {
        f"{name}: {split}" for name in made.manifest.released for split in ("train", "validation", "test")
    }


@pytest.mark.slow
def test_each_configuration_of_a_release_is_exported_and_previewed_from_a_hub(tmp_path: Path, local: LocalHub) -> None:
    made = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    hub = Hub(endpoint=local.endpoint, token=local.token)
    publish_build(tmp_path / "build", hub=hub, repo="me/languages")
    with local_build("me/languages@1.0.0", hub=hub) as folder:
        for name in made.manifest.released:
            export_build(folder, target_named("jsonl"), f"{tmp_path / name}/", config=name)
            lines = [json.loads(line) for file in (tmp_path / name).iterdir() for line in file.read_text().splitlines()]
            assert {(tuple(line["tokens"]), tuple(line["tags"])) for line in lines} == expected(
                tmp_path / "corpus", name
            )
            write_preview(folder, tmp_path / f"{name}.html", config=name)
            assert LANGUAGES[name][-1] in (tmp_path / f"{name}.html").read_text(encoding="utf-8")


def test_a_configuration_that_does_not_load_is_named(tmp_path: Path) -> None:
    manifest = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build").manifest
    found = differences({STREAMING: released(manifest)}, {STREAMING: {}})
    assert "streaming: split de: test is not loaded" in found
    assert len(found) == 9


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("  default: true\n", "", "README.md loads nothing where none is named, release.json zh-Hans"),
        ("'1': B-GPE", "'1': B-LAND", "of zh-Hans; the shards have O, B-GPE"),
        ("path: data/pcm/test", "path: data/de/test", "data/pcm/test-00000-of-00001.parquet is not loaded"),
        ("- config_name: pcm\n  version: 1.0.0", "- config_name: pcm\n  version: 1.0.1", "version 1.0.1 of pcm"),
    ],
)
def test_a_card_that_would_load_something_else_is_refused(tmp_path: Path, right: str, wrong: str, message: str) -> None:
    build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    card = tmp_path / "build" / "README.md"
    text = card.read_text(encoding="utf-8")
    assert right in text
    manifest = (tmp_path / "build" / "release.json").read_text(encoding="utf-8")
    record = open_build(build_store(tmp_path / "build"), repo="me/x").manifest.file("README.md")
    card.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    assert record is not None
    changed = manifest.replace(record.sha256, file_sha256(card)).replace(
        f'"bytes": {record.bytes},', f'"bytes": {card.stat().st_size},'
    )
    (tmp_path / "build" / "release.json").write_text(changed, encoding="utf-8")
    with pytest.raises(BuildError) as raised:
        open_build(build_store(tmp_path / "build"), repo="me/x")
    assert message in raised.value.message


@pytest.mark.slow
def test_the_next_release_sends_what_changed_and_says_of_which_configuration(tmp_path: Path, local: LocalHub) -> None:
    hub = Hub(endpoint=local.endpoint, token=local.token)
    old, new = configured(tmp_path, 7)
    publish_build(old, hub=hub, repo="me/languages")
    done = publish_build(new, hub=hub, repo="me/languages")
    added = {path for path in done.files["added"] if path.startswith("data/")}
    assert added == {
        "data/de/train-00000-of-00001.parquet",
        *(f"data/pcm/{split}-00000-of-00001.parquet" for split in ("train", "validation", "test")),
    }
    assert done.plan is not None
    entry = done.plan.finished.manifest.changelog[0]
    assert entry.bump == "minor"
    assert entry.lines[:2] == ("Configuration added: pcm (30 sentences).", "de: 1 sentence removed (train 1).")
    card = done.plan.finished.contents["README.md"]
    assert isinstance(card, bytes)
    assert "  - de: 1 sentence removed (train 1)." in card.decode()
    assert verify_release("me/languages", "v1.2.0", hub=hub, deep=True).ok


@pytest.mark.slow
def test_a_shard_that_stays_is_described_as_it_is_there(tmp_path: Path, local: LocalHub) -> None:
    """The rows of a kept shard are the same, and its bytes those that an older pyarrow wrote."""
    hub = Hub(endpoint=local.endpoint, token=local.token)
    old, new = configured(tmp_path, 8)
    before = Manifest.load(old)
    other = tmp_path / "other"
    shutil.copytree(old, other)
    path = other / "data" / "zh-Hans" / "train-00000-of-00001.parquet"
    pq.write_table(pq.read_table(path), path, compression="none")
    card = (other / "README.md").read_text(encoding="utf-8")
    grown = path.stat().st_size - before.file(str(path.relative_to(other))).bytes  # type: ignore[union-attr] # it is there
    sizes = [sum(file.bytes for file in config.files) for config in before.released.values()]
    text = card.replace(f"download_size: {sizes[1]}", f"download_size: {sizes[1] + grown}")
    (other / "README.md").write_text(text, encoding="utf-8")
    files = tuple(
        replace(file, bytes=(other / file.path).stat().st_size, sha256=file_sha256(other / file.path))
        for file in before.files
    )
    (other / "release.json").write_bytes(replace(before, files=files).to_bytes())
    publish_build(other, hub=hub, repo="me/languages")
    done = publish_build(new, hub=hub, repo="me/languages")
    assert "data/zh-Hans/train-00000-of-00001.parquet" in done.files["kept"]
    assert done.plan is not None
    finished = done.plan.finished
    card = bytes(finished.contents["README.md"]).decode()  # type: ignore[arg-type] # a card is small
    for name, config in finished.manifest.released.items():
        assert f"download_size: {sum(file.bytes for file in config.files)}" in card, name
    assert verify_release("me/languages", "v1.2.0", hub=hub, deep=True).ok
