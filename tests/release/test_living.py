"""A corpus that lives: a fault is doubted, corrected, its type renamed, its release withdrawn; a model of 1.0.0 stays right on 2.0.0."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

import tagpress
from release.view import view
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import WithdrawnWarning
from tagpress.localhub import LocalHub
from tagpress.release.load_check import LoadRequest, load

REPO = "me/living"
SCRIPT = """
import datasets
import tagpress


class Living(tagpress.CorpusBuilder):
    NAME = "living"
    VERSION = datasets.Version("{version}")
    ENTITY_TYPES = {{{types}}}
    RENAMED = {renamed}
    DIALECT = tagpress.Columns(delimiter=" ")
    SOURCES = {{"train": "train.txt", "test": "test.txt"}}
    POLICY = {{"near-duplicate": "warn"}}
"""
PLACES = ("Oslo", "Bonn", "Pisa", "Cork", "Lyon", "Graz", "Bern", "Nice")
VERBS = ("called", "wrote", "left", "praised", "joined", "sued")


def sentences(verbs: tuple[str, ...]) -> list[str]:
    """Return sentences as their lines; what is planted in one of them is that the EU is a MISC."""
    return [
        f"EU B-{'MISC' if (verb, place) == ('praised', 'Pisa') else 'ORG'}\n{verb} O\nAda B-PER\nand O\nGreek B-MISC\nin O\n{place} B-LOC\n"
        for verb in verbs
        for place in PLACES
    ]


class Owner:
    """The owner of a corpus, at a terminal."""

    def __init__(self, folder: Path, hub: LocalHub, capsys: Any) -> None:
        self.folder, self.hub, self.capsys = folder, hub, capsys
        self.where = {"endpoint": hub.endpoint, "token": hub.token}
        (folder / "train.txt").write_text("\n".join(sentences(VERBS[:4])))
        (folder / "test.txt").write_text("\n".join(sentences(VERBS[4:])))

    def declare(self, version: str, types: tuple[str, ...], renamed: dict[str, str] | None = None) -> None:
        described = ", ".join(f'"{name}": "A {name}."' for name in types)
        self.script.write_text(SCRIPT.format(version=version, types=described, renamed=renamed or {}))

    @property
    def script(self) -> Path:
        return self.folder / "living.py"

    def says(self, *words: str) -> dict[str, Any]:
        code = run(cli, [*words, "--json"])
        said = json.loads(self.capsys.readouterr().out)
        assert code == 0, said
        return said

    def publish(self) -> dict[str, Any]:
        version = f"{len(list(self.folder.glob('build-*')))}"
        out = ("--out", str(self.folder / f"build-{version}"))
        return self.says("publish", str(self.script), *out, "--hub", self.hub.endpoint, "--repo", REPO)

    def rows(self, version: str, **how: Any) -> tuple[dict[str, list[int]], list[str]]:
        train = tagpress.load(REPO, version, split="train", **self.where, **how)
        return {row["id"]: row["ner_tags"] for row in train}, train.features["ner_tags"].feature.names


@pytest.mark.slow
def test_a_model_of_the_first_release_is_right_on_the_last(
    tmp_path: Path, hub: LocalHub, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)
    monkeypatch.setattr(warnings, "filters", [])
    owner = Owner(tmp_path, hub, capsys)
    owner.declare("1.0.0", ("PER", "ORG", "MISC", "LOC"))
    assert owner.publish()["tag"] == "v1.0.0"
    first, names = owner.rows("1.0.0")
    tags = view(hub, REPO).tags

    # The fault is doubted, and corrected by the id that the note has.
    notes = owner.says("check", str(owner.script), "--doubts")["problems"]
    (wrong,) = {note["id"] for note in notes if note["code"] == "doubtful-type"}
    assert first[wrong][0] == names.index("B-MISC")
    owner.says("correct", str(owner.script), wrong, "--set", "0=ORG", "--who", "Ada", "--why", "it is no nationality")
    owner.declare("1.0.1", ("PER", "ORG", "MISC", "LOC"))
    patched = owner.publish()
    assert (patched["tag"], patched["plan"]["bump"]) == ("v1.0.1", "patch")
    right = {**first, wrong: [names.index("B-ORG"), *first[wrong][1:]]}
    assert owner.rows("1.0.1") == (right, names)

    # A type has another name, and the ids another order; the correction still holds.
    owner.declare("2.0.0", ("LOC", "PER", "ORG", "Other"), {"MISC": "Other"})
    renamed = owner.publish()
    assert (renamed["tag"], renamed["plan"]["bump"]) == ("v2.0.0", "major")
    assert any("MISC" in line and "Other" in line for line in renamed["plan"]["changelog"])
    assert owner.rows("2.0.0")[0] != right

    # The first release is taken back; its tag stays, and datasets itself still loads it.
    withdrawn = owner.says("withdraw", f"{REPO}@1.0.0", "--why", "the EU is a nationality in it", "--hub", hub.endpoint)
    assert withdrawn["commit"]
    assert {**view(hub, REPO).tags} == {**tags, **{name: view(hub, REPO).tags[name] for name in ("v1.0.1", "v2.0.0")}}
    with pytest.warns(WithdrawnWarning, match="1.0.0 was withdrawn by its owner: the EU is a nationality in it"):
        owner.rows("1.0.0")
    loaded = load(LoadRequest(endpoint=hub.endpoint, token=hub.token, repo=REPO, revision="v1.0.0"))
    assert loaded["map-style"]["train"].label_names == names
    for what in (f"{REPO}@2.0.0", f"{REPO}@1.0.0", REPO):
        assert owner.says("verify", what, "--deep", "--hub", hub.endpoint)["ok"]

    # Who trained on it is right on the last one, and is told that it was withdrawn.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert owner.rows("2.0.0", labels_of="1.0.0") == (right, names)
        stream = tagpress.stream(REPO, "2.0.0", "train", rank=0, world_size=1, labels_of="1.0.0", **owner.where)
        streamed = {row["id"]: row["ner_tags"] for batch in stream for row in batch.to_pylist()}
    assert streamed == right
    said = [str(one.message) for one in told if issubclass(one.category, WithdrawnWarning)]
    assert len(said) == 2  # whoever loads, and whoever streams: the labels are those of a version that was withdrawn
    assert all("1.0.0 was withdrawn by its owner: the EU is a nationality in it" in one for one in said)
    assert owner.publish()["already_published"]
