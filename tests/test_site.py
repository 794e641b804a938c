"""
The built site of docs/ in a real browser: its search finds, and nobody is kept out by how it looks.

MkDocs has an environment of its own, so the site is one that was built already, named by TAGPRESS_SITE, or is built here where
MkDocs is installed. TAGPRESS_PICTURES names a folder for pictures to look at.
"""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[1]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
    "dark phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True, "color_scheme": "dark"},
}
FAULTS = {"serious", "critical"}  # of axe; the theme names two navigations alike, which is moderate
PAGES = ("", "tutorial/", "tutorial/notebook/", "how-to/machines/", "problems/", "reference/commands/")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if built := os.environ.get("TAGPRESS_SITE"):
        return Path(built)
    pytest.importorskip("mkdocs", reason="no site is named by TAGPRESS_SITE, and MkDocs is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict", "-f", str(ROOT / "docs/mkdocs.yml")]
    subprocess.run([*command, "-d", str(folder)], check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})
    return folder


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing of a request."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(params=LOOKS)
def page(chromium: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page that asks nobody but this site, in each look."""
    with chromium.new_context(**LOOKS[request.param]) as context:
        page, asked = context.new_page(), []
        page.on("request", lambda one: asked.append(one.url))
        page.look = request.param
        yield page
        assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []


def picture(page: Any, name: str) -> None:
    if folder := os.environ.get("TAGPRESS_PICTURES"):
        page.screenshot(path=Path(folder) / f"{page.look} {name}.png")


def search(page: Any, address: str, words: str) -> None:
    """Type words into the search, as soon as it is ready."""
    page.goto(address)
    if "phone" in page.look:
        page.locator("label[for=__search].md-header__button").tap()
    page.get_by_text("Type to start searching").wait_for(state="attached")
    page.get_by_role("textbox", name="Search").press_sequentially(words)


@pytest.mark.parametrize(
    ("word", "place"),
    [("leakage", "explained/splits/"), ("unknown-tag", "problems/unknown-tag/"), ("Croissant", "how-to/machines/")],
)
def test_a_word_is_found_and_its_result_leads_to_the_page(page: Any, address: str, word: str, place: str) -> None:
    search(page, address, word)
    found = page.locator(f'a.md-search-result__link[href*="{place}"]').first
    found.wait_for(state="visible")
    picture(page, f"finds {word}")
    found.click()
    page.wait_for_url(f"**/{place}*")
    assert word.lower() in page.locator("article").inner_text().lower()


def test_a_word_that_is_nowhere_is_said_to_be(page: Any, address: str) -> None:
    search(page, address, "zxqwv")
    page.get_by_text("No matching documents").wait_for(state="visible")


def test_no_page_has_a_serious_fault(page: Any, address: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    faults = []
    for place in PAGES:
        page.goto(address + place)
        page.wait_for_load_state("networkidle")
        picture(page, place.strip("/").replace("/", " ") or "home")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{place} is {wide} pixels too wide"
        found = axe.Axe().run(page).response["violations"]
        faults += [(place, one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in FAULTS]
    assert faults == []
