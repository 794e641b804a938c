"""A sentence is corrected on the page, and what the browser downloads is what builds take."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tagpress
from corrected_news import EU, TRAIN, labels, write_news
from tagpress.build.corpus import build_corpus, check_corpus
from tagpress.script.builder import load_script

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[[Path], Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_news(tmp_path)
    (tmp_path / "train.txt").write_text(TRAIN.replace("Bonn B-NP O", "</script><b>Bonn B-NP O"))
    return tmp_path


def opened_editor(page: Any, words: str) -> Any:
    item = page.locator("#list > li").filter(has_text=words)
    item.get_by_text("Correct its entities").click()
    return item


def change(item: Any, first: int, last: int, kind: str) -> None:
    for label, value in (("First token", first), ("Last token", last)):
        item.get_by_label(label).select_option(str(value))
    item.get_by_label("Type").select_option(label=kind)
    item.get_by_role("button", name="Set it").click()


def downloaded(page: Any, to: Path, who: str = "Ada", why: str = 'the EU is "one"') -> list[dict[str, Any]]:
    page.get_by_label("Who").fill(who)
    page.get_by_label("Why").fill(why)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download corrections.jsonl").click()
    assert waiting.value.suggested_filename == "corrections.jsonl"
    waiting.value.save_as(to)
    return [json.loads(line) for line in to.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("only_read", [True, False])
def test_what_is_downloaded_is_applied_by_a_build(folder: Path, open_page: Open, *, only_read: bool) -> None:
    declared = load_script(folder / "news.py").declared()
    if only_read:
        tagpress.write_corpus_preview(declared.any, folder / "page.html")
    else:
        build_corpus(declared, folder / "1", workers=1)
        tagpress.write_preview(folder / "1", folder / "page.html")
    page = open_page(folder / "page.html")
    assert not page.locator("#corrections").is_visible()
    item = opened_editor(page, "rejects")
    change(item, 0, 0, "ORG")
    change(opened_editor(page, "Lovelace"), 1, 2, "no entity")
    bonn = opened_editor(page, "Bonn")
    change(bonn, 0, 1, "PER")
    bonn.get_by_role("button", name="As it was").click()
    assert page.locator("#corrected-count").text_content() == "2 sentences corrected on this page"
    lines = downloaded(page, folder / "corrections.jsonl")
    assert [(line["before"], line["after"], line["who"]) for line in lines] == [
        ([[0, 1, "MISC"], [2, 3, "MISC"]], [[0, 1, "ORG"], [2, 3, "MISC"]], "Ada"),
        ([[0, 2, "PER"]], [], "Ada"),
    ]
    assert lines[0] | {"before": 0, "after": 0} == {
        "id": EU,
        "tokens": ["EU", "rejects", "German", "call"],
        "before": 0,
        "after": 0,
        "who": "Ada",
        "why": 'the EU is "one"',
    }
    made = build_corpus(load_script(folder / "news.py").declared(), folder / "2", workers=1)
    assert made.report.corrections == {"applied": 2, "already": 0}
    assert labels(folder / "2")[EU] == [3, 0, 5, 0]


def test_a_later_page_goes_on_from_what_was_corrected(folder: Path, open_page: Open) -> None:
    file = folder / "corrections.jsonl"
    for first, kind in ((0, "ORG"), (2, "no entity")):
        tagpress.write_corpus_preview(load_script(folder / "news.py").declared().any, folder / "page.html")
        page = open_page(folder / "page.html")
        change(opened_editor(page, "rejects"), first, first, kind)
        before = file.read_bytes() if file.exists() else b""
        downloaded(page, folder / "new.jsonl")
        file.write_bytes(before + (folder / "new.jsonl").read_bytes())
    report = check_corpus(load_script(folder / "news.py").declared(), workers=1)
    assert (report.corrections, report.ok) == ({"applied": 2, "already": 0}, True)


def test_a_configuration_is_named_and_any_text_stays_text(folder: Path, open_page: Open) -> None:
    script = folder / "news.py"
    script.write_text(script.read_text() + '    CONFIGS = {"a": {}, "b": {}}\n')
    tagpress.write_corpus_preview(load_script(script).declared().config("b"), folder / "page.html")
    page = open_page(folder / "page.html")
    change(opened_editor(page, "Bonn"), 0, 0, "ORG")
    (line,) = downloaded(page, folder / "corrections.jsonl", why="a name </script>\u2028")
    assert (line["config"], line["tokens"][0]) == ("b", "</script><b>Bonn")
    report = check_corpus(load_script(script).declared(), workers=1)
    assert (report.ok, report.configs["b"].corrections["applied"]) == (True, 1)


def test_who_and_why_are_asked_for(folder: Path, open_page: Open) -> None:
    tagpress.write_corpus_preview(load_script(folder / "news.py").declared().any, folder / "page.html")
    page = open_page(folder / "page.html")
    item = opened_editor(page, "rejects")
    change(item, 0, 0, "MISC")
    assert not page.locator("#corrections").is_visible()  # it has that already
    change(item, 0, 0, "PER")
    page.get_by_role("button", name="Download corrections.jsonl").click()
    assert page.evaluate("document.activeElement.id") == "who"
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    found = axe.Axe().run(page).response
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_is_made_of_a_layer_cannot_be_corrected_here(folder: Path, open_page: Open) -> None:
    script = folder / "news.py"
    text = script.read_text().replace(
        '"nested": tagpress', '"ner_tags": tagpress.FlatSpans(of="nested", rule="longest"),\n        "nested": tagpress'
    )
    script.write_text(
        text.replace(
            '    ENTITY_TYPES = {"PER": "A person.", "ORG": "An organisation.", "MISC": "Anything else."}\n', ""
        )
    )
    tagpress.write_corpus_preview(load_script(script).declared().any, folder / "page.html")
    page = open_page(folder / "page.html")
    assert page.get_by_text("Tokens and labels").count() == 4
    assert page.get_by_text("Correct its entities").count() == 0
