"""Which page an address is, and what stands on it."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

import pygit2
from pygit2.enums import DeltaStatus
from starlette.responses import RedirectResponse, Response

from tagpress.localhub.card import tags_of
from tagpress.localhub.collection import all_collections, find_collection
from tagpress.localhub.history import commits_from, split_message
from tagpress.localhub.info import call_for, card_of
from tagpress.localhub.names import KINDS, RepoName, checked_path
from tagpress.localhub.pages.markdown import CardPlace, card_html
from tagpress.localhub.pages.render import page, segment
from tagpress.localhub.pointer import Pointer
from tagpress.localhub.pulls import parting
from tagpress.localhub.refs import MAIN, find_commit
from tagpress.localhub.refusals import RefusedError, entry_not_found, sign_in
from tagpress.localhub.repos import all_names
from tagpress.localhub.threads import PULLS, load, load_all
from tagpress.localhub.trees import Entry, find_entry, list_entries
from tagpress.localhub.wire import Call

MAX_SHOWN: Final = 512 << 10  # bytes of a text on a page; a longer one is a link
MAX_LISTED: Final = 1000  # entries, commits, files, discussions on a page
_ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 2h8l6 6-6 6H1z" fill="#0b5c8a"/>'
    '<circle cx="5" cy="8" r="1.6" fill="#fff"/></svg>'
)
_TAGS: Final = "refs/tags/"
_PICTURES: Final = (".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp")
_CHANGES: Final = {DeltaStatus.ADDED: "added", DeltaStatus.DELETED: "deleted"}


def home(call: Call) -> Response:
    """List the repositories that the caller may know of: of one kind, or of all."""
    kinds = (call.names["kind"],) if "kind" in call.names else tuple(KINDS)
    signed_in = call.signed_in()
    found = {kind: [row for name in all_names(call.hub.store, kind) if (row := _row(call, name))] for kind in kinds}
    for rows in found.values():
        rows.sort(key=lambda row: float(row["changed"]), reverse=True)
    shown = {kind: rows[:MAX_LISTED] for kind, rows in found.items() if rows or kind == "datasets" or len(kinds) == 1}
    lists = all_collections(call)[:MAX_LISTED] if "kind" not in call.names else []
    return page("home.html", {"kinds": shown, "collections": lists, "signed_in": signed_in, "endpoint": call.endpoint})


def collection(call: Call) -> Response:
    """Show a collection: the repositories in it, in their order."""
    found = find_collection(call)
    names = [RepoName(f"{item['type']}s", *item["id"].split("/")) for item in found["items"]]
    rows = [row for name in names if (row := _row(call, name))]
    return page("collection.html", {"collection": found, "rows": rows})


def _row(call: Call, name: RepoName) -> dict[str, Any] | None:
    """Return a line of the list, None if the caller may not know of the repository."""
    one = call_for(call, name)
    try:
        private, git = one.settings()["visibility"] == "private", one.git()
        commit = find_commit(git, MAIN)
    except RefusedError:
        return None
    tags = _tags(git)
    newest = tags[0]["name"] if tags else ""
    return {"id": name.id, "page": name.page, "private": private, "changed": commit.commit_time, "tag": newest}


def login(call: Call) -> Response:
    """
    Ask the browser for the token, then go home.

    Raises:
        RefusedError: no token, or a wrong one, came along.

    """
    if not call.signed_in():
        raise sign_in()
    return RedirectResponse("/", 303)


def icon(_: Call) -> Response:
    """Return what a browser shows beside the title."""
    return Response(_ICON, headers={"Cache-Control": "max-age=86400"}, media_type="image/svg+xml")


def repository(call: Call) -> Response:
    """Show a repository: its card, its versions, and how it is loaded."""
    git = call.git()
    commit = find_commit(git, MAIN)
    metadata = card_of(commit) if _may_read(call) else {}
    facts = [tag.replace(":", ": ", 1) for tag in tags_of(metadata) if not tag.startswith("_")]
    values = {"card": _card(call, commit, "main"), "tags": _tags(git), "facts": facts[:50], "commit": commit}
    return page("repository.html", {**_common(call, "card", "main"), **values, "endpoint": call.endpoint})


def tree(call: Call) -> Response:
    """
    List the files of a folder at a revision; at the root with the card of that revision.

    Raises:
        RefusedError: there is no such folder.

    """
    git, revision = call.git(), call.names["revision"]
    commit = find_commit(git, revision)
    path = call.names.get("path", "").strip("/")
    entry = find_entry(commit, checked_path(path)) if path else None
    folder = commit.tree if not path else entry.found if entry is not None else None
    if not isinstance(folder, pygit2.Tree):
        raise entry_not_found(f'{path} does not exist on "{revision}"', str(commit.id))
    start = call.number("from", 0)
    entries = list(islice(list_entries(folder, f"{path}/" if path else "", recursive=False), start, start + MAX_LISTED))
    values = {
        "entries": [_entry(entry) for entry in entries],
        "crumbs": _crumbs(path),
        "more": start + MAX_LISTED if len(entries) == MAX_LISTED else None,
        "tags": _tags(git),
        "commit": commit,
        "title": split_message(commit)[0],
        "card": _card(call, commit, revision) if not path else None,
    }
    return page("tree.html", {**_common(call, "files", revision), **values})


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "name": entry.path.rpartition("/")[2],
        "file": entry.blob is not None,
        "size": entry.size,
    }


def _crumbs(path: str) -> list[tuple[str, str]]:
    """Return each folder above and the last name: its name and its path."""
    parts = path.split("/") if path else []
    return [(part, "/".join(parts[: at + 1])) for at, part in enumerate(parts)]


def blob(call: Call) -> Response:
    """
    Show one file: a text, a picture, or what is known of it.

    Raises:
        RefusedError: there is no such file.

    """
    revision, path = call.names["revision"], checked_path(call.names["path"])
    commit = find_commit(call.git(), revision)
    entry = find_entry(commit, path)
    if entry is None or entry.blob is None:
        raise entry_not_found(f'{path} does not exist on "{revision}"', str(commit.id))
    values = {
        "path": path,
        "crumbs": _crumbs(path),
        "size": entry.size,
        "oid": entry.oid,
        "large": entry.pointer,
        "text": _text(entry),
        "picture": path.lower().endswith(_PICTURES),
        "commit": commit,
    }
    return page("blob.html", {**_common(call, "files", revision), **values})


def _text(entry: Entry) -> str | None:
    """Return a small file's text, None if it is large or no text."""
    if entry.blob is None or entry.pointer is not None or entry.size > MAX_SHOWN:
        return None
    try:
        text = entry.blob.data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def commits(call: Call) -> Response:
    """List a revision's history, newest first."""
    git, revision = call.git(), call.names["revision"]
    start = call.number("from", 0)
    found = list(islice(commits_from(git, find_commit(git, revision)), start, start + MAX_LISTED))
    rows = [{"id": str(one.id), "title": split_message(one)[0], "time": one.commit_time} for one in found]
    more = start + MAX_LISTED if len(found) == MAX_LISTED else None
    return page("commits.html", {**_common(call, "commits", revision), "commits": rows, "more": more})


def commit(call: Call) -> Response:
    """Show one commit: its message, and the files that it changes."""
    git = call.git()
    found = find_commit(git, call.names["oid"])
    title, message = split_message(found)
    parents = [str(parent.id) for parent in found.parents]
    before = found.parents[0].tree if found.parents else None
    values = {"commit": found, "title": title, "message": message, "parents": parents}
    return page("commit.html", {**_common(call, "commits", str(found.id)), **values, **_changes(before, found.tree)})


def _changes(before: pygit2.Tree | None, after: pygit2.Tree) -> dict[str, Any]:
    """Return which files differ between two trees, the first of them at least, and how many there are."""
    diff = after.diff_to_tree(swap=True) if before is None else before.diff_to_tree(after)
    rows = [(_CHANGES.get(delta.status, "changed"), delta.new_file.path) for delta in islice(diff.deltas, MAX_LISTED)]
    return {"changes": rows, "changed": len(diff)}


def discussions(call: Call) -> Response:
    """List discussions and pull requests, newest first."""
    threads = load_all(call, call.git())
    return page("discussions.html", {**_common(call, "discussions", "main"), "threads": threads[:MAX_LISTED]})


def discussion(call: Call) -> Response:
    """Show a discussion; for a pull request also what it changes."""
    git = call.git()
    thread = load(call, git, call.names["number"])
    said = [event for event in thread["events"] if event["type"] == "comment"]
    reference = f"{PULLS}{thread['num']}" if thread["isPullRequest"] else "main"
    values: dict[str, Any] = {"thread": thread, "said": said, "changes": (), "changed": 0}
    if thread["isPullRequest"]:
        head, main = find_commit(git, reference), find_commit(git, MAIN)
        values |= _changes((parting(git, main, head) or main).tree, head.tree)
    return page("discussion.html", {**_common(call, "discussions", reference), **values})


def refused(refusal: RefusedError, *, signed_in: bool) -> Response:
    """Say no on a page."""
    values = {"status": refusal.status, "message": refusal.message, "signed_in": signed_in}
    return page("refused.html", values, refusal.status, refusal.headers)


def _common(call: Call, tab: str, revision: str) -> dict[str, Any]:
    settings = call.settings()
    return {
        "repo": call.repo,
        "base": f"/{call.repo.page}",
        "revision": revision,
        "rev": segment(revision),
        "tab": tab,
        "private": settings["visibility"] == "private",
        "gated": bool(settings["gated"]),
        "readable": _may_read(call),
    }


def _may_read(call: Call) -> bool:
    """Return whether the caller may see what is in the files, not only their names."""
    return not call.settings()["gated"] or call.signed_in()


def _tags(git: pygit2.Repository) -> list[Mapping[str, Any]]:
    """Return the tags, newest commit first; of two on one commit the greater version first."""
    names = [name for name in git.references if name.startswith(_TAGS)]
    found = [(find_commit(git, name), name.removeprefix(_TAGS)) for name in names]
    found.sort(key=lambda each: (each[0].commit_time, each[1]), reverse=True)
    return [{"name": name, "time": commit.commit_time, "oid": str(commit.id)} for commit, name in found]


def _card(call: Call, commit: pygit2.Commit, revision: str) -> Any:  # noqa: ANN401 - markup, or None
    """Return the README as HTML, None if there is none to be shown."""
    entry = find_entry(commit, "README.md")
    if not _may_read(call) or entry is None or entry.blob is None or isinstance(entry.pointer, Pointer):
        return None
    return card_html(entry.blob.data.decode("utf-8", "replace"), CardPlace(f"/{call.repo.page}", revision))
