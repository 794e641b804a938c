"""One commit and one tag for all configurations, and every one of them is loaded before it is tagged."""

from pathlib import Path

import pytest

from configs.made import declared
from tagpress.build.corpus import build_corpus
from tagpress.corpus.identity import file_sha256
from tagpress.errors import BuildError
from tagpress.hub import Hub, Repository
from tagpress.localhub import LocalHub
from tagpress.release.checked_build import build_store, open_build
from tagpress.release.load_check import Loaded, LoadRequest, differences, load
from tagpress.release.publish import publish_build
from tagpress.release.verify import verify_release


def test_a_release_is_one_commit_whose_every_configuration_is_loaded(tmp_path: Path, local: LocalHub) -> None:
    made = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build")
    hub, asked = Hub(endpoint=local.endpoint, token=local.token), []

    def loader(request: LoadRequest) -> Loaded:
        asked.append(request)
        return load(request)

    done = publish_build(tmp_path / "build", hub=hub, repo="me/languages", loader=loader)
    assert {request.configs for request in asked} == {("de", "zh-Hans", "pcm")}
    repository = Repository(hub=hub, repo="me/languages")
    assert (repository.refs().tags if repository.refs() else {}) == {"v1.0.0": done.commit}
    assert verify_release("me/languages", "v1.0.0", hub=hub, deep=True).ok
    again = publish_build(tmp_path / "build", hub=hub, repo="me/languages", loader=loader)
    assert again.already_published
    assert again.commit == done.commit
    loaded = load(asked[0])
    assert set(loaded["streaming"]) == {
        f"{name}: {split}" for name in made.manifest.released for split in ("train", "validation", "test")
    }


def test_a_configuration_that_does_not_load_is_named(tmp_path: Path) -> None:
    manifest = build_corpus(declared(tmp_path / "corpus"), tmp_path / "build").manifest
    found = differences(manifest, {"streaming": {}})
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
