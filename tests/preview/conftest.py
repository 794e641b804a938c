"""A real browser, where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from preview.awkward import CORPUS, PLAIN, large_build, make_build
from tagpress.preview import write_preview

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium; CHROMIUM names another one than the first on the path."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium on this machine")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with every awkward sentence."""
    return make_build(tmp_path_factory.mktemp("new"), version="1.1.0")


@pytest.fixture(scope="session")
def page_file(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of that build, compared with one that lacks a sentence and has another tag."""
    folder = tmp_path_factory.mktemp("old")
    changed = [(token, "O" if tag == "B-Language" else tag) for token, tag in PLAIN[0]]
    older = make_build(folder, [*CORPUS[:6], changed, *PLAIN[2:]])
    write_preview(build, folder / "page.html", other=older)
    return folder / "page.html"


@pytest.fixture(scope="session")
def large_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 100,000 sentences."""
    folder = tmp_path_factory.mktemp("large")
    write_preview(large_build(folder, 100_000), folder / "page.html")
    return folder / "page.html"
