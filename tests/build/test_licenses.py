"""The licences of sources are compared with each other and with that of the card, and kept in the release."""

import json
from pathlib import Path
from typing import Any

import pytest

from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.corpus.problems import Problem
from tagpress.errors import DataError, ScriptError
from tagpress.script.builder import load_script

SCRIPT = """
import datasets
import tagpress


class Two(tagpress.CorpusBuilder):
    NAME = "two"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {"PER": "A person."}
    DIALECT = tagpress.Columns(delimiter=" ")
    SOURCES = ["wiki/*.txt", "news/*.txt"]
    SPLITS = tagpress.HashSplits(train=1, validation=0, test=0)
    CARD = "card.md"
    LICENSES = %r
    POLICY = %r
"""
CARD = """---
license: %s
---
# Two

{{ blocks.licenses }}

{{ blocks.load }}

{{ blocks.changelog }}
"""


def declared(folder: Path, licenses: Any, card: str = "cc-by-sa-4.0", **policy: str) -> Any:
    for name in ("wiki/a", "wiki/b", "news/c"):
        path = folder / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{name} B-PER\nslept O\n\nso O\ndid O\n{name} B-PER\n")
    (folder / "card.md").write_text(CARD % card if card else CARD.replace("license: %s", "language: en"))
    (folder / "two.py").write_text(SCRIPT % (licenses, {"type-missing-in-split": "warn", **policy}))
    return load_script(folder / "two.py").declared()


def problems(*found: Any, **policy: str) -> list[Problem]:
    return [one for one in check_corpus(declared(*found, **policy), workers=1).problems if "license" in one.code]


def test_licences_that_fit_are_kept_and_shown(tmp_path: Path) -> None:
    corpus = declared(tmp_path, {"wiki/*": "cc-by-sa-4.0", "*": "mit"})
    assert problems(tmp_path, {"wiki/*": "cc-by-sa-4.0", "*": "mit"}) == []
    build_corpus(corpus, tmp_path / "build", workers=1)
    kept = json.loads((tmp_path / "build/release.json").read_text())["sources"]
    assert {one["path"][0]: one["license"] for one in kept} == {
        "a": "cc-by-sa-4.0",
        "b": "cc-by-sa-4.0",
        "c": "mit",
    }
    assert "| `cc-by-sa-4.0` | 2 | 4 |\n| `mit` | 1 | 2 |" in (tmp_path / "build/README.md").read_text()


def test_without_a_word_nobody_looks(tmp_path: Path) -> None:
    assert problems(tmp_path, {}) == []
    build_corpus(declared(tmp_path, {}), tmp_path / "build", workers=1)
    assert "license" not in json.loads((tmp_path / "build/release.json").read_text())["sources"][0]


def test_what_may_not_be_published_together_stops_a_build(tmp_path: Path) -> None:
    licenses = {"wiki/*": "cc-by-sa-4.0", "news/*": "cc-by-nc-4.0"}
    pair, release = problems(tmp_path, licenses)
    assert (pair.code, pair.severity, pair.place) == ("license-conflict", "error", "two.py")
    assert pair.found == (
        "news/c.txt under cc-by-nc-4.0 and wiki/a.txt, wiki/b.txt under cc-by-sa-4.0: "
        "cc-by-nc-4.0 forbids commercial use; cc-by-sa-4.0 asks that what is made of it has the same licence"
    )
    assert release.found == (
        "news/c.txt under cc-by-nc-4.0, and the card says cc-by-sa-4.0: cc-by-nc-4.0 forbids commercial use"
    )
    with pytest.raises(DataError, match="2 license-conflict"):
        build_corpus(declared(tmp_path, licenses), tmp_path / "build", workers=1)
    allowed = declared(tmp_path, licenses, **{"license-conflict": "warn"})
    assert build_corpus(allowed, tmp_path / "build", workers=1).report.ok


def test_the_card_says_another_licence_than_the_sources_allow(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "cc-by-sa-3.0", "cc-by-4.0")
    assert found.code == "license-conflict"
    assert found.found.startswith(
        "wiki/a.txt, wiki/b.txt, news/c.txt (3 sources) under cc-by-sa-3.0, and the card says"
    )
    assert found.expected == "a licence that all sources may be published under: cc-by-sa-3.0, cc-by-sa-4.0"
    assert problems(tmp_path, "cc-by-sa-3.0", "[cc-by-4.0, cc-by-sa-4.0]") == []


@pytest.mark.parametrize(
    ("licenses", "card", "said"),
    [
        ({"wiki/*": "mit"}, "mit", "no licence of news/c.txt"),
        ({"*": "mit", "new/*": "mit"}, "mit", "new/* in LICENSES, which finds no source"),
        ("mit", "", "a card without a licence"),
        ("other", "mit", "(3 sources) under other, and the card says mit: what other asks for is not known here"),
        ("cc-by-4.0", "odbl", "whether cc-by-4.0 may go into a database under odbl is disputed"),
    ],
)
def test_what_nobody_can_tell_is_said(tmp_path: Path, licenses: Any, card: str, said: str) -> None:
    (found,) = problems(tmp_path, licenses, card)
    assert (found.code, found.severity) == ("unclear-license", "warning")
    assert said in found.found


@pytest.mark.parametrize(
    ("licenses", "said"),
    [
        ({"*": "cc-by-sa4.0"}, "did you mean 'cc-by-sa-4.0'?"),
        ({"*": "mine"}, "cc-by-sa-4.0, or other"),
        (5, "write it as"),
    ],
)
def test_a_licence_that_the_hub_does_not_know_is_refused(tmp_path: Path, licenses: Any, said: str) -> None:
    with pytest.raises(ScriptError) as refused:
        declared(tmp_path, licenses)
    assert said in f"{refused.value.message} {refused.value.hint}"
