"""From a declared corpus to a release: what the Hub is asked on the way."""

from pathlib import Path
from typing import Any

import pytest

from made_corpora import declare, words, write_document
from release.builds import write_build
from release.publisher import QUICK, SHORT, publish_here, read_back
from release.seam import Seam
from release.view import api
from tagpress.corpus.policies import Policies
from tagpress.errors import DataError
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release import commands
from tagpress.release.commands import publish_corpus
from tagpress.release.load_check import EarlyLoader

REPO = "me/small"


def listings(seam: Seam) -> list[str]:
    """The commits whose files were listed."""
    found = [request.path.rpartition("/tree/") for request in seam.requests if "recursive=true" in request.query]
    return [sha for _, tree, sha in found if tree]


def test_the_files_of_a_commit_are_listed_once_unless_the_branch_moves_during_the_build(tmp_path: Path) -> None:
    for number in range(60):
        write_document(tmp_path / f"corpus/{number}.txt", [words("in", "Python", f"no{number}")])
    declaration = declare(
        tmp_path / "corpus", name="toy-entities", version="2.0.0", policies=Policies({"type-missing-in-split": "warn"})
    )
    seam = Seam()
    with LocalHub(tmp_path / "hub", wrap=seam) as local:
        hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
        first = publish_here(local.endpoint, local.token, write_build(tmp_path / "build"), REPO)["commit"]

        seam.forget()
        planned = publish_corpus(declaration, hub=hub, repo=REPO, out=tmp_path / "out", dry_run=True)
        assert planned.plan is not None
        assert planned.plan.parent == first
        assert listings(seam) == [first]

        def others(work: str, done: int, total: int) -> None:
            if work == "press" and done == total:
                api(local).upload_file(
                    path_or_fileobj=b"Mine.", path_in_repo="notes.md", repo_id=REPO, repo_type="dataset"
                )

        seam.forget()
        planned = publish_corpus(declaration, hub=hub, repo=REPO, out=tmp_path / "out", dry_run=True, progress=others)
        assert planned.plan is not None
        assert listings(seam)[:2] == [first, planned.plan.parent]
        assert planned.plan.parent != first


@pytest.mark.parametrize(
    ("what", "begun"), [({}, 1), ({"dry_run": True}, 0), ({"tag": "B-nothing"}, 0), ({"worth": 1}, 0)]
)
def test_loading_by_name_is_begun_early_for_a_small_corpus_without_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: dict[str, Any], begun: int
) -> None:
    """It is not where nothing will be loaded, nor beside workers that have work for every core."""
    counted: list[str] = []

    class Counting(EarlyLoader):
        def begin(self) -> None:
            counted.append("begun")

        __call__ = staticmethod(read_back)

    monkeypatch.setattr(commands, "EarlyLoader", Counting)
    monkeypatch.setattr(commands, "WORTH", what.get("worth", commands.WORTH))
    for number in range(60):
        write_document(tmp_path / f"corpus/{number}.txt", [words("in", "Python", f"no{number}")])
    if "tag" in what:
        (tmp_path / "corpus/60.txt").write_text(f"in\t{what['tag']}\n\n")
    declaration = declare(tmp_path / "corpus", policies=Policies({"type-missing-in-split": "warn"}))
    with LocalHub(tmp_path / "hub") as local:
        hub = Hub(endpoint=local.endpoint, token=local.token, retry=QUICK, timeouts=SHORT)
        options = {name: value for name, value in what.items() if name == "dry_run"}
        try:
            released = publish_corpus(declaration, hub=hub, repo=REPO, out=tmp_path / "out", **options)
            assert (released.tag is None) == bool(options)
        except DataError:
            assert "tag" in what
    assert counted == ["begun"] * begun
