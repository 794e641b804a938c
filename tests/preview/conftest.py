"""Pages to look at."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from made_corpora import declare, write_document
from preview.awkward import CORPUS, HOSTILE, PLAIN, SIZES, large_build, make_build
from tagpress.preview import write_corpus_preview, write_preview


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
def corpus_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a corpus that cannot be built: every awkward sentence, and one with more faults than are shown."""
    folder = tmp_path_factory.mktemp("corpus")
    faulty = [(token, "B-Unheard-of") for token, _ in HOSTILE]
    write_document(folder / "source" / "<b>.txt", [*CORPUS, faulty, [("x", "I-Device")]])
    write_corpus_preview(declare(folder / "source"), folder / "page.html")
    return folder / "page.html"


@pytest.fixture(scope="session")
def large_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of 100,000 sentences."""
    folder = tmp_path_factory.mktemp("large")
    write_preview(large_build(folder, 100_000), folder / "page.html")
    return folder / "page.html"


@pytest.fixture
def open_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Open a page; at the end of the test it must have said nothing and asked for nothing."""
    contexts, said, asked = [], [], []

    def opened(path: Path, **options: Any) -> Any:
        contexts.append(chromium.new_context(**{"viewport": SIZES["desktop"], **options}))
        page = contexts[-1].new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert all(url.startswith("file:") for url in asked)
    assert len(asked) == len(contexts)
