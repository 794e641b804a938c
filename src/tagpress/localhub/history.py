"""Commits: how one is made, and what the history says."""

from collections.abc import Iterator, Sequence
from typing import Any

import pygit2
from pygit2.enums import SortMode

from tagpress.localhub.names import utf8
from tagpress.localhub.refusals import bad_request
from tagpress.localhub.wire import OWNER, iso


def make_commit(
    git: pygit2.Repository, message: str, tree: pygit2.Oid, parents: Sequence[pygit2.Oid], now: float
) -> pygit2.Oid:
    """Write a commit that no reference names yet."""
    who = pygit2.Signature(OWNER, f"{OWNER}@localhost", int(now), 0)
    return git.create_commit(None, who, who, message, tree, list(parents))


def joined_message(summary: str, description: str) -> str:
    """
    Return a commit message: its first line, and the rest after an empty line.

    Raises:
        RefusedError: 400 for a message that git can't hold.

    """
    if b"\0" in utf8(summary + description):
        raise bad_request("A commit message can't hold NUL")
    title = " ".join(summary.split()) or "Upload with the Hub's API"
    return f"{title}\n\n{description.strip()}".rstrip() + "\n"


def split_message(commit: pygit2.Commit) -> tuple[str, str]:
    """Return a commit's title and the rest of its message."""
    title, _, rest = commit.message.partition("\n")
    return title, rest.strip()


def commits_from(git: pygit2.Repository, start: pygit2.Commit) -> Iterator[pygit2.Commit]:
    """Yield a commit and everything before it, newest first."""
    yield from git.walk(start.id, SortMode.TOPOLOGICAL | SortMode.TIME)


def contains(git: pygit2.Repository, head: pygit2.Oid, commit: pygit2.Oid) -> bool:
    """Return whether `commit` is in the history of `head`."""
    return head == commit or git.descendant_of(head, commit)


def last_commits(git: pygit2.Repository, start: pygit2.Commit, paths: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return, for each path, the newest commit that changed it, as the tree's answers carry it."""
    found: dict[str, dict[str, Any]] = {}
    for commit in commits_from(git, start):
        open_paths = [path for path in paths if path not in found]
        if not open_paths:
            break
        parent = commit.parents[0].tree if commit.parents else None
        for path in open_paths:
            if _id_at(commit.tree, path) != (_id_at(parent, path) if parent is not None else None):
                found[path] = {"id": str(commit.id), "title": split_message(commit)[0], "date": iso(commit.commit_time)}
    return found


def _id_at(tree: pygit2.Tree, path: str) -> pygit2.Oid | None:
    try:
        return tree[path].id
    except KeyError:
        return None
