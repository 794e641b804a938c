"""Collections, as the real client makes, reads and fills them."""

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import BadRequestError, HfHubHTTPError

from localhub.client import KIND
from tagpress.localhub import LocalHub, check_storage


@pytest.fixture
def stranger(hub: LocalHub) -> HfApi:
    return HfApi(endpoint=hub.endpoint, token=False)


def ids(collection) -> list[str]:
    return [item.item_id for item in collection.items]


def test_a_collection_is_made_once_and_found_by_its_owner(api: HfApi, stranger: HfApi) -> None:
    made = api.create_collection("Répertoire of corpora", namespace="shelf", description="All of ours.")
    assert made.slug.startswith("shelf/repertoire-of-corpora-")
    with pytest.raises(HfHubHTTPError, match="already"):
        api.create_collection("Répertoire of corpora", namespace="shelf")
    again = api.create_collection("Répertoire of corpora", namespace="shelf", exists_ok=True)
    other = api.create_collection("Répertoire of corpora", namespace="elsewhere")
    assert again.slug == made.slug != other.slug
    assert [(one.title, one.description, one.items) for one in stranger.list_collections(owner="shelf")] == [
        ("Répertoire of corpora", "All of ours.", [])
    ]
    assert stranger.get_collection(made.slug.rpartition("-")[0] + "x-" + made.slug[-24:]).slug == made.slug
    api.delete_collection(other.slug)
    api.delete_collection(other.slug, missing_ok=True)
    with pytest.raises(HfHubHTTPError, match="not found"):
        stranger.get_collection(other.slug)


def test_items_stand_in_their_order_and_once(api: HfApi, repo: str) -> None:
    slug = api.create_collection("Items", namespace="shelf").slug
    more = [api.create_repo(f"shelf/item-{number}", **KIND).repo_id for number in range(5)]
    for name in [repo, *more]:
        api.add_collection_item(slug, name, "dataset", note="Ours.")
    with pytest.raises(HfHubHTTPError, match="already"):
        api.add_collection_item(slug, repo, "dataset")
    found = api.add_collection_item(slug, repo, "dataset", exists_ok=True)
    assert ids(found) == [repo, *more]
    assert {(item.item_type, item.note) for item in found.items} == {("dataset", "Ours.")}
    (listed,) = api.list_collections(item=f"datasets/{repo}")
    assert (listed.slug, len(listed.items)) == (slug, 4)
    api.delete_collection_item(slug, found.items[1].item_object_id)
    api.move_repo(more[1], "shelf/moved", **KIND)
    api.delete_repo(more[2], **KIND)
    assert ids(api.get_collection(slug)) == [repo, "shelf/moved", more[3], more[4]]
    api.add_collection_item(slug, "shelf/moved", "dataset", exists_ok=True)
    assert len(api.get_collection(slug).items) == 4


def test_what_is_private_is_shown_to_its_owner_alone(api: HfApi, stranger: HfApi) -> None:
    api.create_repo("shelf/secret", private=True, **KIND)
    public = api.create_collection("Open shelf", namespace="shelf").slug
    private = api.create_collection("Closed shelf", namespace="shelf", private=True).slug
    for slug in (public, private):
        api.add_collection_item(slug, "shelf/secret", "dataset")
    assert ids(api.get_collection(public)) == ["shelf/secret"]
    assert ids(stranger.get_collection(public)) == []
    with pytest.raises(HfHubHTTPError, match="not found"):
        stranger.get_collection(private)
    assert private not in {one.slug for one in stranger.list_collections(owner="shelf")}
    with pytest.raises(HfHubHTTPError):
        stranger.add_collection_item(public, "shelf/secret", "dataset")
    with pytest.raises(HfHubHTTPError):
        stranger.create_collection("Mine", namespace="shelf")
    assert api.get_collection(private).private


def test_what_no_collection_can_hold(api: HfApi, repo: str) -> None:
    slug = api.create_collection("Refusals", namespace="shelf").slug
    for item, kind in [("2311.12983", "paper"), ("no-namespace", "dataset"), ("../x", "dataset")]:
        with pytest.raises(BadRequestError):
            api.add_collection_item(slug, item, kind)
    with pytest.raises(HfHubHTTPError, match="Repository Not Found"):
        api.add_collection_item(slug, "shelf/nothing", "dataset")
    with pytest.raises(BadRequestError, match="title"):
        api.create_collection(" ", namespace="shelf")
    with pytest.raises(BadRequestError, match="name"):
        api.create_collection("Title", namespace="../shelf")
    with pytest.raises(BadRequestError, match="trending"):
        list(api.list_collections(sort="trending"))
    with pytest.raises(HfHubHTTPError, match="not found"):
        api.get_collection("shelf/refusals")


def test_a_damaged_collection_is_named_and_hides_no_other(tmp_path) -> None:
    with LocalHub(tmp_path) as hub:
        api = HfApi(endpoint=hub.endpoint, token=hub.token)
        kept, bad = (api.create_collection(title, namespace="me").slug for title in ("Kept", "Bad"))
        (path,) = tmp_path.glob(f"collections/me/{bad[-24:]}.json")
        path.write_text("{")
        assert [one.slug for one in api.list_collections()] == [kept]
        found = check_storage(tmp_path)
        assert [problem.partition(":")[0] for problem in found.problems] == [f"collections/me/{path.name}"]
