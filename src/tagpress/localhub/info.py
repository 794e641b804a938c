"""What is known of the account, and of one repository."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pygit2
from starlette.responses import Response

from tagpress.localhub.card import front_matter, tags_of
from tagpress.localhub.names import RepoName
from tagpress.localhub.refs import MAIN, find_commit
from tagpress.localhub.refusals import RefusedError, bad_request, not_found, repo_not_found
from tagpress.localhub.repos import all_names
from tagpress.localhub.trees import Entry, find_entry, list_entries
from tagpress.localhub.wire import OWNER, Call, answer, iso

_LIST_OPTIONS: Final = {"author", "search", "expand", "expand[]", "full", "limit", "cardData", "config"}
_WARNING: Final = "empty or missing yaml metadata in repo card (https://huggingface.co/docs/hub/datasets-cards)"


def whoami(_: Call) -> Response:
    """Name the owner of the token."""
    access = {"displayName": "owner", "role": "write", "createdAt": iso(0)}
    auth = {"type": "access_token", "accessToken": access}
    return answer({"type": "user", "id": OWNER, "name": OWNER, "fullname": OWNER, "orgs": [], "auth": auth})


def validate_yaml(call: Call) -> Response:
    """Check the front matter of a README before it is committed."""
    try:
        data = front_matter(str(call.json().get("content", "")))
    except ValueError as error:
        return answer({"errors": [{"message": str(error)}], "warnings": []}, 400)
    return answer({"errors": [], "warnings": [] if data else [{"message": _WARNING}]})


def auth_check(_: Call) -> Response:
    """Say yes: whoever gets here may."""
    return answer({})


def no_repository(_: Call) -> Response:
    """
    Answer for a name without a namespace, which no repository of this Hub has.

    Raises:
        RefusedError: always.

    """
    raise repo_not_found()


def no_such_call(call: Call) -> Response:
    """
    Answer for what this Hub does not know, before it is taken for somebody's page.

    Raises:
        RefusedError: always.

    """
    raise not_found(f"Cannot {call.method} /api/{call.names['path']}")


def repo_info(call: Call) -> Response:
    """Describe a repository at a revision: all of it, or the fields that `expand` names."""
    commit = find_commit(call.git(), call.names.get("revision", MAIN))
    return answer(_chosen(call, _describe(call.repo, call.settings(), commit, blobs=call.flag("blobs"))))


def _chosen(call: Call, info: dict[str, Any]) -> dict[str, Any]:
    wanted = {*call.query.getlist("expand"), *call.query.getlist("expand[]")}
    return {key: info[key] for key in info if not wanted or key in wanted | {"id", "_id"}}


def list_repos(call: Call) -> Response:
    """
    List the repositories of a kind that the caller may know of, last changed first.

    Raises:
        RefusedError: 400 for a filter or an order that this Hub does not have.

    """
    unknown = sorted(set(call.query) - _LIST_OPTIONS)
    if unknown:
        raise bad_request(f"This Hub can't list by {', '.join(unknown)}, only by author and search")
    author, words = call.query.get("author"), [word.lower() for word in call.query.getlist("search")]
    names = all_names(call.hub.store, call.names["kind"])
    asked = [
        name for name in names if author in {None, name.namespace} and all(word in name.id.lower() for word in words)
    ]
    found = [info for name in asked if (info := _listed(call, name)) is not None]
    found.sort(key=lambda info: str(info["lastModified"]), reverse=True)
    return answer([_chosen(call, info) for info in found[: call.number("limit", len(found))]])


def call_for(call: Call, name: RepoName) -> Call:
    """Return the same call for another repository."""
    return replace(call, names={"kind": name.kind, "namespace": name.namespace, "name": name.name})


def _listed(call: Call, name: RepoName) -> dict[str, Any] | None:
    """Describe a repository, None if the caller may not know of it or somebody is deleting it."""
    one = call_for(call, name)
    try:
        return _describe(name, one.settings(), find_commit(one.git(), MAIN), blobs=False)
    except RefusedError:
        return None


def _describe(name: RepoName, settings: Mapping[str, Any], commit: pygit2.Commit, *, blobs: bool) -> dict[str, Any]:
    card = card_of(commit)
    files = (entry for entry in list_entries(commit.tree, recursive=True) if entry.blob is not None)
    return {
        "_id": name.page,
        "id": name.id,
        "author": name.namespace,
        "sha": str(commit.id),
        "lastModified": iso(commit.commit_time),
        "createdAt": settings["createdAt"],
        "private": settings["visibility"] == "private",
        "visibility": settings["visibility"],
        "gated": settings["gated"],
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": tags_of(card),
        "cardData": card,
        "siblings": [_sibling(entry, blobs=blobs) for entry in files],
    }


def card_of(commit: pygit2.Commit) -> dict[str, Any]:
    """Return the metadata of a commit's README; empty if it has none, or none that can be read."""
    entry = find_entry(commit, "README.md")
    if entry is None or entry.blob is None or entry.pointer is not None:
        return {}
    try:
        return front_matter(entry.blob.data.decode("utf-8", "replace")) or {}
    except ValueError:  # the Hub too shows a repository whose card can't be read
        return {}


def _sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    sibling: dict[str, Any] = {"rfilename": entry.path}
    if blobs:
        sibling |= {"size": entry.size, "blobId": entry.oid}
    if blobs and entry.pointer is not None:
        pointer = entry.pointer
        sibling["lfs"] = {"sha256": pointer.sha256, "size": pointer.size, "pointerSize": len(pointer.text())}
    return sibling
