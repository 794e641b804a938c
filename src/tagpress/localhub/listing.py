"""What is in a repository at a revision, and how it got there."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import islice
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlencode

import pygit2
from starlette.responses import Response

from tagpress.localhub.history import commits_from, last_commits, split_message
from tagpress.localhub.names import checked_path
from tagpress.localhub.refs import find_commit
from tagpress.localhub.refusals import bad_request, entry_not_found, too_large
from tagpress.localhub.trees import Entry, find_entry, list_entries
from tagpress.localhub.wire import OWNER, Call, answer, iso

PAGE: Final = 1000  # entries, or commits
PAGE_EXPANDED: Final = 50  # entries with their last commits, which cost a walk through the history
MAX_PATHS: Final = 1000
_UNSCANNED: Final = {"status": "unscanned", "avScan": None, "pickleImportScan": None}


def tree(call: Call) -> Response:
    """
    List the entries below a folder, a page at a time.

    The link to the next page names the commit, not the branch: a listing never mixes two commits.
    """
    git = call.git()
    commit = find_commit(git, call.names["revision"])
    folder, prefix = _folder(commit, call.names.get("path", "").rstrip("/"))
    expand, start = call.flag("expand"), call.number("cursor", 0)
    size = min(max(1, call.number("limit", PAGE)), PAGE_EXPANDED if expand else PAGE)
    entries = list(islice(list_entries(folder, prefix, recursive=call.flag("recursive")), start, start + size + 1))
    path = "/".join(["tree", str(commit.id), *([quote(prefix[:-1], safe="")] if prefix else [])])
    headers = _next_link(call, path, {"cursor": start + size}) if len(entries) > size else {}
    return answer(_rows(git, commit, entries[:size], expand=expand), headers=headers)


def _folder(commit: pygit2.Commit, path: str) -> tuple[pygit2.Tree, str]:
    entry = find_entry(commit, checked_path(path)) if path else None
    found = commit.tree if not path else entry.found if entry is not None else None
    if not isinstance(found, pygit2.Tree):
        raise entry_not_found(f'{path} does not exist on "{commit.id}"', str(commit.id))
    return found, f"{path}/" if path else ""


def _next_link(call: Call, path: str, changes: Mapping[str, object]) -> dict[str, str]:
    query = [(key, value) for key, value in call.query.multi_items() if key not in changes]
    link = f"{call.endpoint}/api/{call.repo.kind}/{call.repo.id}/{path}?{urlencode([*query, *changes.items()])}"
    return {"Link": f'<{link}>; rel="next"'}


def _rows(
    git: pygit2.Repository, commit: pygit2.Commit, entries: Sequence[Entry], *, expand: bool
) -> list[dict[str, Any]]:
    latest = last_commits(git, commit, [entry.path for entry in entries]) if expand else {}
    extra = {"securityFileStatus": _UNSCANNED} if expand else {}
    last = {path: {"lastCommit": found} for path, found in latest.items()}
    return [{**_row(entry), **extra, **last.get(entry.path, {})} for entry in entries]


def _row(entry: Entry) -> dict[str, Any]:
    if entry.blob is None:
        return {"type": "directory", "path": entry.path, "oid": entry.oid, "size": 0}
    row = {"type": "file", "path": entry.path, "oid": entry.oid, "size": entry.size}
    if entry.pointer is None:
        return row
    pointer = entry.pointer
    return {**row, "lfs": {"oid": pointer.sha256, "size": pointer.size, "pointerSize": len(pointer.text())}}


def paths_info(call: Call) -> Response:
    """
    Describe the paths that exist among those of a form (or JSON) body; the others are left out.

    Raises:
        RefusedError: there are too many paths.

    """
    paths, expand = _asked_paths(call)
    if len(paths) > MAX_PATHS:
        raise too_large(f"At most {MAX_PATHS} paths a request, found {len(paths)}")
    git = call.git()
    commit = find_commit(git, call.names["revision"])
    entries = [entry for path in paths if path and (entry := find_entry(commit, checked_path(path))) is not None]
    return answer(_rows(git, commit, entries, expand=expand))


def _asked_paths(call: Call) -> tuple[list[str], bool]:
    if "json" in call.headers.get("content-type", ""):
        body = call.json()
        paths, expand = body.get("paths", []), str(body.get("expand", ""))
    else:
        form = parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True)
        paths, expand = form.get("paths", []), form.get("expand", [""])[-1]
    if not isinstance(paths, list):
        raise bad_request('Expected "paths", a list')
    return [str(path).rstrip("/") for path in paths], expand.lower() in {"1", "true"}


def commits(call: Call) -> Response:
    """List a revision's history, newest first, a page at a time; `expand[]=formatted` repeats the texts as HTML."""
    git = call.git()
    head = find_commit(git, call.names["revision"])
    page, size = call.number("p", 0), min(max(1, call.number("limit", PAGE)), PAGE)
    found = list(islice(commits_from(git, head), page * size, (page + 1) * size + 1))
    formatted = "formatted" in call.query.getlist("expand[]")
    headers = _next_link(call, f"commits/{head.id}", {"p": page + 1}) if len(found) > size else {}
    return answer([_commit_row(commit, formatted=formatted) for commit in found[:size]], headers=headers)


def _commit_row(commit: pygit2.Commit, *, formatted: bool) -> dict[str, Any]:
    title, message = split_message(commit)
    date = iso(commit.commit_time)
    row = {"id": str(commit.id), "title": title, "message": message, "date": date, "authors": [{"user": OWNER}]}
    return {**row, "formatted": {"title": escape(title), "message": escape(message)}} if formatted else row
