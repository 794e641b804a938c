"""
Which repositories are shown together? A collection is a titled list, in the namespace of whoever keeps it.

    <root>/collections/NAMESPACE/ID.json

An address names it as `NAMESPACE/words-of-its-title-ID`, of which the ID alone counts. In one namespace no two have the same
title. An item follows its repository to a new name, until another repository takes the old one, and is not shown to whoever may not
know of the repository.
"""

import contextlib
import re
import secrets
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from starlette.responses import Response

from tagpress.localhub.info import call_for
from tagpress.localhub.names import KINDS, RepoName, checked_name
from tagpress.localhub.refusals import MovedError, RefusedError, bad_request, not_found
from tagpress.localhub.storage import HubStorage, make_folder, read_json, sync_folder, write_json
from tagpress.localhub.wire import OWNER, Call, answer, iso

MAX_TITLE: Final = 250  # characters
MAX_NOTE: Final = 500  # characters, of an item's note
MAX_ITEMS: Final = 1000
LISTED_ITEMS: Final = 4  # of each collection in a list; all are in the answer to a question for one
_LIST_OPTIONS: Final = {"owner", "item", "sort", "limit"}
_ID: Final = re.compile(r"[0-9a-f]{24}")

Found = dict[str, Any]


def create(call: Call) -> Response:
    """Make a collection; 409 with its address if the namespace has one of this title."""
    body = call.json()
    title, description = _text(body, "title", MAX_TITLE), _text(body, "description", MAX_NOTE, default="")
    namespace = checked_name(body.get("namespace") or OWNER)
    store, new = call.hub.store, secrets.token_hex(12)
    with store.lock_collections(namespace):
        for found in _kept(store, namespace):
            if found["title"] == title:
                message = f"You have a collection called {title!r} already"
                return answer({"error": message, "slug": found["slug"]}, 409, {"X-Error-Message": _ascii(message)})
        made = {
            "slug": f"{namespace}/{_words(title)}-{new}",
            "title": title,
            "description": description,
            "private": bool(body.get("private")),
            "lastUpdated": iso(call.hub.clock()),
            "items": [],
        }
        make_folder(_place(store, namespace, new).parent)
        write_json(store, _place(store, namespace, new), made)
    return answer(_shown(call, made))


def collections(call: Call) -> Response:
    """
    List the collections that the caller may know of, last changed first, with the first of their items.

    Raises:
        RefusedError: 400 for a filter or an order that this Hub does not have.

    """
    unknown = sorted(set(call.query) - _LIST_OPTIONS)
    if unknown or call.query.get("sort", "lastModified") != "lastModified":
        raise bad_request(f"This Hub can't list by {', '.join(unknown) or call.query['sort']}")
    owners, items = set(call.query.getlist("owner")), set(call.query.getlist("item"))
    found = [one for one in all_collections(call) if not owners or one["owner"]["name"] in owners]
    found = [one for one in found if not items or items & {f"{item['type']}s/{item['id']}" for item in one["items"]}]
    limit = call.number("limit", len(found))
    return answer([_listed(one) for one in found[:limit]])


def _listed(found: Found) -> Found:
    """Return a collection as it stands in a list, where its place says its position."""
    return {key: value for key, value in found.items() if key != "position"} | {"items": found["items"][:LISTED_ITEMS]}


def all_collections(call: Call) -> list[Found]:
    """Return the collections that the caller may know of, last changed first."""
    store = call.hub.store
    paths = (store.root / "collections").glob("*/*.json")
    kept = [one for path in paths if (one := _whole(path)) is not None and _may_see(call, one)]
    ordered = sorted(kept, key=lambda one: (str(one["lastUpdated"]), str(one["slug"])), reverse=True)
    return [_shown(call, one) for one in ordered]


def details(call: Call) -> Response:
    """Return one collection with all its items."""
    return answer(find_collection(call))


def find_collection(call: Call) -> Found:
    """
    Return the collection that an address names.

    Raises:
        RefusedError: 404 if there is none, or it is private and the caller has no token.

    """
    return _shown(call, _read(call))


def delete(call: Call) -> Response:
    """Remove a collection; what is in it stays."""
    with call.hub.store.lock_collections(_namespace(call)):
        _read(call)
        path = _path(call)
        path.unlink()
        sync_folder(path.parent)
    return answer({})


def add_item(call: Call) -> Response:
    """
    Put a repository into a collection, behind what is there; 409 if it is in it already.

    Raises:
        RefusedError: the collection has it already, or is full.

    """
    body = call.json()
    name, note = _item(body.get("item")), _text(body, "note", MAX_NOTE, default="")
    call_for(call, name).settings()  # 404 if there is none
    with call.hub.store.lock_collections(_namespace(call)):
        kept = _read(call)
        if any(_place_of(item) == name for item in _shown(call, kept)["items"]):
            raise RefusedError(409, f"{name.id} is in the collection already")
        if len(kept["items"]) >= MAX_ITEMS:
            raise bad_request(f"A collection has {MAX_ITEMS} items at most")
        item = {"_id": secrets.token_hex(12), "id": name.id, "type": name.kind.removesuffix("s"), "note": note}
        changed = _write(call, kept, [*kept["items"], item])
    return answer(_shown(call, changed))


def delete_item(call: Call) -> Response:
    """
    Take an item out of a collection.

    Raises:
        RefusedError: the collection has no such item.

    """
    with call.hub.store.lock_collections(_namespace(call)):
        kept = _read(call)
        left = [item for item in kept["items"] if item["_id"] != call.names["item"]]
        if len(left) == len(kept["items"]):
            raise not_found(f"The collection has no item {call.names['item']}")
        _write(call, kept, left)
    return answer({})


def _read(call: Call) -> Found:
    found = read_json(_path(call))
    if found is None or not _may_see(call, found):
        raise not_found("Collection not found")
    return found


def _write(call: Call, kept: Found, items: list[Found]) -> Found:
    changed = {**kept, "items": items, "lastUpdated": iso(call.hub.clock())}
    write_json(call.hub.store, _path(call), changed)
    return changed


def _may_see(call: Call, found: Mapping[str, Any]) -> bool:
    return call.signed_in() or not found["private"]


def _namespace(call: Call) -> str:
    return checked_name(call.names["namespace"])


def _path(call: Call) -> Path:
    found = _ID.fullmatch(call.names["slug"].rpartition("-")[2])
    if found is None:
        raise not_found("Collection not found")
    return _place(call.hub.store, _namespace(call), found[0])


def _place(store: HubStorage, namespace: str, found: str) -> Path:
    return store.root / "collections" / namespace / f"{found}.json"


def _whole(path: Path) -> Found | None:
    """Return a collection, None if somebody deletes it or it is damaged: `tagpress hub --check` says so, the others stay."""
    with contextlib.suppress(RefusedError):
        return read_json(path)
    return None


def _kept(store: HubStorage, namespace: str) -> Iterator[Found]:
    """Yield the collections of a namespace, but those that somebody deletes meanwhile."""
    for path in sorted((store.root / "collections" / namespace).glob("*.json")):
        found = read_json(path)
        if found is not None:
            yield found


def _shown(call: Call, kept: Mapping[str, Any]) -> Found:
    """Return a collection as clients read it, to this caller."""
    namespace = str(kept["slug"]).partition("/")[0]
    items = [item for one in kept["items"] if (item := _item_shown(call, one)) is not None]
    return {
        **kept,
        "owner": {"_id": namespace, "name": namespace, "type": "user"},
        "theme": "blue",
        "upvotes": 0,
        "position": 0,
        "items": [{**item, "position": place} for place, item in enumerate(items)],
    }


def _item_shown(call: Call, item: Mapping[str, Any]) -> Found | None:
    """Return an item by the name that its repository has now, None if the caller may not know of it or it is gone."""
    note = {"note": {"text": item["note"]}} if item["note"] else {}
    shown = {key: item[key] for key in ("_id", "id", "type")} | note
    try:
        call_for(call, _place_of(item)).settings()
    except MovedError as moved:
        return {**shown, "id": moved.to}
    except RefusedError:
        return None
    return shown


def _place_of(item: Mapping[str, Any]) -> RepoName:
    return RepoName(f"{item['type']}s", *str(item["id"]).split("/"))


def _item(found: object) -> RepoName:
    kinds = [kind.removesuffix("s") for kind in KINDS]
    if not isinstance(found, dict) or found.get("type") not in kinds or str(found.get("id")).count("/") != 1:
        raise bad_request(f"An item is a {', '.join(kinds)} named NAMESPACE/NAME, found {str(found)[:200]}")
    return _place_of(found)


def _text(body: Mapping[str, Any], key: str, longest: int, *, default: str | None = None) -> str:
    found = body.get(key, default)
    if not isinstance(found, str) or len(found) > longest or (default is None and not found.strip()):
        raise bad_request(f"{key} must be a text of at most {longest} characters, found {str(found)[:60]!r}")
    return found


def _words(title: str) -> str:
    """Return a title as a part of an address."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "collection"


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()
