"""A commit on its way to the disk: whole, on top of the parent that its author saw, or not at all."""

import threading
from collections.abc import Mapping, Sequence
from typing import Final

import pygit2
from starlette.responses import Response

from tagpress.localhub.history import joined_message, make_commit
from tagpress.localhub.operations import Put, PutLarge, RequestedChange, applied, parse_change
from tagpress.localhub.pointer import Pointer, pointer_in
from tagpress.localhub.refs import find_commit, full_name, point
from tagpress.localhub.refusals import bad_request, parent_moved
from tagpress.localhub.storage import HubStorage
from tagpress.localhub.threads import check_open, open_pull, open_thread
from tagpress.localhub.trees import GITATTRIBUTES, all_files, is_tracked, track_line, write_tree
from tagpress.localhub.wire import Call, answer

MAX_COMMIT: Final = 1 << 30  # bytes of a commit's body: it is read a line at a time
_AT_ONCE: Final = threading.BoundedSemaphore(2)  # commits that hold a file in memory, in base64 and out of it


def commit(call: Call) -> Response:
    """
    Make one commit; one that changes nothing answers with the head that is there already.

    With `?create_pr=1` the branch stays, and the commit opens a pull request on top of its parent.
    """
    assert call.upload is not None, "the route sends the body to a draft"
    with call.upload.path.open("rb") as body:
        change = parse_change(body)
        return _commit_as_pull(call, change) if call.flag("create_pr") else _commit(call, change)


def _commit(call: Call, change: RequestedChange) -> Response:
    with call.changing() as git:
        name = full_name(git, call.names["revision"])
        head = find_commit(git, name)
        check_open(call, git, name)
        _check_parent(head, change.parent)
        made = _write(call, git, head, change)
        if made != head.id:
            point(git, name, made, expected=head.id)
    return answer(_done(call, made))


def _commit_as_pull(call: Call, change: RequestedChange) -> Response:
    with call.changing() as git:
        base = find_commit(git, change.parent or call.names["revision"])
        made = _write(call, git, base, change)
        thread = open_thread(call, change.summary, change.description, "open", is_pull=True)
        open_pull(call, git, thread, made)
    page = f"{call.endpoint}/{call.repo.page}/discussions/{thread['num']}"
    return answer({**_done(call, made), "pullRequestUrl": page})


def _done(call: Call, made: pygit2.Oid) -> dict[str, object]:
    page = f"{call.endpoint}/{call.repo.page}/commit/{made}"
    return {"success": True, "commitOid": str(made), "commitUrl": page, "hookOutput": ""}


def _check_parent(head: pygit2.Commit, parent: str | None) -> None:
    shortest = 5  # hex digits; what the clients accept as a shorthand
    if parent is not None and (len(parent) < shortest or not str(head.id).startswith(parent)):
        raise parent_moved()


def _write(call: Call, git: pygit2.Repository, parent: pygit2.Commit, change: RequestedChange) -> pygit2.Oid:
    """Write the commit without naming it; the parent itself if nothing changes."""
    now, store = call.hub.clock(), call.hub.store
    before, large = all_files(parent.tree), []

    def write(operation: Put | PutLarge) -> pygit2.Oid:
        if isinstance(operation, PutLarge):
            large.append(operation.path)
        return _write_blob(git, store, operation)

    with _AT_ONCE:
        after = applied(before, change.operations, write)
    attributes_change = [
        path for path in before.keys() | after.keys() if _is_attributes(path) and before.get(path) != after.get(path)
    ]
    judge = make_commit(git, "-", write_tree(git, parent.tree, after), [], now) if attributes_change else parent.id
    untracked = [path for path in large if path in after and not is_tracked(git, judge, path)]
    tree = write_tree(git, parent.tree, _with_tracking(git, after, untracked))
    if tree == parent.tree.id:
        return parent.id
    return make_commit(git, joined_message(change.summary, change.description), tree, [parent.id], now)


def _is_attributes(path: str) -> bool:
    return path.rpartition("/")[2] == GITATTRIBUTES


def _with_tracking(
    git: pygit2.Repository, files: Mapping[str, pygit2.Oid], untracked: Sequence[str]
) -> Mapping[str, pygit2.Oid]:
    """Add to `.gitattributes` what makes a git client fetch these large files: size sent them to LFS, not their name."""
    if not untracked:
        return files
    old = git[files[GITATTRIBUTES]].read_raw() if GITATTRIBUTES in files else b""
    lines = "".join(track_line(path) for path in dict.fromkeys(untracked)).encode()
    return {**files, GITATTRIBUTES: git.create_blob((old.rstrip(b"\n") + b"\n").lstrip(b"\n") + lines)}


def _write_blob(git: pygit2.Repository, store: HubStorage, operation: Put | PutLarge) -> pygit2.Oid:
    if isinstance(operation, PutLarge):
        return git.create_blob(_known(store, operation.path, operation.sha256, operation.size).text())
    pointer = pointer_in(operation.content)
    if pointer is not None:
        _known(store, operation.path, pointer.sha256, pointer.size)
    return git.create_blob(operation.content)


def _known(store: HubStorage, path: str, sha256: str, size: int | None) -> Pointer:
    """
    Return the pointer to a large file that is on disk.

    Raises:
        RefusedError: 400 if its content was never uploaded whole.

    """
    found = store.keep(store.large_file(sha256))
    if found is None:
        raise bad_request(f"LFS pointer of {path!r} points to {sha256}, which was never uploaded")
    if size not in {None, found}:
        raise bad_request(f"LFS pointer of {path!r} says {size} bytes, but {sha256} has {found}")
    return Pointer(sha256, found)
