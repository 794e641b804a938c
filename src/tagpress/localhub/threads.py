"""
What is remembered of a discussion or pull request.

One JSON file each: number, title, status, comments; for a pull request also the reference `refs/pr/N`. The file is what
makes it exist: it is written after the reference, and a number whose file was never written is given away again.

A merge writes the squashed commit's id into the file first, then moves `main`. A request whose `mergeCommitId` is in the
history of `main` is merged, whatever its file says, so no moment of a crash leaves it open and merged at once.
"""

import secrets
from pathlib import Path
from typing import Any, Final

import pygit2

from tagpress.localhub.history import contains
from tagpress.localhub.refs import MAIN, find_commit, point
from tagpress.localhub.refusals import bad_request, not_found
from tagpress.localhub.storage import read_json, write_json
from tagpress.localhub.wire import OWNER, Call, iso

Thread = dict[str, Any]  # what a file holds
AUTHOR: Final = {"name": OWNER}
ACTIVE: Final = ("draft", "open")
PULLS: Final = "refs/pr/"
_DIGITS: Final = 6  # of a number; more than anybody opens here


def open_thread(call: Call, title: str, text: str, status: str, *, is_pull: bool) -> Thread:
    """Return a new discussion with the next free number; it exists once it is saved. The repository is locked."""
    number = max((int(path.stem) for path in _folder(call).glob("*.json")), default=0) + 1
    return {
        "num": number,
        "title": " ".join(title.split()) or f"Discussion {number}",
        "status": status,
        "isPullRequest": is_pull,
        "createdAt": iso(call.hub.clock()),
        "events": [comment(call, text)],
    }


def open_pull(call: Call, git: pygit2.Repository, thread: Thread, head: pygit2.Oid) -> None:
    """Give a new pull request its reference, then its file; the repository is locked."""
    name = f"{PULLS}{thread['num']}"
    orphan = git.references.get(name)
    point(git, name, head, expected=None if orphan is None else find_commit(git, name).id)
    save(call, thread)


def save(call: Call, thread: Thread) -> None:
    """Replace a discussion's file; the repository is locked."""
    write_json(call.hub.store, _folder(call) / f"{thread['num']:0{_DIGITS}d}.json", thread)


def load(call: Call, git: pygit2.Repository, number: str) -> Thread:
    """
    Return a discussion with its true status.

    Raises:
        RefusedError: 404 if there is none with this number.

    """
    known = number.isascii() and number.isdecimal() and len(number) <= _DIGITS
    thread = read_json(_folder(call) / f"{int(number):0{_DIGITS}d}.json") if known else None
    if thread is None:
        raise not_found(f"No discussion {number[:20]!r} in {call.repo.id}")
    return _with_true_status(git, thread)


def load_all(call: Call, git: pygit2.Repository) -> list[Thread]:
    """Return all discussions, newest first."""
    return [load(call, git, path.stem) for path in sorted(_folder(call).glob("*.json"), reverse=True)]


def check_open(call: Call, git: pygit2.Repository, reference: str) -> None:
    """
    Refuse a commit to a pull request that is over; a branch is never over.

    Raises:
        RefusedError: 400 for a closed or merged one, 404 for one that was never opened.

    """
    if reference.startswith(PULLS):
        status = load(call, git, reference.removeprefix(PULLS))["status"]
        if status not in ACTIVE:
            raise bad_request(f"Can't commit to {reference}: the pull request is {status}")


def comment(call: Call, text: str) -> Thread:
    """Return a comment, an event of a discussion."""
    return event(call, "comment", {"edited": False, "hidden": False, "latest": {"raw": text}})


def event(call: Call, kind: str, data: dict[str, Any]) -> Thread:
    """Return something that happens to a discussion now."""
    created = iso(call.hub.clock())
    return {"id": secrets.token_hex(12), "type": kind, "createdAt": created, "author": AUTHOR, "data": data}


def _folder(call: Call) -> Path:
    return call.folder / "discussions"


def _with_true_status(git: pygit2.Repository, thread: Thread) -> Thread:
    merge = thread.get("mergeCommitId")
    if thread["status"] == "merged" or merge is None:
        return thread
    if git.get(merge) is not None and contains(git, find_commit(git, MAIN).id, pygit2.Oid(hex=merge)):
        return {**thread, "status": "merged"}
    return {key: value for key, value in thread.items() if key != "mergeCommitId"}
