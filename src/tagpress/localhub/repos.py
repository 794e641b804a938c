"""How a repository is made, moved, changed and deleted."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pygit2
from starlette.responses import Response

from tagpress.localhub import attributes, renames
from tagpress.localhub.history import make_commit
from tagpress.localhub.names import RepoName
from tagpress.localhub.refs import MAIN
from tagpress.localhub.refusals import bad_request, conflict, repo_not_found
from tagpress.localhub.storage import HubStorage, gone_on_failure, make_folder, place, sync_folder, write_json
from tagpress.localhub.trees import GITATTRIBUTES, write_tree
from tagpress.localhub.wire import OWNER, Call, answer, iso

VISIBILITIES: Final = ("public", "private", "protected")
GATES: Final = (False, "auto", "manual")


def create(call: Call) -> Response:
    """Make a repository with its first commit; 409 with the same answer if it exists."""
    body = call.json()
    name = _named(body)
    settings = {
        "visibility": _one_of(VISIBILITIES, body.get("visibility", "private" if body.get("private") else "public")),
        "gated": False,
        "createdAt": iso(call.hub.clock()),
    }
    done = {"url": f"{call.endpoint}/{name.page}", "name": name.id, "type": name.kind.removesuffix("s")}
    with call.hub.store.lock(name):
        if call.hub.store.repository(name).exists():
            message = f"You already created this {done['type']} repo"
            return answer({**done, "error": message}, 409, {"X-Error-Message": message})
        _build(call.hub.store, name, settings, call.hub.clock())
        renames.forget(call.hub.store, name)
    return answer(done)


def _named(body: Mapping[str, Any]) -> RepoName:
    parts = (body.get("type") or "model", body.get("organization") or OWNER, body.get("name"))
    if not all(isinstance(part, str) for part in parts):
        raise bad_request("A repository's type, organization and name must be strings")
    return RepoName(f"{parts[0]}s", str(parts[1]), str(parts[2]))


def _one_of(allowed: tuple[object, ...], found: object) -> object:
    if found not in allowed:
        raise bad_request(f"Expected one of {', '.join(map(str, allowed))}, found {found!r}")
    return found


def _build(store: HubStorage, name: RepoName, settings: Mapping[str, Any], now: float) -> None:
    """Build the whole repository beside its place, then rename it: nobody ever sees a part of one."""
    draft = Path(tempfile.mkdtemp(dir=store.tmp))
    with gone_on_failure(draft):
        git = pygit2.init_repository(str(draft / "git"), bare=True, initial_head="main")
        git.config["core.fsyncObjectFiles"] = True  # libgit2 then syncs objects, references and their folders
        git = pygit2.Repository(str(draft / "git"))
        tree = write_tree(git, None, {GITATTRIBUTES: git.create_blob(attributes.INITIAL.encode())})
        git.references.create(MAIN, make_commit(git, "initial commit\n", tree, [], now))
        (draft / "git/refs/pr").mkdir()
        (draft / "discussions").mkdir()
        write_json(store, draft / "settings.json", settings)
        place(draft, store.repository(name))


def delete(call: Call) -> Response:
    """
    Remove a repository; its large files stay, as others may share them.

    Raises:
        RefusedError: there is no such repository.

    """
    name = _named(call.json())
    store = call.hub.store
    with store.lock(name):
        if not store.repository(name).exists():
            raise repo_not_found()
        grave = Path(tempfile.mkdtemp(dir=store.tmp))
        store.repository(name).rename(grave / "deleted")
        sync_folder(store.repository(name).parent)
        renames.forget_all(store, name)
    shutil.rmtree(grave)
    return answer({})


def move(call: Call) -> Response:
    """
    Give a repository another name; the old one leads to it, until another repository takes it.

    Raises:
        RefusedError: there is none to move, the new name is taken, or it is no name.

    """
    body = call.json()
    kind = f"{body.get('type') or 'model'}s"
    source, target = (_whole_name(kind, body.get(key)) for key in ("fromRepo", "toRepo"))
    store = call.hub.store
    if source == target:
        raise bad_request("The repository has this name already")
    # Locked in one order by everybody: two moves never wait for each other.
    first, second = sorted((source, target), key=lambda name: name.id)
    with store.lock(first), store.lock(second):
        if not store.repository(source).exists():
            raise repo_not_found()
        if store.repository(target).exists():
            raise conflict(f"Repository {target.id} exists already")
        make_folder(store.repository(target).parent)
        renames.note_move(store, source, target)
        store.repository(source).rename(store.repository(target))
        sync_folder(store.repository(target).parent)
        sync_folder(store.repository(source).parent)
        renames.follow_moved(store, source, target)
    return answer({})


def _whole_name(kind: str, found: object) -> RepoName:
    if not isinstance(found, str) or found.count("/") != 1:
        raise bad_request(f"Expected namespace/name, found {found!r}")
    return RepoName(kind, *found.split("/"))


def update_settings(call: Call) -> Response:
    """Change who may read a repository."""
    body = call.json()
    rules = {"visibility": VISIBILITIES, "gated": GATES}
    if "private" in body:
        body["visibility"] = "private" if body["private"] else "public"
    changes = {key: _one_of(allowed, body[key]) for key, allowed in rules.items() if key in body}
    with call.changing():
        settings = {**call.settings(), **changes}
        write_json(call.hub.store, call.folder / "settings.json", settings)
    return answer({key: settings[key] for key in rules})


def all_names(store: HubStorage, kind: str) -> list[RepoName]:
    """Return the names of all repositories of a kind, sorted."""
    found = sorted((store.root / "repos" / kind).glob("*/*/settings.json"))
    return [RepoName(kind, path.parts[-3], path.parts[-2]) for path in found]
