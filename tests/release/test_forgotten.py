"""A sentence that was forgotten is in no later release, which is proven from its digest before the tag and by `verify`."""

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd

from corrected_news import ADA, EU, SCRIPT, TRAIN, UNIX, write, write_news
from release.publisher import QUICK, SHORT, publish_here, read_back
from release.view import api
from tagpress.build.corpus import build_corpus
from tagpress.corpus.identity import sentence_key
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.verify import verify_release
from tagpress.script.builder import load_script


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_news(tmp_path)


class Publisher:
    """Somebody who releases the news."""

    def __init__(self, folder: Path, hub: LocalHub) -> None:
        self.folder, self.local = folder, hub
        self.hub = Hub(endpoint=hub.endpoint, token=hub.token, retry=QUICK, timeouts=SHORT)

    def publish(self, version: str, *, train: str = TRAIN, more: str = "") -> dict[str, Any]:
        (self.folder / "train.txt").write_text(train)
        (self.folder / "news.py").write_text(SCRIPT.replace("1.0.0", version) + more)
        build_corpus(load_script(self.folder / "news.py").declared(), self.folder / version, workers=1)
        return publish_here(self.local.endpoint, self.local.token, self.folder / version, "me/news")

    def verify(self, revision: str) -> Any:
        return verify_release("me/news", revision, hub=self.hub, deep=True, loader=read_back)


def test_no_later_release_has_it(folder: Path, hub: LocalHub) -> None:
    one = Publisher(folder, hub)
    assert one.publish("1.0.0")["tag"] == "v1.0.0"
    write(folder, {"id": ADA, "why": "she asked"}, name="forgotten.jsonl")
    small = one.publish("1.0.1")["error"]["message"]  # which names what was removed, and does not say what it was
    assert f"removed in train: {ADA}, which is to be forgotten" in small
    assert "Lovelace" not in small
    done = one.publish("1.1.0")
    assert done["tag"] == "v1.1.0"
    proven = "no row is one of the 1 sentence that are to be forgotten, by their digests"
    assert proven in done["checked"]
    assert proven in one.verify("v1.1.0").checked

    (folder / "forgotten.jsonl").unlink()
    refused = one.publish("1.2.0")
    assert refused["error"]["code"] == "conflict"
    assert f"1.2.0 does not name 1 sentence that 1.1.0 forgets: {ADA}" in refused["error"]["message"]
    write(folder, {"id": ADA, "why": "she asked"}, {"id": EU, "why": "so"}, name="forgotten.jsonl")
    assert one.publish("1.3.0")["tag"] == "v1.3.0"
    (folder / "forgotten.jsonl").unlink()
    assert one.publish("2.0.0")["tag"] == "v2.0.0"


def test_a_release_that_has_it_is_found_out(folder: Path, hub: LocalHub) -> None:
    """Somebody releases the sentence with a list that names it."""
    one = Publisher(folder, hub)
    write(folder, {"id": EU, "why": "so"}, name="forgotten.jsonl")
    one.publish("1.0.0")
    lie = (folder / "1.0.0/forgotten/forgotten.jsonl").read_bytes().replace(EU.encode(), ADA.encode())
    adds = [CommitOperationAdd("forgotten/forgotten.jsonl", lie)]
    api(hub).create_commit("me/news", adds, repo_type="dataset", commit_message="a list that is not kept to")
    problems = one.verify("main").problems
    assert any("forgotten/forgotten.jsonl has SHA-256" in found for found in problems)
    assert any(f"has the sentence {ADA}, which is to be forgotten" in found for found in problems)
    adds = [CommitOperationAdd("forgotten/forgotten.jsonl", b"{}\n")]
    api(hub).create_commit("me/news", adds, repo_type="dataset", commit_message="no list")
    assert any("cannot be used: line 1: no id that is a text" in found for found in one.verify("main").problems)


def test_it_is_proven_of_every_configuration_with_all_layers(folder: Path, hub: LocalHub) -> None:
    one = Publisher(folder, hub)
    (folder / "other.txt").write_text(TRAIN.replace("Bonn", "Cork"))
    configs = '    CONFIGS = {"a": {}, "b": {"SOURCES": {"train": "other.txt", "test": "test.txt"}}}\n'
    write(folder, {"id": ADA, "why": "she asked"}, name="forgotten.jsonl")
    assert one.publish("1.0.0", more=configs)["tag"] == "v1.0.0"
    found = one.verify("v1.0.0")
    assert found.ok
    assert "no row is one of the 1 sentence that are to be forgotten, by their digests" in found.checked
    # A list that names what only the second configuration, or only a split of both, has.
    for name, splits in ((sentence_key(["Cork", "sleeps"]).hex(), ["b/train"]), (UNIX, ["a/test", "b/test"])):
        lie = (folder / "1.0.0/forgotten/forgotten.jsonl").read_bytes().replace(ADA.encode(), name.encode())
        adds = [CommitOperationAdd("forgotten/forgotten.jsonl", lie)]
        api(hub).create_commit("me/news", adds, repo_type="dataset", commit_message="a list that is not kept to")
        said = [found for found in one.verify("main").problems if f"has the sentence {name}, which is to" in found]
        assert [part for part in splits if any(part in found for found in said)] == splits
        assert len(said) == len(splits)
