"""The Hub in a browser: every address that is printed has a page, and nothing on it acts."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi

from localhub.client import KIND, LARGE, put
from localhub.conftest import TOKEN
from localhub.plain import Answer, Wire
from tagpress.localhub import LocalHub

REPO = "pages/corpus"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><script>window.hit=1</script><rect width="60" height="20"/></svg>'
CARD = """---
license: mit
---
# Title <!-- unseen -->

[Labels](#labels) [file](data/a.txt) [out](https://example.com/x) [bad](javascript:window.hit=1) [up](../../../api/x)
[odd](http://[x) ![drawn](assets/a.svg) ![remote](https://example.com/spy.png)

<script>window.hit = 1</script>

One<br>two <img src=x onerror="window.hit = 1"> <b onclick="window.hit=1">bold</b> <kbd>key</kbd>

## Labels

| label | a very long heading that makes the table wide enough for a phone | count | share | another column |
| --- | --- | --- | --- | --- |
| B-X | x | 1 | 2 | 3 |

## Labels
"""


@pytest.fixture(scope="module")
def filled(api: HfApi) -> dict[str, str]:
    """A repository with a card, pictures, folders, a tag and a pull request; return the ids of its commits."""
    for name in (REPO, "pages/secret"):  # a worker may leave this module and come back to it
        api.delete_repo(name, missing_ok=True, **KIND)
    api.create_repo(REPO, **KIND)
    files = {
        "README.md": CARD.encode(),
        "assets/a.svg": SVG,
        "data/a.txt": b"<i>\n",
        "data/b ü#?.bin": LARGE,
        "x.html": b"<p>",
    }
    first = put(api, REPO, files).oid
    api.create_tag(REPO, tag="v1.0.0", revision=first, **KIND)
    second = api.create_commit(
        REPO,
        [CommitOperationAdd("new.txt", b"1"), CommitOperationDelete("x.html")],
        commit_message="second",
        commit_description="<b>why</b>",
        **KIND,
    ).oid
    put(api, REPO, {"proposal.txt": b"1"}, create_pr=True)
    api.comment_discussion(REPO, 1, "a <b>comment</b>", **KIND)
    api.create_repo("pages/secret", private=True, **KIND)
    for found in api.list_collections(owner="pages"):
        api.delete_collection(found.slug)
    shelf = api.create_collection("A <b>shelf", namespace="pages", description="<i>").slug
    for name in (REPO, "pages/secret"):
        api.add_collection_item(shelf, name, "dataset")
    return {"first": first, "second": second, "shelf": shelf}


def addresses(filled: dict[str, str]) -> dict[str, str]:
    """Return each page, and something that stands on it."""
    base = f"/datasets/{REPO}"
    return {
        "/": REPO,
        "/datasets": REPO,
        f"/collections/{filled['shelf']}": REPO,
        base: "Title",
        f"{base}/tree/main": "new.txt",
        f"{base}/tree/v1.0.0": "x.html",
        f"{base}/tree/{filled['second']}/data": "b ü#?.bin",
        f"{base}/blob/main/data/a.txt": "&lt;i&gt;",
        f"{base}/blob/main/data/b%20%C3%BC%23%3F.bin": "large file",
        f"{base}/blob/main/assets/a.svg": "<img",
        f"{base}/commits/main": "second",
        f"{base}/commit/{filled['first']}": "assets/a.svg",
        f"{base}/commit/{filled['second']}": "&lt;b&gt;why&lt;/b&gt;",
        f"{base}/discussions": "put",
        f"{base}/discussions/1": "a &lt;b&gt;comment",
        f"{base}/tree/refs%2Fpr%2F1": "proposal.txt",
    }


def browse(wire: Wire, path: str, token: str | None = None) -> Answer:
    """Ask as a browser does: for HTML, with the token as a password."""
    basic = base64.b64encode(f"me:{token}".encode()).decode()
    headers = {"Accept": "text/html"} | ({"Authorization": f"Basic {basic}"} if token else {})
    return wire("GET", path, headers=headers, token=None)


def test_every_address_has_a_page_and_every_link_on_it_an_answer(wire: Wire, filled: dict[str, str]) -> None:
    seen: set[str] = set()
    for address, text in addresses(filled).items():
        found = browse(wire, address)
        html = found.body.decode()
        assert (found.status, text in html) == (200, True), address
        assert found.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in found.headers["content-security-policy"]
        seen |= {link for link in re.findall(r'(?:href|src)="(/[^"]*)"', html) if link != "/login"}
    assert len(seen) > 20
    dead = [link for link in seen if browse(wire, link).status != 200]
    assert dead == []


def test_what_the_clients_print_has_a_page(api: HfApi, wire: Wire, filled: dict[str, str]) -> None:
    info = put(api, REPO, {"more.txt": b"1"}, create_pr=True)
    for url in (str(info), info.commit_url, info.pr_url, api.repo_info(REPO, **KIND).id):
        path = url.removeprefix(api.endpoint) if url.startswith("http") else f"/datasets/{url}"
        assert browse(wire, path).status == 200, url


def test_a_model_has_a_page_too(api: HfApi, wire: Wire) -> None:
    api.create_repo("pages/model", exist_ok=True)
    assert browse(wire, "/pages/model").status == 200
    assert "pages/model" in browse(wire, "/").body.decode()


def test_a_card_is_html_in_which_nothing_acts(wire: Wire, filled: dict[str, str]) -> None:
    html = browse(wire, f"/datasets/{REPO}/tree/v1.0.0").body.decode()
    card = html[html.index("<article") :]
    base = f"/datasets/{REPO}"
    for wanted in (
        '<h2 id="title">Title </h2>',
        '<h3 id="labels-1">',
        'href="#labels"',
        f'href="{base}/blob/v1.0.0/data/a.txt"',
        'href="https://example.com/x"',
        f'src="{base}/resolve/v1.0.0/assets/a.svg"',
        "[picture: remote https://example.com/spy.png]",
        "&lt;script&gt;",
        "One<br>two &lt;img src=x",
        "<kbd>key</kbd>",
    ):
        assert wanted in card, wanted
    for unwanted in ("<script", "onerror=&", "<b ", "unseen", 'href="javascript', "api/x", "license"):
        assert unwanted not in card.replace("onerror=&quot;", ""), unwanted


def test_a_private_repository_is_shown_to_its_owner_only(wire: Wire, filled: dict[str, str]) -> None:
    assert "pages/secret" not in browse(wire, "/").body.decode()
    assert "pages/secret" in browse(wire, "/", TOKEN).body.decode()
    missing, hidden = (browse(wire, f"/datasets/pages/{name}") for name in ("missing", "secret"))
    assert (missing.status, missing.body) == (404, hidden.body)
    assert "sign in" in hidden.body.decode()
    assert "Not found" in hidden.body.decode()
    assert browse(wire, "/datasets/pages/secret", TOKEN).status == 200
    assert browse(wire, "/", "hf_wrong").status == 401


def test_a_browser_is_asked_for_the_token(wire: Wire) -> None:
    found = browse(wire, "/login")
    assert (found.status, found.headers["www-authenticate"].split()[0]) == (401, "Basic")
    assert (browse(wire, "/login", TOKEN).status, browse(wire, "/login", TOKEN).headers["location"]) == (303, "/")


def test_a_password_that_a_browser_adds_by_itself_changes_nothing(wire: Wire, filled: dict[str, str]) -> None:
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    for path in (f"/api/datasets/{REPO}/tag/main", "/api/repos/create"):
        found = wire("POST", path, {"tag": "v9", "name": "x"}, headers={"Authorization": f"Basic {basic}"}, token=None)
        assert found.status == 401


def test_a_gated_card_is_not_shown(api: HfApi, wire: Wire) -> None:
    api.create_repo("pages/gated", **KIND)
    put(api, "pages/gated", {"README.md": b"---\nlicense: mit\n---\n# Secret words"})
    api.update_repo_settings("pages/gated", gated="auto", **KIND)
    for path in ("", "/tree/main", "/blob/main/README.md"):
        assert "Secret words" not in browse(wire, f"/datasets/pages/gated{path}").body.decode()
        assert "Secret words" in browse(wire, f"/datasets/pages/gated{path}", TOKEN).body.decode()


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/datasets/pages/missing", f"/datasets/{REPO}/tree/v9", f"/datasets/{REPO}/blob/main/none",
     f"/datasets/{REPO}/tree/main/new.txt", f"/datasets/{REPO}/commit/abcdef", f"/datasets/{REPO}/discussions/99"],
)  # fmt: skip
def test_what_is_not_there_is_said_on_a_page(wire: Wire, filled: dict[str, str], path: str) -> None:
    found = browse(wire, path)
    assert (found.status, found.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert wire("GET", path).headers["content-type"] == "application/json"


@pytest.mark.parametrize(("path", "kind"), [("x.html", "text/html"), ("assets/a.svg", "image/svg+xml")])
def test_a_file_cannot_act_as_a_page_of_the_hub(wire: Wire, filled: dict[str, str], path: str, kind: str) -> None:
    found = wire("GET", f"/datasets/{REPO}/resolve/v1.0.0/{path}")
    assert found.headers["content-type"] == kind
    assert found.headers["content-disposition"].startswith("attachment;")
    assert found.headers["content-security-policy"].startswith("sandbox;")
    assert found.headers["x-content-type-options"] == "nosniff"
    text = wire("GET", f"/datasets/{REPO}/resolve/main/data/a.txt")
    assert text.headers["content-disposition"].startswith("inline;")


Open = Callable[..., Any]


@pytest.fixture
def open_page(chromium: Any, hub: LocalHub) -> Iterator[Open]:
    """Open an address; at the end of the test no page must have said a word or asked anybody else."""
    contexts, said, asked = [], [], []

    def opened(path: str, **options: Any) -> Any:
        contexts.append(chromium.new_context(**options))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(hub.endpoint + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert [url for url in asked if not url.startswith(hub.endpoint)] == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_an_accessibility_finding_or_runs_off_the_screen(
    open_page: Open, filled: dict[str, str], scheme: str, width: int
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    page = open_page("/", viewport={"width": width, "height": 800}, color_scheme=scheme)
    endpoint = page.url.rstrip("/")
    for address in addresses(filled):
        page.goto(endpoint + address)
        found = axe.Axe().run(page).response
        assert [(address, one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
        assert "color-contrast" in {one["id"] for one in found["passes"]}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate("[...document.images].every(one => one.naturalWidth > 0)"), address


@pytest.mark.browser
def test_nothing_from_a_repository_acts_in_a_browser(open_page: Open, filled: dict[str, str]) -> None:
    page = open_page(f"/datasets/{REPO}")
    assert page.evaluate("[window.hit, document.scripts.length, document.images.length]") == [None, 0, 1]
    page.get_by_role("link", name="Labels", exact=True).click()
    assert page.url.endswith("#labels")
    page.get_by_role("link", name="Files").click()
    page.get_by_role("link", name="new.txt", exact=True).click()
    assert "1" in page.locator("pre").text_content()
