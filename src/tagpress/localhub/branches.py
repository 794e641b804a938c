"""Branches and tags: which there are, and how they come and go."""

import pygit2
from starlette.responses import Response

from tagpress.localhub.history import joined_message, make_commit
from tagpress.localhub.names import new_reference, utf8
from tagpress.localhub.refs import MAIN, find_commit, full_name, point, remove
from tagpress.localhub.refusals import bad_request, conflict, forbidden, revision_not_found
from tagpress.localhub.wire import OWNER, Call, answer


def refs(call: Call) -> Response:
    """List what can be named as a revision; pull requests only if the client asks for them."""
    git = call.git()
    spaces = {"branches": "refs/heads/", "tags": "refs/tags/", "converts": "refs/convert/"}
    if call.flag("include_prs"):
        spaces["pullRequests"] = "refs/pr/"
    names = sorted(git.references)
    listed = {
        key: [_row(git, name, space) for name in names if name.startswith(space)] for key, space in spaces.items()
    }
    return answer(listed)


def _row(git: pygit2.Repository, name: str, space: str) -> dict[str, str]:
    return {"name": name.removeprefix(space), "ref": name, "targetCommit": str(find_commit(git, name).id)}


def create_branch(call: Call) -> Response:
    """
    Start a branch at a revision, the head of `main` if none is given.

    Raises:
        RefusedError: another branch has the name.

    """
    body = call.json()
    name = new_reference("heads", call.names["branch"])
    start = body.get("startingPoint", MAIN)
    with call.changing() as git:
        if git.references.get(name) is not None:
            raise conflict(f"Reference already exists: {name}")
        point(git, name, find_commit(git, str(start)).id, expected=None)
    return answer({})


def delete_branch(call: Call) -> Response:
    """
    Remove a branch; the main one stays.

    Raises:
        RefusedError: it is the main branch.

    """
    name = new_reference("heads", call.names["branch"])
    if name == MAIN:
        raise forbidden("The main branch can't be deleted")
    return _delete(call, name)


def create_tag(call: Call) -> Response:
    """
    Name a revision for good; 409 if the name is taken, wherever it points.

    Raises:
        RefusedError: the name is taken.

    """
    body = call.json()
    name, message = new_reference("tags", body.get("tag")), body.get("message")
    with call.changing() as git:
        target = find_commit(git, call.names["revision"]).id
        if git.references.get(name) is not None:
            raise conflict(f"Tag reference exists already: {name}")
        if isinstance(message, str) and message.strip():
            target = _annotated(call, git, name, target, message)
        point(git, name, target, expected=None)
    return answer({})


def _annotated(call: Call, git: pygit2.Repository, name: str, target: pygit2.Oid, message: str) -> pygit2.Oid:
    """Write a tag with a message; git's own call would also name it, and only `point` names things."""
    if b"\0" in utf8(message):
        raise bad_request("A tag's message can't hold NUL")
    head = f"object {target}\ntype commit\ntag {name.removeprefix('refs/tags/')}\n"
    tagger = f"tagger {OWNER} <{OWNER}@localhost> {int(call.hub.clock())} +0000\n"
    text = f"{head}{tagger}\n{message.strip()}\n".encode()
    return git.write(pygit2.enums.ObjectType.TAG, text)


def delete_tag(call: Call) -> Response:
    """Remove a tag."""
    return _delete(call, new_reference("tags", call.names["tag"]))


def _delete(call: Call, name: str) -> Response:
    with call.changing() as git:
        if git.references.get(name) is None:
            raise revision_not_found(name)
        remove(git, name)
    return answer({})


def squash(call: Call) -> Response:
    """Replace a branch's history by one commit with the same files."""
    with call.changing() as git:
        name = full_name(git, call.names["branch"])
        head = find_commit(git, name)
        message = joined_message(str(call.json().get("message") or "Squash"), "")
        made = make_commit(git, message, head.tree.id, [], call.hub.clock())
        point(git, name, made, expected=head.id)
    return answer({})
