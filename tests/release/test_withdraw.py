"""A version that its owner takes back: its tag stays, who uses it is told, and later releases go on saying it."""

import shutil
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd

import tagpress
from release.builds import SPLITS, rows, write_build
from release.publisher import QUICK, SHORT, publish_here
from release.seam import Fault, Request, Seam, answer
from release.view import View, api, view
from tagpress.cli import cli
from tagpress.cli.shell import run
from tagpress.errors import (
    ConflictError,
    NotOnHubError,
    TagpressError,
    UsageError,
    VerifyError,
    WithdrawnError,
    WithdrawnWarning,
)
from tagpress.hub import Hub, cache_home
from tagpress.localhub import LocalHub
from tagpress.release.commands import diff_releases, local_build
from tagpress.release.verify import verify_release
from tagpress.release.withdraw import Withdrawn, withdraw_release

REPO = "me/toy"
MORE = {**SPLITS, "train": (rows(5), rows(4, start=10))}
SWAPPED = "1.0.0 was withdrawn by its owner: labels were swapped"


class Owner:
    """Somebody who has released 1.0.0, and whoever uses it."""

    def __init__(self, hub: LocalHub, folder: Path) -> None:
        self.local, self.folder = hub, folder
        self.hub = Hub(endpoint=hub.endpoint, token=hub.token, retry=QUICK, timeouts=SHORT)
        assert self.publish("1.0.0")["tag"] == "v1.0.0"

    def publish(self, version: str, splits: Any = SPLITS, **options: Any) -> dict[str, Any]:
        build = self.folder / version
        build = build if build.is_dir() else write_build(build, splits, version=version)
        return publish_here(self.local.endpoint, self.local.token, build, REPO, **options)

    def withdraw(self, version: str = "1.0.0", **how: Any) -> Withdrawn:
        return withdraw_release(REPO, version, hub=self.hub, **(how or {"why": "labels were swapped"}))

    def rows(self, version: str = "1.0.0") -> int:
        there = {"endpoint": self.local.endpoint, "token": self.local.token, "rank": 0, "world_size": 1}
        return sum(batch.num_rows for batch in tagpress.stream(REPO, version, "train", **there))

    def sees(self) -> View:
        found = view(self.local, REPO)
        assert found
        return found

    def read(self, path: str, revision: str = "main") -> str:
        where = {"repo_type": "dataset", "revision": revision, "local_dir": self.folder / revision}
        return Path(api(self.local).hf_hub_download(REPO, path, **where)).read_text()

    def commit(self, **contents: bytes) -> None:
        names = {"card": "README.md", "withdrawn": "withdrawn.json"}
        adds = [CommitOperationAdd(names.get(name, name), data) for name, data in contents.items()]
        api(self.local).create_commit(REPO, adds, repo_type="dataset", commit_message="by hand")


@pytest.fixture
def owner(hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Owner]:
    monkeypatch.setattr("tagpress.consume.streaming.pinned.Hub", partial(Hub, retry=QUICK))
    yield Owner(hub, tmp_path)
    shutil.rmtree(cache_home() / "tagpress", ignore_errors=True)


def test_a_version_is_withdrawn_and_releases_go_on(owner: Owner) -> None:
    released = owner.sees()
    assert owner.rows() == 8
    done = owner.withdraw()
    withdrawn = owner.sees()
    assert (done.commit, withdrawn.titles[0]) == (withdrawn.head, "Withdraw v1.0.0")
    assert withdrawn.tags == released.tags
    assert withdrawn.tree.keys() - released.tree.keys() == {"withdrawn.json"}
    assert "- **1.0.0**: labels were swapped" in owner.read("README.md")
    assert owner.withdraw().commit is None  # it is said already
    assert owner.sees() == withdrawn

    with pytest.warns(WithdrawnWarning, match=SWAPPED):
        assert owner.rows() == 8
    for revision in ("main", "v1.0.0"):
        found = verify_release(REPO, revision, hub=owner.hub)
        assert (found.problems, str(found.withdrawn)) == ((), SWAPPED)
        assert found.to_json()["withdrawn"] == {"version": "1.0.0", "why": "labels were swapped", "final": False}

    told: list[str] = []
    assert owner.publish("1.0.0", steps=told.append)["already_published"]
    assert SWAPPED in told
    done = owner.publish("1.1.0", MORE)
    assert done["tag"] == "v1.1.0"
    assert "withdrawn.json" in done["plan"]["files"]["foreign"]
    assert owner.sees().tree["withdrawn.json"] == withdrawn.tree["withdrawn.json"]
    assert "- **1.0.0**: labels were swapped" in owner.read("README.md", "v1.1.0")
    assert owner.publish("1.1.0")["already_published"]
    assert owner.rows("1.1.0") == 9
    assert verify_release(REPO, "v1.1.0", hub=owner.hub).to_json()["withdrawn"] is None


def test_what_is_withdrawn_after_a_release_that_names_another(owner: Owner) -> None:
    owner.withdraw()
    owner.publish("1.1.0", MORE)
    owner.withdraw("v1.1.0", why="worse")
    card = owner.read("README.md")
    assert "- **1.1.0**: worse\n- **1.0.0**: labels were swapped\n" in card
    assert verify_release(REPO, "main", hub=owner.hub).ok
    owner.withdraw("1.0.0", undo=True)
    assert verify_release(REPO, "main", hub=owner.hub).ok
    owner.withdraw("1.1.0", undo=True)
    assert "Withdrawn" not in owner.read("README.md")
    assert "withdrawn.json" not in owner.sees().tree
    for revision in ("main", "v1.1.0"):
        assert verify_release(REPO, revision, hub=owner.hub).ok, revision
    assert owner.publish("1.1.0")["already_published"]
    assert owner.publish("1.2.0", {**SPLITS, "train": (rows(6), rows(4, start=10))})["tag"] == "v1.2.0"


def test_what_is_withdrawn_for_good_is_refused(owner: Owner) -> None:
    before = owner.sees()
    owner.withdraw(why="a person asked for it", final=True)
    final = "1.0.0 was withdrawn by its owner for good: a person asked for it"
    with pytest.raises(WithdrawnError, match=final):
        owner.rows()
    with pytest.raises(WithdrawnError, match=final):
        tagpress.load(REPO, "1.0.0", endpoint=owner.local.endpoint, token=owner.local.token)
    with pytest.raises(WithdrawnError, match=final), local_build(f"{REPO}@1.0.0", hub=owner.hub):
        pass
    with pytest.warns(WithdrawnWarning, match=final):  # whoever compares it has to see it
        assert not diff_releases(str(owner.folder / "1.0.0"), f"{REPO}@1.0.0", hub=owner.hub).changed
    assert verify_release(REPO, "v1.0.0", hub=owner.hub).problems == (final,)

    assert owner.withdraw(undo=True).commit
    assert owner.withdraw(undo=True).commit is None
    assert owner.sees().tree == before.tree
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert owner.rows() == 8


def test_the_labels_of_a_version_that_was_withdrawn_are_warned_of_and_never_refused(owner: Owner) -> None:
    owner.publish("1.1.0", MORE)
    there = {"endpoint": owner.local.endpoint, "token": owner.local.token}
    for final in (False, True):
        owner.withdraw(why="labels were swapped", final=final)
        said = f"1.0.0 was withdrawn by its owner{' for good' if final else ''}: labels were swapped"
        with pytest.warns(WithdrawnWarning, match=said):
            batches = [*tagpress.stream(REPO, "1.1.0", "train", labels_of="1.0.0", rank=0, world_size=1, **there)]
        assert sum(batch.num_rows for batch in batches) == 9
        with pytest.warns(WithdrawnWarning, match=said) as warned:
            assert tagpress.load(REPO, "1.1.0", labels_of="1.0.0", split="train", **there).num_rows == 9
        assert {one.filename for one in warned} == {__file__}  # the line that called, however far away it is
        for versions in (("1.1.0", "1.0.0"), ("1.0.0", "1.1.0")):  # whichever side it is on
            with pytest.warns(WithdrawnWarning, match=said):
                tagpress.label_map(REPO, versions[0], labels_of=versions[1], **there)


def test_every_command_that_reads_a_release_says_it(owner: Owner, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(warnings, "filters", [])
    monkeypatch.setenv("HF_TOKEN", owner.local.token)
    where = ["--hub", owner.local.endpoint]
    assert run(cli, ["withdraw", f"{REPO}@1.0.0", "--why", "labels were swapped", *where]) == 0
    said = capsys.readouterr().err
    assert "load_dataset tells nobody, who sees it only on the card of main" in said
    assert "main still holds 1.0.0, and load_dataset without a revision gives it: publish a later version" in said
    out = owner.folder / "out"
    out.mkdir()
    commands = {
        "export": [f"{REPO}@1.0.0", "--to", "jsonl", "--split", "train", "-o", str(out / "a.jsonl")],
        "preview": [f"{REPO}@1.0.0", "-o", str(out / "a.html")],
        "diff": [str(owner.folder / "1.0.0"), f"{REPO}@1.0.0"],
        "croissant": [f"{REPO}@1.0.0"],
        "verify": [f"{REPO}@1.0.0"],
    }
    for name, words in commands.items():
        assert run(cli, [name, *words, *where]) == 0, name
        assert SWAPPED in capsys.readouterr().err.replace("\n", " "), name
    monkeypatch.undo()
    owner.publish("1.1.0", MORE)
    monkeypatch.setenv("HF_TOKEN", owner.local.token)
    assert run(cli, ["withdraw", f"{REPO}@1.0.0", "--why", "labels were swapped", *where]) == 0
    assert "main still holds" not in capsys.readouterr().err


def test_it_costs_a_request_and_is_known_without_a_hub(owner: Owner, seam: Seam, monkeypatch: Any) -> None:
    def asked() -> list[str]:
        found = [f"{one.method} {one.path.rpartition(REPO)[2]}" for one in seam.requests]
        seam.forget()
        return [one for one in found if "parquet" not in one]

    owner.rows()
    seam.forget()
    owner.rows()
    assert asked() == ["GET /revision/v1.0.0", "POST /paths-info/main"]
    owner.withdraw()
    for more in (3, 0):  # which commit main is at, the file there, and its content: once
        seam.forget()
        with pytest.warns(WithdrawnWarning):
            owner.rows()
        found = asked()
        assert len(found) == 2 + more, found

    seam.choose = lambda _number, one: answer(503) if "paths-info" in one.path else None  # gone since it answered
    with pytest.warns(WithdrawnWarning):
        owner.rows()
    seam.choose = lambda _number, _request: answer(503)
    with pytest.warns(WithdrawnWarning, match=SWAPPED):
        tagpress.stream(REPO, "1.0.0", "train", rank=0, world_size=1, endpoint=owner.local.endpoint)
    seam.forget()
    monkeypatch.setattr("tagpress.consume.streaming.pinned.is_offline", lambda: True)
    with pytest.warns(WithdrawnWarning, match=SWAPPED):
        tagpress.stream(REPO, "1.0.0", "train", rank=0, world_size=1, endpoint=owner.local.endpoint)
    assert [one for one in asked() if "paths-info" in one or "revision" in one] == []


def test_somebody_commits_at_the_same_time(owner: Owner, seam: Seam) -> None:
    done: list[str] = []

    def before_the_first(_number: int, request: Request) -> Fault | None:
        if request.method == "POST" and "/commit/" in request.path and not done:
            done.append(request.path)
            return answer(412)
        return None

    seam.choose = before_the_first
    assert owner.withdraw().commit == owner.sees().head
    seam.choose = lambda _n, request: answer(412) if "/commit/" in request.path else None
    with pytest.raises(TagpressError) as refused:
        owner.withdraw(undo=True)
    assert refused.value.exit_code in {ConflictError.exit_code, 3}


def test_a_card_that_was_edited_by_hand_stays_a_conflict(owner: Owner) -> None:
    owner.withdraw()
    card = owner.read("README.md")
    owner.commit(card=card.replace("labels were swapped", "all is well").encode())
    (problem,) = verify_release(REPO, "main", hub=owner.hub).problems
    assert problem.startswith("README.md has ")
    assert "README.md was changed on the Hub" in owner.publish("1.1.0", MORE)["error"]["message"]
    owner.withdraw()  # mends the block
    assert verify_release(REPO, "main", hub=owner.hub).ok
    owner.commit(card=f"{card}\nMore.\n".encode())
    owner.withdraw(why="another reason")
    assert owner.read("README.md").endswith("\nMore.\n")
    assert "README.md was changed on the Hub" in owner.publish("1.1.0", MORE)["error"]["message"]


def test_a_file_that_cannot_be_read_is_one_error(owner: Owner) -> None:
    owner.commit(withdrawn=b'{"format_version": 1, "withdrawn": 5}')
    for use in (owner.rows, owner.withdraw):
        with pytest.raises(VerifyError, match="withdrawn: expected a list, found 5"):
            use()
    for revision in ("main", "v1.0.0"):
        (problem,) = verify_release(REPO, revision, hub=owner.hub).problems
        assert "withdrawn: expected a list, found 5" in problem
    assert owner.publish("1.1.0", MORE)["error"]["code"] == "verify"


@pytest.mark.parametrize(
    ("version", "how", "error", "said"),
    [
        ("2.0.0", {"why": "x"}, NotOnHubError, "me/toy has no release 2.0.0"),
        ("latest", {"why": "x"}, UsageError, "expected a version"),
        ("1.0.0", {"why": ""}, UsageError, "expected one line of 1 to 500 characters, found ''"),
        ("1.0.0", {"why": "a\nb"}, UsageError, "expected one line"),
    ],
)
def test_what_cannot_be_withdrawn(owner: Owner, version: str, how: Any, error: type[Exception], said: str) -> None:
    before = owner.sees()
    with pytest.raises(error, match=said):
        owner.withdraw(version, **how)
    assert owner.sees() == before


def test_the_command_line(owner: Owner, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(warnings, "filters", [])  # of the tests, for which every warning is an error
    monkeypatch.setenv("HF_TOKEN", owner.local.token)
    where = ["--hub", owner.local.endpoint]
    assert run(cli, ["withdraw", f"{REPO}@1.0.0", "--why", "labels were swapped", *where]) == 0
    assert f"{REPO} {SWAPPED}" in capsys.readouterr().err
    assert run(cli, ["verify", f"{REPO}@1.0.0", *where]) == 0
    assert f"warning: {SWAPPED}" in capsys.readouterr().err
    assert run(cli, ["croissant", f"{REPO}@1.0.0", *where]) == 0
    assert f"warning: {REPO} {SWAPPED}" in capsys.readouterr().err.replace("\n", " ")
    assert run(cli, ["withdraw", f"{REPO}@1.0.0", "--undo", "--json", *where]) == 0
    assert '"withdrawn": null' in capsys.readouterr().out
    for words in ([REPO, "--why", "x"], [f"{REPO}@1.0.0", "--undo", "--final"], [f"{REPO}@1.0.0"]):
        assert run(cli, ["withdraw", *words, *where]) == 2
