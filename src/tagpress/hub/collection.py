"""
Where is a dataset shown? In collections, which are found by address or by title, made, and added to.

Each write may be repeated: what is there already is an answer, not a fault.
"""

from typing import Final

from huggingface_hub import Collection as Answered

from tagpress.errors import VerifyError
from tagpress.hub.answers import SLUG, at_most, collection_slug
from tagpress.hub.connection import UNCHANGED, Hub
from tagpress.hub.repository import LISTINGS, Repository
from tagpress.hub.values import Collection

_MOST: Final = 10_000  # collections of one namespace


def find_collection(hub: Hub, named: str, *, namespace: str, state: str = UNCHANGED) -> Collection | None:
    """
    Return the collection with an address, or the one of a namespace with a title, or None.

    Raises:
        NotOnHubError: it is an address, and there is none.

    """
    slug = named if SLUG.fullmatch(named) else _slug_of(hub, named, namespace, state)
    if slug is None:
        return None
    return _look_at(hub, slug, state)


def make_collection(hub: Hub, title: str, *, namespace: str, private: bool, state: str) -> Collection:
    """Make a collection in a namespace, or return the one of this title that is there."""
    return _read(
        hub.ask(
            f"make the collection {title!r} of {namespace}",
            lambda: hub.api.create_collection(title, namespace=namespace, private=private, exists_ok=True),
            state=state,
        )
    )


def add_to_collection(repository: Repository, slug: str, *, state: str) -> None:
    """
    Put a dataset into a collection, behind what is there; one that is in it stays where it is.

    Raises:
        VerifyError: the Hub took it, and it is not there afterwards.

    """
    hub, repo = repository.hub, repository.repo
    hub.ask(
        f"add {repo} to the collection {slug}",
        lambda: hub.api.add_collection_item(slug, repo, "dataset", exists_ok=True),
        state=state,
    )
    if repo not in _look_at(hub, slug, state).datasets:
        message = f"{repo} was added to the collection {slug}, and the Hub does not list it there; {state}."
        raise VerifyError(message, "Run the same command again, or add it on the page of the collection.")


def _look_at(hub: Hub, slug: str, state: str) -> Collection:
    return _read(hub.ask(f"look at the collection {slug}", lambda: hub.api.get_collection(slug), state=state))


def _slug_of(hub: Hub, title: str, namespace: str, state: str) -> str | None:
    listed = hub.ask(
        f"list the collections of {namespace}",
        lambda: at_most(hub.api.list_collections(owner=namespace), _MOST, f"the collections of {namespace}"),
        state=state,
        retry=LISTINGS,
    )
    found = next((one.slug for one in listed if one.title == title), None)
    return None if found is None else collection_slug(found, f"the collection {title!r}")


def _read(found: Answered) -> Collection:
    slug = collection_slug(found.slug, "a collection")
    datasets = frozenset(str(item.item_id) for item in found.items if item.item_type == "dataset")
    return Collection(slug=slug, title=str(found.title), private=bool(found.private), datasets=datasets)
