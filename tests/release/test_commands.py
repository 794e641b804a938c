"""From a declared corpus to a release: what the Hub is asked on the way."""

from pathlib import Path

from made_corpora import declare, words, write_document
from release.builds import write_build
from release.publisher import QUICK, SHORT, publish_here
from release.seam import Seam
from release.view import api
from tagpress.corpus.policies import Policies
from tagpress.hub import Hub
from tagpress.localhub import LocalHub
from tagpress.release.commands import publish_corpus

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
