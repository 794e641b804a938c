"""How a change waits for approval, and how it is merged."""

from typing import Any, Final, cast

import pygit2
from pygit2.enums import MergeFlag, SortMode
from starlette.responses import Response

from tagpress.localhub.history import joined_message, make_commit, split_message
from tagpress.localhub.refs import MAIN, find_commit, point
from tagpress.localhub.refusals import bad_request, conflict
from tagpress.localhub.threads import (
    ACTIVE,
    AUTHOR,
    PULLS,
    Thread,
    comment,
    event,
    load,
    load_all,
    open_pull,
    open_thread,
    save,
)
from tagpress.localhub.wire import Call, answer, iso

_SETTABLE: Final = ("open", "closed")
_KINDS: Final = {"all": (True, False), "pull_request": (True,), "discussion": (False,)}  # of isPullRequest
_STATUSES: Final = {"all": (*ACTIVE, "closed", "merged"), "open": ACTIVE, "closed": ("closed", "merged")}
_PAGE: Final = 50  # discussions


def create(call: Call) -> Response:
    """Open a discussion, or a draft of a pull request that starts at the head of `main`."""
    body = call.json()
    title, text, is_pull = _text(body, "title"), str(body.get("description") or ""), bool(body.get("pullRequest"))
    with call.changing() as git:
        thread = open_thread(call, title, text, "draft" if is_pull else "open", is_pull=is_pull)
        if is_pull:
            open_pull(call, git, thread, find_commit(git, MAIN).id)
        else:
            save(call, thread)
    page = f"{call.endpoint}/{call.repo.page}/discussions/{thread['num']}"
    return answer({"num": thread["num"], "url": page, "pullRequest": is_pull})


def _text(body: dict[str, Any], key: str) -> str:
    found = body.get(key)
    if not isinstance(found, str) or not found.strip():
        raise bad_request(f"{key!r} must be a text, found {found!r}")
    return found.strip()


def list_threads(call: Call) -> Response:
    """
    List discussions, newest first, a page at a time.

    Raises:
        RefusedError: the type or the status asked for is none.

    """
    kind, status, author = (call.query.get(key, "all") for key in ("type", "status", "author"))
    if kind not in _KINDS or status not in _STATUSES:
        raise bad_request(f"Expected a type of {', '.join(_KINDS)} and a status of {', '.join(_STATUSES)}")
    threads = load_all(call, call.git()) if author in {"all", AUTHOR["name"]} else []
    found = [
        _summary(call, thread)
        for thread in threads
        if thread["isPullRequest"] in _KINDS[kind] and thread["status"] in _STATUSES[status]
    ]
    start = call.number("p", 0) * _PAGE
    return answer({"discussions": found[start : start + _PAGE], "count": len(found), "start": start})


def _summary(call: Call, thread: Thread) -> dict[str, Any]:
    keys = ("num", "title", "status", "isPullRequest", "createdAt")
    repo = {"name": call.repo.id, "type": call.repo.kind.removesuffix("s")}
    return {**{key: thread[key] for key in keys}, "author": AUTHOR, "repo": repo}


def details(call: Call) -> Response:
    """Describe a discussion with all that happened; for a pull request also its difference from `main`."""
    git = call.git()
    thread = load(call, git, call.names["number"])
    found = {**_summary(call, thread), "events": thread["events"]}
    return answer({**found, **_pull_details(git, thread)} if thread["isPullRequest"] else found)


def _pull_details(git: pygit2.Repository, thread: Thread) -> dict[str, Any]:
    main, head = find_commit(git, MAIN), find_commit(git, f"{PULLS}{thread['num']}")
    merged = {"mergeCommitId": thread["mergeCommitId"]} if thread["status"] == "merged" else {}
    _, conflicts = _merged_tree(git, main, head) if thread["status"] in ACTIVE else (None, [])
    own = [_commit_event(commit) for commit in _own_commits(git, main, head)]
    return {
        "events": sorted([*thread["events"], *own], key=lambda found: str(found["createdAt"])),
        "changes": {"base": MAIN, **merged},
        "filesWithConflicts": conflicts,
        "diff": git.diff(parting(git, main, head) or main, head).patch or "",
    }


def parting(git: pygit2.Repository, main: pygit2.Commit, head: pygit2.Commit) -> pygit2.Commit | None:
    """Return where the two histories part, None if a squash left them nothing in common."""
    found = cast("pygit2.Oid | None", git.merge_base(main.id, head.id))
    return None if found is None else find_commit(git, str(found))


def _own_commits(git: pygit2.Repository, main: pygit2.Commit, head: pygit2.Commit) -> list[pygit2.Commit]:
    """Return the commits that only the pull request has, oldest first."""
    walk = git.walk(head.id, SortMode.TOPOLOGICAL | SortMode.REVERSE)
    walk.hide(main.id)
    return list(walk)


def _commit_event(commit: pygit2.Commit) -> Thread:
    data = {"subject": split_message(commit)[0], "oid": str(commit.id)}
    made = iso(commit.commit_time)
    return {"id": str(commit.id), "type": "commit", "createdAt": made, "author": AUTHOR, "data": data}


def _merged_tree(
    git: pygit2.Repository, main: pygit2.Commit, head: pygit2.Commit
) -> tuple[pygit2.Oid | None, list[str]]:
    """Return the tree that a merge gives, or None and the files that stand in its way."""
    base = parting(git, main, head)
    before = base.tree.id if base is not None else pygit2.Index().write_tree(git)
    index = git.merge_trees(before, main.tree.id, head.tree.id, flags=MergeFlag(0))
    if index.conflicts is None:
        return index.write_tree(git), []
    sides = (side.path for three in index.conflicts for side in three if side is not None)
    return None, sorted(set(sides))


def add_comment(call: Call) -> Response:
    """Add a comment."""
    happened = comment(call, _text(call.json(), "comment"))
    with call.changing() as git:
        thread = load(call, git, call.names["number"])
        save(call, {**thread, "events": [*thread["events"], happened]})
    return answer({"newMessage": happened})


def change_title(call: Call) -> Response:
    """Give a discussion another title."""
    title = _text(call.json(), "title")
    with call.changing() as git:
        thread = load(call, git, call.names["number"])
        happened = event(call, "title-change", {"from": thread["title"], "to": title})
        save(call, {**thread, "title": title, "events": [*thread["events"], happened]})
    return answer({"newTitle": happened})


def change_status(call: Call) -> Response:
    """
    Open or close a discussion; opening a draft makes it ready to merge.

    Raises:
        RefusedError: there is no such status, or it cannot follow the one that is.

    """
    body = call.json()
    status = body.get("status")
    if status not in _SETTABLE:
        raise bad_request(f"Expected one of {', '.join(_SETTABLE)}, found {status!r}")
    with call.changing() as git:
        thread = load(call, git, call.names["number"])
        if thread["status"] == "merged":
            raise bad_request("A merged pull request can't change its status")
        happened = event(call, "status-change", {"status": status})
        save(call, {**thread, "status": status, "events": [*thread["events"], *_remark(call, body), happened]})
    return answer({"newStatus": happened})


def _remark(call: Call, body: dict[str, Any]) -> list[Thread]:
    """Return the comment that may come with a change."""
    text = body.get("comment")
    return [comment(call, text)] if isinstance(text, str) and text.strip() else []


def merge(call: Call) -> Response:
    """
    Put a pull request on top of `main` as one commit.

    A draft must be opened first; 409 if `main` has changed the same files meanwhile.

    Raises:
        RefusedError: the pull request is not open, or `main` has changed the same files.

    """
    remark = _remark(call, call.json())
    with call.changing() as git:
        thread = load(call, git, call.names["number"])
        if not thread["isPullRequest"] or thread["status"] != "open":
            kind = "pull request" if thread["isPullRequest"] else "discussion"
            raise bad_request(f"Only an open pull request can be merged, this is a {thread['status']} {kind}")
        main, head = find_commit(git, MAIN), find_commit(git, f"{PULLS}{thread['num']}")
        made = _squash(call, git, thread, main, head)
        save(call, {**thread, "mergeCommitId": str(made)})  # before `main` moves: see `threads`
        if made != main.id:
            point(git, MAIN, made, expected=main.id)
        events = [*thread["events"], *remark, event(call, "status-change", {"status": "merged"})]
        save(call, {**thread, "mergeCommitId": str(made), "status": "merged", "events": events})
    return answer({"mergeCommitId": str(made)})


def _squash(call: Call, git: pygit2.Repository, thread: Thread, main: pygit2.Commit, head: pygit2.Commit) -> pygit2.Oid:
    """Write the merge without naming it; `main` itself if the request changes nothing."""
    tree, conflicts = _merged_tree(git, main, head)
    if tree is None:
        raise conflict(f"Can't merge: both sides changed {', '.join(conflicts)}")
    if tree == main.tree.id:
        return main.id
    own = _own_commits(git, main, head)
    listed = "\n".join(f"- {split_message(commit)[0]} ({commit.id})" for commit in own)
    return make_commit(
        git, joined_message(f"{thread['title']} (#{thread['num']})", listed), tree, [main.id], call.hub.clock()
    )
